// What a sender does when something is wrong: whatever is doubtful leads back to Open; only a
// contradiction stops the link, with one alarm.
#include <catch2/catch.hpp>
#include <set>

#include "daemon/base/limits.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace sender_recovery_test {
namespace {

using State = Sender::State;

uint64_t session_of(const SenderStep& step) {
  REQUIRE(step.open);
  return step.open->session;
}

bool is_open(const SenderStep& step) {
  return step.open && step.out.empty();
}

// A sender that has three frames of two messages, flowing, all of them sent, none receipted.
struct Flowing {
  Flowing() : sender(link_world().link, SenderMark(), SenderTiming(), 5, false) {
    for (int i = 0; i < 3; ++i) log.write(2);
    sender = Sender(link_world().link, log.mark(), SenderTiming(), 5, false);
    CHECK(open_with(receipt_for(MemoryLog())).out.size() == 3);
  }

  // Answers the sender's next Open. A proof that is there counts as verified.
  SenderStep open_with(const Receipt& receipt, std::optional<BatchProof> proof = BatchProof()) {
    now = std::max(now, sender.next_wake());
    const uint64_t session = session_of(sender.wake(now));
    last = {session, receipt, limits::kWindowBytes, std::move(proof)};
    return sender.receive(last, now, log);
  }

  MemoryLog log;
  Sender sender;
  Steady now{1'000'000};
  OpenedFrame last;
};

Receipt receipt_of(Epoch epoch, Seq through, const Digest& head) {
  return make_receipt(link_world().link, epoch, through, head, Instant{1}, *link_world().signer_b);
}

}  // namespace

TEST_CASE("a lost receipt: after the stall the sender asks, and learns that all is there") {
  Flowing link;
  CHECK(link.sender.next_wake() == link.now.plus_ms(SenderTiming().stall));
  const SenderStep step = link.open_with(receipt_for(link.log));
  CHECK(step.out.empty());
  CHECK(step.mark_moved);
  CHECK(link.sender.queued() == 0);
  CHECK(link.sender.next_wake() > link.now.plus_ms(SenderTiming().stall));
}

TEST_CASE("a lost frame: after the stall the sender sends from where the receiver is") {
  Flowing link;
  const SenderStep step = link.open_with(receipt_for(link.log.frames()[0]));
  CHECK(step.out.size() == 2);
}

