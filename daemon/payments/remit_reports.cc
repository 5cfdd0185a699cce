// What the bank says of payments.
#include "daemon/bankfiles/duplicate.h"
#include "daemon/base/check.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"

namespace jiexu {
Result<v1::PaymentReportView> PaymentService::report(const std::vector<PaymentFate>& fates,
                                                     std::string_view user, Instant now) {
  v1::PaymentReportView out;
  std::set<std::string> named;
  for (const PaymentFate& fate : fates) {
    if (const auto id = EndToEndId::parse(fate.end_to_end_id)) named.insert(id->text());
  }
  for (const PaymentFate& fate : fates) {
    auto done = fate.end_to_end_id.empty() ? report_batch(fate, named, user, now, out)
                                           : report_payment(fate, user, now, out);
    if (done) done = tx_.end_step();
    if (!done) return tl::unexpected(done.error());
  }
  return out;
}

// One status for all payments of a batch, but for those of which the bank says more.
Result<void> PaymentService::report_batch(const PaymentFate& fate,
                                          const std::set<std::string>& named, std::string_view user,
                                          Instant now, v1::PaymentReportView& out) {
  const auto number = BatchNumber::parse(fate.batch_number);
  Result<std::optional<BatchRecord>> batch = std::optional<BatchRecord>();
  if (number) batch = read_batch(number->text());
  if (!batch) return tl::unexpected(batch.error());
  if (!*batch) {
    v1::PaymentReportLineView* line = out.add_lines();
    line->set_line(fate.line);
    line->set_payment(fate.batch_number);
    line->set_outcome("unknown");
    return {};
  }
  for (const v1::BatchPaymentRecord& place : (*batch)->payments()) {
    PaymentFate one = fate;
    one.end_to_end_id = EndToEndId{place.letter_number(), place.attempt()}.text();
    if (named.contains(one.end_to_end_id)) continue;
    TRY_DO(report_payment(one, user, now, out));
    TRY_DO(tx_.end_step());
  }
  return {};
}

Result<void> PaymentService::report_payment(const PaymentFate& fate, std::string_view user,
                                            Instant now, v1::PaymentReportView& out) {
  v1::PaymentReportLineView& line = *out.add_lines();
  line.set_line(fate.line);
  line.set_payment(fate.end_to_end_id);
  line.set_outcome("unknown");
  TRY(auto payment, find(fate.end_to_end_id));
  if (!payment) return {};
  line.set_case_id(payment->id.str());
  switch (fate.status) {
    case PaymentStatus::kPending: line.set_outcome("pending"); return {};
    case PaymentStatus::kPaid: return take_as_paid(*payment, now, line);
    case PaymentStatus::kRejected: return take_as_rejected(fate, *payment, user, now, line);
    case PaymentStatus::kDuplicate: return take_as_duplicate(fate, *payment, now, line);
  }
  return {};
}

Result<void> PaymentService::take_as_paid(Payment& payment, Instant now,
                                          v1::PaymentReportLineView& line) {
  const PaymentState state = state_of(payment.record);
  line.set_outcome("known");
  if (state == PaymentState::kPaid) return {};
  const bool went_and_came =
      !payment.record.debit_line().empty() || payment.record.seen_back_fen() > 0;
  if (state == PaymentState::kReturned && went_and_came) return {};
  const std::string& said = payment.record.reason();
  const bool asked =
      payment.record.contradicted() && (said == kDebitedAndReturned || said == kKnownAndReturned);
  const bool forgotten = state == PaymentState::kTakenBack && was_doubtful(payment.record);
  if (forgotten || (state == PaymentState::kReturned && asked)) {
    if (forgotten) settle(payment, PaymentState::kReturned, now);
    contradict(payment, kDebitedAndReturned, now, line);
    return {};
  }
  if (state == PaymentState::kReturned || state == PaymentState::kTakenBack) {
    contradict(payment, "paid, and the case has it back", now, line);
    return {};
  }
  // Whoever ordered it, it must not be ordered again.
  const bool ours =
      state == PaymentState::kExported || is_doubtful(payment.record, doubt_until_ms_);
  if (state == PaymentState::kBatched) {
    TRY_DO(unbatch(payment));
  }
  if (payment.record.reason().ends_with(kKnownAndOut)) payment.record.clear_reason();
  settle(payment, PaymentState::kPaid, now);
  line.set_outcome("paid");
  if (!ours) contradict(payment, "paid, and was not exported from here", now, line);
  return {};
}

Result<void> PaymentService::take_as_rejected(const PaymentFate& fate, Payment& payment,
                                              std::string_view user, Instant now,
                                              v1::PaymentReportLineView& line) {
  const PaymentState state = state_of(payment.record);
  line.set_outcome("known");
  if (state == PaymentState::kReturned || state == PaymentState::kTakenBack) {
    note_rejected(payment, now);
    return {};
  }
  if (is_waiting(state) && !is_doubtful(payment.record, doubt_until_ms_)) {
    contradict(payment, "rejected, and was not exported from here", now, line);
    return {};
  }
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  if (!guard_.may_write(subject->peer)) {
    line.set_outcome("later");
    line.set_detail("messages to " + subject->peer.str() +
                    " are being recovered: hand the report in again");
    return {};
  }
  v1::ActionInput input;
  input.set_amount_fen(payment.record.amount_fen() - payment.record.returned_fen());
  input.set_reason(fate.reason.empty() ? "rejected" : fate.reason);
  Event event;
  event.kind = EventKind::kBankReturned;
  event.at = now;
  event.actor = user_actor(user);
  event.input = &input;
  event.attempt = payment.attempt;
  TRY(const auto outcome, apply(*subject, event));
  if (!outcome) {
    contradict(payment, "rejected: " + std::string(explain(outcome.error().refusal)), now, line);
    return {};
  }
  // The case has had the payment marked as returned; the reason is the bank's.
  TRY(auto returned, read(payment.id, payment.attempt));
  answer_duplicate(returned->record);
  returned->record.set_reason(input.reason());
  note_rejected(*returned, now);
  line.set_outcome("rejected");
  line.set_detail(input.reason());
  return {};
}

// The bank has had it. Whatever became of the first, nothing is paid in its place before that is
// known.
Result<void> PaymentService::take_as_duplicate(const PaymentFate& fate, Payment& payment,
                                               Instant now, v1::PaymentReportLineView& line) {
  Record& record = payment.record;
  const PaymentState state = state_of(record);
  line.set_outcome("duplicate");
  if (state == PaymentState::kPaid) {
    line.set_detail(std::string(kBankHasIt) + ": it is paid, and stays so");
    return {};
  }
  if (state == PaymentState::kExported) {
    line.set_detail(std::string(kKnownAndOut));
    const std::string reason = fate.reason + ": " + std::string(kKnownAndOut);
    if (record.contradicted() || record.reason() == reason) return {};
    record.set_reason(reason);
    write(payment);
    return {};
  }
  if (is_waiting(state)) {
    if (state == PaymentState::kBatched) {
      TRY_DO(unbatch(payment));
    }
    record.set_exported_at_ms(now.ms);
    settle(payment, PaymentState::kExported, now);
    contradict(payment, kKnownAndUnexported, now, line);
    return {};
  }
  // Its lines have told what became of it, or the bank has refused it, for another reason.
  const bool went_and_came = !record.debit_line().empty() || record.seen_back_fen() > 0;
  const bool rejected = record.rejected() && !says_duplicate(record.reason());
  if (went_and_came || rejected) {
    line.set_outcome("known");
    line.set_detail(std::string(kBankHasIt) + ": it came back before, and stays so");
    return {};
  }
  if (state != PaymentState::kReturned) settle(payment, PaymentState::kReturned, now);
  contradict(payment, kKnownAndReturned, now, line);
  return {};
}

// What the bank says of the first, or a line of it, settles what a refusal of the second has left
// open.
bool PaymentService::answer_duplicate(Record& record) {
  const std::string& asked = record.reason();
  if (!record.contradicted() || (asked != kKnownAndUnexported && asked != kKnownAndReturned)) {
    return false;
  }
  record.set_contradicted(false);
  record.clear_reason();
  return true;
}

// So the bank had it, whatever our store has lost of that.
void PaymentService::note_rejected(Payment& payment, Instant now) {
  if (answer_duplicate(payment.record)) write(payment);
  const bool forgotten = state_of(payment.record) == PaymentState::kTakenBack;
  if (payment.record.rejected() || (forgotten && !was_doubtful(payment.record))) return;
  payment.record.set_rejected(true);
  settle(payment, PaymentState::kReturned, now);
}

bool PaymentService::was_doubtful(const Record& record) const {
  return record.recovered() || record.after_loss() || record.ordered_at_ms() <= doubt_until_ms_;
}

bool PaymentService::is_forgotten(const Record& record) const {
  const PaymentState state = state_of(record);
  const bool unsaid =
      record.debit_line().empty() && record.seen_back_fen() == 0 && record.released_at_ms() == 0;
  return unsaid && was_doubtful(record) && (is_waiting(state) || state == PaymentState::kTakenBack);
}

void PaymentService::contradict(Payment& payment, std::string_view detail, Instant now,
                                v1::PaymentReportLineView& line) {
  line.set_outcome("contradicts");
  line.set_detail(std::string(detail));
  if (payment.record.contradicted() && payment.record.reason() == detail) return;
  payment.record.set_contradicted(true);
  payment.record.set_reason(std::string(detail));
  settle(payment, state_of(payment.record), now);
}

Result<std::optional<PaymentService::Payment>> PaymentService::find(
    std::string_view end_to_end_id) const {
  const auto id = EndToEndId::parse(end_to_end_id);
  if (!id) return std::nullopt;
  TRY(const auto ids, cases_.find_letter(id->letter_number));
  for (const CaseId& case_id : ids) {
    auto payment = read(case_id, id->attempt);
    if (!payment) return tl::unexpected(payment.error());
    if (*payment) return payment;
  }
  return std::nullopt;
}

}  // namespace jiexu
