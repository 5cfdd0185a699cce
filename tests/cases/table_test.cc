// The tables as they are printed are held in tables.golden, so that a changed transition shows in
// review as a changed line. JIEXU_REWRITE=1 in the environment rewrites the file.
#include "daemon/cases/table.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/cases/party.h"

using namespace jiexu;

namespace table_test {

TEST_CASE("the printed tables are the golden ones") {
  if (std::getenv("JIEXU_REWRITE") != nullptr) std::ofstream(TABLES_GOLDEN) << print_tables();
  std::ifstream file(TABLES_GOLDEN);
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(print_tables() == golden.str());
}

TEST_CASE("every row moves its side to a state of that side, and every rule names funds of it") {
  const auto is_out = [](int number) { return number >= 20 && number < 32; };
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const Row& row : rows(side)) {
      if (row.to == kSameRelationship) continue;
      INFO(name(row.to) << " of " << name(side));
      CHECK(is_out(static_cast<int>(row.to)) == (side == Side::kOut));
    }
    for (const FundsRule& rule : funds_rules(side)) {
      INFO(name(rule.funds) << " of " << name(side));
      CHECK(is_out(static_cast<int>(rule.funds)) == (side == Side::kOut));
      CHECK_FALSE(name(rule.money).empty());
    }
    CHECK(funds_rules(side).back().money == Money::kNothing);
  }
}

TEST_CASE("names of guards, effects and money are distinct and not empty") {
  std::set<std::string_view> guards;
  std::set<std::string_view> effects;
  std::set<std::string_view> money;
  for (int i = 0; i <= static_cast<int>(Guard::kLast); ++i) {
    CHECK(guards.insert(name(static_cast<Guard>(i))).second);
  }
  for (int i = 1; i <= static_cast<int>(Effect::kLast); ++i) {
    CHECK(effects.insert(name(static_cast<Effect>(i))).second);
  }
  for (int i = 0; i <= static_cast<int>(Money::kNothing); ++i) {
    CHECK(money.insert(name(static_cast<Money>(i))).second);
  }
  CHECK_FALSE(guards.contains(""));
  CHECK_FALSE(effects.contains(""));
  CHECK_FALSE(money.contains(""));
}

TEST_CASE("actions have names by which they are found, other events do not") {
  for (const EventKind kind : all_events()) {
    const auto found = action_from_name(name(kind));
    CHECK(found.has_value() == is_action(kind));
    if (found) CHECK(*found == kind);
  }
}

}  // namespace table_test
