// A peer that holds everything which was ever said on its link, true or signed by its own hand, and
// says of it whatever it likes, while our store is set back, restarted and written to. Whatever it
// says, what must hold between two events does (recovery_state.h), and the engine goes on.
#include <catch2/catch.hpp>
#include <random>

#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace recovery_liar_test {
namespace {

constexpr int kLives = 24;
constexpr int kStepsPerLife = 400;

// Transfer-in is the engine under test; transfer-out's part is played by the liar.
class Liar : public RecoveryPair {
 public:
  explicit Liar(unsigned seed) : random_(seed) {
    for (size_t i = 0; i < 7; ++i) {
      backups_.push_back(in.store->clone());
      tell(kStory[i]);
      write();
      listen();
    }
    const Peer& peer = out.peer(in_site());
    for (Seq next = 1; next <= peer.receiver().on_disk().through;) {
      const auto frame = peer.incoming_log().frame_with(next);
      REQUIRE(frame);
      REQUIRE(*frame);
      const auto batch = decode_batch((*frame)->bytes);
      REQUIRE(batch);
      frames_.push_back(*batch);
      next = batch->last_seq() + 1;
    }
  }

  void step() {
    switch (below(12)) {
      case 0: return restore();
      case 1: return write();
      case 2: return pass_time();
      case 3: return say(Lane::kForward, open());
      case 4:
      case 5: return say(Lane::kReply, opened());
      case 6:
      case 7: return say(Lane::kReply, fetched());
      case 8: return say(Lane::kReply, refused());
      case 9: return say(Lane::kForward, pick(said_forward_));
      case 10: return say(Lane::kReply, pick(said_reply_));
      default: in.commit();
    }
  }

  std::string broken() const { return in.engine->check_invariants(); }
  bool recovering() const { return !in.engine->recovered(out_site()); }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from.at(below(from.size()));
  }

  void tell(const Act& next) {
    Site& at = site(next.who);
    const Case subject = next.kind == EventKind::kApply ? Case() : at.subject(id);
    v1::ActionInput input = sound_input(subject, next.kind);
    if (next.kind == EventKind::kIssueForm) input.mutable_form()->set_reason("corrected");
    at.act(next.kind, id, input);
  }

  // Everything that is on its way arrives; what transfer-out says is kept.
  void listen() {
    for (bool busy = true; busy;) {
      busy = in.commit() || out.commit();
      for (auto [from, to] : {std::pair{&in, &out}, {&out, &in}}) {
        from->wake();
        for (const SentFrame& frame : std::exchange(from->sent, {})) {
          if (frame.peer != to->self) continue;
          busy = true;
          if (from == &out) {
            (frame.lane == Lane::kForward ? said_forward_ : said_reply_).push_back(frame.bytes);
          }
          to->hear(from->self, frame.lane, frame.bytes);
        }
      }
    }
    receipts_.push_back(*in.peer(out_site()).receiver().receipt());
  }

  void restore() {
    if (below(3) == 0) return;
    in.engine.reset();
    if (below(2) == 0) in.store = pick(backups_)->clone();
    in.store_complete = below(2) == 0;
    in.sent.clear();
    in.restart();
  }

  // An application becomes a case and its letter is sent, if that can be done just now.
  void write() {
    const CaseId fresh = case_number(100 + ++written_);
    for (const EventKind kind : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      const bool begins = kind == EventKind::kApply;
      v1::ActionInput input = sound_input(begins ? Case() : in.subject(fresh), kind);
      if (begins) {
        v1::Person& person = *input.mutable_application()->mutable_person();
        person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
        person.set_document_number("P" + std::to_string(written_));
      }
      if (in.act(kind, fresh, input).rejection) return;
    }
  }

