// What cases order and take back, and the records of payments and batches.
#include "daemon/payments/payment_service.h"

#include <algorithm>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/cases/payments.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/remit_views.h"
#include "daemon/payments/rules/readiness.h"
#include "daemon/payments/rules/record_invariants.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

void append_field(std::string_view field, std::string& text) {
  append_u32(text, static_cast<uint32_t>(field.size()));
  text += field;
}

void append_account(const v1::Payee& account, std::string& text) {
  for (const std::string* field : {&account.account_holder(), &account.account_number(),
                                   &account.bank_name(), &account.cnaps()}) {
    append_field(*field, text);
  }
}

}  // namespace

bool pays(const v1::RemittanceBatchRecord& batch, const CaseId& id) {
  return std::ranges::any_of(batch.payments(), [&](const v1::BatchPaymentRecord& place) {
    return place.case_id() == id.bytes();
  });
}

Digest content_of(std::string_view number, const v1::RemittanceBatchRecord& batch) {
  std::string text;
  append_field(number, text);
  append_account(batch.payer(), text);
  append_account(batch.payee(), text);
  for (const v1::BatchPaymentRecord& payment : batch.payments()) {
    append_field(payment.case_id(), text);
    append_field(EndToEndId{payment.letter_number(), payment.attempt()}.text(), text);
    append_u64(text, static_cast<uint64_t>(payment.amount_fen()));
  }
  return sha256(text);
}

void PaymentService::set_directory(const Directory& directory) {
  const Agency* own = directory.find(self_);
  CHECK(own != nullptr);
  own_account_.set_account_holder(own->bank.holder);
  own_account_.set_account_number(own->bank.account);
  own_account_.set_bank_name(own->bank.bank);
  own_account_.set_cnaps(own->bank.cnaps);
  accounts_.clear();
  for (const Agency& agency : directory.agencies()) {
    accounts_.emplace(agency.id, agency.bank);
  }
}

Result<CaseService::Outcome> PaymentService::apply(const Case& subject, const Event& event) {
  auto outcome = cases_.apply(subject, event, this);
  if (!outcome || !*outcome) return outcome;
  TRY_DO(case_changed(tx_.last_change()));
  return outcome;
}

Result<void> PaymentService::case_changed(const CaseChanged& change) {
  const Case& after = *change.after;
  if (after.side != Side::kOut) return {};
  if (after.attempt > change.before.attempt) return order(change);
  if (change.kind == EventKind::kFundsAckIn) return settle_acknowledged(after, change.at);
  if (change.kind == EventKind::kBatchExported && change.actor_kind == ActorKind::kRecovery) {
    return recover_batch(change);
  }
  if (change.kind != EventKind::kBankReturned && change.kind != EventKind::kBankReversal) return {};
  for (const OpenPayment& was : change.before.payments) {
    const OpenPayment* is = after.payment(was.attempt);
    const int64_t gone = was.open.value - (is != nullptr ? is->open.value : 0);
    if (gone == 0) continue;
    TRY_DO(take_back(after.id, was.attempt, gone, change.at));
  }
  return {};
}

// What our own notices, replayed, say of a batch that the store has lost: enough to know whose
// money a line of the bank is that names nothing else. Its file is lost; whether the bank has it,
// the bank must say, and until then its payments stay doubtful.
Result<void> PaymentService::recover_batch(const CaseChanged& change) {
  const Case& subject = *change.after;
  if (!BatchNumber::parse(change.batch)) return {};
  TRY(auto found, read_batch(change.batch));
  TRY(auto payment, read(subject.id, change.attempt));
  if (!payment) return {};
  BatchRecord batch = found.value_or(BatchRecord());
  if (!pays(batch, subject.id)) {
    v1::BatchPaymentRecord* place = batch.add_payments();
    place->set_case_id(std::string(subject.id.bytes()));
    place->set_attempt(change.attempt);
    place->set_letter_number(payment->record.letter_number());
    place->set_amount_fen(change.amount.value);
    place->set_ordered_by(payment->record.ordered_by());
  }
  *batch.mutable_payer() = own_account_;
  *batch.mutable_payee() = subject.payee;
  const BatchState was = found ? state_of(batch) : BatchState::kMade;
  const BatchStep gone = step({.state = was}, BatchEvent::kReplayed);
  batch.set_state(static_cast<uint32_t>(gone.to));
  batch.set_exported_by(std::string(kRecoveryActor.name));
  batch.set_exported_at_ms(change.at.ms);
  batch.set_note("known only from the other agency's copy of our notices");
  write_batch(change.batch, batch);
  if (state_of(payment->record) != PaymentState::kBatched) return {};
  payment->record.clear_batch();
  TRY_DO(advance(*payment, PaymentEvent::kDropped, change.at));
  return {};
}

