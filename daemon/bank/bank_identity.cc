// Which lines of the store a line that comes may be (daemon/bank/rules/line_identity.h).
#include <algorithm>

#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/limits.h"
#include "daemon/payments/rules/record_invariants.h"
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

// Of one day: of all lines, or of those alone that have no number of the bank's.
RecordKey day_key(const v1::BankLine& line, std::string_view which) {
  return layout::numbered_lines_key(
      digest_of_fields({which, line.account_number(), std::to_string(line.amount_fen()),
                        std::to_string(line.booked_on())}));
}

constexpr std::string_view kAllLines = "day";
constexpr std::string_view kWithoutNumber = "unnumbered";

// Of the entry that a line is, or is a detail of.
Digest entry_of(const v1::BankLine& line) {
  const bool part = is_part(line);
  return digest_of_fields({"parts", line.account_number(),
                           part ? line.entry_reference() : line.host_sequence(),
                           std::to_string(part ? line.entry_fen() : line.amount_fen())});
}

// The line that the entry would be if the bank told of it as one.
v1::BankLine whole_of(const v1::BankLine& part) {
  v1::BankLine whole;
  whole.set_account_number(part.account_number());
  whole.set_host_sequence(part.entry_reference());
  whole.set_amount_fen(part.entry_fen());
  return whole;
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
  const bool numbered = is_numbered(record.line()) && is_numbered(line);
  if (known.likeness == Likeness::kUnsure && !numbered) {
    TRY(const auto statements, relate_statements(record, source));
    known.likeness = compare(record.line(), line, statements);
  }
  const auto used = source.used.find(digest);
  const bool seen = !source.file.empty() && record.seen_in() == source.file;
  const bool came = !source.file.empty() && record.file() == source.file;
  known.in_file = used != source.used.end() || seen || came;
  known.loosely = used != source.used.end() ? used->second : seen && record.seen_loosely();
  found.push_back({std::move(*entry), known});
  return true;
}

Result<Statements> BankService::relate_statements(const Record& known,
                                                  const LineSource& source) const {
  const auto file = to_array<kDigestSize>(known.file());
  if (known.statement() == 0 || source.statement == 0 || !file) return Statements::kUnknown;
  TRY(const auto record, tx_.get_message<v1::BankFileRecord>(layout::bank_file_key(*file)));
  const auto at = static_cast<int>(known.statement() - 1);
  if (!record || at >= record->statements_size()) return Statements::kUnknown;
  const auto here = static_cast<int>(source.statement - 1);
  return relate(statement_facts(record->statements(at)),
                statement_facts(source.record->statements(here)));
}

// A line that is void stands for the one that it repeats, and counts with that as one: it says
// something only of a line that is told in its very words.
void BankService::drop_void(std::vector<Candidate>& found) {
  std::set<Digest> here;
  for (const Candidate& one : found) here.insert(one.entry.digest);
  std::erase_if(found, [&](const Candidate& one) {
    const auto original = to_array<kDigestSize>(one.entry.record.may_repeat());
    return outcome_of(one.entry.record) == BankOutcome::kReportedAgain &&
           one.known.likeness != Likeness::kSame && original && here.contains(*original);
  });
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
  TRY(const auto of_day, read_list(day_key(line, is_numbered(line) ? kWithoutNumber : kAllLines)));
  others.insert(others.end(), of_day.begin(), of_day.end());
  others.push_back(old_digest_of(line));
  for (const Digest& digest : others) {
    TRY_DO(add_candidate(digest, line, source, found));
  }
  drop_void(found);
  std::vector<KnownLine> known;
  for (const Candidate& candidate : found) known.push_back(candidate.known);
  out.identity = identify(known);
  if (out.identity.kind != Identity::Kind::kNew) {
    out.known = std::move(found[out.identity.of].entry);
    return out;
  }
  TRY_DO(is_part(line) ? find_whole(line, source, out) : find_parts(line, source, out));
  return out;
}

