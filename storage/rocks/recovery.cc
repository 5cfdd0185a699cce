#include "storage/rocks/recovery.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include "storage/file.h"
#include "storage/rocks/manifest_tail.h"

namespace jiexu {

namespace fs = std::filesystem;

namespace {

constexpr const char* kWhatToDo =
    "; restore a backup, or accept the loss with `jiexu store accept-loss`, which asks the other "
    "agencies for what is missing";

tl::unexpected<Error> fs_error(std::string_view what, const fs::path& path,
                               const std::error_code& error) {
  const bool full = error == std::errc::no_space_on_device;
  return fail(full ? Errc::kNoSpace : Errc::kIo,
              std::string(what) + " " + path.string() + ": " + error.message());
}

Result<void> rename_to(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return fs_error("cannot rename", from, error);
  return sync_path(to.parent_path());
}

Result<void> remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return fs_error("cannot remove", path, error);
  return {};
}

fs::path next_evidence(const fs::path& dir) {
  for (int n = 1;; ++n) {
    fs::path path = dir / ("evidence-" + std::to_string(n));
    std::error_code error;
    if (!fs::exists(path, error)) return path;
  }
}

// The rescue copy is moved into place only after it was found good, so that a missing DIR/db beside
// it means: the process died between the two renames.
Result<void> finish_promotion(const RocksPlaces& places) {
  std::error_code error;
  if (fs::exists(places.db, error) || !fs::exists(places.rescue, error)) return {};
  return rename_to(places.rescue, places.db);
}

// Table files are never changed once written, a second link to one is as good as a copy.
bool is_table_file(const fs::path& path) {
  return path.extension() == ".sst";
}

Result<void> copy_one(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (is_table_file(from)) {
    fs::create_hard_link(from, to, error);
    if (error) return fs_error("cannot link", from, error);
    return {};
  }
  fs::copy_file(from, to, error);
  if (error) return fs_error("cannot copy", from, error);
  return sync_path(to);
}

Result<std::vector<fs::path>> files_of(const fs::path& dir) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    if (it->path().filename() != "LOCK") files.push_back(it->path());
  }
  if (error) return fs_error("cannot list", dir, error);
  return files;
}

Result<void> copy_db(const RocksPlaces& places, uint64_t free_bytes_min) {
  TRY(auto files, files_of(places.db));
  uint64_t needed = free_bytes_min;
  std::error_code error;
  for (const auto& file : files) {
    if (!is_table_file(file)) needed += fs::file_size(file, error);
    if (error) return fs_error("cannot examine", file, error);
  }
  TRY_DO(require_space(places.dir, needed));
  TRY_DO(remove_tree(places.rescue));
  fs::create_directory(places.rescue, error);
  if (error) return fs_error("cannot create", places.rescue, error);
  for (const auto& file : files) {
    TRY_DO(copy_one(file, places.rescue / file.filename()));
  }
  return sync_path(places.rescue);
}

// What is known of the last durable commit.
struct Mark {
  std::optional<Watermark> active;  // of a store that was complete when it was last open
  std::optional<Lsn> lsn;           // also of one that was not

  bool covered_by(Lsn recovered) const { return active && recovered >= *lsn; }
};

Result<Mark> read_mark(const RocksPlaces& places) {
  Mark mark;
  auto active = Watermark::open(places.watermark);
  if (!active && active.error().code == Errc::kIo) return tl::unexpected(active.error());
  if (active) {
    mark.lsn = active->durable();
    mark.active = std::move(*active);
  } else if (auto lost = Watermark::open(places.lost_watermark)) {
    mark.lsn = lost->durable();
  }
  return mark;
}

