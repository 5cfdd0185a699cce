// Batches: collected, approved, exported.
#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr std::string_view kTimer = "timer";
constexpr std::string_view kRemarkTitle = "医保转移";
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr int64_t kTenthMs = 100;

bool same_account(const v1::Payee& a, const v1::Payee& b) {
  return a.account_number() == b.account_number() && a.account_holder() == b.account_holder() &&
         a.bank_name() == b.bank_name() && a.cnaps() == b.cnaps();
}

Instant start_of(Date date) {
  return end_of(date).plus_ms(1 - kDayMs);
}

// The first payment of the batch that this person has ordered; empty: none.
std::string ordered_by(const v1::RemittanceBatchRecord& batch, std::string_view user) {
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    if (user != place.ordered_by()) continue;
    return EndToEndId{place.letter_number(), place.attempt()}.text();
  }
  return "";
}

// Before anything is looked at but the batch: that it is still what was seen is found out later.
BatchFacts facts_of_approval(const v1::RemittanceBatchRecord& batch, const std::string& seen,
                             std::string_view user) {
  BatchFacts facts;
  facts.state = state_of(batch);
  facts.same_again = batch.approved_by() == user && batch.approved_content() == seen;
  facts.by_maker = user == batch.made_by();
  facts.by_orderer = !ordered_by(batch, user).empty();
  return facts;
}

tl::unexpected<Rejection> refuse_batch(const BatchStep& taken,
                                       const v1::RemittanceBatchRecord& batch,
                                       std::string_view user, const std::string& waits_for = "") {
  const std::string was(name(static_cast<PaymentFormat>(batch.format())));
  switch (taken.answer) {
    case BatchAnswer::kNotApproved: return refuse(Refusal::kBatchNotApproved);
    case BatchAnswer::kSamePersonMade: return refuse(Refusal::kSamePerson, "you have made it");
    case BatchAnswer::kSamePersonOrdered:
      return refuse(Refusal::kSamePerson, "you have ordered " + ordered_by(batch, user));
    case BatchAnswer::kChanged:
      return refuse(Refusal::kBatchChanged,
                    batch.note().empty() ? "it is not what was seen or approved" : batch.note());
    case BatchAnswer::kFormatDiffers:
      return refuse(Refusal::kBatchState, "it was exported as " + was);
    case BatchAnswer::kFileGone: return refuse(Refusal::kBatchState, batch.note());
    case BatchAnswer::kUnconfirmed: return refuse(Refusal::kUnconfirmed, waits_for);
    case BatchAnswer::kRecovering: return refuse(Refusal::kRecovering, waits_for);
    default: break;
  }
  return refuse(Refusal::kBatchState, "it is " + std::string(name(state_of(batch))));
}

}  // namespace

// --- collecting ---

// The sequence is the time of day, and behind all that were reserved: a store that comes from a
// backup does not give out the number of a batch that it has forgotten, even if what is known of
// the reserved ones is as old.
Result<std::string> PaymentService::new_number(Instant now) {
  const Date day = date_of(now);
  const int64_t tenths = (now.ms - start_of(day).ms) / kTenthMs;
  auto sequence = static_cast<uint32_t>(tenths + 1);
  if (day == last_day_) sequence = std::max(sequence, last_sequence_ + 1);
  last_day_ = day;
  for (;; ++sequence) {
    TRY(sequence, numbers_.at_least(day, sequence));
    if (sequence == 0) return std::string();
    last_sequence_ = sequence;
    const auto number = BatchNumber::make(self_, day, sequence);
    CHECK(number.has_value());
    const auto taken = read_batch(number->text());  // by a clock that was set back since
    if (!taken) return tl::unexpected(taken.error());
    if (!*taken) return number->text();
  }
}

