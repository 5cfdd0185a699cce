#include "storage/rocks/rocks_store.h"

#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "storage/file.h"
#include "storage/layout.h"
#include "storage/rocks/recovery.h"
#include "storage/rocks/rocks_db.h"
#include "storage/rocks/rocks_reader.h"
#include "storage/rocks/watermark.h"

namespace jiexu {

namespace fs = std::filesystem;

namespace {

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view text(const rocksdb::Slice& bytes) {
  return {bytes.data(), bytes.size()};
}

tl::unexpected<Error> read_error(Family family, const rocksdb::Status& status) {
  return rocks_error("cannot read family " + std::string(layout::family_name(family)), status);
}

Result<std::optional<std::string>> read_one(const RocksDb& db, const rocksdb::ReadOptions& options,
                                            Family family, std::string_view key) {
  std::string value;
  const auto status = db.get()->Get(options, db.family(family), slice(key), &value);
  if (status.ok()) return value;
  if (status.IsNotFound()) return std::nullopt;
  return read_error(family, status);
}

enum class Order { kUp, kDown };

Result<void> read_range(const RocksDb& db, rocksdb::ReadOptions options, Order order, Family family,
                        std::string_view lower, std::string_view upper, const Visitor& visit) {
  if (lower >= upper) return {};
  const rocksdb::Slice lower_bound = slice(lower);
  const rocksdb::Slice upper_bound = slice(upper);
  options.iterate_lower_bound = &lower_bound;
  options.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db.get()->NewIterator(options, db.family(family)));
  order == Order::kUp ? it->SeekToFirst() : it->SeekToLast();
  while (it->Valid() && visit(text(it->key()), text(it->value()))) {
    order == Order::kUp ? it->Next() : it->Prev();
  }
  if (!it->status().ok()) return read_error(family, it->status());
  return {};
}

// Reads of an open database, with options of its own.
class DbReader : public Reader {
 public:
  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    return read_one(db_, options_, family, key);
  }
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override {
    return read_range(db_, options_, Order::kUp, family, lower, upper, visit);
  }
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override {
    return read_range(db_, options_, Order::kDown, family, lower, upper, visit);
  }

 protected:
  explicit DbReader(const RocksDb& db) : db_(db) {}

  const RocksDb& db_;
  rocksdb::ReadOptions options_;  // verify_checksums is on by default
};

class RocksSnapshot final : public DbReader {
 public:
  explicit RocksSnapshot(const RocksDb& db) : DbReader(db) {
    options_.snapshot = db_.get()->GetSnapshot();
  }
  ~RocksSnapshot() override { db_.get()->ReleaseSnapshot(options_.snapshot); }
};

class StoppedStore final : public DbReader {
 public:
  StoppedStore(Fd lock, RocksDb db) : DbReader(own_), lock_(std::move(lock)), own_(std::move(db)) {
    options_.fill_cache = false;  // everything is read once
  }

 private:
  Fd lock_;  // released after RocksDB is closed
  RocksDb own_;
};

// An empty directory of our own, with rights for nobody else. A store is never made over anything.
Result<void> make_dir(const fs::path& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return fail(Errc::kIo, "cannot create " + dir.string() + ": " + error.message());
  if (!fs::is_empty(dir, error)) {
    return fail(Errc::kExists, dir.string() + " is not empty; a store is made in a new directory");
  }
  fs::permissions(dir, fs::perms::owner_all, error);
  if (error) return fail(Errc::kIo, "cannot protect " + dir.string() + ": " + error.message());
  return sync_path(fs::absolute(dir).parent_path());
}

}  // namespace

// The lock is released last, after RocksDB is closed: members are destroyed from the last to the
// first.
struct RocksStore::Impl {
  RocksPlaces places;
  Fd lock;
  std::shared_ptr<FailStop> stop;
  Recovered opened;
  std::atomic<Lsn> lsn;
  Space space;
  rocksdb::WriteBatch writes;  // these two are kept, so that their memory is
  std::vector<Batch::Op> unordered;
  rocksdb::WriteOptions write_options = rocks_write_options();

