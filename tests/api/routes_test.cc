#include "daemon/api/cursor.h"
#include "daemon/base/limits.h"
#include "daemon/ledger/ledger.h"
#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"
#include "tests/api/api_world.h"

namespace jiexu::routes_test {
namespace {

TEST_CASE("a part of a bank's file goes to the engine whole, under its digest") {
  ApiWorld world;
  world.engine.answer = [](const Asking& command) {
    Answer answer;
    answer.bank_file.set_state("staging");
    answer.bank_file.set_staged(std::get<BankFileCommand>(command.what).part->lines_size());
    return answer;
  };
  const std::string path = "/v1/bank/files/" + std::string(64, 'a');
  const std::string body = R"({"name":"s.xml","lines_total":2,"lines":[{"amount_fen":"5"}]})";
  const Got got = world.ask("POST", path, As::kSystem, body);
  CHECK(got.response.status == 200);
  CHECK(got.response.body.find("\"staged\":\"1\"") != std::string::npos);
  const auto& command = std::get<BankFileCommand>(world.engine.commands.at(0).what);
  CHECK(to_hex(view(command.file)) == std::string(64, 'a'));
  CHECK(command.part->name() == "s.xml");
  CHECK(world.ask("POST", "/v1/bank/files/xyz", As::kSystem, body).response.status == 400);
}

TEST_CASE("a file whose sums differ is refused by name") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.bank_file.set_state("refused");
    return answer;
  };
  const Got got = world.ask("POST", "/v1/bank/files/" + std::string(64, 'a'), As::kSystem, "{}");
  CHECK(got.response.status == 400);
  CHECK(got.response.body.find("sums_differ") != std::string::npos);
}

TEST_CASE("a file of more lines than one commit could forget is refused with its first part") {
  ApiWorld world;
  const auto ask = [&](uint64_t lines) {
    return world.ask("POST", "/v1/bank/files/" + std::string(64, 'a'), As::kSystem,
                     R"({"name":"s.xml","lines_total":)" + std::to_string(lines) +
                         R"(,"lines":[{"amount_fen":"5"}]})");
  };
  const Got got = ask(limits::kBankFileLinesMax + 1);
  CHECK(got.response.status == 400);
  CHECK(got.response.body.find("too_many_lines") != std::string::npos);
  CHECK(world.engine.commands.empty());
  CHECK(ask(limits::kBankFileLinesMax).response.status == 200);
}

TEST_CASE("what a person decides about a line goes to the engine") {
  ApiWorld world;
  const std::string path = "/v1/bank/lines/" + std::string(64, 'b');
  const std::string to = R"({"to":[{"case_id":"0191d5a0-0000-7000-8000-000000000001",)"
                         R"("amount_fen":"7","attempt":2}],"note":"n"})";
  CHECK(world.ask("POST", path + "/match", As::kReviewer, to).response.status == 200);
  CHECK(world.ask("POST", path + "/match", As::kReviewer, "{}").response.status == 400);
  CHECK(world.ask("POST", path + "/match", As::kAuditor, to).response.status == 403);
  for (const char* act : {"/set-aside", "/another", "/undo", "/same"}) {
    CHECK(world.ask("POST", path + act, As::kClerk, R"({"note":"w"})").response.status == 200);
  }
  CHECK(world.ask("POST", path + "/burn", As::kClerk, R"({"note":"w"})").response.status == 404);
  const std::string seen = R"({"content":"ab"})";
  CHECK(world.ask("POST", path + "/approve", As::kClerk, seen).response.status == 403);
  CHECK(world.ask("POST", path + "/approve", As::kReviewer, seen).response.status == 200);
  CHECK(world.ask("POST", path + "/retract", As::kClerk, "{}").response.status == 200);
  CHECK(world.ask("GET", path, As::kAuditor).response.status == 404);
  CHECK(world.ask("GET", "/v1/bank/lines?queue=matched", As::kAuditor).response.status == 400);
  CHECK(world.ask("GET", "/v1/bank/lines?queue=early", As::kAuditor).response.status == 200);
  REQUIRE(world.engine.commands.size() == 7);
  const auto& match = std::get<SettleLineCommand>(world.engine.commands[0].what);
  CHECK(match.to.size() == 1);
  CHECK(match.to[0].amount == Fen{7});
  CHECK(match.to[0].attempt == 2);
  const LineAct acts[] = {LineAct::kSetAside, LineAct::kAnother, LineAct::kUndo, LineAct::kSame};
  for (size_t i = 0; i < std::size(acts); ++i) {
    const auto& act = std::get<SettleLineCommand>(world.engine.commands[i + 1].what);
    CHECK(act.act == acts[i]);
    CHECK(act.note == "w");
  }
  CHECK(std::get<DecideLineCommand>(world.engine.commands[5].what).content == "ab");
  CHECK_FALSE(std::get<DecideLineCommand>(world.engine.commands[6].what).content);
}

