// What a client is told of JSON that does not fit, or that is none.
#include "daemon/api/json.h"

#include <catch2/catch.hpp>

#include "daemon/api/json_text.h"
#include "daemon/base/limits.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu::json_test {
namespace {

JsonError error_of(std::string_view body) {
  v1::ActionInput input;
  const auto read = from_json(body, &input);
  INFO(body);
  REQUIRE_FALSE(read);
  return read.error();
}

std::string wrong_with(std::string_view body) {
  const JsonError error = error_of(body);
  CHECK(error.code == Errc::kInvalid);
  return error.text;
}

JsonFinding finding_of(std::string_view body) {
  const JsonError error = error_of(body);
  REQUIRE(error.findings.size() == 1);
  return error.findings[0];
}

TEST_CASE("a code that does not exist is answered with those that do") {
  const std::string text = wrong_with(R"({"code":"NO_SUCH"})");
  CHECK_THAT(text, Catch::StartsWith("code: must be one of NOT_FOUND, "));
  CHECK_THAT(text, Catch::EndsWith("AGENCY_RETIRED"));
  CHECK(text.find("UNSPECIFIED") == std::string::npos);
  const JsonFinding finding = finding_of(R"({"code":"NO_SUCH"})");
  CHECK(finding.allowed.front() == "NOT_FOUND");
  CHECK(finding.allowed.back() == "AGENCY_RETIRED");
}

TEST_CASE("a field that does not exist is answered with those that do, at its place") {
  CHECK_THAT(wrong_with(R"({"resaon":"x"})"),
             Catch::StartsWith("resaon: there is no such field; there are application, reason, "));
  CHECK_THAT(wrong_with(R"({"paper":{"letter_accept":{"on":1}}})"),
             Catch::EndsWith("there is no such field; there are accepted_on"));
  CHECK_THAT(wrong_with(R"({"form":{"segments":[{},{"aera":"1"}]}})"),
             Catch::StartsWith("form.segments[1].aera: ") &&
                 Catch::Contains("there are area, area_name, "));
}

TEST_CASE("a value of another type is answered with how it is written") {
  CHECK(wrong_with(R"({"date":"30 November"})") == "date: must be a day, such as 2026-11-30");
  CHECK(wrong_with(R"({"amount_fen":"12.34"})") ==
        "amount_fen: must be a whole number of fen, such as 123456");
  CHECK_THAT(wrong_with(R"({"form":{"segments":[{"from_month":"x"}]}})"),
             Catch::EndsWith("must be a month, such as 2026-11"));
  CHECK(wrong_with(R"({"refund_person":"maybe"})") == "refund_person: must be true or false");
  CHECK(wrong_with(R"({"reason":7})") == "reason: must be a text");
  CHECK(wrong_with(R"({"keys_tried":"a"})") == "keys_tried: must be a list");
  CHECK(wrong_with(R"({"keys_tried":["a",null]})") == "keys_tried[1]: must be a text");
  CHECK_THAT(wrong_with(R"({"form":[]})"),
             Catch::StartsWith("form: must be an object with the fields "));
  CHECK_THAT(wrong_with("[]"), Catch::StartsWith("line 1, column 1: must be an object"));
}

TEST_CASE("a number is whole and fits its field, as number or as text") {
  v1::ActionInput input;
  for (const char* sound : {R"({"amount_fen":-9223372036854775808})", R"({"amount_fen":"12"})",
                            R"({"date":2147483647})", R"({"if_revision":18446744073709551615})",
                            R"({"if_revision":"18446744073709551615"})", R"({"amount_fen":-0})"}) {
    INFO(sound);
    CHECK(from_json(sound, &input));
  }
  for (const char* odd :
       {R"({"date":2147483648})", R"({"date":-2147483649})", R"({"attempt":-1})",
        R"({"attempt":4294967296})", R"({"amount_fen":1.0})", R"({"amount_fen":1e3})",
        R"({"amount_fen":9223372036854775808})", R"({"amount_fen":"9223372036854775808"})",
        R"({"amount_fen":"007"})", R"({"amount_fen":"+1"})", R"({"amount_fen":" 1"})",
        R"({"amount_fen":""})", R"({"amount_fen":"-"})", R"({"amount_fen":"0x10"})",
        R"({"amount_fen":18446744073709551616})", R"({"amount_fen":1e400})"}) {
    wrong_with(odd);
  }
}

TEST_CASE("a name that stands twice is refused, and so are two of which one can be") {
  CHECK(wrong_with(R"({"amount_fen":1,"amount_fen":2})") ==
        "amount_fen: stands here for the second time");
  CHECK(wrong_with(R"({"amount_fen":1,"amount\u005ffen":2})") ==
        "amount_fen: stands here for the second time");
  CHECK_THAT(wrong_with(R"({"paper":{"letter_accept":{},"letter_reject":{}}})"),
             Catch::Contains("cannot stand beside letter_accept"));
  // JSON names of protobuf are other names of the same field.
  CHECK_THAT(wrong_with(R"({"amountFen":1})"), Catch::Contains("no such field"));
}

TEST_CASE("everything that is wrong is said at once, each with line and column") {
  const JsonError error = error_of(
      "{\n  \"reason\": \"\u5df2\", \"x\": 1,\n  \"date\": \"x\",\n"
      "  \"form\": {\"segments\": [{}, {\"kind\": 1.5}]}\n}");
  REQUIRE(error.findings.size() == 3);
  CHECK(error.findings[0].field == "x");
  CHECK(error.findings[0].line == 2);
  CHECK(error.findings[0].column == 18);
  CHECK(error.findings[1].field == "date");
  CHECK(error.findings[1].line == 3);
  CHECK(error.findings[1].column == 11);
  CHECK(error.findings[2].field == "form.segments[1].kind");
  CHECK(error.findings[2].line == 4);
  CHECK(error.findings[2].column == 38);
  std::string many = "{\"keys_tried\":[1";
  for (int i = 0; i < 1000; ++i) many += ",1";
  CHECK(error_of(many + "]}").findings.size() == kJsonFindingsMax);
}

TEST_CASE("bytes are base64 with its padding") {
  v1::BankLine line;
  REQUIRE(from_json(R"({"raw":"AP8="})", &line));
  CHECK(line.raw() == std::string("\0\xff", 2));
  for (const char* odd : {R"({"raw":"AP8"})", R"({"raw":"_w=="})", R"({"raw":"A P8="})",
                          R"({"raw":"AP8=AP8="})", R"({"raw":1})"}) {
    INFO(odd);
    CHECK_FALSE(from_json(odd, &line));
  }
}

// Kinds of texts that are no JSON, as readers have been found to take them.
const std::string_view kMalformed[] = {" ",
                                       "{",
                                       "}",
                                       "[",
                                       "]",
                                       "[1",
                                       "[1,",
                                       "[1,]",
                                       "[,1]",
                                       "[1,,2]",
                                       "[1 2]",
                                       "[1]]",
                                       "[1}",
                                       "{]",
                                       R"({"a")",
                                       R"({"a":)",
                                       R"({"a":1)",
                                       R"({"a":1,)",
                                       R"({"a":1,})",
                                       R"({"a",1})",
                                       R"({"a" 1})",
                                       R"({"a"::1})",
                                       R"({a:1})",
                                       R"({'a':1})",
                                       R"({1:1})",
                                       R"({"a":1 "b":2})",
                                       R"({"a":1}})",
                                       R"({"a":1}x)",
                                       R"({"a":1}//c)",
                                       R"({"a":/*c*/1})",
                                       R"({"a":1}#)",
                                       R"({,"a":1})",
                                       "{null:1}",
                                       "nul",
                                       "nulll",
                                       "True",
                                       "tru",
                                       "falsee",
                                       "NaN",
                                       "Infinity",
                                       "-Infinity",
                                       "undefined",
                                       "-",
                                       "+1",
                                       "01",
                                       "-01",
                                       "1.",
                                       ".5",
                                       "-.5",
                                       "1e",
                                       "1e+",
                                       "1E-",
                                       "0x10",
                                       "1_000",
                                       "1.2.3",
                                       "1e1.5",
                                       "--1",
                                       "1 000",
                                       "\xef\xbc\x91",
                                       "[-]",
                                       "[1a]",
                                       "[0e]",
                                       "\"",
                                       "\"a",
                                       "\"\\\"",
                                       "\"\\x41\"",
                                       "\"\\u12\"",
                                       "\"\\u12g4\"",
                                       "\"\\U0041\"",
                                       "\"\\a\"",
                                       "\"\\\x01\"",
                                       "\"a\tb\"",
                                       "\"a\nb\"",
                                       "\"\xff\"",
                                       "\"\xc0\xaf\"",
                                       "\"\xed\xa0\x80\"",
                                       "\"\xf4\x90\x80\x80\"",
                                       "\"\xe4\xb8\"",
                                       "\"\\ud800\"",
                                       "\"\\udc00\"",
                                       "\"\\ud800\\ud800\"",
                                       "\"\\ud800x\"",
                                       "\"\\ud83d\\u0041\"",
                                       "\xef\xbb\xbf{}",
                                       "\xff\xfe{\0}",
                                       "{}\v",
                                       "\f{}",
                                       "{}\xc2\xa0",
                                       "\xe2\x81\xa0{}",
                                       "*",
                                       "<a/>",
                                       "a=1",
                                       "[\"a\",\n4\n,1,"};

TEST_CASE("what is no JSON is malformed, and is said with its place") {
  for (const std::string_view text : kMalformed) {
    const JsonError error = error_of(text);
    CHECK(error.code == Errc::kCorrupt);
    REQUIRE(error.findings.size() == 1);
    CHECK_THAT(error.text, Catch::StartsWith("line ") && Catch::Contains("here must be "));
  }
  using namespace std::string_view_literals;
  for (const std::string_view text : {"\0"sv, "{}\0"sv, "\"a\0b\""sv, "[1\0]"sv}) {
    CHECK(error_of(text).code == Errc::kCorrupt);
  }
  CHECK(error_of("{\n \"reason\": \"\u5df2\",}").text ==
        "line 2, column 16: here must be a name in quotation marks");
}

TEST_CASE("what is JSON is not called malformed, however odd") {
  for (const std::string_view text : {"1",
                                      "\"\"",
                                      "null",
                                      "true",
                                      "[]",
                                      " [ 1 , 2 ] ",
                                      "-0.0e-0",
                                      "1E+2",
                                      "[1,[2,[3]]]",
                                      "\"\\u0000\"",
                                      "\"\\ud83d\\ude00\"",
                                      "\"\\/\"",
                                      "\"\xf0\x9f\x98\x80\"",
                                      "\"\x7f\"",
                                      "{\"\":0}",
                                      "{\"a\":1,\"a\":2}",
                                      "\t\r\n {\"x\":1}\n",
                                      "123456789012345678901234567890",
                                      "1e999",
                                      "-1e999"}) {
    CHECK(error_of(text).code == Errc::kInvalid);
  }
}

TEST_CASE("nesting has a bound") {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  // The innermost is empty.
  CHECK(error_of(nested(limits::kProtoDepthMax + 1)).code == Errc::kInvalid);
  CHECK(error_of(nested(limits::kProtoDepthMax + 2)).text ==
        "line 1, column " + std::to_string(limits::kProtoDepthMax + 1) +
            ": here must be no further list or object: it is nested too deeply");
  CHECK(error_of(std::string(100'000, '[')).code == Errc::kCorrupt);
}

TEST_CASE("of lines, each error names its own") {
  v1::ActionInput input;
  CHECK(from_json("{\"x\":1}", &input, 7).error().text.starts_with("line 7: x: "));
  CHECK(from_json("{\"x\":", &input, 7).error().text.starts_with("line 7, column 6: "));
}

TEST_CASE("an answer of a newer build is read without what this one does not know") {
  const std::string newer =
      R"({"case_id":"a","new":{"x":[1]},"disposition":"NEW","person":{"sex":"FEMALE","born":1}})";
  v1::CaseView view;
  REQUIRE(from_newer_json(newer, &view));
  CHECK(view.case_id() == "a");
  CHECK(view.person().sex() == v1::SEX_FEMALE);
  CHECK(view.disposition() == v1::DISPOSITION_UNSPECIFIED);
  CHECK_FALSE(from_json(newer, &view));
  CHECK_FALSE(from_newer_json(R"({"case_id":1})", &view));
  CHECK_FALSE(from_newer_json(R"({"case_id":"a")", &view));
}

TEST_CASE("sparse JSON holds nothing but what is set") {
  v1::CaseView view;
  view.set_case_id("a");
  view.mutable_person()->set_birth_date(19910203);
  view.add_actions()->set_action("ask");
  CHECK(to_sparse_json(view) ==
        R"({"case_id":"a","person":{"birth_date":"1991-02-03"},"actions":[{"action":"ask"}]})");
  CHECK(to_sparse_json(v1::CaseView()) == "{}");
}

}  // namespace
}  // namespace jiexu::json_test