Result<v1::MadeBatchesView> PaymentService::make(const std::optional<layout::WaitingPayment>& after,
                                                 std::string_view user, Instant now) {
  v1::MadeBatchesView made;
  TRY(const auto places, waiting_after(after, limits::kPaymentsPerStep));
  Groups groups;
  for (const layout::WaitingPayment& place : places) {
    TRY(auto payment, read(place.id, place.attempt));
    // What is durable may be older than what is known.
    if (!payment || !is_waiting(static_cast<PaymentState>(payment->record.state()))) continue;
    if (!payment->record.batch().empty()) continue;
    TRY(const auto subject, cases_.load(place.id, now));
    CHECK(subject != nullptr);
    TRY_DO(gather(*subject, *payment, user, now, groups, made));
  }
  for (auto& [account, group] : groups) {
    if (!group.number.empty()) close_batch(group, made);
  }
  if (places.size() == limits::kPaymentsPerStep) {
    made.set_next(to_hex(layout::waiting_payment_key(places.back())));
  }
  return made;
}

Result<void> PaymentService::gather(const Case& subject, Payment& payment, std::string_view user,
                                    Instant now, Groups& groups, v1::MadeBatchesView& made) {
  const auto hold = [&](std::string_view why) {
    *made.add_held() = view_payment(payment.id, payment.attempt, payment.record, why, now);
    return Result<void>();
  };
  TRY(const auto why, obstacle(subject, payment, now));
  if (!why.empty()) return hold(why);
  if (!guard_.confirmed()) return hold(kUnconfirmedStore);
  const int64_t amount = payment.record.amount_fen() - payment.record.returned_fen();
  Collecting& group = groups[subject.payee.SerializeAsString()];
  const auto count = static_cast<size_t>(group.batch.payments_size());
  const bool full = count >= rules_.payments_max || amount > rules_.total_max.value - group.total;
  if (count > 0 && (full || pays(group.batch, payment.id))) close_batch(group, made);
  if (group.number.empty()) {
    TRY(const auto opened, open_batch(subject, user, now, group));
    if (!opened) return hold(kNoBatchNumber);
  }
  v1::BatchPaymentRecord* place = group.batch.add_payments();
  place->set_case_id(std::string(payment.id.bytes()));
  place->set_attempt(payment.attempt);
  place->set_letter_number(payment.record.letter_number());
  place->set_amount_fen(amount);
  place->set_ordered_by(payment.record.ordered_by());
  group.total += amount;
  payment.record.set_batch(group.number);
  TRY_DO(advance(payment, PaymentEvent::kCollected, now));
  return {};
}

Result<bool> PaymentService::open_batch(const Case& subject, std::string_view user, Instant now,
                                        Collecting& group) {
  TRY(auto number, new_number(now));
  if (number.empty()) return false;
  group.number = std::move(number);
  group.batch.set_state(static_cast<uint32_t>(BatchState::kMade));
  *group.batch.mutable_payer() = own_account_;
  *group.batch.mutable_payee() = subject.payee;
  group.batch.set_made_by(std::string(user));
  group.batch.set_made_at_ms(now.ms);
  return true;
}

void PaymentService::close_batch(Collecting& group, v1::MadeBatchesView& made) {
  write_batch(group.number, group.batch);
  *made.add_batches() = view_batch(group.number, group.batch, false);
  group = Collecting();
}

Instant PaymentService::last_collection(Instant now) const {
  const Instant today = start_of(date_of(now)).plus_ms(*rules_.collect_minute * kMinuteMs);
  return today > now ? today.plus_ms(-kDayMs) : today;
}

Instant PaymentService::next_collection(Instant now) const {
  if (!rules_.collect_minute) return Instant{INT64_MAX};
  const Instant last = last_collection(now);
  return collected_for_ == last ? last.plus_ms(kDayMs) : now;
}

Result<void> PaymentService::plan_collection(Instant now) {
  if (!rules_.collect_minute) return {};
  const Instant last = last_collection(now);
  TRY(const auto oldest, waiting_after(std::nullopt, 1));
  const bool missed = !oldest.empty() && oldest.front().ordered < last;
  if (!missed) collected_for_ = last;
  return {};
}

