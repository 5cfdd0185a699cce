// What people are told of a link: its condition, since when and why; and the alarms that begin and
// end with it.
#include <catch2/catch.hpp>
#include <set>

#include "daemon/peers/link_watch.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace link_states_test {
namespace {

constexpr LinkCause kCauses[] = {LinkCause::kNotInDirectory, LinkCause::kNoAnswer,
                                 LinkCause::kNoEngine,       LinkCause::kNotReached,
                                 LinkCause::kKeysRefused,    LinkCause::kPeerClockAhead,
                                 LinkCause::kOurClockAhead,  LinkCause::kPeerWindow,
                                 LinkCause::kPeerDisk,       LinkCause::kPeerRecovers,
                                 LinkCause::kPeerBusy,       LinkCause::kRefusedProtocol,
                                 LinkCause::kRefusedAgency,  LinkCause::kRefusedSignature,
                                 LinkCause::kDiverged,       LinkCause::kBehind,
                                 LinkCause::kEpoch,          LinkCause::kRefusedMalformed,
                                 LinkCause::kPausedThere,    LinkCause::kUnproven,
                                 LinkCause::kNoJiexu,        LinkCause::kLogUnreadable,
                                 LinkCause::kOperator};

// Two agencies, and what one is shown of the link to the other.
struct Two {
  Two() { settle({&in, &out}); }

  v1::PeerView view() {
    in.post(PeersQuery{});
    for (const v1::PeerView& peer : in.answers.back().peers.peers()) {
      if (peer.agency() == out_site().str()) return peer;
    }
    FAIL("the peer is not shown");
    return {};
  }
  std::string said() {
    const v1::PeerView peer = view();
    return peer.state() + (peer.cause().empty() ? "" : ": " + peer.cause());
  }
  // Time passes; what the two say to each other arrives, or what is said to one is lost.
  void pass(int64_t ms, bool out_is_there = true) {
    for (int64_t left = ms; left > 0; left -= 500) {
      in.now = in.now.plus_ms(500);
      out.now = out.now.plus_ms(500);
      in.wake();
      if (!out_is_there) in.sent.clear();
      if (out_is_there) settle({&in, &out});
    }
  }
  // The peer refuses what we send.
  void refuse(v1::RefuseReason reason, v1::BusyCause busy = v1::BUSY_CAUSE_UNSPECIFIED) {
    RefuseFrame frame;
    frame.reason = reason;
    frame.epoch = 1;
    frame.busy = busy;
    in.hear(out_site(), Lane::kReply, encode(frame));
  }

  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
};

}  // namespace

TEST_CASE("every cause has a sentence of its own, and every condition a name") {
  std::set<std::string_view> said;
  for (const LinkCause cause : kCauses) {
    CHECK_FALSE(explain(cause).empty());
    CHECK(said.insert(explain(cause)).second);
  }
  for (int n = 1; n <= 9; ++n) CHECK(said.insert(name(static_cast<LinkCondition>(n))).second);
}

