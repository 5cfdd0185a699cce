// Agencies without Jiexu: what comes from them is keyed in, what is for them waits to be mailed.
#include <catch2/catch.hpp>

#include "daemon/agency/peer_commands.h"
#include "daemon/rules/letter_number.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace by_mail_test {
namespace {

void run(Site& site) {
  do {
    site.wake();
  } while (site.commit());
}

// An agency that has Jiexu, with one that has none.
struct Office {
  Office(AgencyId self, AgencyId without) : site(self, kNow), other(without) {
    site.directory = directory_by_mail(without);
    site.restart();
    run(site);
    site.sent.clear();
  }

  Answer key(const v1::Message& message, int n = 1) {
    v1::ActionInput input;
    *input.mutable_paper() = message;
    input.set_agency(other.str());
    return site.act(EventKind::kKeyPaper, case_number(n), std::move(input));
  }
  Answer act(EventKind action) {
    const Case now = action == EventKind::kApply ? Case() : site.subject(case_number(1));
    return site.act(action, case_number(1), sound_input(now, action));
  }
  Refusal mail(Seq through) {
    const size_t before = site.answers.size();
    site.post(MailedCommand{other, through, "registered letter 7"});
    while (site.answers.size() == before) REQUIRE(site.commit());
    const auto& rejection = site.answers.back().rejection;
    return rejection ? rejection->refusal : Refusal::kNone;
  }
  const SenderMark& mark() const { return site.peer(other).sender().mark(); }

  Site site;
  AgencyId other;
};

v1::Message letter_of_its_own(const std::string& number) {
  v1::Message message = sound_message(Case(), EventKind::kLetterIn);
  message.mutable_letter()->set_letter_number(number);
  message.mutable_letter()->clear_policy_profile();
  return message;
}

}  // namespace

TEST_CASE("a letter from an agency without Jiexu gets a number in its name, and keeps its own") {
  Office out(out_site(), in_site());
  const std::string own = GENERATE("", "昆医保转〔2026〕0117", "2026-117");
  REQUIRE_FALSE(out.key(letter_of_its_own(own)).rejection);
  const Case subject = out.site.subject(case_number(1));
  const auto number = LetterNumber::parse(subject.letter_number);
  REQUIRE(number);
  CHECK(number->is_of(in_site()));
  CHECK(number->sequence() == LetterNumber::kSequenceMax);
  CHECK(subject.paper_number == own);
  CHECK_FALSE(subject.policy_profile.empty());
  CHECK(subject.peer == in_site());
  CHECK_FALSE(out.act(EventKind::kAcceptLetter).rejection);
}

TEST_CASE("a number of ours on its letter stays, and a second sheet of one letter is refused") {
  Office out(out_site(), in_site());
  const v1::Message ours = sound_message(Case(), EventKind::kLetterIn);
  REQUIRE_FALSE(out.key(ours, 1).rejection);
  CHECK(out.site.subject(case_number(1)).letter_number == ours.letter().letter_number());
  CHECK(out.site.subject(case_number(1)).paper_number.empty());
  REQUIRE_FALSE(out.key(letter_of_its_own("No. 5"), 2).rejection);
  const Answer again = out.key(letter_of_its_own("No. 5"), 3);
  REQUIRE(again.rejection);
  CHECK(again.rejection->refusal == Refusal::kLetterNumberTaken);
  REQUIRE_FALSE(out.key(letter_of_its_own("No. 6"), 4).rejection);
  CHECK(out.site.subject(case_number(4)).letter_number !=
        out.site.subject(case_number(2)).letter_number);
  const Answer long_one = out.key(letter_of_its_own(std::string(41, '7')), 5);
  REQUIRE(long_one.rejection);
  CHECK(long_one.rejection->refusal == Refusal::kPaperInvalid);
}

TEST_CASE("an agency with Jiexu has to number its sheets itself") {
  Site out(out_site(), kNow);
  v1::ActionInput input;
  *input.mutable_paper() = letter_of_its_own("No. 5");
  input.set_agency(in_site().str());
  const Answer answer = out.act(EventKind::kKeyPaper, case_number(1), std::move(input));
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kLetterInvalid);
}

TEST_CASE("what is for it waits until it is mailed, without a frame, an alarm or a question") {
  Office out(out_site(), in_site());
  REQUIRE_FALSE(out.key(letter_of_its_own("No. 5")).rejection);
  REQUIRE_FALSE(out.act(EventKind::kAcceptLetter).rejection);
  run(out.site);
  out.site.now = kNow.plus_ms(3 * 86'400'000);
  run(out.site);
  for (const SentFrame& frame : out.site.sent) CHECK(frame.peer != in_site());
  for (const AlarmKind kind : kAlarmKinds) CHECK_FALSE(out.site.standing(kind, in_site()));
  CHECK(out.mark().last_seq == 1);
  CHECK(out.mark().receipted_seq == 0);
  CHECK(out.mail(2) == Refusal::kNothingToMail);
  CHECK(out.mail(0) == Refusal::kNothingToMail);
  CHECK(out.mail(1) == Refusal::kNone);
  CHECK(out.mail(1) == Refusal::kNothingToMail);  // it is mailed already
  CHECK_THAT(out.site.notes.back(), Catch::Contains("registered letter 7"));
  out.site.restart();
  CHECK(out.mark().receipted_seq == 1);
}

TEST_CASE("nothing is mailed to an agency that has Jiexu") {
  Office out(out_site(), in_site());
  out.other = third_site();
  CHECK(out.mail(1) == Refusal::kNothingToMail);
}

TEST_CASE("a letter of ours to such an agency is answered on paper, form and all") {
  Office in(in_site(), out_site());
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    REQUIRE_FALSE(in.act(action).rejection);
  }
  CHECK(in.site.peer(out_site()).sender().queued() == 1);
  REQUIRE(in.mail(1) == Refusal::kNone);
  // No acceptance comes, but the form itself.
  const Case sent = in.site.subject(case_number(1));
  const Answer form = in.key(sound_message(sent, EventKind::kInfoFormIn));
  INFO((form.rejection ? form.rejection->detail : ""));
  REQUIRE_FALSE(form.rejection);
  CHECK(in.site.subject(case_number(1)).relationship == Relationship::kInfoReceived);
}

TEST_CASE("a store that has lost something asks nobody who has no Jiexu") {
  Office out(out_site(), in_site());
  REQUIRE_FALSE(out.key(letter_of_its_own("No. 5")).rejection);
  REQUIRE_FALSE(out.act(EventKind::kAcceptLetter).rejection);
  out.site.store_complete = false;
  out.site.restart();
  CHECK(out.site.engine->out_of_reach(third_site()) == Refusal::kRecovering);
  CHECK(out.site.engine->out_of_reach(in_site()) == Refusal::kNone);
  CHECK_FALSE(out.act(EventKind::kStopInsurance).rejection);
}

TEST_CASE("when such an agency gets Jiexu, its link opens and what waited flows") {
  Office out(out_site(), in_site());
  REQUIRE_FALSE(out.key(letter_of_its_own("No. 5")).rejection);
  REQUIRE_FALSE(out.act(EventKind::kAcceptLetter).rejection);
  run(out.site);
  REQUIRE(out.site.engine->set_directory(test_directory(), at(out.site.now)));
  Site in(in_site(), kNow);
  settle({&out.site, &in});
  CHECK(out.site.peer(in_site()).sender().queued() == 0);
  CHECK(out.mark().receipted_seq == out.mark().last_seq);
}

}  // namespace by_mail_test
