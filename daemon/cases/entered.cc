#include "daemon/cases/entered.h"

#include <string>

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/cases/action_fields.h"
#include "daemon/rules/application_check.h"

namespace jiexu {
namespace {

using Checked = std::optional<Rejection>;

Checked no_date() {
  return rejection(Refusal::kDateInvalid, "date: must be a day as yyyymmdd");
}

// When the insurance ended, or the person was paid at origin, may lie before the case; what is done
// in the case does not.
Date first_day_of_act(const Case& subject, EventKind kind, Date today) {
  const bool before = kind == EventKind::kStopInsurance || kind == EventKind::kRefund;
  return before ? Date::from_days(today.days() - limits::kActDaysBackMax)
                : date_of(subject.created_at);
}

// Of an act that was done.
Checked check_day_done(const Case& subject, const Event& event, Date today) {
  const auto date = Date::from_yyyymmdd(event.input->date());
  if (!date) return no_date();
  if (*date > today) return rejection(Refusal::kDateInvalid, "date: lies in the future");
  const Date first = first_day_of_act(subject, event.kind, today);
  if (event.replayed || *date >= first) return std::nullopt;
  return rejection(Refusal::kDateInvalid, "date: lies before " + first.str());
}

// What is expected lies ahead, and not for ever.
Checked check_day_expected(const Event& event, Date today) {
  const auto date = Date::from_yyyymmdd(event.input->date());
  if (!date) return no_date();
  if (event.replayed) return std::nullopt;
  if (*date < today) return rejection(Refusal::kDateInvalid, "date: is over");
  if (date->days() <= today.days() + limits::kExpectedDaysMax) return std::nullopt;
  return rejection(Refusal::kDateInvalid, "date: lies more than a year ahead");
}

// What is entered although it is known.
class Sameness {
 public:
  template <class T>
  void ask(const char* field, const T& given, const T& known) {
    if (given != T() && given != known) add(field);
  }
  void add(const char* field) { fields_ += (fields_.empty() ? "" : ", ") + std::string(field); }
  Checked found(Refusal refusal, const char* why) const {
    if (fields_.empty()) return std::nullopt;
    return rejection(refusal, fields_ + ": " + why);
  }

 private:
  std::string fields_;
};

Checked check_against_case(const v1::InformationForm& given, const v1::InformationForm& known) {
  Sameness same;
  const v1::Person& person = given.person();
  const v1::Person& ours = known.person();
  same.ask("letter_number", given.letter_number(), known.letter_number());
  same.ask("person.name", name_key(person.name()), name_key(ours.name()));
  same.ask("person.document_type", person.document_type(), ours.document_type());
  same.ask("person.document_number", document_key(ours.document_type(), person.document_number()),
           document_key(ours.document_type(), ours.document_number()));
  same.ask("person.sex", person.sex(), ours.sex());
  same.ask("person.birth_date", person.birth_date(), ours.birth_date());
  same.ask("person.origin_person_number", person.origin_person_number(),
           ours.origin_person_number());
  same.ask("person.household_type", person.household_type(), ours.household_type());
  same.ask("scheme_from", given.scheme_from(), known.scheme_from());
  same.ask("scheme_to", given.scheme_to(), known.scheme_to());
  return same.found(Refusal::kFormNotOfLetter, "not what the case says");
}

Checked check_against_rows(const v1::InformationForm& given, const v1::InformationForm& known) {
  Sameness same;
  same.ask("form_number", given.form_number(), known.form_number());
  same.ask("replaces", given.replaces(), known.replaces());
  same.ask("issued_on", given.issued_on(), known.issued_on());
  same.ask("actual_months", given.actual_months(), known.actual_months());
  same.ask("deemed_months", given.deemed_months(), known.deemed_months());
  same.ask("continuous_months", given.continuous_months(), known.continuous_months());
  return same.found(Refusal::kFormInvalid, "does not follow from the rest of the form");
}

}  // namespace

bool is_day_expected(EventKind kind) {
  return kind == EventKind::kHold || kind == EventKind::kReplyReminder;
}

std::optional<Rejection> check_day(const Case& subject, const Event& event) {
  const Date today = date_of(event.at);
  return is_day_expected(event.kind) ? check_day_expected(event, today)
                                     : check_day_done(subject, event, today);
}

std::optional<Rejection> check_query(const Case& subject, const Event& event) {
  const v1::ActionInput& input =
      event.input != nullptr ? *event.input : v1::ActionInput::default_instance();
  const bool told = !is_blank(input.reason()) || input.refund_person() || !subject.findings.empty();
  for (int i = 0; i < input.findings_size() && !event.replayed; ++i) {
    const v1::Finding& finding = input.findings(i);
    if (!is_blank(finding.text()) || !is_blank(finding.field())) continue;
    return rejection(Refusal::kInputMissing, "findings." + std::to_string(i) + ": says nothing");
  }
  if (told || !input.findings().empty() || event.replayed) return std::nullopt;
  return rejection(Refusal::kInputMissing,
                   "reason: is missing, or findings that say what is to be corrected");
}

std::optional<Rejection> check_given(const v1::InformationForm& given,
                                     const v1::InformationForm& known) {
  if (given.version() != 0 && given.version() != known.version()) {
    return rejection(Refusal::kFormVersion, "version: must be " + std::to_string(known.version()));
  }
  if (auto wrong = check_against_case(given, known)) return wrong;
  return check_against_rows(given, known);
}

std::optional<Rejection> check_fields(const Event& event) {
  if (event.message != nullptr || event.replayed) return std::nullopt;
  const ActionFields& fields = fields_of(event.kind);
  const FieldSet given = event.input != nullptr ? given_fields(*event.input) : FieldSet();
  FieldSet missing = fields.needed;
  missing.remove(given);
  if (!missing.empty()) return rejection(Refusal::kInputMissing, text(missing) + ": is missing");
  FieldSet idle = given;
  idle.remove(fields.taken);
  if (idle.empty()) return std::nullopt;
  return rejection(Refusal::kFieldNotTaken, text(idle));
}

}  // namespace jiexu
