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
struct Desk {
  Desk() {
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
  Desk desk;
  // Three days before, on the day, and when it is over.
  for (const int32_t days_before : {4, 1, 0}) {
    const size_t before = desk.passed();
    const Instant at = end_of(Date::from_days(Date{2026, 12, 4}.days() - days_before));
    CHECK(desk.site.engine->cases().next_deadline() == at);
    desk.wake_at(at);
    CHECK(desk.passed() == before);
    desk.wake_at(at.plus_ms(1));
    CHECK(desk.passed() == before + 1);
    desk.wake_at(at.plus_ms(1'000'000));
    CHECK(desk.passed() == before + 1);
  }
  CHECK(desk.site.subject(desk.id).deadline(DeadlineKind::kFormDue)->passed);
}

// X39: the last step of the ladder is the operator's.
TEST_CASE("a term that is over by ten days sounds one alarm") {
  Desk desk;
  const auto alarms = [&] {
    return std::ranges::count_if(desk.site.alarms, [&](const std::string& text) {
      return text.find(desk.id.str()) != std::string::npos;
    });
  };
  const Instant tenth = end_of(Date::from_days(Date{2026, 12, 4}.days() + 9));
  desk.wake_at(tenth);
  CHECK(alarms() == 0);
  for (const int64_t later_ms : {1, 86'400'000}) {
    desk.wake_at(tenth.plus_ms(later_ms));
    CHECK(alarms() == 1);
  }
}

TEST_CASE("a deadline does not fire again while its commit runs") {
  Desk desk;
  desk.site.now = kFormDue.plus_ms(1);
  desk.site.wake();
  const Batch& batch = desk.site.engine->kernel().begin_commit();
  desk.site.wake();
  REQUIRE(desk.site.store->commit(batch));
  desk.site.engine->kernel().commit_done(at(desk.site.now));
  desk.site.wake();
  desk.site.commit();
  CHECK(desk.passed() == 1);
}

TEST_CASE("a deadline that passed while the daemon was down fires at the next start, once") {
  Desk desk;
  desk.site.now = kFormDue.plus_ms(5'000);
  desk.site.restart();
  desk.wake_at(desk.site.now);
  CHECK(desk.passed() == 1);
  desk.site.restart();
  desk.wake_at(desk.site.now);
  CHECK(desk.passed() == 1);
}

TEST_CASE("a deadline that was met does not fire") {
  Desk desk;
  Forger(out_site(), desk.site)
      .deliver(sound_message(desk.site.subject(desk.id), EventKind::kInfoFormIn));
  desk.site.commit();
  REQUIRE_FALSE(desk.site.act(EventKind::kConfirmForm, desk.id).rejection);
  desk.wake_at(kFormDue.plus_ms(1));
  CHECK(desk.passed() == 0);
  CHECK(desk.site.engine->cases().next_deadline().ms == INT64_MAX);
}

TEST_CASE("a timer written and met in commits that overlap does not fire") {
  Desk desk;
  Forger out(out_site(), desk.site);
  const Case before = desk.site.subject(desk.id);
  out.deliver(sound_message(before, EventKind::kInfoFormIn));
  const Batch& batch = desk.site.engine->kernel().begin_commit();
  desk.site.post(
      ActionCommand{EventKind::kConfirmForm, desk.id, std::make_shared<const v1::ActionInput>()});
  REQUIRE(desk.site.store->commit(batch));
  desk.site.engine->kernel().commit_done(at(desk.site.now));
  desk.wake_at(kFormDue.plus_ms(1));
  CHECK(desk.passed() == 0);
}

}  // namespace deadline_timer_test
