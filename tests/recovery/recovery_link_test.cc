// How a recovering link looks and behaves from outside: what the operator is shown, how often an
// alarm sounds, how many round trips it takes, and that clocks on the wall do not matter.
#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace recovery_link_test {
namespace {

struct Pair {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};

  explicit Pair(Instant start = kNow) {
    in.now = out.now = start;
    settle({&in, &out});
  }

  void send_letter(int number) {
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    v1::Person& person = *input.mutable_application()->mutable_person();
    person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    person.set_document_number("P" + std::to_string(number));
    in.act(EventKind::kApply, case_number(number), input);
    in.act(EventKind::kAccept, case_number(number));
    in.act(EventKind::kSendLetter, case_number(number));
    settle({&in, &out});
  }

  void lose_to(const MemoryStore& backup) { lose(in, backup, false); }

  // `complete`: the site takes its store for all that it had acknowledged.
  void lose(Site& site, const MemoryStore& backup, bool complete) {
    site.engine.reset();
    site.store = backup.clone();
    site.store_complete = complete;
    site.sent.clear();
    site.restart();
  }

  void run_for(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      settle({&in, &out});
      for (Site* site : {&in, &out}) {
        site->now = site->now.plus_ms(1000);
        site->wake();
      }
    }
    settle({&in, &out});
  }

  v1::PeerView view() {
    in.post(PeersQuery());
    for (const v1::PeerView& peer : in.answers.back().peers.peers()) {
      if (peer.agency() == out_site().str()) return peer;
    }
    return {};
  }
};

size_t count(const std::vector<std::string>& all, const std::string& wanted) {
  return static_cast<size_t>(std::count(all.begin(), all.end(), wanted));
}

}  // namespace

TEST_CASE("a link that recovers is shown as recovering, then as flowing") {
  Pair pair;
  pair.send_letter(1);
  const auto backup = pair.in.store->clone();
  pair.send_letter(2);
  pair.lose_to(*backup);
  CHECK(pair.view().state() == "recovering");
  pair.in.wake();
  while (!pair.in.sent.empty()) {  // the answer to Open, and then nothing more
    const SentFrame frame = pair.in.sent.front();
    pair.in.sent.pop_front();
    if (frame.peer == out_site()) pair.out.hear(in_site(), frame.lane, frame.bytes);
  }
  CHECK(pair.view().state() == "recovering");
  CHECK(pair.view().stop_reason().empty());
  pair.run_for(10);
  CHECK(pair.view().state() == "flowing");
}

TEST_CASE("a copy that differs before the last receipt is DIVERGED, with one alarm") {
  // Another history of the same two agencies: its first letter has a receipt too.
  Pair other(kNow.plus_ms(5));
  other.send_letter(1);
  Pair pair;
  pair.send_letter(1);
  pair.send_letter(2);
  pair.lose_to(*other.in.store);
  pair.in.alarms.clear();
  pair.run_for(120);
  CHECK(pair.view().state() == "stopped");
  CHECK(pair.view().stop_reason() == "REFUSE_REASON_DIVERGED");
  CHECK(count(pair.in.alarms,
              "the peer's copy of our log differs from what it had given receipts for") == 1);
  CHECK(pair.in.alarms.size() <= 2);  // that something is missing, and this
}

TEST_CASE("frames come back in bursts, not one a round trip") {
  constexpr int kLetters = 70;
  Pair pair;
  const auto backup = pair.in.store->clone();
  for (int n = 1; n <= kLetters; ++n) pair.send_letter(n);
  REQUIRE(pair.in.peer(out_site()).last_seq() == kLetters);
  pair.lose_to(*backup);
  pair.in.trace.clear();
  pair.run_for(10);
  CHECK(pair.in.peer(out_site()).last_seq() == kLetters);
  CHECK(pair.in.engine->recovered(out_site()));
  CHECK(count(pair.in.trace, "send fetch") == kLetters / limits::kFetchFrames + 1);
}

TEST_CASE("a burst with a hole is asked for again") {
  Pair pair;
  const auto backup = pair.in.store->clone();
  for (int n = 1; n <= 5; ++n) pair.send_letter(n);
  pair.lose_to(*backup);
  pair.in.wake();
  // The third frame of the burst is lost.
  bool lost = false;
  int fetched = 0;
  for (int turns = 0; turns < 100 && !lost; ++turns) {
    for (auto [from, to] : {std::pair{&pair.in, &pair.out}, {&pair.out, &pair.in}}) {
      from->wake();
      while (!from->sent.empty()) {
        const SentFrame frame = from->sent.front();
        from->sent.pop_front();
        if (frame.peer != to->self) continue;
        const auto decoded = decode_frame(std::make_shared<const std::string>(frame.bytes));
        REQUIRE(decoded);
        const bool drop = std::holds_alternative<FetchedFrame>(*decoded) && ++fetched == 3;
        lost |= drop;
        if (!drop) to->hear(from->self, frame.lane, frame.bytes);
      }
      while (from->commit()) {
      }
    }
  }
  REQUIRE(lost);
  pair.run_for(10);
  CHECK(pair.in.peer(out_site()).last_seq() == 5);
  CHECK(pair.in.engine->recovered(out_site()));
  CHECK(pair.in.alarms.size() <= 1);
}

