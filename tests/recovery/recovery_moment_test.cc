// What happens at the worst moment of a recovery: between two commits, or while the peer's disk is
// slow. Nothing is said before it is durable, and every order of events comes to an end.
#include <catch2/catch.hpp>

#include "daemon/peers/link_store.h"
#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace recovery_moment_test {
namespace {

// What an Open says of our log and epoch stands on our disk.
void check_durable(const Site& site, const SentFrame& sent) {
  const auto frame = decode_frame(std::make_shared<const std::string>(sent.bytes));
  REQUIRE(frame);
  const auto* open = std::get_if<OpenFrame>(&*frame);
  if (open == nullptr) return;
  const auto store = site.records().get_message<v1::StoreRecord>(Family::kMeta, layout::kStoreKey);
  REQUIRE(store);
  CHECK(open->epoch <= (*store)->epoch());
  const auto log = read_outgoing(site.records(), {site.self, sent.peer}, open->epoch);
  REQUIRE(log);
  CHECK(open->last_seq <= log->mark.last_seq);
}

struct World {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  Site third{third_site(), kNow};

  World() { settle({&in, &out, &third}); }

  // Everything but the last step, which the test chooses when to do and when to commit.
  void prepare_letter(int number, AgencyId to = out_site()) {
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    input.mutable_application()->set_origin_agency(to.str());
    v1::Person& person = *input.mutable_application()->mutable_person();
    person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    person.set_document_number("P" + std::to_string(number));
    REQUIRE_FALSE(in.act(EventKind::kApply, case_number(number), input).rejection);
    REQUIRE_FALSE(in.act(EventKind::kAccept, case_number(number)).rejection);
  }

  void post_letter(int number) {
    in.post(ActionCommand{EventKind::kSendLetter, case_number(number),
                          std::make_shared<const v1::ActionInput>()});
  }

  void send_letter(int number, AgencyId to = out_site()) {
    prepare_letter(number, to);
    REQUIRE_FALSE(in.act(EventKind::kSendLetter, case_number(number)).rejection);
  }

  // The next letter is of another day: its number is no other letter's.
  void lose(const MemoryStore& backup, bool complete) {
    for (Site* site : {&in, &out, &third}) site->now = site->now.plus_ms(86'400'000);
    in.engine.reset();
    in.store = backup.clone();
    in.store_complete = complete;
    in.sent.clear();
    in.restart();
  }

  void restart_after_crash() {
    in.sent.clear();
    in.restart();
  }

  // Hands over what waits, without any commit.
  static void carry(Site& from, Site& to) {
    for (size_t waiting = from.sent.size(); waiting > 0; --waiting) {
      const SentFrame frame = from.sent.front();
      from.sent.pop_front();
      if (frame.peer != to.self) continue;
      check_durable(from, frame);
      to.hear(from.self, frame.lane, frame.bytes);
    }
  }

  // The peer's Open comes, then ours is asked and answered, without any commit of ours.
  void compare(Site& peer) {
    peer.engine->kernel().connected(in.self, at(peer.now));
    carry(peer, in);
    in.sent.clear();
    in.engine->kernel().connected(peer.self, at(in.now));
    in.now = in.now.plus_ms(5'000);
    in.wake();
    carry(in, peer);
    carry(peer, in);
  }

  void run_for(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      for (int turn = 0; turn < 20; ++turn) {
        for (Site* from : {&in, &out, &third}) {
          while (from->commit()) {
          }
          const std::deque<SentFrame> sent = std::exchange(from->sent, {});
          for (const SentFrame& frame : sent) {
            check_durable(*from, frame);
            for (Site* to : {&in, &out, &third}) {
              if (to->self == frame.peer) to->hear(from->self, frame.lane, frame.bytes);
            }
          }
        }
      }
      for (Site* site : {&in, &out, &third}) {
        site->now = site->now.plus_ms(1000);
        site->wake();
      }
    }
  }

  void check_delivered(std::initializer_list<int> letters, Site& to) {
    for (const int number : letters) {
      INFO("letter " << number);
      CHECK(to.subject(case_number(number)).exists());
    }
    CHECK(in.peer(to.self).sender().queued() == 0);
    CHECK(in.engine->recovered(to.self));
    CHECK(to.quarantine().empty());
    CHECK(in.peer(to.self).sender().mark().head == to.peer(in.self).receiver().on_disk().head);
  }
};

}  // namespace

TEST_CASE("a letter being written when another link begins an epoch arrives in the old one") {
  World world;
  const auto backup = world.in.store->clone();
  world.send_letter(1, third_site());
  world.run_for(2);
  world.lose(*backup, true);
  for (int turn = 0; turn < 4; ++turn) {
    World::carry(world.in, world.out);
    world.out.commit();
    World::carry(world.out, world.in);
    world.in.wake();
    world.in.commit();
  }
  REQUIRE(world.in.peer(out_site()).sender().state() == Sender::State::kFlowing);
  world.prepare_letter(2);
  world.post_letter(2);  // not committed
  world.compare(world.third);
  REQUIRE(world.in.peer(third_site()).epoch() == 2);
  world.in.engine->kernel().connected(out_site(), at(world.in.now));
  World::carry(world.in, world.out);
  world.out.commit();
  world.run_for(70);
  world.check_delivered({2}, world.out);
  world.check_delivered({1}, world.third);
}