Result<bool> PaymentService::collect(Instant now) {
  if (now < next_collection(now)) return false;
  TRY(const auto made, make(collect_from_, kTimer, now));
  const auto next = layout::parse_waiting_payment_key(from_hex(made.next()).value_or(""));
  collect_from_ = next ? std::optional(*next) : std::nullopt;
  if (!collect_from_) collected_for_ = last_collection(now);
  return !made.batches().empty();
}

// --- approving ---

Result<size_t> PaymentService::drop_ineligible(const std::string& number, BatchRecord& batch,
                                               Instant now) {
  std::vector<v1::BatchPaymentRecord> kept;
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    const auto id = CaseId::from_bytes(place.case_id());
    if (!id) return fail(Errc::kCorrupt, "batch " + number + " names no case");
    TRY(auto payment, read(*id, place.attempt()));
    TRY(const auto subject, cases_.load(*id, now));
    CHECK(payment.has_value() && subject != nullptr);
    TRY(const auto why, obstacle(*subject, *payment, now));
    if (why.empty() && same_account(subject->payee, batch.payee())) {
      kept.push_back(place);
      continue;
    }
    payment->record.clear_batch();
    TRY_DO(advance(*payment, PaymentEvent::kDropped, now));
  }
  const size_t gone = static_cast<size_t>(batch.payments_size()) - kept.size();
  if (gone == 0) return gone;
  batch.mutable_payments()->Assign(kept.begin(), kept.end());
  lose_approval("payments were taken out whose cases had changed", batch);
  write_batch(number, batch);
  return gone;
}

PaymentService::Outcome<v1::RemittanceBatchView> PaymentService::approve(std::string_view number,
                                                                         std::string_view content,
                                                                         std::string_view user,
                                                                         Instant now) {
  using Reply = tl::expected<v1::RemittanceBatchView, Rejection>;
  TRY(auto found, read_batch(number));
  if (!found) return Reply(refuse(Refusal::kBatchUnknown));
  BatchRecord& batch = *found;
  const auto seen = from_hex(content);
  BatchFacts facts = facts_of_approval(batch, seen.value_or(""), user);
  BatchStep taken = step(facts, BatchEvent::kApprove);
  if (taken.answer == BatchAnswer::kAsBefore) return Reply(view_batch(number, batch, false));
  if (taken.refused()) return Reply(refuse_batch(taken, batch, user));
  TRY(const auto gone, drop_ineligible(std::string(number), batch, now));
  const Digest held = content_of(number, batch);
  facts.shrunk = gone > 0;
  facts.as_seen = seen && view(held) == *seen;
  taken = step(facts, BatchEvent::kApprove);
  if (taken.refused()) return Reply(refuse_batch(taken, batch, user));
  batch.set_state(static_cast<uint32_t>(taken.to));
  batch.set_approved_by(std::string(user));
  batch.set_approved_at_ms(now.ms);
  batch.set_approved_content(std::string(view(held)));
  batch.clear_note();
  write_batch(number, batch);
  return Reply(view_batch(number, batch, false));
}

// --- exporting ---