TEST_CASE("a wall clock that is set back an hour delays no link") {
  Pair pair;
  pair.in.sent.clear();
  pair.in.engine->kernel().connected(out_site(), at(kNow));  // asks, and hears nothing
  REQUIRE(pair.in.sent.size() == 1);
  const Moment later{kNow.plus_ms(-3'600'000), {kNow.ms + 5'000}};
  CHECK(pair.in.engine->kernel().wait_ms(later) == 0);
  REQUIRE(pair.in.engine->kernel().wake(later));
  CHECK(std::any_of(pair.in.sent.begin(), pair.in.sent.end(), [](const SentFrame& sent) {
    const auto frame = decode_frame(std::make_shared<const std::string>(sent.bytes));
    return sent.peer == out_site() && std::holds_alternative<OpenFrame>(*frame);
  }));
}

// Seed 7061: the link stayed in a recovery that nothing could end.
TEST_CASE("an Open that was long on its way begins no recovery of what is being written") {
  Pair pair;
  const auto backup = pair.out.store->clone();
  pair.send_letter(1);
  pair.in.engine->kernel().connected(out_site(), at(pair.in.now));
  REQUIRE(pair.in.sent.size() == 1);
  const SentFrame open = pair.in.sent.front();  // it says that it has a receipt for the letter
  pair.in.sent.clear();
  pair.lose(pair.out, *backup, false);
  const Receiver& receiver = pair.out.peer(in_site()).receiver();
  for (int turns = 0; turns < 100 && receiver.ahead().through == 0; ++turns) {
    pair.in.now = pair.out.now = pair.in.now.plus_ms(1'000);
    for (auto [from, to] : {std::pair{&pair.in, &pair.out}, {&pair.out, &pair.in}}) {
      from->wake();
      while (receiver.ahead().through == 0 && from->commit()) {
      }
      while (!from->sent.empty() && receiver.ahead().through == 0) {
        const SentFrame frame = from->sent.front();
        from->sent.pop_front();
        if (frame.peer == to->self) to->hear(from->self, frame.lane, frame.bytes);
      }
    }
  }
  REQUIRE(receiver.ahead().through == 1);
  REQUIRE(receiver.on_disk().through == 0);
  REQUIRE(pair.out.engine->recovered(in_site()));
  pair.out.hear(in_site(), Lane::kForward, open.bytes);
  CHECK(pair.out.engine->recovered(in_site()));
  pair.run_for(10);
  CHECK(pair.out.engine->recovered(in_site()));
  CHECK(receiver.on_disk().through == 1);
}

// An agency that was set back twice: before the second time it had spoken in a later epoch.
TEST_CASE("what a restored agency had said in a later epoch does not stop it when it comes late") {
  Pair pair;
  const auto backup = pair.in.store->clone();
  pair.in.engine->kernel().connected(out_site(), at(pair.in.now));
  REQUIRE(pair.in.sent.size() == 1);
  const auto frame = decode_frame(std::make_shared<const std::string>(pair.in.sent.front().bytes));
  REQUIRE(frame);
  OpenFrame later = std::get<OpenFrame>(*frame);
  later.epoch += 1;
  sign(later, *signer_of(in_site()));
  pair.lose(pair.in, *backup, false);
  pair.run_for(10);
  REQUIRE(pair.in.engine->recovered(out_site()));
  pair.out.hear(in_site(), Lane::kForward, encode(later));
  pair.run_for(40);
  pair.send_letter(1);
  pair.run_for(40);
  CHECK(pair.out.subject(case_number(1)).exists());
  CHECK(pair.in.peer(out_site()).sender().queued() == 0);
}

TEST_CASE("a loss that shows only after our own link was opened is recovered too") {
  Pair pair;
  const auto backup = pair.out.store->clone();
  pair.send_letter(1);
  pair.lose(pair.out, *backup, true);
  pair.run_for(20);  // transfer-in's link flows on: it has not noticed
  pair.send_letter(2);
  pair.run_for(20);
  CHECK(pair.out.engine->recovered(in_site()));
  CHECK(pair.out.subject(case_number(1)).exists());
  CHECK(pair.out.subject(case_number(2)).exists());
  CHECK(pair.in.peer(out_site()).sender().queued() == 0);
}

TEST_CASE("what we had said in an earlier epoch and comes late stops nothing") {
  Pair pair;
  const auto backup = pair.in.store->clone();
  pair.send_letter(1);
  pair.in.engine->kernel().connected(out_site(), at(pair.in.now));
  REQUIRE(pair.in.sent.size() == 1);
  const std::string open = pair.in.sent.front().bytes;
  const auto frame = pair.in.peer(out_site()).log().frame_with(1);
  REQUIRE(frame);
  REQUIRE(*frame);
  pair.lose(pair.in, *backup, false);
  pair.run_for(10);
  pair.send_letter(2);
  REQUIRE(pair.out.peer(in_site()).receiver().on_disk().epoch == 2);
  pair.in.alarms.clear();
  for (const std::string& late : {open, *(*frame)->bytes}) {
    pair.out.hear(in_site(), Lane::kForward, late);
    settle({&pair.in, &pair.out});
    CHECK(pair.in.peer(out_site()).sender().state() == Sender::State::kFlowing);
  }
  CHECK(pair.in.alarms.empty());
  pair.send_letter(3);
  CHECK(pair.out.subject(case_number(3)).exists());
}

}  // namespace recovery_link_test
