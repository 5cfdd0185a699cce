// Four eyes: proposed by one, done when another approves exactly what would be done.
#include "daemon/casework/four_eyes.h"

#include <catch2/catch.hpp>

#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace four_eyes_test {
namespace {

// An agency with four eyes, whose case 1 is accepted, and its peer.
struct Two {
  Two() {
    for (Site* site : {&in, &out}) {
      site->four_eyes = true;
      site->restart();
    }
    settle();
    CHECK_FALSE(act("wang", EventKind::kApply).rejection);
    CHECK_FALSE(act("wang", EventKind::kAccept).rejection);
  }

  void settle() { jiexu::settle({&in, &out}); }
  Case subject() const { return in.subject(id); }
  Answer act(const std::string& user, EventKind action, v1::ActionInput input) {
    in.user = user;
    return in.act(action, id, std::move(input));
  }
  Answer act(const std::string& user, EventKind action) {
    const Case now = action == EventKind::kApply ? Case() : subject();
    return act(user, action, sound_input(now, action));
  }
  Answer say(const std::string& user, ProposalCommand command) {
    in.user = user;
    const size_t before = in.answers.size();
    in.post(std::move(command));
    while (in.answers.size() == before) REQUIRE(in.commit());
    return in.answers.back();
  }
  Answer approve(const std::string& user, uint32_t number, const Digest& digest) {
    return say(user, {id, number, digest});
  }
  // As one who has just looked.
  Answer approve(const std::string& user) {
    const Case now = subject();
    REQUIRE(now.proposals.size() == 1);
    return approve(user, now.proposals[0].number, proposal_digest(now, now.proposals[0]));
  }

  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  CaseId id = case_number(1);
};

std::string refusal(const Answer& answer) {
  return std::string(name(answer.rejection ? answer.rejection->refusal : Refusal::kNone));
}

v1::ActionInput with_reason(const std::string& reason) {
  v1::ActionInput input;
  input.set_reason(reason);
  return input;
}

}  // namespace

TEST_CASE("a letter that is proposed is not sent; approved by another, it is") {
  Two two;
  const Answer proposed = two.act("wang", EventKind::kSendLetter);
  CHECK_FALSE(proposed.rejection);
  CHECK(proposed.subject->relationship == Relationship::kAccepted);
  CHECK(two.subject().letter_number.empty());
  two.settle();
  CHECK(two.out.timeline(two.id).empty());

  CHECK_FALSE(two.approve("li").rejection);
  two.settle();
  CHECK(two.subject().proposals.empty());
  CHECK(two.out.subject(two.id).letter_number == two.subject().letter_number);
}

TEST_CASE("nobody approves his own proposal") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  CHECK(refusal(two.approve("wang")) == "own_proposal");
  CHECK(two.subject().relationship == Relationship::kAccepted);
  CHECK(two.subject().proposals.size() == 1);
}

TEST_CASE("a changed proposal needs a new approval") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  two.approve("li");
  two.settle();
  two.act("wang", EventKind::kWithdraw, with_reason("moved back"));
  const Case seen = two.subject();
  const Digest digest = proposal_digest(seen, seen.proposals.at(0));
  two.act("wang", EventKind::kWithdraw, with_reason("died"));
  const uint32_t number = two.subject().proposals.at(0).number;
  CHECK(two.subject().proposals.size() == 1);
  CHECK(refusal(two.approve("li", seen.proposals[0].number, digest)) == "unknown_proposal");
  CHECK(refusal(two.approve("li", number, digest)) == "proposal_changed");
  CHECK(two.subject().overlays.empty());
  CHECK_FALSE(two.approve("li").rejection);
  CHECK(two.subject().overlays.has(Overlay::kWithdrawalPending));
}

TEST_CASE("the digest covers what was entered and what of the case would be used") {
  Case subject;
  Proposal proposal;
  const Digest plain = proposal_digest(subject, proposal);
  const auto differs = [&](auto change) {
    Case other = subject;
    Proposal changed = proposal;
    change(other, changed);
    return proposal_digest(other, changed) != plain;
  };
  CHECK(differs([](Case&, Proposal& p) { p.input = "x"; }));
  CHECK(differs([](Case&, Proposal& p) { p.user = "x"; }));
  CHECK(differs([](Case&, Proposal& p) { p.number = 9; }));
  CHECK(differs([](Case&, Proposal& p) { p.action = 3; }));
  CHECK(differs([](Case& c, Proposal&) { c.payee.set_account_number("6"); }));
  CHECK(differs([](Case& c, Proposal&) { c.person.set_name("x"); }));
  CHECK(differs([](Case& c, Proposal&) { c.due.value = 1; }));
  CHECK(differs([](Case& c, Proposal&) { c.moved.value = 1; }));
  CHECK(differs([](Case& c, Proposal&) { c.form_version = 2; }));
  CHECK_FALSE(differs([](Case& c, Proposal&) { c.revision = 7; }));
}

