#include "daemon/rules/policy.h"

#include <catch2/catch.hpp>
#include <set>
#include <utility>

namespace jiexu::policy_test {
namespace {

using enum DeadlineKind;
using enum ClockStart;

const Date kNow{2026, 11, 21};

// A rule as (start, working days); (0, 0) if the profile has none.
std::pair<uint32_t, int> term(std::string_view name, DeadlineKind kind) {
  const Profile* profile = find_profile(name, kNow);
  REQUIRE(profile);
  const DeadlineRule* rule = profile->find(kind);
  return rule == nullptr ? std::pair(0U, 0)
                         : std::pair(static_cast<uint32_t>(rule->start), rule->working_days);
}

std::pair<uint32_t, int> from(ClockStart start, int working_days) {
  return {static_cast<uint32_t>(start), working_days};
}

const std::pair<uint32_t, int> kNoTerm{0, 0};

}  // namespace

TEST_CASE("MOHRSS-2016 gives each side fifteen working days") {
  CHECK(term("MOHRSS-2016", kLetterDue) == from(kApplicationAccepted, 15));
  CHECK(term("MOHRSS-2016", kFormDue) == from(kLetterReceived, 15));
  CHECK(term("MOHRSS-2016", kFundsDue) == from(kLetterReceived, 15));
  CHECK(term("MOHRSS-2016", kIntakeDue) == from(kFormAndFundsReceived, 15));
  CHECK(term("MOHRSS-2016", kCreditDue) == kNoTerm);
}

TEST_CASE("NHSA-2021 limits the relationship and not the money") {
  CHECK(term("NHSA-2021", kLetterDue) == kNoTerm);
  CHECK(term("NHSA-2021", kFormDue) == from(kLetterAccepted, 10));
  CHECK(term("NHSA-2021", kFundsDue) == kNoTerm);
  CHECK(term("NHSA-2021", kIntakeDue) == from(kFormReceived, 5));
  CHECK(term("NHSA-2021", kCreditDue) == kNoTerm);
}

TEST_CASE("FJ-QZ limits the money too") {
  CHECK(term("FJ-QZ", kLetterDue) == kNoTerm);
  CHECK(term("FJ-QZ", kFormDue) == from(kLetterReceived, 8));
  CHECK(term("FJ-QZ", kFundsDue) == from(kFormIssued, 5));
  CHECK(term("FJ-QZ", kIntakeDue) == from(kFormReceived, 5));
  CHECK(term("FJ-QZ", kCreditDue) == from(kFundsReceived, 2));
}

TEST_CASE("a profile counts from the day on which it is in force") {
  CHECK_FALSE(find_profile("MOHRSS-2016", {2016, 8, 31}));
  CHECK(find_profile("MOHRSS-2016", {2016, 9, 1}));
  CHECK_FALSE(find_profile("NHSA-2021", {2021, 11, 30}));
  CHECK(find_profile("NHSA-2021", {2021, 12, 1}));
  CHECK_FALSE(find_profile("nhsa-2021", kNow));
  CHECK_FALSE(find_profile("", kNow));
}

TEST_CASE("the default is the newest national profile") {
  CHECK_FALSE(default_profile({2016, 8, 31}));
  CHECK(default_profile({2021, 11, 30})->name == "MOHRSS-2016");
  CHECK(default_profile({2021, 12, 1})->name == "NHSA-2021");
  CHECK(default_profile(kNow)->name == "NHSA-2021");
}

TEST_CASE("every rule names its source and no kind twice") {
  for (const Profile& profile : profiles()) {
    CAPTURE(profile.name);
    std::set<DeadlineKind> kinds;
    for (const DeadlineRule& rule : profile.rules) {
      CHECK(kinds.insert(rule.kind).second);
      CHECK(rule.working_days >= 1);
      CHECK_FALSE(rule.source.empty());
    }
  }
}

TEST_CASE("versions of one profile, and the national ones, stand in the order of their days") {
  const auto all = profiles();
  for (size_t later = 0; later < all.size(); ++later) {
    for (size_t earlier = 0; earlier < later; ++earlier) {
      const bool both_national = all[later].scope == ProfileScope::kNational &&
                                 all[earlier].scope == ProfileScope::kNational;
      if (!both_national && all[later].name != all[earlier].name) continue;
      CHECK(all[earlier].in_force_from < all[later].in_force_from);
    }
  }
}

}  // namespace jiexu::policy_test
