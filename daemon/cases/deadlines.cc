#include "daemon/cases/deadlines.h"

#include <algorithm>
#include <iterator>

namespace jiexu {
namespace {

using Starts = StateSet<ClockStart>;

bool form_and_funds_complete(const Case& subject) {
  return subject.form_version > 0 &&
         (is_terminal(subject.funds) || subject.funds == Funds::kMatched);
}

Starts form_in_starts(const Case& subject) {
  Starts starts = {ClockStart::kFormIssued, ClockStart::kFormReceived};
  if (form_and_funds_complete(subject)) starts.add(ClockStart::kFormAndFundsReceived);
  if (subject.funds == Funds::kMatched) starts.add(ClockStart::kFundsReceived);
  return starts;
}

// Days are counted from the due day; a step is due when the day before it is over. The days are
// those that agencies told of, and no rule has them.
struct LadderStep {
  int day;
  bool reminds;    // the side that is not in duty
  bool passes;     // the term is over
  bool escalates;  // to the operator: nobody has acted for long
};

constexpr LadderStep kLadder[] = {
    {-3, true, false, false}, {0, true, false, false}, {1, false, true, false},
    {3, true, false, false},  {10, true, false, true},
};

// REQUIRES: deadline.due.
Instant end_before(const Deadline& deadline, const LadderStep& step) {
  return end_of(Date::from_days(deadline.due->days() + step.day - 1));
}

// Nobody reminds himself.
bool concerns_us(Side side, const Deadline& deadline, const LadderStep& step) {
  return step.passes || step.escalates || !is_ours(side, deadline.kind);
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
    case EventKind::kIssueForm:
    case EventKind::kSupplementForm: return {ClockStart::kFormIssued};
    case EventKind::kInfoFormIn: return form_in_starts(subject);
    case EventKind::kBankCredit:
    case EventKind::kReturnFunds:
      if (subject.funds != Funds::kMatched) return {};
      return {ClockStart::kFundsReceived, ClockStart::kFormAndFundsReceived};
    default: return {};
  }
}

bool concerns(Side side, DeadlineKind kind) {
  return side == Side::kIn || kind == DeadlineKind::kFormDue || kind == DeadlineKind::kFundsDue;
}

void start(const DeadlineRule& rule, const Event& event, const Context& context, Case& subject) {
  if (!concerns(subject.side, rule.kind) || subject.deadline(rule.kind) != nullptr) return;
  const Date day = date_of(event.at);
  Deadline& deadline = subject.deadlines.emplace_back();
  deadline.kind = rule.kind;
  deadline.started = day;
  deadline.due = context.calendar->due(day, rule.working_days);
  while (deadline.steps < std::size(kLadder) && deadline.due &&
         end_before(deadline, kLadder[deadline.steps]) < event.at) {
    ++deadline.steps;  // a term of two days has no day three days before its end
  }
}

}  // namespace

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

bool is_ours(Side side, DeadlineKind kind) {
  const bool out = kind == DeadlineKind::kFormDue || kind == DeadlineKind::kFundsDue;
  return out == (side == Side::kOut);
}

void update_deadlines(const Event& event, const Context& context, Case& subject) {
  const Profile* profile = find_profile(subject.policy_profile, date_of(subject.created_at));
  if (profile != nullptr) {
    const Starts starts = starts_of(event, subject);
    for (const DeadlineRule& rule : profile->rules) {
      if (starts.has(rule.start)) start(rule, event, context, subject);
    }
  }
  std::erase_if(subject.deadlines,
                [&](const Deadline& deadline) { return is_met(deadline.kind, subject); });
  show_deadlines(subject);
}

void forget_peers_duties(Case& subject) {
  std::erase_if(subject.deadlines,
                [&](const Deadline& deadline) { return !is_ours(subject.side, deadline.kind); });
}

