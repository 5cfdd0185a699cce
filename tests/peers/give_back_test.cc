// What a peer that asks for its own frames makes us do, however often it asks.
#include "daemon/peers/give_back.h"

#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace give_back_test {
namespace {

// A site that holds frames of a peer, and a carrier that keeps what it is given until it is told.
struct Library final : Transport {
  Library() {
    Forger forger(in_site(), site);
    for (int i = 0; i < kFrames; ++i) forger.deliver({std::string(kBytes, '\x07')});
    while (site.commit()) {
    }
    peers.add(std::move(*Peer::load(records, out_site(), in_site(), 1, SenderTiming(), 1,
                                    *signer_of(out_site()), kNow, limits::kWindowBytes)));
    REQUIRE(peers.find(in_site())->receiver().on_disk().through == kFrames);
  }

  void send(AgencyId, Lane lane, FrameBytes frame) override {
    CHECK(lane == Lane::kReply);
    bytes_sent += frame->size();
    const auto decoded = decode_frame(frame);
    REQUIRE(decoded);
    last = std::get<FetchedFrame>(*decoded);
    sent += 1;
    if (holds) held.push_back(std::move(frame));
  }

  // Asks again and again, and lets time go on, for so long.
  void flood(int64_t ms) {
    for (int64_t i = 0; i < ms; ++i, now = now.plus_ms(1)) {
      for (int n = 0; n < 10; ++n) {
        give_back.asked(in_site(), {1, 1, UINT32_MAX});
        give_back.go_on(now);
      }
    }
  }

  static constexpr int kFrames = 12;
  static constexpr size_t kBytes = 500 << 10;
  Site site{out_site(), kNow};
  Records records = site.records();
  Peers peers;
  GiveBack give_back{peers, *this};
  Steady now{1'000'000};
  bool holds = false;
  size_t sent = 0;
  size_t bytes_sent = 0;
  std::optional<FetchedFrame> last;
  std::vector<FrameBytes> held;
};

}  // namespace

TEST_CASE("a question is answered a frame at a time, up to a burst") {
  Library library;
  library.give_back.asked(in_site(), {1, 1, 32});
  CHECK(library.sent == 0);
  library.give_back.go_on(library.now);
  CHECK(library.sent == 1);
  CHECK(library.last->batch->first_seq == 1);
  while (library.give_back.next_wake() <= library.now) library.give_back.go_on(library.now);
  CHECK(library.bytes_sent > limits::kFetchBytes);
  CHECK(library.bytes_sent < limits::kFetchBytes + 2 * Library::kBytes);
  CHECK_FALSE(library.last->more);
  CHECK(library.give_back.next_wake().ms == INT64_MAX);
}

TEST_CASE("the last frames end a question, and what is not there is answered with nothing") {
  Library library;
  library.give_back.asked(in_site(), {1, Library::kFrames - 1, 32});
  library.give_back.go_on(library.now);
  CHECK(library.last->more);
  library.give_back.go_on(library.now);
  CHECK_FALSE(library.last->more);
  library.give_back.asked(in_site(), {1, Library::kFrames + 1, 32});
  library.give_back.go_on(library.now);
  CHECK(library.sent == 3);
  CHECK_FALSE(library.last->batch);
  CHECK(library.last->last_seq == Library::kFrames);
}

TEST_CASE("who asks without end is given 32 MiB a second at most") {
  Library library;
  library.flood(1'000);
  CHECK(library.bytes_sent < (32 << 20) + limits::kFetchBytes + 2 * Library::kBytes);
  CHECK(library.bytes_sent > (30 << 20));
}

TEST_CASE("who asks without end and reads nothing makes the carrier hold one burst") {
  Library library;
  library.holds = true;
  library.flood(5'000);
  CHECK(library.bytes_sent < limits::kFetchBytes + 2 * Library::kBytes);
  CHECK(library.give_back.next_wake() >= library.now);
  library.held.clear();
  library.now = library.now.plus_ms(50);
  library.give_back.go_on(library.now);
  CHECK(library.held.size() == 1);
}

}  // namespace give_back_test
