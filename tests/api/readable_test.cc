// Inputs as people write them: amounts in yuan, days as days.
#include "ops/cli/readable.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/form_draft.h"
#include "ops/cli/input.h"
#include "ops/cli/json.h"

namespace jiexu::cli::readable_test {
namespace {

TEST_CASE("amounts are written in yuan and days as days, on the command line and in files") {
  const auto& type = *v1::ActionInput::descriptor();
  const auto body = with_fields(
      type, R"({"date":"2026-11-30","form":{"person":{"birth_date":"1980-01-02"},"account":
      {"amount":"1,409.50","principal":"-0.05","interest_fen":7},"segments":[{"base":5000,
      "from_month":"2020-01","year_end_balance":""}]}})",
      {"amount=12.5", "form.segments.0.wage=3.10"});
  REQUIRE(body);
  const auto json = nlohmann::json::parse(*body);
  CHECK(json["amount_fen"] == "1250");
  CHECK(json["date"] == "20261130");
  CHECK(json["form"]["person"]["birth_date"] == "19800102");
  CHECK(json["form"]["account"] ==
        nlohmann::json({{"amount_fen", "140950"}, {"principal_fen", "-5"}, {"interest_fen", 7}}));
  CHECK(json["form"]["segments"] ==
        nlohmann::json::array(
            {{{"base_fen", "500000"}, {"from_month", "202001"}, {"wage_fen", "310"}}}));
  for (const char* odd : {"amount=1,2", "amount=12.345", "amount=,100", "amount=1,000,00",
                          "amount=", "amount=1e3", "amount=一百"}) {
    INFO(odd);
    CHECK_FALSE(with_fields(type, "", {odd}));
  }
  const auto wrong = with_fields(type, "", {"amount=12.345"});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().text == "--set amount: write the amount in yuan, such as 1234.56");
  CHECK_FALSE(with_fields(type, R"({"amount":"1.00","amount_fen":100})", {}));
}

TEST_CASE("a form to fill in comes back as it was") {
  v1::InformationForm form;
  form.mutable_person()->set_birth_date(19800102);
  form.mutable_account()->set_balance_fen(-140'950);
  form.add_segments()->set_base_fen(500'000);
  form.mutable_segments(0)->set_from_month(202001);
  const std::string shown = input_json(form);
  CHECK_THAT(shown, Catch::Contains(R"("balance": "-1409.50")") &&
                        Catch::Contains(R"("from_month": "2020-01")") &&
                        Catch::Contains(R"("birth_date": "1980-01-02")") &&
                        Catch::Contains(R"("to_month": "")") && !Catch::Contains("_fen"));
  const auto body = with_fields(*v1::ActionInput::descriptor(), shown, {});
  REQUIRE(body);
  v1::ActionInput input;
  REQUIRE(from_json(*body, &input));
  CHECK(input.form().SerializeAsString() == form.SerializeAsString());
}

TEST_CASE("a drawing is told to programs as arrows") {
  CHECK(arrows_json("stateDiagram-v2\n  [*] --> DRAFT: apply\n  DRAFT --> DONE: close, agree\n") ==
        R"([{"events":["apply"],"from":"","to":"DRAFT"},)"
        R"({"events":["close","agree"],"from":"DRAFT","to":"DONE"}])");
}

TEST_CASE("a form on paper gets the numbers that it does not bear, and keeps those that it does") {
  v1::CaseView view;
  view.set_letter_number("41130001260918000013");
  view.set_form_version(1);
  const auto form_of = [&](const std::string& form) {
    const auto whole = with_numbers_of(view, R"({"message":{"information_form":)" + form + "}}");
    return nlohmann::json::parse(whole)["message"]["information_form"];
  };
  CHECK(form_of(R"({"handler":"A"})") == nlohmann::json::parse(R"({"handler":"A","version":2,
    "replaces":1,"letter_number":"41130001260918000013",
    "form_number":"41130001260918000013-2"})"));
  CHECK(form_of(R"({"version":"1"})")["form_number"] == "41130001260918000013-1");
  const std::string whole = R"({"version":1,"letter_number":"7","form_number":"7-1","replaces":0})";
  CHECK(form_of(whole) == nlohmann::json::parse(whole));
}

}  // namespace
}  // namespace jiexu::cli::readable_test
