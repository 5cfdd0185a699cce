// Letter numbers: without holes through a day, from 1 again on the next, and none when the day is
// full. After a restart they go on behind all that were reserved.
#include "daemon/rules/letter_number.h"

#include <catch2/catch.hpp>
#include <set>

#include "storage/layout.h"
#include "tests/agency/payer.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace letter_number_test {
namespace {

// Takes a person as far as the letter.
Answer send_letter(Site& site, int number) {
  v1::ActionInput apply = sound_input(Case(), EventKind::kApply);
  v1::Person& person = *apply.mutable_application()->mutable_person();
  person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
  person.set_document_number("P" + std::to_string(number));
  REQUIRE_FALSE(site.act(EventKind::kApply, case_number(number), apply).rejection);
  REQUIRE_FALSE(site.act(EventKind::kAccept, case_number(number)).rejection);
  return site.act(EventKind::kSendLetter, case_number(number));
}

uint32_t sequence_of(const Answer& answer) {
  REQUIRE_FALSE(answer.rejection);
  const auto number = LetterNumber::parse(answer.subject->letter_number);
  REQUIRE(number);
  CHECK(number->is_of(in_site()));
  return number->sequence();
}

void seed_counter(Site& site, Date day, uint32_t last) {
  std::string value;
  append_u32(value, last);
  Batch batch;
  batch.put(Family::kMeta, layout::letter_counter_key(day), value);
  REQUIRE(site.store->commit(batch));
}

}  // namespace

TEST_CASE("letter numbers run through a day, skip at a restart, and begin anew the next day") {
  Site site(in_site(), kNow);
  CHECK(sequence_of(send_letter(site, 1)) == 1);
  CHECK(sequence_of(send_letter(site, 2)) == 2);
  const uint32_t reserved = site.numbers.reserved(NumberKind::kLetter, date_of(kNow));
  site.restart();
  CHECK(sequence_of(send_letter(site, 3)) == reserved + 1);
  site.now = kNow.plus_ms(14 * 3'600'000);  // midnight in China
  const Answer next_day = send_letter(site, 4);
  CHECK(sequence_of(next_day) == 1);
  CHECK(LetterNumber::parse(next_day.subject->letter_number)->issued_on() == Date{2026, 11, 21});
}

TEST_CASE("a number of ours that came on a sheet is not given again") {
  Site site(in_site(), kNow);
  CHECK(sequence_of(send_letter(site, 1)) == 1);
  for (const int sequence : {2, 3}) {
    v1::ActionInput sheet;
    *sheet.mutable_paper() = sound_message(Case(), EventKind::kLetterIn);
    v1::ContactLetter& letter = *sheet.mutable_paper()->mutable_letter();
    letter.set_letter_number(
        LetterNumber::make(in_site(), date_of(kNow), static_cast<uint32_t>(sequence))->text());
    letter.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    letter.mutable_person()->set_document_number("S" + std::to_string(sequence));
    sheet.set_agency(out_site().str());
    const Answer keyed = site.act(EventKind::kKeyPaper, case_number(50 + sequence), sheet);
    REQUIRE_FALSE(keyed.rejection);
    CHECK(keyed.subject->letter_number == letter.letter_number());  // as on the sheet
  }
  CHECK(sequence_of(send_letter(site, 4)) == 4);
}

TEST_CASE("of a day that is lost twice no letter number is given twice") {
  Site site(in_site(), kNow);
  const auto backup = site.store->clone();
  const bool noticed = GENERATE(true, false);
  const bool clock_goes_back = GENERATE(true, false);
  std::set<uint32_t> given;
  for (int life = 0; life < 3; ++life) {
    for (int n = 1; n <= 80; ++n) {
      const uint32_t number = sequence_of(send_letter(site, n));
      INFO("life " << life << ", letter " << n << ", number " << number);
      REQUIRE(given.insert(number).second);
    }
    site.store = backup->clone();
    site.sent.clear();
    site.store_complete = !noticed;
    site.now = clock_goes_back ? kNow : site.now.plus_ms(600'000);
    site.restart();
    if (noticed) ask_everybody(site);
  }
}

TEST_CASE("letter numbers given in one commit differ") {
  Site site(in_site(), kNow);
  for (int n = 1; n <= 2; ++n) {
    v1::ActionInput apply = sound_input(Case(), EventKind::kApply);
    apply.mutable_application()->mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    apply.mutable_application()->mutable_person()->set_document_number("P" + std::to_string(n));
    site.act(EventKind::kApply, case_number(n), apply);
    site.act(EventKind::kAccept, case_number(n));
  }
  for (int n = 1; n <= 2; ++n) {
    site.post(ActionCommand{EventKind::kSendLetter, case_number(n),
                            std::make_shared<const v1::ActionInput>()});
  }
  REQUIRE(site.commit());
  CHECK(site.subject(case_number(1)).letter_number != site.subject(case_number(2)).letter_number);
}

TEST_CASE("a refused action uses up no letter number") {
  Site site(in_site(), kNow);
  CHECK(sequence_of(send_letter(site, 1)) == 1);
  CHECK(site.act(EventKind::kSendLetter, case_number(1)).rejection);
  CHECK(sequence_of(send_letter(site, 2)) == 2);
}

TEST_CASE("letter 99,999 is the last of a day; the next day begins anew") {
  Site site(in_site(), kNow);
  seed_counter(site, {2026, 11, 20}, 99'998);
  site.restart();
  CHECK(sequence_of(send_letter(site, 1)) == 99'999);
  const Answer full = send_letter(site, 2);
  REQUIRE(full.rejection);
  CHECK(full.rejection->refusal == Refusal::kLetterNumbersExhausted);
  CHECK(site.subject(case_number(2)).relationship == Relationship::kAccepted);
  site.now = kNow.plus_ms(24 * 3'600'000);
  const Answer next_day = site.act(EventKind::kSendLetter, case_number(2));
  CHECK(sequence_of(next_day) == 1);
}

}  // namespace letter_number_test
