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

// Nobody counts by another agency's own defaults.
bool concerns(Side side, const DeadlineRule& rule) {
  return is_ours(side, rule.kind) || (side == Side::kIn && !rule.own);
}

// The day that is not counted itself. Crediting and closing have one term, from the day on which
// both form and money had come: else the whole would take longer than the twenty days.
Date first_day(const DeadlineRule& rule, Instant at, const Case& subject) {
  const Deadline* credit = subject.deadline(DeadlineKind::kCreditDue);
  return rule.kind == DeadlineKind::kCloseDue && credit != nullptr ? credit->started : date_of(at);
}

void start(const DeadlineRule& rule, const Calendar& calendar, Instant at, Case& subject) {
  if (!concerns(subject.side, rule) || subject.deadline(rule.kind) != nullptr) return;
  const Date day = first_day(rule, at, subject);
  Deadline& deadline = subject.deadlines.emplace_back();
  deadline.kind = rule.kind;
  deadline.started = day;
  deadline.due = calendar.due(day, rule.working_days);
  while (deadline.steps < std::size(kLadder) && deadline.due &&
         end_before(deadline, kLadder[deadline.steps]) < at) {
    ++deadline.steps;  // a term of two days has no day three days before its end
  }
}

// Working days, with those that it has stood still.
int term_of(const DeadlineRule& rule, const Deadline& deadline) {
  return rule.working_days + static_cast<int>(deadline.held_days);
}

// Steps whose day now lies ahead are not done yet.
void move_to(std::optional<Date> due, Instant now, Deadline& deadline) {
  deadline.due = due;
  while (deadline.steps > 0 && (!due || end_before(deadline, kLadder[deadline.steps - 1]) >= now)) {
    --deadline.steps;
  }
  deadline.passed = false;
  for (size_t i = 0; i < deadline.steps; ++i) deadline.passed |= kLadder[i].passes;
}

// Of what has no event of its own to start it: whether there is something to do.
bool is_there_to_do(DeadlineKind kind, const Case& subject) {
  const bool in = subject.side == Side::kIn;
  const Overlays& overlays = subject.overlays;
  switch (kind) {
    case DeadlineKind::kAcceptDue: return subject.relationship == Relationship::kDraft;
    case DeadlineKind::kDecideDue: return subject.relationship == Relationship::kLetterReceived;
    case DeadlineKind::kCorrectDue: return subject.relationship == Relationship::kFormDisputed;
    case DeadlineKind::kRefundDue: return subject.funds == Funds::kRefundDue;
    case DeadlineKind::kCloseDue:
      return subject.relationship == Relationship::kInfoConfirmed && is_terminal(subject.funds);
    case DeadlineKind::kAnswerDue:
      return overlays.has_any({Overlay::kClarifying, Overlay::kCancelAsked, Overlay::kReopenAsked});
    case DeadlineKind::kApproveDue: return !subject.proposals.empty();
    case DeadlineKind::kSettleDue:
      if (overlays.has(Overlay::kUnclear)) return true;
      if (!in) return subject.funds == Funds::kBankReturned || overlays.has(Overlay::kFundsDiffer);
      if (overlays.has(Overlay::kPayeeWanted)) return true;
      return subject.funds == Funds::kReceivedDiffers && !overlays.has(Overlay::kFundsDiffer);
    default: return false;
  }
}

// All that is due has come, or nothing is.
bool has_come(const Case& subject) {
  return is_terminal(subject.funds) || (subject.form_version > 0 && subject.moved >= subject.due);
}

bool has_all_ordered(const Case& subject) {
  return subject.moved.value > 0 && subject.moved >= subject.due;
}

// An order is no payment: transfer-out has done its duty when the bank has the last payment. What
// the bank then says of it has a clock of its own (daemon/payments).
bool hands_last_payment_over(const Event& event, const Case& subject) {
  if (subject.side != Side::kOut || !has_all_ordered(subject)) return false;
  return event.kind == EventKind::kBankPaidAgain ||
         (event.kind == EventKind::kBatchExported && event.attempt == subject.attempt);
}

