// What is to be done, by its day: each open case is in the list, and none that is closed.
#include "daemon/casework/work_list.h"

#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace work_list_test {
namespace {

struct Office {
  // A draft of its own person, `days` after kNow.
  void apply(int number, int days = 0) {
    site.now = kNow.plus_ms(days * 86'400'000LL);
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    v1::Person& person = *input.mutable_application()->mutable_person();
    person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    person.set_document_number("P" + std::to_string(1000 + number));
    REQUIRE_FALSE(site.act(EventKind::kApply, case_number(number), input).rejection);
  }
  void act(int number, EventKind action) {
    const Case now = site.subject(case_number(number));
    REQUIRE_FALSE(site.act(action, now.id, sound_input(now, action)).rejection);
  }
  Answer assign(int number, const std::string& to, const std::string& seen) {
    site.post(AssignCommand{case_number(number), to, seen});
    while (site.commit()) {
    }
    return site.answers.back();
  }
  WorkPage list(const WorkFilter& filter = {}, std::string_view after = "",
                size_t limit = 100) const {
    const auto page = list_work(site.records(), filter, after, limit, [] { return false; });
    REQUIRE(page);
    return *page;
  }
  // "1:accept-due", by their days.
  std::string rows(const WorkFilter& filter = {}) const {
    std::string out;
    for (const WorkRow& row : list(filter).rows) out += text(row);
    return out;
  }
  static std::string text(const WorkRow& row) {
    const std::string id = row.subject.id.str();
    return " " + id.substr(id.size() - 1) + ":" +
           (row.deadline ? std::string(deadline_name(row.deadline->kind)) : "-");
  }

  Site site{in_site(), kNow};
};

}  // namespace

TEST_CASE("work lies by its day, and what has no day comes last") {
  Office office;
  office.apply(1, 3);
  office.apply(2);
  office.apply(3);
  office.act(3, EventKind::kAccept);
  office.act(3, EventKind::kSendLetter);
  CHECK(office.rows() == " 2:accept-due 1:accept-due 3:-");
  office.act(2, EventKind::kAccept);
  CHECK(office.rows() == " 2:letter-due 1:accept-due 3:-");
}

TEST_CASE("a case that is closed is in no list") {
  Office office;
  office.apply(1);
  office.act(1, EventKind::kWithdraw);
  CHECK(office.rows().empty());
}

TEST_CASE("the list is what its filter asks for") {
  Office office;
  office.apply(1);
  office.apply(2, 3);
  office.apply(3);
  office.act(3, EventKind::kAccept);
  office.act(3, EventKind::kSendLetter);
  const auto with = [&](auto change) {
    WorkFilter filter;
    change(filter);
    return office.rows(filter);
  };
  CHECK(with([](WorkFilter& f) { f.due_before = Date{2026, 11, 25}; }) == " 1:accept-due");
  CHECK(with([](WorkFilter& f) { f.side = Side::kOut; }).empty());
  CHECK(with([](WorkFilter& f) { f.ours = true; }) == " 1:accept-due 2:accept-due");
  CHECK(with([](WorkFilter& f) { f.states = {"LETTER_SENT"}; }) == " 3:-");
  CHECK(with([](WorkFilter& f) { f.peer = third_site(); }).empty());
  CHECK(with([](WorkFilter& f) { f.duty = DeadlineKind::kAcceptDue; }) ==
        " 1:accept-due 2:accept-due");
  CHECK(with([](WorkFilter& f) { f.text = "1002"; }) == " 2:accept-due");
  const std::string letter = office.site.subject(case_number(3)).letter_number;
  CHECK(with([&](WorkFilter& f) { f.text = letter.substr(6, 12); }) == " 3:-");
}

TEST_CASE("pages follow one another without a gap, and an end for want of time says so") {
  Office office;
  for (int number = 1; number <= 9; ++number) office.apply(number);
  std::string all;
  std::string after;
  do {
    const WorkPage page = office.list({}, after, 2);
    for (const WorkRow& row : page.rows) all += Office::text(row);
    after = page.next;
  } while (!after.empty());
  CHECK(all == office.rows());

  const auto late = list_work(office.site.records(), {}, "", 100, [] { return true; });
  REQUIRE(late);
  CHECK(late->out_of_time);
  CHECK(late->rows.size() == 1);
  CHECK(office.list({}, late->next).rows.size() == 8);
  CHECK_FALSE(list_work(office.site.records(), {}, "00ff", 1, [] { return false; }));
}

TEST_CASE("who sees to a case finds it in his own list, until he gives it away") {
  Office office;
  office.apply(1);
  office.apply(2);
  WorkFilter wang;
  wang.owner = "wang";
  CHECK(office.rows(wang).empty());
  CHECK_FALSE(office.assign(2, "wang", "").rejection);
  CHECK(office.rows(wang) == " 2:accept-due");
  office.act(2, EventKind::kAccept);
  CHECK(office.rows(wang) == " 2:letter-due");
  CHECK(office.rows() == " 1:accept-due 2:letter-due");

  // Somebody who looked before does not take it from him.
  CHECK(office.assign(2, "li", "").rejection->refusal == Refusal::kNotAllowedNow);
  CHECK_FALSE(office.assign(2, "", "wang").rejection);
  CHECK(office.rows(wang).empty());
  CHECK(office.site.subject(case_number(2)).assignee.empty());
  CHECK(office.site.timeline(case_number(2)).back().note() == "nobody sees to it");
}

TEST_CASE("cases of a store from before the list are in it once they have been judged anew") {
  Office office;
  office.apply(1);
  Batch batch;
  for (const RecordKey& key : duty_keys(office.site.subject(case_number(1)))) {
    batch.remove(Family::kIndex, key);
  }
  v1::JudgedRecord judged;
  judged.set_edition("of before");
  judged.set_target("of before");
  Records records = office.site.records();
  records.put_message(batch, Family::kMeta, layout::kJudgedKey, judged);
  REQUIRE(office.site.store->commit(batch));
  CHECK(office.rows().empty());
  office.site.restart();
  do {
    office.site.wake();
  } while (office.site.commit());
  CHECK(office.rows() == " 1:accept-due");
}

}  // namespace work_list_test
