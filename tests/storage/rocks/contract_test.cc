#include "tests/storage/contract.h"

#include "tests/storage/rocks/rocks_place.h"

namespace jiexu::testing::rocks_contract_test {

TEST_CASE("RocksDB keeps the contract") {
  check_store_contract([] { return std::make_unique<RocksPlace>(); });
}

}  // namespace jiexu::testing::rocks_contract_test
