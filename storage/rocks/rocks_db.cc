#include "storage/rocks/rocks_db.h"

#include <rocksdb/listener.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "daemon/base/bytes.h"
#include "storage/layout.h"

namespace jiexu {

namespace {

// What the log holds at most, and one memtable that is being flushed meanwhile.
constexpr uint64_t kMemtablesMax = (64 + 64) << 20;
// Tables that a reader of a stopped store holds open at once.
constexpr int kFilesOfReader = 64;

class StopListener final : public rocksdb::EventListener {
 public:
  StopListener(const RocksHooks& hooks, std::shared_ptr<std::atomic<bool>> damaged)
      : stop_(hooks.stop), damage_(hooks.damage), damaged_(std::move(damaged)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    const bool merging = reason == rocksdb::BackgroundErrorReason::kCompaction;
    if (!merging || !status->IsCorruption()) return stop_->trip(status->ToString());
    if (!damaged_->exchange(true) && damage_) damage_(status->ToString());
    *status = rocksdb::Status::OK();  // RocksDB goes on writing
  }

 private:
  std::shared_ptr<FailStop> stop_;
  std::function<void(std::string_view)> damage_;
  std::shared_ptr<std::atomic<bool>> damaged_;
};

// Takes the place of RocksDB's LOG file. After a failed write to that file, the next one fails an
// assertion, which Debian's build keeps: a full disk would kill the process before the failed
// commit is reported.
class HookLogger final : public rocksdb::Logger {
 public:
  explicit HookLogger(std::function<void(std::string_view)> log)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), log_(std::move(log)) {}

  using Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    if (!log_) return;
    char line[1024];
    const int size = std::vsnprintf(line, sizeof line, format, arguments);
    if (size > 0) log_({line, std::min(static_cast<size_t>(size), sizeof line - 1)});
  }

 private:
  std::function<void(std::string_view)> log_;
};

// With their settings, in the order of their numbers behind RocksDB's own.
std::vector<rocksdb::ColumnFamilyDescriptor> all_families() {
  const auto cache = rocks_cache();
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, rocks_family_options({}, cache));
  for (size_t i = 0; i < kFamilyCount; ++i) {
    const std::string name(layout::family_name(static_cast<Family>(i)));
    families.emplace_back(name, rocks_family_options(name, cache));
  }
  return families;
}

}  // namespace

void FailStop::trip(std::string_view reason) {
  std::function<void(std::string_view)> handler;
  {
    const std::lock_guard lock(mutex_);
    tripped_ = true;
    std::swap(handler, handler_);
  }
  if (handler) handler(reason);
}

bool FailStop::tripped() const {
  const std::lock_guard lock(mutex_);
  return tripped_;
}

void FailStop::arm(std::function<void(std::string_view)> handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

Result<RocksDb> RocksDb::create(const std::filesystem::path& dir, const RocksHooks& hooks) {
  rocksdb::DBOptions options = rocks_db_options();
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.error_if_exists = true;
  return open_with(dir, std::move(options), hooks);
}

Result<RocksDb> RocksDb::open(const std::filesystem::path& dir, rocksdb::WALRecoveryMode mode,
                              const RocksHooks& hooks) {
  rocksdb::DBOptions options = rocks_db_options();
  options.wal_recovery_mode = mode;
  return open_with(dir, std::move(options), hooks);
}

Result<RocksDb> RocksDb::open_with(const std::filesystem::path& dir, rocksdb::DBOptions options,
                                   const RocksHooks& hooks) {
  if (hooks.env != nullptr) options.env = hooks.env;
  options.max_open_files = hooks.open_files_max;
  const auto damaged = std::make_shared<std::atomic<bool>>(false);
  options.listeners.push_back(std::make_shared<StopListener>(hooks, damaged));
  options.info_log = std::make_shared<HookLogger>(hooks.log);
  std::shared_ptr<rocksdb::SstFileManager> files(
      rocksdb::NewSstFileManager(options.env, options.info_log));
  files->SetCompactionBufferSize(kMemtablesMax);
  options.sst_file_manager = files;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(options, dir.string(), all_families(), &handles, &db);
  if (!status.ok()) return rocks_error("cannot open the store", status);

  RocksDb opened;
  opened.files_ = std::move(files);
  opened.damaged_ = damaged;
  opened.adopt(db, handles);
  return opened;
}

Result<RocksDb> RocksDb::open_read_only(const std::filesystem::path& dir) {
  rocksdb::DBOptions options = rocks_db_options();
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_open_files = kFilesOfReader;
  options.info_log = std::make_shared<HookLogger>(nullptr);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const auto status =
      rocksdb::DB::OpenForReadOnly(options, dir.string(), all_families(), &handles, &db);
  if (!status.ok()) return rocks_error("cannot read the store", status);
  RocksDb opened;
  opened.adopt(db, handles);
  return opened;
}

void RocksDb::adopt(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles) {
  db_.reset(db);
  unused_default_ = handles[0];
  std::copy(handles.begin() + 1, handles.end(), handles_.begin());
}

RocksDb::~RocksDb() {
  if (!db_) return;
  for (auto* handle : handles_) delete handle;
  delete unused_default_;
}

RocksDb& RocksDb::operator=(RocksDb&& other) noexcept {
  std::swap(db_, other.db_);
  std::swap(files_, other.files_);
  std::swap(damaged_, other.damaged_);
  std::swap(merges_, other.merges_);
  std::swap(unused_default_, other.unused_default_);
  std::swap(handles_, other.handles_);
  return *this;
}

Result<Lsn> RocksDb::stored_lsn() const {
  std::string value;
  const auto status =
      db_->Get({}, family(Family::kMeta),
               rocksdb::Slice(layout::kLsnKey.data(), layout::kLsnKey.size()), &value);
  if (status.IsNotFound()) return 0;
  if (!status.ok()) return rocks_error("cannot read the LSN", status);
  if (value.size() != 8) return fail(Errc::kCorrupt, "the stored LSN is not a number");
  return read_u64(value);
}

void RocksDb::heed_free_space(uint64_t bytes) {
  files_->SetMaxAllowedSpaceUsage(files_->GetTotalSize() + bytes);
}

void RocksDb::stop_merging_if_damaged() {
  if (!merges_ || !damaged_ || !*damaged_) return;
  merges_ = false;
  // If it does not work, the merge fails again every second, which costs no more than that.
  for (auto* handle : handles_) {
    (void)db_->SetOptions(handle, {{"disable_auto_compactions", "true"}});
  }
}

ManifestMark RocksDb::manifest() const {
  constexpr std::string_view kPrefix = "/MANIFEST-";
  std::vector<std::string> files;
  ManifestMark mark;
  if (!db_->GetLiveFiles(files, &mark.size, false).ok()) return {};
  for (const std::string& file : files) {
    if (file.starts_with(kPrefix)) mark.number = std::stoull(file.substr(kPrefix.size()));
  }
  return mark;
}

tl::unexpected<Error> rocks_error(std::string_view what, const rocksdb::Status& status) {
  Errc code = Errc::kIo;
  if (status.IsCorruption()) code = Errc::kCorrupt;
  if (status.IsNoSpace()) code = Errc::kNoSpace;
  return fail(code, std::string(what) + ": " + status.ToString());
}

}  // namespace jiexu
