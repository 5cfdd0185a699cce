// Agencies that were merged (X44): what waits for them goes on to the successor, once, by itself.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace succession_test {
namespace {

// OUT was merged into THIRD.
std::shared_ptr<const Directory> merged_since(Date since) {
  std::vector<Agency> agencies = test_directory()->agencies();
  for (Agency& agency : agencies) {
    if (agency.id == out_site()) agency.successor = Succession{third_site(), since};
  }
  return Directory::make(std::move(agencies)).value();
}

const Date kToday = date_of(kNow);

struct Three {
  void merge(Site& site, Date since = kToday) {
    REQUIRE(site.engine->set_directory(merged_since(since), at(site.now)));
    run(site);
  }
  static void run(Site& site) {
    do {
      site.wake();
    } while (site.commit());
  }
  void act(Site& site, EventKind action) {
    const Case now = action == EventKind::kApply ? Case() : site.subject(id);
    const Answer answer = site.act(action, id, sound_input(now, action));
    INFO(name(action));
    REQUIRE_FALSE(answer.rejection);
  }
  void to_letter() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      act(in, action);
    }
  }
  void settle() { jiexu::settle({&in, &out, &third}); }
  // With whom the case is and where it stands; at THIRD too.
  std::string stand() const {
    const auto there = read_case(third.records(), id);
    REQUIRE(there);
    const Case here = in.subject(id);
    return here.peer.str() + " " + state_text(here) + " : " +
           (*there ? state_text(**there) : std::string("nothing"));
  }
  bool nothing_set_aside() const {
    return in.quarantine().empty() && out.quarantine().empty() && third.quarantine().empty();
  }

  CaseId id = case_number(1);
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  Site third{third_site(), kNow};
};

const std::string kArrived =
    third_site().str() + " LETTER_SENT / UNKNOWN : LETTER_RECEIVED / NOT_COMPUTED";

}  // namespace

TEST_CASE("an application for an agency that was merged is a case with its successor") {
  Three all;
  all.merge(all.in);
  all.to_letter();
  const Case subject = all.in.subject(all.id);
  CHECK(subject.peer == third_site());
  REQUIRE(subject.former_peers.size() == 1);
  CHECK(subject.former_peers[0].agency == out_site());
  all.settle();
  CHECK(all.stand() == kArrived);
  const auto sent = list_sent(all.in.records(), subject);
  REQUIRE(sent);
  CHECK(sent->at(0).to == third_site());
}

TEST_CASE("letters in bulk go to the successor too") {
  Three all;
  all.merge(all.in);
  auto input = std::make_shared<v1::SubmitInput>();
  *input->add_applications() = sound_input(Case(), EventKind::kApply).application();
  all.in.post(SubmitCommand{input, {all.id}});
  all.settle();
  CHECK(all.stand() == kArrived);
}

TEST_CASE("a case whose letter is not sent changes to the successor") {
  Three all;
  all.act(all.in, EventKind::kApply);
  all.act(all.in, EventKind::kAccept);
  all.merge(all.in);
  CHECK(all.in.subject(all.id).peer == third_site());
  CHECK_THAT(all.in.timeline(all.id).back().note(), Catch::Contains("merged into"));
  all.act(all.in, EventKind::kSendLetter);
  all.settle();
  CHECK(all.stand() == kArrived);
}

TEST_CASE("a letter that waits for a receipt goes on to the successor, whose clock starts anew") {
  Three all;
  all.to_letter();
  all.in.sent.clear();  // OUT is gone
  all.merge(all.in);
  CHECK(all.in.subject(all.id).peer == third_site());
  all.in.now = all.third.now = end_of(Date::from_days(kToday.days() + 3)).plus_ms(36'000'001);
  jiexu::settle({&all.in, &all.third});
  CHECK(all.stand() == kArrived);
  all.act(all.third, EventKind::kAcceptLetter);
  jiexu::settle({&all.in, &all.third});
  const Case subject = all.in.subject(all.id);
  const Deadline* form = subject.deadline(DeadlineKind::kFormDue);
  REQUIRE(form != nullptr);
  CHECK(form->started == date_of(all.in.now));
}

