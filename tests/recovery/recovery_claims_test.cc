// What a peer must show before it is believed that we have lost something, and for how long it can
// keep us waiting for what it claims. One that means harm closes its own link, and nothing else.
#include <catch2/catch.hpp>

#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace recovery_claims_test {
namespace {

using Body = v1::LinkFrame::BodyCase;

Body body_of(const std::string& bytes) {
  v1::LinkFrame frame;
  REQUIRE(frame.ParseFromString(bytes));
  return frame.body_case();
}

// A pair whose carrier can be told to lose frames of one kind on their way to transfer-in.
struct Talk : RecoveryPair {
  Talk() {
    for (size_t i = 0; i < 4; ++i) act(kStory[i]);
    run_for(2);
    in.alarms.clear();
  }

  // One second: everything that is on its way arrives, but for what is lost.
  void second(Body lost = Body::BODY_NOT_SET) {
    for (bool busy = true; busy;) {
      busy = false;
      for (auto [from, to] : {std::pair{&in, &out}, {&out, &in}}) {
        from->wake();
        busy |= from->commit();
        for (const SentFrame& frame : std::exchange(from->sent, {})) {
          if (frame.peer != to->self || (to == &in && body_of(frame.bytes) == lost)) continue;
          busy = true;
          to->hear(from->self, frame.lane, frame.bytes);
        }
      }
    }
    in.now = out.now = in.now.plus_ms(1'000);
  }

  // Transfer-in's store is set back without its noticing.
  void lose(const MemoryStore& backup) {
    in.engine.reset();
    in.store = backup.clone();
    in.sent.clear();
    in.restart();
    in.alarms.clear();
  }

  // Transfer-in's next Open is answered with this.
  void answer_open(const Receipt& receipt, std::optional<BatchProof> proof) {
    in.engine->kernel().connected(out_site(), at(in.now));
    in.sent.clear();
    const uint64_t session = in.peer(out_site()).sender().session();
    in.hear(out_site(), Lane::kReply, encode(OpenedFrame{session, receipt, 1 << 20, proof}));
    in.sent.clear();
    while (in.commit()) {
    }
  }

  Receipt claim(Seq through, const Digest& head) const {
    const LinkName link{in_site(), out_site()};
    return make_receipt(link, 1, through, head, out.now, *signer_of(out_site()));
  }

  // The proof that transfer-out has for the end of transfer-in's log.
  BatchProof true_proof() const {
    const Peer& peer = out.peer(in_site());
    const auto frame = peer.incoming_log().frame_with(peer.receiver().on_disk().through);
    REQUIRE(frame);
    REQUIRE(*frame);
    const auto batch = decode_batch((*frame)->bytes);
    REQUIRE(batch);
    return {batch->epoch, batch->first_seq, batch->prev_head, batch->key,
            std::string(batch->signature)};
  }

  std::string lying_open(uint64_t session, Seq last, Seq receipted,
                         std::optional<Receipt> receipt) const {
    const Sender& sender = out.peer(in_site()).sender();
    OpenFrame open;
    open.link = {out_site(), in_site()};
    open.session = session;
    open.epoch = sender.mark().epoch;
    open.last_seq = last;
    open.last_head = sender.mark().head;
    open.receipted_seq = receipted;
    sign(open, *signer_of(out_site()));
    open.receipt = std::move(receipt);
    return encode(open);
  }

  size_t alarms(const std::string& part) const {
    return static_cast<size_t>(std::ranges::count_if(
        in.alarms, [&](const std::string& text) { return text.contains(part); }));
  }
};

}  // namespace

TEST_CASE(
    "a peer that claims more of our log than it has our signature for moves nothing of ours") {
  Talk talk;
  const Epoch epoch = talk.in.peer(third_site()).epoch();
  const SenderMark mark = talk.in.peer(out_site()).sender().mark();
  BatchProof altered = talk.true_proof();
  altered.signature[0] = static_cast<char>(altered.signature[0] ^ 1);
  const struct {
    Receipt receipt;
    std::optional<BatchProof> proof;
  } lies[] = {{talk.claim(mark.last_seq + 5, Digest{7}), std::nullopt},
              {talk.claim(mark.last_seq + 5, Digest{7}), talk.true_proof()},
              {talk.claim(mark.last_seq + 5, mark.head), talk.true_proof()},
              {talk.claim(UINT64_MAX, Digest{7}), altered}};
  for (const auto& [receipt, proof] : lies) {
    talk.answer_open(receipt, proof);
    CHECK(talk.in.engine->recovered(out_site()));
    CHECK(talk.in.engine->recovered());
    CHECK(talk.in.peer(out_site()).recover_from() == 0);
    CHECK(talk.in.peer(third_site()).epoch() == epoch);
    CHECK(talk.in.peer(out_site()).sender().stop_reason() == v1::REFUSE_REASON_UNPROVEN);
    talk.in.now = talk.out.now = talk.in.now.plus_ms(40'000);
    talk.in.wake();
  }
  CHECK(talk.alarms("shows no signature of ours") == 1);
  const auto ask = sound_input(talk.in.subject(talk.id), EventKind::kAsk);
  CHECK_FALSE(talk.in.act(EventKind::kAsk, talk.id, ask).rejection);
  talk.run_for(40);
  talk.check_sound();
}

TEST_CASE("a refusal for another history stops writing until the next answer, and starts nothing") {
  Talk talk;
  RefuseFrame refuse;
  refuse.reason = v1::REFUSE_REASON_DIVERGED;
  refuse.epoch = 1;
  const auto refused = [&] {
    talk.in.hear(out_site(), Lane::kReply, encode(refuse));
    while (talk.in.commit()) {
    }
    return !talk.in.engine->recovered(out_site());
  };
  CHECK(refused());
  RefuseFrame later = refuse;
  later.reason = v1::REFUSE_REASON_EPOCH;
  later.epoch = 500;
  talk.in.hear(out_site(), Lane::kReply, encode(later));
  CHECK(talk.in.peer(third_site()).epoch() == 1);
  CHECK(talk.in.peer(out_site()).recover_from() == 0);

  SECTION("an answer that agrees ends it") {
    talk.run_for(40);
    talk.check_sound();
  }
  SECTION("an answer that proves nothing ends it") {
    talk.in.now = talk.out.now = talk.in.now.plus_ms(40'000);
    talk.in.wake();
    const uint64_t session = talk.in.peer(out_site()).sender().session();
    const OpenedFrame lie{session, talk.claim(1'000, Digest{7}), 1 << 20, std::nullopt};
    talk.in.hear(out_site(), Lane::kReply, encode(lie));
    CHECK(talk.in.engine->recovered(out_site()));
    CHECK(talk.in.engine->recovered());
  }
}

TEST_CASE("receipts of ours that a peer claims and does not show begin no recovery") {
  Talk talk;
  const Receiver& receiver = talk.in.peer(out_site()).receiver();
  const Seq through = receiver.on_disk().through;
  REQUIRE(through > 0);
  Receipt forged = *receiver.receipt();
  forged.through = 1'000;
  const std::optional<Receipt> shown[] = {std::nullopt, forged, *receiver.receipt()};
  uint64_t session = 1;
  for (const std::optional<Receipt>& receipt : shown) {
    const std::string open = talk.lying_open(session++, 1'000, 1'000, receipt);
    talk.in.hear(out_site(), Lane::kForward, open);
    CHECK(talk.in.engine->recovered(out_site()));
    CHECK(talk.in.peer(out_site()).recover_from() == 0);
  }
  CHECK(talk.alarms("the peer claims receipts of ours") == 1);
}

TEST_CASE("a receipt of ours that the peer shows, for what we do not know, begins a recovery") {
  Talk talk;
  const Receipt shown = *talk.in.peer(out_site()).receiver().receipt();
  const Seq last = talk.out.peer(in_site()).sender().mark().last_seq;
  const auto empty = std::make_unique<Site>(in_site(), kNow);
  talk.lose(*empty->store);
  talk.in.hear(out_site(), Lane::kForward, talk.lying_open(1, last, shown.through, shown));
  CHECK_FALSE(talk.in.engine->recovered(out_site()));
  CHECK(talk.in.peer(out_site()).recover_from() != 0);
}

TEST_CASE(
    "a peer that announces messages and never sends them is waited for a minute, then named") {
  Talk talk;
  const auto backup = talk.in.store->clone();
  talk.act(kStory[4]);
  talk.act(kStory[5]);
  const Receipt word = *talk.in.peer(out_site()).receiver().receipt();
  talk.lose(*backup);
  talk.second();
  int seconds = 0;
  for (uint64_t session = 1; seconds < 300; ++seconds) {
    for (int i = 0; i < 5; ++i) {  // more often than it is asked
      talk.in.hear(out_site(), Lane::kForward,
                   talk.lying_open(session++, 1'000'000, word.through, word));
    }
    if (talk.in.engine->recovered(out_site())) break;
    talk.second();
  }
  CHECK(seconds > 50);
  CHECK(seconds < 100);
  CHECK(talk.alarms("does not send it") == 1);
  talk.run_for(10);
  talk.check_sound();
}

TEST_CASE("a peer that proves a loss and gives nothing back closes its own link, until it does") {
  Talk talk;
  const auto backup = talk.in.store->clone();
  for (size_t i = 4; i < 7; ++i) talk.act(kStory[i]);
  talk.lose(*backup);
  Site third{third_site(), kNow};  // who has agreed need not be asked
  settle({&talk.in, &third});
  talk.in.wake();
  const int patience = GENERATE(50, 200);  // seconds for which nothing comes
  for (int i = 0; i < patience; ++i) talk.second(Body::kFetched);
  INFO(patience << " seconds");
  const bool given_up = patience > 100;
  CHECK_FALSE(talk.in.engine->recovered(out_site()));
  CHECK(talk.in.engine->recovered() == given_up);
  CHECK(talk.alarms("does not give them back") == (given_up ? 1 : 0));
  talk.run_for(70);
  CHECK(talk.in.engine->recovered());
  CHECK(talk.in.subject(talk.id).sent_case_seq == 2);
  talk.check_sound();
}

TEST_CASE("of a store that is known to be incomplete, a liar is left to people and others go on") {
  Talk talk;
  talk.in.engine.reset();
  talk.in.store_complete = false;
  talk.in.restart();
  talk.answer_open(talk.claim(1'000, Digest{7}), std::nullopt);
  CHECK_FALSE(talk.in.engine->recovered(out_site()));
  const Answer refused =
      talk.in.act(EventKind::kAsk, talk.id, sound_input(talk.in.subject(talk.id), EventKind::kAsk));
  REQUIRE(refused.rejection);
  CHECK(refused.rejection->refusal == Refusal::kRecovering);
  CHECK(talk.alarms("shows no signature of ours") == 1);
  talk.run_for(70);
  CHECK(talk.in.engine->recovered(out_site()));
}

TEST_CASE("whatever a recovering peer says again costs no commit") {
  Talk talk;
  const auto backup = talk.in.store->clone();
  for (size_t i = 4; i < 7; ++i) talk.act(kStory[i]);
  const Receipt word = *talk.in.peer(out_site()).receiver().receipt();
  const bool asked = GENERATE(true, false);
  talk.lose(*backup);
  talk.in.wake();
  if (asked) talk.second(Body::kFetched);
  const auto say = [&](uint64_t session) {
    talk.in.hear(out_site(), Lane::kForward,
                 talk.lying_open(session, word.through + 1, word.through, word));
    talk.in.hear(out_site(), Lane::kReply, encode(FetchedFrame{}));
    const uint64_t own = talk.in.peer(out_site()).sender().session();
    const Receipt end = talk.claim(3, talk.out.peer(in_site()).receiver().on_disk().head);
    talk.in.hear(out_site(), Lane::kReply, encode(OpenedFrame{own, end, 1 << 20, std::nullopt}));
  };
  say(1);
  while (talk.in.commit()) {
  }
  talk.in.trace.clear();
  for (uint64_t session = 2; session < 100; ++session) {
    say(session);
    while (talk.in.commit()) {
    }
  }
  CHECK(std::ranges::count(talk.in.trace, "commit") == 0);
}

}  // namespace recovery_claims_test
