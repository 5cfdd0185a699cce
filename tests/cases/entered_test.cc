// What a person enters is needed, taken, of a possible day, and says of a case what the case says.
#include <catch2/catch.hpp>

#include "daemon/cases/action_fields.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace entered_test {
namespace {

Party at(Side side, std::string_view script) {
  Party party(side);
  REQUIRE(party.play(script).refusal() == Refusal::kNone);
  return party;
}

Party stopped() {
  return at(Side::kOut, "letter-received accept-letter stop-insurance");
}

std::string refused(Party& party, EventKind action, const v1::ActionInput& input) {
  const Outcome outcome = party.act(action, input);
  if (!outcome.rejection) return "";
  return std::string(name(outcome.rejection->refusal)) + ": " + outcome.rejection->detail;
}

template <class Change>
std::string issue(const Change& change) {
  Party out = stopped();
  v1::ActionInput input = sound_input(out.subject, EventKind::kIssueForm);
  change(*input.mutable_form());
  return refused(out, EventKind::kIssueForm, input);
}

}  // namespace

TEST_CASE("an act without a field that it needs is refused, and says all that is missing") {
  Party out = at(Side::kOut, "letter-received accept-letter");
  CHECK(refused(out, EventKind::kStopInsurance, {}) == "input_missing: date: is missing");
  Party done = at(Side::kIn,
                  "apply accept send-letter letter-accept-received form-received:none "
                  "confirm-form close");
  CHECK(refused(done, EventKind::kReopen, {}) == "input_missing: reason: is missing");
  Party sent = at(Side::kIn, "apply accept send-letter");
  CHECK(refused(sent, EventKind::kWithdraw, {}) == "input_missing: reason: is missing");
}

TEST_CASE("blanks say nothing: what is needed is missing still") {
  const std::string blank = GENERATE("   ", "\u3000");
  v1::ActionInput input;
  input.set_reason(blank);
  Party out = stopped();
  CHECK(refused(out, EventKind::kAsk, input) == "input_missing: reason: is missing");
  Party sent = at(Side::kIn, "apply accept send-letter");
  CHECK(refused(sent, EventKind::kWithdraw, input) == "input_missing: reason: is missing");
  Party in = at(Side::kIn, "apply accept send-letter letter-accept-received form-received");
  CHECK(refused(in, EventKind::kQueryForm, input) ==
        "input_missing: reason: is missing, or findings that say what is to be corrected");
  input.clear_reason();
  input.add_findings()->set_text(blank);
  CHECK(refused(in, EventKind::kQueryForm, input) == "input_missing: findings.0: says nothing");
  Party asked = at(Side::kOut, "letter-received accept-letter question-received");
  v1::ActionInput answer;
  answer.set_note(blank);
  CHECK(refused(asked, EventKind::kAnswer, answer) == "input_missing: note: is missing");
}

TEST_CASE("a query says what is to be corrected: a reason, findings, or those of the rules") {
  const std::string received = "apply accept send-letter letter-accept-received form-received";
  Party in = at(Side::kIn, received);
  CHECK(refused(in, EventKind::kQueryForm, {}) ==
        "input_missing: reason: is missing, or findings that say what is to be corrected");
  v1::ActionInput empty;
  empty.add_findings();
  CHECK(refused(in, EventKind::kQueryForm, empty) == "input_missing: findings.0: says nothing");
  in.subject.findings.emplace_back().set_text("the balance does not add up");
  CHECK(refused(in, EventKind::kQueryForm, {}).empty());
}

TEST_CASE("a field that the action does not take is not dropped, but refused") {
  Party in = at(Side::kIn, "apply");
  v1::ActionInput input;
  input.set_note("for the file");
  input.set_amount_fen(1);
  CHECK(refused(in, EventKind::kAccept, input) == "field_not_taken: amount_fen, note");
  CHECK(name(Refusal::kFieldNotTaken) == "field_not_taken");
  input.Clear();
  input.set_if_revision(7);
  CHECK(refused(in, EventKind::kAccept, input).empty());
}

TEST_CASE("no act was done on an absurd day, and none is expected on one") {
  Party out = at(Side::kOut, "letter-received accept-letter");
  v1::ActionInput input;
  input.set_date(20000101);
  CHECK_THAT(refused(out, EventKind::kStopInsurance, input),
             Catch::StartsWith("date_invalid: date: lies before 2001-"));
  input.set_date(20150401);
  CHECK(refused(out, EventKind::kStopInsurance, input).empty());
  REQUIRE(out.play("issue-form").refusal() == Refusal::kNone);
  CHECK(refused(out, EventKind::kRemit, input) ==
        "date_invalid: date: lies before " + date_of(kNow).str());

  v1::ActionInput hold;
  hold.set_code(v1::REJECT_CODE_ARREARS);
  hold.set_date(20261119);
  CHECK(refused(out, EventKind::kHold, hold) == "date_invalid: date: is over");
  hold.set_date(20361119);
  CHECK(refused(out, EventKind::kHold, hold) == "date_invalid: date: lies more than a year ahead");
  hold.set_date(20261120);
  CHECK(refused(out, EventKind::kHold, hold).empty());
}

TEST_CASE("a form of another person is refused with its field, and no mixture leaves") {
  const std::string why = ": not what the case says";
  CHECK(issue([](auto& form) { form.mutable_person()->set_name("别人"); }) ==
        "form_not_of_letter: person.name" + why);
  CHECK(issue([](auto& form) {
          form.mutable_person()->set_document_number("11010519491231002X");
          form.mutable_person()->set_birth_date(19491231);
        }) == "form_not_of_letter: person.document_number, person.birth_date" + why);
  CHECK(issue([](auto& form) { form.set_letter_number("41132807261120000079"); }) ==
        "form_not_of_letter: letter_number" + why);
  CHECK(issue([](auto& form) { form.set_scheme_to(v1::SCHEME_RESIDENT); }) ==
        "form_not_of_letter: scheme_to" + why);
}

TEST_CASE("what follows from a form is left out of it or right") {
  CHECK(issue([](auto& form) { form.set_version(2); }) == "form_version: version: must be 1");
  CHECK(issue([](auto& form) { form.set_actual_months(999); }) ==
        "form_invalid: actual_months: does not follow from the rest of the form");
  CHECK(issue([](auto& form) { form.set_issued_on(20200101); }) ==
        "form_invalid: issued_on: does not follow from the rest of the form");
  CHECK(issue([](auto& form) { form.clear_person(); }).empty());
}

TEST_CASE("every field that an action needs it also takes, and every action is in the table") {
  for (const EventKind kind : all_events()) {
    if (!is_action(kind)) continue;
    INFO(name(kind));
    CHECK(fields_of(kind).taken.has_all(fields_of(kind).needed));
    CHECK_FALSE(title(kind).empty());
  }
}

TEST_CASE("every field of an action's input but the revision has its place in the table") {
  const auto* all = v1::ActionInput::descriptor();
  for (int i = 0; i < all->field_count(); ++i) {
    const std::string& field = all->field(i)->name();
    INFO(field);
    const bool known = std::ranges::find(kFieldNames, field) != kFieldNames.end();
    CHECK(known == (field != "if_revision"));
  }
}

}  // namespace entered_test
