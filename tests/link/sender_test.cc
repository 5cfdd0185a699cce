// The sending half as short conversations: what the sender hands out after each frame it hears.
#include "daemon/link/sender.h"

#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace sender_test {
namespace {

using State = Sender::State;

// A sender over a log, and the word for what it hands out: "open", "1-3" for a batch.
class Talk {
 public:
  explicit Talk(SenderMark mark = MemoryLog().mark(), bool paused = false)
      : sender(link_world().link, std::move(mark), SenderTiming(), 99, paused) {}

  std::string say(const SenderStep& step) {
    alarm = step.alarm.value_or("");
    mark_moved = step.mark_moved;
    std::string out;
    if (step.open) {
      last_open = *step.open;
      out = "open";
    }
    if (step.probe) {
      last_probe = *step.probe;
      out += "probe";
    }
    for (const FrameBytes& bytes : step.out) out += (out.empty() ? "" : " ") + word(*bytes);
    return out;
  }

  std::string opened(const Receipt& receipt, uint64_t window = limits::kWindowBytes) {
    return say(sender.receive(OpenedFrame{last_open.session, receipt, window}, now, log));
  }
  std::string receipt(const Receipt& receipt) {
    return say(sender.receive(heard(receipt, sender), now, log));
  }
  std::string refuse(v1::RefuseReason reason) {
    return say(sender.receive(RefuseFrame{reason, 1, 0, {}, ""}, now));
  }
  std::string wake() {
    now = sender.next_wake();
    return say(sender.wake(now));
  }
  std::string written() { return say(sender.written(log.last_seq(), log.head(), now, log)); }
  // Opens and learns that the receiver has nothing.
  std::string begin() {
    say(sender.wake(now));
    return opened(receipt_for(MemoryLog()));
  }

  MemoryLog log;
  Sender sender;
  Steady now{1'000'000};
  OpenFrame last_open;
  uint64_t last_probe = 0;
  std::string alarm;
  bool mark_moved = false;

 private:
  std::string word(const std::string& bytes) {
    const auto batch = decoded<BatchFrame>(bytes);
    return std::to_string(batch.first_seq) + "-" + std::to_string(batch.last_seq());
  }
};

}  // namespace

TEST_CASE("a new link opens, then flows") {
  Talk talk;
  CHECK(talk.sender.state() == State::kOpening);
  CHECK(talk.say(talk.sender.wake(talk.now)) == "open");
  CHECK(talk.last_open.protocol == kProtocolVersion);
  CHECK(talk.last_open.last_seq == 0);
  CHECK(talk.opened(receipt_for(MemoryLog())).empty());
  CHECK(talk.sender.state() == State::kFlowing);
  talk.log.write(2);
  CHECK(talk.written() == "1-2");
  talk.log.write(1);
  CHECK(talk.written() == "3-3");
  CHECK(talk.sender.queued() == 3);
}

TEST_CASE("nothing is sent before the receiver has said where it stands") {
  Talk talk;
  talk.log.write(1);
  CHECK(talk.written().empty());
  CHECK(talk.begin() == "1-1");
}

TEST_CASE("a sender resumes after a restart where the receiver is") {
  Talk talk;
  talk.log.write(2);
  talk.log.write(2);
  talk.log.write(2);
  SenderMark mark = talk.log.mark();
  mark.receipted_seq = 2;
  talk.sender = Sender(link_world().link, mark, SenderTiming(), 100, false);
  CHECK(talk.wake() == "open");
  CHECK(talk.last_open.last_seq == 6);
  CHECK(talk.last_open.receipted_seq == 2);
  CHECK(talk.opened(receipt_for(talk.log.frames()[1])) == "5-6");
  CHECK(talk.mark_moved);
  CHECK(talk.alarm.empty());
  CHECK(talk.sender.mark().receipted_seq == 4);
}

TEST_CASE("sessions differ from Open to Open and from run to run") {
  Talk talk;
  talk.say(talk.sender.wake(talk.now));
  const uint64_t first = talk.last_open.session;
  talk.wake();
  CHECK(talk.last_open.session != first);
  Sender other(link_world().link, SenderMark(), SenderTiming(), 98, false);
  talk.say(other.wake(talk.now));
  CHECK(talk.last_open.session != first);
}

TEST_CASE("an Opened of another session is ignored") {
  Talk talk;
  talk.log.write(1);
  talk.written();
  talk.say(talk.sender.wake(talk.now));
  const OpenedFrame stale{talk.last_open.session + 1, receipt_for(MemoryLog()), 1000};
  CHECK(talk.say(talk.sender.receive(stale, talk.now, talk.log)).empty());
  CHECK(talk.sender.state() == State::kOpening);
}

TEST_CASE("an Opened that comes twice is taken once") {
  Talk talk;
  talk.log.write(1);
  talk.written();
  CHECK(talk.begin() == "1-1");
  CHECK(talk.opened(receipt_for(MemoryLog())).empty());
}

