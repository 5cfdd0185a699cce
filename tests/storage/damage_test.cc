// What cannot be read is passed over, named and counted; all the rest is read.
#include "storage/damage.h"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "storage/layout.h"
#include "storage/memory/memory_store.h"
#include "storage/records.h"

namespace jiexu::damage_book_test {
namespace {

// A disk some of whose keys lie in damaged blocks.
class Spoiled final : public Reader {
 public:
  explicit Spoiled(const MemoryStore& store) : store_(store) {}
  std::set<std::string> bad;

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    if (bad.contains(std::string(key))) return fail(Errc::kCorrupt, "checksum");
    return store_.get(family, key);
  }
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override {
    bool met = false;
    TRY_DO(store_.scan(family, lower, upper, [&](std::string_view key, std::string_view value) {
      met = bad.contains(std::string(key));
      return !met && visit(key, value);
    }));
    return met ? fail(Errc::kCorrupt, "checksum") : Result<void>();
  }
  Result<void> scan_back(Family, std::string_view, std::string_view,
                         const Visitor&) const override {
    return fail(Errc::kUnsupported, "");
  }

 private:
  const MemoryStore& store_;
};

struct Disk {
  MemoryStore store;
  Spoiled reader{store};
  std::vector<std::string> keys;

  // Keys as random ids behind a prefix, in order.
  explicit Disk(size_t count, uint32_t seed) {
    std::mt19937 random(seed);
    std::set<std::string> all;
    while (all.size() < count) {
      std::string key = "o";
      for (int i = 0; i < 16; ++i) key += static_cast<char>(random() & 0xff);
      all.insert(key);
    }
    Batch batch;
    for (const std::string& key : all) batch.put(Family::kCase, key, "value");
    REQUIRE(store.commit(batch));
    keys.assign(all.begin(), all.end());
  }
  void spoil(size_t first, size_t count) {
    for (size_t i = first; i < first + count; ++i) reader.bad.insert(keys[i]);
  }
};

struct Walk {
  std::vector<std::string> read;
  std::vector<DamagedPlace> damaged;
};

Walk walk(const Disk& disk) {
  Walk out;
  REQUIRE(scan_past_damage(
      disk.reader, Family::kCase, "", layout::prefix_end(""),
      [&](std::string_view key, std::string_view) {
        out.read.emplace_back(key);
        return true;
      },
      [&](const DamagedPlace& place) { out.damaged.push_back(place); }));
  return out;
}

bool covers(const DamagedPlace& place, const std::string& key) {
  return place.key <= key && key < *place.until;
}

}  // namespace

TEST_CASE("behind a damaged block every record is read, and the block's range is named") {
  const size_t first = GENERATE(0, 1, 50, 97);
  Disk disk(100, 1);
  disk.spoil(first, 3);
  const Walk found = walk(disk);
  CHECK(found.read.size() == 97);
  REQUIRE(found.damaged.size() == 1);
  for (size_t i = 0; i < 100; ++i) {
    CHECK(covers(found.damaged[0], disk.keys[i]) == (i >= first && i < first + 3));
  }
}

TEST_CASE("whatever is damaged, each key is read once or lies in a range that is named") {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    Disk disk(200, seed);
    for (int block = 0; block < 4; ++block) disk.spoil(random() % 190, 1 + random() % 10);
    const Walk found = walk(disk);
    const std::set<std::string> read(found.read.begin(), found.read.end());
    CHECK(read.size() == found.read.size());
    for (const std::string& key : disk.keys) {
      const bool named = std::any_of(found.damaged.begin(), found.damaged.end(),
                                     [&](const auto& place) { return covers(place, key); });
      INFO("seed " << seed);
      REQUIRE(read.contains(key) != named);
    }
  }
}

TEST_CASE("a place is told of once, and its name says which it is") {
  std::vector<std::string> told;
  DamageBook book([&](const DamagedPlace& place) { told.push_back(place_name(place)); });
  for (int again = 0; again < 2; ++again) {
    book.note({Family::kCase, "\x01", std::nullopt, "seal"});
    book.note({Family::kLinkLog, "\x01", "\x02", "checksum"});
    book.note({Family::kMeta, "", std::nullopt, "somewhere"});
  }
  CHECK(told ==
        std::vector<std::string>{"case 01", "link_log from 01 to 02", "a table of the store"});
  CHECK(book.size() == 3);
  CHECK(book.places().size() == 3);
}

TEST_CASE("records that do not open are passed over for who says so, and are an error else") {
  MemoryStore store;
  const auto vault = Vault::create({.ring = {{1, {1}}}, .current = 1, .person_key = {2}}).value();
  Records records(store, *vault);
  Batch batch;
  records.put(batch, Family::kCase, "o1", "one");
  batch.put(Family::kCase, "o2", "not sealed at all");
  records.put(batch, Family::kCase, "o3", "three");
  REQUIRE(store.commit(batch));
  std::vector<std::string> read;
  const auto all = [&] {
    read.clear();
    return records.scan(Family::kCase, "o", "p", [&](std::string_view, std::string_view plain) {
      read.emplace_back(plain);
      return true;
    });
  };
  CHECK_FALSE(all());
  DamageBook book({});
  records.pass_over_damage(book);
  REQUIRE(all());
  CHECK(read == std::vector<std::string>{"one", "three"});
  CHECK(records.passed_over() == 1);
  CHECK(book.places().at(0).key == "o2");
}

}  // namespace jiexu::damage_book_test
