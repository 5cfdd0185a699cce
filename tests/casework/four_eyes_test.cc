// Four eyes: proposed by one, done when another approves exactly what would be done.
#include "daemon/casework/four_eyes.h"

#include <catch2/catch.hpp>

#include "daemon/casework/case_documents.h"
#include "jiexu/v1/record.pb.h"
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

TEST_CASE("the digest covers what was entered and all that would be sent and moved") {
  Case subject;
  Proposal proposal;
  const Digest plain = proposal_digest(subject, proposal);
  const auto differs = [&](auto change) {
    Case other = subject;
    Proposal changed = proposal;
    change(other, changed);
    return proposal_digest(other, changed) != plain;
  };
  CHECK(differs([](Case&, Proposal& p) { p.shown = "x"; }));
  CHECK(differs([](Case& c, Proposal&) { c.id = case_number(7); }));
  CHECK(differs([](Case&, Proposal& p) { p.input = "x"; }));
  CHECK(differs([](Case&, Proposal& p) { p.user = "x"; }));
  CHECK(differs([](Case&, Proposal& p) { p.number = 9; }));
  CHECK(differs([](Case&, Proposal& p) { p.action = 3; }));
  CHECK_FALSE(differs([](Case& c, Proposal&) { c.revision = 7; }));
}

namespace {

v1::ShownRecord shown_of(const Proposal& proposal) {
  v1::ShownRecord record;
  CHECK(record.ParseFromString(proposal.shown));
  return record;
}

// Transfer-out, where the insurance has ended.
Case stopped(Two& two) {
  two.act("wang", EventKind::kSendLetter);
  two.approve("li");
  two.settle();
  two.out.user = "zhao";
  for (const EventKind action : {EventKind::kAcceptLetter, EventKind::kStopInsurance}) {
    const Case now = two.out.subject(two.id);
    REQUIRE_FALSE(two.out.act(action, two.id, sound_input(now, action)).rejection);
  }
  two.settle();
  return two.out.subject(two.id);
}

Answer approve_at_out(Two& two, const std::string& user) {
  const Case now = two.out.subject(two.id);
  REQUIRE(now.proposals.size() == 1);
  two.out.user = user;
  two.out.post(
      ProposalCommand{two.id, now.proposals[0].number, proposal_digest(now, now.proposals[0])});
  while (two.out.commit()) {
  }
  return two.out.answers.back();
}

}  // namespace

TEST_CASE("a letter is shown whole before it leaves, but for what the sending settles") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  const v1::ShownRecord shown = shown_of(two.subject().proposals.at(0));
  CHECK(shown.to() == out_site().str());
  REQUIRE(shown.messages_size() == 1);
  two.approve("li");
  two.settle();
  v1::Message sent = *read_message(two.in.records(), out_site(), *two.subject().letter_place);
  CHECK_FALSE(sent.letter().letter_number().empty());
  sent.mutable_letter()->clear_letter_number();
  sent.mutable_letter()->clear_issued_on();
  CHECK(sent.letter().SerializeAsString() == shown.messages(0).letter().SerializeAsString());
}

TEST_CASE("a form that is approved on a later day is the form that was shown") {
  Two two;
  const Case before = stopped(two);
  v1::ActionInput input = sound_input(before, EventKind::kIssueForm);
  REQUIRE_FALSE(two.out.act(EventKind::kIssueForm, two.id, input).rejection);
  const v1::ShownRecord shown = shown_of(two.out.subject(two.id).proposals.at(0));
  REQUIRE(shown.messages_size() == 1);
  CHECK(shown.messages(0).information_form().person().name() == before.person.name());
  CHECK(shown.messages(0).information_form().segments_size() > 0);
  two.out.now = two.out.now.plus_ms(86'400'000);
  CHECK_FALSE(approve_at_out(two, "qian").rejection);
  two.settle();
  CHECK(two.subject().relationship == Relationship::kInfoReceived);
}

TEST_CASE("a payment is shown with account and amount; another account lets it lapse") {
  Two two;
  stopped(two);
  v1::ActionInput input;
  input.set_amount_fen(5'000);
  REQUIRE_FALSE(two.out.act(EventKind::kRemit, two.id, input).rejection);
  const Case proposed = two.out.subject(two.id);
  const v1::ShownRecord shown = shown_of(proposed.proposals.at(0));
  CHECK(shown.amount_fen() == 5'000);
  CHECK(shown.messages(0).remittance_notice().payee().account_number() ==
        proposed.payee.account_number());

  two.act("wang", EventKind::kChangePayee);
  two.approve("li");
  two.settle();
  const Case now = two.out.subject(two.id);
  CHECK(now.payee.account_number() != proposed.payee.account_number());
  CHECK(now.proposals.empty());
  CHECK_THAT(two.out.timeline(two.id).back().note(),
             Catch::Contains("lapsed: remit, proposal") &&
                 Catch::Contains("it would send something else now"));
  REQUIRE_FALSE(two.out.act(EventKind::kRemit, two.id, input).rejection);
  CHECK(two.out.subject(two.id).proposals.at(0).number != proposed.proposals[0].number);
}

TEST_CASE("what happens beside a proposal and changes nothing of it leaves it as it is") {
  Two two;
  const Case before = stopped(two);
  REQUIRE_FALSE(
      two.out.act(EventKind::kIssueForm, two.id, sound_input(before, EventKind::kIssueForm))
          .rejection);
  const Case proposed = two.out.subject(two.id);
  v1::ActionInput question;
  question.set_reason("which employer?");
  REQUIRE_FALSE(two.act("wang", EventKind::kAsk, question).rejection);
  two.settle();
  const Case now = two.out.subject(two.id);
  CHECK(now.revision > proposed.revision);
  REQUIRE(now.proposals.size() == 1);
  CHECK(proposal_digest(now, now.proposals[0]) == proposal_digest(proposed, proposed.proposals[0]));
  CHECK_FALSE(approve_at_out(two, "qian").rejection);
}

TEST_CASE("a letter is not sent if our own account has changed since it was shown") {
  Two two;
  two.act("wang", EventKind::kSendLetter);
  std::vector<Agency> agencies = test_directory()->agencies();
  for (Agency& agency : agencies) {
    if (agency.id == in_site()) agency.bank.account += "1";
  }
  auto changed = Directory::make(std::move(agencies));
  REQUIRE(changed);
  REQUIRE(two.in.engine->set_directory(*changed, at(two.in.now)));
  CHECK(refusal(two.approve("li")) == "proposal_changed");
  CHECK(two.subject().letter_number.empty());
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
