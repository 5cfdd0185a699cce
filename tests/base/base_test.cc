#include <catch2/catch.hpp>

#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/text.h"
#include "daemon/base/time.h"

namespace jiexu::base_test {

TEST_CASE("an agency code is S and eleven digits") {
  const auto id = AgencyId::parse("S41132810207");
  REQUIRE(id);
  CHECK_FALSE(*id != *AgencyId::parse("S41132810207"));
  CHECK(id->area() == "411328");
  CHECK(id->office() == "07");
  CHECK_FALSE(AgencyId::parse("S4113281020"));
  CHECK_FALSE(AgencyId::parse("411328102071"));
  CHECK_FALSE(AgencyId::parse("S4113281020x"));
}

TEST_CASE("a case id sorts by time and survives its text form") {
  const CaseId early = CaseId::make(1'700'000'000'000, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  const CaseId late = CaseId::make(1'700'000'000'001, {});
  CHECK(early < late);
  CHECK(CaseId::parse(early.str()) == early);
  CHECK(early.str()[14] == '7');
  CHECK_FALSE(CaseId::parse("not-a-case"));
}

TEST_CASE("money is exact") {
  CHECK(Fen{123456}.yuan() == "1234.56");
  CHECK(Fen{-5}.yuan() == "-0.05");
  CHECK(Fen::parse_yuan("1234.5")->value == 123450);
  CHECK(Fen::parse_yuan("-0.05")->value == -5);
  CHECK_FALSE(Fen::parse_yuan("1.234"));
  CHECK_FALSE(Fen::parse_yuan("1."));
  CHECK_FALSE(Fen::parse_yuan(""));
  CHECK_FALSE(Fen::parse_yuan("1e5"));
  CHECK_FALSE(add(Fen{INT64_MAX}, Fen{1}));
}

TEST_CASE("dates are judged in China Standard Time") {
  const Instant last_ms_of_day{1'789'747'199'999};  // 2026-09-18T23:59:59.999+08:00
  CHECK(date_of(last_ms_of_day).str() == "2026-09-18");
  CHECK(date_of(last_ms_of_day.plus_ms(1)).str() == "2026-09-19");
  CHECK(end_of(*Date::parse("2026-09-18")) == last_ms_of_day);
  CHECK(last_ms_of_day.str() == "2026-09-18T23:59:59.999+08:00");
  CHECK_FALSE(Date::parse("2026-02-29"));
  CHECK(Date::from_days(Date{2024, 2, 29}.days()) == Date{2024, 2, 29});
}

TEST_CASE("one name in several spellings has one key") {
  CHECK(name_key("阿依古丽·买买提") == name_key("阿依古丽・买买提"));
  CHECK(name_key("阿依古丽．买买提") == name_key("阿依古丽•买买提 "));
  CHECK(name_key("王　伟") == name_key("王伟"));
  CHECK(name_key("王伟") != name_key("王玮"));
}

TEST_CASE("characters of private use, compatible forms and all dots are one name") {
  CHECK(name_key("王\u4dae") == name_key("王\ue863"));  // 䶮
  CHECK(name_key("王\u9fb4") == name_key("王\ue81e"));  // 龴
  CHECK(name_key("王\U00020087") == name_key("王\ue816"));
  CHECK(name_key("\uf9d1") == name_key("\u516d"));  // a compatibility ideograph
  const std::string one = name_key("阿卜杜拉·买买提");
  for (const char* dot : {"•", "・", "．", "‧", "\u2219", "\u22c5", "\uff65", "\u2024", "."}) {
    CHECK(name_key("阿卜杜拉" + std::string(dot) + "买买提") == one);
  }
  CHECK(name_key("\xff王") == "\xff王");
}

TEST_CASE("the key of a document's number is as it ever was") {
  CHECK(number_key("ａｂ 12·3") == "AB12\u00b73");
  CHECK(number_key("\ue863") == "\ue863");
  CHECK(number_key("\u2219") == "\u2219");
}

TEST_CASE("what is left of a cut character is dropped") {
  CHECK(drop_cut_utf8("医保") == "医保");
  CHECK(drop_cut_utf8("医\xe4\xbf") == "医");
  CHECK(drop_cut_utf8("医\xe4") == "医");
  CHECK(drop_cut_utf8("\xf0\x9f\x98") == "");
  CHECK(drop_cut_utf8("abc") == "abc");
  CHECK(drop_cut_utf8("") == "");
}

TEST_CASE("what nobody sees is found and shown") {
  for (const char* hidden : {"王\n五", "a\rb", "\x1b[31m", "\u202e王", "李\u200b四", "\u2028",
                             "\u061c", "\ufeff", "\u2066", "a\tb", "\x7f", "\u0085"}) {
    CHECK(has_hidden(hidden));
  }
  CHECK(has_hidden(std::string_view("a\0b", 3)));
  for (const char* plain : {"", "王五", "阿卜杜拉·买买提", "José", "𠮷野", "“a” – b", "Ⅳ"}) {
    CHECK_FALSE(has_hidden(plain));
  }
  CHECK(show_hidden("\u202e王\x1b[0m\n", false) == "\\u{202e}王\\u{1b}[0m\\u{a}");
  CHECK(show_hidden("a\tb\r\n", true) == "a\tb\\u{d}\n");
  CHECK(show_hidden("\xffz", true) == "\\xffz");
}

TEST_CASE("full-width text folds, ill-formed text is seen") {
  CHECK(fold_width("１２３Ａ　ｂ") == "123A b");
  CHECK(trim("　 北京正阳门支行　") == "北京正阳门支行");
  CHECK(trim("　 ") == "");
  CHECK(is_utf8("𠮷野"));
  CHECK(utf8_length("𠮷野") == 2);
  CHECK_FALSE(is_utf8("\xc0\x80"));
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));
  CHECK_FALSE(is_utf8("\xe4\xb8"));
}

}  // namespace jiexu::base_test
