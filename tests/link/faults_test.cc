// One sender and one receiver over a network that loses, repeats and reorders frames, with restarts
// of both at any moment. When the faults end, both copies of the log are equal, whatever happened.
#include <catch2/catch.hpp>
#include <deque>
#include <random>

#include "daemon/base/limits.h"
#include "daemon/link/receiver.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace faults_test {
namespace {

class Pair {
 public:
  explicit Pair(uint64_t seed)
      : random_(seed),
        sender_(link_world().link, sent_.mark(), SenderTiming(), seed, false),
        receiver_(link_world().link, on_disk_, limits::kWindowBytes) {
    receiver_.durable(on_disk_, receipt_for(MemoryLog()));
  }

  void fault_turn() {
    now_ = now_.plus_ms(static_cast<int64_t>(random_() % 400));
    switch (random_() % 12) {
      case 0: write(); break;
      case 1: lose(forward_); break;
      case 2: lose(reply_); break;
      case 3: repeat(forward_); break;
      case 4: repeat(reply_); break;
      case 5: reorder(forward_); break;
      case 6: reorder(reply_); break;
      case 7: commit(); break;
      case 8: restart(); break;
      default: turn();
    }
  }

  // A turn without faults.
  void turn() {
    if (!forward_.empty()) hear_forward(take(forward_));
    if (!reply_.empty()) hear_reply(take(reply_));
    if (now_ >= sender_.next_wake()) follow(sender_.wake(now_));
  }

  void settle() {
    for (int i = 0; i < 10'000 && !(settled() && forward_.empty() && reply_.empty()); ++i) {
      now_ = now_.plus_ms(100);
      turn();
      commit();
    }
  }

  bool settled() const {
    return sender_.state() == Sender::State::kFlowing && sender_.queued() == 0 &&
           stored_.head() == sent_.head();
  }
  const MemoryLog& sent() const { return sent_; }
  const MemoryLog& stored() const { return stored_; }
  size_t alarms() const { return alarms_; }

 private:
  using Queue = std::deque<std::string>;

  static std::string take(Queue& queue) {
    std::string frame = std::move(queue.front());
    queue.pop_front();
    return frame;
  }
  void lose(Queue& queue) {
    if (!queue.empty()) queue.erase(queue.begin() + static_cast<long>(random_() % queue.size()));
  }
  void repeat(Queue& queue) {
    if (!queue.empty()) queue.push_back(queue[random_() % queue.size()]);
  }
  void reorder(Queue& queue) {
    if (queue.size() > 1) {
      std::swap(queue[random_() % queue.size()], queue[random_() % queue.size()]);
    }
  }

  void write() {
    sent_.write(random_() % 3 + 1, random_() % 100);
    follow(sender_.written(sent_.last_seq(), sent_.head(), now_, sent_));
  }

  void follow(const SenderStep& step) {
    const LinkWorld& world = link_world();
    if (step.open) {
      OpenFrame open = *step.open;
      open.announcement = announce(world.link, open.session, Instant{1}, *world.signer_a);
      forward_.push_back(encode(open));
    }
    if (step.probe) {
      forward_.push_back(encode(make_probe(world.link, *step.probe, Instant{1}, *world.signer_a)));
    }
    for (const FrameBytes& frame : step.out) forward_.push_back(*frame);
    alarms_ += step.alarm ? 1 : 0;
    if (step.alarm) UNSCOPED_INFO(*step.alarm);
  }

  void hear_forward(const std::string& bytes) {
    const auto frame = decode_frame(shared(bytes));
    REQUIRE(frame);
    if (const auto* open = std::get_if<OpenFrame>(&*frame)) {
      auto answer = receiver_.receive(*open, stored_, *link_world().signer_b, Instant{1});
      if (answer) reply_.push_back(std::move(*answer));
      return;
    }
    if (const auto* probe = std::get_if<ProbeFrame>(&*frame)) {
      const LinkName back{link_world().b, link_world().a};
      return reply_.push_back(
          encode(make_alive(back, probe->session, Instant{1}, *link_world().signer_b)));
    }
    const auto& batch = std::get<BatchFrame>(*frame);
    switch (receiver_.judge(batch, stored_)) {
      case BatchVerdict::kNext:
        receiver_.accept(batch);
        accepted_.push_back(batch);
        break;
      case BatchVerdict::kDuplicate: reply_.push_back(encode(receiver_.word())); break;
      case BatchVerdict::kGap: reply_.push_back(encode(receiver_.gap())); break;
      case BatchVerdict::kRefused: reply_.push_back(encode(receiver_.refusal())); break;
    }
  }

  void hear_reply(const std::string& bytes) {
    const auto frame = decode_frame(shared(bytes));
    REQUIRE(frame);
    if (const auto* opened = std::get_if<OpenedFrame>(&*frame)) {
      follow(sender_.receive(*opened, now_, sent_));
    } else if (const auto* receipt = std::get_if<Receipt>(&*frame)) {
      follow(sender_.receive(*receipt, now_, sent_));
    } else if (const auto* gap = std::get_if<GapFrame>(&*frame)) {
      follow(sender_.receive(*gap, now_));
    } else if (const auto* alive = std::get_if<AliveFrame>(&*frame)) {
      follow(sender_.receive(*alive, now_));
    } else {
      follow(sender_.receive(std::get<RefuseFrame>(*frame), now_));
    }
  }

  void commit() {
    if (accepted_.empty()) return;
    for (const BatchFrame& batch : accepted_) stored_.store(batch);
    accepted_.clear();
    on_disk_ = receiver_.ahead();
    receiver_.durable(on_disk_, receipt_for(stored_));
    reply_.push_back(encode(receiver_.word()));
  }

  // One side loses what it has in memory; the sender's stored mark may be old.
  void restart() {
    if (random_() % 2 == 0) {
      accepted_.clear();
      receiver_ = Receiver(link_world().link, on_disk_, limits::kWindowBytes);
      receiver_.durable(on_disk_, receipt_for(stored_));
      return;
    }
    SenderMark mark = sent_.mark();
    mark.receipted_seq = random_() % 2 == 0 ? sender_.mark().receipted_seq : 0;
    sender_ = Sender(link_world().link, mark, SenderTiming(), random_(), false);
  }

  std::mt19937_64 random_;
  Steady now_{1'000'000};
  MemoryLog sent_;
  MemoryLog stored_;
  ReceiverMark on_disk_{1, 0, chain_start(link_world().link)};
  Sender sender_;
  Receiver receiver_;
  std::vector<BatchFrame> accepted_;
  Queue forward_;
  Queue reply_;
  size_t alarms_ = 0;
};

}  // namespace

TEST_CASE("loss, repetition, reordering and restarts end with equal logs and no alarm") {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    INFO("seed " << seed);
    Pair pair(seed);
    for (int i = 0; i < 300; ++i) pair.fault_turn();
    pair.settle();
    REQUIRE(pair.settled());
    CHECK(pair.alarms() == 0);
    REQUIRE(pair.stored().frames().size() == pair.sent().frames().size());
    for (size_t i = 0; i < pair.sent().frames().size(); ++i) {
      CHECK(*pair.stored().frames()[i].bytes == *pair.sent().frames()[i].bytes);
    }
  }
}

}  // namespace faults_test
