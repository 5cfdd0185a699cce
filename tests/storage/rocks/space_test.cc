// How full the disk is, told from its real free bytes with limits around them.
#include "storage/rocks/space.h"

#include <catch2/catch.hpp>

#include "storage/file.h"
#include "tests/storage/temp_dir.h"

namespace jiexu::space_test {
namespace {

using testing::TempDir;

namespace fs = std::filesystem;

constexpr uint64_t kGiB = 1 << 30;
// Other programs write to the disk meanwhile; limits keep this far from what is free.
constexpr uint64_t kMargin = kGiB;

uint64_t free_now(const TempDir& dir) {
  const auto bytes = free_bytes(dir.path());
  REQUIRE(bytes);
  REQUIRE(*bytes > 2 * kMargin);
  return *bytes;
}

Room room(const TempDir& dir, SpaceLimits limits) {
  Space space(dir.path(), limits);
  const auto found = space.look();
  REQUIRE(found);
  CHECK(space.found().room == found->room);
  CHECK(space.found().bytes == found->bytes);
  CHECK(found->bytes > 0);
  return found->room;
}

bool has_ballast(const TempDir& dir) {
  return fs::exists(dir.path() / "ballast");
}

}  // namespace

TEST_CASE("the room is ample above both limits, low below the one for work, short below both") {
  const TempDir dir;
  const uint64_t free = free_now(dir);
  CHECK(room(dir, {free - kMargin, free - 2 * kMargin, 0}) == Room::kAmple);
  CHECK(room(dir, {free + kMargin, free - kMargin, 0}) == Room::kLow);
  CHECK(room(dir, {free + 2 * kMargin, free + kMargin, 0}) == Room::kShort);
}

TEST_CASE("a ballast is laid down where there is plenty, and takes the space that it says") {
  const TempDir dir;
  const uint64_t free = free_now(dir);
  CHECK(room(dir, {free - kMargin, 0, 1 << 20}) == Room::kAmple);
  REQUIRE(has_ballast(dir));
  CHECK(fs::file_size(dir.path() / "ballast") == 1 << 20);
}

TEST_CASE("no ballast is laid down where it would make work stop") {
  const TempDir dir;
  const uint64_t free = free_now(dir);
  CHECK(room(dir, {free - kMargin, 0, 2 * kMargin}) == Room::kAmple);
  CHECK_FALSE(has_ballast(dir));
}

TEST_CASE("the ballast stays while work is refused, and goes when hardly anything is left") {
  const TempDir dir;
  const uint64_t free = free_now(dir);
  CHECK(room(dir, {free - kMargin, 0, 1 << 20}) == Room::kAmple);
  CHECK(room(dir, {free + 2 * kMargin, free + kMargin, 1 << 20}) == Room::kShort);
  CHECK(has_ballast(dir));
  CHECK(room(dir, {5 * (free + kMargin), 4 * (free + kMargin), 1 << 20}) == Room::kShort);
  CHECK_FALSE(has_ballast(dir));
}

TEST_CASE("a ballast that is not there can be given up") {
  const TempDir dir;
  Space space(dir.path(), {});
  CHECK(space.give_up_ballast());
}

TEST_CASE("a directory that is gone is an error, not an empty disk") {
  const TempDir dir;
  Space space(dir.path() / "missing", {1, 1, 0});
  CHECK_FALSE(space.look());
}

}  // namespace jiexu::space_test
