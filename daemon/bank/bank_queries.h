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

// nullopt: no such line.
Result<std::optional<v1::BankLineRecord>> read_bank_line(const Records& records,
                                                         const Digest& digest);

}  // namespace jiexu