  Impl(RocksPlaces at, Fd held, std::shared_ptr<FailStop> fail_stop, Recovered result,
       const SpaceLimits& limits)
      : places(std::move(at)),
        lock(std::move(held)),
        stop(std::move(fail_stop)),
        opened(std::move(result)),
        lsn(opened.recovery.lsn),
        space(places.dir, limits) {}

  // Brings the mark up to date, with the manifest.
  Result<void> flush_mark() {
    if (!opened.watermark) return {};
    opened.watermark->note(opened.db.manifest());
    return opened.watermark->flush();
  }

  // At most every so often, or `at_once`.
  Result<void> advance_mark(Lsn to, bool at_once) {
    if (!opened.watermark) return {};
    const auto now = std::chrono::steady_clock::now();
    if (opened.watermark->due(now)) opened.watermark->note(opened.db.manifest());
    TRY_DO(opened.watermark->advance(to, now));
    return at_once ? opened.watermark->flush() : Result<void>();
  }

  void add(const Batch::Op& op) {
    CHECK(op.family != Family::kMeta || op.key != layout::kLsnKey);
    auto* family = opened.db.family(op.family);
    const auto added = op.remove ? writes.Delete(family, slice(op.key))
                                 : writes.Put(family, slice(op.key), slice(op.value));
    CHECK(added.ok());
  }

  // Index keys come in no order. In order, each begins its walk through the memtable near the last,
  // which halves the cost of the whole write. Writes to one key keep theirs: the later one wins.
  void fill(const Batch& batch, Lsn next) {
    writes.Clear();
    unordered.clear();
    for (size_t i = 0; i < batch.size(); ++i) {
      const Batch::Op op = batch.op(i);
      if (op.family == Family::kIndex) {
        unordered.push_back(op);
      } else {
        add(op);
      }
    }
    std::ranges::stable_sort(unordered, {}, &Batch::Op::key);
    for (const Batch::Op& op : unordered) add(op);
    std::string number;
    append_u64(number, next);
    const auto added =
        writes.Put(opened.db.family(Family::kMeta), slice(layout::kLsnKey), slice(number));
    CHECK(added.ok());
  }
};

RocksStore::RocksStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<RocksStore>> RocksStore::start(std::unique_ptr<Impl> impl,
                                                      const RocksSettings& settings) {
  impl->stop->arm(settings.on_background_error);
  if (impl->stop->tripped()) return fail(Errc::kIo, "the store failed while it was opened");
  // Opening made a new manifest, which is watched from now on.
  TRY_DO(impl->flush_mark());
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(impl)));
}

Result<std::unique_ptr<RocksStore>> RocksStore::create(const RocksSettings& settings) {
  const RocksPlaces places(settings.dir);
  TRY_DO(make_dir(places.dir));
  TRY(auto lock, lock_file(places.lock));
  TRY_DO(require_space(places.dir, settings.free_bytes_min));
  RocksHooks hooks{std::make_shared<FailStop>(), settings.log, settings.env,
                   settings.open_files_max, settings.on_damage};
  TRY(auto db, RocksDb::create(places.db, hooks));
  TRY(auto watermark, Watermark::create(places.watermark, 0));
  Recovered fresh{std::move(db), std::move(watermark), {}};
  fresh.recovery.watermark = 0;
  return start(std::make_unique<Impl>(places, std::move(lock), std::move(hooks.stop),
                                      std::move(fresh), settings.space),
               settings);
}

Result<std::unique_ptr<RocksStore>> RocksStore::open(const RocksSettings& settings) {
  auto store = open_once(settings);
  if (store || store.error().code != Errc::kNoSpace) return store;
  TRY_DO(Space(settings.dir, settings.space).give_up_ballast());
  return open_once(settings);
}

