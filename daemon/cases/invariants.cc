#include "daemon/cases/invariants.h"

#include <algorithm>

#include "daemon/base/limits.h"
#include "daemon/cases/attachments.h"
#include "daemon/cases/deadlines.h"
#include "daemon/cases/event.h"
#include "daemon/cases/paper.h"
#include "daemon/cases/stated.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

using R = Relationship;
using O = Overlay;

constexpr size_t kLetterNumberSize = 20;

// Before them the letter is not made, or the form is not written; after them it is.
constexpr StateSet<R> kBeforeLetter = {R::kDraft, R::kAccepted};
constexpr StateSet<R> kBeforeForm = {R::kDraft,           R::kAccepted,       R::kLetterSent,
                                     R::kLetterDelivered, R::kLetterAccepted, R::kRefusedByOut,
                                     R::kLetterReceived,  R::kLetterRejected, R::kLetterForwarded,
                                     R::kOutAccepted,     R::kStopped,        R::kOutWithdrawn};
constexpr StateSet<R> kAfterForm = {R::kInfoReceived, R::kInfoDisputed,  R::kInfoConfirmed,
                                    R::kDone,         R::kPaper,         R::kFormIssued,
                                    R::kFormDisputed, R::kFormConfirmed, R::kOutDone};

constexpr Overlays kOfInAlone = {O::kWithdrawalPending, O::kPayeeWanted};
constexpr Overlays kOfOutAlone = {O::kUpstreamOpen};

// Numbers of states below are IN's, from here on OUT's.
constexpr int kFirstOfOut = 20;

template <class State>
bool is_of_side(State state, const Case& subject) {
  const bool out = static_cast<int>(state) >= kFirstOfOut;
  return !name(state).empty() && out == (subject.side == Side::kOut);
}

bool is_in(const Case& subject) {
  return subject.side == Side::kIn;
}

template <class Holds>
bool all_amounts(const Case& subject, Holds holds) {
  for (const Fen amount :
       {subject.due, subject.noticed, subject.moved, subject.returned, subject.credited,
        subject.refund, subject.refunded, subject.last_order}) {
    if (!holds(amount.value)) return false;
  }
  return true;
}

// Each is above the one before it.
template <class T, class Number>
bool rises(const std::vector<T>& all, Number T::*number) {
  return std::ranges::adjacent_find(all, std::ranges::greater_equal(), number) == all.end();
}

// --- states ---

bool side_known(const Case& subject) {
  return subject.side == Side::kIn || subject.side == Side::kOut;
}

bool relationship_of_side(const Case& subject) {
  return subject.exists() && is_of_side(subject.relationship, subject);
}

bool funds_of_side(const Case& subject) {
  return is_of_side(subject.funds, subject);
}

bool overlays_of_side(const Case& subject) {
  for (uint32_t bit = 0; bit < 32; ++bit) {
    const bool set = subject.overlays.bits >> bit & 1;
    if (set && (bit == 0 || name(static_cast<Overlay>(bit)).empty())) return false;
  }
  return !subject.overlays.has_any(is_in(subject) ? kOfOutAlone : kOfInAlone);
}

// A request of one side to give up, or to open again, answers that of the other.
bool requests_apart(const Case& subject) {
  const Overlays on = subject.overlays;
  return !on.has_all({O::kCancelPending, O::kCancelAsked}) &&
         !on.has_all({O::kReopenPending, O::kReopenAsked});
}

bool overlays_of_end(const Case& subject) {
  Overlays others = subject.overlays;
  others.remove(kOutliveTheEnd | kToldByDeadlines);
  return !is_terminal(subject.relationship) || others.empty();
}

bool closing_noted(const Case& subject) {
  const bool ended = is_terminal(subject.relationship) && is_terminal(subject.funds);
  return subject.closed_at ? ended : !subject.closed();
}

// --- letter and form ---

