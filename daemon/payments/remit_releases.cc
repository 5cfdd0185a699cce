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
    TRY(auto payment, read(subject.id, open.attempt));
    if (!payment || !is_doubtful(payment->record, doubt_until_ms_)) continue;
    if (!is_acknowledged(subject, open.attempt)) continue;
    if (state_of(payment->record) == PaymentState::kBatched) {
      TRY_DO(unbatch(*payment));
    }
    payment->record.set_reason(std::string(kAcknowledgedPayment));
    settle(*payment, PaymentState::kPaid, now);
  }
  return {};
}

// Why nobody may release the payment as things stand.
Result<std::optional<Rejection>> PaymentService::bar_to_release(const Payment& payment,
                                                                Instant now) {
  const Record& record = payment.record;
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  // Also one that the case has taken back may hold up lines of the bank, as long as nobody knows
  // whether the bank has had it.
  const bool doubted = is_doubtful(record, doubt_until_ms_) || is_forgotten(record);
  if (!record.contradicted() && !doubted) return Rejection{Refusal::kPaymentNotHeld, ""};
  if (is_waiting(state_of(record)) && doubted && is_acknowledged(*subject, payment.attempt)) {
    return Rejection{Refusal::kPaymentAcknowledged, ""};
  }
  // What the other agency still has to give back may acknowledge it.
  const AgencyId peer = subject->peer;
  if (doubted && !guard_.may_write(peer)) return Rejection{Refusal::kRecovering, peer.str()};
  return std::nullopt;
}

// The one that waits for its second person. What was known before a loss says nothing of what the
// store has forgotten by it.
const v1::ReleaseRecord* PaymentService::standing_release(const Payment& payment) const {
  const auto* open = open_release(payment.id, payment.attempt, payment.record);
  return open != nullptr && open->proposed_at_ms() > doubt_until_ms_ ? open : nullptr;
}

PaymentService::Outcome<v1::PaymentView> PaymentService::propose_release(const EndToEndId& id,
                                                                         std::string_view note,
                                                                         std::string_view user,
                                                                         Instant now) {
  using Reply = tl::expected<v1::PaymentView, Rejection>;
  TRY(auto found, find(id.text()));
  if (!found) return Reply(refuse(Refusal::kPaymentUnknown));
  if (note.empty()) return Reply(refuse(Refusal::kInputMissing, "note: is missing"));
  Payment& payment = *found;
  TRY(const auto bar, bar_to_release(payment, now));
  if (bar) return Reply(tl::unexpected(*bar));
  const v1::ReleaseRecord* open = standing_release(payment);
  if (open == nullptr || open->proposed_by() != user || open->note() != note) {
    drop_proposed_release(payment.record);
    v1::ReleaseRecord release;
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
  TRY(const auto bar, bar_to_release(payment, now));
  if (bar) return Reply(tl::unexpected(*bar));
  if (!seen || standing_release(payment) == nullptr)
    return Reply(refuse(Refusal::kProposalChanged, id.text()));
  release.set_approved_by(std::string(user));
  release.set_approved_at_ms(now.ms);
  record.set_reason(release.note());
  // One thing at a time: what the bank says against the case comes first.
  if (record.contradicted()) {
    record.set_contradicted(false);
  } else {
    record.set_released_at_ms(now.ms);
  }
  settle(payment, state_of(record), now);
  return Reply(view_payment(payment.id, payment.attempt, record, "", now));
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
