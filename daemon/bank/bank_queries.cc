#include "daemon/bank/bank_queries.h"

#include <algorithm>

#include "daemon/base/bytes.h"
#include "daemon/engine/scan_page.h"

namespace jiexu {
namespace {

Key key_of(const ExceptionPlace& place) {
  return layout::exception_key(place.outcome, place.since, place.line);
}

// Lines that one query looks through: some 100 ms.
constexpr size_t kLookedThroughMax = 20'000;

bool has(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != text.npos;
}

bool fits(const v1::BankLineRecord& record, const LineFilter& filter) {
  const v1::BankLine& line = record.line();
  if (filter.outcome && record.outcome() != static_cast<uint32_t>(*filter.outcome)) return false;
  if (filter.fen && line.amount_fen() != *filter.fen && line.amount_fen() != -*filter.fen) {
    return false;
  }
  if (filter.booked_on && line.booked_on() != *filter.booked_on) return false;
  const bool payer = filter.payer.empty() || has(line.counterparty_name(), filter.payer) ||
                     has(line.counterparty_account(), filter.payer);
  const bool text = filter.text.empty() || has(line.remark(), filter.text) ||
                    has(line.host_sequence(), filter.text) ||
                    has(line.end_to_end_id(), filter.text) || has(record.batch(), filter.text);
  return payer && text;
}

Result<BankLineEntry> read_line_entry(std::string_view key, std::string_view value) {
  TRY(const auto digest, layout::parse_bank_line_key(key));
  TRY(auto record, parse_as<v1::BankLineRecord>(value));
  return BankLineEntry{digest, std::move(record)};
}

Result<BankFileEntry> read_file_entry(std::string_view key, std::string_view value) {
  TRY(const auto digest, layout::parse_bank_file_key(key));
  TRY(auto record, parse_as<v1::BankFileRecord>(value));
  return BankFileEntry{digest, std::move(record)};
}

Result<std::optional<Digest>> first_digest(const Records& records, std::string_view kind,
                                           std::string_view first) {
  const std::string begin = std::string(kind) + std::string(first);
  std::optional<Digest> found;
  TRY_DO(records.scan(Family::kFunds, begin, layout::prefix_end(begin),
                      [&](std::string_view key, std::string_view) {
                        found = to_array<kDigestSize>(key.substr(kind.size()));
                        return false;
                      }));
  return found;
}

}  // namespace

Result<BankFilePage> list_bank_files(const Records& records, const std::optional<Digest>& after,
                                     size_t limit) {
  const KeyRange range{Family::kFunds, layout::kBankFiles,
                       after ? layout::bank_file_key(*after).str() : ""};
  TRY(auto found, scan_page<BankFileEntry>(records, range, limit, read_file_entry));
  BankFilePage page{std::move(found.entries), {}};
  if (found.more) page.next = page.files.back().digest;
  return page;
}

std::string place_text(const ExceptionPlace& place) {
  return to_hex(key_of(place));
}

std::optional<ExceptionPlace> parse_exception_place(std::string_view text) {
  return parse_cursor(text, layout::parse_exception_key);
}

Result<BankLinePage> list_waiting_lines(const Records& records, std::optional<BankOutcome> queue,
                                        const std::optional<ExceptionPlace>& after, size_t limit) {
  std::string prefix(layout::kExceptions);
  if (queue) prefix += static_cast<char>(*queue);
  const KeyRange range{Family::kIndex, prefix, after ? key_of(*after).str() : ""};
  const auto places = scan_page<ExceptionPlace>(
      records, range, limit,
      [](std::string_view key, std::string_view) { return layout::parse_exception_key(key); });
  if (!places) return tl::unexpected(places.error());
  BankLinePage page;
  for (const ExceptionPlace& place : places->entries) {
    auto read = read_bank_line(records, place.line);
    if (!read && records.pass(layout::bank_line_key(place.line), read.error())) continue;
    TRY(auto record, std::move(read));
    if (record) page.lines.push_back({place.line, std::move(*record)});
  }
  if (places->more) page.next = places->entries.back();
  return page;
}

Result<WaitingCount> count_waiting_lines(const Records& records, BankOutcome queue, size_t most) {
  const std::string prefix = std::string(layout::kExceptions) + static_cast<char>(queue);
  TRY(const auto places, scan_page<ExceptionPlace>(records, {Family::kIndex, prefix}, most,
                                                   [](std::string_view key, std::string_view) {
                                                     return layout::parse_exception_key(key);
                                                   }));
  WaitingCount count{places.entries.size(), places.more, std::nullopt};
  if (!places.entries.empty()) count.since = places.entries.front().since;
  return count;
}

Result<FoundLines> find_lines(const Records& records, const LineFilter& filter,
                              const std::optional<Digest>& after, size_t limit) {
  const std::string prefix = std::string(layout::kBankLines) + filter.starts;
  KeyRange range{Family::kFunds, prefix, after ? layout::bank_line_key(*after).str() : ""};
  FoundLines found;
  for (size_t looked = 0; looked < kLookedThroughMax;) {
    TRY(auto page, scan_page<BankLineEntry>(records, range, limit, read_line_entry));
    looked += std::max<size_t>(page.entries.size(), 1);
    for (BankLineEntry& line : page.entries) {
      if (found.lines.size() == limit) return found;
      found.next = line.digest;
      if (fits(line.record, filter)) found.lines.push_back(std::move(line));
    }
    if (!page.more) {
      found.next.reset();
      return found;
    }
    range.after = layout::bank_line_key(*found.next).str();
  }
  return found;
}

Result<FileLinePage> list_file_lines(const Records& records, const Digest& file,
                                     std::optional<uint64_t> after, size_t limit) {
  const Key prefix = layout::file_lines_prefix(file);
  const KeyRange range{Family::kFunds, prefix.view(),
                       after ? layout::file_line_key(file, *after).str() : ""};
  TRY(auto scanned, scan_page<FileLineEntry>(
                        records, range, limit,
                        [](std::string_view key, std::string_view value) -> Result<FileLineEntry> {
                          TRY(const auto n, layout::parse_file_line_key(key));
                          TRY(auto place, parse_as<v1::FileLineRecord>(value));
                          return FileLineEntry{n, std::move(place), {}};
                        }));
  FileLinePage page{std::move(scanned.entries), {}};
  if (scanned.more) page.next = page.lines.back().n;
  for (FileLineEntry& entry : page.lines) {
    const auto digest = to_array<kDigestSize>(entry.place.line_id());
    if (!digest) return fail(Errc::kCorrupt, "a line of a bank's file has no id");
    auto read = read_bank_line(records, *digest);
    if (!read && records.pass(layout::bank_line_key(*digest), read.error())) continue;
    TRY(auto record, std::move(read));
    if (record) entry.line = BankLineEntry{*digest, std::move(*record)};
  }
  return page;
}

Result<std::vector<BankLineEntry>> list_proposed_acts(const Records& records, size_t limit) {
  TRY(const auto places, scan_page<Digest>(records, {Family::kIndex, layout::kProposedLineActs},
                                           limit, [](std::string_view key, std::string_view) {
                                             return layout::parse_proposed_line_act_key(key);
                                           }));
  std::vector<BankLineEntry> lines;
  for (const Digest& digest : places.entries) {
    TRY(auto record, read_bank_line(records, digest));
    if (record) lines.push_back({digest, std::move(*record)});
  }
  return lines;
}

Result<std::optional<Digest>> whole_line_digest(const Records& records, std::string_view first) {
  return first_digest(records, layout::kBankLines, first);
}

Result<std::optional<Digest>> whole_file_digest(const Records& records, std::string_view first) {
  return first_digest(records, layout::kBankFiles, first);
}

Result<std::optional<v1::BankLineRecord>> read_bank_line(const Records& records,
                                                         const Digest& digest) {
  return records.get_message<v1::BankLineRecord>(layout::bank_line_key(digest));
}

}  // namespace jiexu
