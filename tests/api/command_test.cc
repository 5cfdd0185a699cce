// The built `jiexu` command against an agency's folder and an API in this process.
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include "daemon/config.h"
#include "daemon/reconciliation/rules/comparison.h"
#include "daemon/rules/form_check.h"
#include "storage/file.h"
#include "tests/api/built_command.h"

namespace jiexu::command_test {
namespace {

using built_command::Agency;
using built_command::Ran;
using built_command::run;

TEST_CASE("init makes a whole agency, once, and says what comes next") {
  Agency agency;
  CHECK_THAT(agency.made.out, Catch::Contains("jiexud --config"));
  CHECK(agency.jiexu("config check").code == 0);
  CHECK(agency.jiexu("directory check").code == 0);
  const Ran again = run("init " + agency.folder() + " --code S41010010107 --name Own");
  CHECK(again.code == 73);
  CHECK_THAT(again.out, Catch::Contains("is not empty"));
}

TEST_CASE("doctor finds a new agency well, and names what is not") {
  Agency agency;
  const Ran well = agency.jiexu("doctor");
  INFO(well.out);
  CHECK(well.code == 0);
  std::filesystem::permissions(agency.folder() + "/keys/person.key", std::filesystem::perms(0644));
  const Ran ill = agency.jiexu("doctor");
  CHECK(ill.code == 78);
  CHECK_THAT(ill.out, Catch::Contains("person.key") && Catch::Contains("chmod"));
}

TEST_CASE("two agencies take each other's entry, and not twice") {
  Agency agency;
  const std::string other = (agency.place.path / "b").string();
  REQUIRE(run("init " + other + " --code S41132810207 --name Other").code == 0);
  const std::string entry = other + "/entry.toml";
  REQUIRE(run("--config " + other + "/agency.toml directory export > " + entry).code == 0);
  CHECK(agency.jiexu("directory add " + entry).code == 0);
  CHECK_THAT(agency.jiexu("directory list").out, Catch::Contains("S41132810207  Other"));
  CHECK(agency.jiexu("directory add " + entry).code == 73);
  CHECK(agency.jiexu("directory add --replace " + entry).code == 0);
}

TEST_CASE("a bank line number with a wrong check digit is refused at init and from others") {
  Agency agency;
  const std::string other = (agency.place.path / "b").string();
  const std::string init = "init " + other +
                           " --code S41132810207 --name Other --bank-holder H --bank-account 1 "
                           "--bank-name B --bank-cnaps ";
  const Ran wrong = run(init + "105100000018");
  CHECK(wrong.code == 65);
  CHECK_THAT(wrong.out, Catch::Contains("--bank-cnaps") && Catch::Contains("check digit"));
  REQUIRE(run(init + "105100000017").code == 0);
  const std::string entry = other + "/entry.toml";
  const std::string forged = "sed s/105100000017/105100000018/ > ";
  REQUIRE(run("--config " + other + "/agency.toml directory export | " + forged + entry).code == 0);
  const Ran added = agency.jiexu("directory add " + entry);
  CHECK(added.code == 65);
  CHECK_THAT(added.out, Catch::Contains("S41132810207: 105100000018"));
}

TEST_CASE("cases are listed, shown and acted on") {
  Agency agency;
  agency.world.put(agency.world.draft());
  const std::string id = agency.world.draft().id.str();
  const std::string short_id = id.substr(0, 23);
  CHECK_THAT(
      agency.jiexu("case list --all").out,
      Catch::Contains(short_id + "  T*      transfer-in  S41132810207  application entered"));
  CHECK_THAT(agency.jiexu("case show " + id).out,
             Catch::Contains("/agency.toml case do " + short_id + " accept"));
  CHECK(agency.jiexu("case show " + short_id).out == agency.jiexu("case show " + id).out);
  CHECK(agency.jiexu("case show " + id.substr(0, 13)).code == 0);
  CHECK(agency.jiexu("case show 0191d5a1-0000").code == 66);
  CHECK(agency.jiexu("case list --side transfer-in --state 'application entered'").code == 0);
  const Ran none = agency.jiexu("case list --state DRAFTY");
  CHECK(none.code == 64);
  CHECK_THAT(none.out, Catch::Contains("LETTER_RECEIVED") && Catch::Contains("letter to decide"));
  CHECK_THAT(agency.jiexu("case show --json " + id).out, Catch::StartsWith("{"));
  CHECK(agency.jiexu("case do " + id + " withdraw --set reason=moved").code == 0);
  const auto& command = std::get<ActionCommand>(agency.world.engine.commands.at(0).what);
  CHECK(command.action == EventKind::kWithdraw);
  CHECK(command.input->reason() == "moved");
  CHECK(agency.jiexu("case timeline " + id).code == 0);
  CHECK(agency.jiexu("case show x").code == 66);
}

TEST_CASE("an application is taken from a file, bare or wrapped") {
  Agency agency;
  const std::string file = agency.place.path / "application.json";
  const std::string text = GENERATE(std::string(R"({"origin_agency":"S41132810207"})"),
                                    R"({"application":{"origin_agency":"S41132810207"}})");
  std::ofstream(file) << text;
  CHECK(agency.jiexu("case apply --file " + file).code == 0);
  const auto& command = std::get<ActionCommand>(agency.world.engine.commands.at(0).what);
  CHECK(command.input->application().origin_agency() == "S41132810207");
}

TEST_CASE("a refusal is told with its findings and with what is allowed") {
  Agency agency;
  agency.world.put(agency.world.draft());
  agency.world.engine.answer = [&](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{Refusal::kNotAllowedNow, ""};
    answer.subject = std::make_shared<const Case>(agency.world.draft());
    return answer;
  };
  const Ran ran = agency.jiexu("case do " + agency.world.draft().id.str() + " close");
  CHECK(ran.code == 65);
  CHECK_THAT(ran.out,
             Catch::Contains("[not_allowed_now]") && Catch::Contains("Allowed now: accept"));
}

TEST_CASE("the role of the token decides, and a wrong token is told so") {
  Agency agency;
  const Ran added = agency.jiexu("user add eye --role auditor");
  REQUIRE(added.code == 0);
  agency.reload();
  const std::string file = agency.place.path / "token";
  std::ofstream(file) << added.out.substr(0, added.out.find('\n'));
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK(agency.jiexu("--token-file " + file + " ledger").code == 0);
  CHECK(agency.jiexu("--token-file " + file + " peer pause S41132810207").code == 77);
  CHECK(agency.jiexu("user remove eye --yes").code == 0);
  agency.reload();
  CHECK(agency.jiexu("--token-file " + file + " ledger").code == 77);
}

TEST_CASE("a preview tells details under one reference apart, and calls none a repetition") {
  Agency agency;
  const std::string file = agency.place.path / "in.xml";
  const std::string detail =
      "<TxDtls><Refs><AcctSvcrRef>R1</AcctSvcrRef></Refs><Amt Ccy=\"CNY\">1.00</Amt></TxDtls>";
  std::ofstream(file)
      << "<Document><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><Othr><Id>7</Id></Othr>"
         "</Id></Acct><Ntry><Amt Ccy=\"CNY\">2.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
         "<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef>"
         "<NtryDtls>"
      << detail << detail << "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";
  const Ran shown = agency.jiexu("bank preview " + file);
  INFO(shown.out);
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Catch::Contains("2 lines in 1 statement; in 2.00 yuan"));
  CHECK_THAT(shown.out, !Catch::Contains("repeat"));
}

TEST_CASE("a user of a reserved name is neither added nor overlooked") {
  Agency agency;
  const Ran added = agency.jiexu("user add recovery --role reviewer");
  CHECK(added.code != 0);
  CHECK_THAT(added.out, Catch::Contains("reserved"));
  CHECK(agency.jiexu("config check").code == 0);
  std::ofstream(agency.folder() + "/users.toml", std::ios::app)
      << "\n[[user]]\nname = \"recovery\"\nrole = \"clerk\"\ntoken_sha256 = \""
      << std::string(64, '7') << "\"\n";
  const Ran checked = agency.jiexu("config check");
  CHECK(checked.code == 78);
  CHECK_THAT(checked.out, Catch::Contains("jiexu user remove recovery"));
  CHECK(agency.jiexu("user remove recovery --yes").code == 0);
  CHECK(agency.jiexu("config check").code == 0);
}

TEST_CASE("queues, peers, quarantine and bank lines are within reach") {
  Agency agency;
  const std::string file = agency.place.path / "lines.json";
  std::ofstream(file) << R"({"lines":[{"host_sequence":"1"}]})";
  for (const char* command : {"queue", "peer list", "quarantine list", "ledger",
                              "peer pause S41132810207", "peer resume S41132810207"}) {
    INFO(command);
    CHECK(agency.jiexu(command).code == 0);
  }
  CHECK(agency.jiexu("bank add --file " + file).code == 0);
  CHECK(agency.jiexu("bank add --file /nonexistent").code == 66);
}

TEST_CASE("a bank line is matched to a payment of a case by the payment's number") {
  Agency agency;
  const std::string match = "bank match " + std::string(64, 'a') + " ";
  const std::string id = agency.world.draft().id.str();
  CHECK(agency.jiexu(match + id + "/2=7.00").code == 0);
  const auto& settle = std::get<SettleLineCommand>(agency.world.engine.commands.back().what);
  CHECK(settle.to == std::vector<Allocation>{{agency.world.draft().id, Fen{700}, 2}});
  CHECK(agency.jiexu(match + id + "=7.00").code == 0);
  CHECK(std::get<SettleLineCommand>(agency.world.engine.commands.back().what).to[0].attempt == 0);
  for (const char* wrong : {"/=7.00", "/x=7.00", "/2", "/-1=7.00"}) {
    CHECK(agency.jiexu(match + id + wrong).code != 0);
  }
}

TEST_CASE(
    "a day's comparison ends with 0 if the books agree, with 1 if they differ, else with 75") {
  Agency agency;
  const AgencyId peer = *AgencyId::parse(ApiWorld::kPeer);
  const std::string compare = std::string("ledger compare ") + ApiWorld::kPeer;
  CHECK(agency.jiexu(compare).code == 66);
  agency.world.put_link(peer, {});
  const Ran silent = agency.jiexu(compare + " --day 2026-09-18");
  CHECK(silent.code == 75);
  CHECK_THAT(silent.out, Catch::Contains("silent"));
  v1::ComparisonRecord record;
  conclude(record);
  const Date yesterday = *Date::parse("2026-09-20");
  agency.world.put_comparison(peer, yesterday, record);
  const Ran agrees = agency.jiexu(compare);
  CHECK(agrees.code == 0);
  CHECK_THAT(agrees.out, Catch::Contains("2026-09-20") && Catch::Contains("agrees"));
  v1::DifferenceRecord* difference = add_difference(Difference::kCredited, record);
  difference->set_case_id(std::string(16, '\1'));
  difference->set_ours(150);
  conclude(record);
  agency.world.put_comparison(peer, yesterday, record);
  const Ran differs = agency.jiexu(compare);
  CHECK(differs.code == 1);
  CHECK_THAT(differs.out, Catch::Contains("01010101-0101") && Catch::Contains("1.50 yuan") &&
                              Catch::Contains("credited: What is credited"));
  v1::DifferenceRecord* payment = add_difference(Difference::kPayment, record);
  payment->set_case_id(std::string(16, '\1'));
  payment->set_attempt(2);
  payment->set_theirs(100);
  agency.world.put_comparison(peer, yesterday, record);
  CHECK_THAT(agency.jiexu(compare).out, Catch::Contains("0101 payment 2") &&
                                            Catch::Contains("payment     us") &&
                                            Catch::Contains("payment: What was ordered"));
  CHECK_THAT(agency.jiexu(compare + " --json").out, Catch::StartsWith("{"));
  CHECK(agency.jiexu(compare + " --day yesterday").code > 1);
  CHECK(agency.jiexu("ledger").code == 0);
}

TEST_CASE("a daemon that does not run is unreachable, and doctor says so") {
  Agency agency;
  agency.server.reset();
  CHECK(agency.jiexu("queue").code == 75);
  CHECK(agency.jiexu("doctor").code == 69);
}

TEST_CASE("numbers and dates are judged without an agency") {
  CHECK(run("check bank 102100099996").code == 0);
  CHECK(run("check bank 102100099997").code == 65);
  CHECK(run("check id " + make_citizen_id("411328", {1980, 1, 1}, 1)).code == 0);
  CHECK(run("check letter 1").code == 65);
  CHECK(run("calendar due 2026-09-18 10").out == "2026-10-09\n");
  CHECK(run("calendar due 2999-01-01 10").code == 65);
  CHECK(run("calendar due tomorrow 10").code == 65);
}

TEST_CASE("the example application is taken as it is printed") {
  Agency agency;
  const std::string file = agency.place.path / "application.json";
  std::ofstream(file) << run("case example").out;
  CHECK(agency.jiexu("case apply --file " + file).code == 0);
  const auto& command = std::get<ActionCommand>(agency.world.engine.commands.at(0).what);
  CHECK(check_application(command.input->application(), {2999, 1, 1}).empty());
}

TEST_CASE("the case machine is printed without an agency") {
  const Ran ran = run("case states");
  CHECK(ran.code == 0);
  CHECK_THAT(ran.out, Catch::Contains("send-letter") && Catch::Contains("LETTER_SENT"));
}

TEST_CASE("an application that is no JSON is refused before it is sent") {
  Agency agency;
  const std::string file = agency.place.path / "application.json";
  std::ofstream(file) << "name: Wang";
  CHECK(agency.jiexu("case apply --file " + file).code == 65);
  CHECK(agency.world.engine.commands.empty());
}

// Commands as help lists them, such as "case list", and whether each one can be run by itself.
void list_commands(const std::string& path, std::map<std::string, bool>& commands) {
  const std::string help = run(path + " --help").out;
  const size_t below = help.find("\nSubcommands:\n");
  if (!path.empty()) {
    commands[path] = below == std::string::npos || help.find("[SUBCOMMAND]") != std::string::npos;
  }
  if (below == std::string::npos) return;
  const std::regex line("\n  ([a-z][a-z-]*) ");
  for (std::sregex_iterator at(help.begin() + static_cast<std::ptrdiff_t>(below), help.end(), line);
       at != std::sregex_iterator(); ++at) {
    list_commands((path.empty() ? "" : path + " ") + at->str(1), commands);
  }
}

std::string read_document(const std::string& name) {
  std::ifstream file(std::string(JIEXU_SOURCES) + "/" + name);
  INFO(name);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("documents name only commands that exist, and the manual of the commands names all") {
  std::map<std::string, bool> commands;
  list_commands("", commands);
  REQUIRE(commands.at("case show"));
  REQUIRE_FALSE(commands.at("case"));
  for (const char* name : {"README.md", "daemon/cases/README.md", "ops/calendar/README.md",
                           "ops/cli/README.md", "ops/runbook.md"}) {
    const std::string text = read_document(name);
    const std::regex call("jiexu\\s+(?:--config \\S+ )?([a-z][a-z-]*)(?:\\s+([a-z][a-z-]*))?");
    for (std::sregex_iterator at(text.begin(), text.end(), call); at != std::sregex_iterator();
         ++at) {
      INFO(name << ": " << at->str());
      const auto found = commands.find(at->str(1));
      CHECK((commands.contains(at->str(1) + " " + at->str(2)) ||
             (found != commands.end() && found->second)));
    }
  }
  const std::string manual = read_document("ops/cli/README.md");
  for (const auto& [path, runs] : commands) {
    INFO(path);
    CHECK((!runs || std::regex_search(manual, std::regex("`jiexu " + path + "[ `]"))));
  }
}

// Every file below, with what it holds and when it was written.
std::map<std::string, std::string> files_in(const std::string& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const auto written = entry.last_write_time().time_since_epoch().count();
    out[entry.path()] =
        std::to_string(written) + std::string{std::istreambuf_iterator<char>(file), {}};
  }
  return out;
}

TEST_CASE("store dump prints the records of a store, for who holds its keys, and changes nothing") {
  Agency agency;
  const auto before = files_in(agency.folder());
  const Ran all = agency.jiexu("store dump");
  INFO(all.out);
  CHECK(all.code == 0);
  CHECK_THAT(all.out, Catch::Contains(R"("kind": "store")") && Catch::Contains("S41010010107"));
  CHECK_THAT(all.out, Catch::Contains(R"("kind": "commit", "key": "6c736e", "value": 1)"));
  CHECK(agency.jiexu("store dump --family meta --key 6c736e").out ==
        R"({"family": "meta", "kind": "commit", "key": "6c736e", "value": 1})" + std::string("\n"));
  CHECK(agency.jiexu("store dump --family case").out.empty());
  CHECK(agency.jiexu("store dump --family letters").code == 64);
  CHECK(agency.jiexu("store dump --key 6x").code == 64);
  CHECK(agency.jiexu("store dump " + agency.folder()).code == 66);
  CHECK(files_in(agency.folder()) == before);
}

TEST_CASE("store dump says who may read a store, and that no daemon may have it open") {
  Agency agency;
  const std::string keys = agency.folder() + "/keys";
  {
    const auto config = load_config(agency.folder() + "/agency.toml");
    REQUIRE(config);
    const auto held = lock_file(config->data_dir / "lock");
    REQUIRE(held);
    const Ran busy = agency.jiexu("store dump");
    CHECK(busy.code == 75);
    CHECK_THAT(busy.out, Catch::Contains("stop the daemon"));
  }
  const std::string other = (agency.place.path / "b").string();
  REQUIRE(run("init " + other + " --code S41132810207 --name Other").code == 0);
  const Ran foreign = agency.jiexu("store dump --keys " + other + "/keys");
  CHECK(foreign.code == 78);
  CHECK_THAT(foreign.out, Catch::Contains("vault.keys"));
  const Ran none = agency.jiexu("store dump --keys " + other);
  CHECK(none.code == 78);
  CHECK_THAT(none.out, Catch::Contains("only who holds the keys"));
  std::filesystem::permissions(keys + "/vault.keys", std::filesystem::perms(0644));
  CHECK(agency.jiexu("store dump").code == 77);
}

TEST_CASE("help begins with an example, and a command that does not exist is a usage error") {
  CHECK_THAT(run("--help").out, Catch::StartsWith("Example:  jiexu init"));
  CHECK_THAT(run("case do --help").out, Catch::StartsWith("Example:  jiexu case do"));
  CHECK(run("fly").code == 64);
  CHECK(run("").code == 64);
}

}  // namespace
}  // namespace jiexu::command_test
