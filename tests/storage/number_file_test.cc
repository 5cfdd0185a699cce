// The file of number blocks: what was reserved stays so, whatever happens to one of its slots.
#include "storage/number_file.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "daemon/base/bytes.h"
#include "tests/storage/temp_dir.h"

namespace jiexu::number_file_test {
namespace {

using testing::TempDir;

constexpr Date kDay{2026, 11, 20};

// Overwrites a byte, as a rotten sector or a torn write would.
void spoil(const std::filesystem::path& path, size_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file << '\xff';
  REQUIRE(file.flush());
}

std::string slot(const std::filesystem::path& path, size_t number) {
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  return all.substr(number * NumberFile::kSlotSize, NumberFile::kSlotSize);
}

}  // namespace

TEST_CASE("what was reserved is reserved after the file is opened again, each kind for itself") {
  const TempDir dir;
  const auto path = dir.path() / "numbers";
  {
    auto file = NumberFile::open(path).value();
    CHECK(file.reserved(NumberKind::kLetter, kDay) == 0);
    REQUIRE(file.reserve(NumberKind::kLetter, kDay, 64));
    REQUIRE(file.reserve(NumberKind::kLetter, kDay, 3));  // fewer: nothing
    REQUIRE(file.reserve(NumberKind::kBatch, kDay, 7));
    REQUIRE(file.reserve(NumberKind::kLetter, {2026, 11, 21}, 5));
  }
  const auto again = NumberFile::open(path).value();
  CHECK(again.reserved(NumberKind::kLetter, kDay) == 64);
  CHECK(again.reserved(NumberKind::kBatch, kDay) == 7);
  CHECK(again.reserved(NumberKind::kLetter, {2026, 11, 21}) == 5);
  CHECK(again.reserved(NumberKind::kBatch, {2026, 11, 21}) == 0);
  CHECK(std::filesystem::file_size(path) == 2 * NumberFile::kSlotSize);
}

// As FORMAT.md shows it.
TEST_CASE("a slot of the file of number blocks, byte by byte") {
  const TempDir dir;
  const auto path = dir.path() / "numbers";
  auto file = NumberFile::open(path).value();
  REQUIRE(file.reserve(NumberKind::kLetter, kDay, 64));
  const std::string bytes = slot(path, 0);  // the third write
  CHECK(to_hex(bytes.substr(4, 20)) ==
        "4a584e42"
        "00000001"
        "0000000000000003"
        "00000001");
  CHECK(to_hex(bytes.substr(24, 9)) ==
        "01"
        "01352900"
        "00000040");
  CHECK(bytes.find_first_not_of('\0', 33) == std::string::npos);
}

TEST_CASE("of two slots the later valid one counts; without a valid one nothing is guessed") {
  const TempDir dir;
  const auto path = dir.path() / "numbers";
  {
    auto file = NumberFile::open(path).value();
    REQUIRE(file.reserve(NumberKind::kLetter, kDay, 64));
    REQUIRE(file.reserve(NumberKind::kLetter, kDay, 192));
  }
  spoil(path, NumberFile::kSlotSize + 30);
  {
    auto file = NumberFile::open(path).value();
    CHECK(file.reserved(NumberKind::kLetter, kDay) == 64);
    // Written over the damaged slot, not over the sound one.
    REQUIRE(file.reserve(NumberKind::kLetter, kDay, 320));
  }
  spoil(path, 30);
  CHECK(NumberFile::open(path).value().reserved(NumberKind::kLetter, kDay) == 320);
  spoil(path, NumberFile::kSlotSize + 31);
  const auto none = NumberFile::open(path);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::kCorrupt);
}

TEST_CASE("of a day that the file has forgotten no number is given") {
  const TempDir dir;
  auto file = NumberFile::open(dir.path() / "numbers").value();
  const int32_t first = kDay.days();
  for (size_t i = 0; i <= NumberFile::kDaysKept; ++i) {
    const Date day = Date::from_days(first + static_cast<int32_t>(i));
    REQUIRE(file.reserve(NumberKind::kLetter, day, 10));
  }
  CHECK(file.reserved(NumberKind::kLetter, kDay) == UINT32_MAX);
  CHECK(file.reserved(NumberKind::kLetter, Date::from_days(first + 1)) == 10);
  CHECK(file.reserved(NumberKind::kBatch, kDay) == 0);
  const auto again = NumberFile::open(dir.path() / "numbers").value();
  CHECK(again.reserved(NumberKind::kLetter, kDay) == UINT32_MAX);
  CHECK(again.reserved(NumberKind::kLetter, Date::from_days(first + 1)) == 10);
}

}  // namespace jiexu::number_file_test
