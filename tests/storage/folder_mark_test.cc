#include "storage/folder_mark.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/storage/temp_dir.h"

namespace jiexu::folder_mark_test {

namespace fs = std::filesystem;

TEST_CASE("a folder is the same after a restart and after a new name, and a copy is a copy") {
  const testing::TempDir temp;
  const fs::path first = temp.path() / "first";
  fs::create_directory(first);
  CHECK_FALSE(FolderMark::open(first / "mark").value().is_copy());
  CHECK_FALSE(FolderMark::open(first / "mark").value().is_copy());

  const fs::path copy = temp.path() / "copy";
  fs::copy(first, copy);
  CHECK(FolderMark::open(copy / "mark").value().is_copy());
  CHECK(FolderMark::open(copy / "mark").value().is_copy());  // until it is adopted
  const fs::path moved = temp.path() / "moved";
  fs::rename(first, moved);
  CHECK_FALSE(FolderMark::open(moved / "mark").value().is_copy());

  REQUIRE(FolderMark::open(copy / "mark").value().adopt());
  CHECK_FALSE(FolderMark::open(copy / "mark").value().is_copy());
  // The copy put back in the place of the first.
  fs::remove_all(moved);
  fs::copy(copy, moved);
  CHECK(FolderMark::open(moved / "mark").value().is_copy());
}

TEST_CASE("a mark that is damaged or cut says nothing, and is made anew") {
  const testing::TempDir temp;
  const fs::path path = temp.path() / "mark";
  REQUIRE(FolderMark::open(path));
  fs::resize_file(path, 7);
  CHECK_FALSE(FolderMark::open(path).value().is_copy());
  CHECK(fs::file_size(path) == 32);
  std::ofstream(path, std::ios::binary) << std::string(40, 'x');
  CHECK_FALSE(FolderMark::open(path).value().is_copy());
}

}  // namespace jiexu::folder_mark_test
