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
  CHECK(parse_amount(".5")->value == 50);
  CHECK(parse_amount("-.05")->value == -5);
  CHECK(parse_amount("5.")->value == 500);
  CHECK(parse_amount("\n 149.87\n")->value == 14987);
  CHECK(parse_amount("000000000000012.5")->value == 1250);
  CHECK(parse_amount("0")->value == 0);
  for (const char* bad : {"", "-", ".", "-.", ". 5", "1.234", "1,000", "1e3", "0x10",
                          "10000000000000", "--1", "1 2", "一"}) {
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

TEST_CASE("a number that was cut into lines is whole again, and what is whole stays apart") {
  const std::string letter = "41130001261130000013", batch = "320100012611200000026";
  CHECK(join_text({"医保转移 411300012611", "30000013"}) == "医保转移 " + letter);
  CHECK(join_text({"4113000", "1261130", "000013 转移"}) == letter + " 转移");
  CHECK(join_text({"32010001261", "1200000026"}) == batch);
  CHECK(join_text({letter, "41130001261130000021"}) == letter + " 41130001261130000021");
  CHECK(join_text({"1", letter}) == "1 " + letter);
  CHECK(join_text({letter, "1"}) == letter + " 1");
  CHECK(join_text({"4113000126", "转移", "1130000013"}) == "4113000126 转移 1130000013");
  CHECK(join_text({"411300", "1261130000013999"}) == "411300 1261130000013999");
  CHECK(join_text({"", "a"}) == "a");
  CHECK(join_text({}).empty());
}

TEST_CASE("what is left of a character that was cut is dropped") {
  CHECK(decode_cut_gbk("\xd2\xbd\xb1") == "医");
  CHECK(decode_cut_gbk("\xd2\xbd\xb1\xa3") == "医保");
  CHECK(decode_cut_gbk("") == "");
  CHECK_FALSE(decode_cut_gbk("\xff\xff\xd2"));
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