TEST_CASE("a link that is answered flows, and its view says what was heard") {
  Two two;
  two.pass(20'000);
  const v1::PeerView peer = two.view();
  CHECK(peer.state() == "flowing");
  CHECK(peer.cause().empty());
  CHECK(peer.since() <= kNow.plus_ms(LinkWatch::kLookMs).str());
  CHECK_FALSE(peer.last_answer().empty());
  CHECK_FALSE(peer.next_try().empty());
  CHECK(peer.window_bytes() > 0);
  CHECK(peer.clock_known());
  CHECK(std::abs(peer.skew_ms()) <= 500);
}

TEST_CASE("a peer that is frozen or gone reads silent within 15 s, since the first question") {
  Two two;
  two.pass(10'000);
  const Instant before = two.in.now;
  two.pass(15'000, false);
  const v1::PeerView peer = two.view();
  CHECK(peer.state() == "silent");
  CHECK(peer.cause() == explain(LinkCause::kNoAnswer));
  CHECK(peer.since() > before.str());
  CHECK(peer.since() <= before.plus_ms(5'500).str());
  REQUIRE(two.in.standing(AlarmKind::kSilent, out_site()));
  two.pass(3'000);
  CHECK(two.said() == "flowing");
  CHECK_FALSE(two.in.standing(AlarmKind::kSilent, out_site()));
}

TEST_CASE("an agency that was never heard reads silent too") {
  Two two;
  two.pass(15'000);
  two.in.post(PeersQuery{});
  for (const v1::PeerView& peer : two.in.answers.back().peers.peers()) {
    if (peer.agency() == third_site().str()) CHECK(peer.state() == "silent");
  }
}

TEST_CASE("what the carrier knows says why a peer is silent") {
  Two two;
  two.pass(15'000, false);
  const auto cause = [&](Connection connection, bool refused, bool known) {
    const LinkSurroundings around{false, known, connection, refused};
    return status_of(two.in.peer(out_site()), around, LinkCondition::kFlowing, {two.in.now.ms})
        .cause;
  };
  CHECK(cause({}, false, true) == LinkCause::kNoAnswer);
  CHECK(cause({true, true, 0}, false, true) == LinkCause::kNoEngine);
  CHECK(cause({true, false, 0}, false, true) == LinkCause::kNotReached);
  CHECK(cause({true, false, 1}, true, true) == LinkCause::kKeysRefused);
  CHECK(cause({true, false, 0}, false, false) == LinkCause::kNotInDirectory);
}

TEST_CASE("a peer that refuses says why, in words") {
  const struct {
    v1::RefuseReason reason;
    LinkCause cause;
  } refusals[] = {{v1::REFUSE_REASON_PROTOCOL, LinkCause::kRefusedProtocol},
                  {v1::REFUSE_REASON_WRONG_AGENCY, LinkCause::kRefusedAgency},
                  {v1::REFUSE_REASON_BAD_SIGNATURE, LinkCause::kRefusedSignature},
                  {v1::REFUSE_REASON_MALFORMED, LinkCause::kRefusedMalformed},
                  {v1::REFUSE_REASON_PAUSED, LinkCause::kPausedThere}};
  for (const auto& [reason, cause] : refusals) {
    INFO(v1::RefuseReason_Name(reason));
    Two two;
    two.refuse(reason);
    CHECK(two.said() == "stopped: " + std::string(explain(cause)));
    CHECK(two.in.standing(AlarmKind::kStopped, out_site()));
    two.pass(40'000);
    CHECK(two.said() == "flowing");
    CHECK_FALSE(two.in.standing(AlarmKind::kStopped, out_site()));
  }
}

TEST_CASE("a peer that is busy says with what") {
  const std::pair<v1::BusyCause, LinkCause> causes[] = {
      {v1::BUSY_CAUSE_WINDOW, LinkCause::kPeerWindow},
      {v1::BUSY_CAUSE_DISK, LinkCause::kPeerDisk},
      {v1::BUSY_CAUSE_RECOVERY, LinkCause::kPeerRecovers},
      {v1::BUSY_CAUSE_UNSPECIFIED, LinkCause::kPeerBusy}};
  for (const auto& [busy, cause] : causes) {
    Two two;
    two.refuse(v1::REFUSE_REASON_BUSY, busy);
    CHECK(two.said() == "busy: " + std::string(explain(cause)));
    two.pass(3'000);
    CHECK(two.said() == "flowing");
  }
}

TEST_CASE("a pause says who, why and until when, and ends by itself") {
  Two two;
  const Instant until = two.in.now.plus_ms(60'000);
  two.in.post(PauseCommand{out_site(), true, "their move", until});
  settle({&two.in, &two.out});
  CHECK(two.said() == "paused: " + std::string(explain(LinkCause::kOperator)));
  CHECK(two.view().paused_by() == "clerk");
  CHECK(two.view().pause_why() == "their move");
  CHECK(two.view().pause_until() == until.str());
  REQUIRE(two.in.notes.size() == 1);
  CHECK(two.in.notes[0].find("paused by clerk") != std::string::npos);
  two.in.restart();
  two.pass(50'000);
  CHECK(two.view().state() == "paused");
  two.pass(12'000);
  CHECK(two.view().state() == "flowing");
  CHECK(two.in.notes.back().find("is over") != std::string::npos);
}

TEST_CASE("a peer is asked now if a person wants to know") {
  Two two;
  two.in.now = two.in.now.plus_ms(1'000);
  two.out.now = two.in.now;
  two.in.post(AskPeerCommand{out_site()});
  settle({&two.in, &two.out});
  CHECK(two.view().last_answer() == two.in.now.str());
  CHECK(two.view().answer_ms() == 0);
  two.in.post(AskPeerCommand{*AgencyId::parse("S99999999999")});
  CHECK(two.in.answers.back().rejection->refusal == Refusal::kUnknownAgency);
}

TEST_CASE("a message that waits long for its receipt is an alarm until it has it") {
  Two two;
  const CaseId id = case_number(1);
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    const Case subject = action == EventKind::kApply ? Case() : two.in.subject(id);
    REQUIRE_FALSE(two.in.act(action, id, sound_input(subject, action)).rejection);
  }
  two.pass(LinkWatch::kUnreceiptedMs, false);
  CHECK_FALSE(two.in.standing(AlarmKind::kUnreceipted, out_site()));
  two.pass(2'000, false);
  CHECK(two.in.standing(AlarmKind::kUnreceipted, out_site()));
  two.pass(5'000);
  CHECK(two.in.peer(out_site()).sender().queued() == 0);
  CHECK_FALSE(two.in.standing(AlarmKind::kUnreceipted, out_site()));
}

TEST_CASE("messages in quarantine are counted, also after a restart, and are an alarm") {
  Two two;
  Forger forger(out_site(), two.in);
  forger.deliver({"\xff\xff", "\xff\xff"});
  two.in.commit();
  CHECK(two.view().quarantined() == 1);  // one for all of a frame that nobody can read
  CHECK(two.in.standing(AlarmKind::kQuarantine, out_site()));
  two.in.restart();
  CHECK(two.view().quarantined() == 1);
}

}  // namespace link_states_test
