// The built `jiexu` where something is done: who is asked before what cannot be taken back, what a
// second person approves, signing in, and files of which one is bad.
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "daemon/users/password.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/console.pb.h"
#include "tests/api/built_command.h"

namespace jiexu::command_acts_test {
namespace {

using built_command::Agency;
using built_command::collect_help;
using built_command::Ran;
using built_command::run;

// On a terminal, where a person types `typed` when the command asks. What is shown, and the code.
Ran run_on_terminal(const std::string& arguments, const std::string& typed,
                    const std::string& before = "",
                    const std::function<void(const std::string& out)>& seen = {}) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  REQUIRE(child >= 0);
  if (child == 0) {
    const std::string line = before + "LC_ALL=en exec " + JIEXU_COMMAND + " " + arguments;
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  Ran ran;
  bool answered = false;
  std::array<char, 4096> chunk;
  pollfd waiting{terminal, POLLIN, 0};
  while (::poll(&waiting, 1, 30'000) > 0) {
    const ssize_t n = ::read(terminal, chunk.data(), chunk.size());
    if (n <= 0) break;
    ran.out.append(chunk.data(), static_cast<size_t>(n));
    if (seen) seen(ran.out);
    const bool asks = ran.out.find("[y/N]") != ran.out.npos || ran.out.ends_with("Token: ") ||
                      ran.out.ends_with("New password: ");
    const bool asks_again = ran.out.ends_with("Once more: ");
    if (!asks_again && (!asks || std::exchange(answered, true))) continue;
    REQUIRE(::write(terminal, typed.data(), typed.size()) > 0);
  }
  ::close(terminal);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

// A daemon that gives each target the answer that the test has laid down, and keeps what was sent.
class Scripted {
 public:
  Scripted() {
    auto started = HttpServer::start({}, [this](HttpRequest request, HttpRespond respond) {
      const std::lock_guard locked(lock_);
      const std::string asked =
          request.method + " " + request.target.substr(0, request.target.find('?'));
      sent[asked] = request.body;
      asked_.insert(asked);
      const auto found = answers.find(asked);
      const std::string body = found == answers.end() ? otherwise : found->second;
      if (const auto wait = held.find(asked); wait != held.end()) wait->second.wait();
      respond([body] { return HttpResponse{200, "application/json", body, {}}; });
    });
    server_ = std::move(started.value());
    const Ran made = run("init " + folder() + " --code S41010010107 --name Own --api 127.0.0.1:" +
                         std::to_string(server_->port()));
    INFO(made.out);
    REQUIRE(made.code == 0);
  }
  std::string folder() const { return (place.path / "a").string(); }
  std::string with_config(const std::string& arguments) const {
    return "--config " + folder() + "/agency.toml " + arguments;
  }
  Ran jiexu(const std::string& arguments) const { return run(with_config(arguments)); }
  bool was_asked(const std::string& what) {
    const std::lock_guard locked(lock_);
    return asked_.contains(what);
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(place.path / name, std::ios::binary) << text;
    return (place.path / name).string();
  }

  TempFolder place;
  std::map<std::string, std::string> answers;            // by "GET /v1/store"
  std::map<std::string, std::shared_future<void>> held;  // not answered before
  std::string otherwise = "{}";
  std::map<std::string, std::string> sent;  // the last body, by the same

 private:
  std::mutex lock_;
  std::set<std::string> asked_;
  std::unique_ptr<HttpServer> server_;
};

TEST_CASE("what cannot be taken back can be tried out, and done without a question") {
  std::map<std::string, std::string> all;
  collect_help("", "LC_ALL=en", all);
  std::set<std::string> asks;
  for (const auto& [path, help] : all) {
    if (help.find("\n  --yes ") == help.npos) continue;
    asks.insert(path);
    CHECK_THAT(help, Catch::Contains("\n  --dry-run "));
  }
  CHECK(asks == std::set<std::string>{"bank add",
                                      "bank approve",
                                      "bank approve-take",
                                      "bank import",
                                      "case approve",
                                      "case do",
                                      "case key-paper",
                                      "case submit",
                                      "certificate issue",
                                      "directory add",
                                      "directory merge",
                                      "directory remove",
                                      "mail sent",
                                      "quarantine approve",
                                      "remit approve",
                                      "remit approve-release",
                                      "remit confirm-payee",
                                      "remit export",
                                      "remit report",
                                      "store accept-loss",
                                      "store approve-confirm",
                                      "user add",
                                      "user approve",
                                      "user password",
                                      "user remove"});
}

TEST_CASE("a person is asked on a terminal, and where there is none the command says so") {
  const Agency agency;
  const std::string there = "--config " + agency.folder() + "/agency.toml ";
  REQUIRE(agency.jiexu("user add wang --role clerk").code == 0);
  const Ran no = run_on_terminal(there + "user remove wang", "n\n");
  CHECK(no.code == 64);
  CHECK_THAT(no.out, Catch::Contains("The user wang is removed, and the token ends.") &&
                         Catch::Contains("[y/N]") && Catch::Contains("Nothing was done."));
  const Ran unasked = agency.jiexu("user remove wang", "LC_ALL=en", "</dev/null 2>&1");
  CHECK(unasked.code == 64);
  CHECK_THAT(unasked.out, Catch::Contains("there is no terminal on which to ask: add --yes"));
  const Ran dry = agency.jiexu("user remove wang --dry-run --json");
  CHECK(dry.code == 0);
  CHECK(nlohmann::json::parse(dry.out).value("done", true) == false);
  CHECK_THAT(agency.jiexu("user list").out, Catch::Contains("wang"));
  CHECK(run_on_terminal(there + "user remove wang", "y\n").code == 0);
  CHECK_THAT(agency.jiexu("user list").out, !Catch::Contains("wang"));
}

const std::string kDigest = "3f2a9c4e" + std::string(56, '0');

// Of a line, a held file, a payment, messages set aside and the store: what shows the proposal, and
// what approves it.
struct Proposed {
  std::string command;  // that approves
  std::string shows;
  std::string answer;
  std::string approves;
};

std::vector<Proposed> all_proposed() {
  const std::string line = "5f0c2a1b" + std::string(56, '1');
  return {{"bank approve " + line, "GET /v1/bank/lines/" + line,
           R"({"line_id":")" + line + R"(","amount_fen":140950,"decisions":[{"act":"match",)" +
               R"("proposed_by":"wang","content":")" + kDigest + R"("}]})",
           "POST /v1/bank/lines/" + line + "/approve"},
          {"bank approve-take 5f0c2a1b", "GET /v1/bank/files",
           R"({"files":[{"digest":")" + line + R"(","name":"in.xml","state":"held",)" +
               R"("decisions":[{"proposed_by":"wang","content":")" + kDigest + R"("}]}]})",
           "POST /v1/bank/files/" + line + "/take/approve"},
          {"remit approve-release 41132807261122000017-1", "GET /v1/proposals",
           R"({"releases":[{"payment":"41132807261122000017-1","releases":[{"proposed_by":"wang",)"
           R"("content":")" +
               kDigest + R"("}]}]})",
           "POST /v1/payments/41132807261122000017%2d1/release/approve"},
          {"quarantine approve", "GET /v1/quarantine-list",
           R"({"act":"release","note":"n","proposed_by":"wang","content":")" + kDigest + R"("})",
           "POST /v1/quarantine-list/approve"},
          {"store approve-confirm", "GET /v1/store",
           R"({"proposal":{"proposed_by":"wang","content":")" + kDigest + R"("}})",
           "POST /v1/store/confirm/approve"}};
}

