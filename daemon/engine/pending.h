// Reads that already see what is written but not yet durable. The engine decides the next steps
// while the last ones are on their way to the disk, and must not decide on old state.
//
// Of pending writes only those to the families case, index and funds, the counters of letters and
// the removal of attachments are found; the engine reads no others by key. Scans see durable data
// only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "storage/store.h"

namespace jiexu {

// A batch with an index of its keys: an open hash table of places in the batch, which holds the
// keys already, so that indexing a write costs no allocation.
class PendingBatch {
 public:
  Batch& batch() { return batch_; }
  const Batch& batch() const { return batch_; }
  // Makes the last write to the batch findable. REQUIRES: it was to this family and key.
  void index_last(Family family, std::string_view key);
  // The newest indexed write to the key, nullopt if there is none.
  std::optional<Batch::Op> find(Family family, std::string_view key) const;
  void clear();

 private:
  // A slot is 0 while free, else 1 + the place in the batch, under 8 bits of the key's hash: most
  // questions are about keys that are not there, and these bits answer them without a look into the
  // batch. The table is kept small, because between two questions a letter's work takes the cache.
  static size_t hash_of(Family family, std::string_view key);
  // The slot of the key, or the free one where it belongs. REQUIRES: slots_ is not empty.
  size_t slot_of(size_t hash, Family family, std::string_view key) const;
  Batch::Op op_in(uint32_t slot) const;
  void grow();

  Batch batch_;
  std::vector<uint32_t> slots_;  // a power of two of them, about as many as the last commits needed
  size_t used_ = 0;
};

// Two generations of pending writes over a store.
class PendingReader final : public Reader {
 public:
  explicit PendingReader(const Reader& durable) : durable_(durable) {}

  PendingBatch& open() { return generations_[open_]; }
  const PendingBatch& open() const { return generations_[open_]; }
  PendingBatch& in_flight() { return generations_[1 - open_]; }
  // The open batch becomes the one in flight. REQUIRES: nothing is in flight.
  void launch();
  // What was in flight is durable now.
  void land();

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override;
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override;

 private:
  const Reader& durable_;
  std::array<PendingBatch, 2> generations_;
  size_t open_ = 0;
};

}  // namespace jiexu
