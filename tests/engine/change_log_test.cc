// What commits have changed stands in the commits themselves: over crashes, restored stores, and as
// far as it is kept.
#include "daemon/engine/change_log.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace change_log_test {
namespace {

struct Kept {
  ChangePlace place;
  Change change;
};

std::vector<Kept> changes_in(const Store& store) {
  std::vector<Kept> out;
  const std::string_view all = layout::kAllChanges;
  REQUIRE(store.scan(Family::kAudit, all, layout::prefix_end(all), [&](auto key, auto value) {
    const auto place = layout::parse_changes_key(key);
    const auto changes = ChangesView::parse(value);
    REQUIRE(place);
    REQUIRE(changes);
    for (uint32_t n = 0; n < changes->size(); ++n) {
      out.push_back({{place->epoch, place->lsn, n}, *(*changes)[n]});
    }
    return true;
  }));
  return out;
}

std::vector<EventKind> kinds_of(const Store& store, Topic topic = Topic::kCase) {
  std::vector<EventKind> out;
  for (const Kept& one : changes_in(store)) {
    if (one.change.topic == topic) out.push_back(static_cast<EventKind>(one.change.what));
  }
  return out;
}

// A log over a store of its own, whose kernel has no domain.
struct World {
  explicit World(MemoryStore& in, Moment now, bool complete = true) : store(in) {
    kernel.add_commit_listener(log);
    REQUIRE(log.start(now));
    if (!complete) log.begin_epoch(now.wall);
  }
  // One commit with this many changes.
  void change(uint32_t count, Moment now) {
    REQUIRE(kernel.wake(now));
    for (uint32_t i = 0; i < count; ++i) log.note(alarm(++noted));
    commit(now);
  }
  void commit(Moment now) {
    REQUIRE(store.commit(kernel.begin_commit()));
    kernel.commit_done(now);
  }
  static Change alarm(uint32_t n) {
    Change out;
    out.topic = Topic::kAlarm;
    std::string bytes;
    append_u32(bytes, n);
    out.subject = subject_of(bytes);
    return out;
  }
  // Everything that is due.
  void forget(Moment now) {
    while (log.wait_ms(now) <= 0) {
      const auto wrote = log.forget_old(now);
      REQUIRE(wrote);
      if (*wrote) commit(now);
    }
  }

  MemoryStore& store;
  std::unique_ptr<Vault> vault =
      Vault::create({.ring = {{1, {1}}}, .current = 1, .person_key = {2}}).value();
  Transaction tx{store, *vault};
  EngineObserver observer;
  Kernel kernel{tx, observer, 50};
  ChangeFeed feed;
  ChangeLog log{tx, kernel, store, feed};
  uint32_t noted = 0;
};

constexpr int64_t kDay = 86'400'000;

Moment day(int64_t n) {
  return at(kNow.plus_ms(n * kDay));
}

}  // namespace

TEST_CASE("a case that changes says so in the commit that changes it, and once that is durable") {
  Site site(in_site(), kNow);
  site.post(ActionCommand{
      EventKind::kApply, case_number(1),
      std::make_shared<const v1::ActionInput>(sound_input(Case(), EventKind::kApply))});
  const ChangePlace before = site.feed.reach().through;
  const Batch& batch = site.engine->kernel().begin_commit();
  CHECK(site.feed.reach().through == before);
  CHECK(changes_in(*site.store).empty());
  REQUIRE(site.store->commit(batch));
  CHECK(site.feed.reach().through == before);
  site.engine->kernel().commit_done(at(kNow));
  const auto kept = changes_in(*site.store);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].place == site.feed.reach().through);
  CHECK(kept[0].place.lsn == site.store->lsn());
  CHECK(kept[0].change.subject == subject_of(case_number(1).bytes()));
  CHECK(kept[0].change.side == Side::kIn);
  CHECK(kept[0].change.peer == out_site());
  CHECK(kinds_of(*site.store) == std::vector{EventKind::kApply});
}

TEST_CASE("a commit in which nothing changed for others writes nothing of it") {
  MemoryStore store;
  World world(store, at(kNow));
  world.commit(at(kNow));
  CHECK(changes_in(store).empty());
  world.change(2, at(kNow));
  CHECK(changes_in(store).size() == 2);
  CHECK(world.feed.reach().through.n == 1);
}