TEST_CASE("who approves names the first 8 digits that were shown, and the whole digest is sent") {
  for (const Proposed& one : all_proposed()) {
    Scripted daemon;
    daemon.answers[one.shows] = one.answer;
    const Ran shown = daemon.jiexu(one.command);
    INFO(one.command << ": " << shown.out);
    CHECK(shown.code == 64);
    CHECK_THAT(shown.out,
               Catch::Contains("wang") && Catch::Contains(one.command + " --content 3f2a9c4e\n"));
    CHECK(daemon.jiexu(one.command + " --content 3f2a").code == 64);
    const Ran other = daemon.jiexu(one.command + " --content 3f2a9c4f");
    CHECK(other.code == 65);
    CHECK_THAT(other.out, Catch::Contains("this is not what was seen"));
    const Ran dry = daemon.jiexu(one.command + " --content 3f2a9c4e --dry-run");
    CHECK(dry.code == 0);
    CHECK_FALSE(daemon.was_asked(one.approves));
    CHECK(run_on_terminal(daemon.with_config(one.command + " --content 3f2a9c4e"), "n\n").code ==
          64);
    CHECK_FALSE(daemon.was_asked(one.approves));
    CHECK(daemon.jiexu(one.command + " --content 3f2a9c4e").code == 0);
    REQUIRE(daemon.was_asked(one.approves));
    CHECK(nlohmann::json::parse(daemon.sent[one.approves]) == nlohmann::json{{"content", kDigest}});
  }
}

