#include "daemon/engine/pending.h"

#include <catch2/catch.hpp>

#include "storage/memory/memory_store.h"

using namespace jiexu;

namespace pending_test {
namespace {

std::string key(int n) {
  return "key " + std::to_string(n);
}

void put(PendingReader& pending, const std::string& key, const std::string& value) {
  pending.open().batch().put(Family::kIndex, key, value);
  pending.open().index_last(Family::kIndex, key);
}

std::optional<std::string> get(const PendingReader& pending, const std::string& key) {
  return pending.get(Family::kIndex, key).value();
}

// One commit: in flight, then durable.
void commit(MemoryStore& store, PendingReader& pending) {
  pending.launch();
  REQUIRE(store.commit(pending.in_flight().batch()));
  pending.land();
}

}  // namespace

TEST_CASE("a read sees the newest write, wherever it is") {
  MemoryStore store;
  PendingReader pending(store);
  put(pending, "a", "durable");
  commit(store, pending);
  CHECK(get(pending, "a") == "durable");

  put(pending, "a", "in flight");
  put(pending, "b", "in flight");
  pending.launch();
  CHECK(get(pending, "a") == "in flight");
  put(pending, "a", "first of the open ones");
  put(pending, "a", "open");
  pending.open().batch().remove(Family::kIndex, "b");
  pending.open().index_last(Family::kIndex, "b");
  CHECK(get(pending, "a") == "open");
  CHECK_FALSE(get(pending, "b"));
  CHECK_FALSE(pending.get(Family::kCase, "a").value());

  REQUIRE(store.commit(pending.in_flight().batch()));
  pending.land();
  CHECK(get(pending, "a") == "open");
  CHECK_FALSE(get(pending, "b"));
  commit(store, pending);
  CHECK(get(pending, "a") == "open");
  CHECK_FALSE(get(pending, "b"));
}

TEST_CASE("every pending write is found in large commits and in the small ones after them") {
  MemoryStore store;
  PendingReader pending(store);
  int next = 0;
  for (const int size : {10, 20'000, 3, 0, 1, 5'000, 40, 40, 40, 40, 40, 40, 40, 40, 2'000}) {
    const int first = next;
    for (; next < first + size; ++next) put(pending, key(next), std::to_string(next));
    int found = 0;
    for (int n = first; n < next; ++n) {
      const auto op = pending.open().find(Family::kIndex, key(n));
      found += op && op->value == std::to_string(n);
    }
    CHECK(found == size);
    int wrong = 0;
    for (int n = next; n < next + 2'000; ++n)
      wrong += pending.open().find(Family::kIndex, key(n)).has_value();
    CHECK(wrong == 0);
    commit(store, pending);
    CHECK_FALSE(pending.open().find(Family::kIndex, key(first)));
    CHECK((size == 0 || get(pending, key(first)) == std::to_string(first)));
  }
}

}  // namespace pending_test