bool letter_numbered(const Case& subject) {
  const size_t size = subject.letter_number.size();
  if (is_in(subject) && kBeforeLetter.has(subject.relationship)) return size == 0;
  const bool never_sent = subject.relationship == R::kWithdrawn && size == 0;
  return never_sent || size == kLetterNumberSize;
}

bool form_there(const Case& subject) {
  if (kBeforeForm.has(subject.relationship)) return subject.form_version == 0;
  return subject.form_version > 0 || !kAfterForm.has(subject.relationship);
}

bool findings_few(const Case& subject) {
  return subject.findings.size() <= limits::kFindingsMax;
}

// --- money ---

bool amounts_not_negative(const Case& subject) {
  return all_amounts(subject, [](int64_t fen) { return fen >= 0; });
}

bool amounts_bounded(const Case& subject) {
  return all_amounts(subject, [](int64_t fen) { return fen <= limits::kCaseFenMax; });
}

// At OUT also what has come back was there: the acknowledgement may be older.
bool credited_was_here(const Case& subject) {
  const int64_t back = is_in(subject) ? 0 : subject.returned.value;
  return subject.credited.value <= subject.moved.value + back;
}

bool refunded_was_due(const Case& subject) {
  return is_in(subject) || subject.refunded <= subject.refund;
}

bool due_by_transfer(const Case& subject) {
  const bool due = subject.form_version > 0 && subject.due.value > 0;
  return !due || subject.disposition == v1::DISPOSITION_TRANSFER;
}

bool dead_owes_nothing(const Case& subject) {
  if (!is_dead(subject.relationship)) return true;
  return subject.due == Fen{} && subject.refund == subject.refunded;
}

bool funds_by_amounts(const Case& subject) {
  return subject.funds == judge_funds(subject);
}

bool payments_rise(const Case& subject) {
  return rises(subject.payments, &OpenPayment::attempt) &&
         std::ranges::all_of(
             subject.payments, [](Fen open) { return open.value > 0; }, &OpenPayment::open);
}

bool payments_numbered(const Case& subject) {
  return is_in(subject) || subject.payments.empty() ||
         subject.payments.back().attempt <= subject.attempt;
}

bool payments_add_up(const Case& subject) {
  int64_t sum = 0;
  for (const OpenPayment& payment : subject.payments) sum += payment.open.value;
  return sum == ordered_by(subject).value;
}

// --- deadlines ---

bool deadlines_of_side(const Case& subject) {
  for (const Deadline& deadline : subject.deadlines) {
    if (deadline_name(deadline.kind).empty() || subject.deadline(deadline.kind) != &deadline) {
      return false;
    }
    if (!is_in(subject) && !is_ours(Side::kOut, deadline.kind)) return false;
  }
  return true;
}

bool deadlines_open(const Case& subject) {
  return std::ranges::none_of(
      subject.deadlines, [&](const Deadline& deadline) { return is_met(deadline.kind, subject); });
}

bool deadlines_shown(const Case& subject) {
  Overlays shown = subject.overlays;
  shown.keep(kToldByDeadlines);
  return shown == told_by_deadlines(subject);
}

// --- numbers ---

bool turn_was_sent(const Case& subject) {
  return subject.turn <= subject.sent_case_seq;
}

bool former_peers_in_order(const Case& subject) {
  const auto& all = subject.former_peers;
  return std::ranges::is_sorted(all, {}, &FormerPeer::until) &&
         (all.empty() || all.back().until <= subject.timeline_count);
}

bool papers_few(const Case& subject) {
  return subject.papers.size() <= kPapersMax;
}

bool proposals_numbered(const Case& subject) {
  const auto& all = subject.proposals;
  for (const Proposal& proposal : all) {
    if (!is_action(static_cast<EventKind>(proposal.action))) return false;
    if (std::ranges::count(all, proposal.action, &Proposal::action) != 1) return false;
  }
  return rises(all, &Proposal::number) &&
         (all.empty() || all.back().number <= subject.timeline_count);
}

// --- attachments ---

