// What the open commit holds, and reads that already see it. The engine decides the next steps
// while the last ones are on their way to the disk, and must not decide on old state.
//
// Two generations of writes lie over the store: the open one, which steps write into, and the one
// in flight, whose commit is running. A get finds a pending write if its kind of key is findable
// (storage/kinds.h); of the other kinds it sees what is durable, as scans do of all kinds: what has
// to be seen sooner than it can be scanned, its owner keeps in memory.
//
// The transaction also holds the queue of changes. A *step* is one message, one act of a person,
// one bank line, one timer. What it does to cases is queued, and told when it is over, so that
// nobody is called back in the middle of his own work: end_step() empties the queue, first in
// first out, and what listeners change comes behind it. The order in which changes were queued is
// theirs in the commit.
//
// Owned by the engine's thread. Errors: the store's; kCorrupt as Records.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "daemon/engine/case_changed.h"
#include "storage/records.h"
#include "storage/store.h"

namespace jiexu {

class Transaction {
 public:
  // Changes that led to one another. A listener that makes more of them than this never ends.
  static constexpr uint32_t kDepthMax = 64;

  // Both must outlive this object.
  Transaction(const Reader& store, const Vault& vault);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The record as the last write has left it, nullopt if there is none.
  Result<std::optional<std::string>> get(const RecordKey& key) const { return records_.get(key); }
  template <class T>
  Result<std::optional<T>> get_message(const RecordKey& key) const {
    return records_.get_message<T>(key);
  }
  // Durable records, as Records::scan.
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const {
    return durable_.scan(family, lower, upper, visit);
  }
  // For whoever reads records of others: as get() reads them, and only what is durable.
  const Records& records() const { return records_; }
  const Records& durable() const { return durable_; }
  // The store itself, for who looks at keys alone: its values are sealed.
  const Reader& store() const { return store_; }

  // Each replaces what was written under the key before; sealed if its kind is.
  void put(const RecordKey& key, std::string_view plain);
  template <class T>
  void put_message(const RecordKey& key, const T& message);
  void remove(const RecordKey& key);
  // As Batch::witness, of the open commit.
  void witness() { generations_[open_].batch.witness(); }

  // Listeners are told in the order in which they were added, and must outlive this object.
  void add_listener(CaseListener* listener) { listeners_.push_back(listener); }
  // A place at the end of the queue, to be filled; its memory has been used before. Valid until the
  // step ends.
  CaseChanged& queue_change();
  // REQUIRES: one has been queued since the last step ended.
  const CaseChanged& last_change() const;
  // Tells of what is queued. REQUIRES: no listener calls it. Error besides the listeners': kInvalid
  // if changes led to one another without end, with the case of the last one.
  [[nodiscard]] Result<void> end_step();

  // Whether nothing is written that is not durable; the same of the open commit alone, and how many
  // writes and bytes that has.
  bool all_durable() const { return empty() && in_flight().empty(); }
  const Batch& open_batch() const { return generations_[open_].batch; }
  bool empty() const { return generations_[open_].batch.empty(); }
  size_t size() const { return generations_[open_].batch.size(); }
  size_t bytes() const { return generations_[open_].batch.bytes(); }
  // The open writes become those in flight. REQUIRES: nothing is in flight, and every step has
  // ended.
  void launch();
  const Batch& in_flight() const { return generations_[1 - open_].batch; }
  // What was in flight is durable now.
  void land();

 private:
  // A batch with an index of its keys: an open hash table of places in the batch, which holds the
  // keys already, so that indexing a write costs no allocation.
  struct Generation {
    // Makes the last write to the batch findable. REQUIRES: it was to this family and key.
    void index_last(Family family, std::string_view key);
    // The newest indexed write to the key, nullopt if there is none.
    std::optional<Batch::Op> find(Family family, std::string_view key) const;
    void clear();

    // The slot of the key, or the free one where it belongs. REQUIRES: slots is not empty.
    size_t slot_of(size_t hash, Family family, std::string_view key) const;
    Batch::Op op_in(uint32_t slot) const;
    void grow();

    Batch batch;
    // A power of two of them, about as many as the last commits needed. A slot is 0 while free,
    // else 1 + the place in the batch, under 8 bits of the key's hash: most questions are about
    // keys that are not there, and these bits answer them without a look into the batch. The table
    // is kept small, because between two questions a letter's work takes the cache.
    std::vector<uint32_t> slots;
    size_t used = 0;
  };

  // Sealed records as the last write has left them.
  class Pending final : public Reader {
   public:
    explicit Pending(const Transaction& tx) : tx_(tx) {}
    Result<std::optional<std::string>> get(Family family, std::string_view key) const override;
    Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                      const Visitor& visit) const override;
    Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                           const Visitor& visit) const override;

   private:
    const Transaction& tx_;
  };

  void wrote(const RecordKey& key);
  Result<void> tell(const CaseChanged& change);

  std::array<Generation, 2> generations_;
  size_t open_ = 0;
  Pending pending_;
  const Reader& store_;
  Records records_;  // over pending_
  Records durable_;
  std::string plain_;  // scratch of put_message

  std::vector<CaseListener*> listeners_;
  // The first queued_ are in the queue, of which told_ have been told or are being told; the others
  // are kept for their memory.
  std::deque<CaseChanged> changes_;
  size_t queued_ = 0;
  size_t told_ = 0;
  const CaseChanged* telling_ = nullptr;
  uint32_t changes_in_commit_ = 0;
};

template <class T>
void Transaction::put_message(const RecordKey& key, const T& message) {
  plain_.clear();
  message.AppendToString(&plain_);
  put(key, plain_);
}

}  // namespace jiexu
