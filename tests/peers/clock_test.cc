// Whose clock is too far ahead waits with its messages; when the clocks agree all of them are
// taken, also what was written ahead, with the time at which we took it.
#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace link_clock_test {
namespace {

constexpr int64_t kAhead = 3 * 24 * 3600 * 1000;

// Transfer-in's clock is days ahead of transfer-out's from the beginning.
struct Two {
  Two() { settle({&in, &out}); }

  std::string state(Site& of, AgencyId peer) {
    of.post(PeersQuery{});
    for (const v1::PeerView& view : of.answers.back().peers.peers()) {
      if (view.agency() == peer.str()) return view.state() + ": " + view.cause();
    }
    return "";
  }
  void send_letter() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      const Case subject = action == EventKind::kApply ? Case() : in.subject(id);
      REQUIRE_FALSE(in.act(action, id, sound_input(subject, action)).rejection);
    }
  }
  // Both live on for a while, by their own clocks.
  void pass(int64_t ms) {
    for (int64_t left = ms; left > 0; left -= 1'000) {
      for (Site* site : {&in, &out}) {
        site->now = site->now.plus_ms(1'000);
      }
      settle({&in, &out});
    }
  }

  Site in{in_site(), kNow.plus_ms(kAhead)};
  Site out{out_site(), kNow};
  CaseId id = case_number(1);
};

}  // namespace

TEST_CASE("a link whose sender's clock is days ahead waits, and both ends say why") {
  Two two;
  two.send_letter();
  two.pass(10'000);
  CHECK(two.out.quarantine().empty());
  CHECK(two.in.peer(out_site()).sender().queued() == 1);
  CHECK(two.state(two.in, out_site()) ==
        "clock: " + std::string(explain(LinkCause::kOurClockAhead)));
  CHECK(two.state(two.out, in_site()) ==
        "clock: " + std::string(explain(LinkCause::kPeerClockAhead)));
  CHECK(two.out.standing(AlarmKind::kClock, in_site()));
  CHECK(two.in.standing(AlarmKind::kClock, out_site()));
}

TEST_CASE("when the clock is put right, what was written ahead is taken at our own time") {
  Two two;
  two.send_letter();
  two.pass(10'000);
  two.in.now = two.out.now;
  two.in.restart();  // its steady clock is the wall's here
  two.pass(10'000);
  CHECK(two.in.peer(out_site()).sender().queued() == 0);
  CHECK(two.out.quarantine().empty());
  const Case taken = two.out.subject(two.id);
  CHECK(taken.relationship == Relationship::kLetterReceived);
  CHECK(taken.created_at <= two.out.now);
  CHECK(two.out.timeline(two.id).at(0).note().find("ahead") != std::string::npos);
  CHECK_FALSE(two.out.standing(AlarmKind::kClock, in_site()));
}

TEST_CASE("a clock that is two minutes ahead is an alarm, and its messages are taken") {
  Two two;
  two.in.now = two.out.now.plus_ms(120'000);
  two.in.restart();
  two.send_letter();
  two.pass(10'000);
  CHECK(two.out.subject(two.id).relationship == Relationship::kLetterReceived);
  CHECK(two.out.standing(AlarmKind::kClock, in_site()));
}

TEST_CASE("a clock that leaps while its link flows is asked for before its frame is taken") {
  Two two;
  two.in.now = two.out.now;
  two.in.restart();
  two.pass(20'000);
  REQUIRE(two.in.peer(out_site()).sender().state() == Sender::State::kFlowing);
  two.out.now = two.out.now.plus_ms(11'000);  // since it saw the other clock
  two.in.now = two.out.now.plus_ms(kAhead);
  two.send_letter();
  settle({&two.in, &two.out});
  CHECK(two.in.peer(out_site()).sender().queued() == 1);
  CHECK(two.out.quarantine().empty());
  CHECK(two.out.peer(in_site()).clock_ahead());
}

TEST_CASE("an earlier version does not say what its clock shows: what it wrote ahead is taken") {
  Site site(out_site(), kNow);
  Forger earlier(in_site(), site);
  v1::Message letter = sound_message(Party(Side::kOut).subject, EventKind::kLetterIn);
  letter.set_sent_at_ms(kNow.ms + kAhead);
  earlier.deliver(letter);
  site.commit();
  CHECK(site.quarantine().empty());
  CHECK(site.subject(*CaseId::from_bytes(letter.case_id())).created_at == kNow);
}

}  // namespace link_clock_test
