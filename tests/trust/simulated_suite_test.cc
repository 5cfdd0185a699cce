#include "daemon/trust/simulated_suite.h"

#include <catch2/catch.hpp>

#include "daemon/trust/suite.h"

using namespace jiexu;

namespace simulated_suite_test {

TEST_CASE("simulated signatures verify with their key and message only, and are repeatable") {
  REQUIRE(make_signer(SuiteId::kSimulated, std::string(32, 'a')).error().code ==
          Errc::kUnsupported);
  enable_simulated_suite();
  const auto a = make_signer(SuiteId::kSimulated, std::string(32, 'a'));
  const auto b = make_signer(SuiteId::kSimulated, std::string(32, 'b'));
  REQUIRE(a);
  REQUIRE(b);
  CHECK((*a)->public_key() != (*b)->public_key());
  const auto verifier = make_verifier((*a)->public_key());
  REQUIRE(verifier);
  CHECK((*verifier)->verify("m", (*a)->sign("m")));
  CHECK_FALSE((*verifier)->verify("n", (*a)->sign("m")));
  CHECK_FALSE((*verifier)->verify("m", (*b)->sign("m")));
  CHECK((*a)->sign("m") == (*a)->sign("m"));
  CHECK(make_signer(SuiteId::kSimulated, "short").error().code == Errc::kInvalid);
  CHECK(make_verifier({SuiteId::kSimulated, "short"}).error().code == Errc::kInvalid);
}

}  // namespace simulated_suite_test