TEST_CASE("a bank line says since when it is what it is") {
  ApiWorld world;
  v1::BankLineRecord record;
  record.set_outcome(static_cast<uint32_t>(BankOutcome::kNoCase));
  record.set_at_ms(1'790'000'000'000);
  record.set_queued_at_ms(1'790'000'000'000);
  Digest digest{};
  const auto since = [&] {
    Batch batch;
    Records(world.store, *world.vault)
        .put_message(batch, Family::kFunds, layout::bank_line_key(digest), record);
    REQUIRE(world.store.commit(batch));
    const Got got = world.ask("GET", "/v1/bank/lines/" + to_hex(view(digest)), As::kAuditor);
    REQUIRE(got.status() == 200);
    return got.json()["since"].get<std::string>();
  };
  CHECK(since() == Instant{1'790'000'000'000}.str());
  record.add_acts()->set_approved_at_ms(1'790'000'000'005);  // undone
  CHECK(since() == Instant{1'790'000'000'005}.str());
  record.set_queued_at_ms(0);
  record.set_settled_by("wang, li");
  record.set_settled_at_ms(1'790'000'000'009);
  CHECK(since() == Instant{1'790'000'000'009}.str());
}

TEST_CASE("all lines are looked for by what they say, and a filter that is none is named") {
  ApiWorld world;
  const std::string all = "/v1/bank/lines?all=1";
  for (const char* filter : {"", "&fen=100&day=2026-11-20&payer=x&text=y", "&outcome=matched",
                             "&starts=ab", "&starts="}) {
    CHECK(world.ask("GET", all + filter, As::kAuditor).response.status == 200);
  }
  for (const char* filter :
       {"&fen=-1", "&fen=x", "&day=yesterday", "&outcome=burnt", "&starts=a", "&color=red"}) {
    CHECK(world.ask("GET", all + filter, As::kAuditor).response.status == 400);
  }
  const std::string lines = "/v1/bank/files/" + std::string(64, 'b') + "/lines";
  CHECK(world.ask("GET", lines, As::kAuditor).response.status == 200);
  CHECK(world.ask("GET", lines + "?after=x", As::kAuditor).response.status == 400);
}

TEST_CASE("bank lines go to the engine together and come back with their outcomes") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    v1::BankLineResult* result = answer.bank.add_results();
    result->set_host_sequence("1");
    result->set_outcome("matched");
    return answer;
  };
  const Got got = world.ask("POST", "/v1/bank/lines", As::kSystem,
                            R"({"lines":[{"host_sequence":"1","amount_fen":"5"},{}]})");
  CHECK(got.status() == 200);
  CHECK(got.json()["results"][0]["outcome"] == "matched");
  CHECK(std::get<BankCommand>(world.engine.commands.at(0).what).lines.size() == 2);
  CHECK_THAT(world.metrics.text(),
             Catch::Contains("jiexu_bank_lines_total{outcome=\"matched\"} 1"));
}

TEST_CASE("no bank lines are a mistake") {
  ApiWorld world;
  CHECK(world.ask("POST", "/v1/bank/lines", As::kSystem, "{}").status() == 400);
  CHECK(world.engine.commands.empty());
}

