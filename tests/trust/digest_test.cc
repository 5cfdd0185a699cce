#include "daemon/trust/digest.h"

#include <catch2/catch.hpp>

#include "daemon/trust/suite.h"

using namespace jiexu;

namespace digest_test {

TEST_CASE("a digest of pieces is that of the whole") {
  const std::string text(100'000, 'x');
  Sha256 pieces;
  for (size_t at = 0; at < text.size(); at += 777)
    pieces.add(std::string_view(text).substr(at, 777));
  CHECK(pieces.digest() == sha256(text));
  CHECK(Sha256().digest() == sha256(""));
}

}  // namespace digest_test
