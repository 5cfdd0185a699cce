#include "storage/rocks/rocks_store.h"

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "storage/rocks/watermark.h"
#include "tests/storage/rocks/rocks_place.h"

namespace jiexu::testing::rocks_store_test {

namespace {

namespace fs = std::filesystem;

Batch batch_of(std::string_view key) {
  Batch batch;
  batch.put(Family::kCase, key, "v");
  return batch;
}

// While it lives, writes of this process past `bytes` of a file fail with EFBIG: a broken disk that
// needs no rights to make.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_) == 0);
    const rlimit limit{bytes, old_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

}  // namespace

TEST_CASE("a store opens only where one was made") {
  const TempDir temp;
  RocksSettings settings{
      .dir = temp.path() / "missing", .on_background_error = {}, .log = {}, .free_bytes_min = 0};
  CHECK(RocksStore::open(settings).error().code == Errc::kNotFound);
  CHECK(!fs::exists(settings.dir));
  // An unmounted disk: the directory is there and empty.
  settings.dir = temp.path();
  CHECK(RocksStore::open(settings).error().code == Errc::kNotFound);
  CHECK(!fs::exists(temp.path() / "db"));
}

TEST_CASE("a store is not made over anything that is there") {
  const RocksPlace place;
  const auto again = RocksStore::create(place.settings());
  REQUIRE(!again);
  CHECK(again.error().code == Errc::kExists);
}

TEST_CASE("a new store is closed to other users of the machine") {
  const RocksPlace place;
  CHECK(fs::status(place.path()).permissions() == fs::perms::owner_all);
}

TEST_CASE("a store that is open is not opened a second time") {
  RocksPlace place;
  const auto second = RocksStore::open(place.settings());
  REQUIRE(!second);
  CHECK(second.error().code == Errc::kBusy);
  CHECK(place.store().commit(batch_of("the first is unharmed")));
  place.close();
  CHECK(RocksStore::open(place.settings()));
}

TEST_CASE("the ballast is given up if there is too little disk to open the store, and only then") {
  RocksPlace place;
  place.close();
  const fs::path ballast = place.path() / "ballast";
  write_file(ballast, "held");
  REQUIRE(RocksStore::open(place.settings()));
  CHECK(fs::exists(ballast));
  RocksSettings settings = place.settings();
  settings.free_bytes_min = UINT64_MAX / 2;
  CHECK(RocksStore::open(settings).error().code == Errc::kNoSpace);
  CHECK(!fs::exists(ballast));
}

TEST_CASE("with too little free disk neither create nor open touches RocksDB") {
  RocksPlace place;
  place.close();
  RocksSettings settings = place.settings();
  settings.free_bytes_min = 1ull << 62;
  CHECK(RocksStore::open(settings).error().code == Errc::kNoSpace);
  const TempDir temp;
  settings.dir = temp.path() / "new";
  CHECK(RocksStore::create(settings).error().code == Errc::kNoSpace);
  CHECK(!fs::exists(settings.dir / "db"));
}

TEST_CASE("the watermark follows the commits and is exact after closing") {
  RocksPlace place;
  for (int i = 0; i < 5; ++i) REQUIRE(place.store().commit(batch_of("k")));
  const auto durable = [&] { return Watermark::open(place.path() / "watermark")->durable(); };
  CHECK(durable() >= 1);
  CHECK(durable() <= 5);
  REQUIRE(place.rocks().flush_watermark());
  CHECK(durable() == 5);
  REQUIRE(place.store().commit(batch_of("k")));
  place.close();
  CHECK(durable() == 6);
}

// Of a payment file that has left no peer need ever have heard.
TEST_CASE("a commit that must be known apart from the store is in the watermark at once") {
  RocksPlace place;
  const auto durable = [&] { return Watermark::open(place.path() / "watermark")->durable(); };
  for (Lsn lsn = 1; lsn <= 20; lsn += 2) {
    REQUIRE(place.store().commit(batch_of("k")));
    Batch leaves = batch_of("k");
    leaves.witness();
    REQUIRE(place.store().commit(leaves));
    CHECK(durable() == lsn + 1);
  }
}

// A restart would only come to the same merge again.
TEST_CASE("a merge of tables that meets damage ends merging, not the store") {
  const TempDir temp;
  std::atomic<int> damages = 0;
  std::atomic<int> failures = 0;
  RocksSettings settings;
  settings.dir = temp.path() / "store";
  settings.free_bytes_min = 0;
  settings.on_damage = [&](std::string_view) { ++damages; };
  settings.on_background_error = [&](std::string_view) { ++failures; };
  const auto commit = [](RocksStore& store, const std::string& value) {
    Batch batch;
    for (const char* key : {"a", "k", "z"}) batch.put(Family::kCase, key, value);
    REQUIRE(store.commit(batch));
  };
  // Each opening makes a table of what the log holds; four of them are merged.
  commit(*RocksStore::create(settings).value(), std::string(100, '0'));
  for (int table = 1; table < 4; ++table) {
    commit(*RocksStore::open(settings).value(), std::string(100, static_cast<char>('0' + table)));
  }
  for (const auto& entry : fs::directory_iterator(settings.dir / "db")) {
    std::string bytes = read_file(entry.path());
    const size_t value = bytes.find(std::string(100, '0'));
    if (entry.path().extension() != ".sst" || value == std::string::npos) continue;
    bytes[value] = 'x';
    write_file(entry.path(), bytes);
  }
  const auto store = RocksStore::open(settings).value();
  for (int wait = 0; wait < 1'000 && damages == 0; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(damages == 1);
  REQUIRE(store->look_at_space());
  commit(*store, "after");
  CHECK(store->get(Family::kCase, "k").value() == "after");
  CHECK(failures == 0);
}

TEST_CASE("after an ordinary restart the store is complete") {
  RocksPlace place;
  CHECK(place.rocks().recovery().complete);
  REQUIRE(place.store().commit(batch_of("k")));
  place.reopen();
  CHECK(place.rocks().recovery().complete);
  CHECK(place.rocks().recovery().lsn == 1);
  CHECK(place.rocks().recovery().watermark == 1);
  CHECK(!place.rocks().recovery().promoted);
}

TEST_CASE("after a commit failed, the handler was told once and every later commit fails") {
  const TempDir temp;
  std::atomic<int> told{0};
  RocksSettings settings{.dir = temp.path() / "store",
                         .on_background_error = [&](std::string_view) { ++told; },
                         .log = {},
                         .free_bytes_min = 0};
  {
    const auto store = RocksStore::create(settings).value();
    REQUIRE(store->commit(batch_of("before")));
    {
      const FileSizeLimit limit(64 << 10);
      Batch big;
      big.put(Family::kCase, "big", std::string(1 << 20, 'x'));
      const auto failed = store->commit(big);
      REQUIRE(!failed);
      CHECK(failed.error().code == Errc::kIo);
    }
    CHECK(told == 1);
    // The disk is well again, but what the failed write left is unknown.
    CHECK(!store->commit(batch_of("after")));
    CHECK(told == 1);
    CHECK(store->lsn() == 1);
    CHECK(store->get(Family::kCase, "before")->has_value());
  }
  const auto store = RocksStore::open(settings);
  REQUIRE(store);
  CHECK((*store)->recovery().complete);
  CHECK((*store)->get(Family::kCase, "before")->has_value());
  CHECK(!(*store)->get(Family::kCase, "after")->has_value());
}

}  // namespace jiexu::testing::rocks_store_test
