#include "daemon/rules/certificate_number.h"

#include <catch2/catch.hpp>

using namespace jiexu;

namespace certificate_number_test {
namespace {

const AgencyId kQuanzhou = *AgencyId::parse("S35050000101");

// 2026-11-30 21:42:33 in China.
const Instant kSecond{1796046153'000};

}  // namespace

TEST_CASE("a certificate's number has province, year, agency and the second of its issue") {
  const std::string number = certificate_number(kQuanzhou, kSecond);
  CHECK(number == "闽2026年第350500011130214233号");
  CHECK(certificate_stamp(kSecond) == 20261130214233);
  CHECK(certificate_stamp(number) == 20261130214233);
  CHECK(certificate_number(kQuanzhou, kSecond.plus_ms(999)) == number);
  CHECK(certificate_number(kQuanzhou, kSecond.plus_ms(1000)) != number);
}

TEST_CASE("digits that are 0 stand in it, and the first second of a year is of that year") {
  const Instant new_year{1798732800'000};  // 2027-01-01 00:00:00 in China
  CHECK(certificate_number(kQuanzhou, new_year) == "闽2027年第350500010101000000号");
  CHECK(certificate_stamp("闽2027年第350500010101000000号") == 20270101000000);
}

TEST_CASE("an agency of no province that is known has a number all the same") {
  const std::string number = certificate_number(*AgencyId::parse("S99000000101"), kSecond);
  CHECK(number == "2026年第990000011130214233号");
  CHECK(certificate_stamp(number) == 20261130214233);
}

TEST_CASE("other texts are no such number") {
  for (const char* text : {"", "闽", "闽2026年第号", "闽2026年第35050001113021423号",
                           "闽2026年第3505000111302142334号", "闽2026年第35050001113021423x号",
                           "闽20x6年第350500011130214233号", "年第350500011130214233号",
                           "闽2026年第350500011130214233", "鲁2016年第001号"}) {
    INFO(text);
    CHECK_FALSE(certificate_stamp(text));
  }
}

}  // namespace certificate_number_test
