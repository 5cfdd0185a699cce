// Payments that wait for people, and the two people who say that they may go on.
#include "daemon/base/check.h"
#include "daemon/cases/payments.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"
#include "storage/layout.h"

namespace jiexu {
// What was acknowledged went out, whatever our store has lost of that.
Result<void> PaymentService::settle_acknowledged(const Case& subject, Instant now) {
  if (subject.credited.value <= 0) return {};
  for (const OpenPayment& open : subject.payments) {
    if (!is_acknowledged(subject, open.attempt)) continue;
    TRY(auto payment, read(subject.id, open.attempt));
    if (!payment) continue;
    TRY(const auto taken, advance(*payment, PaymentEvent::kAcknowledged, now));
    if (taken.answer != PaymentAnswer::kPaid) continue;
    payment->record.set_reason(std::string(kAcknowledgedPayment));
    put(*payment, now);
  }
  return {};
}

// Why nobody may release the payment as things stand, or say that it went out. Also one that the
// case has taken back may hold up lines of the bank, as long as nobody knows whether the bank has
// had it; and what the other agency still has to give back may acknowledge it.
Result<std::optional<Rejection>> PaymentService::bar_to_release(const Payment& payment,
                                                                bool went_out, Instant now) {
  const PaymentEvent event = went_out ? PaymentEvent::kWentOut : PaymentEvent::kReleased;
  TRY(const auto facts, facts_of(payment, event, now));
  switch (step(facts, event).answer) {
    case PaymentAnswer::kNotHeld: return Rejection{Refusal::kPaymentNotHeld, ""};
    case PaymentAnswer::kIsNotOut: return Rejection{Refusal::kPaymentNotOut, ""};
    case PaymentAnswer::kIsAcknowledged: return Rejection{Refusal::kPaymentAcknowledged, ""};
    case PaymentAnswer::kIsRecovering: break;
    default: return std::nullopt;
  }
  TRY(const auto subject, cases_.load(payment.id, now));
  return Rejection{Refusal::kRecovering, subject->peer.str()};
}

// The one that waits for its second person. What was known before a loss says nothing of what the
// store has forgotten by it.
const v1::ReleaseRecord* PaymentService::standing_release(const Payment& payment) const {
  const auto* open = open_release(payment.id, payment.attempt, payment.record);
  return open != nullptr && open->proposed_at_ms() > doubt_until_ms_ ? open : nullptr;
}

PaymentService::Outcome<v1::PaymentView> PaymentService::propose_release(const EndToEndId& id,
                                                                         std::string_view note,
                                                                         bool went_out,
                                                                         std::string_view user,
                                                                         Instant now) {
  using Reply = tl::expected<v1::PaymentView, Rejection>;
  TRY(auto found, find(id.text()));
  if (!found) return Reply(refuse(Refusal::kPaymentUnknown));
  if (note.empty()) return Reply(refuse(Refusal::kInputMissing, "note: is missing"));
  Payment& payment = *found;
  TRY(const auto bar, bar_to_release(payment, went_out, now));
  if (bar) return Reply(tl::unexpected(*bar));
  const v1::ReleaseRecord* open = standing_release(payment);
  const bool again = open != nullptr && open->proposed_by() == user && open->note() == note &&
                     open->went_out() == went_out;
  if (open != nullptr && !again) return Reply(refuse(Refusal::kProposalOpen, id.text()));
  if (!again) {
    drop_proposed_release(payment.record);
    v1::ReleaseRecord release;
    release.set_went_out(went_out);
    release.set_proposed_by(std::string(user));
    release.set_proposed_at_ms(now.ms);
    release.set_note(std::string(note));
    const Digest content = release_content(payment.id, payment.attempt, payment.record, release);
    release.set_content(std::string(view(content)));
    *payment.record.add_releases() = std::move(release);
    write(payment);
  }
  return Reply(view_payment(payment.id, payment.attempt, payment.record, "", now));
}

PaymentService::Outcome<v1::PaymentView> PaymentService::approve_release(const EndToEndId& id,
                                                                         std::string_view content,
                                                                         std::string_view user,
                                                                         Instant now) {
  using Reply = tl::expected<v1::PaymentView, Rejection>;
  TRY(auto found, find(id.text()));
  if (!found) return Reply(refuse(Refusal::kPaymentUnknown));
  Payment& payment = *found;
  Record& record = payment.record;
  if (record.releases().empty()) return Reply(refuse(Refusal::kUnknownProposal, id.text()));
  v1::ReleaseRecord& release = *record.mutable_releases()->rbegin();
  const bool seen = from_hex(content) == release.content();
  const bool again = seen && release.approved_by() == user;
  if (again) return Reply(view_payment(payment.id, payment.attempt, record, "", now));
  if (!release.approved_by().empty()) return Reply(refuse(Refusal::kUnknownProposal, id.text()));
  if (release.proposed_by() == user) return Reply(refuse(Refusal::kOwnProposal, id.text()));
  TRY(const auto bar, bar_to_release(payment, release.went_out(), now));
  if (bar) return Reply(tl::unexpected(*bar));
  if (!seen || standing_release(payment) == nullptr)
    return Reply(refuse(Refusal::kProposalChanged, id.text()));
  if (release.went_out()) {
    TRY(const auto refused, go_out(payment, user, now));
    if (refused) return Reply(tl::unexpected(*refused));
  }
  release.set_approved_by(std::string(user));
  release.set_approved_at_ms(now.ms);
  const std::string note = release.note();
  // One thing at a time: what the bank says against the case comes first.
  if (!release.went_out()) TRY_DO(advance(payment, PaymentEvent::kReleased, now));
  record.set_reason(note);
  put(payment, now);
  return Reply(view_payment(payment.id, payment.attempt, record, "", now));
}

// The case has it back, and so its number is settled there: what is out is a payment that nobody
// has ordered, as one that the bank has paid twice.
Result<std::optional<Rejection>> PaymentService::go_out(Payment& payment, std::string_view user,
                                                        Instant now) {
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  Event event;
  event.kind = EventKind::kBankPaidAgain;
  event.at = now;
  event.actor = user_actor(user);
  event.amount = Fen{still_out(payment.record)};
  event.attempt = payment.attempt;
  TRY(const auto outcome, apply(*subject, event));
  if (!outcome) return outcome.error();
  const uint32_t stands = (*outcome)->attempt;
  TRY(auto standing, read(payment.id, stands));
  CHECK(standing.has_value());
  standing->record.set_debit_line(payment.record.debit_line());
  standing->record.set_reason(std::string(kWentOutAsThis) + ": " + std::to_string(payment.attempt));
  put(*standing, now);
  TRY_DO(drop_replacements(payment, user, now));
  // While it still counts as out.
  TRY_DO(advance(payment, PaymentEvent::kWentOut, now));
  payment.record.set_went_out_as(stands);
  return std::nullopt;
}

Result<void> PaymentService::drop_replacements(const Payment& out, std::string_view user,
                                               Instant now) {
  const std::string why = std::string(kNotNeeded) + ": " + std::to_string(out.attempt);
  for (uint32_t attempt = 1;; ++attempt) {
    TRY(auto other, read(out.id, attempt));
    if (!other) return {};
    const bool waits = is_waiting(state_of(other->record));
    if (!waits || is_doubtful(other->record, doubt_until_ms_)) continue;
    TRY(const auto subject, cases_.load(out.id, now));
    v1::ActionInput input;
    input.set_amount_fen(other->record.amount_fen() - other->record.returned_fen());
    input.set_reason(why);
    Event event;
    event.kind = EventKind::kBankReturned;
    event.at = now;
    event.actor = user_actor(user);
    event.input = &input;
    event.attempt = attempt;
    TRY(const auto taken, apply(*subject, event));
    TRY(other, read(out.id, attempt));
    // Whatever is asked about it, it never leaves.
    TRY_DO(advance(*other, taken ? PaymentEvent::kReleased : PaymentEvent::kCaseRefused, now, why));
    other->record.set_reason(why);
    put(*other, now);
  }
}

PaymentService::Outcome<v1::PaymentView> PaymentService::retract_release(const EndToEndId& id,
                                                                         Instant now) {
  using Reply = tl::expected<v1::PaymentView, Rejection>;
  TRY(auto found, find(id.text()));
  if (!found) return Reply(refuse(Refusal::kPaymentUnknown));
  Payment& payment = *found;
  if (!drop_proposed_release(payment.record)) {
    return Reply(refuse(Refusal::kUnknownProposal, id.text()));
  }
  write(payment);
  tx_.remove(layout::proposed_release_key(payment.id, payment.attempt));
  return Reply(view_payment(payment.id, payment.attempt, payment.record, "", now));
}

// Also one that has lapsed.
bool PaymentService::drop_proposed_release(Record& record) {
  if (record.releases().empty() || !record.releases().rbegin()->approved_by().empty()) return false;
  record.mutable_releases()->RemoveLast();
  return true;
}

}  // namespace jiexu
