#include "tests/storage/contract.h"

#include <catch2/catch.hpp>

#include "storage/memory_store.h"

namespace jiexu::testing::contract_test {

namespace {

class MemoryPlace final : public StorePlace {
 public:
  Store& store() override { return store_; }
  void reopen() override { store_.reopen(); }

 private:
  MemoryStore store_;
};

}  // namespace

TEST_CASE("the memory store keeps the contract") {
  check_store_contract([] { return std::make_unique<MemoryPlace>(); });
}

}  // namespace jiexu::testing::contract_test
