// Two copies of one agency at the same time, with the same keys: whatever they do, peers have one
// history with it.
#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace recovery_copy_test {
namespace {

using Pair = RecoveryPair;

// What the copy sends over its connection to the peer arrives, and so come answers back; the peer
// is connected to the original, where the directory says that this agency is.
void talk(Pair& pair, Site& copy, int seconds) {
  for (int second = 0; second < seconds; ++second) {
    copy.now = pair.in.now = pair.in.now.plus_ms(1000);
    copy.wake();
    copy.commit();
    for (; !copy.sent.empty(); copy.sent.pop_front()) {
      if (copy.sent.front().peer != in_site() || copy.sent.front().lane == Lane::kReply) continue;
      pair.in.hear(out_site(), copy.sent.front().lane, copy.sent.front().bytes);
      pair.in.commit();
      for (; !pair.in.sent.empty(); pair.in.sent.pop_front()) {
        const SentFrame& frame = pair.in.sent.front();
        Site& to = frame.lane == Lane::kReply ? copy : pair.out;
        if (frame.peer == out_site()) to.hear(in_site(), frame.lane, frame.bytes);
      }
    }
  }
}

}  // namespace

TEST_CASE(
    "of two copies with the same log the first that writes wins; the other one is told, and "
    "stops") {
  Pair pair;
  for (size_t i = 0; i < 6; ++i) pair.act(kStory[i]);
  Site copy{out_site(), kNow};
  copy.engine.reset();
  copy.store = pair.out.store->clone();
  copy.restart();
  talk(pair, copy, 3);
  REQUIRE(copy.peer(in_site()).sender().state() == Sender::State::kFlowing);

  for (size_t i = 6; i < 9; ++i) CHECK_FALSE(pair.act(kStory[i]).rejection);
  const auto known = pair.in.peer(out_site()).receiver().on_disk();
  CHECK_FALSE(
      copy.act(EventKind::kHold, pair.id, sound_input(copy.subject(pair.id), EventKind::kHold))
          .rejection);
  talk(pair, copy, 1);
  CHECK(copy.peer(in_site()).sender().state() == Sender::State::kStopped);
  CHECK(copy.peer(in_site()).sender().stop_reason() == v1::REFUSE_REASON_DIVERGED);
  for (const int seconds : {0, 120}) {
    talk(pair, copy, seconds);
    const Answer answer = copy.act(EventKind::kResume, pair.id);
    REQUIRE(answer.rejection);
    CHECK(answer.rejection->refusal == Refusal::kRecovering);
  }
  CHECK(copy.peer(in_site()).sender().mark().epoch == 1);
  CHECK(pair.in.peer(out_site()).receiver().on_disk().head == known.head);

  for (size_t i = 9; i < kStory.size(); ++i) CHECK_FALSE(pair.act(kStory[i]).rejection);
  pair.run_for(10);  // receipts that were meant for the copy's connection come again
  CHECK(pair.states() == "DONE / CREDITED : OUT_DONE / ACKED_BY_IN : ");
  pair.check_sound();
}

}  // namespace recovery_copy_test
