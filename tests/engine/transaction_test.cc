#include "daemon/engine/transaction.h"

#include <catch2/catch.hpp>

#include "storage/memory/memory_store.h"

using namespace jiexu;

namespace transaction_test {
namespace {

CaseId case_of(uint32_t n) {
  std::string bytes(CaseId::kSize, '\0');
  for (size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<char>(n >> (24 - 8 * i));
  return *CaseId::from_bytes(bytes);
}

// Of a kind whose pending writes are found and whose values are not sealed.
RecordKey key(uint32_t n) {
  return layout::waiting_lines_key(case_of(n));
}

struct World {
  std::optional<std::string> get(const RecordKey& at) const { return tx.get(at).value(); }
  void land() {
    REQUIRE(store.commit(tx.in_flight()));
    tx.land();
  }
  // One commit: in flight, then durable.
  void commit() {
    tx.launch();
    land();
  }

  MemoryStore store;
  std::unique_ptr<Vault> vault = make_vault();
  Transaction tx{store, *vault};

  static std::unique_ptr<Vault> make_vault() {
    VaultKeys keys;
    keys.ring = {{1, SecretKey{1}}};
    keys.current = 1;
    keys.person_key = SecretKey{2};
    return std::move(*Vault::create(std::move(keys)));
  }
};

void queue(Transaction& tx, uint32_t n, const CaseListener* made_by = nullptr) {
  auto after = std::make_shared<Case>();
  after->id = case_of(n);
  CaseChanged& change = tx.queue_change();
  change.after = std::move(after);
  change.made_by = made_by;
}

// Hears of changes, and after some of them changes other cases.
class Listener final : public CaseListener {
 public:
  explicit Listener(Transaction& tx) : tx_(tx) {}
  Result<void> case_changed(const CaseChanged& change) override {
    heard.push_back(change.after->id);
    orders.push_back(change.order);
    for (const uint32_t n : std::exchange(leads_to[change.after->id], {})) queue(tx_, n);
    if (endless) queue(tx_, 7);
    return {};
  }

  std::vector<CaseId> heard;
  std::vector<uint32_t> orders;
  std::map<CaseId, std::vector<uint32_t>> leads_to;
  bool endless = false;

 private:
  Transaction& tx_;
};

std::vector<CaseId> cases(std::initializer_list<uint32_t> numbers) {
  std::vector<CaseId> ids;
  for (const uint32_t n : numbers) ids.push_back(case_of(n));
  return ids;
}

}  // namespace

TEST_CASE("a read sees the newest write, wherever it is") {
  World world;
  world.tx.put(key(1), "durable");
  CHECK(world.get(key(1)) == "durable");
  world.commit();
  CHECK(world.get(key(1)) == "durable");

  world.tx.put(key(1), "in flight");
  world.tx.put(key(2), "in flight");
  world.tx.launch();
  CHECK(world.get(key(1)) == "in flight");
  world.tx.put(key(1), "first of the open ones");
  world.tx.put(key(1), "open");
  world.tx.remove(key(2));
  CHECK(world.get(key(1)) == "open");
  CHECK_FALSE(world.get(key(2)));
  CHECK_FALSE(world.get(layout::recovered_money_key(case_of(1))));

  world.land();
  CHECK(world.get(key(1)) == "open");
  CHECK_FALSE(world.get(key(2)));
  world.commit();
  CHECK(world.get(key(1)) == "open");
  CHECK_FALSE(world.get(key(2)));
}

TEST_CASE("every pending write is found in large commits and in the small ones after them") {
  World world;
  uint32_t next = 0;
  for (const uint32_t size : {10, 20'000, 3, 0, 1, 5'000, 40, 40, 40, 40, 40, 40, 40, 40, 2'000}) {
    const uint32_t first = next;
    for (; next < first + size; ++next) world.tx.put(key(next), std::to_string(next));
    uint32_t wrong = 0;
    for (uint32_t n = first; n < next; ++n) wrong += world.get(key(n)) != std::to_string(n);
    for (uint32_t n = next; n < next + 2'000; ++n) wrong += world.get(key(n)).has_value();
    CHECK(wrong == 0);
    world.commit();
    CHECK((size == 0 || world.get(key(first)) == std::to_string(first)));
  }
}

TEST_CASE("what nobody decides on is read when it is durable, and scans see nothing sooner") {
  World world;
  const RecordKey journal = layout::case_journal_key(case_of(1), 1);
  world.tx.put(journal, "postings");
  world.tx.put(key(1), "line");
  CHECK_FALSE(world.get(journal));
  size_t seen = 0;
  const auto count = [&](std::string_view, std::string_view) { return ++seen > 0; };
  REQUIRE(world.tx.scan(Family::kIndex, "", layout::prefix_end(""), count));
  CHECK(seen == 0);
  world.commit();
  CHECK(world.get(journal) == "postings");
  REQUIRE(world.tx.scan(Family::kIndex, "", layout::prefix_end(""), count));
  CHECK(seen == 1);
}

TEST_CASE("a record is sealed if its kind is, and reads give it plain, pending and durable") {
  World world;
  const RecordKey line = layout::bank_line_key(Digest{});
  world.tx.put(line, "an account");
  CHECK(world.get(line) == "an account");
  world.tx.put(key(1), "digests");
  world.tx.launch();
  CHECK(world.tx.in_flight().op(0).value.find("account") == std::string_view::npos);
  CHECK(world.tx.in_flight().op(1).value == "digests");
  world.land();
  CHECK(world.get(line) == "an account");
}

TEST_CASE("changes are told when the step ends, in order, and what they lead to behind them") {
  World world;
  Listener first(world.tx), second(world.tx);
  world.tx.add_listener(&first);
  world.tx.add_listener(&second);
  first.leads_to[case_of(1)] = {4, 5};
  second.leads_to[case_of(2)] = {6};
  first.leads_to[case_of(4)] = {8};
  for (const uint32_t n : {1, 2, 3}) queue(world.tx, n);
  CHECK(first.heard.empty());
  REQUIRE(world.tx.end_step());
  CHECK(first.heard == cases({1, 2, 3, 4, 5, 6, 8}));
  CHECK(second.heard == first.heard);

  queue(world.tx, 9);
  REQUIRE(world.tx.end_step());
  CHECK(first.heard.back() == case_of(9));
  CHECK(first.orders == std::vector<uint32_t>{0, 1, 2, 3, 4, 5, 6, 7});
  REQUIRE(world.tx.end_step());
  CHECK(first.heard.size() == 8);
  world.commit();
  queue(world.tx, 1);
  REQUIRE(world.tx.end_step());
  CHECK(first.orders.back() == 0);
}

TEST_CASE("who has made a change and followed it is not told of it") {
  World world;
  Listener maker(world.tx), other(world.tx);
  world.tx.add_listener(&maker);
  world.tx.add_listener(&other);
  queue(world.tx, 1, &maker);
  CHECK(world.tx.last_change().after->id == case_of(1));
  queue(world.tx, 2);
  REQUIRE(world.tx.end_step());
  CHECK(maker.heard == cases({2}));
  CHECK(other.heard == cases({1, 2}));
}

TEST_CASE("changes without end are an error that names the case") {
  World world;
  Listener listener(world.tx);
  world.tx.add_listener(&listener);
  for (uint32_t n = 0; n < 1'000; ++n) queue(world.tx, n);
  REQUIRE(world.tx.end_step());  // many of one step are none

  listener.endless = true;
  queue(world.tx, 1);
  const auto ended = world.tx.end_step();
  REQUIRE_FALSE(ended);
  CHECK(ended.error().text.find(case_of(7).str()) != std::string::npos);
  CHECK(listener.heard.size() == 1'000 + Transaction::kDepthMax + 1);
}

}  // namespace transaction_test