Overlays told_by_deadlines(const Case& subject) {
  Overlays told;
  for (const Deadline& deadline : subject.deadlines) {
    const bool ours = is_ours(subject.side, deadline.kind);
    if (deadline.reminded) told.add(ours ? Overlay::kReminded : Overlay::kReminding);
    if (deadline.steps == std::size(kLadder) && !deadline.expected) told.add(Overlay::kEscalated);
  }
  return told;
}

void show_deadlines(Case& subject) {
  subject.overlays.remove(kToldByDeadlines);
  subject.overlays.add(told_by_deadlines(subject));
}

namespace {

// Steps whose day now lies ahead are not done yet.
void move_to(std::optional<Date> due, Instant now, Deadline& deadline) {
  deadline.due = due;
  while (deadline.steps > 0 && (!due || end_before(deadline, kLadder[deadline.steps - 1]) >= now)) {
    --deadline.steps;
  }
  deadline.passed = false;
  for (size_t i = 0; i < deadline.steps; ++i) deadline.passed |= kLadder[i].passes;
}

}  // namespace

std::string rejudge_deadlines(const Calendar& calendar, Instant now, Case& subject) {
  std::string moved;
  const Profile* profile = find_profile(subject.policy_profile, date_of(subject.created_at));
  if (profile == nullptr) return moved;
  for (Deadline& deadline : subject.deadlines) {
    const DeadlineRule* rule = profile->find(deadline.kind);
    if (rule == nullptr) continue;
    const std::optional<Date> due = calendar.due(deadline.started, rule->working_days);
    if (due == deadline.due) continue;
    const auto text = [](const std::optional<Date>& date) {
      return date ? date->str() : "unknown";
    };
    moved += moved.empty() ? "" : "; ";
    moved +=
        std::string(deadline_name(deadline.kind)) + ": " + text(deadline.due) + " -> " + text(due);
    move_to(due, now, deadline);
  }
  show_deadlines(subject);
  return moved;
}

std::optional<Instant> next_firing(Side side, const Deadline& deadline) {
  if (!deadline.due) return std::nullopt;
  for (size_t i = deadline.steps; i < std::size(kLadder); ++i) {
    if (concerns_us(side, deadline, kLadder[i])) return end_before(deadline, kLadder[i]);
  }
  return std::nullopt;
}

std::optional<Climbed> climb_ladder(const Event& event, Case& subject) {
  for (Deadline& deadline : subject.deadlines) {
    if (deadline.kind != event.deadline || !deadline.due) continue;
    std::optional<Climbed> out;
    uint32_t steps = deadline.steps;
    while (steps < std::size(kLadder)) {
      const LadderStep& step = kLadder[steps];
      if (end_before(deadline, step) >= event.at) break;
      ++steps;
      if (!concerns_us(subject.side, deadline, step)) continue;
      if (!out) out.emplace();
      deadline.passed |= step.passes;
      if (step.reminds && !is_ours(subject.side, deadline.kind)) {
        out->remind = &deadline;
        out->day = step.day;
      }
      out->note = step.escalates ? "the operator's: the term is over for long"
                  : step.passes  ? "the term is over"
                                 : "a reminder";
    }
    if (!out) return std::nullopt;
    deadline.steps = steps;
    if (out->remind != nullptr) deadline.reminded = true;
    return out;
  }
  return std::nullopt;
}

Deadline* skip_to_reminder(const Event& event, Case& subject) {
  for (Deadline& deadline : subject.deadlines) {
    if (deadline.kind != event.deadline) continue;
    for (bool reminded = false; deadline.steps < std::size(kLadder); ++deadline.steps) {
      const LadderStep& step = kLadder[deadline.steps];
      if (reminded && (!deadline.due || end_before(deadline, step) >= event.at)) break;
      deadline.passed |= step.passes;
      reminded |= step.reminds;
    }
    deadline.reminded = true;
    return &deadline;
  }
  return nullptr;
}

}  // namespace jiexu
