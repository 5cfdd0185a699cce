// daemon/cases/README.md draws both tables. JIEXU_REWRITE=1 in the environment puts in what the
// tables give now.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/cases/table_drawing.h"

using namespace jiexu;

namespace drawing_test {
namespace {

const std::string kReadme = std::string(TESTS_FOLDER) + "/../daemon/cases/README.md";

std::string read_readme() {
  std::ifstream file(kReadme);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string marker(Side side) {
  return "<!-- drawing of " + std::string(name(side)) + " -->\n```mermaid\n";
}

}  // namespace

TEST_CASE("the README of cases draws what the tables say") {
  for (const Side side : {Side::kIn, Side::kOut}) {
    std::string readme = read_readme();
    const size_t at = readme.find(marker(side));
    REQUIRE(at != std::string::npos);
    const size_t begin = at + marker(side).size();
    const size_t end = readme.find("```", begin);
    REQUIRE(end != std::string::npos);
    const std::string drawn = readme.substr(begin, end - begin);
    if (std::getenv("JIEXU_REWRITE") != nullptr) {
      std::ofstream(kReadme) << readme.replace(begin, end - begin, draw_table(side));
    } else {
      CHECK(drawn == draw_table(side));
    }
  }
}

TEST_CASE("a drawing begins where cases begin, and reaches every end") {
  const std::string in = draw_table(Side::kIn);
  CHECK_THAT(in, Catch::Contains("  [*] --> DRAFT: apply\n"));
  for (const char* end : {"DONE", "PAPER", "REFUSED_BY_OUT", "WITHDRAWN", "FAILED"}) {
    CHECK_THAT(in, Catch::Contains(std::string(" --> ") + end + ": "));
  }
  CHECK_THAT(draw_table(Side::kOut),
             Catch::Contains("  [*] --> LETTER_RECEIVED: letter-received\n"));
}

}  // namespace drawing_test