Result<std::unique_ptr<RocksStore>> RocksStore::open_once(const RocksSettings& settings) {
  const RocksPlaces places(settings.dir);
  std::error_code error;
  if (!fs::is_directory(places.dir, error)) {
    return fail(Errc::kNotFound, "there is no store in " + places.dir.string());
  }
  TRY(auto lock, lock_file(places.lock));
  TRY(const auto log, log_bytes(places.db));
  TRY_DO(require_space(places.dir, settings.free_bytes_min + log));
  RocksHooks hooks{std::make_shared<FailStop>(), settings.log, settings.env,
                   settings.open_files_max, settings.on_damage};
  TRY(auto recovered, recover(places, settings, hooks));
  return start(std::make_unique<Impl>(places, std::move(lock), std::move(hooks.stop),
                                      std::move(recovered), settings.space),
               settings);
}

Result<std::unique_ptr<Reader>> open_read_only(const fs::path& dir) {
  const RocksPlaces places(dir);
  std::error_code error;
  if (!fs::is_directory(places.db, error)) {
    return fail(Errc::kNotFound, "there is no store in " + places.dir.string());
  }
  TRY(auto lock, lock_file_shared(places.lock));
  TRY(auto db, RocksDb::open_read_only(places.db));
  return std::make_unique<StoppedStore>(std::move(lock), std::move(db));
}

RocksStore::~RocksStore() {
  // A mark that could not be written stays behind the log, which is safe.
  std::ignore = flush_watermark();
}

Result<std::optional<std::string>> RocksStore::get(Family family, std::string_view key) const {
  return read_one(impl_->opened.db, {}, family, key);
}

Result<void> RocksStore::scan(Family family, std::string_view lower, std::string_view upper,
                              const Visitor& visit) const {
  return read_range(impl_->opened.db, {}, Order::kUp, family, lower, upper, visit);
}

Result<void> RocksStore::scan_back(Family family, std::string_view lower, std::string_view upper,
                                   const Visitor& visit) const {
  return read_range(impl_->opened.db, {}, Order::kDown, family, lower, upper, visit);
}

Result<void> RocksStore::commit(const Batch& batch) {
  if (impl_->stop->tripped()) return fail(Errc::kIo, "the store stopped at an earlier failure");
  const Lsn next = impl_->lsn + 1;
  impl_->fill(batch, next);
  const auto status = impl_->opened.db.get()->Write(impl_->write_options, &impl_->writes);
  if (!status.ok()) {
    impl_->stop->trip(status.ToString());
    return fail(Errc::kIo, "commit " + std::to_string(next) + " failed: " + status.ToString());
  }
  impl_->lsn = next;
  auto marked = impl_->advance_mark(next, batch.witnessed());
  if (!marked) impl_->stop->trip(marked.error().text);
  return marked;
}

Lsn RocksStore::lsn() const {
  return impl_->lsn;
}

std::unique_ptr<Snapshot> RocksStore::snapshot() const {
  return std::make_unique<RocksSnapshot>(impl_->opened.db);
}

const RocksRecovery& RocksStore::recovery() const {
  return impl_->opened.recovery;
}

Result<void> RocksStore::flush_watermark() {
  return impl_->flush_mark();
}

Result<FreeSpace> RocksStore::look_at_space() {
  const auto found = impl_->space.look();
  if (found) impl_->opened.db.heed_free_space(found->bytes);
  impl_->opened.db.stop_merging_if_damaged();
  return found;
}

FreeSpace RocksStore::space() const {
  return impl_->space.found();
}

Result<void> RocksStore::checkpoint(const fs::path& dir) {
  TRY_DO(make_dir(dir));
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(impl_->opened.db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(RocksPlaces(dir).db.string());
  if (!status.ok()) return rocks_error("cannot copy the store to " + dir.string(), status);
  return sync_path(dir);
}

Result<void> RocksStore::accept_loss() {
  auto watermark = Watermark::create(impl_->places.watermark, impl_->lsn);
  if (!watermark) return tl::unexpected(watermark.error());
  impl_->opened.watermark = std::move(*watermark);
  TRY_DO(impl_->flush_mark());
  impl_->opened.recovery.complete = true;
  std::error_code error;
  fs::remove(impl_->places.lost_watermark, error);
  if (error) return fail(Errc::kIo, "cannot remove watermark.lost: " + error.message());
  return sync_path(impl_->places.dir);
}

}  // namespace jiexu
