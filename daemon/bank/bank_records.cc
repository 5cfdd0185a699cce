// Lines that are not placed, shares that people name, and the records of lines and queues.
#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/payments/rules/record_invariants.h"
#include "storage/layout.h"

namespace jiexu {
// --- lines that are not placed ---

// It is answered, and not kept.
v1::BankLineResult BankService::invalid(Entry& entry, std::string_view why) const {
  entry.digest = digest_of(entry.record.line());
  set_outcome(BankOutcome::kInvalid, entry.record);
  v1::BankLineResult result = result_of(entry);
  result.set_why(std::string(why));
  return result;
}

// It is of no other line and waits alone, with its amount if that can be read.
Result<v1::BankLineResult> BankService::import_damaged(Entry& entry, const LineSource& source,
                                                       Instant now) {
  v1::BankLine& line = *entry.record.mutable_line();
  if (!within(line.amount_fen(), limits::kBankLineFenMax)) line.set_amount_fen(0);
  TRY(const auto room, has_room_for(line));
  if (!room) line.set_amount_fen(0);
  line.set_host_sequence(to_hex(source.file) + "#" + std::to_string(source.place));
  line.set_made_number(true);
  entry.digest = digest_of(line);
  entry.record.set_at_ms(now.ms);
  entry.record.set_file(source.file);
  LineNow next;
  LineAsked asked;
  asked.event = LineEvent::kComeDamaged;
  CHECK(step(asked, next).has_value());
  set_outcome(next.outcome, entry.record);
  TRY_DO(park(entry, Fen{line.amount_fen()}, now));
  TRY_DO(write(entry));
  return result_of(entry);
}

// --- shares ---

// With each part the payment that it is of, if it is of one. No payment has two parts of a line.
Result<tl::expected<std::vector<Allocation>, Rejection>> BankService::name_payments(
    const v1::BankLine& line, const std::vector<Allocation>& to, Instant proposed) const {
  using Named = tl::expected<std::vector<Allocation>, Rejection>;
  std::vector<Allocation> named;
  for (Allocation part : to) {
    TRY(const auto attempt, payments_.payment_by_hand(part, line, proposed));
    if (!attempt) return Named(tl::unexpected(attempt.error()));
    part.attempt = *attempt;
    const bool twice = part.attempt != 0 && std::ranges::any_of(named, [&](const auto& other) {
                         return other.id == part.id && other.attempt == part.attempt;
                       });
    if (twice) {
      return Named(refuse(Refusal::kPaymentUnknown,
                          "attempt " + std::to_string(part.attempt) + " is named twice"));
    }
    named.push_back(part);
  }
  return named;
}

// A person says which payments were debited, or of which cases the bank has taken money back.
Result<Fen> BankService::take_parts(Entry& entry, const std::vector<Allocation>& parts,
                                    Instant now) {
  Fen refused;
  for (const Allocation& part : parts) {
    Fen left;
    uint32_t attempt = part.attempt;
    if (attempt != 0) {
      TRY(attempt, payments_.take_debit_by_hand(part, entry.digest, now));
      if (attempt == 0) left = part.amount;
    } else {
      TRY(left, take_from_case(part.id, part.amount, now));
    }
    refused.value += left.value;
    if (left.value == 0) add_part({part.id, -part.amount, attempt}, entry.record);
  }
  return refused;
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
  Entry entry{digest, std::move(*record)};
  entry.was = outcome_of(entry.record);
  entry.had_act = open_act(entry.record) != nullptr;
  return entry;
}

// A proposal is of the line as it was shown.
void BankService::keep_act(Entry& entry) {
  Record& record = entry.record;
  const auto* open = open_act(record);
  const bool lapsed =
      open != nullptr && view(act_content(entry.digest, record, *open)) != open->content();
  if (lapsed) record.mutable_acts()->RemoveLast();
  const bool waits = open != nullptr && !lapsed;
  const RecordKey key = layout::proposed_line_act_key(entry.digest);
  if (waits && !entry.had_act) tx_.put(key, "");
  if (!waits && entry.had_act) tx_.remove(key);
  entry.had_act = waits;
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
  keep_act(entry);
  must_hold(check_invariants(record));
  must_hold(may_become(entry.was, outcome_of(record)) ? Broken() : "line-moves-by-its-table");
  entry.was = outcome_of(record);
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
