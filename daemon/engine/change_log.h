// Writes what each commit changes into the commit itself (change.h), and deletes what is old.
//
// Cases tell of their changes through the transaction's queue. What else has a record of its own is
// found in the batch when it is sealed, by its key, so that no domain can forget to tell. What has
// no record (states of links, alarms, files that were read again) is noted by whoever sees it, and
// goes with the next commit, which it asks for but does not hasten.
//
// Owned by the engine's thread; the feed is told after each commit. Errors: the store's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "daemon/base/limits.h"
#include "daemon/engine/change.h"
#include "daemon/engine/change_feed.h"
#include "daemon/engine/kernel.h"
#include "daemon/engine/transaction.h"

namespace jiexu {

class ChangeLog final : public CaseListener, public CommitListener {
 public:
  // What is kept: whichever ends first.
  struct Bounds {
    int64_t kept_ms = limits::kChangesKeptMs;
    uint64_t kept_max = limits::kChangesKeptMax;
  };

  // All must outlive this object. It must be the last of the kernel's listeners, for it writes down
  // what the others have written.
  ChangeLog(Transaction& tx, Kernel& kernel, const Store& store, ChangeFeed& feed)
      : tx_(tx), kernel_(kernel), store_(store), feed_(feed) {}

  // Reads where the changes end.
  Result<void> start(Moment now);
  // The store lacks commits that it once held, or may: its numbers come a second time. Whoever
  // names a place from before is told to begin anew. Once in a run: what this run writes nobody
  // has numbered before.
  void begin_epoch(Instant now);
  void set_bounds(const Bounds& bounds) { bounds_ = bounds; }

  // Of something without a record.
  void note(const Change& change);

  Result<void> case_changed(const CaseChanged& change) override;
  void sealing() override;
  void landed(Moment now) override;

  // A duty: deletes what is old, some at a time.
  int64_t wait_ms(Moment now) const;
  Result<bool> forget_old(Moment now);

 private:
  // A record, by what its key and head say. One that cannot be read is not worth the daemon: it is
  // as old as can be, and whoever comes to it begins anew.
  struct Record {
    ChangePlace last;  // its last change
    Instant at;
    uint64_t before = 0;
    bool readable = true;
    uint64_t through() const { return before + last.n + 1; }
  };
  static Result<Record> read(std::string_view key, std::string_view value);

  void add(const Change& change);
  void add_once(const Change& change);
  void find_in(const Batch::Op& op);
  void tell_proposals(const CaseChanged& change);
  bool is_old(const Record& record, Instant now) const;
  bool too_many() const;

  Transaction& tx_;
  Kernel& kernel_;
  const Store& store_;
  ChangeFeed& feed_;
  Bounds bounds_;
  uint32_t epoch_ = 0;
  bool begun_ = false;                     // this run has begun an epoch
  uint64_t total_ = 0;                     // changes that the store has seen
  std::string changes_;                    // of the open commit
  std::string record_;                     // scratch
  std::unordered_set<std::string> found_;  // in the batch, of the open commit
  std::optional<ChangePlace> in_flight_;
  // The first record there is. If changes came before it, it stands for what was deleted: it is
  // where that ends, and is not read any more.
  std::optional<Record> oldest_;
  Steady looked_at_{INT64_MIN / 2};
};

}  // namespace jiexu
