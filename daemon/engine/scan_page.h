// A page of a list, as queries read it from the store. A key or record that cannot be read is not
// left out unseen: a list without it would be a lie about money or messages. It is an error, or, if
// the records pass over damage, noted and counted there, for the list to say so.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "storage/layout.h"
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

// kCorrupt: the bytes are none.
template <class Entry>
using ReadEntry = std::function<Result<Entry>(std::string_view key, std::string_view value)>;

template <class Message>
Result<Message> parse_as(std::string_view bytes) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return fail(Errc::kCorrupt,
                "a record that should be a " + Message::descriptor()->name() + " is unreadable");
  }
  return message;
}

// The place that a cursor names; nullopt if it is none.
template <class Place>
std::optional<Place> parse_cursor(std::string_view text,
                                  Result<Place> (*parse)(std::string_view key)) {
  const auto key = from_hex(text);
  if (!key) return std::nullopt;
  const auto place = parse(*key);
  return place ? std::optional<Place>(*place) : std::nullopt;
}

// The first `limit` entries of the range, or the last ones from the end down. Errors: the store's;
// `read`'s.
template <class Entry>
Result<Scanned<Entry>> scan_page(const Records& records, const KeyRange& range, size_t limit,
                                 const ReadEntry<Entry>& read, ScanOrder order = ScanOrder::kUp) {
  Scanned<Entry> page;
  Result<void> readable;
  const auto visit = [&](std::string_view key, std::string_view value) {
    page.more = page.entries.size() == limit;
    if (page.more) return false;
    auto entry = read(key, value);
    if (!entry && records.pass(range.family, key, entry.error())) return true;
    if (!entry) {
      readable = tl::unexpected(entry.error());
      return false;
    }
    page.entries.push_back(std::move(*entry));
    return true;
  };
  const bool up = order == ScanOrder::kUp;
  const std::string end = layout::prefix_end(range.prefix);
  const std::string lower =
      up && !range.after.empty() ? range.after + '\0' : std::string(range.prefix);
  const std::string upper = up || range.after.empty() ? end : range.after;
  TRY_DO(up ? records.scan(range.family, lower, upper, visit)
            : records.scan_back(range.family, lower, upper, visit));
  if (!readable) {
    return fail(readable.error().code, readable.error().text + "; run jiexu doctor");
  }
  return page;
}

}  // namespace jiexu
