// What the lines of a statement say of payments: that they were paid, or that they have come back.
#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"

namespace jiexu {
namespace {

// Nothing was booked for it, says the bank's list, and no line says otherwise.
bool is_rejected(const v1::PaymentRecord& record) {
  return record.rejected() && record.debit_line().empty();
}

// Known to have come back, and no line has brought it yet.
bool is_known_back(const v1::PaymentRecord& record) {
  return record.amount_fen() - record.returned_fen() < still_out(record);
}

// Out, says the case, and no line has shown it.
bool lacks_debit(const v1::PaymentRecord& record) {
  return state_of(record) == PaymentState::kPaid && record.debit_line().empty();
}

// The bank has paid it, for all that is known: it has neither rejected it, nor does it lack it.
bool has_gone_out(const v1::PaymentRecord& record) {
  return state_of(record) == PaymentState::kExported || state_of(record) == PaymentState::kPaid ||
         record.seen_back_fen() > 0;
}

void add_case(const CaseId& id, std::vector<CaseId>& cases) {
  if (std::find(cases.begin(), cases.end(), id) == cases.end()) cases.push_back(id);
}

}  // namespace

Result<void> PaymentService::add_batch(std::string_view number, Named& named) const {
  const auto batch = read_batch(number);
  if (!batch) return tl::unexpected(batch.error());
  if (!*batch) return {};
  for (const v1::BatchPaymentRecord& place : (*batch)->payments()) {
    const auto id = CaseId::from_bytes(place.case_id());
    if (!id) return fail(Errc::kCorrupt, "a remittance batch names no case");
    TRY(auto payment, read(*id, place.attempt()));
    if (payment) named.payments.push_back(std::move(*payment));
    add_case(*id, named.cases);
  }
  return {};
}

// Cases of ours that pay, and that know of no such payment.
Result<void> PaymentService::add_forgetful(const std::vector<CaseId>& ids, Instant now,
                                           Named& named) const {
  for (const CaseId& id : ids) {
    TRY(const auto subject, cases_.load(id, now));
    if (subject == nullptr || subject->side != Side::kOut) continue;
    named.forgotten = true;
    add_case(id, named.cases);
  }
  return {};
}

Result<void> PaymentService::add_letter(std::string_view letter, std::optional<Fen> amount, Way way,
                                        Instant now, Named& named) const {
  TRY(const auto ids, cases_.find_letter(letter));
  for (const CaseId& id : ids) {
    std::vector<Payment> all;
    for (uint32_t attempt = 1;; ++attempt) {
      TRY(auto payment, read(id, attempt));
      if (!payment) break;
      all.push_back(std::move(*payment));
    }
    if (all.empty()) {
      TRY_DO(add_forgetful({id}, now, named));
      continue;
    }
    add_case(id, named.cases);
    if (auto one = choose(std::move(all), amount, way, named)) {
      named.payments.push_back(std::move(*one));
    }
  }
  return {};
}

// Which of one letter's payments, oldest first, a line without a number is of.
std::optional<PaymentService::Payment> PaymentService::choose(std::vector<Payment> all,
                                                              std::optional<Fen> amount, Way way,
                                                              Named& named) const {
  const bool back = way == Way::kBack;
  const auto is_out = [](const Payment& payment) { return still_out(payment.record) > 0; };
  const auto fits = [&](const Payment& payment) {
    const int64_t fen = back ? still_out(payment.record) : sent(payment.record);
    return !amount || fen == amount->value;
  };
  // The bank pays the oldest first, and sends back the newest.
  if (back) std::reverse(all.begin(), all.end());
  const auto open = std::stable_partition(all.begin(), all.end(), [&](const Payment& payment) {
    return back ? is_out(payment) : payment.record.debit_line().empty();
  });
  const auto booked = std::stable_partition(
      all.begin(), open, [](const Payment& payment) { return !is_rejected(payment.record); });
  std::stable_partition(all.begin(), booked, [&](const Payment& payment) {
    return back ? is_known_back(payment.record) : has_gone_out(payment.record);
  });
  auto it = std::find_if(all.begin(), open, fits);
  named.unsure |= it != open && std::any_of(it + 1, booked, [&](const Payment& other) {
                    return fits(other) && may_be_confused(it->record, other.record, way);
                  });
  // One that the bank has not had from us: it may rather have paid again what it had.
  named.unsure |=
      !back && it != open && !has_gone_out(it->record) && std::any_of(open, all.end(), fits);
  if (it == open) {  // It has paid one of them again: the last that it has not sent back.
    if (!back) std::reverse(open, all.end());
    std::stable_partition(open, all.end(), is_out);
    it = std::find_if(open, all.end(), fits);
  }
  return it == all.end() ? std::nullopt : std::optional(std::move(*it));
}

// Of two payments of one letter and amount: whether a line without a number is as well of the one
// as of the other, for all that the store knows. What it has forgotten may have been at the bank.
bool PaymentService::may_be_confused(const Record& first, const Record& other, Way way) const {
  const bool back = way == Way::kBack;
  if (is_forgotten(first)) return is_forgotten(other) || has_gone_out(other);
  return is_forgotten(other) && !(back && is_known_back(first));
}

// Whether what was found adds up to the line.
bool PaymentService::adds_up(const Named& named, Fen amount, Way way) {
  int64_t sum = 0;
  for (const Payment& payment : named.payments) {
    sum += way == Way::kBack ? still_out(payment.record) : sent(payment.record);
  }
  return !named.payments.empty() && sum == amount.value;
}

// What comes back under the number of a payment that the bank has paid twice is the second one,
// which has no number of its own. So is the debit of one that was given up and went out all the
// same, if the store has lost that line.
Result<PaymentService::Named> PaymentService::find_one(const EndToEndId& id, Way way,
                                                       Instant now) const {
  Named named;
  auto payment = find(id.text());
  if (!payment) return tl::unexpected(payment.error());
  if (!*payment) {
    TRY(const auto ids, cases_.find_letter(id.letter_number));
    TRY_DO(add_forgetful(ids, now, named));
    return named;
  }
  const bool refused = is_back((*payment)->record) && (*payment)->record.debit_line().empty();
  for (uint32_t attempt = id.attempt + 1; way == Way::kBack || refused; ++attempt) {
    TRY(auto later, read((*payment)->id, attempt));
    if (!later) break;
    const Record& record = later->record;
    if (record.again_of() != id.attempt) continue;
    const bool out = way == Way::kBack ? still_out(record) > 0 : lacks_debit(record);
    if (out) *payment = std::move(later);
  }
  named.cases.push_back((*payment)->id);
  named.payments.push_back(std::move(**payment));
  return named;
}

Result<PaymentService::Named> PaymentService::find_letters(const std::vector<std::string>& letters,
                                                           Fen amount, Way way, Instant now) const {
  Named named;
  const auto alone = letters.size() == 1 ? std::optional(amount) : std::nullopt;
  for (const std::string& letter : letters) {
    TRY_DO(add_letter(letter, alone, way, now, named));
  }
  // Of several letters none may be without its payment.
  if (named.unsure || named.payments.size() != letters.size()) named.payments.clear();
  return named;
}

// What adds up counts, the surest first: a line may name its whole batch and a payment of it.
Result<PaymentService::Named> PaymentService::find_named(const References& found, Fen amount,
                                                         Way way, Instant now) const {
  Named first;
  const auto better = [&](Named named) {
    named.complete = adds_up(named, amount, way);
    if (first.cases.empty() || (named.complete && !first.complete)) first = std::move(named);
    return first.complete;
  };
  if (found.end_to_end) {
    TRY(auto one, find_one(*found.end_to_end, way, now));
    if (better(std::move(one))) return first;
  }
  // What has the number of one payment is of no other one of its letter.
  std::vector<std::string> letters = found.letters;
  if (found.end_to_end && letters == std::vector{found.end_to_end->letter_number}) letters.clear();
  TRY(auto named, find_letters(letters, amount, way, now));
  if (better(std::move(named))) return first;
  for (const std::string& number : found.batches) {
    Named batch;
    TRY_DO(add_batch(number, batch));
    if (better(std::move(batch))) return first;
  }
  return first;
}

// The bank's list, a person or another line will say which one it is.
PaymentService::LineTaken PaymentService::wait_if_unsure(const Named& named, LineTaken taken) {
  if (!named.unsure) return taken;
  taken.outcome = BankOutcome::kEarly;
  taken.again = true;
  return taken;
}

// Whether a payment that is ordered later may be the one of which the line is already: what has its
// number is, and after a loss what has its letter may be.
bool PaymentService::may_be_ordered(const v1::BankLine& line) const {
  return has_lost() || find_references(line).end_to_end.has_value();
}

// Whether payments of these cases may still come to light.
Result<bool> PaymentService::recovers_any(const std::vector<CaseId>& cases, Instant now) {
  for (const CaseId& id : cases) {
    TRY(const auto subject, cases_.load(id, now));
    if (subject != nullptr && !guard_.may_write(subject->peer)) return true;
  }
  return false;
}

// --- debits ---

Result<std::optional<PaymentService::LineTaken>> PaymentService::take_debit(
    const v1::BankLine& line, const Digest& digest, Instant now) {
  TRY(auto named, find_named(find_references(line), Fen{-line.amount_fen()}, Way::kOut, now));
  if (named.cases.empty()) return std::nullopt;
  LineTaken taken;
  taken.left = Fen{line.amount_fen()};
  taken.proposals = named.cases;
  taken.outcome = BankOutcome::kAmountDiffers;
  TRY(const auto again, recovers_any(named.cases, now));
  taken.again = again || (named.forgotten && may_be_ordered(line));
  if (named.forgotten) taken.outcome = BankOutcome::kNotExpected;
  if (again) taken.outcome = BankOutcome::kEarly;
  // The payment that the line is of may be another one, which still has to come back.
  if (again || !named.complete) return wait_if_unsure(named, taken);
  const auto debited = std::ranges::count_if(
      named.payments, [](const Payment& known) { return !known.record.debit_line().empty(); });
  if (debited > 0) {
    taken.outcome = BankOutcome::kNotExpected;
    const bool all = static_cast<size_t>(debited) == named.payments.size();
    return all ? take_second_debit(named, digest, std::move(taken), now)
               : Result<std::optional<LineTaken>>(taken);
  }
  taken.outcome = BankOutcome::kPaidOut;
  taken.again = false;
  taken.left = Fen{};
  taken.proposals.clear();
  for (Payment& payment : named.payments) {
    taken.to.push_back({payment.id, Fen{-sent(payment.record)}, payment.attempt});
    TRY_DO(debit(payment, digest, now));
  }
  return taken;
}

Result<void> PaymentService::debit(Payment& payment, const Digest& line, Instant now) {
  payment.record.set_debit_line(std::string(view(line)));
  TRY_DO(advance(payment, PaymentEvent::kDebited, now));
  write(payment);
  return {};
}

// All that the line is of was debited before: the bank has paid it twice. Nobody has ordered that,
// so it is a payment of its own, of which the other agency is told.
Result<std::optional<PaymentService::LineTaken>> PaymentService::take_second_debit(
    const Named& named, const Digest& digest, LineTaken taken, Instant now) {
  taken.left = Fen{};
  for (const Payment& payment : named.payments) {
    TRY(auto again, pay_again(payment, now));
    const Fen amount{sent(payment.record)};
    if (!again) {
      taken.left.value -= amount.value;
      continue;
    }
    again->record.set_debit_line(std::string(view(digest)));
    write(*again);
    taken.to.push_back({payment.id, -amount, again->attempt});
  }
  if (taken.left.value != 0) return taken;
  taken.outcome = BankOutcome::kPaidAgain;
  taken.again = false;
  taken.proposals.clear();
  return taken;
}

// The payment that the case then has; nullopt: it takes none. One that a recovery has replayed
// still lacks its line.
Result<std::optional<PaymentService::Payment>> PaymentService::pay_again(const Payment& payment,
                                                                         Instant now) {
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  for (uint32_t attempt = payment.attempt + 1; attempt <= subject->attempt; ++attempt) {
    auto known = read(payment.id, attempt);
    if (!known) return tl::unexpected(known.error());
    const bool lacks_line = *known && (*known)->record.again_of() == payment.attempt &&
                            (*known)->record.debit_line().empty();
    if (lacks_line) return known;
  }
  Event event;
  event.kind = EventKind::kBankPaidAgain;
  event.at = now;
  event.actor = kBankActor;
  event.amount = Fen{sent(payment.record)};
  event.attempt = payment.attempt;
  TRY(const auto outcome, apply(*subject, event));
  if (!outcome) return std::nullopt;
  return read(payment.id, (*outcome)->attempt);
}

// --- returns ---

Result<std::optional<PaymentService::LineTaken>> PaymentService::hindrance(const Payment& payment,
                                                                           Instant now) {
  LineTaken taken;
  taken.outcome = BankOutcome::kNotExpected;
  const PaymentState state = state_of(payment.record);
  const bool sent_at_all = payment.record.exported_fen() != 0 || payment.record.recovered() ||
                           is_doubtful(payment.record, doubt_until_ms_) ||
                           (!is_waiting(state) && state != PaymentState::kTakenBack);
  if (!sent_at_all || still_out(payment.record) <= 0) return taken;
  if (payment.record.amount_fen() <= payment.record.returned_fen()) return std::nullopt;
  TRY(const auto subject, cases_.load(payment.id, now));
  CHECK(subject != nullptr);
  // What the other agency says that it has credited it has to take back first.
  taken.again = true;
  const int64_t free = subject->moved.value - subject->credited.value;
  if (payment.record.amount_fen() - payment.record.returned_fen() > free) return taken;
  return std::nullopt;
}

Result<std::optional<PaymentService::LineTaken>> PaymentService::take_return(
    const v1::BankLine& line, Instant now) {
  TRY(auto named, find_named(find_references(line), Fen{line.amount_fen()}, Way::kBack, now));
  if (named.cases.empty()) return std::nullopt;
  LineTaken taken;
  taken.left = Fen{line.amount_fen()};
  taken.proposals = named.cases;
  // All of it has come back before, or some other amount has.
  const bool out =
      std::any_of(named.payments.begin(), named.payments.end(),
                  [](const Payment& payment) { return still_out(payment.record) > 0; });
  taken.outcome = out ? BankOutcome::kAmountDiffers : BankOutcome::kNotExpected;
  TRY(const auto again, recovers_any(named.cases, now));
  taken.again = again || (named.forgotten && may_be_ordered(line));
  if (named.forgotten) taken.outcome = BankOutcome::kNotExpected;
  if (again) taken.outcome = BankOutcome::kEarly;
  if (again || !named.complete) return wait_if_unsure(named, taken);
  for (const Payment& payment : named.payments) {
    TRY(const auto hindered, hindrance(payment, now));
    if (!hindered) continue;
    taken.outcome = hindered->outcome;
    taken.again = hindered->again;
    return taken;
  }
  taken.outcome = BankOutcome::kReturned;
  taken.again = false;
  taken.left = Fen{};
  for (const Payment& payment : named.payments) {
    const Fen part{still_out(payment.record)};
    TRY(const auto brought, bring_back(payment, part, reason_of_return(line), now));
    if (brought) taken.to.push_back({payment.id, part, payment.attempt});
    if (!brought) taken.left.value += part.value;
  }
  if (taken.left.value > 0) taken.outcome = BankOutcome::kNotExpected;
  if (taken.left.value == 0) taken.proposals.clear();
  return taken;
}

Result<bool> PaymentService::tell_return(const CaseId& id, uint32_t attempt, Fen amount,
                                         std::string_view reason, Instant now) {
  TRY(const auto subject, cases_.load(id, now));
  if (subject == nullptr || subject->side != Side::kOut) return false;
  v1::ActionInput input;
  input.set_amount_fen(amount.value);
  input.set_reason(std::string(reason));
  Event event;
  event.kind = EventKind::kBankReturned;
  event.at = now;
  event.actor = kBankActor;
  event.input = &input;
  event.attempt = attempt;
  TRY(const auto outcome, apply(*subject, event));
  return outcome.has_value();
}

Result<bool> PaymentService::bring_back(const Payment& payment, Fen part, std::string_view reason,
                                        Instant now) {
  // Less what a report or a person has said before of the same return.
  const int64_t known =
      still_out(payment.record) - payment.record.amount_fen() + payment.record.returned_fen();
  const Fen news{part.value - std::max<int64_t>(known, 0)};
  if (news.value > 0) {
    const auto told = tell_return(payment.id, payment.attempt, news, reason, now);
    if (!told || !*told) return told;
  }
  TRY(auto returned, read(payment.id, payment.attempt));
  v1::PaymentRecord& record = returned->record;
  record.set_seen_back_fen(record.seen_back_fen() + part.value);
  TRY_DO(advance(*returned, PaymentEvent::kBroughtBack, now));
  if (!reason.empty() && !record.contradicted()) record.set_reason(std::string(reason));
  write(*returned);
  return true;
}

}  // namespace jiexu