TEST_CASE("a list goes on only where its own `next` says") {
  ApiWorld world;
  // Of other lists, and one whose time lies before every other.
  const std::string batch = to_hex(layout::remittance_batch_key(std::string(21, '1')));
  const std::string payment =
      to_hex("I" + std::string(8, '\xff') + std::string(CaseId::kSize + 4, '\0'));
  const std::string line = "54" + std::string(2, '0') + std::string(16, 'f') + std::string(64, '0');
  for (const std::string list :
       {"/v1/bank/lines", "/v1/bank/files", "/v1/payments", "/v1/quarantine", "/v1/remittances",
        "/v1/cases", "/v1/overdue", "/v1/proposals"}) {
    for (const std::string& after : {std::string("00"), std::string("x"), batch, cursor_text("x"),
                                     cursor_text(batch), cursor_text(payment), cursor_text(line)}) {
      INFO(list << " " << after);
      const Got got = world.ask("GET", list + "?after=" + after, As::kAuditor);
      CHECK(got.status() == 400);
      CHECK(got.json()["code"] == "bad_query");
    }
  }
  for (const std::string& after : {std::string("00"), cursor_text("00")}) {
    const std::string body = R"({"after":")" + after + "\"}";
    CHECK(world.ask("POST", "/v1/remittances", As::kClerk, body).status() == 400);
  }
  CHECK(world.engine.commands.empty());
}

TEST_CASE("an exception queue goes on only with a line of its own") {
  ApiWorld world;
  const auto ask = [&](BankOutcome of) {
    const Key after = layout::exception_key(static_cast<uint8_t>(of), Instant{1}, Digest{});
    return world.ask("GET", "/v1/bank/lines?queue=early&after=" + cursor_text(to_hex(after)),
                     As::kAuditor);
  };
  CHECK(ask(BankOutcome::kEarly).status() == 200);
  CHECK(ask(BankOutcome::kMatched).status() == 400);
}

TEST_CASE("an amount that no line of a bank has is refused with its place") {
  ApiWorld world;
  for (const char* fen : {"-9223372036854775808", "9223372036854775807", "499999999999501"}) {
    INFO(fen);
    const std::string body =
        std::string(R"({"lines_total":2,"lines":[{"amount_fen":"5"},{"amount_fen":")") + fen +
        "\"}]}";
    for (const std::string path : {"/v1/bank/lines", "/v1/bank/files/"}) {
      const bool file = path.ends_with('/');
      const Got got = world.ask("POST", path + (file ? std::string(64, 'a') : ""), As::kSystem,
                                file ? body : body.substr(0, 1) + body.substr(17));
      CHECK(got.status() == 400);
      CHECK(got.json()["code"] == "bad_amount");
      CHECK_THAT(got.json()["detail"].get<std::string>(),
                 Catch::StartsWith("lines.1.amount_fen: "));
    }
  }
  CHECK(world.engine.commands.empty());
}

TEST_CASE("a ledger with a sum that no money comes to is an error, and names the account") {
  ApiWorld world;
  for (const LedgerAccount account : {LedgerAccount::kBank, LedgerAccount::kSuspense}) {
    world.put_account(*AgencyId::parse(ApiWorld::kSelf), static_cast<uint8_t>(account), INT64_MIN);
  }
  const Got got = world.ask("GET", "/v1/ledger", As::kAuditor);
  CHECK(got.status() == 500);
  CHECK(got.json()["code"] == "store_corrupt");
  CHECK_THAT(got.json()["detail"].get<std::string>(),
             Catch::Contains("account bank with S41130010001") && Catch::Contains("--check"));
}

TEST_CASE("text that is not UTF-8 is refused wherever it stands") {
  ApiWorld world;
  world.put(world.draft());
  const std::string path = "/v1/cases/" + world.draft().id.str();
  for (const std::string& target : std::vector<std::string>{
           path + "/actions/%ff", "/v1/cases?after=%ff", "/v1/cases?%ff=1", path + "/%c3/x"}) {
    INFO(target);
    const Got got =
        world.ask(target.find("actions") == target.npos ? "GET" : "POST", target, As::kReviewer);
    CHECK(got.status() == 400);
    CHECK(got.json()["code"] == "bad_target");
  }
}

