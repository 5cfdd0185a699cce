// Which lines of the store a line that comes may be (daemon/bank/rules/line_identity.h).
#include <algorithm>

#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/limits.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// Fields, each with its length, so that no two lines share a key by the way their fields meet.
Digest digest_of_fields(std::initializer_list<std::string_view> fields) {
  std::string text;
  for (const std::string_view field : fields) {
    append_u32(text, static_cast<uint32_t>(field.size()));
    text += field;
  }
  return sha256(text);
}

RecordKey number_key(const v1::BankLine& line) {
  return layout::numbered_lines_key(digest_of_fields(
      {"number", line.account_number(), line.host_sequence(), std::to_string(line.amount_fen())}));
}

}  // namespace

// Seven fields, so that it is no old key.
Digest digest_of(const v1::BankLine& line, uint32_t n) {
  return digest_of_fields({"line", line.account_number(), line.host_sequence(),
                           std::to_string(line.amount_fen()), std::to_string(line.booked_on()),
                           payment_named_in(line), std::to_string(n)});
}

Digest old_digest_of(const v1::BankLine& line) {
  return digest_of_fields({line.account_number(), line.host_sequence(),
                           std::to_string(line.amount_fen()), line.counterparty_account(),
                           line.counterparty_name()});
}

Result<bool> BankService::add_candidate(const Digest& digest, const v1::BankLine& line,
                                        const LineSource& source,
                                        std::vector<Candidate>& found) const {
  const auto there = [&](const Candidate& other) { return other.entry.digest == digest; };
  if (std::ranges::any_of(found, there)) return true;
  TRY(auto entry, read(digest));
  if (!entry) return false;
  const Record& record = entry->record;
  KnownLine known;
  known.likeness = compare(record.line(), line);
  const auto used = source.used.find(digest);
  const bool seen = !source.file.empty() && record.seen_in() == source.file;
  const bool came = !source.file.empty() && record.file() == source.file;
  known.in_file = used != source.used.end() || seen || came;
  known.loosely = used != source.used.end() ? used->second : seen && record.seen_loosely();
  found.push_back({std::move(*entry), known});
  return true;
}

// Lines are never removed: the first key without a line ends those that agree.
Result<BankService::Found> BankService::find_known(const v1::BankLine& line,
                                                   LineSource& source) const {
  Found out;
  std::vector<Candidate> found;
  uint32_t& passed = source.passed[digest_of(line)];
  for (uint32_t n = passed;; ++n) {
    out.unused = digest_of(line, n);
    TRY(const auto more, add_candidate(out.unused, line, source, found));
    if (!more) break;
    const KnownLine& known = found.back().known;
    if (n == passed && known.in_file && !known.loosely) {
      ++passed;  // it is of no use to a later line of the source
      found.pop_back();
    }
  }
  TRY(auto others, read_list(number_key(line)));
  others.push_back(old_digest_of(line));
  for (const Digest& digest : others) {
    TRY_DO(add_candidate(digest, line, source, found));
  }
  std::vector<KnownLine> known;
  for (const Candidate& candidate : found) known.push_back(candidate.known);
  out.identity = identify(known);
  if (out.identity.kind != Identity::Kind::kNew) {
    out.known = std::move(found[out.identity.of].entry);
  }
  return out;
}

// The file may be booked in several commits, with restarts between them.
void BankService::note_repeated(Entry& known, bool loosely, LineSource& source) {
  source.used.insert_or_assign(known.digest, loosely);
  if (source.file.empty()) return;
  known.record.set_seen_in(source.file);
  known.record.set_seen_loosely(loosely);
  tx_.put_message(layout::bank_line_key(known.digest), known.record);
}

Result<void> BankService::note_number(const Entry& entry) {
  return add_to_list(number_key(entry.record.line()), entry.digest, limits::kNumberedLinesMax);
}

// Its money stands in suspense until a person has said whether it is any.
Result<void> BankService::place_unsure(Entry& entry, const Entry& known, Instant now) {
  Record& record = entry.record;
  set_outcome(BankOutcome::kMayRepeat, record);
  record.set_may_repeat(std::string(view(known.digest)));
  for (const v1::AllocationRecord& part : known.record.to()) record.add_proposals(part.case_id());
  if (record.proposals().empty()) *record.mutable_proposals() = known.record.proposals();
  TRY_DO(park(entry, Fen{record.line().amount_fen()}, now));
  return write(entry);
}

}  // namespace jiexu
