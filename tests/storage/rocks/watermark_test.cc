#include "storage/rocks/watermark.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "daemon/base/bytes.h"
#include "tests/storage/temp_dir.h"

namespace jiexu::watermark_test {

namespace {

using std::chrono::milliseconds;
using testing::TempDir;

constexpr Watermark::TimePoint kStart{std::chrono::hours(1)};

// Overwrites `text` at `offset`, as a torn write or a rotten sector would.
void damage(const std::filesystem::path& path, size_t offset, std::string_view text) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << text;
  REQUIRE(file.flush());
}

Lsn reread(const std::filesystem::path& path) {
  auto mark = Watermark::open(path);
  REQUIRE(mark);
  return mark->durable();
}

}  // namespace

TEST_CASE("a new watermark holds its number, in two slots") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  REQUIRE(Watermark::create(path, 7));
  CHECK(std::filesystem::file_size(path) == 2 * Watermark::kSlotSize);
  CHECK(reread(path) == 7);
}

TEST_CASE("the mark is written at once, then not again within the interval, and at flush") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  auto mark = Watermark::create(path, 0).value();
  REQUIRE(mark.advance(1, kStart));
  CHECK(reread(path) == 1);
  REQUIRE(mark.advance(2, kStart + milliseconds(99)));
  CHECK(reread(path) == 1);
  REQUIRE(mark.advance(3, kStart + milliseconds(100)));
  CHECK(reread(path) == 3);
  REQUIRE(mark.advance(4, kStart + milliseconds(101)));
  REQUIRE(mark.flush());
  CHECK(reread(path) == 4);
  CHECK(mark.durable() == 4);
}

TEST_CASE("the manifest that was noted is written with the next mark, also at flush") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  auto mark = Watermark::create(path, 1).value();
  CHECK(mark.manifest() == ManifestMark());
  mark.note({63, 4031});
  CHECK(Watermark::open(path)->manifest() == ManifestMark());
  REQUIRE(mark.flush());
  CHECK(Watermark::open(path)->manifest() == ManifestMark{63, 4031});
  REQUIRE(mark.advance(2, kStart));
  CHECK(Watermark::open(path)->manifest() == ManifestMark{63, 4031});
}

TEST_CASE("the mark never goes back by itself") {
  const TempDir dir;
  auto mark = Watermark::create(dir.path() / "mark", 10).value();
  REQUIRE(mark.advance(9, kStart));
  REQUIRE(mark.flush());
  CHECK(reread(dir.path() / "mark") == 10);
}

TEST_CASE("reset sets both slots, also downwards") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  auto mark = Watermark::create(path, 10).value();
  REQUIRE(mark.reset(5));
  CHECK(reread(path) == 5);
  damage(path, 100, "x");
  CHECK(reread(path) == 5);
}

TEST_CASE("a torn write of the newer slot leaves the older mark") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  {
    auto mark = Watermark::create(path, 1).value();
    REQUIRE(mark.advance(2, kStart));                      // slot 0
    REQUIRE(mark.advance(3, kStart + milliseconds(500)));  // slot 1
  }
  CHECK(reread(path) == 3);
  // Any byte of the slot counts, also one of the zeros at its end.
  damage(path, 2 * Watermark::kSlotSize - 1, "x");
  CHECK(reread(path) == 2);
}

TEST_CASE("after a torn slot the next write repairs it and leaves the valid one") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  REQUIRE(Watermark::create(path, 1));
  damage(path, 0, "torn");
  {
    auto mark = Watermark::open(path).value();
    REQUIRE(mark.advance(2, kStart));
  }
  CHECK(reread(path) == 2);
  damage(path, 0, "torn");
  CHECK(reread(path) == 1);
}

TEST_CASE("a file with only its first slot is read, as after a cut") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  REQUIRE(Watermark::create(path, 4));
  std::filesystem::resize_file(path, Watermark::kSlotSize + 100);
  CHECK(reread(path) == 4);
}

TEST_CASE("two bad slots, and a missing file, are errors of different kinds") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  CHECK(Watermark::open(path).error().code == Errc::kNotFound);
  REQUIRE(Watermark::create(path, 1));
  damage(path, 0, "torn");
  damage(path, Watermark::kSlotSize + 8, "torn");
  CHECK(Watermark::open(path).error().code == Errc::kCorrupt);
  std::filesystem::resize_file(path, 0);
  CHECK(Watermark::open(path).error().code == Errc::kCorrupt);
}

// Made with another implementation of CRC-32C.
TEST_CASE("a slot has the bytes of the worked example in storage/FORMAT.md") {
  const TempDir dir;
  const auto path = dir.path() / "mark";
  REQUIRE(Watermark::create(path, 20));
  std::ifstream file(path, std::ios::binary);
  std::string slot(Watermark::kSlotSize, 'x');
  REQUIRE(file.read(slot.data(), static_cast<std::streamsize>(slot.size())));
  CHECK(to_hex(slot.substr(0, 20)) == "3172b9cc4a58574d000000010000000000000014");
  CHECK(slot.find_first_not_of('\0', 20) == std::string::npos);
}

}  // namespace jiexu::watermark_test
