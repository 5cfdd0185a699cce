// What of a store cannot be read. One damaged block or record must not cost the list, the sum or
// the check that it belongs to; and nothing may be left out without a word. So who reads passes
// over it and notes it here, once; who shows what was read shows that too.
//
// Threads: any.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "storage/store.h"

namespace jiexu {

// A record, or all between two keys; with neither, somewhere in the store.
struct DamagedPlace {
  Family family{};
  std::string key;
  // Nothing could be read from `key` on up to here, which is excluded; nullopt: `key` is a record.
  std::optional<std::string> until;
  std::string why;  // no personal data
};

class DamageBook {
 public:
  // `on_new`: called for each place when it is first noted, from the thread that notes it.
  using OnNew = std::function<void(const DamagedPlace&)>;
  explicit DamageBook(OnNew on_new) : on_new_(std::move(on_new)) {}

  void note(DamagedPlace place);
  // In the order in which they were found; at most kPlacesMax of them.
  std::vector<DamagedPlace> places() const;
  // All of them.
  size_t size() const;

  static constexpr size_t kPlacesMax = 1'000;

 private:
  OnNew on_new_;
  mutable std::mutex mutex_;
  std::vector<DamagedPlace> places_;
  size_t size_ = 0;
};

// "case 6f...", "link_log from 53... to 53...", or "a table of the store"; keys in hex.
std::string place_name(const DamagedPlace& place);

// Visits keys in [lower, upper) in order, as Reader::scan; what cannot be read is handed to
// `damaged` and passed over. Where a whole block of the disk is damaged, readable records between
// two such blocks that lie close to one another may be passed over with them; the place names the
// whole range. Errors: as Reader::scan, but for kCorrupt.
using Damaged = std::function<void(DamagedPlace)>;
[[nodiscard]] Result<void> scan_past_damage(const Reader& reader, Family family,
                                            std::string_view lower, std::string_view upper,
                                            const Visitor& visit, const Damaged& damaged);

}  // namespace jiexu
