#include "storage/records.h"

#include <catch2/catch.hpp>

#include "jiexu/v1/record.pb.h"
#include "storage/memory/memory_store.h"

namespace jiexu::records_test {

namespace {

struct World {
  World() {
    VaultKeys keys{.ring = {{1, {1}}}, .current = 1, .person_key = {2}};
    vault = Vault::create(std::move(keys)).value();
  }
  void put(Family family, std::string_view key, std::string_view plaintext) {
    Batch batch;
    Records(store, *vault).put(batch, family, key, plaintext);
    REQUIRE(store.commit(batch));
  }
  void put_raw(Family family, std::string_view key, std::string_view value) {
    Batch batch;
    batch.put(family, key, value);
    REQUIRE(store.commit(batch));
  }
  Records records() const { return Records(store, *vault); }

  MemoryStore store;
  std::unique_ptr<Vault> vault;
};

}  // namespace

TEST_CASE("a record of a sealed family lies sealed in the store and is read plain") {
  World world;
  world.put(Family::kCase, "k", "record of a case");
  const std::string stored = world.store.get(Family::kCase, "k")->value();
  CHECK(stored.find("record") == std::string::npos);
  CHECK(stored.size() == 16 + Vault::kOverhead);
  CHECK(world.records().get(Family::kCase, "k")->value() == "record of a case");
}

TEST_CASE("a record of an open family lies in the store as it is") {
  World world;
  world.put(Family::kIndex, "k", "list");
  CHECK(world.store.get(Family::kIndex, "k")->value() == "list");
  CHECK(world.records().get(Family::kIndex, "k")->value() == "list");
}

TEST_CASE("a missing record is no error") {
  const World world;
  CHECK(world.records().get(Family::kCase, "k").value() == std::nullopt);
  CHECK(world.records().get_message<v1::CaseRecord>(Family::kCase, "k").value() == std::nullopt);
}

TEST_CASE("scans in both directions open each record") {
  World world;
  for (const char* key : {"a", "b", "c"}) world.put(Family::kTimeline, key, std::string(3, *key));
  std::string seen;
  const Visitor visit = [&](std::string_view key, std::string_view value) {
    seen.append(key).append("=").append(value).append(" ");
    return key != "b";
  };
  REQUIRE(world.records().scan(Family::kTimeline, "a", "z", visit));
  CHECK(seen == "a=aaa b=bbb ");
  seen.clear();
  REQUIRE(world.records().scan_back(Family::kTimeline, "a", "z", visit));
  CHECK(seen == "c=ccc b=bbb ");
}

TEST_CASE("a record that does not open ends the scan with an error that names the family") {
  World world;
  world.put(Family::kTimeline, "a", "good");
  world.put_raw(Family::kTimeline, "b", world.store.get(Family::kTimeline, "a")->value());
  int seen = 0;
  const auto scanned = world.records().scan(
      Family::kTimeline, "", "z", [&](std::string_view, std::string_view) { return ++seen > 0; });
  REQUIRE(!scanned);
  CHECK(scanned.error().code == Errc::kCorrupt);
  CHECK(scanned.error().text.find("timeline") != std::string::npos);
  CHECK(seen == 1);
  CHECK(world.records().get(Family::kTimeline, "b").error().code == Errc::kCorrupt);
}

TEST_CASE("messages go in and out, and unreadable bytes are an error") {
  World world;
  v1::CaseRecord record;
  record.set_letter_number("35020001260918000017");
  record.set_due_fen(123456);
  Batch batch;
  auto records = world.records();
  records.put_message(batch, Family::kCase, "k", record);
  REQUIRE(world.store.commit(batch));
  const auto read = records.get_message<v1::CaseRecord>(Family::kCase, "k");
  REQUIRE(read);
  CHECK(read->value().due_fen() == 123456);

  world.put(Family::kCase, "bad", "\x0f no message");
  const auto bad = records.get_message<v1::CaseRecord>(Family::kCase, "bad");
  REQUIRE(!bad);
  CHECK(bad.error().code == Errc::kCorrupt);
}

TEST_CASE("two messages put with one object do not mix") {
  World world;
  Batch batch;
  auto records = world.records();
  v1::CaseRecord first;
  first.set_letter_number("first");
  v1::CaseRecord second;
  second.set_due_fen(2);
  records.put_message(batch, Family::kCase, "1", first);
  records.put_message(batch, Family::kCase, "2", second);
  REQUIRE(world.store.commit(batch));
  const auto read = records.get_message<v1::CaseRecord>(Family::kCase, "2");
  CHECK(read->value().letter_number().empty());
  CHECK(read->value().due_fen() == 2);
}

}  // namespace jiexu::records_test
