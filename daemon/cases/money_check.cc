#include "daemon/cases/money_check.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/cases/payments.h"
#include "daemon/rules/field_checks.h"
#include "daemon/rules/letter_number.h"

namespace jiexu {
namespace {

using Checked = std::optional<Rejection>;

constexpr Date kFirstDay{2000, 1, 1};

// What a message says besides the amount that it moves: none, or at most `max`.
Checked check_stated(int64_t fen, int64_t max, const char* field) {
  if (fen < 0) return rejection(Refusal::kAmountNotPositive, field);
  if (fen > max) return rejection(Refusal::kAmountTooLarge, field);
  return std::nullopt;
}

// A clerk who keys in a sheet may leave the day out.
Checked check_day(const Case& subject, const Event& event, int32_t yyyymmdd,
                  const std::string& field) {
  if (yyyymmdd == 0 && event.on_paper) return std::nullopt;
  const auto day = Date::from_yyyymmdd(yyyymmdd);
  if (!day) return rejection(Refusal::kDateInvalid, field + ": must be a day as yyyymmdd");
  const Date tomorrow = Date::from_days(date_of(written_at(event)).days() + 1);
  if (*day > tomorrow) return rejection(Refusal::kDateInvalid, field + ": lies in the future");
  if (*day < kFirstDay) return rejection(Refusal::kDateInvalid, field + ": lies before 2000");
  if (is_before_letter(subject, *day)) {
    return rejection(Refusal::kDateInvalid, field + ": lies before the letter");
  }
  return std::nullopt;
}

// --- a notice ---

// The other agency may not know of our change: it crosses the notice, or the letter was forwarded
// to another agency after the change. The case keeps the last account only.
bool may_name_earlier_account(const Case& subject) {
  return subject.payee_version > 1;
}

bool is_same_account(const v1::Payee& a, const v1::Payee& b) {
  return number_key(a.account_number()) == number_key(b.account_number()) &&
         name_key(a.account_holder()) == name_key(b.account_holder());
}

// Of money that goes to another account than the case's, nothing can come.
Checked check_account(const Case& subject, const Event& event, const v1::Payee& named) {
  const bool left_out = event.on_paper && named.account_number().empty();
  if (left_out || may_name_earlier_account(subject) || is_same_account(named, subject.payee)) {
    return std::nullopt;
  }
  return rejection(Refusal::kNoticePayee, "payee: is not the account of the letter");
}

Checked check_end_to_end(const Case& subject, const Event& event,
                         const v1::RemittanceNotice& notice) {
  const std::string& named = notice.end_to_end_id();
  const uint32_t of = notice.again_of() != 0 ? notice.again_of() : notice.attempt();
  const bool left_out = event.on_paper && (named.empty() || notice.attempt() == 0);
  if (left_out || named == subject.letter_number + "-" + std::to_string(of)) return std::nullopt;
  return rejection(Refusal::kNoticeAttempt, "end_to_end_id: must be letter number and attempt");
}

// The number of a payment that is not known yet; none is left out. An agency without Jiexu gives
// its payments no numbers, and sheets may be keyed in in another order than they were written. What
// the bank has paid twice may be of a payment whose notice nobody here could use.
Checked check_fresh(const Case& subject, const Event& event, const v1::RemittanceNotice& notice,
                    Content& content) {
  const uint32_t next = subject.attempt + 1;
  const bool numbered = notice.attempt() != 0;
  content.attempt = numbered ? notice.attempt() : next;
  const bool gap = event.on_paper || notice.again_of() != 0;
  const auto last = static_cast<uint32_t>(next + (gap ? limits::kPaymentsOfCaseMax : 0));
  const bool earlier = notice.again_of() < content.attempt;
  if ((!numbered && !event.on_paper) || content.attempt > last || !earlier) {
    return rejection(Refusal::kNoticeAttempt,
                     "attempt: must be " + std::to_string(next) + ", or one that is known");
  }
  if (auto full = check_room_for_payment(subject, content.attempt)) return full;
  return check_sum(subject.noticed, content.amount);
}

// The payment is known: the notice says in which batch it went, or nothing new.
Checked check_known(const OpenPayment* known, const v1::RemittanceNotice& notice,
                    Content& content) {
  content.attempt = notice.attempt();
  if (known != nullptr && known->open == content.amount) return std::nullopt;
  const std::string was = known != nullptr ? known->open.yuan() : "nothing";
  return rejection(
      Refusal::kNoticeContradicts,
      "amount_fen: of payment " + std::to_string(notice.attempt()) + " " + was + " is on its way");
}

Checked check_noticed(const Case& subject, const Event& event, const Context& context,
                      Content& content) {
  const v1::RemittanceNotice& notice = event.message->remittance_notice();
  if (auto wrong = check_amount(Fen{notice.amount_fen()}, content)) return wrong;
  if (auto wrong =
          check_stated(notice.batch_total_fen(), limits::kBatchFenMax, "batch_total_fen")) {
    return wrong;
  }
  if (context.number_foreign) return rejection(Refusal::kBatchNumberForeign, "batch_number");
  if (auto wrong = check_day(subject, event, notice.paid_on(), "paid_on")) return wrong;
  if (auto wrong = check_account(subject, event, notice.payee())) return wrong;
  if (auto wrong = check_end_to_end(subject, event, notice)) return wrong;
  const OpenPayment* known = subject.payment(notice.attempt());
  const bool numbered = notice.attempt() != 0 && notice.attempt() <= subject.attempt;
  // Of payments that were keyed in, the earlier ones may come later; so does a notice that was set
  // aside when its number was used up.
  const bool late =
      known == nullptr && (event.on_paper || event.released || !subject.papers.empty());
  if (numbered && !late) return check_known(known, notice, content);
  return check_fresh(subject, event, notice, content);
}

// --- the others ---

Checked check_difference(const v1::FundsDiff& diff) {
  if (auto wrong = check_stated(diff.due_fen(), limits::kCaseFenMax, "due_fen")) return wrong;
  if (auto wrong = check_stated(diff.received_fen(), limits::kCaseFenMax, "received_fen")) {
    return wrong;
  }
  return check_stated(diff.reversed_fen(), limits::kCaseFenMax, "reversed_fen");
}

Checked check_sent_back(const Case& subject, const Event& event, Content& content) {
  const v1::FundsReturned& returned = event.message->funds_returned();
  if (auto wrong = check_stated(returned.credited_fen(), limits::kCaseFenMax, "credited_fen")) {
    return wrong;
  }
  if (auto wrong = check_stated(returned.kept_fen(), limits::kCaseFenMax, "kept_fen")) return wrong;
  if (auto wrong = check_day(subject, event, returned.returned_on(), "returned_on")) return wrong;
  return check_amount(Fen{returned.amount_fen()}, content);
}

Checked check_bounced(const Case& subject, const Event& event, Content& content) {
  const v1::BankReturned& bounced = event.message->bank_returned();
  if (auto wrong = check_day(subject, event, bounced.returned_on(), "returned_on")) return wrong;
  const bool numbered = bounced.attempt() != 0 && bounced.attempt() <= subject.attempt;
  if (!numbered && !event.on_paper) {
    return rejection(Refusal::kNoticeAttempt, "attempt: no such payment is known");
  }
  return check_amount(Fen{bounced.amount_fen()}, content);
}

Checked check_person_paid(const Case& subject, const Event& event, Content& content) {
  const v1::RefundToPerson& refund = event.message->refund_to_person();
  if (auto wrong = check_day(subject, event, refund.paid_on(), "paid_on")) return wrong;
  if (auto wrong = check_amount(Fen{refund.amount_fen()}, content)) return wrong;
  return check_sum(subject.refunded, content.amount);
}

Checked check_acknowledged(const Case& subject, const Event& event, Content& content) {
  const v1::FundsAck& ack = event.message->funds_ack();
  if (auto wrong = check_day(subject, event, ack.credited_on(), "credited_on")) return wrong;
  return check_amount(Fen{ack.amount_fen()}, content);
}

// Each of them says what is credited in all: an older word must not undo a newer one.
bool is_overtaken_word(const Case& subject, const Event& event) {
  const bool of_credited = event.kind == EventKind::kFundsAckIn ||
                           event.kind == EventKind::kFundsDiffIn ||
                           event.kind == EventKind::kFundsReturnedIn;
  if (!of_credited || !event.released) return false;
  // 0: it was said on paper, or before this was kept.
  const bool unknown = subject.credited_case_seq == 0 && subject.credited.value != 0;
  return unknown || event.message->case_seq() < subject.credited_case_seq;
}

}  // namespace

bool is_before_letter(const Case& subject, Date day) {
  return not_before_letter(subject, day) != day;
}

Date not_before_letter(const Case& subject, Date day) {
  const auto letter = LetterNumber::parse(subject.letter_number);
  return letter ? std::max(day, letter->issued_on()) : day;
}

Checked check_amount(Fen amount, Content& content) {
  if (amount.value <= 0) return rejection(Refusal::kAmountNotPositive, "amount_fen");
  if (amount.value > kFormAmountMaxFen) return rejection(Refusal::kAmountTooLarge, "amount_fen");
  content.amount = amount;
  return std::nullopt;
}

Checked check_sum(Fen before, Fen more) {
  if (before.value <= limits::kCaseFenMax - more.value) return std::nullopt;
  return rejection(Refusal::kAmountTooLarge, "amount_fen: with what came before");
}

bool is_about_money(EventKind kind) {
  switch (kind) {
    case EventKind::kRemitNoticeIn:
    case EventKind::kFundsAckIn:
    case EventKind::kFundsDiffIn:
    case EventKind::kFundsReturnedIn:
    case EventKind::kBankReturnedIn:
    case EventKind::kRefundToPersonIn: return true;
    default: return false;
  }
}

Checked check_money(const Case& subject, const Event& event, const Context& context,
                    Content& content) {
  if (is_overtaken_word(subject, event)) {
    return rejection(Refusal::kReplayed, "a later message has said what is credited");
  }
  switch (event.kind) {
    case EventKind::kRemitNoticeIn: return check_noticed(subject, event, context, content);
    case EventKind::kFundsAckIn: return check_acknowledged(subject, event, content);
    case EventKind::kFundsDiffIn: return check_difference(event.message->funds_diff());
    case EventKind::kFundsReturnedIn: return check_sent_back(subject, event, content);
    case EventKind::kBankReturnedIn: return check_bounced(subject, event, content);
    default: return check_person_paid(subject, event, content);
  }
}

}  // namespace jiexu
