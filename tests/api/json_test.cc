// What a client is told of JSON that does not fit.
#include "daemon/api/json.h"

#include <catch2/catch.hpp>

#include "jiexu/v1/api.pb.h"

namespace jiexu::json_test {
namespace {

std::string wrong_with(std::string_view body) {
  v1::ActionInput input;
  const Result<void> read = from_json(body, &input);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::kInvalid);
  return read.error().text;
}

TEST_CASE("a code that does not exist is answered with those that do") {
  const std::string text = wrong_with(R"({"code":"NO_SUCH"})");
  CHECK_THAT(text, Catch::StartsWith("code: must be one of REJECT_CODE_NOT_FOUND, "));
  CHECK_THAT(text, Catch::EndsWith("REJECT_CODE_AGENCY_RETIRED"));
  CHECK(text.find("UNSPECIFIED") == std::string::npos);
}

TEST_CASE("a field that does not exist is answered with those that do, at its place") {
  CHECK_THAT(wrong_with(R"({"resaon":"x"})"),
             Catch::StartsWith("resaon: there is no such field; there are application, reason, "));
  CHECK_THAT(wrong_with(R"({"paper":{"letter_accept":{"on":1}}})"),
             Catch::EndsWith("there is no such field; there are accepted_on"));
  CHECK_THAT(wrong_with(R"({"form":{"segments":[{},{"aera":"1"}]}})"),
             Catch::Contains("there are area, area_name, "));
}

TEST_CASE("a value of another type is answered with how it is written") {
  CHECK(wrong_with(R"({"date":"30 November"})") ==
        "date: must be a day as yyyymmdd, such as 20261130");
  CHECK(wrong_with(R"({"amount_fen":"12.34"})") ==
        "amount_fen: must be a whole number of fen, such as 123456");
  CHECK_THAT(wrong_with(R"({"form":{"segments":[{"from_month":"x"}]}})"),
             Catch::EndsWith("must be a month as yyyymm, such as 202611"));
  CHECK(wrong_with(R"({"refund_person":"maybe"})") == "refund_person: must be true or false");
}

TEST_CASE("a text that is no JSON is answered in the parser's own words") {
  CHECK_FALSE(wrong_with("{").empty());
  CHECK_FALSE(wrong_with("[]").empty());
}

}  // namespace
}  // namespace jiexu::json_test