Result<void> PaymentService::order(const CaseChanged& change) {
  const Case& subject = *change.after;
  Payment payment{subject.id, subject.attempt, {}};
  payment.record.set_letter_number(subject.letter_number);
  payment.record.set_amount_fen(subject.last_order.value);
  payment.record.set_ordered_at_ms(change.at.ms);
  payment.record.set_ordered_by(change.actor);
  payment.record.set_recovered(change.actor_kind == ActorKind::kRecovery);
  if (change.kind != EventKind::kBankPaidAgain) {
    payment.record.set_after_loss(is_from_before_loss(subject));
    payment.record.set_state(static_cast<uint32_t>(PaymentState::kOrdered));
    put(payment, change.at);
    return settle_acknowledged(subject, change.at);
  }
  payment.record.set_again_of(change.attempt);
  payment.record.set_reason("the bank has paid payment " + std::to_string(change.attempt) +
                            " twice");
  payment.record.set_state(static_cast<uint32_t>(PaymentState::kPaid));
  put(payment, change.at);
  return know_as_paid(subject.id, change.attempt, change.at);
}

// One that was replayed, or that its peer has sent again, is younger here than its letter.
bool PaymentService::is_from_before_loss(const Case& subject) const {
  if (doubt_until_ms_ == 0) return false;
  if (subject.created_at.ms <= doubt_until_ms_) return true;
  const Date day = date_of(Instant{doubt_until_ms_}.plus_ms(limits::kClockSkewMsMax));
  const auto letter = LetterNumber::parse(subject.letter_number);
  return !letter || letter->issued_on() <= day;
}

// The bank has had it, whatever our store has lost of that.
Result<void> PaymentService::know_as_paid(const CaseId& id, uint32_t attempt, Instant now) {
  TRY(auto payment, read(id, attempt));
  if (!payment) return {};
  TRY_DO(advance(*payment, PaymentEvent::kPaidTwice, now));
  return {};
}

Result<void> PaymentService::take_back(const CaseId& id, uint32_t attempt, int64_t amount,
                                       Instant now) {
  TRY(auto payment, read(id, attempt));
  if (!payment) return {};
  payment->record.set_returned_fen(payment->record.returned_fen() + amount);
  TRY_DO(advance(*payment, PaymentEvent::kTakenBack, now));
  put(*payment, now);
  return {};
}

Result<void> PaymentService::unbatch(Payment& payment) {
  const std::string number = payment.record.batch();
  TRY(auto batch, read_batch(number));
  CHECK(batch.has_value());
  auto* payments = batch->mutable_payments();
  const auto gone =
      std::remove_if(payments->begin(), payments->end(), [&](const v1::BatchPaymentRecord& other) {
        return other.case_id() == payment.id.bytes() && other.attempt() == payment.attempt;
      });
  payments->erase(gone, payments->end());
  lose_approval("a payment was taken back", *batch);
  write_batch(number, *batch);
  payment.record.clear_batch();
  return {};
}

void PaymentService::lose_approval(std::string_view why, BatchRecord& batch) {
  const BatchStep left =
      step({.state = state_of(batch), .empty = batch.payments().empty()}, BatchEvent::kLeft);
  batch.set_state(static_cast<uint32_t>(left.to));
  batch.clear_approved_by();
  batch.clear_approved_at_ms();
  batch.clear_approved_content();
  batch.set_note(std::string(why));
}

