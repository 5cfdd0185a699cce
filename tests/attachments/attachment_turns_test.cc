// Peers that bring attachments slowly or not at all take turns with those that bring them.
#include <catch2/catch.hpp>
#include <map>

#include "daemon/casework/case_store.h"
#include "daemon/trust/chain.h"
#include "storage/layout.h"
#include "tests/attachments/attachment_world.h"

using namespace jiexu;

namespace attachment_turns_test {
namespace {

constexpr int kSlow = 8;
static_assert(kSlow == limits::kFetchingPeersMax);
constexpr uint32_t kPieces = 40;

AgencyId peer_number(int n) {
  return *AgencyId::parse("S1101010000" + std::to_string(n));
}

// Fetches one file from each of several peers: the first ones in order are slow.
class Crowd final : public Transport {
 public:
  Crowd() : tx_(*alone_.in.store, *alone_.in.vault) {
    const std::string content = content_of('t', kPieces * limits::kPieceBytes);
    alone_.take_form(sha256(content), content.size());
    Case subject = alone_.in.subject(alone_.id);
    Batch batch;
    batch.remove(Family::kIndex, layout::wanted_attachment_key(out_site(), subject.id, 1));
    for (int n = 0; n <= kSlow; ++n) {
      subject.id = case_number(100 + n);
      v1::CaseRecord record;
      encode_case(subject, &record);
      records_.put_message(batch, Family::kCase, layout::case_key(subject.id, false), record);
      batch.put(Family::kIndex, layout::wanted_attachment_key(peer_number(n), subject.id, 1), "");
      connect(peer_number(n));
    }
    REQUIRE(alone_.in.store->commit(batch));
    content_ = content;
    fetch_ =
        std::make_unique<AttachmentFetch>(tx_, alone_.in.engine->cases(), guard_, *this, observer_,
                                          [](const CaseId&, const Digest&) { return false; });
    REQUIRE(fetch_->start(now_.steady));
  }

  void send(AgencyId peer, Lane, FrameBytes frame) override {
    const auto decoded = decode_frame(frame);
    REQUIRE(decoded);
    asked_.emplace(peer, std::get<WantFrame>(*decoded));
  }

  // One second, in which fast peers answer all, and slow ones one piece every `slow_seconds`.
  void second(int slow_seconds) {
    now_.steady = now_.steady.plus_ms(1'000);
    now_.wall = now_.wall.plus_ms(1'000);
    ++seconds_;
    for (int rounds = 0; rounds < 100; ++rounds) {
      REQUIRE(fetch_->go_on(now_));
      commit();
      const auto asked = std::exchange(asked_, {});
      for (const auto& [peer, want] : asked) {
        const bool fast = peer == peer_number(kSlow);
        const bool now = fast || (slow_seconds > 0 && last_[peer] + slow_seconds <= seconds_);
        if (now) {
          answer(peer, want);
        } else {
          later_.emplace(peer, want);
        }
      }
    }
    asked_.merge(std::exchange(later_, {}));
  }

  uint32_t brought(int n) const {
    return brought_.contains(peer_number(n)) ? brought_.at(peer_number(n)) : 0;
  }

 private:
  // Our link to the peer is open, and nothing has been written to it yet.
  void connect(AgencyId id) {
    const LinkName link{in_site(), id};
    auto peer = Peer::load(records_, in_site(), id, 1, {}, 1, *signer_, kNow, limits::kWindowBytes);
    REQUIRE(peer);
    Sender& sender = (*peer)->sender();
    sender.wake(now_.steady);
    const Receipt none = make_receipt(link, 1, 0, chain_start(link), kNow, *signer_);
    sender.receive(OpenedFrame{sender.session(), none, 1 << 20, std::nullopt}, now_.steady,
                   (*peer)->log());
    peers_.add(std::move(*peer));
  }

  void answer(AgencyId peer, const WantFrame& want) {
    last_[peer] = seconds_;
    const PieceFrame piece{want.id, want.file, want.piece,
                           content_.substr(want.piece * limits::kPieceBytes, limits::kPieceBytes)};
    const auto took = fetch_->receive(peer, piece, now_);
    REQUIRE(took);
    brought_[peer] += *took ? 1 : 0;
  }

  void commit() {
    fetch_->sealing();
    tx_.launch();
    REQUIRE(alone_.in.store->commit(tx_.in_flight()));
    tx_.land();
    fetch_->landed(now_);
  }

  Alone alone_;
  EngineObserver observer_;
  Records records_{*alone_.in.store, *alone_.in.vault};
  std::shared_ptr<const Signer> signer_ = signer_of(in_site());
  Peers peers_;
  RecoveryState recoveries_;
  LinkGuard guard_{recoveries_, peers_};
  Transaction tx_;
  Moment now_ = at(kNow);
  std::string content_;
  std::unique_ptr<AttachmentFetch> fetch_;
  std::multimap<AgencyId, WantFrame> asked_, later_;
  std::map<AgencyId, uint32_t> brought_;
  std::map<AgencyId, int> last_;
  int seconds_ = 0;
};

}  // namespace

TEST_CASE("eight endlessly slow peers keep the ninth waiting for one turn, and lose nothing") {
  Crowd crowd;
  const int slow_seconds = GENERATE(0, 4);  // 0: never a piece
  INFO("a piece every " << slow_seconds << " seconds");
  for (int i = 0; i < 40; ++i) crowd.second(slow_seconds);
  CHECK(crowd.brought(kSlow) == kPieces);
  if (slow_seconds == 0) return;
  for (int i = 0; i < 500; ++i) crowd.second(slow_seconds);
  for (int n = 0; n < kSlow; ++n) CHECK(crowd.brought(n) == kPieces);
}

}  // namespace attachment_turns_test