// The sum that the line is a part of may have been told before as one line. What stands with cases
// stays there; what waits gives way to its parts.
Result<void> BankService::find_whole(const v1::BankLine& line, const LineSource& source,
                                     Found& out) const {
  TRY(const auto wholes, read_list(number_key(whole_of(line))));
  for (const Digest& digest : wholes) {
    TRY(auto whole, read(digest));
    const bool other = !whole || is_part(whole->record.line()) ||
                       whole->record.line().booked_on() != line.booked_on() ||
                       (!source.file.empty() && whole->record.file() == source.file);
    if (other || outcome_of(whole->record) == BankOutcome::kReportedAgain) continue;
    out.whole = std::move(whole);
    return {};
  }
  return {};
}

// The parts of the sum may have been told before.
Result<void> BankService::find_parts(const v1::BankLine& line, const LineSource& source,
                                     Found& out) const {
  if (!is_numbered(line)) return {};
  TRY(const auto parts, read_list(layout::numbered_lines_key(entry_of(line))));
  for (const Digest& digest : parts) {
    TRY(auto part, read(digest));
    const bool used =
        source.used.contains(digest) ||
        (!source.file.empty() && part &&
         (part->record.seen_in() == source.file || part->record.file() == source.file));
    if (!part || used || part->record.line().booked_on() != line.booked_on()) continue;
    out.identity = {Identity::Kind::kRepeated, 0, false};
    out.known = std::move(part);
    return {};
  }
  return {};
}

// The file may be booked in several commits, with restarts between them.
void BankService::note_repeated(Entry& known, bool loosely, LineSource& source) {
  source.used.insert_or_assign(known.digest, loosely);
  if (source.file.empty()) return;
  known.record.set_seen_in(source.file);
  known.record.set_seen_loosely(loosely);
  must_hold(check_invariants(known.record));
  tx_.put_message(layout::bank_line_key(known.digest), known.record);
}

// The same, and of a void line also the one that it stands for.
Result<void> BankService::note_reported(Entry& known, bool loosely, LineSource& source) {
  note_repeated(known, loosely, source);
  TRY(const auto standing, original_of(known.digest));
  if (standing == known.digest) return {};
  TRY(auto original, read(standing));
  if (original) note_repeated(*original, loosely, source);
  return {};
}

Result<void> BankService::note_number(const Entry& entry, LineSource& source) {
  const v1::BankLine& line = entry.record.line();
  TRY_DO(add_to_list(number_key(line), entry.digest, limits::kNumberedLinesMax));
  TRY_DO(add_to_list(day_key(line, kAllLines), entry.digest, limits::kLinesOfDayMax));
  if (!is_numbered(line)) {
    TRY_DO(add_to_list(day_key(line, kWithoutNumber), entry.digest, limits::kLinesOfDayMax));
  }
  if (!is_part(line)) return {};
  // The first part stands for all.
  int64_t& told = source.parts[entry_of(line)];
  const bool first = told == 0;
  told += line.amount_fen();
  if (told == line.entry_fen()) told = 0;
  if (!first) return {};
  return add_to_list(layout::numbered_lines_key(entry_of(line)), entry.digest,
                     limits::kNumberedLinesMax);
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

// The bank tells of its parts, each as a line of its own: none of its money stands anywhere now.
// What it names may be the letter of one part, whose case then has the money of all. False if all
// of it is well placed, or its cases cannot give it: then the parts are what has come with it.
Result<bool> BankService::give_way(Entry& whole, const Digest& part, Instant now) {
  LineNow line = line_now(whole.record);
  const bool of_payments = line.of_payments;
  LineAsked asked;
  asked.event = LineEvent::kReportParts;
  const auto row = step(asked, line);
  if (!row || line.outcome != BankOutcome::kReportedAgain) return false;
  if (whole.record.to_size() > 0) {
    TRY(const auto give, ask_cases(whole.record, now));
    if (of_payments || give != CasesGive::kAll) return false;
  }
  TRY_DO(go_back(whole, now));
  if (whole.record.to_size() > 0) {
    TRY_DO(write(whole));
    return false;
  }
  TRY_DO(park(whole, Fen{}, now));
  postpone(whole, false);
  whole.record.set_may_repeat(std::string(view(part)));
  TRY_DO(settle(whole, line.outcome, "bank", "", now));
  return true;
}

}  // namespace jiexu
