// A page of a list, as queries read it from the store. A key or record that cannot be read is an
// error and not left out: a list without it would be a lie about money or messages.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/records.h"

namespace jiexu {

// The keys of `family` that begin with `prefix`; those behind `after` if it is not empty.
struct KeyRange {
  Family family;
  std::string_view prefix;
  std::string after{};
};

enum class ScanOrder : uint8_t { kUp, kDown };

template <class Entry>
struct Scanned {
  std::vector<Entry> entries;
  bool more = false;  // there are others than these
};

// nullopt: the bytes are none.
template <class Entry>
using ReadEntry = std::function<std::optional<Entry>(std::string_view key, std::string_view value)>;

template <class Message>
std::optional<Message> parse_as(std::string_view bytes) {
  std::optional<Message> message(std::in_place);
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return message;
}

// The first `limit` entries of the range, or the last ones from the end down. Errors: the store's;
// kCorrupt if `read` gives nothing.
template <class Entry>
Result<Scanned<Entry>> scan_page(const Records& records, const KeyRange& range, size_t limit,
                                 const ReadEntry<Entry>& read, ScanOrder order = ScanOrder::kUp) {
  Scanned<Entry> page;
  bool readable = true;
  const auto visit = [&](std::string_view key, std::string_view value) {
    page.more = page.entries.size() == limit;
    if (page.more) return false;
    auto entry = read(key, value);
    readable = entry.has_value();
    if (readable) page.entries.push_back(std::move(*entry));
    return readable;
  };
  const bool up = order == ScanOrder::kUp;
  const std::string end = layout::prefix_end(range.prefix);
  const std::string lower =
      up && !range.after.empty() ? range.after + '\0' : std::string(range.prefix);
  const std::string upper = up || range.after.empty() ? end : range.after;
  const auto done = up ? records.scan(range.family, lower, upper, visit)
                       : records.scan_back(range.family, lower, upper, visit);
  if (!done) return tl::unexpected(done.error());
  if (!readable) {
    return fail(Errc::kCorrupt, "a record of family " +
                                    std::string(layout::family_name(range.family)) +
                                    " is unreadable; run jiexu doctor");
  }
  return page;
}

}  // namespace jiexu
