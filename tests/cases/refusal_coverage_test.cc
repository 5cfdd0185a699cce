// Every refusal is named by a test: in the words of the program or by the name that answers have.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/cases/refusal.h"

using namespace jiexu;

namespace refusal_coverage_test {
namespace {

// "kBatchUnknown" for batch_unknown; one has two names.
std::string in_code(Refusal refusal) {
  if (refusal == Refusal::kGuardFailed) return "kGuardFailed";
  std::string out = "k";
  bool capital = true;
  for (const char c : name(refusal)) {
    if (c != '_') out += capital ? static_cast<char>(std::toupper(c)) : c;
    capital = c == '_';
  }
  return out;
}

// The tests that try what is refused; this one does not.
std::string texts_of_tests() {
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TESTS_FOLDER)) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with("_test.cc") || file == "refusal_coverage_test.cc") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    all += text.str();
  }
  return all;
}

}  // namespace

TEST_CASE("no refusal is without a test that names it, a name and a sentence") {
  const std::string tests = texts_of_tests();
  int refusals = 0;
  for (int number = 1; number < 1000; ++number) {
    const auto refusal = static_cast<Refusal>(number);
    if (name(refusal) == "none") continue;
    ++refusals;
    INFO("refusal " << number << ", " << name(refusal));
    const bool by_code = tests.find("Refusal::" + in_code(refusal)) != std::string::npos;
    const bool by_name = tests.find("\"" + std::string(name(refusal)) + "\"") != std::string::npos;
    CHECK((by_code || by_name));
    CHECK_FALSE(explain(refusal).empty());
  }
  CHECK(refusals > 50);
}

}  // namespace refusal_coverage_test
