#include "daemon/bank/bank_files.h"

#include "daemon/base/limits.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

bool is_whole(const v1::BankFileRecord& record) {
  return record.lines() > 0 && record.staged() == record.lines();
}

std::string state_name(const v1::BankFileRecord& record) {
  if (!is_whole(record)) return "staging";
  return record.booked() == record.lines() ? "done" : "booking";
}

void count(BankOutcome outcome, v1::BankFileRecord& record) {
  const auto at = static_cast<int>(outcome);
  while (record.outcomes_size() <= at) record.add_outcomes(0);
  record.set_outcomes(at, record.outcomes(at) + 1);
}

// Adds to the sums over what is staged; false if they leave 64 bits.
bool add_to_sums(const v1::BankLine& line, v1::BankFileRecord& record) {
  const Fen amount{line.amount_fen()};
  const bool credit = amount.value >= 0;
  const Fen before{credit ? record.staged_credited_fen() : record.staged_debited_fen()};
  if (amount.value == INT64_MIN) return false;
  const auto sum = add(before, credit ? amount : -amount);
  if (!sum) return false;
  if (credit) record.set_staged_credited_fen(sum->value);
  if (!credit) record.set_staged_debited_fen(sum->value);
  return true;
}

bool adds_up(const v1::BankFileRecord& record) {
  return record.staged_credited_fen() == record.credited_fen() &&
         record.staged_debited_fen() == record.debited_fen();
}

}  // namespace

v1::BankFileView view_bank_file(const Digest& file, const v1::BankFileRecord& record) {
  v1::BankFileView out;
  out.set_digest(to_hex(view(file)));
  out.set_name(record.name());
  out.set_state(state_name(record));
  out.set_lines(record.lines());
  out.set_staged(record.staged());
  out.set_booked(record.booked());
  out.set_credited_fen(record.credited_fen());
  out.set_debited_fen(record.debited_fen());
  out.set_user(record.user());
  out.set_at(Instant{record.at_ms()}.str());
  for (int i = 0; i < record.outcomes_size(); ++i) {
    if (record.outcomes(i) == 0) continue;
    v1::OutcomeCount* counted = out.add_outcomes();
    counted->set_outcome(std::string(name(static_cast<BankOutcome>(i))));
    counted->set_lines(record.outcomes(i));
  }
  return out;
}

Result<void> BankFiles::start() {
  Result<void> read;
  const auto done =
      tx_.scan(Family::kFunds, layout::kBankFiles, layout::prefix_end(layout::kBankFiles),
               [&](std::string_view key, std::string_view value) {
                 const auto file = layout::parse_bank_file_key(key);
                 if (!file) read = tl::unexpected(file.error());
                 v1::BankFileRecord record;
                 if (!file || !record.ParseFromString(std::string(value))) return file.has_value();
                 if (is_whole(record) && record.booked() < record.lines()) {
                   waiting_.push_back(*file);
                 }
                 return true;
               });
  return read ? done : read;
}

Result<v1::BankFileRecord> BankFiles::read(const Digest& file) const {
  TRY(auto record, tx_.get_message<v1::BankFileRecord>(layout::bank_file_key(file)));
  return record.value_or(v1::BankFileRecord());
}

void BankFiles::write(const Digest& file, const v1::BankFileRecord& record) {
  tx_.put_message(layout::bank_file_key(file), record);
}

Result<v1::BankFileView> BankFiles::stage(const Digest& file, const v1::BankFileInput& part,
                                          std::string_view user, Instant now) {
  TRY(auto found, read(file));
  v1::BankFileRecord record = std::move(found);
  const bool fits = part.first() == record.staged() && !is_whole(record) &&
                    part.first() + static_cast<uint64_t>(part.lines_size()) <= part.lines_total();
  if (!fits || part.lines().empty()) return view_bank_file(file, record);
  if (part.first() == 0) {
    record.set_name(part.name());
    record.set_user(std::string(user));
    record.set_at_ms(now.ms);
    record.set_lines(part.lines_total());
    record.set_credited_fen(part.credited_fen());
    record.set_debited_fen(part.debited_fen());
  }
  bool sound = record.lines() == part.lines_total();
  for (const v1::BankLine& line : part.lines()) {
    sound = sound && add_to_sums(line, record);
    tx_.put_message(layout::staged_line_key(file, record.staged()), line);
    record.set_staged(record.staged() + 1);
  }
  if (!sound || (is_whole(record) && !adds_up(record))) {
    forget(file, record);
    v1::BankFileView refused = view_bank_file(file, v1::BankFileRecord());
    refused.set_state("refused");
    return refused;
  }
  if (is_whole(record)) {
    waiting_.push_back(file);
    asleep_ = true;
  }
  write(file, record);
  return view_bank_file(file, record);
}

void BankFiles::forget(const Digest& file, const v1::BankFileRecord& record) {
  for (uint64_t n = 0; n < record.staged(); ++n) tx_.remove(layout::staged_line_key(file, n));
  tx_.remove(layout::bank_file_key(file));
}

Result<bool> BankFiles::book(Instant now) {
  if (!wants_to_book()) return false;
  const Digest file = waiting_.front();
  TRY(auto found, read(file));
  v1::BankFileRecord record = std::move(found);
  std::vector<v1::BankLine> lines;
  bool readable = true;
  const auto scanned = tx_.scan(
      Family::kFunds, layout::staged_line_key(file, record.booked()),
      layout::staged_line_key(file, record.lines()), [&](std::string_view, std::string_view value) {
        readable =
            lines.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
        return readable && lines.size() < limits::kBankChunkLinesMax;
      });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!readable) return fail(Errc::kCorrupt, "a staged bank line is unreadable");
  // The rest is on its way to the disk.
  asleep_ = lines.empty();
  LineSource source{std::string(view(file)), {}, {}};
  for (const v1::BankLine& line : lines) {
    auto done = book_line(file, line, source, record, now);
    if (done) done = tx_.end_step();
    if (!done) return tl::unexpected(done.error());
  }
  write(file, record);
  if (record.booked() == record.lines()) waiting_.pop_front();
  return !lines.empty();
}

Result<void> BankFiles::book_line(const Digest& file, const v1::BankLine& line, LineSource& source,
                                  v1::BankFileRecord& record, Instant now) {
  TRY(const auto result, service_.import(line, source, now));
  const bool repeated = result.outcome().starts_with("duplicate");
  const OutcomeRule* rule = find_outcome(result.outcome());
  count(repeated || rule == nullptr ? BankOutcome::kDuplicate : rule->outcome, record);
  tx_.remove(layout::staged_line_key(file, record.booked()));
  record.set_booked(record.booked() + 1);
  return {};
}

}  // namespace jiexu