TEST_CASE("receipts move the mark, each once") {
  Talk talk;
  talk.begin();
  talk.log.write(2);
  talk.written();
  const Receipt receipt = receipt_for(talk.log, Instant{5'000});
  CHECK(talk.receipt(receipt).empty());
  CHECK(talk.mark_moved);
  CHECK(talk.sender.mark().receipted_seq == 2);
  CHECK(talk.sender.mark().receipted_at == Instant{5'000});
  CHECK(talk.sender.mark().receipt == encode(heard(receipt, talk.sender)));
  CHECK(talk.sender.queued() == 0);
  CHECK(talk.receipt(receipt).empty());
  CHECK_FALSE(talk.mark_moved);
}

TEST_CASE("one receipt stands for all frames before it") {
  Talk talk;
  talk.begin();
  for (int i = 0; i < 3; ++i) talk.log.write(2);
  CHECK(talk.written() == "1-2 3-4 5-6");
  CHECK(talk.receipt(receipt_for(talk.log)).empty());
  CHECK(talk.sender.queued() == 0);
  CHECK(talk.sender.state() == State::kFlowing);
}

TEST_CASE("the window in bytes: what is over it waits for receipts") {
  Talk talk;
  talk.say(talk.sender.wake(talk.now));
  talk.opened(receipt_for(MemoryLog()), 2'500);
  for (int i = 0; i < 5; ++i) talk.log.write(1, 1'000);
  CHECK(talk.written() == "1-1 2-2 3-3");  // the third begins within the window
  CHECK(talk.receipt(receipt_for(talk.log.frames()[0])) == "4-4");
  CHECK(talk.receipt(receipt_for(talk.log.frames()[3])) == "5-5");
}

TEST_CASE("a window of nothing still lets one frame at a time through") {
  Talk talk;
  talk.say(talk.sender.wake(talk.now));
  talk.opened(receipt_for(MemoryLog()), 0);
  talk.log.write(1);
  talk.log.write(1);
  CHECK(talk.written() == "1-1");
  CHECK(talk.receipt(receipt_for(talk.log.frames()[0])) == "2-2");
}

TEST_CASE("the window in frames") {
  Talk talk;
  talk.begin();
  for (size_t i = 0; i < limits::kWindowFrames + 5; ++i) talk.log.write(1);
  talk.written();
  CHECK(talk.sender.sent() == limits::kWindowFrames);
}

TEST_CASE("the window in messages") {
  Talk talk;
  talk.begin();
  constexpr size_t kInFrame = 1000;
  for (size_t i = 0; i < limits::kWindowMessages / kInFrame + 3; ++i) talk.log.write(kInFrame);
  talk.written();
  CHECK(talk.sender.sent() >= limits::kWindowMessages);
  CHECK(talk.sender.sent() < limits::kWindowMessages + kInFrame);
}

TEST_CASE("a receiver's window is never taken larger than ours") {
  Talk talk;
  talk.say(talk.sender.wake(talk.now));
  talk.opened(receipt_for(MemoryLog()), UINT64_MAX);
  for (int i = 0; i < 12; ++i) talk.log.write(1, 500'000);
  talk.written();
  CHECK(talk.sender.sent() == 9);  // 8 fill 4 MiB less some, the ninth begins within
}

TEST_CASE("a paused sender is silent, and opens anew when resumed") {
  Talk talk;
  talk.begin();
  CHECK(talk.say(talk.sender.pause(true, talk.now)).empty());
  CHECK(talk.sender.state() == State::kPaused);
  talk.log.write(1);
  CHECK(talk.written().empty());
  CHECK(talk.say(talk.sender.wake(talk.now.plus_ms(1'000'000))).empty());
  CHECK(talk.refuse(v1::REFUSE_REASON_BUSY).empty());
  CHECK(talk.sender.state() == State::kPaused);
  CHECK(talk.say(talk.sender.pause(false, talk.now)) == "open");
  CHECK(talk.opened(receipt_for(MemoryLog())) == "1-1");
}

TEST_CASE("a sender that starts paused asks nothing") {
  Talk talk(MemoryLog().mark(), true);
  CHECK(talk.sender.next_wake().ms == INT64_MAX);
  CHECK(talk.say(talk.sender.wake(talk.now)).empty());
}

namespace {

// A flowing link to a receiver that knows probes, at the moment of its next question.
Talk idle_link() {
  Talk talk;
  talk.say(talk.sender.wake(talk.now));
  OpenedFrame opened{talk.last_open.session, receipt_for(MemoryLog()), limits::kWindowBytes};
  opened.announcement = announce({link_world().b, link_world().a}, opened.session, Instant{1},
                                 *link_world().signer_b);
  talk.say(talk.sender.receive(opened, talk.now, talk.log));
  CHECK(talk.sender.state() == State::kFlowing);
  const int64_t wait = talk.sender.next_wake().ms - talk.now.ms;
  CHECK(wait <= SenderTiming().probe);
  CHECK(wait >= SenderTiming().probe - SenderTiming().probe / 8);
  return talk;
}

AliveFrame alive(uint64_t session) {
  return {session, Instant{1}, {}, ""};
}

}  // namespace

TEST_CASE("an idle link is probed, and flows on when the probe is answered") {
  Talk talk = idle_link();
  CHECK(talk.say(talk.sender.wake(talk.now)).empty());
  CHECK(talk.wake() == "probe");
  talk.say(talk.sender.receive(alive(talk.last_probe + 1), talk.now));
  talk.say(talk.sender.receive(alive(talk.last_probe), talk.now.plus_ms(10)));
  CHECK(talk.sender.state() == State::kFlowing);
  const uint64_t first = talk.last_probe;
  CHECK(talk.wake() == "probe");
  CHECK(talk.last_probe != first);
}

TEST_CASE("a link that has something in flight is not probed") {
  Talk talk = idle_link();
  talk.log.write(1);
  CHECK(talk.written() == "1-1");
  CHECK(talk.sender.next_wake() == talk.now.plus_ms(SenderTiming().stall));
  talk.receipt(receipt_for(talk.log));
  CHECK(talk.wake() == "probe");
}

TEST_CASE("messages go out while a probe waits for its answer, and their receipt is one") {
  Talk talk = idle_link();
  CHECK(talk.wake() == "probe");
  talk.log.write(1);
  CHECK(talk.written() == "1-1");
  talk.receipt(receipt_for(talk.log));
  CHECK(talk.wake() == "probe");
}

TEST_CASE("a receiver that does not know probes is opened to instead") {
  Talk talk;
  talk.begin();
  const Steady before = talk.now;
  CHECK(talk.wake() == "open");
  CHECK(talk.now.ms - before.ms <= SenderTiming().probe);
  CHECK(talk.opened(receipt_for(MemoryLog())).empty());
  CHECK(talk.sender.state() == State::kFlowing);
}

TEST_CASE("whoever does not answer two questions is silent within 13 s of the last answer") {
  Talk talk = idle_link();
  const Steady heard = talk.now;
  CHECK(talk.wake() == "probe");
  CHECK(talk.wake() == "open");
  CHECK(talk.sender.state() == State::kOpening);
  CHECK_FALSE(talk.sender.is_silent(talk.now));
  CHECK(talk.sender.is_silent(heard.plus_ms(SenderTiming().probe + SenderTiming().silence)));
  while (!talk.sender.is_silent(talk.now)) CHECK(talk.wake() == "open");
  CHECK(talk.opened(receipt_for(MemoryLog())).empty());
  CHECK_FALSE(talk.sender.is_silent(talk.now.plus_ms(1'000'000)));
}

TEST_CASE("one question is no silence, nor is a paused link silent") {
  Talk talk = idle_link();
  CHECK(talk.wake() == "probe");
  CHECK_FALSE(talk.sender.is_silent(talk.now.plus_ms(1'000'000)));
  CHECK(talk.wake() == "open");
  CHECK(talk.sender.is_silent(talk.now.plus_ms(1'000'000)));
  talk.say(talk.sender.pause(true, talk.now));
  CHECK_FALSE(talk.sender.is_silent(talk.now.plus_ms(1'000'000)));
}

TEST_CASE(
    "a receiver that finds a gap in everything costs itself: it is opened to ever more seldom") {
  Talk talk;
  talk.log.write(1);
  talk.written();
  talk.begin();
  const Steady start = talk.now;
  int opens = 0;
  while (talk.now < start.plus_ms(60'000)) {
    const bool flows = talk.sender.state() == State::kFlowing;
    const std::string said =
        flows ? talk.say(talk.sender.receive(GapFrame{1, 1}, talk.now)) : talk.wake();
    if (said != "open") continue;
    ++opens;
    talk.opened(receipt_for(MemoryLog()));
  }
  CHECK(opens <= 35);
  CHECK(opens >= 25);
}

TEST_CASE("a gap after progress is asked about at once") {
  Talk talk;
  talk.begin();
  for (int i = 0; i < 5; ++i) {
    CHECK(talk.say(talk.sender.receive(GapFrame{1, 1}, talk.now)) == "open");
    talk.opened(i == 0 ? receipt_for(MemoryLog()) : receipt_for(talk.log));
    talk.log.write(1);
    talk.written();
    talk.receipt(receipt_for(talk.log));
  }
}

TEST_CASE("a busy receiver says why, until the next handshake") {
  Talk talk = idle_link();
  CHECK_FALSE(talk.sender.busy());
  const RefuseFrame busy{v1::REFUSE_REASON_BUSY, 1, 0, {}, "", v1::BUSY_CAUSE_DISK};
  talk.say(talk.sender.receive(busy, talk.now));
  CHECK(talk.sender.busy() == v1::BUSY_CAUSE_DISK);
  CHECK(talk.wake() == "open");
  CHECK(talk.sender.busy() == v1::BUSY_CAUSE_DISK);
  talk.opened(receipt_for(MemoryLog()));
  CHECK_FALSE(talk.sender.busy());
}

TEST_CASE("names of the states") {
  CHECK(name(State::kOpening) == "opening");
  CHECK(name(State::kFlowing) == "flowing");
  CHECK(name(State::kStopped) == "stopped");
  CHECK(name(State::kPaused) == "paused");
}

}  // namespace sender_test
