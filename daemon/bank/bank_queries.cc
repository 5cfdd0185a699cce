#include "daemon/bank/bank_queries.h"

#include "daemon/base/bytes.h"
#include "daemon/engine/scan_page.h"

namespace jiexu {
namespace {

Key key_of(const ExceptionPlace& place) {
  return layout::exception_key(place.outcome, place.since, place.line);
}

Result<BankFileEntry> read_file_entry(std::string_view key, std::string_view value) {
  TRY(const auto digest, layout::parse_bank_file_key(key));
  TRY(auto record, parse_as<v1::BankFileRecord>(value));
  return BankFileEntry{digest, std::move(record)};
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
    TRY(auto record, read_bank_line(records, place.line));
    if (record) page.lines.push_back({place.line, std::move(*record)});
  }
  if (places->more) page.next = places->entries.back();
  return page;
}

Result<std::optional<v1::BankLineRecord>> read_bank_line(const Records& records,
                                                         const Digest& digest) {
  return records.get_message<v1::BankLineRecord>(layout::bank_line_key(digest));
}

}  // namespace jiexu