TEST_CASE("a wrong action is refused when it is proposed, and leaves nothing") {
  Two two;
  const uint64_t revision = two.subject().revision;
  CHECK(refusal(two.act("wang", EventKind::kRemit)) == "not_allowed_now");
  CHECK(two.subject().revision == revision);
  CHECK(two.subject().proposals.empty());
}

TEST_CASE("a proposal survives a crash and can be approved after it") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  two.in.restart();
  two.settle();
  CHECK_FALSE(two.approve("li").rejection);
  two.settle();
  CHECK(two.out.subject(two.id).relationship == Relationship::kLetterReceived);
}

TEST_CASE("a proposal is in one commit with its timeline entry, and so is its approval") {
  Two two;
  Lsn before = two.in.store->lsn();
  two.act("wang", EventKind::kSendLetter);
  CHECK(two.in.store->lsn() == before + 1);
  before = two.in.store->lsn();
  two.approve("li");
  CHECK(two.in.store->lsn() == before + 1);
  const auto entries = two.in.timeline(two.id);
  REQUIRE(entries.size() == 5);
  const auto entry = [&](size_t i) {
    return entries[i].actor() + " " + std::string(name(static_cast<EventKind>(entries[i].event())));
  };
  CHECK(entry(2) == "wang propose");
  CHECK(entry(3) == "li approve");
  CHECK(entry(4) == "wang send-letter");
  CHECK_THAT(entries[2].note(), Catch::Contains("send-letter, proposal 3, digest "));
  CHECK(entries[3].note() == entries[2].note());
}

TEST_CASE("a retracted proposal is gone, and the timeline tells of it") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  CHECK_FALSE(two.say("li", {two.id, 3, std::nullopt}).rejection);
  CHECK(two.subject().proposals.empty());
  CHECK(refusal(two.say("li", {two.id, 3, std::nullopt})) == "unknown_proposal");
  CHECK(two.in.timeline(two.id).back().note() == "send-letter, proposal 3");
}

TEST_CASE("a proposal whose action is no longer possible lapses, and the timeline tells of it") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  two.act("wang", EventKind::kWithdraw, with_reason("stays"));
  REQUIRE(two.subject().proposals.size() == 2);
  const Case now = two.subject();
  CHECK_FALSE(
      two.approve("li", now.proposals[1].number, proposal_digest(now, now.proposals[1])).rejection);
  CHECK(two.subject().relationship == Relationship::kWithdrawn);
  CHECK(two.subject().proposals.empty());
  CHECK_THAT(two.in.timeline(two.id).back().note(),
             Catch::Contains("lapsed: send-letter, proposal 3"));
}

TEST_CASE("letters in bulk are proposals, but those of a trusted system go out at once") {
  Two two;
  const auto submit = [&](const std::string& user, int number) {
    auto input = std::make_shared<v1::SubmitInput>();
    *input->add_applications() = sound_input(Case(), EventKind::kApply).application();
    input->mutable_applications(0)->mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    input->mutable_applications(0)->mutable_person()->set_document_number("P" +
                                                                          std::to_string(number));
    two.in.user = user;
    two.in.post(SubmitCommand{std::move(input), {case_number(number)}});
    while (two.in.commit()) {
    }
    CHECK(two.in.answers.back().submitted.at(0));
    return two.in.subject(case_number(number));
  };
  const Case sent = submit("core", 2);
  CHECK(sent.proposals.empty());
  CHECK_FALSE(sent.letter_number.empty());

  const Case waits = submit("clerk", 3);
  CHECK(waits.letter_number.empty());
  const Case subject = two.in.subject(case_number(3));
  REQUIRE(subject.proposals.size() == 1);
  REQUIRE(waits.proposals.size() == 1);
  CHECK(waits.proposals[0].number == subject.proposals[0].number);
  two.id = case_number(3);
  CHECK(refusal(two.approve("clerk")) == "own_proposal");
  CHECK_FALSE(two.approve("li").rejection);
  CHECK_FALSE(two.in.subject(case_number(3)).letter_number.empty());
}

}  // namespace four_eyes_test
