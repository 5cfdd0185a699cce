// Damage to the files of a closed store, and what opening makes of it. The log of RocksDB is
// parsed here only as far as finding its records (its format: log_format.h of RocksDB): crc u32 |
// size u16 | type u8 | payload, in blocks of 32 KiB.
#include <optional>
#include <vector>

#include "storage/rocks/watermark.h"
#include "tests/storage/rocks/rocks_place.h"

namespace jiexu::testing::rocks_recovery_test {

namespace {

namespace fs = std::filesystem;

constexpr int kCommits = 20;

std::string key_of(int commit) {
  return "key " + std::to_string(commit);
}

// Offsets at which the records of a log of less than one block begin, and its end.
std::vector<size_t> record_bounds(const std::string& log) {
  constexpr size_t kHeader = 7;
  REQUIRE(log.size() < 32768);
  std::vector<size_t> bounds = {0};
  while (bounds.back() + kHeader <= log.size()) {
    const size_t at = bounds.back();
    const size_t size = static_cast<uint8_t>(log[at + 4]) | static_cast<uint8_t>(log[at + 5]) << 8;
    bounds.push_back(at + kHeader + size);
  }
  REQUIRE(bounds.back() == log.size());
  return bounds;
}

std::vector<fs::path> files_with(const fs::path& dir, std::string_view extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(dir)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  return files;
}

// A closed store of kCommits commits, each one put, and its log.
struct Closed {
  Closed() {
    for (int i = 1; i <= kCommits; ++i) {
      Batch batch;
      batch.put(Family::kCase, key_of(i), "value");
      REQUIRE(place.store().commit(batch));
    }
    place.close();
    log_path = newest_log(place.path());
    log = read_file(log_path);
    bounds = record_bounds(log);
  }

  // Where the record of a commit begins, counted from the end: RocksDB writes some of its own
  // records first.
  size_t record_of(int commit) const {
    return bounds[bounds.size() - 2 - static_cast<size_t>(kCommits - commit)];
  }
  void flip_bit_in(int commit) const {
    std::string changed = log;
    changed[record_of(commit) + 20] ^= 0x10;
    write_file(log_path, changed);
  }
  // As if the process had died before the mark of the last commits was written.
  void set_watermark(Lsn lsn) const { REQUIRE(Watermark::create(place.path() / "watermark", lsn)); }

  bool has(int commit) { return place.store().get(Family::kCase, key_of(commit))->has_value(); }
  const RocksRecovery& recovery() { return place.rocks().recovery(); }

