// What people decide about bank lines, and the records of lines and queues.
#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/check.h"
#include "daemon/payments/rules/record_invariants.h"
#include "storage/layout.h"

namespace jiexu {
namespace {}  // namespace

Result<BankService::Settled> BankService::match_by_hand(const Digest& line,
                                                        const std::vector<Allocation>& to,
                                                        std::string_view user,
                                                        std::string_view note, Instant now) {
  TRY(auto entry, read(line));
  if (!entry) return Settled(tl::unexpected(Rejection{Refusal::kBankLineUnknown, ""}));
  Record& record = entry->record;
  if (record.queued_at_ms() == 0 || record.suspense_fen() == 0) {
    return Settled(tl::unexpected(Rejection{Refusal::kBankLineSettled, ""}));
  }
  if (!is_usable(record.line())) {
    return Settled(tl::unexpected(
        Rejection{Refusal::kAmountTooLarge, "the line's own amount; set the line aside"}));
  }
  const bool debit = record.suspense_fen() < 0;
  Fen total;
  for (const Allocation& part : to) {
    const auto sum = add(total, part.amount);
    total = part.amount.value > 0 && sum ? *sum : Fen{INT64_MAX};
  }
  const Fen open{std::abs(record.suspense_fen())};
  if (total != open) {
    return Settled(
        tl::unexpected(Rejection{Refusal::kAllotmentSum, "the line has " + open.yuan()}));
  }
  TRY(const auto recovering, is_recovering(to, now));
  if (recovering) return Settled(tl::unexpected(Rejection{Refusal::kRecovering, ""}));
  TRY(const auto named, name_payments(record.line(), to));
  if (!named) return Settled(tl::unexpected(named.error()));
  TRY(const auto left, leave_batch(*entry));
  if (left) {
    TRY_DO(give_up_batch(record.batch()));
  }
  TRY_DO(park(*entry, Fen{}, now));
  TRY(const auto refused, debit ? take_parts(*entry, *named, now) : allot(record, *named, now));
  // Whose another line of these cases is may be known now.
  for (const Allocation& part : to) try_again_soon(part.id);
  const Fen rest = debit ? -refused : refused;
  TRY_DO(park(*entry, rest, now));
  record.set_note(std::string(note));
  record.set_settled_by(std::string(user));
  if (refused.value > 0) {
    set_outcome(to.size() > 1 ? BankOutcome::kBatchDiffers : BankOutcome::kNotExpected, record);
    record.clear_settled_by();
    TRY_DO(write(*entry));
    return Settled(result_of(*entry));
  }
  // Until now it might have been another line, which a reversal would then have found twice.
  if (!record.may_repeat().empty()) {
    TRY_DO(note_twin(*entry));
  }
  TRY_DO(settle(*entry, BankOutcome::kMatchedByHand, user, note, now));
  return Settled(result_of(*entry));
}

// With each part the payment that it is of, if it is of one.
Result<tl::expected<std::vector<Allocation>, Rejection>> BankService::name_payments(
    const v1::BankLine& line, const std::vector<Allocation>& to) const {
  std::vector<Allocation> named = to;
  for (Allocation& part : named) {
    TRY(const auto attempt, payments_.payment_by_hand(part, line));
    if (!attempt) {
      return tl::expected<std::vector<Allocation>, Rejection>(tl::unexpected(attempt.error()));
    }
    part.attempt = *attempt;
  }
  return named;
}

// A person says which payments were debited, or of which cases the bank has taken money back.
Result<Fen> BankService::take_parts(Entry& entry, const std::vector<Allocation>& parts,
                                    Instant now) {
  Fen refused;
  for (const Allocation& part : parts) {
    Result<Fen> left = Fen{};
    if (part.attempt != 0) {
      TRY(const auto taken, payments_.take_debit_by_hand(part, entry.digest, now));
      if (!taken) left = part.amount;
    } else {
      left = take_from_case(part.id, part.amount, now);
    }
    if (!left) return tl::unexpected(left.error());
    refused.value += left->value;
    if (left->value == 0) add_part({part.id, -part.amount, part.attempt}, entry.record);
  }
  return refused;
}

Result<BankService::Settled> BankService::match_noticed(const Digest& line, std::string_view user,
                                                        std::string_view note, Instant now) {
  TRY(auto entry, read(line));
  if (!entry) return Settled(tl::unexpected(Rejection{Refusal::kBankLineUnknown, ""}));
  Record& record = entry->record;
  if (record.queued_at_ms() == 0 || record.suspense_fen() <= 0) {
    return Settled(tl::unexpected(Rejection{Refusal::kBankLineSettled, ""}));
  }
  book_.set_now(now);
  TRY(const auto expected, book_.batch(record.batch()));
  if (!expected || expected->settled || expected->noticed.empty()) {
    return Settled(tl::unexpected(Rejection{Refusal::kBatchUnknown, ""}));
  }
  int64_t total = 0;
  for (const Allocation& part : expected->noticed) total += part.amount.value;
  const int64_t here = record.suspense_fen();
  if (total > here) {
    return Settled(tl::unexpected(Rejection{
        Refusal::kAllotmentSum,
        "the notices come to " + Fen{total}.yuan() + ", the line has " + Fen{here}.yuan()}));
  }
  TRY(const auto recovering, is_recovering(expected->noticed, now));
  if (recovering) return Settled(tl::unexpected(Rejection{Refusal::kRecovering, ""}));
  TRY_DO(share_out(*entry, expected->noticed, Fen{here - total}, now));
  record.set_note(std::string(user) + ": " + std::string(note));
  if (record.suspense_fen() == 0) {
    TRY_DO(settle(*entry, BankOutcome::kMatchedByHand, user, note, now));
  } else
    TRY_DO(write(*entry));
  return Settled(result_of(*entry));
}

// `rest` stays in suspense, and what the cases refuse.
Result<void> BankService::share_out(Entry& entry, const std::vector<Allocation>& to, Fen rest,
                                    Instant now) {
  TRY_DO(leave_batch(entry));
  TRY(auto batch, book_.read_batch(entry.record.batch()));
  batch->set_settled(true);
  book_.write_batch(entry.record.batch(), *batch);
  TRY_DO(park(entry, Fen{}, now));
  TRY(const auto refused, allot(entry.record, to, now));
  set_outcome(BankOutcome::kBatchDiffers, entry.record);
  return park(entry, Fen{rest.value + refused.value}, now);
}

Result<BankService::Settled> BankService::set_aside(const Digest& line, std::string_view user,
                                                    std::string_view note, Instant now) {
  TRY(auto entry, read(line));
  if (!entry) return Settled(tl::unexpected(Rejection{Refusal::kBankLineUnknown, ""}));
  // Money that stands with a case is that case's affair.
  const Record& record = entry->record;
  if (record.queued_at_ms() == 0 || (record.to_size() > 0 && record.suspense_fen() == 0)) {
    return Settled(tl::unexpected(Rejection{Refusal::kBankLineSettled, ""}));
  }
  if (note.empty()) return Settled(tl::unexpected(Rejection{Refusal::kInputMissing, "note"}));
  TRY_DO(leave_batch(*entry));
  // It is the line that it may be, reported again: no money came.
  if (outcome_of(record) == BankOutcome::kMayRepeat) {
    TRY_DO(park(*entry, Fen{}, now));
  }
  TRY_DO(settle(*entry, BankOutcome::kSetAside, user, note, now));
  return Settled(result_of(*entry));
}

Result<void> BankService::settle(Entry& entry, BankOutcome outcome, std::string_view by,
                                 std::string_view note, Instant now) {
  set_outcome(outcome, entry.record);
  entry.record.set_settled_by(std::string(by));
  entry.record.set_note(std::string(note));
  entry.record.set_settled_at_ms(now.ms);
  return write(entry);
}

// --- records ---

Result<std::optional<BankService::Entry>> BankService::read(const Digest& digest) const {
  TRY(auto record, tx_.get_message<Record>(layout::bank_line_key(digest)));
  if (!record) return std::nullopt;
  if (const auto rule = check_invariants(*record)) {
    return breaks_rule("bank line " + to_hex(view(digest)), *rule);
  }
  return Entry{digest, std::move(*record)};
}

Result<void> BankService::write(Entry& entry) {
  Record& record = entry.record;
  const auto exception_of = [&](uint32_t outcome) {
    return layout::exception_key(static_cast<uint8_t>(outcome),
                                 Instant{static_cast<int64_t>(record.queued_at_ms())},
                                 entry.digest);
  };
  if (record.queued_at_ms() != 0) tx_.remove(exception_of(record.queued_outcome()));
  const bool waits = rule_of(outcome_of(record)).waits && record.settled_by().empty();
  // Age counts from the import, whatever queue it is in.
  record.set_queued_at_ms(waits ? static_cast<uint64_t>(record.at_ms()) : 0);
  record.set_queued_outcome(record.outcome());
  if (waits) tx_.put(exception_of(record.outcome()), "");
  must_hold(check_invariants(record));
  tx_.put_message(layout::bank_line_key(entry.digest), record);
  if (!waits || record.to_size() != 1) return {};
  const auto id = CaseId::from_bytes(record.to(0).case_id());
  CHECK(id.has_value());
  return add_to_list(layout::waiting_lines_key(*id), entry.digest);
}

Result<std::vector<Digest>> BankService::read_list(const RecordKey& key) const {
  TRY(const auto list, tx_.get(key));
  const std::string_view bytes = list ? std::string_view(*list) : std::string_view();
  std::vector<Digest> digests;
  for (size_t at = 0; at + kDigestSize <= bytes.size(); at += kDigestSize) {
    digests.push_back(*to_array<kDigestSize>(bytes.substr(at, kDigestSize)));
  }
  return digests;
}

// The oldest go if there are more than `lines_max`.
Result<void> BankService::add_to_list(const RecordKey& key, const Digest& digest,
                                      size_t lines_max) {
  TRY(auto list, tx_.get(key));
  std::string bytes = std::move(list).value_or(std::string());
  if (bytes.find(view(digest)) != bytes.npos) return {};
  bytes.append(view(digest));
  if (bytes.size() / kDigestSize > lines_max) bytes.erase(0, kDigestSize);
  tx_.put(key, bytes);
  return {};
}

}  // namespace jiexu
