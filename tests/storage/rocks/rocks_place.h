// A RocksStore in a temporary directory, with what tests of recovery do to its files.
#pragma once

#include <fstream>
#include <iterator>

#include "storage/rocks/rocks_store.h"
#include "tests/storage/contract.h"
#include "tests/storage/temp_dir.h"

namespace jiexu::testing {

class RocksPlace final : public StorePlace {
 public:
  RocksPlace() : store_(RocksStore::create(settings()).value()) {}

  StoreEngine& store() override { return *store_; }
  RocksStore& rocks() { return *store_; }
  void reopen() override {
    close();
    store_ = RocksStore::open(settings()).value();
  }
  std::filesystem::path checkpoint_path() const override { return temp_.path() / "copy"; }
  void open_checkpoint() override {
    path_ = checkpoint_path();
    reopen();
  }

  void close() { store_.reset(); }
  Result<void> try_open(bool accept_loss = false) {
    RocksSettings chosen = settings();
    chosen.accept_loss = accept_loss;
    TRY(auto opened, RocksStore::open(chosen));
    store_ = std::move(opened);
    return {};
  }

  std::filesystem::path path() const { return path_; }
  RocksSettings settings() const {
    return {.dir = path_, .on_background_error = {}, .log = {}, .free_bytes_min = 0};
  }

 private:
  TempDir temp_;
  std::filesystem::path path_ = temp_.path() / "store";
  std::unique_ptr<RocksStore> store_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  REQUIRE(file.flush());
}

// The write-ahead log with the most in it: the one the last commits went to.
inline std::filesystem::path newest_log(const std::filesystem::path& store_dir) {
  std::filesystem::path newest;
  for (const auto& entry : std::filesystem::directory_iterator(store_dir / "db")) {
    // Names are numbers of equal length, so that name order is age.
    if (entry.path().extension() == ".log") newest = std::max(newest, entry.path());
  }
  REQUIRE(!newest.empty());
  return newest;
}

}  // namespace jiexu::testing
