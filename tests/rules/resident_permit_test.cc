#include "daemon/rules/resident_permit.h"

#include <catch2/catch.hpp>
#include <string>

#include "daemon/rules/iso7064.h"

using namespace jiexu;

namespace resident_permit_test {
namespace {

constexpr Date kToday{2026, 11, 20};

std::string made(const std::string& first17) {
  return first17 + mod_11_2_check(first17);
}

bool good(const std::string& number) {
  return wrong_with_resident_permit(number, kToday).empty();
}

}  // namespace

TEST_CASE("both forms of a permanent resident's number are known") {
  CHECK(good(made("93115619800229011")));
  CHECK(good(" " + made("93115619800229011") + "　"));
  CHECK(good("CAN310080022901"));
  CHECK(good("ＣＡＮ310080022901"));
  CHECK(good("USA440099123107"));  // 1999
}

TEST_CASE("what is none says why") {
  for (const std::string& number :
       {std::string("12"), std::string(), made("83115619800229011"), made("93115619800230011"),
        made("93115620270101011"), std::string("931156198002290110"),
        std::string("can310080022901"), std::string("CAN31008002290X"),
        std::string("CAN310080023001"), std::string("93115619800229011A")}) {
    CAPTURE(number);
    CHECK_FALSE(good(number));
  }
}

}  // namespace resident_permit_test
