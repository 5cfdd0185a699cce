// Questions of an idle link, and what two versions of the protocol say to each other.
#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace probe_test {
namespace {

// Bodies of the frames that a site has sent to the other one and nobody has delivered.
std::vector<v1::LinkFrame> take_sent(Site& site) {
  std::vector<v1::LinkFrame> out;
  for (const SentFrame& sent : std::exchange(site.sent, {})) {
    REQUIRE(out.emplace_back().ParseFromString(sent.bytes));
  }
  return out;
}

struct Two {
  Two() { settle({&in, &out}); }

  // Some seconds later both have had their timers.
  void pass(int64_t ms) {
    for (Site* site : {&in, &out}) {
      site->now = site->now.plus_ms(ms);
      site->wake();
    }
  }
  const Sender& sender() const { return in.peer(out_site()).sender(); }

  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
};

}  // namespace

TEST_CASE("an idle link is probed, and the engine answers without a commit") {
  Two two;
  const auto before = two.out.contents();  // but for what followers are told of the link
  two.pass(5'000);
  int probes = 0;
  for (const SentFrame& sent : two.in.sent) {
    v1::LinkFrame frame;
    REQUIRE(frame.ParseFromString(sent.bytes));
    probes += sent.peer == out_site() && frame.has_probe() ? 1 : 0;
  }
  CHECK(probes == 1);
  settle({&two.in, &two.out});
  CHECK(two.sender().state() == Sender::State::kFlowing);
  CHECK((two.out.contents() == before));
  for (int i = 0; i < 10; ++i) {
    two.pass(5'000);
    settle({&two.in, &two.out});
    CHECK_FALSE(two.sender().is_silent({two.in.now.ms}));
  }
}

TEST_CASE("an agency that does not come round any more is silent within 15 s") {
  Two two;
  for (int64_t ms = 0; ms < 15'000; ms += 500) {
    two.in.now = two.in.now.plus_ms(500);
    two.in.wake();
    two.in.sent.clear();
  }
  CHECK(two.sender().is_silent({two.in.now.ms}));
}

TEST_CASE("an earlier version is opened to instead of probed, and gets receipts as it knows them") {
  Site site(in_site(), kNow);
  site.wake();
  Forger earlier(out_site(), site);
  earlier.deliver(v1::Message());
  site.commit();
  earlier.receipt(kNow);
  CHECK(site.peer(out_site()).sender().state() == Sender::State::kFlowing);
  bool receipted = false;
  for (const v1::LinkFrame& frame : take_sent(site)) {
    receipted |= frame.has_receipt();
    if (frame.has_receipt()) CHECK(frame.receipt().audit_head().empty());
  }
  CHECK(receipted);
  site.now = site.now.plus_ms(5'000);
  site.wake();
  bool opened = false;
  for (const v1::LinkFrame& frame : take_sent(site)) {
    CHECK_FALSE(frame.has_probe());
    opened |= frame.has_open();
  }
  CHECK(opened);
}

TEST_CASE("who has announced itself gets receipts with an audit head, also after a restart") {
  Two two;
  const v1::Message message;
  for (int i = 0; i < 2; ++i) {
    REQUIRE(two.in.peer(out_site()).knows(v1::Message::kDailyStatement));
    Forger forger(out_site(), two.in);
    forger.deliver(message);
    two.in.commit();
    bool audited = false;
    for (const v1::LinkFrame& frame : take_sent(two.in)) {
      audited |= frame.receipt().audit_head().size() == 32;
    }
    CHECK(audited);
    two.in.restart();
  }
}

TEST_CASE("new kinds of messages go only to who has announced them") {
  Site site(in_site(), kNow);
  const auto known = static_cast<v1::Message::BodyCase>(v1::Message::kDailyStatement);
  const auto later = static_cast<v1::Message::BodyCase>(v1::Message::kDailyStatement + 1);
  const Peer& peer = site.peer(out_site());
  CHECK(peer.knows(known));
  CHECK_FALSE(peer.knows(later));
  const LinkName link{out_site(), in_site()};
  OpenFrame open{kProtocolVersion, link, 7, 1, 0, chain_start(link), 0};
  const auto& signer = *signer_of(out_site());
  sign(open, signer);
  open.announcement = announce(link, 7, kNow, signer);
  site.hear(out_site(), Lane::kForward, encode(open));
  CHECK(peer.knows(known));
  CHECK_FALSE(peer.knows(later));
  open.announcement->messages = {v1::Message::kLetter, later};
  open.announcement->signature = signer.sign(
      announcement_signing_bytes({link.sender, link.receiver, 7, kNow.ms},
                                 open.announcement->frames, open.announcement->messages));
  site.hear(out_site(), Lane::kForward, encode(open));
  CHECK(peer.knows(later));
  CHECK_FALSE(peer.knows(known));
  open.announcement.reset();  // an earlier version is back
  site.hear(out_site(), Lane::kForward, encode(open));
  CHECK(peer.knows(known));
  CHECK_FALSE(peer.knows(later));
}

}  // namespace probe_test