// Money that came back, and is ordered again, has the day by which that was to be settled, until
// the bank has it: an order is no payment the second time either.
void keep_day_of_return(const Event& event, Case& subject) {
  if (event.kind != EventKind::kRemit || subject.deadline(DeadlineKind::kFundsDue) != nullptr) {
    return;
  }
  for (Deadline& deadline : subject.deadlines) {
    if (deadline.kind == DeadlineKind::kSettleDue) deadline.kind = DeadlineKind::kFundsDue;
  }
}

// The reason of a hold is the person's, the employer's or a hospital's, not transfer-out's.
bool stands_still_while_held(DeadlineKind kind) {
  return is_ours(Side::kOut, kind) && !is_ours(Side::kIn, kind);
}

// Moves the deadline by the working days that it has stood still, or lets it stand.
void follow_hold(const Profile& profile, const Calendar& calendar, Instant now, Case& subject) {
  const Date today = date_of(now);
  const bool held = subject.overlays.has(Overlay::kSuspended);
  for (Deadline& deadline : subject.deadlines) {
    if (deadline.held_since.has_value() == held || !stands_still_while_held(deadline.kind)) {
      continue;
    }
    if (held) {
      deadline.held_since = today;
      continue;
    }
    const int days = calendar.working_days_between(*deadline.held_since, today);
    deadline.held_since.reset();
    deadline.held_days += static_cast<uint32_t>(days);
    const DeadlineRule* rule = profile.find_or_default(deadline.kind);
    if (rule == nullptr || days == 0) continue;
    move_to(calendar.due(deadline.started, term_of(*rule, deadline)), now, deadline);
  }
}

bool begins(const DeadlineRule& rule, Starts starts, const Case& subject) {
  // A new version of the form that asks for no more money.
  const bool remitted = subject.side == Side::kOut && has_all_ordered(subject);
  if (rule.kind == DeadlineKind::kFundsDue && remitted) return false;
  return rule.start == ClockStart::kThereToDo ? is_there_to_do(rule.kind, subject)
                                              : starts.has(rule.start);
}

// Starts what begins, ends what is done, and lets stand still what is held.
void settle_deadlines(const Profile& profile, Starts starts, const Calendar& calendar, Instant now,
                      Case& subject) {
  for (const DeadlineRule& rule : profile.rules) {
    if (begins(rule, starts, subject)) start(rule, calendar, now, subject);
  }
  for (const DeadlineRule& rule : own_defaults()) {
    if (!begins(rule, starts, subject) || profile.find(rule.kind) != nullptr) continue;
    start(rule, calendar, now, subject);
  }
  std::erase_if(subject.deadlines,
                [&](const Deadline& deadline) { return is_met(deadline.kind, subject); });
  follow_hold(profile, calendar, now, subject);
}

const Profile* profile_of(const Case& subject) {
  return find_profile(subject.policy_profile, date_of(subject.created_at));
}

}  // namespace

bool is_met(DeadlineKind kind, const Case& subject) {
  const bool ended = is_terminal(subject.relationship);
  switch (kind) {
    case DeadlineKind::kLetterDue: return ended || !subject.letter_number.empty();
    case DeadlineKind::kFormDue:
      return ended ||
             (subject.form_version > 0 && subject.relationship != Relationship::kFormDisputed &&
              subject.relationship != Relationship::kInfoDisputed);
    case DeadlineKind::kFundsDue:
      if (ended || is_terminal(subject.funds)) return true;
      if (subject.side == Side::kIn) return has_come(subject);
      return subject.form_version > 0 && subject.due.value == 0 && subject.moved.value == 0;
    case DeadlineKind::kIntakeDue:
      return ended || subject.relationship == Relationship::kInfoConfirmed;
    case DeadlineKind::kCreditDue: return ended ? subject.closed() : is_terminal(subject.funds);
    default: return !is_there_to_do(kind, subject);
  }
}

