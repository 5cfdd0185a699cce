#include "daemon/payments/payment_queries.h"

#include "daemon/base/bytes.h"
#include "daemon/engine/scan_page.h"

namespace jiexu {
namespace {

Result<RemittanceBatchEntry> read_batch_entry(std::string_view key, std::string_view value) {
  TRY(const auto text, layout::parse_remittance_batch_key(key));
  auto number = BatchNumber::parse(text);
  if (!number) return layout::no_key_of(layout::Kind::kRemittanceBatch);
  TRY(auto record, parse_as<v1::RemittanceBatchRecord>(value));
  return RemittanceBatchEntry{std::move(*number), std::move(record)};
}

// Of a payment that something else names.
Result<PaymentEntry> read_named_payment(const Records& records, const CaseId& id,
                                        uint32_t attempt) {
  TRY(auto record, read_payment(records, id, attempt));
  if (!record) return fail(Errc::kCorrupt, "a payment is missing; run jiexu doctor");
  return PaymentEntry{id, attempt, std::move(*record)};
}

}  // namespace

std::optional<PaymentPlace> parse_payment_place(std::string_view text) {
  return parse_cursor(text, layout::parse_waiting_payment_key);
}

Result<std::optional<v1::PaymentRecord>> read_payment(const Records& records, const CaseId& id,
                                                      uint32_t attempt) {
  return records.get_message<v1::PaymentRecord>(layout::payment_key(id, attempt));
}

Result<std::vector<PaymentEntry>> list_payments(const Records& records, const CaseId& id,
                                                uint32_t attempts) {
  std::vector<PaymentEntry> out;
  for (uint32_t attempt = 1; attempt <= attempts; ++attempt) {
    TRY(auto record, read_payment(records, id, attempt));
    if (record) out.push_back({id, attempt, std::move(*record)});
  }
  return out;
}

Result<std::vector<PaymentEntry>> list_payments(const Records& records,
                                                const v1::RemittanceBatchRecord& batch) {
  std::vector<PaymentEntry> out;
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    const auto id = CaseId::from_bytes(place.case_id());
    if (!id) return fail(Errc::kCorrupt, "a payment of a batch has no case; run jiexu doctor");
    TRY(auto payment, read_named_payment(records, *id, place.attempt()));
    out.push_back(std::move(payment));
  }
  return out;
}

Result<std::vector<PaymentEntry>> list_proposed_releases(const Records& records, size_t limit) {
  const auto places =
      scan_page<layout::ProposedRelease>(records, {Family::kIndex, layout::kProposedReleases},
                                         limit, [](std::string_view key, std::string_view) {
                                           return layout::parse_proposed_release_key(key);
                                         });
  if (!places) return tl::unexpected(places.error());
  std::vector<PaymentEntry> out;
  for (const layout::ProposedRelease& place : places->entries) {
    TRY(auto payment, read_named_payment(records, place.id, place.attempt));
    out.push_back(std::move(payment));
  }
  return out;
}

Result<std::vector<PaymentPlace>> list_unanswered_payments(const Records& records, size_t limit) {
  auto found = scan_page<PaymentPlace>(records, {Family::kIndex, layout::kExportedPayments}, limit,
                                       [](std::string_view key, std::string_view) {
                                         return layout::parse_exported_payment_key(key);
                                       });
  if (!found) return tl::unexpected(found.error());
  return std::move(found->entries);
}

Result<std::optional<v1::RemittanceBatchRecord>> read_remittance_batch(const Records& records,
                                                                       const BatchNumber& number) {
  return records.get_message<v1::RemittanceBatchRecord>(
      layout::remittance_batch_key(number.text()));
}

Result<RemittanceBatchPage> list_remittance_batches(const Records& records,
                                                    const std::optional<BatchNumber>& after,
                                                    size_t limit) {
  const KeyRange range{Family::kFunds, layout::kRemittanceBatches,
                       after ? layout::remittance_batch_key(after->text()).str() : ""};
  TRY(auto found,
      scan_page<RemittanceBatchEntry>(records, range, limit, read_batch_entry, ScanOrder::kDown));
  RemittanceBatchPage page{std::move(found.entries), {}};
  if (found.more) page.next = page.batches.back().number;
  return page;
}

}  // namespace jiexu