TEST_CASE("progress puts the stall off") {
  Flowing link;
  link.now = link.now.plus_ms(2'000);
  link.sender.receive(heard(receipt_for(link.log.frames()[0]), link.sender), link.now, link.log);
  CHECK(link.sender.next_wake() == link.now.plus_ms(SenderTiming().stall));
}

TEST_CASE("a gap reopens") {
  Flowing link;
  CHECK(is_open(link.sender.receive(GapFrame{1, 3}, link.now)));
  CHECK(link.sender.state() == State::kOpening);
}

TEST_CASE("a gap while opening, or of a later epoch, is ignored") {
  Flowing link;
  CHECK_FALSE(link.sender.receive(GapFrame{2, 3}, link.now).open);
  link.sender.receive(GapFrame{1, 3}, link.now);
  CHECK_FALSE(link.sender.receive(GapFrame{1, 3}, link.now).open);
}

TEST_CASE("a receipt for half a frame reopens") {
  Flowing link;
  CHECK(is_open(
      link.sender.receive(heard(receipt_of(1, 1, Digest{}), link.sender), link.now, link.log)));
  CHECK(link.sender.mark().receipted_seq == 0);
}

TEST_CASE("a receipt for what was never sent reopens") {
  Flowing link;
  CHECK(is_open(
      link.sender.receive(heard(receipt_of(1, 99, Digest{}), link.sender), link.now, link.log)));
}

TEST_CASE("a receipt of another link or of a later epoch is ignored") {
  Flowing link;
  Receipt receipt = receipt_for(link.log);
  receipt.link = {link_world().b, link_world().a};
  receipt.session = link.sender.session();
  CHECK(link.sender.receive(receipt, link.now, link.log).out.empty());
  CHECK(
      link.sender.receive(heard(receipt_of(2, 6, link.log.head()), link.sender), link.now, link.log)
          .out.empty());
  CHECK(link.sender.mark().receipted_seq == 0);
  CHECK(link.sender.state() == State::kFlowing);
}

TEST_CASE(
    "a receipt of an earlier handshake says nothing: the receiver may have lost its store since") {
  Flowing link;
  const Receipt late = heard(receipt_for(link.log), link.sender);
  link.now = link.sender.next_wake();
  link.open_with(receipt_for(MemoryLog()));  // the receiver is empty now
  CHECK(link.sender.state() == State::kFlowing);
  CHECK_FALSE(link.sender.receive(late, link.now, link.log).mark_moved);
  CHECK(link.sender.mark().receipted_seq == 0);
  CHECK(link.sender.receive(heard(receipt_for(link.log), link.sender), link.now, link.log)
            .mark_moved);
}

TEST_CASE("a sender told that the histories differ stays so with one alarm, until they agree") {
  Flowing link;
  link.log.cut(2);
  link.sender = Sender(link_world().link, link.log.mark(), SenderTiming(), 6, false);
  const Receipt beyond = receipt_of(1, 6, Digest{1});
  CHECK(link.open_with(beyond).behind == Seq{6});
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_SENDER_BEHIND);
  CHECK(link.sender.diverged(link.now).alarm);
  const SenderStep again = link.open_with(beyond);
  CHECK_FALSE(again.alarm);
  CHECK_FALSE(again.behind);
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_DIVERGED);
  link.open_with(receipt_for(link.log));
  CHECK(link.sender.state() == State::kFlowing);
}

TEST_CASE("a receipt with another head stops the link with an alarm") {
  Flowing link;
  const SenderStep step =
      link.sender.receive(heard(receipt_of(1, 2, Digest{}), link.sender), link.now, link.log);
  CHECK(step.alarm);
  CHECK(link.sender.state() == State::kStopped);
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_DIVERGED);
  CHECK(link.sender.mark().receipted_seq == 0);
}

TEST_CASE("a receiver restored behind is sent again what it lost, with an alarm") {
  Flowing link;
  link.sender.receive(heard(receipt_for(link.log), link.sender), link.now, link.log);
  REQUIRE(link.sender.mark().receipted_seq == 6);
  link.sender.pause(true, link.now);
  const uint64_t session = session_of(link.sender.pause(false, link.now));
  const OpenedFrame behind{session, receipt_for(link.log.frames()[0]), limits::kWindowBytes};
  const SenderStep step = link.sender.receive(behind, link.now, link.log);
  CHECK(step.alarm);
  CHECK(step.mark_moved);
  CHECK(step.out.size() == 2);
  CHECK(link.sender.mark().receipted_seq == 2);
  CHECK(link.sender.state() == State::kFlowing);
}

TEST_CASE("a sender behind the receiver stops: it was restored and must not write over") {
  Flowing link;
  const SenderStep step = link.open_with(receipt_of(1, 7, Digest{}));
  CHECK(step.alarm);
  CHECK(step.out.empty());
  CHECK(link.sender.state() == State::kStopped);
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_SENDER_BEHIND);
}

TEST_CASE("a receiver that shows no signature of ours for what it claims is not believed") {
  Flowing beyond, other;
  const struct {
    Flowing& link;
    Receipt claim;
  } lies[] = {{beyond, receipt_of(1, 7, Digest{})}, {other, receipt_of(1, 2, Digest{})}};
  for (const auto& [link, claim] : lies) {
    const SenderStep step = link.open_with(claim, std::nullopt);
    CHECK(step.alarm);
    CHECK(step.unproven);
    CHECK_FALSE(step.behind);
    CHECK(step.out.empty());
    CHECK(link.sender.state() == State::kStopped);
    CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_UNPROVEN);
    CHECK(link.sender.next_wake() >= link.now.plus_ms(SenderTiming().stopped_retry));
    CHECK_FALSE(link.open_with(claim, std::nullopt).alarm);
    link.open_with(receipt_for(link.log));
    CHECK(link.sender.state() == State::kFlowing);
  }
}

