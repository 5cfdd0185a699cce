// Peers that bring attachments slowly or not at all take turns with those that bring them.
#include <catch2/catch.hpp>
#include <map>

#include "daemon/engine/case_store.h"
#include "storage/layout.h"
#include "tests/engine/attachment_world.h"

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
    Records records(*alone_.in.store, *alone_.in.vault);
    batch.remove(Family::kIndex, layout::wanted_attachment_key(out_site(), subject.id, 1));
    for (int n = 0; n <= kSlow; ++n) {
      subject.id = case_number(100 + n);
      v1::CaseRecord record;
      encode_case(subject, &record);
      records.put_message(batch, Family::kCase, layout::case_key(subject.id, false), record);
      batch.put(Family::kIndex, layout::wanted_attachment_key(peer_number(n), subject.id, 1), "");
    }
    REQUIRE(alone_.in.store->commit(batch));
    content_ = content;
    fetch_ = std::make_unique<AttachmentFetch>(
        tx_, alone_.in.engine->cases(), *this, observer_,
        AttachmentFetch::Questions{[](AgencyId) { return true; },
                                   [](const CaseId&, const Digest&) { return false; }});
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
  void answer(AgencyId peer, const WantFrame& want) {
    last_[peer] = seconds_;
    const PieceFrame piece{want.id, want.file, want.piece,
                           content_.substr(want.piece * limits::kPieceBytes, limits::kPieceBytes)};
    const auto took = fetch_->receive(peer, piece, now_);
    REQUIRE(took);
    brought_[peer] += *took ? 1 : 0;
  }

  void commit() {
    fetch_->launched();
    tx_.launch();
    REQUIRE(alone_.in.store->commit(tx_.in_flight()));
    tx_.land();
    fetch_->landed();
  }

  Alone alone_;
  EngineObserver observer_;
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
