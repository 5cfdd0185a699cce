// The first five are the examples of the payment and settlement measures, annex 1.
#include "daemon/rules/capital_amount.h"

#include <catch2/catch.hpp>

using namespace jiexu;

namespace capital_amount_test {

TEST_CASE("amounts in capital figures") {
  const auto [fen, text] = GENERATE(table<int64_t, std::string>({
      {140'950, "壹仟肆佰零玖元伍角整"},
      {600'714, "陆仟零柒元壹角肆分"},
      {168'032, "壹仟陆佰捌拾元叁角贰分"},
      {1'640'902, "壹万陆仟肆佰零玖元零贰分"},
      {32'504, "叁佰贰拾伍元零肆分"},
      {10'700'053, "壹拾万柒仟元伍角叁分"},
      {0, "零元整"},
      {1, "壹分"},
      {10, "壹角整"},
      {50, "伍角整"},
      {57, "伍角柒分"},
      {100, "壹元整"},
      {1'000'000, "壹万元整"},
      {1'000'100, "壹万零壹元整"},
      {10'000'000'100, "壹亿零壹元整"},
      {100'000'000'000'000, "壹万亿元整"},
      {120'345'000'000'000, "壹万贰仟零叁拾肆亿伍仟万元整"},
      {-12'345, "负壹佰贰拾叁元肆角伍分"},
  }));
  CHECK(capital_amount(Fen{fen}) == text);
}

}  // namespace capital_amount_test
