#include "daemon/bankfiles/bank_text.h"

#include <catch2/catch.hpp>

#include "daemon/base/gbk.h"

using namespace jiexu;

namespace bank_text_test {

TEST_CASE("amounts are fen or nothing") {
  CHECK(parse_amount("1")->value == 100);
  CHECK(parse_amount("1.5")->value == 150);
  CHECK(parse_amount(" -0.05 ")->value == -5);
  CHECK(parse_amount("+12.3400000")->value == 1234);
  CHECK(parse_amount("１２．３４")->value == 1234);
  CHECK(parse_amount("9999999999999.99")->value == 999'999'999'999'999);
  for (const char* bad : {"", "-", ".", ".5", "1.234", "1,000", "1e3", "0x10", "10000000000000",
                          "--1", "1 2", "一"}) {
    CHECK_FALSE(parse_amount(bad));
  }
}

TEST_CASE("days are judged in China Standard Time") {
  CHECK(parse_day("20260918") == 20260918);
  CHECK(parse_day("２０２６０９１８") == 20260918);
  CHECK(parse_day("2026-09-18") == 20260918);
  CHECK(parse_day("2026-09-18+08:00") == 20260918);
  CHECK(parse_day("2026-09-18T23:59:59") == 20260918);
  CHECK(parse_day("2026-09-18T15:59:59Z") == 20260918);
  CHECK(parse_day("2026-09-18T16:00:00Z") == 20260919);
  CHECK(parse_day("2026-09-18T00:30:00+09:00") == 20260917);
  CHECK(parse_day("2026-12-31T23:00:00.123-05:00") == 20270101);
  for (const char* bad : {"", "2026", "20260931", "2026-02-30", "18.09.2026", "2026-09-18 x"}) {
    CHECK_FALSE(parse_day(bad));
  }
}

TEST_CASE("fields lose white space and the word null") {
  CHECK(clean_field(" null ") == "");
  CHECK(clean_field("某支行　") == "某支行");
  CHECK(clean_number("６２００ 1132\t05　") == "6200113205");
  CHECK(clean_number("null") == "");
  CHECK(clean_field("\"\"") == "");
  CHECK(clean_number("\"\"") == "");
}

TEST_CASE("text is fitted into bytes of GBK at a character's end") {
  CHECK(fit_gbk("医保abc", 60) == "医保abc");
  CHECK(fit_gbk("医保abc", 5) == "医保a");
  CHECK(fit_gbk("医保abc", 3) == "医");
  CHECK(fit_gbk("a𠮷b", 60) == "a?b");
  CHECK(to_gbk("医") == "\xd2\xbd");
  CHECK_FALSE(to_gbk("𠮷"));
  CHECK(from_gbk("\xd2\xbd") == "医");
  CHECK_FALSE(from_gbk("\xd2"));
}

}  // namespace bank_text_test
