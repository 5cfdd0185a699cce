#include "tests/storage/contract.h"

#include <catch2/catch.hpp>

#include "storage/memory/memory_store.h"

namespace jiexu::testing::contract_test {

namespace {

class MemoryPlace final : public StorePlace {
 public:
  StoreEngine& store() override { return *store_; }
  void reopen() override { store_->reopen(); }
  std::filesystem::path checkpoint_path() const override { return "copy"; }
  void open_checkpoint() override { store_ = store_->open_checkpoint(checkpoint_path()).value(); }

 private:
  std::unique_ptr<MemoryStore> store_ = std::make_unique<MemoryStore>();
};

}  // namespace

TEST_CASE("the memory store keeps the contract") {
  check_store_contract([] { return std::make_unique<MemoryPlace>(); });
}

}  // namespace jiexu::testing::contract_test
