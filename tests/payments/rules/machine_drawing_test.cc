// The printed tables are held in payment_tables.golden, and daemon/payments/README.md draws them.
// JIEXU_REWRITE=1 in the environment rewrites both.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/payments/rules/machine_print.h"

using namespace jiexu;

namespace machine_drawing_test {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool rewrites() {
  return std::getenv("JIEXU_REWRITE") != nullptr;
}

void compare_drawing(const std::string& what, const std::string& drawing) {
  std::string readme = read_text(PAYMENTS_README);
  const std::string marker = "<!-- drawing of a " + what + " -->\n```mermaid\n";
  const size_t at = readme.find(marker);
  REQUIRE(at != std::string::npos);
  const size_t begin = at + marker.size();
  const size_t end = readme.find("```", begin);
  REQUIRE(end != std::string::npos);
  if (rewrites()) {
    std::ofstream(PAYMENTS_README) << readme.replace(begin, end - begin, drawing);
  } else {
    CHECK(readme.substr(begin, end - begin) == drawing);
  }
}

}  // namespace

TEST_CASE("the printed tables of payments are the golden ones") {
  if (rewrites()) std::ofstream(PAYMENT_TABLES_GOLDEN) << print_payment_tables();
  CHECK(print_payment_tables() == read_text(PAYMENT_TABLES_GOLDEN));
}

TEST_CASE("the README of payments draws what the tables say") {
  compare_drawing("payment", draw_payment());
  compare_drawing("batch", draw_batch());
}

}  // namespace machine_drawing_test
