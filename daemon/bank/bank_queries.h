// What people ask about bank lines and files. Reads of durable records, from any thread that has
// its own Records. Errors of all: the store's; kCorrupt if a key or record cannot be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/base/ids.h"
#include "jiexu/v1/record.pb.h"
#include "storage/records.h"

namespace jiexu {

struct BankFileEntry {
  Digest digest{};
  v1::BankFileRecord record;
};
struct BankFilePage {
  std::vector<BankFileEntry> files;
  std::optional<Digest> next;  // to go on after; nullopt: these are the last
};
// The first `limit` files behind `after`, in the order of their digests.
Result<BankFilePage> list_bank_files(const Records& records, const std::optional<Digest>& after,
                                     size_t limit);

// Where a line stands among those that wait for a person.
using ExceptionPlace = layout::ExceptionKey;
std::string place_text(const ExceptionPlace& place);
// The inverse of place_text; nullopt for any other text.
std::optional<ExceptionPlace> parse_exception_place(std::string_view text);

struct BankLineEntry {
  Digest digest{};
  v1::BankLineRecord record;
};
struct BankLinePage {
  std::vector<BankLineEntry> lines;
  std::optional<ExceptionPlace> next;
};
// The lines that wait, of one exception queue or of all; oldest first within each. A line that
// leaves its queue meanwhile is left out, so that a page may be short.
Result<BankLinePage> list_waiting_lines(const Records& records, std::optional<BankOutcome> queue,
                                        const std::optional<ExceptionPlace>& after, size_t limit);

struct WaitingCount {
  size_t lines = 0;              // `most` at most
  bool more = false;             // than these
  std::optional<Instant> since;  // of the oldest
};
// How many lines wait in an exception queue, by its index alone.
Result<WaitingCount> count_waiting_lines(const Records& records, BankOutcome queue, size_t most);

// What lines are looked for by; what is empty fits all.
struct LineFilter {
  std::optional<BankOutcome> outcome;
  std::optional<int64_t> fen;  // without a sign
  std::optional<int32_t> booked_on;
  std::string payer;   // in the other's name or account
  std::string text;    // in the remark, the bank's number or an id
  std::string starts;  // of the line's id, in bytes
};
struct FoundLines {
  std::vector<BankLineEntry> lines;
  std::optional<Digest> next;  // to go on after; what was looked through may hold none that fits
};
// The first `limit` lines behind `after` that fit, in the order of their ids. Looks through a
// bounded number of them in one go.
Result<FoundLines> find_lines(const Records& records, const LineFilter& filter,
                              const std::optional<Digest>& after, size_t limit);

// A line of a bank's file, and the line of the store that it is.
struct FileLineEntry {
  uint64_t n = 0;  // in the file, from 0
  v1::FileLineRecord place;
  std::optional<BankLineEntry> line;  // nullopt: it could not be booked
};
struct FileLinePage {
  std::vector<FileLineEntry> lines;
  std::optional<uint64_t> next;
};
Result<FileLinePage> list_file_lines(const Records& records, const Digest& file,
                                     std::optional<uint64_t> after, size_t limit);

// The first `limit` lines of which an act waits for a second person.
Result<std::vector<BankLineEntry>> list_proposed_acts(const Records& records, size_t limit);

// The digest of the line, or of the file, that begins with these bytes; nullopt: there is none.
Result<std::optional<Digest>> whole_line_digest(const Records& records, std::string_view first);
Result<std::optional<Digest>> whole_file_digest(const Records& records, std::string_view first);

// nullopt: no such line.
Result<std::optional<v1::BankLineRecord>> read_bank_line(const Records& records,
                                                         const Digest& digest);

}  // namespace jiexu
