// A new calendar moves open deadlines, once, and leaves closed ones.
#include "daemon/casework/rejudge.h"

#include <catch2/catch.hpp>

#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace rejudge_test {
namespace {

// The shipped years with one text added.
std::shared_ptr<const Calendar> calendar_with(std::string_view text) {
  auto out = std::make_shared<Calendar>(Calendar::shipped());
  auto year = parse_calendar(text);
  REQUIRE(year);
  REQUIRE(out->add(std::move(*year)));
  return out;
}

constexpr std::string_view kYear2027 =
    "year 2027\nversion 1\nnotice 2026-12-01 a notice for this test\n"
    "off 2027-01-01..2027-01-03  New Year\n";

// Accepted by the origin on 2026-12-25: ten working days end in 2027, which is not published.
struct Office {
  Office() {
    start(site, id);
    site.commit();
  }
  static void start(Site& site, const CaseId& id) {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      v1::ActionInput input = sound_input(Case(), action);
      if (action == EventKind::kApply) {
        v1::Person& person = *input.mutable_application()->mutable_person();
        person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
        person.set_document_number("P" + id.str().substr(24));
      }
      REQUIRE_FALSE(site.act(action, id, std::move(input)).rejection);
    }
    Forger(out_site(), site).deliver(sound_message(site.subject(id), EventKind::kLetterAcceptIn));
  }
  void run() {
    do {
      site.wake();
    } while (site.commit());
  }
  std::optional<Date> due(const CaseId& which) const {
    const Case subject = site.subject(which);
    const Deadline* deadline = subject.deadline(DeadlineKind::kFormDue);
    REQUIRE(deadline != nullptr);
    return deadline->due;
  }
  size_t rejudged(const CaseId& which) const {
    size_t count = 0;
    for (const v1::TimelineRecord& entry : site.timeline(which)) {
      count += entry.event() == static_cast<uint32_t>(EventKind::kRejudge) ? 1 : 0;
    }
    return count;
  }
  size_t timers() const {
    size_t count = 0;
    REQUIRE(site.store->scan(Family::kTimer, "", layout::prefix_end(""),
                             [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }

  Site site{in_site(), end_of({2026, 12, 25}).plus_ms(-40'000'000)};
  CaseId id = case_number(1);
};

}  // namespace

TEST_CASE("stores without a record are of the first calendars, and of before our own defaults") {
  CHECK(judging_edition(Calendar::shipped()) ==
        std::string(kFirstEdition) + " " + std::string(kOwnDefaultsEdition));
}

TEST_CASE("a term that ends in an unpublished year is unknown until the year is published") {
  Office office;
  CHECK_FALSE(office.due(office.id));
  CHECK(office.timers() == 0);
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  // 2026-12-28 to 31 are four days, 2027-01-04 to 08 are five, the tenth is the 11th.
  CHECK(office.due(office.id) == Date{2027, 1, 11});
  CHECK(office.timers() == 1);
  CHECK(office.rejudged(office.id) == 1);
  CHECK_THAT(office.site.timeline(office.id).back().note(), Catch::Contains("2027-01-11"));
}

TEST_CASE("the same calendar again changes nothing and writes nothing") {
  Office office;
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  const Lsn before = office.site.store->lsn();
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  CHECK(office.site.store->lsn() == before);
  CHECK(office.rejudged(office.id) == 1);
}

TEST_CASE("a pass that a crash cut short is finished after the restart, each case once") {
  Office office;
  std::vector<CaseId> ids{office.id};
  for (int n = 2; n <= 250; ++n) {
    ids.push_back(case_number(n));
    Office::start(office.site, ids.back());
    while (office.site.commit()) {
    }
  }
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.site.wake();
  REQUIRE(office.site.commit());
  CHECK(office.due(ids.front()) == Date{2027, 1, 11});
  CHECK_FALSE(office.due(ids.back()));
  office.site.wake();  // the second slice is written and does not reach the disk
  office.site.restart();
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  for (const CaseId& id : ids) {
    CHECK(office.due(id) == Date{2027, 1, 11});
    CHECK(office.rejudged(id) == 1);
  }
}

TEST_CASE("a calendar that comes while a commit runs also reaches the cases in it") {
  Office office;
  const CaseId second = case_number(2);
  Office::start(office.site, second);  // its last step is not committed
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  CHECK(office.due(office.id) == Date{2027, 1, 11});
  CHECK(office.due(second) == Date{2027, 1, 11});
}

TEST_CASE("a closed case stays as it was judged") {
  Office office;
  REQUIRE_FALSE(office.site
                    .act(EventKind::kApply, case_number(2),
                         [] {
                           v1::ActionInput input = sound_input(Case(), EventKind::kApply);
                           input.mutable_application()->mutable_person()->set_document_type(
                               v1::DOCUMENT_TYPE_PASSPORT);
                           input.mutable_application()->mutable_person()->set_document_number("P2");
                           return input;
                         }())
                    .rejection);
  v1::ActionInput reason;
  reason.set_reason("stays");
  REQUIRE_FALSE(office.site.act(EventKind::kWithdraw, case_number(2), reason).rejection);
  const uint64_t revision = office.site.subject(case_number(2)).revision;
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  CHECK(office.site.subject(case_number(2)).revision == revision);
}

TEST_CASE("a case says which deadline each action would meet, in the new calendar") {
  Office office;
  office.site.engine->set_calendar(calendar_with(kYear2027));
  office.run();
  v1::Message form = sound_message(office.site.subject(office.id), EventKind::kInfoFormIn);
  *form.mutable_information_form()->mutable_person() = office.site.subject(office.id).person;
  Forger(out_site(), office.site).deliver(form);
  office.site.commit();
  const Case subject = office.site.subject(office.id);
  bool found = false;
  for (const Offer& offer : offers(subject)) {
    if (offer.action != EventKind::kConfirmForm) continue;
    found = true;
    REQUIRE(offer.meets != nullptr);
    CHECK(offer.meets->due == Date{2027, 1, 4});
  }
  CHECK(found);
}

}  // namespace rejudge_test