TEST_CASE("nothing that waits is nothing to approve") {
  Scripted daemon;
  const Ran ran = daemon.jiexu("store approve-confirm --content 3f2a9c4e");
  CHECK(ran.code == 65);
  CHECK_THAT(ran.out, Catch::Contains("nothing is proposed here"));
}

TEST_CASE("who has signed in needs no file of the agency") {
  Agency agency;
  const Ran added = agency.jiexu("user add wang --role clerk", "LC_ALL=en", "2>/dev/null");
  REQUIRE(added.code == 0);
  agency.reload();
  const std::string token = agency.file("wang.token", added.out);
  const std::string api = "127.0.0.1:" + std::to_string(agency.server->port());
  const std::string home = (agency.place.path / "home").string();
  const std::string as_wang = "LC_ALL=en HOME=" + home + " XDG_CONFIG_HOME=";
  const auto wang = [&](const std::string& arguments, const std::string& after = "2>&1") {
    return run(arguments, "-C " + agency.place.path.string() + " " + as_wang, after);
  };
  CHECK(wang("case list").code == 66);
  CHECK(wang("login", "</dev/null 2>&1").code == 64);
  CHECK(wang("login --api 192.0.2.1:7501", "<" + token + " 2>&1").code == 64);
  const std::string wrong = agency.file("wrong.token", "jx_none\n");
  const Ran refused = wang("login --api " + api, "<" + wrong + " 2>&1");
  CHECK(refused.code == 77);
  CHECK_THAT(refused.out, Catch::Contains("does not know this token"));
  CHECK(wang("case list").code == 66);
  REQUIRE(wang("login --api " + api, "<" + token + " 2>&1").code == 0);
  const std::filesystem::path kept = home + "/.config/jiexu/agency.login";
  CHECK(std::filesystem::status(kept).permissions() == std::filesystem::perms(0600));
  CHECK(wang("case list").code == 0);
  CHECK(wang("ledger").code == 0);
  CHECK(wang("doctor").code == 0);
  // Of another agency under its own name; and what names a configuration goes there.
  CHECK(wang("--agency other login --api " + api, "<" + token + " 2>&1").code == 0);
  CHECK(wang("--agency other case list").code == 0);
  CHECK(wang("--agency ../x login --api " + api, "<" + token + " 2>&1").code == 64);
  CHECK(wang("--config nosuch.toml case list").code == 66);
  CHECK(wang("logout").code == 0);
  CHECK(wang("case list").code == 66);
  CHECK(wang("logout").code == 66);
}