TEST_CASE("a proposal is told when it is made and when it no longer stands") {
  Site site(in_site(), kNow);
  site.four_eyes = true;
  site.restart();
  site.act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply));
  site.act(EventKind::kAccept, case_number(1));
  site.act(EventKind::kSendLetter, case_number(1));
  std::vector<bool> gone;
  for (const Kept& one : changes_in(*site.store)) {
    if (one.change.topic == Topic::kProposal) gone.push_back(one.change.gone);
  }
  CHECK(gone == std::vector{false});
  site.post(ProposalCommand{case_number(1), site.subject(case_number(1)).proposals.at(0).number,
                            std::nullopt});
  while (site.commit()) {
  }
  gone.clear();
  for (const Kept& one : changes_in(*site.store)) {
    if (one.change.topic == Topic::kProposal) gone.push_back(one.change.gone);
  }
  CHECK(gone == std::vector{false, true});
}

TEST_CASE("a bank line that waits tells of itself and of its queue") {
  Site site(in_site(), kNow);
  site.bank({bank_line("41130026112000000017", 12'345, "1")});
  std::vector<Topic> topics;
  for (const Kept& one : changes_in(*site.store)) topics.push_back(one.change.topic);
  CHECK(std::ranges::count(topics, Topic::kBankLine) == 1);
  CHECK(std::ranges::count(topics, Topic::kException) == 1);
}

TEST_CASE("the state of a link is told with the commit that it asks for") {
  Site site(in_site(), kNow);
  site.wake();
  while (site.commit()) {
  }
  const auto kept = changes_in(*site.store);
  const auto links =
      std::ranges::count(kept, Topic::kLink, [](const Kept& one) { return one.change.topic; });
  CHECK(links == 2);
}

TEST_CASE("after a crash at any commit what is told is what is there") {
  for (const CommitFault fault : {CommitFault::kLost, CommitFault::kKept}) {
    for (size_t crash = 0; crash < 3; ++crash) {
      Site site(in_site(), kNow);
      size_t commits = 0;
      const EventKind script[] = {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter};
      for (const EventKind action : script) {
        const Case subject = action == EventKind::kApply ? Case() : site.subject(case_number(1));
        const auto input = std::make_shared<const v1::ActionInput>(sound_input(subject, action));
        site.post(ActionCommand{action, case_number(1), input});
        if (commits++ == crash) {
          site.store->set_fault_hook([&](const Batch&) { return fault; });
          CHECK_FALSE(site.store->commit(site.engine->kernel().begin_commit()));
          site.store->set_fault_hook({});
          site.store->reopen();
          site.restart();
          const bool there = fault == CommitFault::kKept;
          CHECK(kinds_of(*site.store).size() == (there ? crash + 1 : crash));
          const auto kept = changes_in(*site.store);
          if (!kept.empty()) CHECK(site.feed.reach().through == kept.back().place);
          if (there) continue;
          site.post(ActionCommand{action, case_number(1), input});
        }
        while (site.commit()) {
        }
      }
      CHECK(kinds_of(*site.store) == std::vector(std::begin(script), std::end(script)));
      const auto kept = changes_in(*site.store);
      for (size_t i = 1; i < kept.size(); ++i) CHECK(kept[i - 1].place < kept[i].place);
    }
  }
}

TEST_CASE("a store that has lost commits begins an epoch, also if it does so again and again") {
  MemoryStore store;
  {
    World world(store, at(kNow));
    world.change(1, at(kNow));
    world.change(1, at(kNow));
  }
  const auto first = World(store, at(kNow.plus_ms(1'000))).feed.reach().through;
  CHECK(first == changes_in(store).back().place);
  const auto backup = store.clone();
  std::vector<ChangePlace> seen{first};
  for (int restored = 0; restored < 2; ++restored) {
    const auto copy = backup->clone();
    const Moment now = at(kNow.plus_ms(10'000 * (restored + 1)));
    World world(*copy, now, false);
    world.commit(now);
    const ChangePlace through = world.feed.reach().through;
    CHECK(changes_in(*copy).back().change.topic == Topic::kStore);
    CHECK(changes_in(*copy).back().place == through);
    for (const ChangePlace& other : seen) CHECK(other.epoch != through.epoch);
    seen.push_back(through);
    // The epoch stays when the store is whole again.
    CHECK(World(*copy, now).feed.reach().through == through);
  }
}

TEST_CASE("a store that a peer shows to be an older copy while it runs begins one epoch") {
  MemoryStore store;
  World world(store, at(kNow));
  world.change(1, at(kNow));
  const ChangePlace before = world.feed.reach().through;
  world.log.note(World::alarm(7));
  const Batch& running = world.kernel.begin_commit();
  world.log.begin_epoch(kNow.plus_ms(60'000));
  REQUIRE(store.commit(running));
  world.kernel.commit_done(at(kNow));
  CHECK(world.feed.reach().through.epoch == before.epoch);
  world.commit(at(kNow));
  const ChangePlace through = world.feed.reach().through;
  CHECK(through.epoch > before.epoch);
  CHECK(changes_in(store).back().change.topic == Topic::kStore);
  CHECK(changes_in(store).back().place == through);
  world.log.begin_epoch(kNow.plus_ms(120'000));
  world.commit(at(kNow));
  CHECK(world.feed.reach().through == through);
}

TEST_CASE("a clock that was set back begins no epoch that has been") {
  MemoryStore store;
  World(store, at(kNow)).change(1, at(kNow));
  const uint32_t before = changes_in(store).back().place.epoch;
  World later(store, at(kNow.plus_ms(-kDay)), false);
  CHECK(later.feed.reach().through.epoch > before);
}

TEST_CASE("changes of seven days are kept, and what is deleted ends where it says") {
  MemoryStore store;
  World world(store, day(0));
  for (int n = 0; n < 10; ++n) world.change(2, day(n));
  world.forget(day(9));
  // Days 0 to 2 are over; the last record of them stands for all.
  const ChangePlace gone = world.feed.reach().gone;
  CHECK(changes_in(store).front().place == ChangePlace{gone.epoch, gone.lsn, 0});
  CHECK(gone.n == 1);
  CHECK(changes_in(store).size() == 2 * 8);
  CHECK(World(store, day(9)).feed.reach().gone == gone);
  world.forget(day(30));
  CHECK(changes_in(store).size() == 2);
  CHECK(world.feed.reach().gone == world.feed.reach().through);
  // And goes on.
  world.change(1, day(30));
  CHECK(changes_in(store).size() == 3);
  CHECK(world.feed.reach().gone < world.feed.reach().through);
}

TEST_CASE("no more are kept than the bound, in slices that one commit can hold") {
  MemoryStore store;
  World world(store, at(kNow));
  world.log.set_bounds({7 * kDay, 1'000});
  for (int n = 0; n < 2'500; ++n) world.change(1, at(kNow));
  world.forget(at(kNow));
  const auto kept = changes_in(store);
  CHECK(kept.size() == 1'001);
  CHECK(world.feed.reach().gone == kept.front().place);
  // A hundredth more is let pass.
  for (int n = 0; n < 10; ++n) world.change(1, at(kNow));
  CHECK(world.log.wait_ms(at(kNow)) > 0);
  world.change(1, at(kNow));
  world.forget(at(kNow.plus_ms(60'000)));
  CHECK(changes_in(store).size() == 1'001);
  // The count goes on after a restart.
  World again(store, at(kNow));
  again.log.set_bounds({7 * kDay, 1'000});
  for (int n = 0; n < 11; ++n) again.change(1, at(kNow));
  again.forget(at(kNow));
  CHECK(changes_in(store).size() == 1'001);
}

TEST_CASE("a record of changes that cannot be read costs an epoch, and not the daemon") {
  MemoryStore store;
  World(store, at(kNow)).change(1, at(kNow));
  ChangePlace place = changes_in(store).back().place;
  Batch batch;
  batch.put(Family::kAudit, layout::changes_key({place.epoch, place.lsn + 1}), "x");
  REQUIRE(store.commit(batch));
  World world(store, at(kNow));
  CHECK(world.feed.reach().through.epoch > place.epoch);
  world.commit(at(kNow));
  world.change(3, day(1));
  world.forget(day(8));
  CHECK(changes_in(store).size() == 3);
}

}  // namespace change_log_test