TEST_CASE("a peer is paused and resumed by its code") {
  ApiWorld world;
  const bool pause = GENERATE(true, false);
  const std::string path = std::string("/v1/peers/S41132810207/") + (pause ? "pause" : "resume");
  CHECK(world.ask("POST", path, As::kOperator).status() == 200);
  const auto& command = std::get<PauseCommand>(world.engine.commands.at(0).what);
  CHECK(command.pause == pause);
  CHECK(command.peer.text() == "S41132810207");
}

TEST_CASE("a peer that is no agency code is 400, one that is not in the directory 404") {
  ApiWorld world;
  CHECK(world.ask("POST", "/v1/peers/x/pause", As::kOperator).status() == 400);
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.rejection = Rejection{Refusal::kUnknownAgency, ""};
    return answer;
  };
  CHECK(world.ask("POST", "/v1/peers/S41132810207/pause", As::kOperator).status() == 404);
}

TEST_CASE("a pause says why and until when, in words that a log can hold and a time to come") {
  ApiWorld world;
  const auto pause = [&](const std::string& body) {
    return world.ask("POST", "/v1/peers/S41132810207/pause", As::kOperator, body).status();
  };
  CHECK(pause(R"({"why": "their move", "until": "2026-11-30T18:00:00+08:00"})") == 200);
  const auto& command = std::get<PauseCommand>(world.engine.commands.at(0).what);
  CHECK(command.why == "their move");
  REQUIRE(command.until);
  CHECK(command.until->str() == "2026-11-30T18:00:00.000+08:00");
  CHECK(pause(R"({"until": "2026-09-01T18:00:00+08:00"})") == 400);
  for (const char* wrong :
       {"2026-11-30", "2026-11-31T18:00:00Z", "2026-11-30T24:00:00Z", "2026-11-30T1x:00:00Z",
        "2026-11-30T18:00:00", "2026-11-30 18:00", "2026-11-30T18:00:00+8"}) {
    CHECK(pause(R"({"until": ")" + std::string(wrong) + R"("})") == 400);
  }
  CHECK(pause(R"({"why": "a\nb"})") == 400);
  CHECK(pause(R"({"why": ")" + std::string(201, 'a') + R"("})") == 400);
}

TEST_CASE("one peer is shown by its code, and asked now") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.peers.add_peers()->set_agency("S41132810207");
    return answer;
  };
  CHECK(world.ask("GET", "/v1/peers/S41132810207", As::kAuditor).json()["agency"] ==
        "S41132810207");
  CHECK(world.ask("GET", "/v1/peers/S35050000101", As::kAuditor).status() == 404);
  CHECK(world.ask("POST", "/v1/peers/S41132810207/ask", As::kOperator).status() == 200);
  const auto& command = std::get<AskPeerCommand>(world.engine.commands.back().what);
  CHECK(command.peer.text() == "S41132810207");
}

TEST_CASE("peers and queues show what the engine knows") {
  ApiWorld world;
  world.engine.answer = [](const Asking&) {
    Answer answer;
    answer.peers.add_peers()->set_queued(7);
    return answer;
  };
  const std::string path = GENERATE(std::string("/v1/peers"), "/v1/queues");
  CHECK(world.ask("GET", path, As::kAuditor).json()["peers"][0]["queued"] == "7");
}

TEST_CASE("the ledger lists every account and what they add up to") {
  ApiWorld world;
  const AgencyId peer = *AgencyId::parse(ApiWorld::kPeer);
  world.put_account(peer, static_cast<uint8_t>(LedgerAccount::kFund), -500);
  world.put_account(peer, static_cast<uint8_t>(LedgerAccount::kPayable), 499);
  const nlohmann::json view = world.ask("GET", "/v1/ledger", As::kAuditor).json();
  REQUIRE(view["accounts"].size() == 2);
  CHECK(view["accounts"][0]["account"] == std::string(name(LedgerAccount::kFund)));
  CHECK(view["accounts"][0]["balance_fen"] == "-500");
  CHECK(view["sum_fen"] == "-1");
}