TEST_CASE("an Opened that comes again is taken once, also by a sender that stopped over it") {
  Flowing link;
  REQUIRE(link.open_with(receipt_of(1, 7, Digest{})).behind);
  const SenderStep again = link.sender.receive(link.last, link.now, link.log);
  CHECK_FALSE(again.behind);
  CHECK_FALSE(again.alarm);
  CHECK(link.open_with(receipt_of(1, 7, Digest{})).behind);
  link.last.receipt = receipt_for(link.log);
  link.sender.receive(link.last, link.now, link.log);
  CHECK(link.sender.state() == State::kStopped);
}

TEST_CASE("Open shows the newest receipt, also one that is lower than before") {
  Flowing link;
  link.open_with(receipt_for(link.log));
  const auto shown = [&] { return *link.sender.connected(link.now).open; };
  OpenFrame open = shown();
  REQUIRE(open.receipt);
  CHECK(open.receipted_seq == 6);
  CHECK(open.receipt->through == 6);
  CHECK(verify(*open.receipt, *link_world().directory));
  link.open_with(receipt_for(link.log.frames()[0]));
  open = shown();
  REQUIRE(open.receipt);
  CHECK(open.receipted_seq == 2);
  CHECK(open.receipt->through == 2);
  CHECK_FALSE(Flowing().sender.connected(link.now).open.value().receipt);
}

TEST_CASE("a receiver that knows us in a later epoch stops the link") {
  Flowing link;
  link.open_with(receipt_of(2, 2, link.log.frames()[0].head));
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_EPOCH);
}

TEST_CASE("divergence in what has a receipt stops the link, sends nothing and alarms once") {
  Flowing link;
  link.open_with(receipt_for(link.log.frames()[0]));
  REQUIRE(link.sender.mark().receipted_seq == 2);
  link.sender.receive(GapFrame{1, 1}, link.now);
  const Receipt other = receipt_of(1, 2, Digest{});
  const SenderStep first = link.open_with(other);
  CHECK(first.alarm);
  CHECK(first.out.empty());
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_DIVERGED);
  CHECK(link.sender.next_wake() >= link.now.plus_ms(SenderTiming().stopped_retry));
  const SenderStep second = link.open_with(other);
  CHECK_FALSE(second.alarm);
  CHECK(link.sender.state() == State::kStopped);
}

TEST_CASE("a copy that differs in what has no receipt is fetched back") {
  Flowing link;
  const SenderStep whole = link.open_with(receipt_of(1, 2, Digest{}));
  CHECK(whole.behind == 2);
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_SENDER_BEHIND);
  Flowing inside;
  CHECK(inside.open_with(receipt_of(1, 1, Digest{})).behind == 1);
}

TEST_CASE("a stopped link flows again when the receiver agrees") {
  Flowing link;
  link.open_with(receipt_of(1, 2, Digest{}));
  const SenderStep step = link.open_with(receipt_for(link.log.frames()[0]));
  CHECK(link.sender.state() == State::kFlowing);
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_UNSPECIFIED);
  CHECK(step.out.size() == 2);
}

TEST_CASE("a refusal stops the link, once with an alarm, and it asks again at long intervals") {
  Flowing link;
  const RefuseFrame refuse{v1::REFUSE_REASON_BAD_SIGNATURE, 1, 0, {}, ""};
  CHECK(link.sender.receive(refuse, link.now).alarm);
  CHECK_FALSE(link.sender.receive(refuse, link.now).alarm);
  CHECK(link.sender.next_wake() == link.now.plus_ms(SenderTiming().stopped_retry));
  CHECK(is_open(link.sender.wake(link.sender.next_wake())));
  CHECK(link.sender.state() == State::kStopped);
}

