#include "daemon/trust/key_text.h"

#include <catch2/catch.hpp>

#include "daemon/base/bytes.h"

using namespace jiexu;

namespace key_text_test {

TEST_CASE("Z85 gives the test case of ZeroMQ RFC 32") {
  const std::string bytes = from_hex("864fd26fb559f75b").value();
  CHECK(to_z85(bytes) == "HelloWorld");
  CHECK(from_z85("HelloWorld") == bytes);
}

TEST_CASE("Z85 refuses other lengths, other characters and groups above 32 bits") {
  CHECK(from_z85("") == "");
  CHECK_FALSE(from_z85("Hell"));
  CHECK_FALSE(from_z85("Hell~"));
  CHECK(from_z85("%nSc0") == std::string(4, '\xff'));
  CHECK_FALSE(from_z85("%nSc1"));
  CHECK_FALSE(from_z85("#####"));
}

TEST_CASE("a suite key is a suite name and hex") {
  const auto key = parse_suite_key("ed25519:00ff");
  REQUIRE(key);
  CHECK(key->bytes == std::string("\x00\xff", 2));
  CHECK(suite_key_text(key->suite, key->bytes) == "ed25519:00ff");
  CHECK(parse_suite_key("00ff").error().code == Errc::kInvalid);
  CHECK(parse_suite_key("ed25519:0").error().code == Errc::kInvalid);
  CHECK(parse_suite_key("simulated:00ff").error().code == Errc::kUnsupported);
  CHECK(parse_suite_key("255:00ff").error().code == Errc::kUnsupported);
}

}  // namespace key_text_test
