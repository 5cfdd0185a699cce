// The parts of the command line that need no terminal.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/api/http/http_server.h"
#include "ops/cli/case_show.h"
#include "ops/cli/client.h"
#include "ops/cli/form_draft.h"
#include "ops/cli/harden.h"
#include "ops/cli/input.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/printing.h"
#include "ops/cli/sheet.h"
#include "tests/temp_folder.h"

namespace jiexu::cli::cli_test {
namespace {

TEST_CASE("columns line up under Chinese text") {
  Table table({"NAME", "N"});
  table.add({"南阳市", "1"});
  table.add({"ab", "2"});
  CHECK(table.text() == "NAME    N\n南阳市  1\nab      2\n");
}

TEST_CASE(
    "the packet filter lets this host and the agencies of the directory in, and nobody else") {
  const auto agency = [](std::string code, std::string endpoint) {
    Agency out;
    out.id = AgencyId::parse(code).value();
    out.name = "Example";
    out.endpoint = std::move(endpoint);
    out.transport_key = random_bytes(32);
    const std::string secret = generate_private_key(SuiteId::kEd25519);
    out.signing_keys = {make_signer(SuiteId::kEd25519, secret).value()->public_key()};
    return out;
  };
  const AgencyId self = AgencyId::parse("S41130010001").value();
  const auto filter = [&](std::string endpoint) {
    const auto directory = Directory::make({agency(self.str(), "tcp://198.51.100.1:7401"),
                                            agency("S32010010001", std::move(endpoint))});
    return network_drop_in(*directory.value(), self);
  };
  const std::string text = filter("tcp://192.0.2.10:7401").value();
  CHECK(text.find("[Service]\nIPAddressDeny=any\nIPAddressAllow=localhost\n") != std::string::npos);
  CHECK(text.find("\nIPAddressAllow=192.0.2.10\n") != std::string::npos);
  CHECK(text.find("198.51.100.1") == std::string::npos);
  CHECK(filter("tcp://localhost:7401").value().find("\nIPAddressAllow=127.0.0.1\n") !=
        std::string::npos);
  // Whoever is left out would be shut out.
  const auto unknown = filter("tcp://agency.invalid:7401");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().text.starts_with("agency.invalid: "));
}

TEST_CASE("what nobody sees is shown, in whichever pieces it is printed") {
  const std::string text = "王\u202e五\x1b[31m\n李四";
  const std::string shown = "王\\u{202e}五\\u{1b}[31m\n李四";
  for (size_t piece = 1; piece <= text.size(); ++piece) {
    std::stringbuf under;
    ShownText out(under);
    for (size_t at = 0; at < text.size(); at += piece) {
      std::ostream(&out) << text.substr(at, piece) << std::flush;
    }
    CHECK(under.str() == shown);
  }
}

TEST_CASE("a character that never becomes whole is shown at the end") {
  std::stringbuf under;
  ShownText out(under);
  std::ostream(&out) << "a\xe7\x8e" << std::flush;
  CHECK(under.str() == "a");
  out.end();
  CHECK(under.str() == "a\\xe7\\x8e");
}

TEST_CASE("what is for a program is printed as it is") {
  std::stringbuf under;
  ShownText out(under);
  std::ostream stream(&out);
  stream << "a\x1b";
  out.as_it_is();
  stream << "b\x1b\xff" << std::flush;
  CHECK(under.str() == "a\\u{1b}b\x1b\xff");
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
  paper.set_from_agency("S41130010001");
  const std::string text = sheet_text(sheet_of(paper, {"Nanyang", ""}));
  CHECK_THAT(text, Catch::Contains(" Transfer of basic medical insurance\n") &&
                       Catch::Contains(" Remittance notice\n\n  Number   L-OUT-2\n"));
  CHECK_THAT(text, Catch::Contains("  From     Nanyang (S41130010001)\n"));
  CHECK_THAT(text,
             Catch::Contains("  Amount   1,409.50 yuan (in capitals: 壹仟肆佰零玖元伍角整)\n"));
  CHECK_THAT(text, Catch::Contains("  Paid on  2026-11-22\n"));
  CHECK_THAT(text, Catch::Contains("\nAccount to pay into\n  Holder of the account  示例\n"));
  CHECK_THAT(text, Catch::Contains("(Seal of the agency)") && Catch::Contains("Reviewed by:"));
  CHECK_THAT(text, Catch::Contains("aaaaaaaa bbbbbbbb\n"));
  CHECK_THAT(text, Catch::EndsWith("Page 1 of 1\n"));
}

TEST_CASE("a long sheet has pages, each with its number, and no line is lost") {
  v1::PaperView paper;
  paper.set_kind("information-form");
  paper.set_sha256(std::string(64, 'a'));
  v1::InformationForm& form = *paper.mutable_message()->mutable_information_form();
  for (int i = 0; i < 100; ++i) form.add_segments()->set_remark("row " + std::to_string(i) + ".");
  const std::string text = sheet_text(sheet_of(paper, {}));
  CHECK(std::ranges::count(text, '\f') == 2);
  CHECK_THAT(text, Catch::Contains("Page 1 of 3\n\f") && Catch::EndsWith("Page 3 of 3\n"));
  for (int i = 0; i < 100; ++i) {
    CHECK_THAT(text, Catch::Contains("Remark row " + std::to_string(i) + "."));
  }
}

TEST_CASE("a sheet for a browser obeys nothing that others wrote, and neither does one of text") {
  v1::PaperView paper;
  paper.set_kind("clarify");
  paper.mutable_message()->mutable_clarify()->set_question("<script>\x1b[2J&");
  const std::string html = sheets_html({sheet_of(paper, {"<b>", ""})});
  CHECK_THAT(html,
             Catch::Contains("&lt;script&gt;\\u{1b}[2J&amp;") && Catch::Contains("&lt;b&gt;"));
  CHECK_THAT(html, Catch::Contains("counter(pages)"));
  CHECK_THAT(sheet_text(sheet_of(paper, {})), Catch::Contains("<script>\\u{1b}[2J&"));
}

TEST_CASE("a form is shown with its history as a table, numbered as findings number it") {
  v1::InformationForm form;
  form.set_version(2);
  form.add_segments()->set_area("350500");
  form.add_segments()->set_from_month(201703);
  form.mutable_segments(1)->set_base_fen(500'000);
  CHECK(document_text(form) ==
        "  Version  2\n"
        "\n"
        "Months of insurance\n"
        "  N  Division  From     Base a month\n"
        "  0  350500    -        -\n"
        "  1  -         2017-03  5,000.00 yuan\n");
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
  CHECK(last_word_text(messages, {"S35050000101"}, "jiexu") ==
        "\nThe other agency wrote last\n"
        "2026-11-22 10:00:00  S35050000101  Question\n"
        "  Question  which employer?\n");
  CHECK(last_word_text(messages, {"S11010500103"}, "jiexu").empty());
}

TEST_CASE("a question that we have not answered is shown, whatever was written after it") {
  v1::PaperViews messages;
  const auto write = [&](const char* kind, const char* agency) -> v1::Message& {
    v1::PaperView& paper = *messages.add_papers();
    paper.set_kind(kind);
    paper.set_from_agency(agency);
    paper.set_sha256("aa");
    return *paper.mutable_message();
  };
  write("clarify", "S35050000101").mutable_clarify()->set_question("which employer?");
  write("close", "S35050000101").mutable_close();
  const std::string shown = last_word_text(messages, {"S35050000101"}, "jiexu");
  CHECK(shown.find("It has asked, and waits for our answer") != shown.npos);
  CHECK(shown.find("which employer?") != shown.npos);
  write("clarify-reply", "S41132810207").mutable_clarify_reply();
  CHECK(last_word_text(messages, {"S35050000101"}, "jiexu").find("which employer?") == shown.npos);
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
  action->add_needed("form");
  CHECK(case_text(view, "2026-09-18", "jiexu --config F") ==
        "Case     L  (transfer-out, with S41132810207)\n"
        "Person   N  D\n"
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
        "    jiexu --config F case do L issue-form --file form.json\n");
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

TEST_CASE("transfer-out is told what it did itself, not what the other agency did") {
  CHECK(plain_overlays("SUSPENDED", "OUT") == std::vector<std::string>{"We hold the case."});
  CHECK(plain_overlays("SUSPENDED,ASKING", "IN").front() ==
        "The transfer-out agency holds the case.");
}

TEST_CASE("a case names the person's other cases, why no money moves, and the day expected") {
  v1::CaseView view;
  view.set_side("IN");
  view.set_funds("NONE_DUE");
  view.set_disposition(v1::DISPOSITION_ZERO);
  view.set_hold_code(v1::REJECT_CODE_INPATIENT);
  v1::DeadlineView* deadline = view.add_deadlines();
  deadline->set_kind("form-due");
  deadline->set_due_on("2026-09-17");
  deadline->set_expected_on("2026-09-25");
  v1::RelatedCaseView* other = view.add_related();
  other->set_case_id("OTHER");
  other->set_side("IN");
  other->set_peer("S41132810207");
  other->set_relationship("DONE");
  other->set_funds("CREDITED");
  other->set_closed(true);
  other->set_closed_at("2026-09-01T10:00:00.000+08:00");
  const std::string text = case_text(view, "2026-09-18", "jiexu");
  CHECK_THAT(text, Catch::Contains("No money is due. By the form the account is empty."));
  CHECK_THAT(text, Catch::Contains("Held     the person is in hospital\n"));
  CHECK_THAT(text, Catch::Contains("2026-09-17  1 day ago; expected on 2026-09-25"));
  CHECK_THAT(text, Catch::Contains("Other cases of the person here\n"));
  CHECK_THAT(text,
             Catch::Contains("OTHER  transfer-in  S41132810207  transferred  credited  2026"));
}

TEST_CASE("what waits for a second person is shown field by field, the history as a table") {
  v1::CaseView view;
  view.set_case_id("ID");
  v1::ProposalView* proposal = view.add_proposals();
  proposal->set_number(4);
  proposal->set_title("Issue the information form");
  proposal->set_role("reviewer");
  proposal->set_to("S41132810207");
  proposal->set_amount_fen(140'950);
  proposal->set_digest("0123abcd" + std::string(56, 'e'));
  v1::InformationForm& form = *proposal->add_messages()->mutable_information_form();
  form.mutable_account()->set_amount_fen(140'950);
  form.add_segments()->set_area("350500");
  const std::string text = case_text(view, "2026-09-18", "jiexu");
  CHECK_THAT(text, Catch::Contains("would be sent to S41132810207: Information form\n"));
  CHECK_THAT(text,
             Catch::Contains("Amount to remit  1,409.50 yuan (in capitals: 壹仟肆佰零玖元伍角整)"));
  CHECK_THAT(text, Catch::Contains("\nMonths of insurance\n  N  Division\n  0  350500\n"));
  CHECK_THAT(text, Catch::Contains("jiexu case approve ID 4 0123abcd\n"));
}

namespace {

v1::Segment row_of(const char* area, int32_t from, int32_t to) {
  v1::Segment row;
  row.set_area(area);
  row.set_scheme(v1::SCHEME_EMPLOYEE);
  row.set_kind(v1::SEGMENT_KIND_ACTUAL);
  row.set_from_month(from);
  row.set_to_month(to);
  return row;
}

v1::InformationForm form_of(const std::vector<v1::Segment>& rows) {
  v1::InformationForm form;
  for (const v1::Segment& row : rows) *form.add_segments() = row;
  return form;
}

const AgencyId kOurs = *AgencyId::parse("S41130010001");
const AgencyId kOther = *AgencyId::parse("S35050000101");

}  // namespace

TEST_CASE("a first form begins with the person and every row that came along, each month once") {
  v1::CaseView view;
  view.mutable_person()->set_name("N");
  view.set_scheme_from(v1::SCHEME_EMPLOYEE);
  Arrivals arrivals{kOurs, {}, {}};
  const v1::Segment ours = row_of("411300", 201001, 201012);
  arrivals.done.push_back({kOther, form_of({row_of("350500", 202001, 202012), ours})});
  // Of a transfer that is open: the first row tells of months that another one has.
  arrivals.others.push_back(
      form_of({row_of("440300", 202012, 202101), row_of("440300", 201507, 201512)}));
  const v1::InformationForm draft = first_form(view, arrivals);
  CHECK(draft.person().name() == "N");
  REQUIRE(draft.segments_size() == 4);
  CHECK(draft.segments(0).from_month() == 201001);
  CHECK(draft.segments(1).from_month() == 201507);
  CHECK(draft.segments(2).from_month() == 202001);
  CHECK(draft.segments(3).from_month() == 0);  // ours, to be filled in
  CHECK_THAT(input_json(draft),
             Catch::StartsWith("{\"form\": {") && Catch::Contains("\"handler\": \"\""));
}

TEST_CASE("a correction begins with the last form, without what the daemon fills in") {
  v1::InformationForm last = form_of({row_of("411300", 201507, 201512)});
  last.set_version(2);
  last.set_reason("old");
  last.set_actual_months(7);
  last.set_handler("0107");
  const v1::InformationForm draft = next_version(last, {kOurs, {}, {}});
  CHECK(draft.version() == 0);
  CHECK(draft.reason().empty());
  CHECK(draft.actual_months() == 0);
  CHECK(draft.handler() == "0107");
  CHECK(draft.segments_size() == 1);
}

TEST_CASE("a correction takes up what has come since, and leaves our own rows as we stated them") {
  const v1::Segment stated = row_of("411300", 201001, 201011);
  const v1::Segment as_they_have_it = row_of("411300", 201001, 201012);
  const v1::Segment theirs = row_of("350500", 202001, 202012);
  Arrivals arrivals{kOurs, {}, {}};
  arrivals.done.push_back({kOther, form_of({as_they_have_it, theirs})});
  const v1::InformationForm draft = next_version(form_of({stated}), arrivals);
  REQUIRE(draft.segments_size() == 2);
  CHECK(draft.segments(0).to_month() == 201011);
  CHECK(draft.segments(1).area() == "350500");
}

TEST_CASE("a reminder names the duty, not its number") {
  v1::PaperView reminder;
  reminder.set_kind("reminder");
  reminder.mutable_message()->mutable_reminder()->set_duty(2);
  CHECK_THAT(sheet_text(sheet_of(reminder, {})),
             Catch::Contains("Duty  send the information form"));
}

TEST_CASE("every code has words") {
  for (int code = 1; code <= v1::RejectCode_MAX; ++code) {
    if (v1::RejectCode_IsValid(code)) {
      CHECK_THAT(plain_code(static_cast<v1::RejectCode>(code)), Catch::Contains(" "));
    }
  }
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
  const auto body = with_fields(*v1::ActionInput::descriptor(), R"({"reason":"old","note":"kept"})",
                                {"reason=a=b", "findings.0.text=x"});
  REQUIRE(body);
  CHECK(nlohmann::json::parse(*body) ==
        nlohmann::json::parse(R"({"reason":"a=b","note":"kept","findings":[{"text":"x"}]})"));
}

TEST_CASE("days, codes and lists on the command line are written as people write them") {
  const auto body =
      with_fields(*v1::ActionInput::descriptor(), "",
                  {"date=2026-11-30", "code=not-found", "keys_tried=name", "keys_tried=number",
                   "reason=2026-11-30", "refund_person=true", "form.segments.0.from_month=2015-07",
                   "form.account.disposition=ZERO", "no_such_field=7"});
  REQUIRE(body);
  CHECK(nlohmann::json::parse(*body) == nlohmann::json::parse(R"({
    "date":"20261130","code":"REJECT_CODE_NOT_FOUND","keys_tried":["name","number"],
    "reason":"2026-11-30","refund_person":true,"no_such_field":"7",
    "form":{"segments":[{"from_month":"201507"}],"account":{"disposition":"DISPOSITION_ZERO"}}})"));
}

TEST_CASE("what is no day and no code goes as it was written, so that the daemon can say so") {
  const auto body =
      with_fields(*v1::ActionInput::descriptor(), "", {"date=30-11-2026", "code=no_such"});
  REQUIRE(body);
  CHECK(nlohmann::json::parse(*body) ==
        nlohmann::json::parse(R"({"date":"30-11-2026","code":"no_such"})"));
}

TEST_CASE("fields that cannot be laid are named") {
  const std::string field =
      GENERATE(std::string("reason"), "note.inner=x", "=x", "a..b=x", "findings.99999.text=x");
  const auto body = with_fields(*v1::ActionInput::descriptor(), R"({"note":"text"})", {field});
  INFO(field);
  if (field == "findings.99999.text=x") {
    CHECK(body);  // a name and no list item: the daemon refuses it by name
  } else {
    REQUIRE_FALSE(body);
    CHECK(body.error().code == Errc::kInvalid);
  }
}

TEST_CASE("a file that is no JSON object is refused") {
  CHECK_FALSE(with_fields(*v1::ActionInput::descriptor(), "[1]", {}));
  CHECK_FALSE(with_fields(*v1::ActionInput::descriptor(), "{", {}));
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
}  // namespace jiexu::cli::cli_test
