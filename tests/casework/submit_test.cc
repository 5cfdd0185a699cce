// Applications in bulk: one command, one commit, and each as if a person had taken its three steps.
#include <algorithm>
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "storage/layout.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace submit_test {
namespace {

v1::Application application_of(int number) {
  v1::Application out = sound_input(Case(), EventKind::kApply).application();
  out.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
  out.mutable_person()->set_document_number("P" + std::to_string(number));
  return out;
}

// Submits persons with these numbers; their cases have the numbers 1, 2, ... of `first` on.
Answer submit(Site& site, const std::vector<int>& persons, int first = 1) {
  auto input = std::make_shared<v1::SubmitInput>();
  SubmitCommand command;
  for (const int person : persons) {
    *input->add_applications() = application_of(person);
    command.case_ids.push_back(case_number(first++));
  }
  command.input = std::move(input);
  site.post(std::move(command));
  while (site.commit()) {
  }
  return site.answers.back();
}

SubmittedLetter sent(const Answer& answer, int index) {
  return answer.submitted.at(static_cast<size_t>(index)).value();
}

}  // namespace

TEST_CASE("submitted applications become cases whose letters are on their way, in one commit") {
  Site in(in_site(), kNow);
  Site out(out_site(), kNow);
  settle({&in, &out});
  const Lsn before = in.store->lsn();
  const Answer answer = submit(in, {1, 2, 3});
  CHECK(in.store->lsn() == before + 1);
  REQUIRE(answer.submitted.size() == 3);
  settle({&in, &out});
  for (int n = 1; n <= 3; ++n) {
    CHECK(in.subject(case_number(n)).letter_number == sent(answer, n - 1).letter_number);
    CHECK(out.subject(case_number(n)).relationship == Relationship::kLetterReceived);
  }
}

TEST_CASE("letters say of ourselves what the directory says now") {
  Site in(in_site(), kNow);
  Site out(out_site(), kNow);
  settle({&in, &out});
  const std::vector<Agency> agencies = test_directory()->agencies();
  const auto set_phone = [&](const std::string& phone) {
    std::vector<Agency> changed = agencies;
    std::ranges::find(changed, in_site(), &Agency::id)->contact.phone = phone;
    REQUIRE(in.engine->set_directory(Directory::make(changed).value(), at(in.now)));
  };
  set_phone("");
  const Answer refused = submit(in, {1});
  REQUIRE_FALSE(refused.submitted.at(0));
  CHECK(refused.submitted[0].error().refusal == Refusal::kLetterInvalid);
  set_phone("0371-5550199");
  CHECK(submit(in, {1}).submitted.at(0));
  settle({&in, &out});
  const auto letter =
      read_message(out.records(), in_site(), *out.subject(case_number(1)).letter_place);
  REQUIRE(letter);
  CHECK(letter->letter().contact().phone() == "0371-5550199");
  set_phone("");
  CHECK_FALSE(submit(in, {2}, 2).submitted.at(0));
}

TEST_CASE("a submitted case is what three single actions make of it") {
  Site bulk(in_site(), kNow);
  submit(bulk, {7});
  Site single(in_site(), kNow);
  v1::ActionInput apply;
  *apply.mutable_application() = application_of(7);
  single.act(EventKind::kApply, case_number(1), apply);
  single.act(EventKind::kAccept, case_number(1));
  single.act(EventKind::kSendLetter, case_number(1));
  const Case a = bulk.subject(case_number(1));
  const Case b = single.subject(case_number(1));
  CHECK(state_text(a) == state_text(b));
  CHECK(a.letter_number == b.letter_number);
  CHECK(a.letter_place == b.letter_place);
  CHECK(a.revision == b.revision);
  CHECK(a.deadlines.size() == b.deadlines.size());
  const auto entries = bulk.timeline(case_number(1));
  const auto expected = single.timeline(case_number(1));
  REQUIRE(entries.size() == 3);
  REQUIRE(expected.size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(entries[i].SerializeAsString() == expected[i].SerializeAsString());
  }
}

TEST_CASE("a refused application is named and leaves no trace; the others go on") {
  Site site(in_site(), kNow);
  const Answer answer = submit(site, {1, 1, 2});
  CHECK(answer.submitted.at(0));
  CHECK(answer.submitted.at(1).error().refusal == Refusal::kDuplicateOpenCase);
  CHECK(answer.submitted.at(2));
  CHECK(site.timeline(case_number(2)).empty());
  CHECK(site.peer(out_site()).sender().mark().last_seq == 2);
}

TEST_CASE("when a day's letter numbers run out, the rest is refused whole") {
  Site site(in_site(), kNow);
  std::string value;
  append_u32(value, 99'998);
  Batch batch;
  batch.put(Family::kMeta, layout::letter_counter_key(date_of(kNow)), value);
  REQUIRE(site.store->commit(batch));
  site.restart();
  const Answer answer = submit(site, {1, 2});
  CHECK(answer.submitted.at(0));
  CHECK(answer.submitted.at(1).error().refusal == Refusal::kLetterNumbersExhausted);
  CHECK(site.timeline(case_number(2)).empty());
  // Nothing stands in the way of the person tomorrow.
  site.now = kNow.plus_ms(86'400'000);
  CHECK(submit(site, {2}, 3).submitted.at(0));
}

TEST_CASE("letter numbers of a submission go on behind the reserved ones after a restart") {
  Site site(in_site(), kNow);
  const std::string second = sent(submit(site, {1, 2}), 1).letter_number;
  site.restart();
  const std::string third = sent(submit(site, {3}, 3), 0).letter_number;
  CHECK(third.substr(14, 5) == "00065");
  CHECK(second.substr(14, 5) == "00002");
}

}  // namespace submit_test