TEST_CASE("a ledger with a record that cannot be read is not shown in part") {
  ApiWorld world;
  Batch batch;
  batch.put(Family::kFunds, layout::account_key(*AgencyId::parse(ApiWorld::kPeer), 1), "\xff");
  REQUIRE(world.store.commit(batch));
  const Got got = world.ask("GET", "/v1/ledger", As::kAuditor);
  CHECK(got.status() == 500);
  CHECK(got.json()["code"] == "store_corrupt");
}

TEST_CASE("quarantine is listed page by page") {
  ApiWorld world;
  Records records(world.store, *world.vault);
  Batch batch;
  const AgencyId peer = *AgencyId::parse(ApiWorld::kPeer);
  for (Seq seq = 1; seq <= 3; ++seq) {
    v1::QuarantineRecord record;
    record.set_code(v1::FAULT_CODE_NOT_ALLOWED);
    records.put_message(batch, Family::kQuarantine, layout::quarantine_key(peer, 1, seq), record);
  }
  REQUIRE(world.store.commit(batch));
  nlohmann::json page = world.ask("GET", "/v1/quarantine?limit=2", As::kAuditor).json();
  REQUIRE(page["entries"].size() == 2);
  CHECK(page["entries"][1]["seq"] == "2");
  CHECK(page["entries"][1]["code"] == "NOT_ALLOWED");
  const std::string next = page["next"];
  page = world.ask("GET", "/v1/quarantine?limit=2&after=" + next, As::kAuditor).json();
  REQUIRE(page["entries"].size() == 1);
  CHECK(page["entries"][0]["seq"] == "3");
  CHECK(page["next"] == "");
}

TEST_CASE("a message in quarantine is shown with its reason, as far as it can be read") {
  ApiWorld world;
  const AgencyId peer = *AgencyId::parse(ApiWorld::kPeer), self = *AgencyId::parse(ApiWorld::kSelf);
  const LinkName link{peer, self};
  v1::Message message;
  message.set_case_id(std::string(world.draft().id.bytes()));
  message.mutable_letter_accept()->set_accepted_on(20261120);
  FrameWriter writer(link, 1, 1, chain_start(link));
  writer.add(message);
  const auto signer = make_signer(SuiteId::kEd25519, std::string(32, 'a'));
  Records records(world.store, *world.vault);
  Batch batch;
  records.put(batch, Family::kLinkLog, layout::link_log_key(peer, layout::Direction::kIn, 1, 1),
              writer.close(**signer));
  v1::QuarantineRecord record;
  record.set_code(v1::FAULT_CODE_BAD_CONTENT);
  record.set_refusal(static_cast<uint32_t>(Refusal::kDateInvalid));
  record.set_text("date: lies in the future");
  record.set_body_kind(v1::Message::kLetterAccept);
  records.put_message(batch, Family::kQuarantine, layout::quarantine_key(peer, 1, 1), record);
  REQUIRE(world.store.commit(batch));
  const nlohmann::json entry =
      world.ask("GET", "/v1/quarantine", As::kAuditor).json()["entries"][0];
  CHECK(entry["kind"] == "letter_accept");
  CHECK(entry["reason"] ==
        "Its content breaks a rule. The date does not exist, or it cannot be the day of this. "
        "(date: lies in the future)");
  const std::string path = "/v1/quarantine/" + entry["place"].get<std::string>();
  const nlohmann::json shown = world.ask("GET", path, As::kAuditor).json();
  CHECK(shown["bytes"] == to_hex(message.SerializeAsString()));
  CHECK(shown["message"].get<std::string>().find("2026-11-20") != std::string::npos);
  CHECK(shown["entry"]["place"] == entry["place"]);
  CHECK(world.ask("GET", "/v1/quarantine/xyz", As::kAuditor).status() == 400);
  const std::string other = to_hex(layout::quarantine_key(peer, 1, 2).str());
  CHECK(world.ask("GET", "/v1/quarantine/" + other, As::kAuditor).status() == 404);
  const auto count = [&](const std::string& query) {
    return world.ask("GET", "/v1/quarantine?" + query, As::kAuditor).json()["entries"].size();
  };
  CHECK(count("peer=S41132810207") == 1);
  CHECK(count("peer=S35050000101") == 0);
  CHECK(count("code=BAD_CONTENT") == 1);
  CHECK(count("code=REPLAYED") == 0);
  CHECK(world.ask("GET", "/v1/quarantine?code=NONE", As::kAuditor).status() == 400);
}