TEST_CASE("a busy receiver is asked again, without an alarm") {
  Flowing link;
  const RefuseFrame busy{v1::REFUSE_REASON_BUSY, 1, 0, {}, ""};
  const SenderStep step = link.sender.receive(busy, link.now);
  CHECK_FALSE(step.alarm);
  CHECK(link.sender.state() == State::kOpening);
  CHECK(link.open_with(receipt_for(MemoryLog())).out.size() == 3);
}

TEST_CASE("a log that cannot be read stops the link") {
  Flowing link;
  link.log.broken = true;
  const SenderStep step = link.open_with(receipt_for(link.log.frames()[0]));
  CHECK(step.alarm);
  CHECK(step.out.empty());
  CHECK(link.sender.state() == State::kStopped);
}

TEST_CASE("back-off doubles from 200 ms to 2 s, with up to a quarter of jitter") {
  std::set<int64_t> longest;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Sender sender(link_world().link, MemoryLog().mark(), SenderTiming(), seed, false);
    Steady now{1'000'000};
    for (const int64_t pause : {200, 400, 800, 1600, 2000, 2000, 2000}) {
      sender.wake(now);
      const int64_t wait = sender.next_wake().ms - now.ms;
      CHECK(wait >= pause);
      CHECK(wait <= pause + pause / 4);
      now = sender.next_wake();
      if (pause == 2000) longest.insert(wait);
    }
  }
  CHECK(longest.size() > 50);  // peers do not all ask at the same moment
}

TEST_CASE("a nudge asks at once if we have asked in vain, and only then") {
  Sender sender(link_world().link, MemoryLog().mark(), SenderTiming(), 1, false);
  CHECK_FALSE(sender.nudge(Steady{10}).open);
  sender.wake(Steady{1'000});
  CHECK_FALSE(sender.nudge(Steady{1'001}).open);
  sender.wake(sender.next_wake());
  CHECK(is_open(sender.nudge(Steady{3'000})));
  CHECK_FALSE(sender.nudge(Steady{3'001}).open);
}

TEST_CASE("a new connection asks at once, unless the link is paused or stopped") {
  Flowing link;
  CHECK(is_open(link.sender.connected(link.now)));
  link.sender.receive(RefuseFrame{v1::REFUSE_REASON_DIVERGED, 1, 0, {}, ""}, link.now);
  CHECK_FALSE(link.sender.connected(link.now).open);
  link.sender.pause(true, link.now);
  CHECK_FALSE(link.sender.connected(link.now).open);
}

TEST_CASE("a new epoch is asked with at once by a sender that was refused for its old one") {
  Flowing link;
  RefuseFrame refused;
  refused.reason = v1::REFUSE_REASON_EPOCH;
  refused.epoch = 2;
  link.sender.receive(refused, link.now);
  REQUIRE(link.sender.state() == State::kStopped);
  const SenderStep step = link.sender.raise_epoch(2, link.now);
  REQUIRE(is_open(step));
  CHECK(step.open.value().epoch == 2);
  CHECK(link.sender.state() == State::kOpening);
}

TEST_CASE("a new epoch stops no link that flows") {
  Flowing link;
  CHECK_FALSE(link.sender.raise_epoch(2, link.now).open);
  CHECK(link.sender.state() == State::kFlowing);
  CHECK_FALSE(
      link.sender.receive(heard(receipt_for(link.log), link.sender), link.now, link.log).alarm);
  CHECK(link.sender.queued() == 0);
}

TEST_CASE("a refusal of what was said in an earlier epoch, which came late, stops nothing") {
  Flowing link;
  link.sender.raise_epoch(2, link.now);
  RefuseFrame refused;
  refused.reason = v1::REFUSE_REASON_EPOCH;
  refused.epoch = 2;
  CHECK_FALSE(link.sender.receive(refused, link.now).alarm);
  CHECK(link.sender.state() == State::kFlowing);
  refused.epoch = 3;
  CHECK(link.sender.receive(refused, link.now).alarm);
  CHECK(link.sender.stop_reason() == v1::REFUSE_REASON_EPOCH);
}

}  // namespace sender_recovery_test
