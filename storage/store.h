// The store port: what the engine needs of an engine of storage, and no more, so that a second one
// (PostgreSQL protocol) can come. One contract suite, tests/storage/contract.h, runs on all.
//
// Data is ordered bytes under (family, key). One writer commits batches; readers see only what is
// durable. Values here are opaque: sealing them is the business of storage/records.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"

namespace jiexu {

// Kinds of record; each is a column family. Numbers and names are on disk and never reused.
enum class Family : uint8_t {
  kMeta = 0,
  kLinkLog = 1,
  kLink = 2,
  kCase = 3,
  kTimeline = 4,
  kTimer = 5,
  kFunds = 6,
  kIndex = 7,
  kQuarantine = 8,
  kAudit = 9,
  kAttachment = 10,
};
inline constexpr size_t kFamilyCount = 11;

// Writes that become durable together or not at all. Keys and values lie in one buffer, so that
// filling a batch costs a copy and no allocation per write. A later write to a key wins.
class Batch {
 public:
  struct Op {
    Family family;
    bool remove;
    std::string_view key;
    std::string_view value;
  };

  void put(Family family, std::string_view key, std::string_view value);
  void remove(Family family, std::string_view key);
  // Something leaves the house with this commit of which no peer need ever hear: that the commit
  // was there must be known apart from the store, too, when commit() returns.
  void witness() { witnessed_ = true; }
  bool witnessed() const { return witnessed_; }

  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  // Bytes of keys and values.
  size_t bytes() const { return buffer_.size(); }
  // Valid until the next put, remove or clear. REQUIRES: index < size().
  Op op(size_t index) const;
  // Forgets the writes, keeps the memory.
  void clear();

 private:
  struct Entry {
    Family family;
    bool remove;
    size_t key_at;
    size_t key_size;
    size_t value_size;
  };
  std::string buffer_;
  std::vector<Entry> entries_;
  bool witnessed_ = false;
};

// Called for each record in key order; return false to stop. The views die with the call.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

// Reads of durable data. Safe from any thread.
class Reader {
 public:
  virtual ~Reader() = default;

  // The value, nullopt if there is none. Errors: kCorrupt (checksum), kIo.
  [[nodiscard]] virtual Result<std::optional<std::string>> get(Family family,
                                                               std::string_view key) const = 0;

  // Visits keys in [lower, upper) in order. Errors as for get.
  [[nodiscard]] virtual Result<void> scan(Family family, std::string_view lower,
                                          std::string_view upper, const Visitor& visit) const = 0;

  // Visits keys in [lower, upper) from the highest down.
  [[nodiscard]] virtual Result<void> scan_back(Family family, std::string_view lower,
                                               std::string_view upper,
                                               const Visitor& visit) const = 0;
};

// A Reader whose view does not change. Keep it briefly: it holds back compaction.
using Snapshot = Reader;

class Store : public Reader {
 public:
  // Makes `batch` durable: when this returns success, it survives power loss. On an error the
  // result is UNKNOWN (it may come back after a restart): the caller must stop the process and
  // answer nothing. Every commit, also an empty one, raises lsn() by one.
  // One thread at a time; readers are not blocked.
  [[nodiscard]] virtual Result<void> commit(const Batch& batch) = 0;

  // Number of the last durable commit, 0 in a new store.
  virtual Lsn lsn() const = 0;

  virtual std::unique_ptr<Snapshot> snapshot() const = 0;
};

}  // namespace jiexu
