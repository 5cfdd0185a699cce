// A store that is only read: what it shows, whom it keeps out, and that it stays as it is.
#include "storage/rocks/rocks_reader.h"

#include <map>

#include "storage/layout.h"
#include "tests/storage/rocks/rocks_place.h"

namespace jiexu::testing::rocks_reader_test {

namespace {

namespace fs = std::filesystem;

void put(Store& store, std::string_view key, std::string_view value) {
  Batch batch;
  batch.put(Family::kCase, key, value);
  REQUIRE(store.commit(batch));
}

std::map<std::string, std::string> files_of(const RocksPlace& place) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(place.path())) {
    if (entry.is_regular_file()) out[entry.path()] = read_file(entry.path());
  }
  return out;
}

std::map<std::string, std::string> cases_of(const Reader& reader) {
  std::map<std::string, std::string> out;
  const auto done = reader.scan(Family::kCase, "", layout::prefix_end(""),
                                [&](std::string_view key, std::string_view value) {
                                  out.emplace(key, value);
                                  return true;
                                });
  REQUIRE(done);
  return out;
}

}  // namespace

TEST_CASE("a reader shows what tables and log hold, and changes no byte") {
  RocksPlace place;
  put(place.store(), "a", "1");
  place.reopen();  // from now on in a table
  put(place.store(), "b", "2");
  place.close();
  const auto before = files_of(place);
  {
    const auto reader = open_read_only(place.path());
    REQUIRE(reader);
    CHECK(cases_of(**reader) == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
    CHECK((*reader)->get(Family::kCase, "b").value() == "2");
    CHECK((*reader)->get(Family::kCase, "c").value() == std::nullopt);
  }
  CHECK(files_of(place) == before);
  CHECK(place.try_open());
}

TEST_CASE("a store is read by nobody while it is open for writing, and the other way round") {
  RocksPlace place;
  CHECK(open_read_only(place.path()).error().code == Errc::kBusy);
  place.close();
  const auto one = open_read_only(place.path());
  const auto other = open_read_only(place.path());
  CHECK(one);
  CHECK(other);
  CHECK(place.try_open().error().code == Errc::kBusy);
}

TEST_CASE(
    "a reader leaves out a torn end of the log, and refuses other damage and what is no store") {
  RocksPlace place;
  put(place.store(), "a", "1");
  put(place.store(), "b", std::string(1000, 'b'));
  put(place.store(), "c", std::string(1000, 'c'));
  place.close();
  const fs::path log = newest_log(place.path());
  const std::string whole = read_file(log);
  write_file(log, whole.substr(0, whole.size() - 10));
  {
    const auto torn = open_read_only(place.path());
    REQUIRE(torn);
    CHECK(cases_of(**torn).size() == 2);
  }
  std::string damaged = whole;
  damaged[damaged.find("bbb") + 100] ^= 1;
  write_file(log, damaged);
  CHECK(open_read_only(place.path()).error().code == Errc::kCorrupt);
  CHECK(open_read_only(place.path() / "none").error().code == Errc::kNotFound);
  CHECK_FALSE(fs::exists(place.path() / "none"));
}

}  // namespace jiexu::testing::rocks_reader_test
