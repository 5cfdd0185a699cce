// What two people do with messages that were set aside.
#include <catch2/catch.hpp>

#include "daemon/cases/step.h"
#include "daemon/casework/case_store.h"
#include "daemon/peers/peer_queries.h"
#include "tests/agency/payer.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace quarantine_desk_test {
namespace {

// The other agency acknowledges what has come back from the bank, as far as ours knows.
struct Released : Payer {
  Released() : Payer(1) { REQUIRE_FALSE(come_back(1, 1).rejection); }

  v1::Message ack(int64_t fen) {
    v1::Message message = sound_message(subject(), EventKind::kFundsAckIn);
    message.mutable_funds_ack()->set_amount_fen(fen);
    return message;
  }
  void deliver(const v1::Message& message) {
    Forger(in_site(), site).deliver(message);
    do site.wake();
    while (site.commit());
  }
  std::vector<QuarantinePlace> places() {
    std::vector<QuarantinePlace> out;
    const auto page = list_quarantine(site.records(), {}, {}, 100);
    REQUIRE(page);
    for (const QuarantineEntry& entry : page->entries) out.push_back(entry.place);
    return out;
  }
  Answer propose(bool release, std::vector<QuarantinePlace> which,
                 const std::string& user = "wang") {
    return run(user, ProposeQuarantineCommand{release, std::move(which), "asked them"});
  }
  Answer approve(const std::string& content, const std::string& user = "li") {
    return run(user, ApproveQuarantineCommand{content});
  }
  static const v1::QuarantineListView& list(const Answer& answer) {
    return dynamic_cast<const v1::QuarantineListView&>(*answer.view);
  }
  std::string decide(bool release) {
    const Answer proposed = propose(release, places());
    REQUIRE_FALSE(proposed.rejection);
    const Answer done = approve(list(proposed).content());
    REQUIRE_FALSE(done.rejection);
    std::string out;
    for (const auto& one : list(done).outcomes()) {
      out += (out.empty() ? "" : ", ") + one.outcome();
    }
    return out;
  }
  Case subject() const { return site.subject(Payer::id(1)); }
};

}  // namespace

TEST_CASE("two people let a message pass that was set aside: it is taken as of now, once") {
  Released payer;
  payer.deliver(payer.ack(kBalance));
  REQUIRE(payer.places().size() == 1);
  CHECK(payer.decide(true) == "refused");  // nothing is paid: it stays
  REQUIRE(payer.places().size() == 1);
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  CHECK(payer.decide(true) == "taken");
  CHECK(payer.subject().credited == Fen{kBalance});
  CHECK(payer.places().empty());
  CHECK(payer.site.peer(in_site()).quarantined() == 0);
  // The numbers of the case go on as they were.
  payer.deliver(sound_message(payer.subject(), EventKind::kClarifyIn));
  CHECK(payer.places().empty());
}

TEST_CASE("an older word on what is credited is not let pass over a newer one") {
  Released payer;
  payer.deliver(payer.ack(kBalance));
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  v1::Message newer = payer.ack(kBalance);
  payer.deliver(newer);
  REQUIRE(payer.places().size() == 1);
  CHECK(payer.decide(true) == "refused");
  CHECK(payer.decide(false) == "discarded");
  CHECK(payer.places().empty());
  CHECK(payer.subject().credited == Fen{kBalance});
}

TEST_CASE("what has the number of a message that was taken is not let pass: it would count twice") {
  Released payer;
  v1::Message question = sound_message(payer.subject(), EventKind::kClarifyIn);
  payer.deliver(question);
  const uint64_t revision = payer.subject().revision;
  payer.deliver(question);
  REQUIRE(payer.places().size() == 1);
  CHECK(payer.decide(true) == "refused");
  v1::Message ahead = sound_message(payer.subject(), EventKind::kClarifyIn);
  ahead.set_case_seq(ahead.case_seq() + 1);
  payer.deliver(ahead);
  REQUIRE(payer.places().size() == 2);
  CHECK(payer.decide(true) == "refused, refused");
  CHECK(payer.subject().revision == revision);
}

TEST_CASE("what our own message has overtaken is not let pass, unless it speaks of money") {
  Case subject = Party(Side::kOut).subject;
  Event event;
  event.kind = EventKind::kHoldIn;
  v1::Message hold;
  hold.set_case_seq(1);
  hold.set_seen_case_seq(1);
  hold.mutable_hold();
  event.message = &hold;
  event.released = true;
  subject.received_case_seq = 5;
  subject.turn = 3;
  const auto refused = step(subject, event, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().refusal == Refusal::kReplayed);
}

TEST_CASE("what two people decide on is the list that was shown, or nothing") {
  Released payer;
  payer.deliver(payer.ack(kBalance));
  payer.deliver(payer.ack(kBalance));
  const auto both = payer.places();
  REQUIRE(both.size() == 2);
  CHECK(payer.propose(true, {}).rejection->refusal == Refusal::kInputMissing);
  CHECK(payer.propose(true, {{in_site(), 1, 999}}).rejection->refusal == Refusal::kNotSetAside);
  CHECK(payer.approve(std::string(64, '0')).rejection->refusal == Refusal::kUnknownProposal);
  const Answer proposed = payer.propose(false, {both[0]});
  const std::string content = Released::list(proposed).content();
  CHECK(payer.approve(content, "wang").rejection->refusal == Refusal::kOwnProposal);
  CHECK(payer.approve(std::string(64, '0')).rejection->refusal == Refusal::kProposalChanged);
  CHECK(payer.propose(false, both, "zhao").rejection->refusal == Refusal::kProposalOpen);
  // Another list of the same person is another digest.
  REQUIRE_FALSE(payer.propose(false, both).rejection);
  CHECK(payer.approve(content).rejection->refusal == Refusal::kProposalChanged);
  CHECK_FALSE(payer.run("wang", RetractQuarantineCommand{}).rejection);
  CHECK(payer.run("wang", RetractQuarantineCommand{}).rejection->refusal ==
        Refusal::kUnknownProposal);
  CHECK(payer.places().size() == 2);
  CHECK(payer.decide(false) == "discarded, discarded");
}

TEST_CASE("what no case can take is not let pass, and says why") {
  Released payer;
  v1::Message letter = sound_message(Case(), EventKind::kLetterIn);
  letter.set_case_id(std::string(case_number(99).bytes()));
  letter.mutable_letter()->set_letter_number("1");
  payer.deliver(letter);
  REQUIRE(payer.places().size() == 1);
  const Answer proposed = payer.propose(true, payer.places());
  const Answer done = payer.approve(Released::list(proposed).content());
  CHECK(Released::list(done).outcomes(0).outcome() == "refused");
  CHECK(Released::list(done).outcomes(0).why().starts_with("A letter opens a case"));
  CHECK(payer.places().size() == 1);
}

}  // namespace quarantine_desk_test
