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

TEST_CASE("the printed tables are the golden ones") {
  if (std::getenv("JIEXU_REWRITE") != nullptr) std::ofstream(TABLES_GOLDEN) << print_tables();
  std::ifstream file(TABLES_GOLDEN);
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(print_tables() == golden.str());
}

TEST_CASE("every row moves its side to a state of that side") {
  const auto is_out = [](int number) { return number >= 20 && number < 32; };
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const Row& row : rows(side)) {
      INFO(name(row.event) << " of " << name(side));
      if (row.to != kSameRelationship) {
        CHECK(is_out(static_cast<int>(row.to)) == (side == Side::kOut));
      }
      if (row.funds_to != kSameFunds) {
        CHECK(is_out(static_cast<int>(row.funds_to)) == (side == Side::kOut));
      }
    }
  }
}

TEST_CASE("names of events, guards and effects are distinct and not empty") {
  std::set<std::string_view> guards;
  std::set<std::string_view> effects;
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const Row& row : rows(side)) {
      CHECK_FALSE(name(row.event).empty());
      CHECK_FALSE(name(row.guard).empty());
      for (const Effect effect : row.effects) {
        CHECK(name(effect).empty() == (effect == Effect::kNone));
      }
    }
  }
  for (int i = 0; i <= static_cast<int>(Guard::kFundsTerminal); ++i) {
    CHECK(guards.insert(name(static_cast<Guard>(i))).second);
  }
  for (int i = 1; i <= static_cast<int>(Effect::kPostCredited); ++i) {
    CHECK(effects.insert(name(static_cast<Effect>(i))).second);
  }
}

TEST_CASE("actions have names by which they are found, other events do not") {
  for (const EventKind kind : all_events()) {
    const auto found = action_from_name(name(kind));
    CHECK(found.has_value() == is_action(kind));
    if (found) CHECK(*found == kind);
  }
}
