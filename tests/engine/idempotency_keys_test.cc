#include "daemon/engine/idempotency_keys.h"

#include <catch2/catch.hpp>
#include <vector>

#include "daemon/trust/suite.h"
#include "storage/memory/memory_store.h"

using namespace jiexu;

namespace idempotency_keys_test {
namespace {

constexpr Instant kNow{1'790'000'000'000};
constexpr int64_t kDay = IdempotencyKeys::kKeptMs;

IdempotencyKey key(const std::string& name, const std::string& body = "body",
                   const std::string& user = "wang") {
  return {sha256(user + "/" + name), sha256(user), sha256(body)};
}

struct World {
  explicit World(uint64_t keys_max = 100) : keys(tx, keys_max) {}

  // The reply that was kept, the name of what refuses, or "new".
  std::string find(const IdempotencyKey& which) const {
    const auto found = keys.find(which);
    REQUIRE(found);
    if (!*found) return "new";
    return **found ? ***found : std::string(name((*found)->error().refusal));
  }
  void keep(const IdempotencyKey& which, Instant at = kNow) {
    REQUIRE(keys.keep(which, "reply", at));
  }
  void commit() {
    tx.launch();
    REQUIRE(store.commit(tx.in_flight()));
    tx.land();
  }
  // Everything that is due, as the kernel does it; how often there was something.
  int forget(Instant at) {
    int rounds = 0;
    for (; keys.wait_ms(at) <= 0; at = at.plus_ms(1'000)) {
      const auto wrote = keys.forget_old(at);
      REQUIRE(wrote);
      if (*wrote) commit();
      rounds += *wrote ? 1 : 0;
    }
    return rounds;
  }
  size_t records() const {
    size_t n = 0;
    REQUIRE(store.scan(Family::kIndex, "", layout::prefix_end(""),
                       [&](std::string_view, std::string_view) {
                         ++n;
                         return true;
                       }));
    return n;
  }

  static std::unique_ptr<Vault> make_vault() {
    return std::move(
        *Vault::create({.ring = {{1, SecretKey{1}}}, .current = 1, .person_key = SecretKey{2}}));
  }

  MemoryStore store;
  std::unique_ptr<Vault> vault = make_vault();
  Transaction tx{store, *vault};
  IdempotencyKeys keys;
};

}  // namespace

TEST_CASE("a key is found as soon as it is written, and after the commit, and after a restart") {
  World world;
  CHECK(world.find(key("a")) == "new");
  world.keep(key("a"));
  CHECK(world.find(key("a")) == "reply");
  world.tx.launch();
  CHECK(world.find(key("a")) == "reply");
  REQUIRE(world.store.commit(world.tx.in_flight()));
  world.tx.land();
  Transaction later(world.store, *world.vault);
  const auto found = IdempotencyKeys(later).find(key("a"));
  REQUIRE((found && *found && **found));
  CHECK(***found == "reply");
}

TEST_CASE("a key stands for one request, and is its user's own") {
  World world;
  world.keep(key("a"));
  CHECK(world.find(key("a", "other")) == "idempotency_key_reused");
  CHECK(world.find(key("a", "body", "li")) == "new");
  CHECK(world.find(key("b")) == "new");
}

TEST_CASE("what is kept of an answer is sealed") {
  World world;
  world.keep(key("a"));
  world.commit();
  const auto bytes = world.store.get(Family::kIndex, layout::idempotency_key(key("a").act));
  REQUIRE((bytes && *bytes));
  CHECK((*bytes)->find("reply") == std::string::npos);
}

TEST_CASE("a user with too many keys is refused new ones, and told again what was done") {
  World world(2);
  world.keep(key("a"));
  world.keep(key("b"));
  CHECK(world.find(key("c")) == "too_many_idempotency_keys");
  CHECK(world.find(key("a")) == "reply");
  CHECK(world.find(key("c", "body", "li")) == "new");
  world.commit();
  world.forget(kNow.plus_ms(kDay));
  CHECK(world.find(key("c")) == "new");
}

TEST_CASE("keys are forgotten after a day, and nothing of them is left") {
  World world;
  CHECK(world.forget(kNow) == 0);
  world.keep(key("a"));
  world.keep(key("b"), kNow.plus_ms(5'000));
  world.commit();
  CHECK(world.keys.wait_ms(kNow) == kDay);
  CHECK(world.forget(kNow.plus_ms(kDay - 1)) == 0);
  CHECK(world.find(key("a")) == "reply");
  CHECK(world.forget(kNow.plus_ms(kDay)) == 1);
  CHECK(world.find(key("a")) == "new");
  CHECK(world.find(key("b")) == "reply");
  CHECK(world.keys.wait_ms(kNow.plus_ms(kDay)) == 5'000);
  CHECK(world.forget(kNow.plus_ms(kDay + 5'000)) == 1);
  CHECK(world.records() == 0);
  CHECK(world.keys.wait_ms(kNow) == INT64_MAX);
}

TEST_CASE("a key that comes again after it was forgotten is kept for a day of its own") {
  World world;
  world.keep(key("a"));
  world.commit();
  const Instant later = kNow.plus_ms(kDay);
  REQUIRE(world.keys.forget_old(later));
  world.keep(key("a"), later);  // in the commit in which the old one goes
  world.commit();
  CHECK(world.forget(later.plus_ms(2'000)) == 0);
  CHECK(world.find(key("a")) == "reply");
  world.forget(later.plus_ms(kDay));
  CHECK(world.records() == 0);
}

TEST_CASE("a key that cannot be read is forgotten like others, and counts no more") {
  World world(1);
  world.keep(key("a"));
  world.commit();
  Batch damage;
  damage.put(Family::kIndex, layout::idempotency_key(key("a").act), "damaged");
  REQUIRE(world.store.commit(damage));
  CHECK_FALSE(world.keys.find(key("a")));
  CHECK(world.forget(kNow.plus_ms(kDay)) == 1);
  CHECK(world.records() == 0);
  CHECK(world.find(key("b")) == "new");
}

TEST_CASE("many old keys are forgotten a part at a time") {
  World world(10'000);
  for (int n = 0; n < 1'200; ++n) world.keep(key(std::to_string(n)));
  world.commit();
  CHECK(world.forget(kNow.plus_ms(kDay)) == 3);
  CHECK(world.records() == 0);
}

}  // namespace idempotency_keys_test