  void pass_time() {
    in.now = in.now.plus_ms(static_cast<int64_t>(below(40'000)));
    in.wake();
    in.sent.clear();
  }

  void say(Lane lane, const std::string& bytes) {
    const auto frame = take_in(in_site(), out_site(), lane, bytes, *test_directory());
    if (frame) REQUIRE(in.engine->kernel().handle(*frame, at(in.now)));
  }

  std::string open() {
    OpenFrame open;
    open.link = {out_site(), in_site()};
    open.session = below(5) + 1;
    open.epoch = static_cast<Epoch>(1 + below(3));
    open.last_seq = below(12);
    open.last_head = out.peer(in_site()).sender().mark().head;
    const Receipt& shown = pick(receipts_);
    open.receipted_seq = below(2) == 0 ? shown.through : below(12);
    sign(open, *signer_of(out_site()));
    if (below(3) != 0) open.receipt = shown;
    return encode(open);
  }

  // The answer to transfer-in's last Open: it has taken its log up to some frame, or to none.
  std::string opened() {
    const LinkName link{in_site(), out_site()};
    const bool none = below(4) == 0;
    const BatchFrame& last = pick(frames_);
    const Digest head = none ? chain_start(link) : last.head;
    const auto epoch = static_cast<Epoch>(1 + (below(8) == 0 ? below(4) : 0));
    const Seq through = none ? 0 : below(8) == 0 ? below(12) : last.last_seq();
    OpenedFrame frame{in.peer(out_site()).sender().session(),
                      make_receipt(link, epoch, through, head, in.now, *signer_of(out_site())),
                      1 << 20, std::nullopt};
    if (!none && below(3) != 0) {
      frame.proof = BatchProof{last.epoch, last.first_seq, last.prev_head, last.key,
                               std::string(last.signature)};
    }
    return encode(frame);
  }

  // A true frame of transfer-in's, as a rule the one that it needs next.
  std::string fetched() {
    FetchedFrame frame;
    frame.batch = pick(frames_);
    frame.last_seq = frames_.back().last_seq();
    frame.more = below(2) == 0;
    if (below(3) != 0) {
      const Seq receipted = in.peer(out_site()).sender().mark().receipted_seq;
      for (const BatchFrame& batch : frames_) {
        const Seq next = std::max(receipted, next_) + 1;
        if (batch.first_seq == next) frame.batch = batch;
      }
      next_ = below(4) == 0 ? 0 : frame.batch->last_seq();
    }
    return encode(frame);
  }

  std::string refused() {
    constexpr v1::RefuseReason kReasons[] = {v1::REFUSE_REASON_DIVERGED, v1::REFUSE_REASON_EPOCH,
                                             v1::REFUSE_REASON_BUSY, v1::REFUSE_REASON_UNPROVEN,
                                             v1::REFUSE_REASON_SENDER_BEHIND};
    RefuseFrame refuse;
    refuse.reason = kReasons[below(std::size(kReasons))];
    refuse.epoch = in.peer(out_site()).epoch() + static_cast<Epoch>(below(3));
    if (below(10) == 0) refuse.epoch += limits::kEpochLeapMax;
    return encode(refuse);
  }

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<MemoryStore>> backups_;
  std::vector<BatchFrame> frames_;  // transfer-in's log
  std::vector<Receipt> receipts_;   // that it gave
  std::vector<std::string> said_forward_, said_reply_;
  Seq next_ = 0;
  int written_ = 0;
};

}  // namespace

TEST_CASE("whatever a peer says while we recover, what must hold does") {
  int recoveries = 0;
  int ends = 0;
  for (unsigned seed = 0; seed < kLives; ++seed) {
    Liar liar(seed);
    bool before = false;
    for (int step = 0; step < kStepsPerLife; ++step) {
      INFO("life " << seed << ", step " << step);
      liar.step();
      REQUIRE(liar.broken() == "");
      const bool now = liar.recovering();
      recoveries += !before && now ? 1 : 0;
      ends += before && !now ? 1 : 0;
      before = now;
    }
  }
  // It tells nothing if the liar gets nowhere.
  CHECK(recoveries > 5 * kLives);
  CHECK(ends > kLives);
}

}  // namespace recovery_liar_test