bool is_ours(Side side, DeadlineKind kind) {
  switch (kind) {
    case DeadlineKind::kLetterDue:
    case DeadlineKind::kIntakeDue:
    case DeadlineKind::kCreditDue:
    case DeadlineKind::kAcceptDue:
    case DeadlineKind::kCloseDue: return side == Side::kIn;
    case DeadlineKind::kFormDue:
    case DeadlineKind::kFundsDue:
    case DeadlineKind::kDecideDue:
    case DeadlineKind::kCorrectDue:
    case DeadlineKind::kRefundDue: return side == Side::kOut;
    case DeadlineKind::kAnswerDue:
    case DeadlineKind::kApproveDue:
    case DeadlineKind::kSettleDue: return true;
  }
  return true;
}

const DeadlineRule* rule_of(const Case& subject, DeadlineKind kind) {
  const Profile* profile = profile_of(subject);
  return profile == nullptr ? nullptr : profile->find_or_default(kind);
}

void update_deadlines(const Event& event, const Context& context, Case& subject) {
  keep_day_of_return(event, subject);
  if (const Profile* profile = profile_of(subject)) {
    settle_deadlines(*profile, starts_of(event, subject), *context.calendar, event.at, subject);
  }
  if (hands_last_payment_over(event, subject)) {
    std::erase_if(subject.deadlines, [](const Deadline& deadline) {
      return deadline.kind == DeadlineKind::kFundsDue;
    });
  }
  show_deadlines(subject);
}

void time_proposals(const Calendar& calendar, Instant now, Case& subject) {
  const DeadlineKind kind = DeadlineKind::kApproveDue;
  const bool running = subject.deadline(kind) != nullptr;
  if (running != subject.proposals.empty()) return;
  const DeadlineRule* rule = rule_of(subject, kind);
  if (running) {
    std::erase_if(subject.deadlines, [&](const Deadline& one) { return one.kind == kind; });
  } else if (rule != nullptr) {
    start(*rule, calendar, now, subject);
  }
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

std::string rejudge_deadlines(const Calendar& calendar, Instant now, Case& subject) {
  std::string moved;
  const Profile* profile = profile_of(subject);
  if (profile == nullptr) return moved;
  const auto tell = [&](DeadlineKind kind, const std::string& what) {
    moved += (moved.empty() ? "" : "; ") + std::string(deadline_name(kind)) + ": " + what;
  };
  const auto text = [](const std::optional<Date>& date) { return date ? date->str() : "unknown"; };
  for (Deadline& deadline : subject.deadlines) {
    const DeadlineRule* rule = profile->find_or_default(deadline.kind);
    if (rule == nullptr) continue;
    const auto due = calendar.due(deadline.started, term_of(*rule, deadline));
    if (due == deadline.due) continue;
    tell(deadline.kind, text(deadline.due) + " -> " + text(due));
    move_to(due, now, deadline);
  }
  uint32_t before = 0;
  for (const Deadline& deadline : subject.deadlines) before |= 1u << uint32_t(deadline.kind);
  settle_deadlines(*profile, {}, calendar, now, subject);
  for (const Deadline& deadline : subject.deadlines) {
    if (before >> uint32_t(deadline.kind) & 1) continue;
    tell(deadline.kind, "counted from today, until " + text(deadline.due));
  }
  show_deadlines(subject);
  return moved;
}

std::optional<Instant> next_firing(Side side, const Deadline& deadline) {
  if (!deadline.due || deadline.held_since) return std::nullopt;
  for (size_t i = deadline.steps; i < std::size(kLadder); ++i) {
    if (concerns_us(side, deadline, kLadder[i])) return end_before(deadline, kLadder[i]);
  }
  return std::nullopt;
}

std::optional<Climbed> climb_ladder(const Event& event, Case& subject) {
  for (Deadline& deadline : subject.deadlines) {
    if (deadline.kind != event.deadline || !deadline.due || deadline.held_since) continue;
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
