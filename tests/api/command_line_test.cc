// The built `jiexu` as those meet it who type its commands: what it says to a wrong line, help,
// both languages, errors for programs, consent, and what other programs are told of it.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <iterator>
#include <mutex>
#include <thread>

#include "daemon/trust/suite.h"
#include "storage/layout.h"
#include "tests/api/built_command.h"

namespace jiexu::command_line_test {
namespace {

using built_command::Agency;
using built_command::collect_help;
using built_command::Ran;
using built_command::run;

TEST_CASE("a mistyped command or option is named, with the nearest that exist") {
  const std::map<std::string, std::string> kTyped = {
      {"cas list", "there is no command jiexu cas; did you mean case?"},
      {"case lst", "there is no command jiexu case lst; did you mean list?"},
      {"case list --jsn", "there is no option --jsn of jiexu case list; did you mean --json?"},
      {"case list --mnie", "there is no option --mnie of jiexu case list; did you mean --mine?"},
      {"remit aprove", "did you mean approve"},
      {"bank imp", "did you mean import"},
      {"--confg a case list", "there is no option --confg of jiexu; did you mean --config?"},
      {"frobnicate", "there is no command jiexu frobnicate; see: jiexu --help"}};
  for (const auto& [typed, told] : kTyped) {
    const Ran ran = run(typed);
    INFO(typed << ": " << ran.out);
    CHECK(ran.code == 64);
    CHECK_THAT(ran.out, Catch::StartsWith("jiexu: ") && Catch::Contains(told));
  }
}

TEST_CASE("what is missing, has no place or no value is told in plain words") {
  CHECK_THAT(run("case show").out, Catch::Contains("id is missing; see: jiexu case show --help"));
  CHECK_THAT(run("case show a b").out, Catch::Contains("b has no place: jiexu case show"));
  CHECK_THAT(run("case list --limit").out, Catch::Contains("--limit needs a value"));
  CHECK_THAT(run("bank match L A=1 --noticed").out, Catch::Contains("cannot stand together"));
  const Ran group = run("case");
  CHECK(group.code == 64);
  CHECK_THAT(group.out, Catch::Contains("jiexu case needs one of its commands:") &&
                            Catch::Contains("\n  timeline "));
  CHECK_THAT(run("").out, Catch::Contains("jiexu needs one of its commands:") &&
                              Catch::Contains("See: jiexu --help"));
}

TEST_CASE("help is a command, too, and names the options of every command") {
  CHECK(run("help case show").out == run("case show --help").out);
  CHECK(run("help").out == run("--help").out);
  CHECK(run("--config nowhere help case show").out == run("case show --help").out);
  CHECK(run("help nosuch").code == 64);
  std::map<std::string, std::string> all;
  collect_help("", "LC_ALL=en", all);
  CHECK(all.size() > 60);
  for (const auto& [path, help] : all) {
    INFO(path);
    CHECK_THAT(help, Catch::StartsWith("Example:  jiexu "));
    const bool is_root = path.empty();
    CHECK((is_root || help.find("\nOptions of every command:\n") != help.npos));
    CHECK_THAT(help, Catch::Contains("\n  --config FILE ") && Catch::Contains("\n  --json ") &&
                         Catch::Contains("\n  --agency NAME "));
  }
}

TEST_CASE("all of help is in Chinese for who reads Chinese, within its columns") {
  std::map<std::string, std::string> all;
  collect_help("", "LC_ALL=zh_CN.UTF-8", all);
  CHECK(all.size() > 60);
  // Behind the names, at the 31st column: no text of help begins with a lower-case English word.
  const std::regex english(
      "\n {30}[a-z]+ [a-z]+ [a-z]+|\n  [^ \n]+(?: [A-Z:]+)? {2,}[A-Z]?[a-z]+ [a-z]+ ");
  for (const auto& [path, help] : all) {
    INFO(path << "\n" << help);
    CHECK_THAT(help, Catch::StartsWith("示例：") && Catch::Contains("用法： jiexu"));
    CHECK_FALSE(std::regex_search(help, english));
  }
}

TEST_CASE("the language is that of --lang, of the environment, or of the agency") {
  const Agency agency;  // made by init, so that it reads Chinese
  CHECK_THAT(agency.jiexu("peer list", "LC_ALL= LC_MESSAGES= LANG=").out,
             Catch::Contains("对方机构"));
  CHECK_THAT(agency.jiexu("peer list", "LC_ALL=C").out, Catch::Contains("对方机构"));
  CHECK_THAT(agency.jiexu("peer list", "LC_ALL= LC_MESSAGES= LANG=en_US.UTF-8").out,
             Catch::StartsWith("PEER"));
  CHECK_THAT(agency.jiexu("--lang zh peer list").out, Catch::Contains("对方机构"));
  CHECK_THAT(agency.jiexu("peer list --lang=en", "LC_ALL=zh_CN").out, Catch::StartsWith("PEER"));
  CHECK(agency.jiexu("--lang fr peer list").code == 64);
}

TEST_CASE("a refusal of the daemon comes in the language of who asks, with the same code") {
  const Agency agency;
  const Ran english = agency.jiexu("case show 0191d5a0-0000-7000-8000-000000000009");
  CHECK(english.code == 66);
  CHECK_THAT(english.out,
             Catch::Contains("There is no such case here") && Catch::Contains("[unknown_case]"));
  const Ran chinese = agency.jiexu("--lang zh case show 0191d5a0-0000-7000-8000-000000000009");
  CHECK(chinese.code == 66);
  CHECK_THAT(chinese.out, Catch::Contains("没有此个案") && Catch::Contains("[unknown_case]"));
}

TEST_CASE("errors are JSON where JSON was asked for, whatever went wrong") {
  const Agency agency;
  const std::map<std::string, int> kWrong = {{"case show x --json", 66},
                                             {"case lst --json", 64},
                                             {"--json case show", 64},
                                             {"case apply --json --file /nonexistent", 66},
                                             {"calendar due tomorrow 10 --json", 65}};
  for (const auto& [line, code] : kWrong) {
    const Ran ran = agency.jiexu(line, "LC_ALL=en", "2>&1 >/dev/null");
    INFO(line << ": " << ran.out);
    CHECK(ran.code == code);
    const auto problem = nlohmann::json::parse(ran.out, nullptr, false);
    REQUIRE(problem.is_object());
    CHECK(problem.value("exit", 0) == code);
    CHECK_FALSE(problem.value("title", "").empty());
    CHECK_FALSE(problem.value("code", "").empty());
  }
}

TEST_CASE("every read has JSON, also what needs no daemon") {
  const Agency agency;
  const std::string bank = agency.file(
      "in.xml", "<Document><BkToCstmrStmt><Stmt><Id>S</Id></Stmt></BkToCstmrStmt></Document>");
  for (const char* line : {"case list",
                           "case proposals",
                           "peer list",
                           "queue",
                           "quarantine list",
                           "bank files",
                           "bank lines",
                           "remit batches",
                           "remit waiting",
                           "ledger",
                           "ledger --check",
                           "statistics 2026-09",
                           "ageing",
                           "overdue",
                           "user list",
                           "directory list",
                           "directory check",
                           "config check",
                           "doctor",
                           "own-entry show",
                           "calendar due 2026-09-18 10",
                           "check bank 102100099996",
                           "alarms",
                           "events",
                           "store status",
                           "case states",
                           "bank states",
                           "remit states",
                           "case list --all",
                           "bank lines --all",
                           "console open",
                           "user remove wang --dry-run",
                           "case example"}) {
    const Ran ran = agency.jiexu(std::string(line) + " --json", "LC_ALL=en", "2>/dev/null");
    INFO(line << ": " << ran.out);
    CHECK_FALSE(nlohmann::json::parse(ran.out, nullptr, false).is_discarded());
  }
  CHECK_FALSE(nlohmann::json::parse(agency.jiexu("bank preview --json " + bank).out, nullptr, false)
                  .is_discarded());
}

TEST_CASE("of many files of the bank the newest is shown first, whatever its digest") {
  Agency agency;
  Batch batch;
  Records records(agency.world.store, *agency.world.vault);
  constexpr int kFiles = 600;  // more than a page
  for (int i = 1; i <= kFiles; ++i) {
    v1::BankFileRecord file;
    file.set_name("file-" + std::to_string(i) + ".xml");
    file.set_at_ms(1'790'000'000'000 + i);
    records.put_message(batch, Family::kFunds, layout::bank_file_key(sha256(file.name())), file);
  }
  REQUIRE(agency.world.store.commit(batch));
  const Ran ran = agency.jiexu("bank files --limit 1");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Catch::Contains("file-600.xml") && Catch::Contains("and more"));
  const auto all = nlohmann::json::parse(agency.jiexu("bank files --limit 1000 --json").out);
  CHECK(all["files"].size() == kFiles);
}

TEST_CASE("output that cannot be written is an error, of whatever writes it") {
  const Agency agency;
  for (const char* line : {"case list",
                           "case draft 0191d5a0-0000-7000-8000-000000000001",
                           "directory export",
                           "statistics 2026-09 --csv",
                           "remit export 411328072611220000015 --out -",
                           "config example",
                           "case example",
                           "case states",
                           "completion bash",
                           "manual",
                           "peer list --json",
                           "--help",
                           "help case",
                           "--version",
                           "case states --json",
                           "bank states",
                           "remit states",
                           "queue",
                           "alarms",
                           "events --json",
                           "store status",
                           "ledger",
                           "user list",
                           "user add zhao --role clerk",
                           "directory list",
                           "own-entry show",
                           "config check",
                           "config harden",
                           "doctor",
                           "console open",
                           "calendar due 2026-09-18 10",
                           "check bank 102100099996",
                           "user remove li --dry-run"}) {
    const Ran ran = agency.jiexu(line, "LC_ALL=en", "2>&1 >/dev/full");
    INFO(line << ": " << ran.out);
    const bool refused = ran.code == 65 || ran.code == 66;  // there was nothing to write
    CHECK((ran.code == 74 || refused));
    CHECK((refused || ran.out.find("standard output could not be written to") != ran.out.npos));
  }
}

TEST_CASE("no secret is an argument or a value of an option") {
  std::map<std::string, std::string> all;
  collect_help("", "LC_ALL=en", all);
  for (const auto& [path, help] : all) {
    INFO(path);
    CHECK_FALSE(std::regex_search(help, std::regex("\n  --[a-z-]*(password|secret|token)[a-z-]* "
                                                   "(?!FILE)[A-Z]+ ")));
  }
}

TEST_CASE("a name stands for the agency's file below /etc/jiexu") {
  const Ran ran = run("--agency nosuch config check");
  CHECK(ran.code == 66);
  CHECK_THAT(ran.out, Catch::Contains("/etc/jiexu/nosuch.toml"));
}

TEST_CASE("errors are in the terms of who types, not of the API") {
  Agency agency;
  std::ofstream(agency.folder() + "/wrong") << "no such token\n";
  std::filesystem::permissions(agency.folder() + "/wrong", std::filesystem::perms(0600));
  agency.world.put(agency.world.draft());
  const std::string id = agency.world.draft().id.str();
  for (const std::string& line : std::vector<std::string>{
           "--token-file " + agency.folder() + "/wrong case list", "case do " + id + " fly",
           std::string("statistics yesterday"), "case document " + id + " photo",
           std::string("case list --after x"), std::string("bank lines --after x"),
           "case attachment " + id + " x --out y", std::string("ledger compare x"),
           "case do " + id + " apply"}) {
    const Ran ran = agency.jiexu(line);
    INFO(line << ": " << ran.out);
    CHECK(ran.code != 0);
    CHECK_FALSE(std::regex_search(
        ran.out, std::regex("POST|GET |/v1/|Authorization|Bearer|the path |the query|HTTP")));
  }
}

TEST_CASE("an agency is taken out of the directory, and our own is not") {
  const Agency agency;
  const std::string other = (agency.place.path / "b").string();
  REQUIRE(run("init " + other + " --code S41132810207 --name Other").code == 0);
  const std::string entry = other + "/entry.toml";
  REQUIRE(run("--config " + other + "/agency.toml directory export > " + entry).code == 0);
  REQUIRE(agency.jiexu("directory add " + entry).code == 0);
  const Ran dry = agency.jiexu("directory remove S41132810207 --dry-run");
  CHECK(dry.code == 0);
  CHECK_THAT(dry.out, Catch::Contains("Nothing was done"));
  CHECK_THAT(agency.jiexu("directory list").out, Catch::Contains("S41132810207"));
  CHECK(agency.jiexu("directory remove S41132810207 --yes").code == 0);
  CHECK_THAT(agency.jiexu("directory list").out, !Catch::Contains("S41132810207"));
  CHECK(agency.jiexu("directory remove S41132810207").code == 66);
  CHECK(agency.jiexu("directory remove S41010010107").code == 64);
  CHECK(agency.jiexu("directory check").code == 0);
}

TEST_CASE("our own entry is shown and changed, and stays one that the daemon starts with") {
  const Agency agency;
  CHECK_THAT(agency.jiexu("own-entry show").out,
             Catch::Contains("Name of the agency") && Catch::Contains("Own"));
  const Ran dry = agency.jiexu("own-entry set --phone 0377-1 --dry-run");
  CHECK_THAT(dry.out, Catch::Contains(R"(--phone: "" becomes "0377-1")"));
  CHECK_THAT(agency.jiexu("own-entry show").out, !Catch::Contains("0377-1"));
  CHECK(agency.jiexu("own-entry set --phone 0377-1 --name 'Own City'").code == 0);
  CHECK_THAT(agency.jiexu("own-entry show").out,
             Catch::Contains("0377-1") && Catch::Contains("Own City"));
  CHECK(agency.jiexu("doctor").code == 0);
  CHECK(agency.jiexu("own-entry set").code == 64);
  CHECK(agency.jiexu("own-entry set --bank-cnaps 105100000018").code == 65);
}

// A line of applications.ndjson.
std::string application_line() {
  return R"({"person":{"name":"A"},"origin_agency":"S41132810207"})";
}

TEST_CASE("a file of applications is looked at whole before any is sent, by the file's lines") {
  Agency agency;
  const std::string file =
      agency.file("a.ndjson", "\xef\xbb\xbf" + application_line() + "\r\n\r\n{\"persn\":{}}\r\n" +
                                  application_line());
  const Ran stopped = agency.jiexu("case submit --file " + file);
  CHECK(stopped.code == 65);
  CHECK_THAT(stopped.out, Catch::Contains("a.ndjson, line 3: ") && Catch::Contains("persn"));
  CHECK(agency.world.engine.commands.empty());
  const Ran dry = agency.jiexu("case submit --keep-going --dry-run --file " + file);
  CHECK(dry.code == 0);
  CHECK_THAT(dry.out, Catch::Contains("2 applications are submitted"));
  CHECK(agency.world.engine.commands.empty());
  const Ran went_on = agency.jiexu("case submit --keep-going --file " + file);
  INFO(went_on.out);
  CHECK(agency.world.engine.commands.size() == 1);
  CHECK_THAT(went_on.out, Catch::Contains("line 3: ") && Catch::Contains("1 applications refused"));
  CHECK(went_on.code == 65);
}

// Takes connections and what comes on them, and closes them without a word.
class Deaf {
 public:
  Deaf() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 8) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { take_all(); });
  }
  ~Deaf() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  uint16_t port() const { return port_; }
  // What came, of all connections.
  std::string heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  void take_all() {
    for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(fd)) {
      std::array<char, 4096> chunk;
      const ssize_t n = ::read(fd, chunk.data(), chunk.size());
      const std::lock_guard lock(mutex_);
      if (n > 0) heard_.append(chunk.data(), static_cast<size_t>(n));
    }
  }

  int listener_;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::string heard_;
  std::thread thread_;
};

