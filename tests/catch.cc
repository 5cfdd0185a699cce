#include "tests/catch.h"

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

namespace jiexu {

int run_tests(int count, const char* const* words) {
  return Catch::Session().run(count, words);
}

}  // namespace jiexu