TEST_CASE("a token that is typed is not shown") {
  Agency agency;
  const Ran added = agency.jiexu("user add wang --role clerk", "LC_ALL=en", "2>/dev/null");
  agency.reload();
  const std::string api = "127.0.0.1:" + std::to_string(agency.server->port());
  const std::string home = "HOME=" + agency.place.path.string() + " XDG_CONFIG_HOME= ";
  const Ran ran = run_on_terminal("login --api " + api, added.out, home);
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, !Catch::Contains(added.out.substr(0, 12)));
}

TEST_CASE("a password is typed twice, and not shown") {
  const Agency agency;
  const std::string there = "--config " + agency.folder() + "/agency.toml ";
  const Ran ran = run_on_terminal(there + "user password admin", "correct horse\n");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Catch::Contains("Once more: ") && !Catch::Contains("horse"));
  const auto users = Users::load(agency.folder() + "/users.toml");
  REQUIRE(users);
  CHECK(is_password((*users)->find_name("admin")->password, "correct horse"));
  CHECK(run_on_terminal(there + "user password admin", "short\n").code == 65);
  CHECK(is_password(Users::load(agency.folder() + "/users.toml").value()->all()[0].password,
                    "correct horse"));
}

TEST_CASE("a file that cannot be imported is named, and with --keep-going costs only itself") {
  Scripted daemon;
  const std::string good = daemon.file(
      "good.xml",
      "<Document><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>"
      "<Ntry><Amt Ccy=\"CNY\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
      "<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>H1</AcctSvcrRef></Ntry>"
      "</Stmt></BkToCstmrStmt></Document>");
  daemon.otherwise = R"({"staged":1,"lines":1,"state":"booked"})";
  const std::string bad = daemon.file("bad.xml", "<Document><BkToCstmrStmt><Stmt>");
  const Ran none = daemon.jiexu("bank import " + good + " " + bad);
  INFO(none.out);
  CHECK(none.code == 65);
  CHECK_THAT(none.out,
             Catch::Contains("bad.xml") && Catch::Contains("Nothing was imported; --keep-going"));
  CHECK(daemon.sent.empty());
  const Ran dry = daemon.jiexu("bank import --dry-run " + good);
  CHECK(dry.code == 0);
  CHECK_THAT(dry.out, Catch::Contains("good.xml: 1 lines, in 1.00 yuan, out 0.00 yuan"));
  CHECK(daemon.sent.empty());
  const Ran one = daemon.jiexu("bank import --keep-going " + bad + " " + good + " /nonexistent");
  INFO(one.out);
  CHECK(one.code == 66);  // of the last that failed
  CHECK_THAT(one.out, Catch::Contains("bad.xml") && Catch::Contains("1 of 3 files imported"));
  CHECK(daemon.sent.size() == 1);
}

TEST_CASE("a report that cannot be read costs the others nothing") {
  Scripted daemon;
  const std::string good = daemon.file("good", "1-1|paid|\n");
  const Ran ran = daemon.jiexu("remit report --keep-going /nonexistent " + good);
  CHECK(ran.code == 66);
  CHECK_THAT(ran.out, Catch::Contains("1 of 2 reports taken"));
  CHECK(daemon.sent["POST /v1/payments:report"] == "1-1|paid|\n");
}

TEST_CASE("of a file of approvals a bad line is named, and with --keep-going costs only itself") {
  Scripted daemon;
  const std::string file = daemon.file(
      "results", "\xef\xbb\xbf{\"case_id\":\"c\",\"proposal\":1,\"digest\":\"d\"}\r\n\r\nnot JSON");
  const Ran none = daemon.jiexu("case approve --file " + file);
  CHECK(none.code == 65);
  CHECK_THAT(none.out,
             Catch::Contains("results, line 3: ") && Catch::Contains("Nothing was approved"));
  CHECK(daemon.sent.empty());
  const Ran one = daemon.jiexu("case approve --keep-going --file " + file);
  CHECK(one.code == 65);
  CHECK_THAT(one.out, Catch::Contains("1 letters approved"));
  CHECK(daemon.sent.size() == 1);
}