TEST_CASE("a submission whose answer is lost says what is known, and goes on under its key") {
  Agency agency;
  const std::string file = agency.file("a.ndjson", application_line() + "\n");
  const Deaf deaf;
  const std::string other = (agency.place.path / "b").string();
  REQUIRE(run("init " + other +
              " --code S41010010107 --name Own --api 127.0.0.1:" + std::to_string(deaf.port()))
              .code == 0);
  const Ran lost = run("--config " + other + "/agency.toml case submit --file " + file);
  INFO(lost.out);
  CHECK(lost.code == 75);
  CHECK_THAT(lost.out, Catch::Contains("Whether lines 1 to 1 were submitted is not known"));
  std::smatch resume;
  REQUIRE(std::regex_search(lost.out, resume, std::regex("--resume (1:[0-9a-f]{32})\n")));
  // It was sent again under one key, and goes on under it.
  const std::string key = resume.str(1).substr(2);
  const std::string heard = deaf.heard();
  CHECK(std::regex_search(heard, std::regex(key + "[^]*" + key)));
  const Ran resumed = agency.jiexu("case submit --file " + file + " --resume " + resume.str(1));
  CHECK(resumed.code != 64);
  REQUIRE(agency.world.engine.commands.size() == 1);
  CHECK(std::holds_alternative<SubmitCommand>(agency.world.engine.commands[0].what));
}

