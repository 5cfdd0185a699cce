// What people decide about bank lines, and the records of lines and trays.
#include "daemon/base/check.h"
#include "daemon/engine/bank_desk.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kDigestSize = std::tuple_size_v<Digest>;

BankOutcome outcome_of(const v1::BankLineRecord& record) {
  return static_cast<BankOutcome>(record.outcome());
}

void set_outcome(BankOutcome outcome, v1::BankLineRecord& record) {
  record.set_outcome(static_cast<uint32_t>(outcome));
}

}  // namespace

Result<BankDesk::Settled> BankDesk::match_by_hand(const Digest& line,
                                                  const std::vector<Allocation>& to,
                                                  std::string_view user, std::string_view note,
                                                  Instant now) {
  auto entry = read(line);
  if (!entry) return tl::unexpected(entry.error());
  if (!*entry) return Settled(tl::unexpected(Rejection{Refusal::kBankLineUnknown, ""}));
  Record& record = (*entry)->record;
  if (record.tray_at_ms() == 0 || record.suspense_fen() <= 0) {
    return Settled(tl::unexpected(Rejection{Refusal::kBankLineSettled, ""}));
  }
  Fen total;
  for (const Allocation& part : to) {
    const auto sum = add(total, part.amount);
    total = part.amount.value > 0 && sum ? *sum : Fen{INT64_MAX};
  }
  if (total.value != record.suspense_fen()) {
    return Settled(tl::unexpected(
        Rejection{Refusal::kAllotmentSum, "the line has " + Fen{record.suspense_fen()}.yuan()}));
  }
  if (auto done = park(**entry, Fen{}, now); !done) return tl::unexpected(done.error());
  const auto refused = allot(record, to, now);
  if (!refused) return tl::unexpected(refused.error());
  if (auto done = park(**entry, *refused, now); !done) return tl::unexpected(done.error());
  record.set_note(std::string(note));
  record.set_settled_by(std::string(user));
  if (refused->value > 0) {
    set_outcome(to.size() > 1 ? BankOutcome::kBatchDiffers : BankOutcome::kNotExpected, record);
    record.clear_settled_by();
    if (auto done = write(**entry); !done) return tl::unexpected(done.error());
    return Settled(result_of(**entry));
  }
  auto done = settle(**entry, BankOutcome::kMatchedByHand, user, note, now);
  if (!done) return tl::unexpected(done.error());
  return Settled(result_of(**entry));
}

Result<BankDesk::Settled> BankDesk::set_aside(const Digest& line, std::string_view user,
                                              std::string_view note, Instant now) {
  auto entry = read(line);
  if (!entry) return tl::unexpected(entry.error());
  if (!*entry) return Settled(tl::unexpected(Rejection{Refusal::kBankLineUnknown, ""}));
  // Money that stands with a case is that case's affair.
  if ((*entry)->record.tray_at_ms() == 0 || (*entry)->record.to_size() > 0) {
    return Settled(tl::unexpected(Rejection{Refusal::kBankLineSettled, ""}));
  }
  if (note.empty()) return Settled(tl::unexpected(Rejection{Refusal::kInputMissing, "note"}));
  auto done = settle(**entry, BankOutcome::kSetAside, user, note, now);
  if (!done) return tl::unexpected(done.error());
  return Settled(result_of(**entry));
}

Result<void> BankDesk::settle(Entry& entry, BankOutcome outcome, std::string_view by,
                              std::string_view note, Instant now) {
  set_outcome(outcome, entry.record);
  entry.record.set_settled_by(std::string(by));
  entry.record.set_note(std::string(note));
  entry.record.set_settled_at_ms(now.ms);
  return write(entry);
}

// --- records ---

Result<std::optional<BankDesk::Entry>> BankDesk::read(const Digest& digest) {
  auto record = records_.get_message<Record>(Family::kFunds, layout::bank_line_key(digest));
  if (!record) return tl::unexpected(record.error());
  if (!*record) return std::nullopt;
  return Entry{digest, std::move(**record)};
}

Result<void> BankDesk::write(Entry& entry) {
  Record& record = entry.record;
  Batch& batch = pending_.open().batch();
  const auto tray_of = [&](uint32_t outcome) {
    return layout::tray_key(static_cast<uint8_t>(outcome),
                            Instant{static_cast<int64_t>(record.tray_at_ms())}, entry.digest);
  };
  if (record.tray_at_ms() != 0) batch.remove(Family::kIndex, tray_of(record.tray_outcome()));
  const bool waits = rule_of(outcome_of(record)).waits && record.settled_by().empty();
  // Age counts from the import, whatever tray it is in.
  record.set_tray_at_ms(waits ? static_cast<uint64_t>(record.at_ms()) : 0);
  record.set_tray_outcome(record.outcome());
  if (waits) batch.put(Family::kIndex, tray_of(record.outcome()), "");
  const Key key = layout::bank_line_key(entry.digest);
  records_.put_message(batch, Family::kFunds, key, record);
  pending_.open().index_last(Family::kFunds, key);
  if (!waits || record.to_size() != 1) return {};
  const auto id = CaseId::from_bytes(record.to(0).case_id());
  CHECK(id.has_value());
  return add_to_list(layout::waiting_lines_key(*id), entry.digest);
}

Result<std::vector<Digest>> BankDesk::read_list(const Key& key) const {
  const auto list = records_.get(Family::kIndex, key);
  if (!list) return tl::unexpected(list.error());
  const std::string_view bytes = *list ? std::string_view(**list) : std::string_view();
  std::vector<Digest> digests;
  for (size_t at = 0; at + kDigestSize <= bytes.size(); at += kDigestSize) {
    digests.push_back(*to_array<kDigestSize>(bytes.substr(at, kDigestSize)));
  }
  return digests;
}

Result<void> BankDesk::add_to_list(const Key& key, const Digest& digest) {
  auto list = records_.get(Family::kIndex, key);
  if (!list) return tl::unexpected(list.error());
  std::string bytes = std::move(*list).value_or(std::string());
  if (bytes.find(view(digest)) != bytes.npos) return {};
  bytes.append(view(digest));
  records_.put(pending_.open().batch(), Family::kIndex, key, bytes);
  pending_.open().index_last(Family::kIndex, key);
  return {};
}

}  // namespace jiexu
