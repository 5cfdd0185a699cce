#include "daemon/payments/remit_views.h"

#include "daemon/base/bytes.h"
#include "daemon/payments/payment_service.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr size_t kAccountEnd = 4;

std::string time_text(int64_t ms) {
  return ms == 0 ? std::string() : Instant{ms}.str();
}

std::string masked(const std::string& account) {
  return account.size() <= kAccountEnd ? account
                                       : "*" + account.substr(account.size() - kAccountEnd);
}

v1::ReleaseView view_release(const v1::ReleaseRecord& release) {
  v1::ReleaseView out;
  out.set_note(release.note());
  out.set_content(to_hex(release.content()));
  out.set_proposed_by(release.proposed_by());
  out.set_proposed_at(time_text(release.proposed_at_ms()));
  out.set_approved_by(release.approved_by());
  out.set_approved_at(time_text(release.approved_at_ms()));
  out.set_went_out(release.went_out());
  return out;
}

}  // namespace

Digest release_content(const CaseId& id, uint32_t attempt, const v1::PaymentRecord& record,
                       const v1::ReleaseRecord& release) {
  v1::PaymentRecord payment = record;
  payment.clear_releases();
  std::string text = "jiexu release 1";
  append_u64(text, static_cast<uint64_t>(release.proposed_at_ms()));
  append_u32(text, attempt);
  const std::string bytes = payment.SerializeAsString();
  if (release.went_out()) text += "went out";
  for (const std::string_view field : {id.bytes(), std::string_view(release.proposed_by()),
                                       std::string_view(release.note()), std::string_view(bytes)}) {
    append_u32(text, static_cast<uint32_t>(field.size()));
    text += field;
  }
  return sha256(text);
}

const v1::ReleaseRecord* open_release(const CaseId& id, uint32_t attempt,
                                      const v1::PaymentRecord& record) {
  if (record.releases().empty()) return nullptr;
  const v1::ReleaseRecord& last = *record.releases().rbegin();
  const bool open = last.approved_by().empty() &&
                    last.content() == view(release_content(id, attempt, record, last));
  return open ? &last : nullptr;
}

bool is_doubtful(const v1::PaymentRecord& record, int64_t doubt_until_ms) {
  if (!is_waiting(static_cast<PaymentState>(record.state()))) return false;
  if ((record.recovered() || record.after_loss()) && record.released_at_ms() == 0) return true;
  return record.ordered_at_ms() <= doubt_until_ms && record.released_at_ms() < doubt_until_ms;
}

v1::PaymentView view_payment(const CaseId& id, uint32_t attempt, const v1::PaymentRecord& record,
                             std::string_view obstacle, Instant now) {
  v1::PaymentView out;
  out.set_payment(EndToEndId{record.letter_number(), attempt}.text());
  out.set_case_id(id.str());
  out.set_attempt(attempt);
  out.set_amount_fen(record.amount_fen() - record.returned_fen());
  out.set_state(std::string(name(static_cast<PaymentState>(record.state()))));
  out.set_batch(record.batch());
  out.set_waits_for(std::string(obstacle));
  out.set_reason(record.reason());
  out.set_went_out_as(record.went_out_as());
  out.set_ordered_by(record.ordered_by());
  out.set_age_ms(std::max<int64_t>(now.ms - record.ordered_at_ms(), 0));
  for (const v1::ReleaseRecord& release : record.releases()) {
    const bool open = &release == open_release(id, attempt, record);
    if (open || !release.approved_by().empty()) *out.add_releases() = view_release(release);
  }
  return out;
}

v1::RemittanceBatchView view_batch(std::string_view number, const v1::RemittanceBatchRecord& batch,
                                   bool whole_account) {
  v1::RemittanceBatchView out;
  out.set_batch(std::string(number));
  out.set_state(std::string(name(static_cast<BatchState>(batch.state()))));
  out.set_content(to_hex(view(content_of(number, batch))));
  int64_t total = 0;
  for (const v1::BatchPaymentRecord& payment : batch.payments()) total += payment.amount_fen();
  out.set_total_fen(total);
  out.set_count(static_cast<uint32_t>(batch.payments_size()));
  out.set_payee_holder(batch.payee().account_holder());
  const std::string& account = batch.payee().account_number();
  out.set_payee_account(whole_account ? account : masked(account));
  out.set_payee_bank(batch.payee().bank_name());
  out.set_made_by(batch.made_by());
  out.set_made_at(time_text(batch.made_at_ms()));
  out.set_approved_by(batch.approved_by());
  out.set_approved_at(time_text(batch.approved_at_ms()));
  out.set_exported_by(batch.exported_by());
  out.set_exported_at(time_text(batch.exported_at_ms()));
  if (batch.format() != 0) {
    out.set_format(std::string(name(static_cast<PaymentFormat>(batch.format()))));
  }
  out.set_note(batch.note());
  return out;
}

}  // namespace jiexu