bool attachments_few(const Case& subject) {
  const auto waiting = std::ranges::count_if(subject.attachments, is_waiting);
  return subject.attachments.size() <= limits::kAttachmentsOfCaseMax &&
         static_cast<size_t>(waiting) <= limits::kAttachmentsMax;
}

bool attachments_named(const Case& subject) {
  return std::ranges::all_of(subject.attachments, [&](const Attachment& attachment) {
    const bool bound = attachment.bound || (attachment.ours && attachment.version == 0);
    return bound && attachment.version <= subject.form_version && !attachment.name.empty() &&
           attachment.size > 0 && attachment.size <= limits::kAttachmentBytesMax &&
           !name(attachment.content).empty();
  });
}

bool incompleteness_shown(const Case& subject) {
  return subject.overlays.has(O::kIncomplete) == lacks_attachment(subject);
}

// Rules that are not stored follow from tables that change from version to version, or bound what
// earlier versions did not.
constexpr Invariant kRules[] = {
    {"side-known", side_known, true},
    {"relationship-of-side", relationship_of_side, true},
    {"funds-of-side", funds_of_side, true},
    {"overlays-of-side", overlays_of_side, true},
    {"requests-apart", requests_apart, true},
    {"overlays-of-end", overlays_of_end, false},
    {"closing-noted", closing_noted, true},
    {"letter-numbered", letter_numbered, true},
    {"form-there", form_there, true},
    {"findings-few", findings_few, true},
    {"amounts-not-negative", amounts_not_negative, true},
    {"amounts-bounded", amounts_bounded, false},
    {"credited-was-here", credited_was_here, true},
    {"refunded-was-due", refunded_was_due, true},
    {"due-by-transfer", due_by_transfer, true},
    {"dead-owes-nothing", dead_owes_nothing, false},
    {"funds-by-amounts", funds_by_amounts, false},
    {"payments-rise", payments_rise, true},
    {"payments-numbered", payments_numbered, true},
    {"payments-add-up", payments_add_up, false},
    {"deadlines-of-side", deadlines_of_side, true},
    {"deadlines-open", deadlines_open, false},
    {"deadlines-shown", deadlines_shown, false},
    {"turn-was-sent", turn_was_sent, true},
    {"former-peers-in-order", former_peers_in_order, true},
    {"papers-few", papers_few, true},
    {"proposals-numbered", proposals_numbered, true},
    {"attachments-few", attachments_few, true},
    {"attachments-named", attachments_named, true},
    {"incompleteness-shown", incompleteness_shown, false},
};

}  // namespace

std::span<const Invariant> invariants() {
  return kRules;
}

Broken check_invariants(const Case& subject) {
  if (!subject.exists()) return std::nullopt;
  for (const Invariant& rule : kRules) {
    if (!rule.holds(subject)) return rule.name;
  }
  return std::nullopt;
}

Broken check_stored(const Case& subject) {
  for (const Invariant& rule : kRules) {
    if (rule.stored && !rule.holds(subject)) return rule.name;
  }
  return std::nullopt;
}

Broken check_change(const Case& before, const Case& after) {
  if (after.id != before.id || after.side != before.side) return "case-stays-itself";
  const bool named = !before.letter_number.empty();
  if (named && after.letter_number != before.letter_number) return "letter-number-stays";
  if (after.created_at != before.created_at) return "beginning-stays";
  if (after.revision < before.revision) return "revision-rises";
  if (after.timeline_count < before.timeline_count) return "timeline-rises";
  if (after.form_version < before.form_version) return "form-version-rises";
  const bool out = before.side == Side::kOut;
  if (out && after.attempt < before.attempt) return "attempt-rises";
  // With another agency, messages are numbered anew.
  if (after.peer != before.peer) return std::nullopt;
  if (after.sent_case_seq < before.sent_case_seq) return "sent-numbers-rise";
  if (after.received_case_seq < before.received_case_seq) return "received-numbers-rise";
  return std::nullopt;
}

}  // namespace jiexu