TEST_CASE("a submission that was never taken says from which line to go on") {
  Agency agency;
  const std::string file = agency.file("a.ndjson", application_line() + "\n");
  agency.server.reset();
  const Ran down = agency.jiexu("case submit --file " + file);
  CHECK(down.code == 75);
  CHECK_THAT(down.out, Catch::Contains("From line 1 on nothing was submitted") &&
                           Catch::Contains("--resume 1\n"));
  CHECK(agency.jiexu("case submit --resume x --file " + file).code == 64);
}

TEST_CASE("shells complete what exists, and the scripts are ones that the shells read") {
  const Agency agency;
  const std::string script = agency.file("jiexu.bash", run("completion bash").out);
  const std::string complete =
      "source " + script +
      "; COMP_WORDS=(jiexu case sh); COMP_CWORD=2; _jiexu; echo \"${COMPREPLY[@]}\"";
  const Ran done = run("", "LC_ALL=en", ">/dev/null 2>&1; bash -c '" + complete + "'");
  CHECK(done.out == "show\n");
  const std::string options = "source " + script +
                              "; COMP_WORDS=(jiexu --config f case list --mi); COMP_CWORD=5; "
                              "_jiexu; echo \"${COMPREPLY[@]}\"";
  CHECK(run("", "LC_ALL=en", ">/dev/null 2>&1; bash -c '" + options + "'").out == "--mine\n");
  CHECK_THAT(run("completion zsh").out, Catch::StartsWith("#compdef jiexu\n"));
  CHECK_THAT(run("completion fish").out,
             Catch::Contains("complete -c jiexu -n '__jiexu_at case' -f -a 'show'"));
  CHECK(run("completion tcsh").code == 64);
}

TEST_CASE(
    "the manual holds every command and every exit code, and groff has nothing to say of it") {
  const Ran page = run("manual");
  std::map<std::string, std::string> all;
  collect_help("", "LC_ALL=en", all);
  for (const auto& [path, help] : all) {
    std::string in_groff = path;
    for (size_t at = 0; (at = in_groff.find('-', at)) != in_groff.npos; at += 2)
      in_groff.insert(at, "\\");
    CHECK_THAT(page.out, Catch::Contains(path.empty() ? ".TH jiexu 1" : ".SS jiexu " + in_groff));
  }
  for (const char* code : {"64", "65", "66", "69", "70", "73", "74", "75", "76", "77", "78"}) {
    CHECK_THAT(page.out, Catch::Contains(std::string(".B ") + code + "\n"));
  }
  if (std::system("command -v groff > /dev/null 2>&1") != 0) return;
  const Ran said = run("manual", "LC_ALL=en", "| groff -man -ww -Tutf8 2>&1 >/dev/null");
  CHECK(said.out.empty());
}

}  // namespace
}  // namespace jiexu::command_line_test
