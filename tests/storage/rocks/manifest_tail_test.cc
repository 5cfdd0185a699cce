// A manifest of a real store, torn at every byte of its last record.
#include "storage/rocks/manifest_tail.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/storage/rocks/rocks_place.h"

namespace jiexu::manifest_tail_test {
namespace {

namespace fs = std::filesystem;

std::string real_manifest() {
  testing::RocksPlace place;
  std::string found;
  for (const auto& entry : fs::directory_iterator(place.path() / "db")) {
    if (!entry.path().filename().string().starts_with("MANIFEST")) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    found.assign(std::istreambuf_iterator<char>(file), {});
  }
  REQUIRE(found.size() > 100);
  return found;
}

// Where each record of a short manifest ends, by the tails of its prefixes.
size_t last_begin(const std::string& whole) {
  return manifest_tail(std::string_view(whole).substr(0, whole.size() - 1)).whole_bytes;
}

}  // namespace

TEST_CASE("a sound manifest has no torn tail, with or without preallocated zeros") {
  const std::string whole = real_manifest();
  for (const size_t zeros : {0, 5, 5'000, 40'000}) {
    const ManifestTail tail = manifest_tail(whole + std::string(zeros, '\0'));
    CHECK(tail.whole_bytes == whole.size());
    CHECK_FALSE(tail.torn);
  }
}

TEST_CASE("a last record that was torn is found, whatever came of it") {
  const std::string whole = real_manifest();
  const size_t begin = last_begin(whole);
  REQUIRE(begin > 0);
  REQUIRE(begin < whole.size());
  for (size_t at = begin + 1; at < whole.size(); ++at) {
    CHECK(manifest_tail(whole.substr(0, at)).whole_bytes == begin);
    CHECK(manifest_tail(whole.substr(0, at)).torn);
    if (whole.size() - at < 8) continue;  // cannot be told from rot
    std::string zeros = whole;
    std::fill(zeros.begin() + static_cast<long>(at), zeros.end(), '\0');
    if (zeros == whole) continue;  // it ended in zeros
    CHECK(manifest_tail(zeros).whole_bytes == begin);
    CHECK(manifest_tail(zeros).torn);
  }
}

TEST_CASE("a last record with a flipped bit is not torn: it may have been acted upon") {
  const std::string whole = real_manifest();
  for (size_t at = last_begin(whole); at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string rotten = whole;
      rotten[at] = static_cast<char>(rotten[at] ^ 1 << bit);
      CHECK_FALSE(manifest_tail(rotten).torn);
    }
  }
}

TEST_CASE("damage with sound records behind it is no torn tail") {
  std::string rotten = real_manifest();
  rotten[9] ^= 1;
  const ManifestTail tail = manifest_tail(rotten);
  CHECK(tail.whole_bytes == 0);
  CHECK_FALSE(tail.torn);
}

TEST_CASE("nothing that is known to be durable is cut off") {
  const testing::TempDir dir;
  const std::string whole = real_manifest();
  const size_t begin = last_begin(whole);
  const fs::path file = dir.path() / "MANIFEST-000001";
  std::ofstream(file, std::ios::binary) << whole.substr(0, whole.size() - 3);
  CHECK_FALSE(cut_torn_tail(file, whole.size()).value());
  CHECK(fs::file_size(file) == whole.size() - 3);
  CHECK(cut_torn_tail(file, begin).value());
  CHECK(fs::file_size(file) == begin);
}

}  // namespace jiexu::manifest_tail_test
