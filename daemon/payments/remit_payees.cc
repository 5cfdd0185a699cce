// Accounts that are not in the directory, and what stands in the way of payments.
#include "daemon/bankfiles/bank_text.h"
#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

Digest digest_of_account(const v1::Payee& payee) {
  std::string text;
  for (const std::string* field :
       {&payee.account_holder(), &payee.account_number(), &payee.bank_name(), &payee.cnaps()}) {
    append_u32(text, static_cast<uint32_t>(field->size()));
    text += *field;
  }
  return sha256(text);
}

v1::PayeeView view_payee(const Case& subject, bool listed,
                         const v1::PayeeConfirmationRecord& confirmation) {
  v1::PayeeView out;
  out.set_case_id(subject.id.str());
  *out.mutable_payee() = subject.payee;
  out.set_listed(listed);
  out.set_content(to_hex(view(digest_of_account(subject.payee))));
  out.set_first_by(confirmation.first_by());
  out.set_first_note(confirmation.first_note());
  out.set_second_by(confirmation.second_by());
  out.set_second_note(confirmation.second_note());
  return out;
}

}  // namespace

// The number alone is none: the bank pays to whoever holds it.
bool PaymentService::is_listed(const Case& subject) const {
  const auto found = accounts_.find(subject.peer);
  if (found == accounts_.end() || found->second.account.empty()) return false;
  const BankAccount& listed = found->second;
  const v1::Payee& payee = subject.payee;
  return clean_number(listed.account) == clean_number(payee.account_number()) &&
         name_key(listed.holder) == name_key(payee.account_holder()) &&
         name_key(listed.bank) == name_key(payee.bank_name());
}

// Empty if it was of another account.
Result<v1::PayeeConfirmationRecord> PaymentService::read_confirmation(const Case& subject) const {
  TRY(auto record,
      tx_.get_message<v1::PayeeConfirmationRecord>(layout::payee_confirmation_key(subject.id)));
  const Digest now = digest_of_account(subject.payee);
  if (!record || record->content() != view(now)) return v1::PayeeConfirmationRecord();
  return std::move(*record);
}

PaymentService::Outcome<v1::PayeeView> PaymentService::show_payee(const CaseId& id, Instant now) {
  using Shown = tl::expected<v1::PayeeView, Rejection>;
  TRY(const auto subject, cases_.load(id, now));
  if (subject == nullptr) return Shown(refuse(Refusal::kUnknownCase));
  TRY(const auto confirmation, read_confirmation(*subject));
  return Shown(view_payee(*subject, is_listed(*subject), confirmation));
}

PaymentService::Outcome<v1::PayeeView> PaymentService::confirm_payee(const CaseId& id,
                                                                     std::string_view content,
                                                                     std::string_view note,
                                                                     std::string_view user,
                                                                     Instant now) {
  using Shown = tl::expected<v1::PayeeView, Rejection>;
  TRY(const auto found, cases_.load(id, now));
  if (found == nullptr) return Shown(refuse(Refusal::kUnknownCase));
  const Case& subject = *found;
  if (subject.side != Side::kOut || is_listed(subject)) {
    return Shown(refuse(Refusal::kPayeeListed));
  }
  if (note.empty()) return Shown(refuse(Refusal::kInputMissing, "note: is missing"));
  const Digest account = digest_of_account(subject.payee);
  if (from_hex(content) != view(account)) return Shown(refuse(Refusal::kPayeeNotAsSeen));
  TRY(auto read, read_confirmation(subject));
  v1::PayeeConfirmationRecord& record = read;
  const bool again = record.first_by() == user || !record.second_by().empty();
  if (again) return Shown(view_payee(subject, false, record));
  record.set_content(std::string(view(account)));
  if (record.first_by().empty()) {
    record.set_first_by(std::string(user));
    record.set_first_at_ms(now.ms);
    record.set_first_note(std::string(note));
  } else {
    record.set_second_by(std::string(user));
    record.set_second_at_ms(now.ms);
    record.set_second_note(std::string(note));
  }
  tx_.put_message(layout::payee_confirmation_key(id), record);
  return Shown(view_payee(subject, false, record));
}

Result<std::vector<layout::WaitingPayment>> PaymentService::waiting_after(
    const std::optional<layout::WaitingPayment>& after, size_t limit) const {
  std::vector<layout::WaitingPayment> places;
  const std::string lower = after ? layout::waiting_payment_key(*after).str() + '\0'
                                  : std::string(layout::kWaitingPayments);
  Result<void> read;
  const auto found = tx_.scan(Family::kIndex, lower, layout::prefix_end(layout::kWaitingPayments),
                              [&](std::string_view key, std::string_view) {
                                const auto place = layout::parse_waiting_payment_key(key);
                                if (place) places.push_back(*place);
                                if (!place) read = tl::unexpected(place.error());
                                return read && places.size() < limit;
                              });
  if (!found) return tl::unexpected(found.error());
  if (!read) return tl::unexpected(read.error());
  return places;
}

Result<v1::PaymentViews> PaymentService::waiting(const std::optional<layout::WaitingPayment>& after,
                                                 size_t limit, Instant now) {
  TRY(auto places, waiting_after(after, limit + 1));
  v1::PaymentViews views;
  if (places.size() > limit) {
    places.pop_back();
    views.set_next(to_hex(layout::waiting_payment_key(places.back())));
  }
  for (const auto& [ordered, id, attempt] : places) {
    TRY(const auto payment, read(id, attempt));
    TRY(const auto subject, cases_.load(id, now));
    CHECK(payment.has_value() && subject != nullptr);
    TRY(const auto why, obstacle(*subject, *payment, now));
    *views.add_payments() = view_payment(id, attempt, payment->record, why, now);
  }
  return views;
}

}  // namespace jiexu