TEST_CASE("an action that is done at once is asked about, one that is proposed is not") {
  Scripted daemon;
  const auto case_with = [](bool second_person) {
    return std::string(R"({"case_id":"c","actions":[{"action":"withdraw","title":"Withdraw",)") +
           R"("second_person":)" + (second_person ? "true" : "false") + "}]}";
  };
  const std::string line = daemon.with_config("case do c withdraw --set reason=x");
  daemon.answers["GET /v1/cases/c"] = case_with(false);
  CHECK(run_on_terminal(line, "n\n").code == 64);
  CHECK_FALSE(daemon.was_asked("POST /v1/cases/c/actions/withdraw"));
  CHECK(run(line + " --dry-run").code == 0);
  CHECK(run(line.substr(0, line.find("withdraw")) + "fly --dry-run").code == 65);
  CHECK_FALSE(daemon.was_asked("POST /v1/cases/c/actions/withdraw"));
  daemon.answers["GET /v1/cases/c"] = case_with(true);
  CHECK(run_on_terminal(line, "").code == 0);
  CHECK(daemon.was_asked("POST /v1/cases/c/actions/withdraw"));
}

TEST_CASE("what is printed goes into no file that the command opens, also if nobody listens") {
  Scripted daemon;
  daemon.answers["POST /v1/remittances/7/export"] = R"("the payments")";
  const std::string out = (daemon.place.path / "payments.xml").string();
  const Ran ran = run(daemon.with_config("remit export 7 --out " + out), "LC_ALL=en", ">&- 2>&-");
  CHECK(ran.code == 74);
  std::ifstream in(out);
  CHECK(std::string{std::istreambuf_iterator<char>(in), {}} == R"("the payments")");
}

TEST_CASE("what takes long says on a terminal that it is done, and leaves nothing behind") {
  Scripted daemon;
  std::promise<void> answer;
  daemon.held["GET /v1/store/verify"] = answer.get_future().share();
  bool told = false;
  const Ran shown =
      run_on_terminal(daemon.with_config("store verify"), "", "", [&](const std::string& out) {
        if (out.find("the store is read, s:  1") == out.npos || std::exchange(told, true)) return;
        answer.set_value();
      });
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Catch::Contains("\r\x1b[K"
                                        "0 records"));
  CHECK_THAT(daemon.jiexu("store verify").out, Catch::StartsWith("0 records"));
}

TEST_CASE("what --json prints is told by messages that exist") {
  std::ifstream in(JIEXU_SOURCES "/ops/cli/README.md");
  const std::string manual{std::istreambuf_iterator<char>(in), {}};
  const size_t begin = manual.find("## What `--json` prints");
  REQUIRE(begin != manual.npos);
  const std::string told = manual.substr(begin);
  const std::regex name("[A-Z][A-Za-z]*Views?\\b");
  size_t count = 0;
  for (std::sregex_iterator at(told.begin(), told.end(), name); at != std::sregex_iterator();
       ++at) {
    INFO(at->str());
    ++count;
    CHECK(google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
              "jiexu.v1." + at->str()) != nullptr);
  }
  CHECK(count > 30);
}

TEST_CASE("an answer that is no answer of the daemon is an error, and not an empty list") {
  Scripted daemon;
  for (const char* garbage : {"", "<html>", "{\"cases\":", "\xff\xfe", "null", "7"}) {
    daemon.answers["GET /v1/work"] = garbage;
    for (const char* line : {"case list", "case list --json"}) {
      const Ran ran = daemon.jiexu(line);
      INFO(garbage << ": " << ran.out);
      CHECK(ran.code == 76);
      CHECK_THAT(ran.out, Catch::Contains("cannot be read"));
    }
  }
}

}  // namespace
}  // namespace jiexu::command_acts_test
