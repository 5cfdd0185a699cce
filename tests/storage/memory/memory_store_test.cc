#include "storage/memory/memory_store.h"

#include <catch2/catch.hpp>

namespace jiexu::memory_store_test {

namespace {

Batch batch_of(std::string_view key) {
  Batch batch;
  batch.put(Family::kCase, key, "v");
  return batch;
}

}  // namespace

TEST_CASE("a lost commit is not there after the restart, a kept one is, and both fail") {
  for (const auto fault : {CommitFault::kLost, CommitFault::kKept}) {
    MemoryStore store;
    REQUIRE(store.commit(batch_of("before")));
    store.set_fault_hook([&](const Batch&) { return fault; });
    const auto result = store.commit(batch_of("k"));
    REQUIRE(!result);
    CHECK(result.error().code == Errc::kIo);
    store.reopen();
    CHECK(store.get(Family::kCase, "k")->has_value() == (fault == CommitFault::kKept));
    CHECK(store.lsn() == (fault == CommitFault::kKept ? 2 : 1));
  }
}

TEST_CASE("after a failed commit every commit fails until the restart") {
  MemoryStore store;
  store.set_fault_hook([](const Batch&) { return CommitFault::kLost; });
  REQUIRE(!store.commit(batch_of("a")));
  store.set_fault_hook({});
  CHECK(!store.commit(batch_of("b")));
  store.reopen();
  CHECK(store.commit(batch_of("c")));
  CHECK(!store.get(Family::kCase, "b")->has_value());
}

TEST_CASE("the fault hook sees the batch and can choose the commit that fails") {
  MemoryStore store;
  store.set_fault_hook([](const Batch& batch) {
    return batch.op(0).key == "bad" ? CommitFault::kLost : CommitFault::kNone;
  });
  CHECK(store.commit(batch_of("good")));
  CHECK(!store.commit(batch_of("bad")));
}

TEST_CASE("a clone is a backup: later commits to either do not show in the other") {
  MemoryStore store;
  REQUIRE(store.commit(batch_of("a")));
  const auto backup = store.clone();
  REQUIRE(store.commit(batch_of("b")));
  CHECK(backup->lsn() == 1);
  CHECK(!backup->get(Family::kCase, "b")->has_value());
  REQUIRE(backup->commit(batch_of("c")));
  CHECK(!store.get(Family::kCase, "c")->has_value());
}

TEST_CASE("a checkpoint is opened only where one was laid down") {
  MemoryStore store;
  REQUIRE(store.checkpoint("here"));
  CHECK(store.open_checkpoint("here"));
  CHECK(store.open_checkpoint("there").error().code == Errc::kNotFound);
}

}  // namespace jiexu::memory_store_test
