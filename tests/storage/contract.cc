#include "tests/storage/contract.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "storage/layout.h"

namespace jiexu::testing {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void put(Store& store, Family family, std::initializer_list<const char*> keys) {
  Batch batch;
  for (const char* key : keys) batch.put(family, key, std::string("value of ") + key);
  REQUIRE(store.commit(batch));
}

std::optional<std::string> get(const Reader& reader, Family family, std::string_view key) {
  auto value = reader.get(family, key);
  REQUIRE(value);
  return *value;
}

std::string keys(const Reader& reader, std::string_view lower, std::string_view upper,
                 size_t most = 100) {
  std::string found;
  REQUIRE(reader.scan(Family::kCase, lower, upper, [&](std::string_view key, std::string_view) {
    found.append(key).push_back(' ');
    return --most > 0;
  }));
  return found;
}

std::string keys_back(const Reader& reader, std::string_view lower, std::string_view upper,
                      size_t most = 100) {
  std::string found;
  REQUIRE(
      reader.scan_back(Family::kCase, lower, upper, [&](std::string_view key, std::string_view) {
        found.append(key).push_back(' ');
        return --most > 0;
      }));
  return found;
}

void check_values(StorePlace& place) {
  Store& store = place.store();
  SECTION("a value is read as it was written, zero bytes included") {
    const std::string key("k\0\xff", 3);
    const std::string value("v\0\xff\n", 4);
    Batch batch;
    batch.put(Family::kCase, key, value);
    REQUIRE(store.commit(batch));
    CHECK(get(store, Family::kCase, key) == value);
  }
  SECTION("a missing key is no error, and an empty value is a value") {
    Batch batch;
    batch.put(Family::kTimer, "there", "");
    REQUIRE(store.commit(batch));
    CHECK(get(store, Family::kTimer, "there") == "");
    CHECK(get(store, Family::kTimer, "not there") == std::nullopt);
  }
  SECTION("the same key in two families is two records") {
    Batch batch;
    batch.put(Family::kCase, "k", "case");
    batch.put(Family::kTimeline, "k", "timeline");
    REQUIRE(store.commit(batch));
    CHECK(get(store, Family::kCase, "k") == "case");
    CHECK(get(store, Family::kTimeline, "k") == "timeline");
    CHECK(get(store, Family::kAudit, "k") == std::nullopt);
  }
  SECTION("a value of 2 MiB is read back whole") {
    std::string value(2 << 20, 'x');
    for (size_t i = 0; i < value.size(); i += 4096) value[i] = static_cast<char>(i >> 12);
    Batch batch;
    batch.put(Family::kLinkLog, "big", value);
    REQUIRE(store.commit(batch));
    CHECK((get(store, Family::kLinkLog, "big") == value));
  }
}

void check_batches(StorePlace& place) {
  Store& store = place.store();
  SECTION("within a batch the later write to a key wins") {
    Batch batch;
    batch.put(Family::kCase, "put twice", "first");
    batch.put(Family::kCase, "put twice", "second");
    batch.put(Family::kCase, "put and removed", "gone");
    batch.remove(Family::kCase, "put and removed");
    batch.remove(Family::kCase, "removed and put");
    batch.put(Family::kCase, "removed and put", "here");
    REQUIRE(store.commit(batch));
    CHECK(get(store, Family::kCase, "put twice") == "second");
    CHECK(get(store, Family::kCase, "put and removed") == std::nullopt);
    CHECK(get(store, Family::kCase, "removed and put") == "here");
  }
  SECTION("a removed key is gone from get and scan, and removing what is missing is no error") {
    put(store, Family::kCase, {"a", "b", "c"});
    Batch batch;
    batch.remove(Family::kCase, "b");
    batch.remove(Family::kCase, "never there");
    REQUIRE(store.commit(batch));
    CHECK(get(store, Family::kCase, "b") == std::nullopt);
    CHECK(keys(store, "", "z") == "a c ");
  }
  SECTION("a batch that is not committed changes nothing") {
    Batch batch;
    batch.put(Family::kCase, "k", "v");
    CHECK(get(store, Family::kCase, "k") == std::nullopt);
    CHECK(store.lsn() == 0);
  }
  SECTION("one batch over all families is committed as one") {
    Batch batch;
    for (size_t i = 0; i < kFamilyCount; ++i) batch.put(static_cast<Family>(i), "k", "v");
    REQUIRE(store.commit(batch));
    for (size_t i = 0; i < kFamilyCount; ++i) {
      CHECK(get(store, static_cast<Family>(i), "k") == "v");
    }
    CHECK(store.lsn() == 1);
  }
}

void check_scans(StorePlace& place) {
  Store& store = place.store();
  put(store, Family::kCase, {"d", "b", "aa", "c", "a"});
  put(store, Family::kTimeline, {"b2"});
  SECTION("keys come in the order of their bytes") {
    Batch batch;
    batch.put(Family::kCase, "\xff", "");
    batch.put(Family::kCase, "\x7f", "");
    REQUIRE(store.commit(batch));
    CHECK(keys(store, "", layout::prefix_end("")) == "a aa b c d \x7f \xff ");
    CHECK(keys_back(store, "", layout::prefix_end("")) == "\xff \x7f d c b aa a ");
  }
  SECTION("the lower bound is included, the upper is not") {
    CHECK(keys(store, "aa", "d") == "aa b c ");
    CHECK(keys_back(store, "aa", "d") == "c b aa ");
  }
  SECTION("bounds need not be keys") {
    CHECK(keys(store, "ab", "cc") == "b c ");
    CHECK(keys_back(store, "ab", "cc") == "c b ");
  }
  SECTION("a visitor that returns false has seen the last record") {
    CHECK(keys(store, "", "z", 2) == "a aa ");
    CHECK(keys_back(store, "", "z", 2) == "d c ");
  }
  SECTION("an empty or reversed range visits nothing") {
    for (const auto& [lower, upper] :
         Pairs{{"b", "b"}, {"c", "b"}, {"", ""}, {"x", "z"}, {"b", ""}}) {
      CHECK(keys(store, lower, upper).empty());
      CHECK(keys_back(store, lower, upper).empty());
    }
  }
  SECTION("a scan hands out the values") {
    std::string value;
    REQUIRE(store.scan(Family::kCase, "c", "d", [&](std::string_view, std::string_view v) {
      value = v;
      return true;
    }));
    CHECK(value == "value of c");
  }
}

void check_snapshots(StorePlace& place) {
  Store& store = place.store();
  put(store, Family::kCase, {"a", "b"});
  const auto before = store.snapshot();
  Batch batch;
  batch.put(Family::kCase, "a", "changed");
  batch.remove(Family::kCase, "b");
  batch.put(Family::kCase, "c", "new");
  REQUIRE(store.commit(batch));
  SECTION("a snapshot does not see later commits") {
    CHECK(get(*before, Family::kCase, "a") == "value of a");
    CHECK(get(*before, Family::kCase, "c") == std::nullopt);
    CHECK(keys(*before, "", "z") == "a b ");
    CHECK(keys_back(*before, "", "z") == "b a ");
  }
  SECTION("the store and a new snapshot do") {
    CHECK(keys(store, "", "z") == "a c ");
    CHECK(keys(*store.snapshot(), "", "z") == "a c ");
  }
}

void check_a_running_scan(StorePlace& place) {
  Store& store = place.store();
  put(store, Family::kCase, {"a", "b", "c"});
  std::string seen;
  REQUIRE(store.scan(Family::kCase, "", "z", [&](std::string_view key, std::string_view) {
    seen.append(key);
    Batch batch;
    batch.remove(Family::kCase, "b");
    batch.put(Family::kCase, "bb", "");
    return store.commit(batch).has_value();
  }));
  CHECK(seen == "abc");
  CHECK(keys(store, "", "z") == "a bb c ");
}

void check_lsn(StorePlace& place) {
  CHECK(place.store().lsn() == 0);
  put(place.store(), Family::kCase, {"a", "b"});
  REQUIRE(place.store().commit(Batch()));
  CHECK(place.store().lsn() == 2);
  CHECK(read_u64(get(place.store(), Family::kMeta, layout::kLsnKey).value()) == 2);
  place.reopen();
  CHECK(place.store().lsn() == 2);
  put(place.store(), Family::kCase, {"c"});
  CHECK(place.store().lsn() == 3);
}

void check_reopen(StorePlace& place) {
  put(place.store(), Family::kCase, {"a", "b"});
  Batch batch;
  batch.remove(Family::kCase, "a");
  batch.put(Family::kLinkLog, "frame", std::string(500'000, 'f'));
  REQUIRE(place.store().commit(batch));
  for (int i = 0; i < 2; ++i) {
    place.reopen();
    CHECK(keys(place.store(), "", "z") == "b ");
    CHECK((get(place.store(), Family::kLinkLog, "frame") == std::string(500'000, 'f')));
  }
}

bool same(const FreeSpace& a, const FreeSpace& b) {
  return a.room == b.room && a.bytes == b.bytes;
}

void check_care(StorePlace& place) {
  SECTION("a new store is complete, and so it is when opened again") {
    CHECK(place.store().recovery().complete);
    CHECK(place.store().recovery().lsn == 0);
    put(place.store(), Family::kCase, {"a"});
    place.reopen();
    CHECK(place.store().recovery().complete);
    CHECK(place.store().recovery().lsn == 1);
  }
  SECTION("the watermark is at the last commit when it was brought there") {
    put(place.store(), Family::kCase, {"a"});
    put(place.store(), Family::kCase, {"b"});
    REQUIRE(place.store().flush_watermark());
    REQUIRE(place.store().flush_watermark());
    place.reopen();
    CHECK(place.store().recovery().watermark == 2);
  }
  SECTION("there is ample room, and what was found last is remembered") {
    const auto found = place.store().look_at_space();
    REQUIRE(found);
    CHECK(found->room == Room::kAmple);
    CHECK(found->bytes > 0);
    CHECK(same(place.store().space(), *found));
  }
}

void check_checkpoint(StorePlace& place) {
  put(place.store(), Family::kCase, {"a", "b"});
  REQUIRE(place.store().checkpoint(place.checkpoint_path()));
  Batch batch;
  batch.put(Family::kCase, "c", "after it");
  batch.remove(Family::kCase, "a");
  REQUIRE(place.store().commit(batch));
  SECTION("the store itself goes on") {
    CHECK(keys(place.store(), "", "z") == "b c ");
    place.reopen();
    CHECK(keys(place.store(), "", "z") == "b c ");
    CHECK(place.store().recovery().complete);
  }
  SECTION("the copy has what was committed before it, and no more") {
    place.open_checkpoint();
    CHECK(keys(place.store(), "", "z") == "a b ");
    CHECK(get(place.store(), Family::kCase, "b") == "value of b");
    CHECK(place.store().lsn() == 1);
    put(place.store(), Family::kCase, {"d"});
    place.reopen();
    CHECK(keys(place.store(), "", "z") == "a b d ");
    CHECK(place.store().lsn() == 2);
  }
  SECTION("the copy lacks commits, at every opening, until the loss is accepted") {
    place.open_checkpoint();
    CHECK(!place.store().recovery().complete);
    CHECK(place.store().recovery().lsn == 1);
    CHECK(place.store().recovery().watermark == std::nullopt);
    place.reopen();
    CHECK(!place.store().recovery().complete);
    REQUIRE(place.store().accept_loss());
    CHECK(place.store().recovery().complete);
    place.reopen();
    CHECK(place.store().recovery().complete);
    CHECK(place.store().recovery().watermark == 1);
  }
  SECTION("no copy is written over another") {
    const auto again = place.store().checkpoint(place.checkpoint_path());
    REQUIRE(!again);
    CHECK(again.error().code == Errc::kExists);
    place.open_checkpoint();
    CHECK(keys(place.store(), "", "z") == "a b ");
  }
}

}  // namespace

void check_store_contract(const std::function<std::unique_ptr<StorePlace>()>& make) {
  const auto place = make();
  SECTION("values") {
    check_values(*place);
  }
  SECTION("batches") {
    check_batches(*place);
  }
  SECTION("scans") {
    check_scans(*place);
  }
  SECTION("snapshots") {
    check_snapshots(*place);
  }
  SECTION("a running scan does not see commits of its visitor") {
    check_a_running_scan(*place);
  }
  SECTION("each commit raises the LSN by one, also across a restart") {
    check_lsn(*place);
  }
  SECTION("what was committed is there after reopening, what was removed is not") {
    check_reopen(*place);
  }
  SECTION("care") {
    check_care(*place);
  }
  SECTION("checkpoint") {
    check_checkpoint(*place);
  }
}

}  // namespace jiexu::testing