// The number of the manifest that DIR/db/CURRENT names ("MANIFEST-000063"); nullopt: RocksDB will
// say what is wrong with it.
std::optional<uint64_t> current_manifest(const RocksPlaces& places) {
  constexpr std::string_view kPrefix = "MANIFEST-";
  std::string name;
  std::getline(std::ifstream(places.db / "CURRENT"), name);
  if (!name.starts_with(kPrefix)) return std::nullopt;
  uint64_t number = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

fs::path manifest_file(const fs::path& db, uint64_t number) {
  std::string name = std::to_string(number);
  name.insert(0, name.size() < 6 ? 6 - name.size() : 0, '0');
  return db / ("MANIFEST-" + name);
}

// Asked before RocksDB opens, because it deletes tables that a cut manifest does not name.
bool manifest_is_cut(const RocksPlaces& places, const Mark& mark) {
  if (!mark.active || mark.active->manifest().number == 0) return false;
  const ManifestMark& expected = mark.active->manifest();
  const auto number = current_manifest(places);
  if (!number || *number > expected.number) return false;
  if (*number < expected.number) return true;
  // RocksDB reads a record whose length is wrong as the end of the file, whatever its size.
  std::ifstream file(manifest_file(places.db, *number), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return file && manifest_tail(bytes).whole_bytes < expected.size;
}

Error loss_error(const Error& refused, Lsn recovered, const Mark& mark) {
  std::string text =
      refused.text + "; the log is readable up to commit " + std::to_string(recovered) + ". ";
  text += mark.active ? "Commits " + std::to_string(recovered + 1) + " to " +
                            std::to_string(*mark.lsn) + " or later are lost"
                      : "There is no watermark, so that nobody can tell which commits are lost";
  return {Errc::kCorrupt, text + kWhatToDo};
}

// The LSN that the rescue copy holds. Opening it also cuts its log at the damage.
Result<Lsn> salvage(const RocksPlaces& places, const RocksHooks& hooks) {
  TRY(auto db, RocksDb::open(places.rescue, rocksdb::WALRecoveryMode::kPointInTimeRecovery, hooks));
  return db.stored_lsn();
}

// A write to the manifest that the power cut tore, in the copy. Never what the watermark knows to
// be durable.
Result<void> mend_manifest(const RocksPlaces& places, const Mark& mark) {
  const auto number = current_manifest(places);
  if (!number || !mark.active) return {};
  const ManifestMark& known = mark.active->manifest();
  const uint64_t keep = known.number == *number ? known.size : 0;
  TRY_DO(cut_torn_tail(manifest_file(places.rescue, *number), keep));
  return {};
}

// Stage 2. Returns where the evidence is; DIR/db can be opened strictly then.
Result<fs::path> rescue(const RocksPlaces& places, const RocksSettings& settings, const Mark& mark,
                        const Error& refused, const RocksHooks& hooks) {
  TRY_DO(copy_db(places, settings.free_bytes_min));
  TRY_DO(mend_manifest(places, mark));
  const auto salvaged = salvage(places, hooks);
  if (!salvaged || (!mark.covered_by(*salvaged) && !settings.accept_loss)) {
    TRY_DO(remove_tree(places.rescue));
    return tl::unexpected(salvaged ? loss_error(refused, *salvaged, mark) : salvaged.error());
  }
  const fs::path evidence = next_evidence(places.dir);
  TRY_DO(rename_to(places.db, evidence));
  TRY_DO(finish_promotion(places));
  return evidence;
}

// From now on no watermark is active, so that every opening reports the loss until it is accepted.
Result<void> retire_mark(const RocksPlaces& places, Mark& mark) {
  if (!mark.active) return {};
  mark.active.reset();
  return rename_to(places.watermark, places.lost_watermark);
}

}  // namespace

RocksPlaces::RocksPlaces(const fs::path& store_dir)
    : dir(store_dir),
      lock(dir / "lock"),
      db(dir / "db"),
      rescue(dir / "rescue"),
      watermark(dir / "watermark"),
      lost_watermark(dir / "watermark.lost") {}

Result<void> require_space(const fs::path& dir, uint64_t bytes) {
  TRY(const auto available, free_bytes(dir));
  if (available >= bytes) return {};
  return fail(Errc::kNoSpace, "opening the store needs " + std::to_string(bytes) +
                                  " bytes of free disk at " + dir.string() + ", there are " +
                                  std::to_string(available));
}

Result<uint64_t> log_bytes(const fs::path& db) {
  uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator it(db, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".log") bytes += it->file_size(error);
  }
  // Without a db there is none; what is wrong with it, recover() says.
  if (error && error != std::errc::no_such_file_or_directory) {
    return fs_error("cannot examine", db, error);
  }
  return bytes;
}

Result<Recovered> recover(const RocksPlaces& places, const RocksSettings& settings,
                          const RocksHooks& hooks) {
  constexpr auto kStrict = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  TRY_DO(finish_promotion(places));
  std::error_code error;
  if (!fs::exists(places.db / "CURRENT", error)) {
    return fail(Errc::kNotFound, "there is no store in " + places.dir.string());
  }
  TRY(auto mark, read_mark(places));
  const bool cut = manifest_is_cut(places, mark);
  if (cut && !settings.accept_loss) {
    return fail(Errc::kCorrupt,
                "the manifest of " + places.db.string() +
                    " is shorter than it was: nobody can tell which tables are lost" + kWhatToDo);
  }
  RocksRecovery recovery;
  auto db = RocksDb::open(places.db, kStrict, hooks);
  if (!db && db.error().code == Errc::kCorrupt) {
    TRY(auto evidence, rescue(places, settings, mark, db.error(), hooks));
    recovery.promoted = true;
    recovery.evidence = evidence;
    db = RocksDb::open(places.db, kStrict, hooks);
  }
  if (!db) return tl::unexpected(db.error());
  TRY(const auto lsn, db->stored_lsn());
  recovery.lsn = lsn;
  recovery.watermark = mark.lsn;
  recovery.complete = mark.covered_by(lsn) && !cut;
  if (!recovery.complete) {
    TRY_DO(retire_mark(places, mark));
  }
  return Recovered{std::move(*db), std::move(mark.active), std::move(recovery)};
}

}  // namespace jiexu
