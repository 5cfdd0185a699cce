// Deadlines fire once, when their day is over, whoever restarts in between.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace deadline_timer_test {
namespace {

const Instant kFormDue = end_of({2026, 12, 4});

// A case that waits for the form, due on 2026-12-04.
struct Office {
  Office() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      site.act(action, id, sound_input(Case(), action));
    }
    Forger(out_site(), site).deliver(sound_message(site.subject(id), EventKind::kLetterAcceptIn));
    site.commit();
  }

  size_t passed() const {
    size_t count = 0;
    for (const v1::TimelineRecord& entry : site.timeline(id)) {
      count += entry.event() == static_cast<uint32_t>(EventKind::kDeadlinePassed) ? 1 : 0;
    }
    return count;
  }
  void wake_at(Instant at) {
    site.now = at;
    site.wake();
    site.commit();
  }

  Site site{in_site(), kNow};
  CaseId id = case_number(1);
};

}  // namespace

TEST_CASE("each step of a deadline fires once, in the first millisecond after its day") {
  Office office;
  // Three days before, on the day, and when it is over.
  for (const int32_t days_before : {4, 1, 0}) {
    const size_t before = office.passed();
    const Instant at = end_of(Date::from_days(Date{2026, 12, 4}.days() - days_before));
    CHECK(office.site.engine->cases().next_deadline() <= at);
    office.wake_at(at);
    CHECK(office.passed() == before);
    office.wake_at(at.plus_ms(1));
    CHECK(office.passed() == before + 1);
    office.wake_at(at.plus_ms(1'000'000));
    CHECK(office.passed() == before + 1);
  }
  CHECK(office.site.subject(office.id).deadline(DeadlineKind::kFormDue)->passed);
}

// X39: the last step of the ladder is the operator's.
TEST_CASE("a term that is over by ten days sounds one alarm") {
  Office office;
  const auto alarms = [&] {
    return std::ranges::count_if(office.site.alarms, [&](const std::string& text) {
      return text.find(office.id.str()) != std::string::npos;
    });
  };
  const Instant tenth = end_of(Date::from_days(Date{2026, 12, 4}.days() + 9));
  office.wake_at(tenth);
  CHECK(alarms() == 0);
  for (const int64_t later_ms : {1, 86'400'000}) {
    office.wake_at(tenth.plus_ms(later_ms));
    CHECK(alarms() == 1);
  }
}

TEST_CASE("a deadline does not fire again while its commit runs") {
  Office office;
  office.site.now = kFormDue.plus_ms(1);
  office.site.wake();
  const Batch& batch = office.site.engine->kernel().begin_commit();
  office.site.wake();
  REQUIRE(office.site.store->commit(batch));
  office.site.engine->kernel().commit_done(at(office.site.now));
  office.site.wake();
  office.site.commit();
  CHECK(office.passed() == 1);
}

TEST_CASE("a deadline that passed while the daemon was down fires at the next start, once") {
  Office office;
  office.site.now = kFormDue.plus_ms(5'000);
  office.site.restart();
  office.wake_at(office.site.now);
  CHECK(office.passed() == 1);
  office.site.restart();
  office.wake_at(office.site.now);
  CHECK(office.passed() == 1);
}

TEST_CASE("a deadline that was met does not fire") {
  Office office;
  Forger(out_site(), office.site)
      .deliver(sound_message(office.site.subject(office.id), EventKind::kInfoFormIn));
  office.site.commit();
  REQUIRE_FALSE(office.site.act(EventKind::kConfirmForm, office.id).rejection);
  office.wake_at(kFormDue.plus_ms(1));
  CHECK(office.passed() == 0);
  CHECK(office.site.engine->cases().next_deadline().ms == INT64_MAX);
}

TEST_CASE("a timer written and met in commits that overlap does not fire") {
  Office office;
  Forger out(out_site(), office.site);
  const Case before = office.site.subject(office.id);
  out.deliver(sound_message(before, EventKind::kInfoFormIn));
  const Batch& batch = office.site.engine->kernel().begin_commit();
  office.site.post(
      ActionCommand{EventKind::kConfirmForm, office.id, std::make_shared<const v1::ActionInput>()});
  REQUIRE(office.site.store->commit(batch));
  office.site.engine->kernel().commit_done(at(office.site.now));
  office.wake_at(kFormDue.plus_ms(1));
  CHECK(office.passed() == 0);
}

}  // namespace deadline_timer_test
