// Citizen ids, bank line numbers, letter numbers and the check systems under them. All numbers are
// published specimens or made by the algorithm.
#include <catch2/catch.hpp>

#include "daemon/rules/citizen_id.h"
#include "daemon/rules/cnaps.h"
#include "daemon/rules/iso7064.h"
#include "daemon/rules/letter_number.h"

namespace jiexu::numbers_test {
namespace {

const Date kToday{2026, 11, 21};

IdRule id_error(std::string_view text) {
  const auto id = CitizenId::parse(text, kToday);
  REQUIRE_FALSE(id);
  return id.error();
}

LetterRule letter_error(std::string_view text) {
  const auto letter = LetterNumber::parse(text);
  REQUIRE_FALSE(letter);
  return letter.error();
}

const LetterNumber kLetter =
    *LetterNumber::make(*AgencyId::parse("S41132810207"), {2026, 9, 18}, 42);

// Puts the check digit that `digits` asks for behind them.
std::string with_check(std::string digits) {
  digits.push_back(mod_11_10_check(digits));
  return digits;
}

}  // namespace

TEST_CASE("published citizen ids are valid") {
  for (const char* text :
       {"11010519491231002X", "440308199901101512", "810000199408230021", "830000199201300022"}) {
    CAPTURE(text);
    const auto id = CitizenId::parse(text, kToday);
    REQUIRE(id);
    CHECK(id->text() == text);
  }
}

TEST_CASE("a citizen id tells birth date and sex") {
  const auto id = CitizenId::parse("11010519491231002X", kToday);
  REQUIRE(id);
  CHECK(id->birth_date() == Date{1949, 12, 31});
  CHECK(id->sex() == IdSex::kFemale);
  CHECK(CitizenId::parse("440308199901101512", kToday)->sex() == IdSex::kMale);
}

TEST_CASE("citizen ids are read as people type them") {
  CHECK(CitizenId::parse("11010519491231002x", kToday)->text() == "11010519491231002X");
  CHECK(CitizenId::parse("１１０１０５１９４９１２３１００２ｘ", kToday)->text() ==
        "11010519491231002X");
  CHECK(CitizenId::parse("　11010519491231002X ", kToday)->text() == "11010519491231002X");
}

TEST_CASE("a 15-digit citizen id becomes the 18-character one") {
  const auto id = CitizenId::parse("610104620927690", kToday);
  REQUIRE(id);
  CHECK(id->text().substr(0, 17) == "61010419620927690");
  CHECK(mod_11_2_valid(id->text()));
  CHECK(normalise_citizen_id("110105491231002") == "11010519491231002X");
  CHECK(normalise_citizen_id(" not an id ") == "not an id");
}

TEST_CASE("each rule of citizen ids has its refusal") {
  CHECK(id_error("") == IdRule::kLength);
  CHECK(id_error("11010519491231002") == IdRule::kLength);
  CHECK(id_error("1101051949123100X2") == IdRule::kCharacter);
  CHECK(id_error("11010519491231002Y") == IdRule::kCharacter);
  CHECK(id_error("110105194902300025") == IdRule::kBirthDate);
  CHECK(id_error("110105000000000025") == IdRule::kBirthDate);
  CHECK(id_error(make_citizen_id("110105", {2026, 11, 22}, 1)) == IdRule::kBirthInFuture);
  CHECK(CitizenId::parse(make_citizen_id("110105", kToday, 1), kToday));
  CHECK(id_error("110105194912310021") == IdRule::kCheckDigit);
}

TEST_CASE("made citizen ids are valid, and every wrong digit is found") {
  for (uint32_t sequence = 0; sequence <= 999; sequence += 27) {
    const std::string id = make_citizen_id("350500", {1987, 2, 28}, sequence);
    REQUIRE(CitizenId::parse(id, kToday));
    CHECK(CitizenId::parse(id, kToday)->sex() ==
          (sequence % 2 == 1 ? IdSex::kMale : IdSex::kFemale));
    for (size_t at = 0; at < 17; ++at) {
      std::string wrong = id;
      wrong[at] = wrong[at] == '9' ? '0' : static_cast<char>(wrong[at] + 1);
      CHECK_FALSE(CitizenId::parse(wrong, kToday));
    }
  }
}

TEST_CASE("bank line numbers of real branches are valid") {
  for (const char* text : {"102100099996", "105100000017", "103100000026", "104100000004",
                           "308584000013", "403100000004"}) {
    CAPTURE(text);
    CHECK(parse_cnaps(text) == text);
  }
  CHECK(parse_cnaps("１０２１０００９９９９６　") == "102100099996");
}

TEST_CASE("each rule of bank line numbers has its refusal") {
  CHECK(parse_cnaps("10210009999").error() == CnapsRule::kLength);
  CHECK(parse_cnaps("10210009999X").error() == CnapsRule::kCharacter);
  CHECK(parse_cnaps("102100099997").error() == CnapsRule::kCheckDigit);
  CHECK(parse_cnaps("102100090996").error() == CnapsRule::kCheckDigit);
}

TEST_CASE("check systems agree with the examples of the standard") {
  CHECK(mod_11_2_check("0794") == '0');
  CHECK(mod_11_2_check("079") == 'X');
  CHECK(mod_11_10_check("0794") == '5');
  CHECK_FALSE(mod_11_2_valid("X"));
  CHECK_FALSE(mod_11_2_valid("0X94"));
  CHECK_FALSE(mod_11_10_valid("5"));
  CHECK_FALSE(mod_11_10_valid(""));
}

TEST_CASE("a letter number carries area, office, day and sequence") {
  CHECK(kLetter.text().substr(0, 19) == "4113280726091800042");
  CHECK(mod_11_10_valid(kLetter.text()));
  CHECK(kLetter.area() == "411328");
  CHECK(kLetter.office() == "07");
  CHECK(kLetter.issued_on() == Date{2026, 9, 18});
  CHECK(kLetter.sequence() == 42);
  CHECK(kLetter.is_of(*AgencyId::parse("S41132899907")));
  CHECK_FALSE(kLetter.is_of(*AgencyId::parse("S41132810208")));
  CHECK(LetterNumber::parse(kLetter.text()) == kLetter);
}

TEST_CASE("a full day and a far year give no letter number") {
  const AgencyId agency = *AgencyId::parse("S41132810207");
  CHECK_FALSE(LetterNumber::make(agency, {2026, 9, 18}, 0));
  CHECK(LetterNumber::make(agency, {2026, 9, 18}, 99'999));
  CHECK_FALSE(LetterNumber::make(agency, {2026, 9, 18}, 100'000));
  CHECK_FALSE(LetterNumber::make(agency, {1999, 12, 31}, 1));
  CHECK_FALSE(LetterNumber::make(agency, {2100, 1, 1}, 1));
}

TEST_CASE("each rule of letter numbers has its refusal") {
  CHECK(letter_error(kLetter.text() + "0") == LetterRule::kLength);
  CHECK(letter_error("4113280726091800042x") == LetterRule::kCharacter);
  CHECK(letter_error(with_check("4113280726093100042")) == LetterRule::kDate);
  CHECK(letter_error(with_check("4113280726091800000")) == LetterRule::kSequence);
  std::string wrong = kLetter.text();
  std::swap(wrong[3], wrong[4]);
  CHECK(letter_error(wrong) == LetterRule::kCheckDigit);
}

TEST_CASE("a letter number is found in a bank's remark") {
  const std::string number = kLetter.text();
  CHECK(find_letter_number(number) == kLetter);
  CHECK(find_letter_number("医保转移 " + number + "-1 个账") == kLetter);
  CHECK(find_letter_number("20260918 " + number) == kLetter);
  std::string wide;
  for (const char c : number) wide += std::string("\xef\xbc") + static_cast<char>(0x90 + c - '0');
  CHECK(find_letter_number("附言：" + wide + "　") == kLetter);
}

TEST_CASE("no letter number is guessed from other digits") {
  const std::string number = kLetter.text();
  CHECK_FALSE(find_letter_number(""));
  CHECK_FALSE(find_letter_number("null"));
  CHECK_FALSE(find_letter_number("1" + number));
  CHECK_FALSE(find_letter_number(number + "1"));
  CHECK_FALSE(find_letter_number(number.substr(0, 10) + " " + number.substr(10)));
  CHECK_FALSE(find_letter_number(std::string(20, '1')));
  CHECK(find_letter_number(std::string(20, '1') + "/" + number) == kLetter);
}

TEST_CASE("every refusal says something, and never the same") {
  CHECK(describe(IdRule::kLength) != describe(IdRule::kCheckDigit));
  CHECK(describe(CnapsRule::kLength) != describe(CnapsRule::kCheckDigit));
  CHECK(describe(LetterRule::kLength) != describe(LetterRule::kCheckDigit));
}

}  // namespace jiexu::numbers_test
