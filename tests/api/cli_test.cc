// The parts of the command line that need no terminal.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "daemon/api/http_server.h"
#include "ops/cli/case_show.h"
#include "ops/cli/client.h"
#include "ops/cli/input.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "tests/api/temp_folder.h"

namespace jiexu::cli {
namespace {

TEST_CASE("columns line up under Chinese text") {
  Table table({"NAME", "N"});
  table.add({"南阳市", "1"});
  table.add({"ab", "2"});
  CHECK(table.text() == "NAME    N\n南阳市  1\nab      2\n");
}

TEST_CASE("yuan has its commas where people put them") {
  CHECK(yuan(0) == "0.00 yuan");
  CHECK(yuan(99'999) == "999.99 yuan");
  CHECK(yuan(100'000) == "1,000.00 yuan");
  CHECK(yuan(-123'456'789) == "-1,234,567.89 yuan");
  CHECK(yuan(-12'345) == "-123.45 yuan");
}

TEST_CASE("days to a deadline are told in words") {
  CHECK(days_until("2026-09-20", "2026-09-18") == "in 2 days");
  CHECK(days_until("2026-09-19", "2026-09-18") == "in 1 day");
  CHECK(days_until("2026-09-18", "2026-09-18") == "today");
  CHECK(days_until("2026-09-15", "2026-09-18") == "3 days ago");
  CHECK_THAT(days_until("", "2026-09-18"), Catch::StartsWith("not known"));
}

TEST_CASE("a sheet names every field, money also in capital figures, and the hash in groups") {
  v1::PaperView paper;
  paper.set_number("L-OUT-2");
  paper.set_kind("remittance-notice");
  paper.set_sha256(std::string(56, 'a') + "bbbbbbbb");
  v1::RemittanceNotice& notice = *paper.mutable_message()->mutable_remittance_notice();
  notice.set_amount_fen(140'950);
  notice.set_paid_on(20261122);
  notice.mutable_payee()->set_account_holder("示例");
  const std::string text = paper_text(paper);
  CHECK_THAT(text, Catch::StartsWith("划转通知 Remittance notice\nNumber   L-OUT-2\n"));
  CHECK_THAT(text, Catch::Contains("amount_fen            1,409.50 yuan  壹仟肆佰零玖元伍角整"));
  CHECK_THAT(text, Catch::Contains("paid_on               2026-11-22"));
  CHECK_THAT(text, Catch::Contains("payee.account_holder  示例"));
  CHECK_THAT(text, Catch::EndsWith("aaaaaaaa bbbbbbbb\n"));
}

TEST_CASE("a form is shown with its history as a table, numbered as findings number it") {
  v1::InformationForm form;
  form.set_version(2);
  form.add_segments()->set_area("350500");
  form.add_segments()->set_from_month(201703);
  form.mutable_segments(1)->set_base_fen(500'000);
  CHECK(document_text(form) ==
        "  FIELD    VALUE\n"
        "  version  2\n"
        "\n"
        "segments\n"
        "  N  AREA    FROM MONTH  BASE\n"
        "  0  350500  -           -\n"
        "  1  -       2017-03     5,000.00 yuan\n");
}

TEST_CASE("the last word is that of the other agency, with what it says") {
  v1::PaperViews messages;
  v1::PaperView& question = *messages.add_papers();
  question.set_kind("clarify");
  question.set_from_agency("S35050000101");
  question.set_written_at("2026-11-22T10:00:00.000+08:00");
  question.set_sha256("aa");
  question.mutable_message()->mutable_clarify()->set_question("which employer?");
  messages.add_papers()->set_from_agency("S41132810207");
  CHECK(last_word_text(messages, {"S35050000101"}) ==
        "\nThe other agency wrote last\n"
        "2026-11-22T10:00:00.000+08:00  S35050000101  询问 Question\n"
        "  FIELD     VALUE\n"
        "  question  which employer?\n");
  CHECK(last_word_text(messages, {"S11010500103"}).empty());
}

TEST_CASE("a paper is keyed in by kind and fields, or whole as the other agency printed it") {
  CHECK(nlohmann::json::parse(*with_paper("", "letter-accept", {"accepted_on=20261122"})) ==
        nlohmann::json{{"message", {{"letter_accept", {{"accepted_on", "20261122"}}}}}});
  CHECK(nlohmann::json::parse(*with_paper(R"({"message":{"close":{}}})", "", {"case_id=7"})) ==
        nlohmann::json::parse(R"({"message":{"close":{}},"case_id":"7"})"));
  for (const char* kind : {"photo", "case_id", "case-seq"}) CHECK_FALSE(with_paper("", kind, {}));
}

TEST_CASE("a case is shown in plain words, with its deadlines and the command for each action") {
  v1::CaseView view;
  view.set_case_id("ID");
  view.set_side("OUT");
  view.set_peer("S41132810207");
  view.set_letter_number("L");
  view.set_relationship("STOPPED");
  view.set_funds("COMPUTED");
  view.set_due_fen(123'456);
  view.mutable_person()->set_name("N");
  view.mutable_person()->set_document_number("D");
  v1::DeadlineView* deadline = view.add_deadlines();
  deadline->set_kind("form-due");
  deadline->set_due_on("2026-09-20");
  deadline->set_ours(true);
  view.add_deadlines()->set_kind("funds-due");
  v1::ActionView* action = view.add_actions();
  action->set_action("issue-form");
  action->set_title("Issue the information form");
  action->set_role("reviewer");
  action->add_fields("form");
  CHECK(case_text(view, "2026-09-18", "jiexu --config F") ==
        "Case     ID  (transfer-out, with S41132810207)\n"
        "Person   N  D\n"
        "Letter   L\n"
        "State    The insurance here has ended; the form is to be issued.\n"
        "Money    The balance is fixed and is to be remitted. Due by the form: 1,234.56 yuan.\n"
        "\n"
        "Deadlines\n"
        "  WHO   MUST                       UNTIL       \n"
        "  we    send the information form  2026-09-20  in 2 days\n"
        "  they  remit the balance          ?           not known until the calendar of that year "
        "is published\n"
        "\n"
        "You can now:\n"
        "  Issue the information form (reviewer)\n"
        "    jiexu --config F case do ID issue-form --file form.json\n");
}

TEST_CASE(
    "a case whose account is not in the directory says that payments are held, until two agree") {
  v1::PayeeView payee;
  payee.set_case_id("ID");
  CHECK(held_text(payee, "jiexu").empty());
  payee.mutable_payee()->set_account_number("6217");
  CHECK_THAT(held_text(payee, "jiexu"), Catch::Contains("nobody has yet"));
  payee.set_first_by("caller");
  CHECK_THAT(held_text(payee, "jiexu"),
             Catch::Contains("caller has") && Catch::Contains("jiexu remit payee ID"));
  CHECK(held_text(payee, "jiexu").find("6217") == std::string::npos);
  payee.set_second_by("witness");
  CHECK(held_text(payee, "jiexu").empty());
  payee.clear_second_by();
  payee.set_listed(true);
  CHECK(held_text(payee, "jiexu").empty());
}

TEST_CASE("a closed case says so, and one that waits says for whom") {
  v1::CaseView view;
  CHECK_THAT(case_text(view, "2026-09-18", "jiexu --config F"),
             Catch::Contains("the other agency or the bank is next"));
  view.set_closed(true);
  CHECK_THAT(case_text(view, "2026-09-18", "jiexu --config F"),
             Catch::EndsWith("\nThe case is closed.\n"));
}

TEST_CASE("fields on the command line are laid over the file") {
  const auto body =
      with_fields(R"({"reason":"old","note":"kept"})", {"reason=a=b", "findings.0.text=x"});
  REQUIRE(body);
  CHECK(nlohmann::json::parse(*body) ==
        nlohmann::json::parse(R"({"reason":"a=b","note":"kept","findings":[{"text":"x"}]})"));
}

TEST_CASE("fields that cannot be laid are named") {
  const std::string field =
      GENERATE(std::string("reason"), "note.inner=x", "=x", "a..b=x", "findings.99999.text=x");
  const auto body = with_fields(R"({"note":"text"})", {field});
  INFO(field);
  if (field == "findings.99999.text=x") {
    CHECK(body);  // a name and no list item: the daemon refuses it by name
  } else {
    REQUIRE_FALSE(body);
    CHECK(body.error().code == Errc::kInvalid);
  }
}

TEST_CASE("a file that is no JSON object is refused") {
  CHECK_FALSE(with_fields("[1]", {}));
  CHECK_FALSE(with_fields("{", {}));
}

TEST_CASE("the client speaks to the daemon over either way in") {
  const TempFolder folder;
  HttpSettings settings;
  settings.unix_socket = folder.path / "s";
  const auto server = HttpServer::start(settings, [](HttpRequest request, HttpRespond respond) {
    respond([request] {
      return HttpResponse{201,
                          "text/plain",
                          request.authorization + " " + request.idempotency_key + request.body,
                          {}};
    });
  });
  REQUIRE(server);
  const bool by_unix = GENERATE(true, false);
  const Endpoint endpoint{"127.0.0.1", (*server)->port(), by_unix ? settings.unix_socket : ""};
  const Result<Reply> reply = send(endpoint, {"POST", "/x", "body", "token", "key"});
  REQUIRE(reply);
  CHECK(reply->status == 201);
  CHECK(reply->body == "Bearer token keybody");
}

TEST_CASE("a daemon that does not run is named with what to do") {
  auto server = HttpServer::start({}, [](HttpRequest, HttpRespond) {});
  REQUIRE(server);
  const uint16_t port = (*server)->port();
  server->reset();
  const Result<Reply> reply = send({"127.0.0.1", port, ""}, {"GET", "/", "", "", ""});
  REQUIRE_FALSE(reply);
  CHECK_THAT(reply.error().text, Catch::Contains("is jiexud running?"));
}

}  // namespace
}  // namespace jiexu::cli
