// What the bank says of payments.
#include "daemon/base/check.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"

namespace jiexu {
namespace {

// "reported / ordered", if the report names another amount than was ordered; empty: it does not.
std::string other_amount(const PaymentFate& fate, int64_t ordered) {
  if (fate.amount_said.empty() || fate.amount == Fen{ordered}) return "";
  return fate.amount_said + " / " + Fen{ordered}.yuan();
}

// What the batch's file came to. What is known of it from notices alone may not be all.
std::string other_sum(const PaymentFate& fate, const v1::RemittanceBatchRecord& batch) {
  int64_t total = 0;
  for (const v1::BatchPaymentRecord& place : batch.payments()) total += place.amount_fen();
  return batch.format() == 0 ? "" : other_amount(fate, total);
}

}  // namespace

Result<v1::PaymentReportView> PaymentService::report(const std::vector<PaymentFate>& fates,
                                                     std::string_view user, Instant now) {
  v1::PaymentReportView out;
  std::set<std::string> named;
  for (const PaymentFate& fate : fates) {
    if (const auto id = EndToEndId::parse(fate.end_to_end_id)) named.insert(id->text());
  }
  for (const PaymentFate& fate : fates) {
    auto done = fate.end_to_end_id.empty() ? report_batch(fate, named, user, now, out)
                                           : report_payment(fate, "", user, now, out);
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
  const std::string other = other_sum(fate, **batch);
  for (const v1::BatchPaymentRecord& place : (*batch)->payments()) {
    PaymentFate one = fate;
    one.amount_said.clear();
    one.end_to_end_id = EndToEndId{place.letter_number(), place.attempt()}.text();
    if (named.contains(one.end_to_end_id)) continue;
    TRY_DO(report_payment(one, other, user, now, out));
    TRY_DO(tx_.end_step());
  }
  return {};
}

Result<void> PaymentService::report_payment(const PaymentFate& fate, std::string other,
                                            std::string_view user, Instant now,
                                            v1::PaymentReportView& out) {
  v1::PaymentReportLineView& line = *out.add_lines();
  line.set_line(fate.line);
  line.set_payment(fate.end_to_end_id);
  line.set_outcome("unknown");
  TRY(auto payment, find(fate.end_to_end_id));
  if (!payment) return {};
  line.set_case_id(payment->id.str());
  if (other.empty()) other = other_amount(fate, sent(payment->record));
  if (!other.empty()) return ask_of_amount(other, *payment, now, line);
  switch (fate.status) {
    case PaymentStatus::kPending:
      return take_report(*payment, PaymentEvent::kSaidPending, now, line);
    case PaymentStatus::kPaid: return take_report(*payment, PaymentEvent::kSaidPaid, now, line);
    case PaymentStatus::kRejected: return take_as_rejected(fate, *payment, user, now, line);
    case PaymentStatus::kDuplicate: return take_as_duplicate(fate, *payment, now, line);
  }
  return {};
}

// Whatever the bank says became of it: that is said of another payment than was ordered.
Result<void> PaymentService::ask_of_amount(const std::string& other, Payment& payment, Instant now,
                                           v1::PaymentReportLineView& line) {
  const std::string words = std::string(kOtherAmount) + ": " + other;
  TRY(const auto taken, advance(payment, PaymentEvent::kSaidOther, now, words));
  answer(taken, payment, line);
  return {};
}

Result<void> PaymentService::take_report(Payment& payment, PaymentEvent event, Instant now,
                                         v1::PaymentReportLineView& line) {
  TRY(const auto taken, advance(payment, event, now));
  answer(taken, payment, line);
  return {};
}

void PaymentService::answer(const PaymentStep& taken, const Payment& payment,
                            v1::PaymentReportLineView& line) {
  line.set_outcome(std::string(name(taken.answer)));
  if (taken.answer == PaymentAnswer::kContradicts) line.set_detail(payment.record.reason());
}

Result<void> PaymentService::take_as_rejected(const PaymentFate& fate, Payment& payment,
                                              std::string_view user, Instant now,
                                              v1::PaymentReportLineView& line) {
  TRY(const auto taken, advance(payment, PaymentEvent::kSaidRejected, now));
  answer(taken, payment, line);
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  if (taken.answer == PaymentAnswer::kLater) {
    line.set_detail("messages to " + subject->peer.str() +
                    " are being recovered: hand the report in again");
  }
  if (!taken.duties.has(PaymentDuty::kTellCase)) return {};
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
    const std::string why = "rejected: " + std::string(explain(outcome.error().refusal));
    TRY(const auto refused, advance(payment, PaymentEvent::kCaseRefused, now, why));
    answer(refused, payment, line);
    return {};
  }
  // The case has had the payment marked as returned; the reason is the bank's.
  TRY(auto returned, read(payment.id, payment.attempt));
  TRY_DO(advance(*returned, PaymentEvent::kRejectionTaken, now));
  returned->record.set_reason(input.reason());
  put(*returned, now);
  line.set_detail(input.reason());
  return {};
}

// The bank has had it. Whatever became of the first, nothing is paid in its place before that is
// known.
Result<void> PaymentService::take_as_duplicate(const PaymentFate& fate, Payment& payment,
                                               Instant now, v1::PaymentReportLineView& line) {
  TRY(const auto taken, advance(payment, PaymentEvent::kSaidKnown, now));
  answer(taken, payment, line);
  const std::string has_it(kBankHasIt);
  if (taken.answer == PaymentAnswer::kKnown) {
    line.set_detail(has_it + ": it came back before, and stays so");
  }
  if (taken.answer != PaymentAnswer::kDuplicate) return {};
  if (taken.to == PaymentState::kPaid) {
    line.set_detail(has_it + ": it is paid, and stays so");
    return {};
  }
  line.set_detail(std::string(kKnownAndOut));
  const std::string reason = fate.reason + ": " + std::string(kKnownAndOut);
  if (payment.record.contradicted() || payment.record.reason() == reason) return {};
  payment.record.set_reason(reason);
  put(payment, now);
  return {};
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
