#include "daemon/cases/step.h"

#include "daemon/base/check.h"
#include "daemon/cases/content.h"
#include "daemon/cases/deadlines.h"
#include "daemon/cases/effects.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

tl::unexpected<Rejection> reject(Refusal refusal, std::string detail = "") {
  return tl::unexpected(Rejection{refusal, std::move(detail)});
}

Side side_of(const Case& subject, EventKind kind) {
  if (subject.exists()) return subject.side;
  return kind == EventKind::kApply ? Side::kIn : Side::kOut;
}

bool fits(const Row& row, const Case& subject, EventKind kind) {
  return row.event == kind && row.from.has(subject.relationship) &&
         row.funds_from.has(subject.funds);
}

v1::WithdrawOutcome outcome_of(const Content& content) {
  return content.event->message->withdraw_reply().outcome();
}

uint32_t version_of(const Event& event) {
  return event.kind == EventKind::kInfoConfirmIn ? event.message->information_confirm().version()
                                                 : event.message->information_query().version();
}

bool holds(Guard guard, const Case& subject, const Content& content) {
  switch (guard) {
    case Guard::kAlways: return true;
    case Guard::kNoWithdrawalPending: return subject.overlay != Overlay::kWithdrawalPending;
    case Guard::kWithdrawalAccepted: return outcome_of(content) == v1::WITHDRAW_OUTCOME_ACCEPTED;
    case Guard::kWithdrawalTooLate: return outcome_of(content) == v1::WITHDRAW_OUTCOME_TOO_LATE;
    case Guard::kWithdrawalMoot: return outcome_of(content) == v1::WITHDRAW_OUTCOME_MOOT;
    case Guard::kFormTransfers:
      return content.form->account().disposition() == v1::DISPOSITION_TRANSFER;
    case Guard::kFormTransfersMoved:
      return content.form->account().disposition() == v1::DISPOSITION_TRANSFER &&
             content.form->account().amount_fen() == subject.moved.value;
    case Guard::kFormRefunds:
      return content.form->account().disposition() == v1::DISPOSITION_REFUND_PERSON;
    case Guard::kFormPaysNothing:
      return content.form->account().disposition() != v1::DISPOSITION_TRANSFER &&
             content.form->account().disposition() != v1::DISPOSITION_REFUND_PERSON;
    case Guard::kVersionCurrent: return version_of(*content.event) == subject.form_version;
    case Guard::kNoFindings: return subject.findings.empty();
    case Guard::kFormMissing: return subject.form_version == 0;
    case Guard::kHasAccount: return subject.scheme_from != v1::SCHEME_RESIDENT;
    case Guard::kAmountCompletes: {
      const auto sum = add(subject.moved, content.amount);
      return sum && *sum == subject.due;
    }
    case Guard::kAmountAcknowledges: return content.amount == subject.moved;
    case Guard::kFundsTerminal: return is_terminal(subject.funds);
  }
  return false;
}

// Which messages count in the case's numbering: all but faults, which may be about no case at all.
bool is_numbered(const Event& event) {
  return event.message != nullptr && event.kind != EventKind::kFaultIn;
}

std::optional<Rejection> check_order(const Case& subject, const Event& event) {
  if (!is_numbered(event)) return std::nullopt;
  const uint32_t seq = event.message->case_seq();
  if (seq <= subject.received_case_seq) return Rejection{Refusal::kReplayed, ""};
  if (seq > subject.received_case_seq + 1) return Rejection{Refusal::kOutOfOrder, ""};
  return std::nullopt;
}

// Whether any row fits the states; the guard is for later.
std::optional<Rejection> check_states(const Case& subject, const Event& event) {
  for (const Row& row : rows(side_of(subject, event.kind))) {
    if (fits(row, subject, event.kind)) return std::nullopt;
  }
  if (!subject.exists()) return Rejection{Refusal::kUnknownCase, ""};
  if (event.kind == EventKind::kApply || event.kind == EventKind::kLetterIn) {
    return Rejection{Refusal::kCaseExists, ""};
  }
  return Rejection{subject.closed() ? Refusal::kCaseClosed : Refusal::kNotAllowedNow,
                   std::string(name(event.kind)) + " in " +
                       std::string(name(subject.relationship)) + " / " +
                       std::string(name(subject.funds))};
}

tl::expected<const Row*, Rejection> find_row(const Case& subject, const Content& content) {
  std::string missing;
  for (const Row& row : rows(side_of(subject, content.event->kind))) {
    if (!fits(row, subject, content.event->kind)) continue;
    if (holds(row.guard, subject, content)) return &row;
    missing += missing.empty() ? "needs that " : ", or that ";
    missing += name(row.guard);
  }
  return reject(Refusal::kGuardFailed, missing);
}

void move(const Row& row, Case& subject) {
  if (row.to != kSameRelationship) subject.relationship = row.to;
  if (row.funds_to != kSameFunds) subject.funds = row.funds_to;
  if (row.overlay_to != kSameOverlay) subject.overlay = row.overlay_to;
}

void stamp(const Event& event, Case& subject) {
  if (subject.revision == 0) subject.created_at = event.at;
  subject.revision += 1;
  subject.timeline_count += 1;
  subject.updated_at = event.at;
  if (is_numbered(event)) subject.received_case_seq = event.message->case_seq();
}

tl::expected<Step, Rejection> pass_deadline(Case current, const Event& event) {
  for (Deadline& deadline : current.deadlines) {
    const bool over = deadline.due && event.at > end_of(*deadline.due);
    if (deadline.kind != event.deadline || deadline.passed || !over) continue;
    deadline.passed = true;
    stamp(event, current);
    Step step;
    step.next = std::move(current);
    return step;
  }
  return reject(Refusal::kNotAllowedNow, "no such deadline is open");
}

}  // namespace

tl::expected<Step, Rejection> step(Case current, const Event& event, const Context& context) {
  if (event.kind == EventKind::kDeadlinePassed) return pass_deadline(std::move(current), event);
  if (auto wrong = check_order(current, event)) return tl::unexpected(*wrong);
  if (auto wrong = check_states(current, event)) return tl::unexpected(*wrong);
  const auto content = read_content(current, event, context);
  if (!content) return tl::unexpected(content.error());
  const auto row = find_row(current, *content);
  if (!row) return tl::unexpected(row.error());

  Step result;
  result.next = std::move(current);
  const Fen due_before = result.next.due;
  result.note = event.note;
  stamp(event, result.next);
  absorb(*content, result.next);
  move(**row, result.next);
  for (const Effect effect : (*row)->effects) apply_effect(effect, *content, due_before, result);
  update_deadlines(event, context, result.next);
  if (result.next.closed() && !result.next.closed_at) result.next.closed_at = event.at;
  return result;
}

}  // namespace jiexu
