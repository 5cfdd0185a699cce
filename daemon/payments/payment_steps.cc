// What an event makes of a payment's record, as the table says.
#include <algorithm>

#include "daemon/bankfiles/duplicate.h"
#include "daemon/base/check.h"
#include "daemon/cases/payments.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"

namespace jiexu {
namespace {

constexpr int kDebitWorkingDays = 3;
// For a year whose calendar is not published: no three working days take longer, but for a feast.
constexpr int kDebitDaysUnpublished = 7;

// What the case says, and whether it can be told, matters for these alone.
bool asks_case(PaymentEvent event) {
  return event == PaymentEvent::kSaidRejected || event == PaymentEvent::kReleased ||
         event == PaymentEvent::kWentOut;
}

Date last_day_of_debit(const Calendar& calendar, Instant now) {
  const Date today = date_of(now);
  return calendar.due(today, kDebitWorkingDays)
      .value_or(Date::from_days(today.days() + kDebitDaysUnpublished));
}

// Writes what is asked, or that nothing is any more.
void ask(PaymentQuestion before, PaymentQuestion after, std::string_view words,
         v1::PaymentRecord& record) {
  if (after == PaymentQuestion::kNone) {
    if (before != PaymentQuestion::kNone) record.clear_reason();
    record.set_contradicted(false);
    return;
  }
  record.set_contradicted(true);
  if (!text(after).empty()) {
    record.set_reason(std::string(text(after)));
  } else if (!words.empty()) {
    record.set_reason(std::string(words));
  }
}

}  // namespace

Result<PaymentFacts> PaymentService::facts_of(const Payment& payment, PaymentEvent event,
                                              Instant now) {
  const Record& record = payment.record;
  PaymentFacts facts;
  facts.state = state_of(record);
  facts.doubtful = is_doubtful(record, doubt_until_ms_);
  facts.lost = was_doubtful(record);
  facts.forgotten = is_forgotten(record);
  facts.debited = !record.debit_line().empty();
  facts.seen_back = record.seen_back_fen() > 0;
  facts.still_out = still_out(record) > 0;
  facts.whole_back = record.returned_fen() >= record.amount_fen();
  facts.rejected = record.rejected() && !says_duplicate(record.reason());
  facts.debit_overdue = is_debit_overdue(record, now);
  facts.looked = record.released_at_ms() > record.exported_at_ms();
  if (record.contradicted()) facts.question = question_of(record.reason());
  if (!asks_case(event)) return facts;
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  facts.acknowledged = is_acknowledged(*subject, payment.attempt);
  facts.recovering = !guard_.may_write(subject->peer);
  return facts;
}

Result<PaymentStep> PaymentService::advance(Payment& payment, PaymentEvent event, Instant now,
                                            std::string_view words) {
  TRY(const auto facts, facts_of(payment, event, now));
  const PaymentStep taken = step(facts, event);
  if (taken.refused()) return taken;
  Record& record = payment.record;
  const std::string before = record.SerializeAsString();
  TRY_DO(carry_out(taken, payment, now));
  record.set_state(static_cast<uint32_t>(taken.to));
  const bool asks = taken.question != facts.question || !words.empty();
  if (asks) ask(facts.question, taken.question, words, record);
  if (record.SerializeAsString() != before) put(payment, now);
  return taken;
}

Result<void> PaymentService::carry_out(const PaymentStep& taken, Payment& payment, Instant now) {
  using D = PaymentDuty;
  Record& record = payment.record;
  const bool batched = state_of(record) == PaymentState::kBatched;
  if (taken.duties.has(D::kLeaveBatch) && batched) {
    TRY_DO(unbatch(payment));
  }
  if (taken.duties.has(D::kNoteRejected)) record.set_rejected(true);
  if (taken.duties.has(D::kStampExport)) record.set_exported_at_ms(now.ms);
  if (taken.duties.has(D::kStampRelease)) {
    record.set_released_at_ms(now.ms);
    record.set_known_at_ms(std::min(record.known_at_ms(), now.ms));
  }
  if (taken.duties.has(D::kAwaitDebit) && record.known_at_ms() == 0) {
    record.set_known_at_ms(now.ms);
    record.set_debit_due_on(last_day_of_debit(cases_.calendar(), now).yyyymmdd());
  }
  const bool all_well = taken.duties.has(D::kForgetKnown);
  if (all_well && record.reason().ends_with(kKnownAndOut)) record.clear_reason();
  return {};
}

void PaymentService::put(Payment& payment, Instant now) {
  payment.record.set_changed_at_ms(now.ms);
  write(payment);
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

}  // namespace jiexu
