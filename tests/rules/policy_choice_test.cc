// Profiles chosen by agency pair and day.
#include "daemon/rules/policy_choice.h"

#include <catch2/catch.hpp>

using namespace jiexu;

namespace policy_choice_test {
namespace {

const AgencyId kQuanzhou = *AgencyId::parse("S35050000101");
const AgencyId kJinjiang = *AgencyId::parse("S35058200101");
const AgencyId kNanyang = *AgencyId::parse("S41130010001");

std::vector<ProfileChoice> rows(std::initializer_list<std::string_view> texts) {
  std::vector<ProfileChoice> out;
  for (const std::string_view text : texts) {
    auto row = parse_profile_choice(text);
    REQUIRE(row);
    out.push_back(std::move(*row));
  }
  return out;
}

}  // namespace

TEST_CASE("without rows the national rule of the day counts") {
  CHECK(choose_profile({}, kNanyang, kQuanzhou, {2026, 11, 20}) == "NHSA-2021");
  CHECK(choose_profile({}, kNanyang, kQuanzhou, {2021, 11, 30}) == "MOHRSS-2016");
  CHECK(choose_profile({}, kNanyang, kQuanzhou, {2010, 1, 1}).empty());
}

TEST_CASE("a row counts for its pair, from its day on") {
  const auto all = rows({"S3505 S3505 2022-01-01 FJ-QZ"});
  CHECK(choose_profile(all, kQuanzhou, kJinjiang, {2026, 11, 20}) == "FJ-QZ");
  CHECK(choose_profile(all, kQuanzhou, kJinjiang, {2021, 12, 31}) == "NHSA-2021");
  CHECK(choose_profile(all, kNanyang, kJinjiang, {2026, 11, 20}) == "NHSA-2021");
  CHECK(choose_profile(all, kQuanzhou, kNanyang, {2026, 11, 20}) == "NHSA-2021");
}

TEST_CASE("the longer prefix decides, then the later day, whatever the order of the rows") {
  const auto all = rows(
      {"S3505 * 2022-01-01 FJ-QZ", "* * 2025-01-01 MOHRSS-2016", "S3505 * 2024-01-01 NHSA-2021"});
  CHECK(choose_profile(all, kNanyang, kQuanzhou, {2026, 1, 1}) == "MOHRSS-2016");
  CHECK(choose_profile(all, kQuanzhou, kNanyang, {2026, 1, 1}) == "NHSA-2021");
  CHECK(choose_profile(all, kQuanzhou, kNanyang, {2023, 1, 1}) == "FJ-QZ");
}

TEST_CASE("rows that say nothing sound are refused, and the error says why") {
  const auto [row, why] = GENERATE(table<std::string, std::string>({
      {"", "FROM TO SINCE PROFILE"},
      {"* * 2022-01-01", "FROM TO SINCE PROFILE"},
      {"* * 2022-01-01 FJ-QZ more", "FROM TO SINCE PROFILE"},
      {"3505 * 2022-01-01 FJ-QZ", "agency code"},
      {"* Sx 2022-01-01 FJ-QZ", "agency code"},
      {"* * 2022-02-30 FJ-QZ", "no date"},
      {"* * 2022-01-01 NONE", "no profile"},
      {"* * 2015-01-01 FJ-QZ", "no profile"},
  }));
  const auto parsed = parse_profile_choice(row);
  REQUIRE_FALSE(parsed);
  CHECK_THAT(parsed.error().text, Catch::Contains(why));
}

}  // namespace policy_choice_test