Result<bool> PaymentService::asks_of_another(const Case& subject, uint32_t attempt) const {
  for (uint32_t other = 1; other <= subject.attempt; ++other) {
    if (other == attempt) continue;
    TRY(const auto payment, read(subject.id, other));
    if (payment && payment->record.contradicted()) return true;
  }
  return false;
}

Result<std::string_view> PaymentService::obstacle(const Case& subject, const Payment& payment,
                                                  Instant now) const {
  constexpr Overlays kHeld = {Overlay::kSuspended, Overlay::kCancelPending, Overlay::kCancelAsked};
  const Record& record = payment.record;
  Readiness readiness;
  readiness.contradicted = record.contradicted();
  readiness.out_after_all = is_out_after_all(record);
  if (is_waiting(state_of(record))) {
    TRY(readiness.other_asked, asks_of_another(subject, payment.attempt));
  }
  readiness.awaits_debit = awaits_debit(record);
  readiness.debit_overdue = is_debit_overdue(record, now);
  readiness.doubtful = is_doubtful(record, doubt_until_ms_);
  readiness.acknowledged = is_acknowledged(subject, payment.attempt);
  readiness.own_account = !own_account_.account_number().empty();
  readiness.payee_named = !subject.payee.account_number().empty();
  readiness.given_up = is_dead(subject.relationship);
  readiness.held = subject.overlays.has_any(kHeld);
  if (!is_listed(subject)) {
    TRY(const auto confirmation, read_confirmation(subject));
    readiness.payee_confirmed = !confirmation.second_by().empty();
  }
  return obstacle_to(readiness);
}

// --- records ---

Result<std::optional<PaymentService::Payment>> PaymentService::read(const CaseId& id,
                                                                    uint32_t attempt) const {
  TRY(auto record, tx_.get_message<Record>(layout::payment_key(id, attempt)));
  if (!record) return std::nullopt;
  if (const auto rule = check_invariants(*record)) {
    return breaks_rule("payment " + std::to_string(attempt) + " of " + id.str(), *rule);
  }
  return Payment{id, attempt, std::move(*record)};
}

void PaymentService::write(const Payment& payment) {
  const Record& record = payment.record;
  must_hold(check_invariants(record));
  const RecordKey key = layout::payment_key(payment.id, payment.attempt);
  tx_.put_message(key, record);
  const RecordKey waiting =
      layout::waiting_payment_key(Instant{record.ordered_at_ms()}, payment.id, payment.attempt);
  const bool waits = is_waiting(state_of(record)) || record.contradicted() || awaits_debit(record);
  if (waits) {
    tx_.put(waiting, "");
  } else {
    tx_.remove(waiting);
  }
  const RecordKey release = layout::proposed_release_key(payment.id, payment.attempt);
  if (open_release(payment.id, payment.attempt, record) != nullptr) {
    tx_.put(release, "");
  } else if (!record.releases().empty()) {
    tx_.remove(release);
  }
  if (record.exported_at_ms() == 0) return;
  const RecordKey exported =
      layout::exported_payment_key(Instant{record.exported_at_ms()}, payment.id, payment.attempt);
  if (state_of(record) == PaymentState::kExported) {
    tx_.put(exported, "");
  } else {
    tx_.remove(exported);
  }
}

Result<std::optional<PaymentService::BatchRecord>> PaymentService::read_batch(
    std::string_view number) const {
  if (!BatchNumber::parse(number)) return std::nullopt;
  auto record = tx_.get_message<BatchRecord>(layout::remittance_batch_key(number));
  if (!record || !*record) return record;
  if (const auto rule = check_invariants(**record)) {
    return breaks_rule("batch " + std::string(number), *rule);
  }
  return record;
}

void PaymentService::write_batch(std::string_view number, const BatchRecord& batch) {
  must_hold(check_invariants(batch));
  tx_.put_message(layout::remittance_batch_key(number), batch);
}

}  // namespace jiexu