PaymentService::Outcome<std::string> PaymentService::export_file(std::string_view number,
                                                                 PaymentFormat format,
                                                                 std::string_view user,
                                                                 Instant now) {
  using Reply = tl::expected<std::string, Rejection>;
  TRY(auto found, read_batch(number));
  if (!found) return Reply(refuse(Refusal::kBatchUnknown));
  BatchRecord& batch = *found;
  TRY(auto kept, tx_.get(layout::payment_file_key(number)));
  BatchFacts facts;
  facts.state = state_of(batch);
  facts.same_format = static_cast<PaymentFormat>(batch.format()) == format;
  facts.file_here = kept.has_value();
  BatchStep taken = step(facts, BatchEvent::kExport);
  if (taken.refused()) return Reply(refuse_batch(taken, batch, user));
  if (taken.answer == BatchAnswer::kAsBefore) return Reply(std::move(*kept));
  TRY(const auto gone, drop_ineligible(std::string(number), batch, now));
  facts.shrunk = gone > 0;
  facts.as_seen = view(content_of(number, batch)) == batch.approved_content();
  TRY(const auto waits_for, look_at_peers(batch, facts, now));
  taken = step(facts, BatchEvent::kExport);
  if (taken.refused()) return Reply(refuse_batch(taken, batch, user, waits_for));
  const auto file = write_file(number, batch, format, now);
  if (!file) return Reply(refuse(Refusal::kFileUnwritable, file.error().text));
  batch.set_state(static_cast<uint32_t>(taken.to));
  batch.set_exported_by(std::string(user));
  batch.set_exported_at_ms(now.ms);
  batch.set_format(static_cast<uint32_t>(format));
  TRY_DO(mark_exported(batch, now));
  TRY_DO(tell(number, batch, user, now));
  write_batch(number, batch);
  tx_.put(layout::payment_file_key(number), *file);
  tx_.witness();
  return Reply(*file);
}

Result<std::string> PaymentService::write_file(std::string_view number, const BatchRecord& batch,
                                               PaymentFormat format, Instant now) const {
  PaymentBatch out;
  out.number = std::string(number);
  out.payer = batch.payer();
  out.made_at = Instant{batch.made_at_ms()};
  out.pay_on = date_of(now);
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    out.payments.push_back({EndToEndId{place.letter_number(), place.attempt()}.text(),
                            Fen{place.amount_fen()}, batch.payee(),
                            make_remark(kRemarkTitle, place.letter_number())});
  }
  if (format == PaymentFormat::kDelimited) return write_delimited(out, rules_.layout);
  return write_pain001(out);
}

Result<std::string> PaymentService::look_at_peers(const BatchRecord& batch, BatchFacts& facts,
                                                  Instant now) {
  facts.confirmed = guard_.confirmed();
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    TRY(const auto subject, cases_.load(*CaseId::from_bytes(place.case_id()), now));
    CHECK(subject != nullptr);
    const AgencyId peer = subject->peer;
    facts.reachable = guard_.may_write(peer);
    // Who gives something back has yet to say what it has.
    if (facts.reachable) facts.confirmed = facts.confirmed && guard_.confirmed_by(peer);
    if (!facts.reachable || !facts.confirmed) return peer.str();
  }
  return std::string();
}

// The bank may pay the batch in one transfer, which names nothing but its number.
Result<void> PaymentService::tell(std::string_view number, const BatchRecord& batch,
                                  std::string_view user, Instant now) {
  Event event;
  event.kind = EventKind::kBatchExported;
  event.at = now;
  event.actor = user_actor(user);
  event.batch.number = number;
  event.batch.lines = static_cast<uint32_t>(batch.payments_size());
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    event.batch.total.value += place.amount_fen();
  }
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    TRY(const auto subject, cases_.load(*CaseId::from_bytes(place.case_id()), now));
    CHECK(subject != nullptr);
    event.attempt = place.attempt();
    event.amount = Fen{place.amount_fen()};
    TRY(const auto told, cases_.apply(*subject, event));
    CHECK(told.has_value());  // a row of the table, whatever the case's state
  }
  return {};
}

Result<void> PaymentService::mark_exported(const BatchRecord& batch, Instant now) {
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    TRY(auto payment, read(*CaseId::from_bytes(place.case_id()), place.attempt()));
    CHECK(payment.has_value());
    payment->record.set_exported_fen(place.amount_fen());
    TRY_DO(advance(*payment, PaymentEvent::kExported, now));
  }
  return {};
}

}  // namespace jiexu
