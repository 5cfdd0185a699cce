#include "daemon/bank/bank_book.h"

#include <algorithm>

#include "daemon/bankfiles/bank_text.h"
#include "daemon/rules/batch_number.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kProposalsMax = 5;

ExpectedCase expected_from(const Case& subject) {
  ExpectedCase expected;
  expected.id = subject.id;
  expected.payer = subject.peer;
  expected.form_known = subject.form_version > 0;
  expected.takes = true;  // also after its end: then the money is sent back (X13)
  expected.missing = Fen{subject.due.value - subject.moved.value};
  return expected;
}

}  // namespace

void BankBook::set_directory(const Directory& directory, AgencyId self) {
  owners_.clear();
  others_.clear();
  for (const Agency& agency : directory.agencies()) {
    const std::string account = clean_number(agency.bank.account);
    if (agency.id != self) others_.push_back(agency.id);
    if (agency.id != self && !account.empty()) owners_.emplace(account, agency.id);
  }
}

Result<std::optional<v1::IncomingBatchRecord>> BankBook::read_batch(std::string_view number) const {
  if (!BatchNumber::parse(number)) return std::nullopt;
  return tx_.get_message<v1::IncomingBatchRecord>(layout::incoming_batch_key(number));
}

void BankBook::write_batch(std::string_view number, const v1::IncomingBatchRecord& record) {
  tx_.put_message(layout::incoming_batch_key(number), record);
}

Result<std::optional<ExpectedBatch>> BankBook::batch(std::string_view number) {
  TRY(const auto record, read_batch(number));
  if (!record || record->peer().empty()) return unannounced(number);
  ExpectedBatch batch;
  batch.payer = AgencyId::parse(record->peer()).value_or(AgencyId());
  batch.lines = record->lines();
  batch.total = Fen{record->total_fen()};
  batch.waiting = Fen{record->waiting_fen()};
  batch.settled = record->settled();
  for (const v1::AllocationRecord& part : record->noticed()) {
    const auto id = CaseId::from_bytes(part.case_id());
    if (!id) return fail(Errc::kCorrupt, "an incoming batch names no case");
    batch.noticed.push_back({*id, Fen{part.amount_fen()}});
  }
  return batch;
}

std::optional<ExpectedBatch> BankBook::unannounced(std::string_view number) const {
  const auto parsed = BatchNumber::parse(number);
  const auto payer = std::ranges::find_if(
      others_, [&](AgencyId agency) { return parsed && parsed->is_of(agency); });
  if (payer == others_.end()) return std::nullopt;
  ExpectedBatch batch;
  batch.payer = *payer;
  batch.announced = false;
  return batch;
}

Result<std::optional<ExpectedCase>> BankBook::letter(std::string_view number) {
  TRY(const auto ids, cases_.find_letter(number));
  std::optional<ExpectedCase> expected;
  for (const CaseId& id : ids) {
    TRY(const auto subject, cases_.load(id, now_));
    if (subject == nullptr || subject->side != Side::kIn) continue;
    if (expected) {
      expected->namesake = id;
      break;
    }
    expected = expected_from(*subject);
  }
  return expected;
}

Result<std::vector<CaseId>> BankBook::missing(Fen amount, std::string_view payer_account) {
  std::vector<CaseId> found;
  if (amount.value <= 0) return found;
  const Key prefix = layout::missing_prefix(amount.value);
  Result<void> read;
  const auto done = tx_.scan(Family::kIndex, prefix, layout::prefix_end(prefix),
                             [&](std::string_view key, std::string_view) {
                               const auto id = layout::parse_missing_key(key);
                               if (!id) read = tl::unexpected(id.error());
                               if (id) found.push_back(*id);
                               return id && found.size() < kProposalsMax;
                             });
  if (!done) return tl::unexpected(done.error());
  if (!read) return tl::unexpected(read.error());
  const auto payer = owner(payer_account);
  std::stable_partition(found.begin(), found.end(), [&](const CaseId& id) {
    const auto subject = cases_.load(id, now_);
    return payer && subject && *subject != nullptr && (*subject)->peer == *payer;
  });
  return found;
}

std::optional<AgencyId> BankBook::owner(std::string_view account) {
  const auto it = owners_.find(account);
  return it == owners_.end() ? std::nullopt : std::optional(it->second);
}

}  // namespace jiexu