  RocksPlace place;
  fs::path log_path;
  std::string log;
  std::vector<size_t> bounds;
};

}  // namespace

TEST_CASE("a flipped bit in acknowledged commits is refused by name, and nothing is changed") {
  Closed closed;
  closed.flip_bit_in(10);
  const auto opened = closed.place.try_open();
  REQUIRE(!opened);
  CHECK(opened.error().code == Errc::kCorrupt);
  INFO(opened.error().text);
  CHECK(opened.error().text.find("Commits 10 to 20 or later are lost") != std::string::npos);
  CHECK(!fs::exists(closed.place.path() / "rescue"));
  CHECK(!fs::exists(closed.place.path() / "evidence-1"));
  // The log is as it was: with the bit flipped back all is there.
  write_file(closed.log_path, closed.log);
  REQUIRE(closed.place.try_open());
  CHECK(closed.recovery().complete);
  CHECK(closed.has(kCommits));
}

TEST_CASE("an operator can go on with loss; the store says so until it is made good") {
  Closed closed;
  closed.flip_bit_in(10);
  REQUIRE(closed.place.try_open(true));
  CHECK(closed.recovery().promoted);
  CHECK(!closed.recovery().complete);
  CHECK(closed.recovery().lsn == 9);
  CHECK(closed.recovery().watermark == kCommits);
  CHECK(closed.has(9));
  CHECK(!closed.has(10));
  CHECK(read_file(closed.recovery().evidence / closed.log_path.filename()) != closed.log);

  // Later commits do not hide the loss, even when their number has passed the watermark.
  for (int i = 0; i < kCommits; ++i) REQUIRE(closed.place.store().commit(Batch()));
  closed.place.reopen();
  CHECK(!closed.recovery().complete);
  CHECK(closed.recovery().watermark == kCommits);

  REQUIRE(closed.place.rocks().accept_loss());
  CHECK(closed.recovery().complete);
  closed.place.reopen();
  CHECK(closed.recovery().complete);
  CHECK(closed.recovery().lsn == 9 + kCommits);
}

TEST_CASE("damage behind the watermark is a write that nobody was told of: the copy takes over") {
  Closed closed;
  closed.set_watermark(kCommits - 1);
  closed.flip_bit_in(kCommits);
  const std::string damaged = read_file(closed.log_path);
  REQUIRE(closed.place.try_open());
  CHECK(closed.recovery().promoted);
  CHECK(closed.recovery().complete);
  CHECK(closed.recovery().lsn == kCommits - 1);
  CHECK(closed.has(kCommits - 1));
  CHECK(!closed.has(kCommits));
  // The damaged directory is kept, as it was found.
  CHECK(closed.recovery().evidence == closed.place.path() / "evidence-1");
  CHECK(read_file(closed.recovery().evidence / closed.log_path.filename()) == damaged);
  CHECK(!fs::exists(closed.place.path() / "rescue"));

  REQUIRE(closed.place.store().commit(Batch()));
  closed.place.reopen();
  CHECK(!closed.recovery().promoted);
  CHECK(closed.recovery().lsn == kCommits);
}

TEST_CASE("a torn last write opens, wherever it was torn") {
  const Closed sample;
  const size_t begin = sample.record_of(kCommits);
  for (size_t size = begin + 1; size < sample.log.size(); size += 9) {
    Closed closed;
    closed.set_watermark(kCommits - 1);
    fs::resize_file(closed.log_path, size);
    INFO("cut at byte " << size - begin << " of the record");
    REQUIRE(closed.place.try_open());
    CHECK(closed.recovery().complete);
    CHECK(closed.recovery().lsn == kCommits - 1);
  }
}

TEST_CASE("a last write of which the end reads as zeros opens") {
  Closed closed;
  closed.set_watermark(kCommits - 1);
  std::string torn = closed.log;
  std::fill(torn.begin() + static_cast<long>(closed.record_of(kCommits)) + 12, torn.end(), '\0');
  write_file(closed.log_path, torn);
  REQUIRE(closed.place.try_open());
  CHECK(closed.recovery().complete);
  CHECK(closed.recovery().lsn == kCommits - 1);
}

// RocksDB opens these two without a word.
TEST_CASE("a log cut at a record's border is reported as loss") {
  Closed closed;
  fs::resize_file(closed.log_path, closed.record_of(15));
  REQUIRE(closed.place.try_open());
  CHECK(!closed.recovery().complete);
  CHECK(!closed.recovery().promoted);
  CHECK(closed.recovery().lsn == 14);
  CHECK(closed.recovery().watermark == kCommits);
  closed.place.reopen();
  CHECK(!closed.recovery().complete);
}

TEST_CASE("a tail of zeros in place of acknowledged commits is reported as loss") {
  Closed closed;
  std::string zeroed = closed.log;
  std::fill(zeroed.begin() + static_cast<long>(closed.record_of(19)), zeroed.end(), '\0');
  write_file(closed.log_path, zeroed);
  REQUIRE(closed.place.try_open());
  CHECK(!closed.recovery().complete);
  CHECK(closed.recovery().lsn == 18);
}

TEST_CASE("a log that is gone is reported as loss") {
  Closed closed;
  fs::remove(closed.log_path);
  REQUIRE(closed.place.try_open());
  CHECK(!closed.recovery().complete);
  CHECK(closed.recovery().lsn == 0);
}

TEST_CASE("without a readable watermark, as after a restored backup, the store is not complete") {
  Closed closed;
  SECTION("missing") {
    fs::remove(closed.place.path() / "watermark");
  }
  SECTION("both slots bad") {
    fs::resize_file(closed.place.path() / "watermark", 0);
  }
  REQUIRE(closed.place.try_open());
  CHECK(!closed.recovery().complete);
  CHECK(closed.recovery().watermark == std::nullopt);
  CHECK(closed.recovery().lsn == kCommits);
  closed.place.reopen();
  CHECK(!closed.recovery().complete);
  REQUIRE(closed.place.rocks().accept_loss());
  closed.place.reopen();
  CHECK(closed.recovery().complete);
}

TEST_CASE("a damaged log without a watermark is not promoted by itself") {
  Closed closed;
  fs::remove(closed.place.path() / "watermark");
  closed.flip_bit_in(kCommits);
  CHECK(closed.place.try_open().error().code == Errc::kCorrupt);
  CHECK(closed.place.try_open(true));
}

TEST_CASE("a death between the two renames of a promotion is finished at the next opening") {
  Closed closed;
  fs::rename(closed.place.path() / "db", closed.place.path() / "rescue");
  REQUIRE(closed.place.try_open());
  CHECK(closed.recovery().complete);
  CHECK(closed.recovery().lsn == kCommits);
  CHECK(!fs::exists(closed.place.path() / "rescue"));
}

TEST_CASE("a rescue copy left behind by a death is made anew") {
  Closed closed;
  closed.set_watermark(kCommits - 1);
  closed.flip_bit_in(kCommits);
  fs::create_directory(closed.place.path() / "rescue");
  write_file(closed.place.path() / "rescue" / "CURRENT", "half a copy");
  REQUIRE(closed.place.try_open());
  CHECK(closed.recovery().promoted);
  CHECK(closed.recovery().lsn == kCommits - 1);
}

TEST_CASE("a flipped bit anywhere in the log loses nothing silently") {
  Closed closed;
  const TempDir pristine;
  const fs::path store = closed.place.path();
  fs::copy(store, pristine.path() / "store", fs::copy_options::recursive);
  for (size_t at = 3; at < closed.log.size(); at += 47) {
    INFO("byte " << at << " of " << closed.log.size());
    fs::remove_all(store);
    fs::copy(pristine.path() / "store", store, fs::copy_options::recursive);
    std::string changed = closed.log;
    changed[at] ^= 0x04;
    write_file(closed.log_path, changed);
    if (!closed.place.try_open()) continue;
    if (closed.recovery().complete) {
      for (int commit = 1; commit <= kCommits; ++commit) CHECK(closed.has(commit));
    }
    closed.place.close();
  }
}

TEST_CASE("a flipped bit in a table is refused or an error when read, never a wrong value") {
  Closed closed;
  REQUIRE(closed.place.try_open());  // writes the log into tables
  closed.place.close();
  const auto tables = files_with(closed.place.path() / "db", ".sst");
  CHECK(tables.size() == 2);  // of families meta and case
  size_t noticed = 0;
  for (const auto& path : tables) {
    const std::string table = read_file(path);
    for (size_t at = 5; at < table.size(); at += 101) {
      INFO("byte " << at << " of " << table.size());
      std::string changed = table;
      changed[at] ^= 0x04;
      write_file(path, changed);
      if (closed.place.try_open()) {
        const auto value = closed.place.store().get(Family::kCase, key_of(1));
        CHECK((value ? *value == "value" : value.error().code == Errc::kCorrupt));
        if (!value) ++noticed;
        closed.place.close();
      } else {
        ++noticed;
      }
    }
    write_file(path, table);
  }
  CHECK(noticed > 0);
}

// RocksDB opens it without a word, and deletes the tables that it does not name any more.
TEST_CASE("a manifest that was cut is refused before a table is deleted") {
  Closed closed;
  REQUIRE(closed.place.try_open());  // writes the log into tables
  closed.place.close();
  fs::path manifest;
  for (const auto& entry : fs::directory_iterator(closed.place.path() / "db")) {
    if (entry.path().filename().string().starts_with("MANIFEST")) manifest = entry.path();
  }
  const std::string whole = read_file(manifest);
  const auto tables = files_with(closed.place.path() / "db", ".sst");
  for (size_t size = 0; size < whole.size(); size += 13) {
    fs::resize_file(manifest, size);
    INFO("cut at byte " << size << " of " << whole.size());
    const auto opened = closed.place.try_open();
    REQUIRE(!opened);
    CHECK(opened.error().code == Errc::kCorrupt);
    CHECK(files_with(closed.place.path() / "db", ".sst") == tables);
    write_file(manifest, whole);
  }
  REQUIRE(closed.place.try_open());
  CHECK(closed.recovery().complete);
  CHECK(closed.has(kCommits));
}

TEST_CASE(
    "with loss accepted a store whose manifest was cut opens, and says that it lacks commits") {
  Closed closed;
  REQUIRE(closed.place.try_open());
  closed.place.close();
  for (const auto& entry : fs::directory_iterator(closed.place.path() / "db")) {
    // The last record is the last family's table or log number; all before it stays whole.
    if (!entry.path().filename().string().starts_with("MANIFEST")) continue;
    const std::string log = read_file(entry.path());
    const auto bounds = record_bounds(log);
    fs::resize_file(entry.path(), bounds[bounds.size() - 2]);
  }
  REQUIRE(!closed.place.try_open());
  REQUIRE(closed.place.try_open(true));
  CHECK(!closed.recovery().complete);
  closed.place.reopen();
  CHECK(!closed.recovery().complete);
}

}  // namespace jiexu::testing::rocks_recovery_test