TEST_CASE("before its day a successor changes nothing; on the day, without anybody's doing") {
  Three all;
  all.to_letter();
  all.in.sent.clear();
  const Date day = Date::from_days(kToday.days() + 1);
  all.merge(all.in, day);
  CHECK(all.in.subject(all.id).peer == out_site());
  all.in.now = end_of(kToday);
  Three::run(all.in);
  CHECK(all.in.subject(all.id).peer == out_site());
  all.in.now = end_of(kToday).plus_ms(1);
  Three::run(all.in);
  CHECK(all.in.subject(all.id).peer == third_site());
  const uint64_t revision = all.in.subject(all.id).revision;
  Three::run(all.in);
  CHECK(all.in.subject(all.id).revision == revision);
}

TEST_CASE("an agency that was merged forwards letters by itself, as they come") {
  Three all;
  all.merge(all.out);
  all.to_letter();
  all.settle();
  CHECK(all.stand() == kArrived);
  CHECK(all.out.subject(all.id).relationship == Relationship::kLetterForwarded);
  CHECK(all.in.subject(all.id).former_peers.at(0).agency == out_site());
  CHECK(all.nothing_set_aside());
}

TEST_CASE("letters that lie at an agency when it is merged are forwarded, accepted ones stay") {
  Three all;
  const bool accepted = GENERATE(false, true);
  all.to_letter();
  all.settle();
  if (accepted) all.act(all.out, EventKind::kAcceptLetter);
  all.settle();
  all.merge(all.out);
  all.settle();
  if (accepted) {
    CHECK(all.stand() == out_site().str() + " LETTER_ACCEPTED / UNKNOWN : nothing");
  } else {
    CHECK(all.stand() == kArrived);
  }
}

TEST_CASE("a merged agency that wakes up with a letter which has gone on disturbs nobody") {
  Three all;
  all.to_letter();
  all.in.sent.clear();  // OUT is gone
  all.merge(all.in);
  jiexu::settle({&all.in, &all.third});
  all.merge(all.out);
  all.in.engine->kernel().connected(out_site(), at(all.in.now));
  all.settle();
  CHECK(all.stand() ==
        third_site().str() + " LETTER_DELIVERED / UNKNOWN : LETTER_RECEIVED / NOT_COMPUTED");
  CHECK(all.out.subject(all.id).relationship == Relationship::kLetterForwarded);
  CHECK(all.nothing_set_aside());
}

TEST_CASE("what a restart interrupts is done after it, once") {
  Three all;
  all.to_letter();
  all.in.sent.clear();
  REQUIRE(all.in.engine->set_directory(merged_since(kToday), at(all.in.now)));
  all.in.wake();  // decided, and not on the disk
  all.in.restart();
  CHECK(all.in.subject(all.id).peer == out_site());
  all.merge(all.in);
  all.settle();
  CHECK(all.stand() == kArrived);
  CHECK(all.in.subject(all.id).former_peers.size() == 1);
}

TEST_CASE("a letter that comes back after a loss is forwarded when the loss is made good") {
  Three all;
  const auto backup = all.out.store->clone();
  all.to_letter();
  all.settle();
  all.out.engine.reset();
  all.out.store = backup->clone();
  all.out.store_complete = false;
  all.out.sent.clear();
  all.out.restart();
  all.merge(all.out);
  for (int second = 0; second < 60; ++second) {
    all.settle();
    for (Site* site : {&all.in, &all.out, &all.third}) {
      site->now = site->now.plus_ms(1000);
      site->wake();
    }
  }
  all.settle();
  CHECK(all.out.engine->recovered(in_site()));
  CHECK(all.in.subject(all.id).peer == third_site());
  CHECK(all.third.subject(all.id).relationship == Relationship::kLetterReceived);
  CHECK(all.nothing_set_aside());
}

}  // namespace succession_test
