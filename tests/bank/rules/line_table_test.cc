// The table of a bank line as it is printed is held in line_table.golden and drawn in
// daemon/bank/README.md; JIEXU_REWRITE=1 in the environment rewrites both.
#include "daemon/bank/rules/line_table.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/bank/rules/line_step.h"

using namespace jiexu;

namespace line_table_test {
namespace {

const std::string kReadme = std::string(TESTS_FOLDER) + "/../daemon/bank/README.md";
constexpr const char* kMarker = "<!-- drawing of a bank line -->\n```mermaid\n";

std::string read_file(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

bool rewrites() {
  return std::getenv("JIEXU_REWRITE") != nullptr;
}

}  // namespace

TEST_CASE("the printed table of a bank line is the golden one") {
  if (rewrites()) std::ofstream(LINE_TABLE_GOLDEN) << print_line_table();
  CHECK(print_line_table() == read_file(LINE_TABLE_GOLDEN));
}

TEST_CASE("the README of bank lines draws what the table says") {
  std::string readme = read_file(kReadme);
  const size_t at = readme.find(kMarker);
  REQUIRE(at != std::string::npos);
  const size_t begin = at + std::string(kMarker).size();
  const size_t end = readme.find("```", begin);
  REQUIRE(end != std::string::npos);
  const std::string drawn = readme.substr(begin, end - begin);
  if (rewrites()) {
    std::ofstream(kReadme) << readme.replace(begin, end - begin, draw_line_table());
  } else {
    CHECK(drawn == draw_line_table());
  }
}

TEST_CASE("every outcome that is kept has rows, and no row leads to another") {
  for (const OutcomeRule& rule : outcome_rules()) {
    const bool kept =
        rule.outcome != BankOutcome::kInvalid && rule.outcome != BankOutcome::kDuplicate;
    INFO(rule.name);
    CHECK(line_outcomes().has(rule.outcome) == kept);
  }
  for (const LineRow& row : line_rows()) {
    const bool named = row.to != kAsFound && row.to != kSameOutcome;
    CHECK((!named || line_outcomes().has(row.to)));
  }
}

TEST_CASE("acts, events and refusals have names, and an act is found by its own") {
  for (int i = 0; i <= static_cast<int>(LineEvent::kLast); ++i) {
    CHECK_FALSE(name(static_cast<LineEvent>(i)).empty());
  }
  for (int i = 0; i <= static_cast<int>(LineRefusal::kLast); ++i) {
    CHECK_FALSE(name(static_cast<LineRefusal>(i)).empty());
  }
  for (uint32_t i = 1; i <= static_cast<uint32_t>(LineAct::kUndo); ++i) {
    CHECK(find_line_act(name(static_cast<LineAct>(i))) == static_cast<LineAct>(i));
  }
  CHECK_FALSE(find_line_act("burn"));
}

TEST_CASE("what is refused is refused by the first rule of the ladder that it breaks") {
  LineNow line;
  line.outcome = BankOutcome::kNoCase;
  line.waits = true;
  line.amount = line.open = Fen{100};
  LineAsked asked;
  asked.event = LineEvent::kMatch;
  asked.asked = Fen{100};
  const auto refused = [&] {
    LineNow then = line;
    const auto done = step(asked, then);
    return done ? std::string("done") : std::string(name(done.error()));
  };
  CHECK(refused() == "done");
  asked.cases_give = CasesGive::kRecovering;
  CHECK(refused() == "recovering");
  asked.asked = Fen{99};
  CHECK(refused() == "sum");
  asked.usable = false;
  CHECK(refused() == "unusable");
  line.waits = false;
  CHECK(refused() == "settled");
  asked.event = LineEvent::kSame;
  line.of_payments = true;
  CHECK(refused() == "of a payment");
  asked.names_other = false;
  CHECK(refused() == "names no other");
  asked.event = LineEvent::kUndo;
  CHECK(refused() == "not by people");
  asked.explained = false;
  CHECK(refused() == "unexplained");
  line.taken_back = true;
  CHECK(refused() == "taken back");
  line.outcome = kNoLine;
  CHECK(refused() == "unknown");
  asked.event = LineEvent::kCome;
  CHECK(refused() == "done");
}

TEST_CASE("money leaves cases only if they give it") {
  LineNow line;
  line.outcome = BankOutcome::kMatchedByHand;
  line.amount = line.with_cases = Fen{100};
  line.by_people = true;
  LineAsked asked;
  asked.event = LineEvent::kUndo;
  asked.found = BankOutcome::kNoCase;
  for (const auto& [give, why] : {std::pair(CasesGive::kRecovering, LineRefusal::kRecovering),
                                  std::pair(CasesGive::kGone, LineRefusal::kMoneyGone),
                                  std::pair(CasesGive::kClosed, LineRefusal::kCaseClosed)}) {
    asked.cases_give = give;
    LineNow then = line;
    REQUIRE_FALSE(step(asked, then));
    CHECK(step(asked, then).error() == why);
  }
  asked.cases_give = CasesGive::kAll;
  REQUIRE(step(asked, line));
  CHECK(line.open == Fen{100});
  CHECK(line.with_cases == Fen{});
  CHECK(line.waits);
}

}  // namespace line_table_test
