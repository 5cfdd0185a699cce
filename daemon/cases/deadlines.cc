#include "daemon/cases/deadlines.h"

#include <algorithm>

namespace jiexu {
namespace {

using Starts = std::vector<ClockStart>;

bool form_and_funds_complete(const Case& subject) {
  return subject.form_version > 0 &&
         (is_terminal(subject.funds) || subject.funds == Funds::kMatched);
}

Starts form_in_starts(const Case& subject) {
  Starts starts = {ClockStart::kFormIssued, ClockStart::kFormReceived};
  if (form_and_funds_complete(subject)) starts.push_back(ClockStart::kFormAndFundsReceived);
  if (subject.funds == Funds::kMatched) starts.push_back(ClockStart::kFundsReceived);
  return starts;
}

// The clocks that the event starts. Both sides start the letter's clock at its signed receipt; a
// letter that is answered has been received, should the receipt come late.
Starts starts_of(const Event& event, const Case& subject) {
  switch (event.kind) {
    case EventKind::kAccept: return {ClockStart::kApplicationAccepted};
    case EventKind::kDelivered:
    case EventKind::kLetterIn: return {ClockStart::kLetterReceived};
    case EventKind::kLetterAcceptIn:
      return {ClockStart::kLetterReceived, ClockStart::kLetterAccepted};
    case EventKind::kAcceptLetter: return {ClockStart::kLetterAccepted};
    case EventKind::kIssueForm: return {ClockStart::kFormIssued};
    case EventKind::kInfoFormIn: return form_in_starts(subject);
    case EventKind::kBankCredit:
      if (subject.funds != Funds::kMatched) return {};
      return {ClockStart::kFundsReceived, ClockStart::kFormAndFundsReceived};
    default: return {};
  }
}

// What the event, in the state it led to, has brought to its end.
bool is_met(DeadlineKind kind, const Case& subject) {
  if (is_terminal(subject.relationship))
    return kind != DeadlineKind::kCreditDue || subject.closed();
  switch (kind) {
    case DeadlineKind::kLetterDue: return !subject.letter_number.empty();
    case DeadlineKind::kFormDue:
      return subject.form_version > 0 && subject.relationship != Relationship::kFormDisputed &&
             subject.relationship != Relationship::kInfoDisputed;
    case DeadlineKind::kFundsDue:
      return subject.noticed.value > 0 || subject.moved.value > 0 || is_terminal(subject.funds);
    case DeadlineKind::kIntakeDue: return subject.relationship == Relationship::kInfoConfirmed;
    case DeadlineKind::kCreditDue: return is_terminal(subject.funds);
  }
  return false;
}

bool concerns(Side side, DeadlineKind kind) {
  return side == Side::kIn || kind == DeadlineKind::kFormDue || kind == DeadlineKind::kFundsDue;
}

void start(const DeadlineRule& rule, const Event& event, const Context& context, Case& subject) {
  if (!concerns(subject.side, rule.kind) || subject.deadline(rule.kind) != nullptr) return;
  const Date day = date_of(event.at);
  subject.deadlines.push_back(
      {rule.kind, day, context.calendar->due(day, rule.working_days), false});
}

}  // namespace

bool is_ours(Side side, DeadlineKind kind) {
  const bool out = kind == DeadlineKind::kFormDue || kind == DeadlineKind::kFundsDue;
  return out == (side == Side::kOut);
}

void update_deadlines(const Event& event, const Context& context, Case& subject) {
  const Profile* profile = find_profile(subject.policy_profile, date_of(subject.created_at));
  if (profile != nullptr) {
    const Starts starts = starts_of(event, subject);
    for (const DeadlineRule& rule : profile->rules) {
      if (std::find(starts.begin(), starts.end(), rule.start) != starts.end()) {
        start(rule, event, context, subject);
      }
    }
  }
  std::erase_if(subject.deadlines,
                [&](const Deadline& deadline) { return is_met(deadline.kind, subject); });
}

}  // namespace jiexu