// Seed 19122: after the crash the store took itself for whole, and began a case anew.
TEST_CASE("a loss that a peer has shown is known after a crash, although it was not heard yet") {
  World world;
  world.send_letter(1);
  world.run_for(2);
  const auto backup = world.in.store->clone();
  const bool ours =
      GENERATE(true, false);  // what is lost: messages of ours, or receipts for theirs
  if (ours) world.send_letter(2);
  if (!ours) REQUIRE_FALSE(world.out.act(EventKind::kAcceptLetter, case_number(1)).rejection);
  world.run_for(2);
  world.lose(*backup, true);
  world.out.sent.clear();
  if (ours) {
    world.in.engine->kernel().connected(out_site(), at(world.in.now));
    world.in.now = world.in.now.plus_ms(5'000);
    world.in.wake();
    World::carry(world.in, world.out);
  } else {
    world.out.engine->kernel().connected(in_site(), at(world.out.now));
  }
  World::carry(world.out, world.in);
  REQUIRE_FALSE(world.in.engine->recovered(out_site()));
  world.in.now = world.in.now.plus_ms(1'000);
  while (world.in.commit()) {
  }
  world.restart_after_crash();
  CHECK_FALSE(world.in.engine->recovered(out_site()));
  world.run_for(70);
  world.check_delivered({1}, world.out);
  if (ours) world.check_delivered({2}, world.out);
  CHECK((ours || world.in.subject(case_number(1)).relationship == Relationship::kLetterAccepted));
}

TEST_CASE("a peer that commits more of our log after we have fetched it is asked for that too") {
  const bool complete = GENERATE(false, true);
  World world;
  const auto backup = world.in.store->clone();
  world.send_letter(1);
  world.run_for(2);
  world.send_letter(2);
  World::carry(world.in, world.out);  // the disk there hangs
  REQUIRE(world.out.peer(in_site()).receiver().ahead().through == 2);
  world.lose(*backup, complete);
  if (complete) world.send_letter(3);  // under a number that was used
  world.compare(world.out);
  World::carry(world.in, world.out);
  World::carry(world.out, world.in);
  REQUIRE(world.in.peer(out_site()).last_seq() >= 1);
  REQUIRE(world.out.peer(in_site()).receiver().on_disk().through == 1);
  world.out.commit();
  REQUIRE(world.out.peer(in_site()).receiver().on_disk().through == 2);
  world.run_for(70);
  world.check_delivered({1, 2}, world.out);
  if (complete) world.check_delivered({3}, world.out);
}

TEST_CASE("several frames that were written anew give way to what the peer holds, in one burst") {
  World world;
  const auto backup = world.in.store->clone();
  for (const int number : {1, 2, 3}) {
    world.send_letter(number);
    world.run_for(1);
  }
  world.lose(*backup, true);
  for (const int number : {4, 5}) world.send_letter(number);
  world.run_for(40);
  world.check_delivered({1, 2, 3, 4, 5}, world.out);
}

TEST_CASE("a letter that is being written while our log comes back is sent behind it") {
  World world;
  const auto backup = world.in.store->clone();
  for (const int number : {1, 2}) {
    world.send_letter(number);
    world.run_for(1);
  }
  world.lose(*backup, true);
  world.prepare_letter(4);
  world.post_letter(4);
  if (GENERATE(false, true)) {  // the running commit has it, the next one has another
    const Batch& batch = world.in.engine->kernel().begin_commit();
    world.compare(world.out);
    World::carry(world.in, world.out);
    World::carry(world.out, world.in);
    REQUIRE(world.in.store->commit(batch));
    world.in.engine->kernel().commit_done(at(world.in.now));
  } else {
    world.compare(world.out);
    World::carry(world.in, world.out);
    World::carry(world.out, world.in);
  }
  world.run_for(70);
  world.check_delivered({1, 2, 4}, world.out);
}

TEST_CASE("messages written anew outlive a crash after any commit of the recovery") {
  bool crashed = true;
  for (int k = 0; crashed; ++k) {
    INFO("crash after commit " << k);
    World world;
    const auto backup = world.in.store->clone();
    constexpr int kLost = 40;  // more than one burst
    for (int number = 1; number <= kLost; ++number) world.send_letter(number);
    world.run_for(2);
    REQUIRE(world.out.peer(in_site()).receiver().on_disk().through == kLost);
    world.lose(*backup, true);
    world.send_letter(101);
    world.send_letter(102);
    int commits = 0;
    crashed = false;
    for (int turn = 0; turn < 60 && !crashed; ++turn) {
      world.in.now = world.out.now = world.in.now.plus_ms(1'000);
      world.out.wake();
      world.in.wake();
      while (!crashed && world.in.commit()) crashed = commits++ == k;
      if (crashed) break;
      World::carry(world.in, world.out);
      while (world.out.commit()) {
      }
      // Each frame in a commit of its own.
      while (!world.out.sent.empty() && !crashed) {
        const SentFrame frame = world.out.sent.front();
        world.out.sent.pop_front();
        if (frame.peer != in_site()) continue;
        world.in.hear(out_site(), frame.lane, frame.bytes);
        while (!crashed && world.in.commit()) crashed = commits++ == k;
      }
    }
    if (crashed) world.restart_after_crash();
    world.run_for(70);
    world.check_delivered({1, kLost, 101, 102}, world.out);
  }
}

}  // namespace recovery_moment_test