TEST_CASE("alarms are listed, and readiness names them to who asks for more") {
  ApiWorld world;
  CHECK(world.ask("GET", "/v1/alarms", As::kAuditor).json()["alarms"].empty());
  const Instant since{1'789'000'000'000};
  world.alarms = {{AlarmKind::kDisk, *AgencyId::parse(ApiWorld::kSelf), since, "nearly full"},
                  {AlarmKind::kSilent, *AgencyId::parse(ApiWorld::kPeer), since, "no answer"}};
  const nlohmann::json listed = world.ask("GET", "/v1/alarms", As::kAuditor).json()["alarms"];
  REQUIRE(listed.size() == 2);
  CHECK(listed[0]["kind"] == "disk");
  CHECK_FALSE(listed[0].contains("peer"));
  CHECK(listed[1]["peer"] == ApiWorld::kPeer);
  CHECK(listed[1]["since"] == since.str());
  CHECK(listed[1]["text"] == "no answer");
  CHECK(world.ask("GET", "/readyz", As::kNobody).response.body == "ok\n");
  CHECK(world.ask("GET", "/readyz?verbose", As::kNobody).response.body == "ok\n");
  const Got more = world.ask("GET", "/readyz?verbose", As::kAuditor);
  CHECK(more.status() == 200);
  CHECK(more.response.body.starts_with("ok\nalarm disk of "));
  CHECK(more.response.body.find(": no answer\n") != std::string::npos);
}

TEST_CASE("readiness tells why not to those who have a token and ask") {
  ApiWorld world;
  CHECK(world.ask("GET", "/readyz", As::kNobody).status() == 200);
  world.not_ready = "disk low";
  const Got got = world.ask("GET", "/readyz", As::kNobody);
  CHECK(got.status() == 503);
  CHECK(got.response.body == "not ready\n");
  CHECK(got.header("Retry-After") == "2");
  CHECK(world.ask("GET", "/readyz?verbose", As::kNobody).response.body == "not ready\n");
  CHECK(world.ask("GET", "/readyz", As::kAuditor).response.body == "not ready\n");
  CHECK(world.ask("GET", "/readyz?verbose", As::kAuditor).response.body == "disk low\n");
  CHECK(world.ask("GET", "/livez", As::kNobody).status() == 200);
}

TEST_CASE("requests are counted by route, not by path") {
  ApiWorld world;
  world.ask("GET", "/v1/cases/a", As::kAuditor);
  world.ask("GET", "/v1/cases/b", As::kAuditor);
  world.ask("GET", "/v1/wherever", As::kAuditor);
  const std::string text = world.ask("GET", "/metrics", As::kNobody).response.body;
  CHECK_THAT(text, Catch::Contains("jiexu_http_requests_total{route=\"/v1/cases/{id}\","
                                   "status=\"404\"} 2"));
  CHECK_THAT(text, Catch::Contains("jiexu_http_requests_total{route=\"none\",status=\"404\"} 1"));
  CHECK(text.find("wherever") == std::string::npos);
}

TEST_CASE("every metric is named jiexu_, or process_ as everywhere, and has a help text") {
  ApiWorld world;
  const std::string text = world.metrics.text();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# ")) line = line.substr(7);
    CHECK((line.starts_with("jiexu_") || line.starts_with("process_")));
  }
  CHECK_THAT(text, Catch::Contains("# HELP jiexu_commits_total "));
  CHECK_THAT(text, Catch::Contains("# TYPE jiexu_commit_seconds histogram"));
}

TEST_CASE("the books are checked, and what they hold is counted") {
  ApiWorld world;
  world.put(world.draft());
  const Got got = world.ask("GET", "/v1/ledger/check", As::kAuditor);
  CHECK(got.status() == 200);
  CHECK(got.json()["sound"] == true);
  CHECK(got.json()["cases"] == "1");
}

}  // namespace
}  // namespace jiexu::routes_test
