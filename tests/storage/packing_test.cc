#include "storage/packing.h"

#include <catch2/catch.hpp>

#include "daemon/base/bytes.h"

using namespace jiexu;

namespace packing_test {
namespace {

std::string packed(std::string_view plain) {
  std::string out = "what was there before";
  pack(plain, out);
  return out;
}

// Bytes without repetition.
std::string noise(size_t size) {
  std::string out;
  for (uint64_t x = 88172645463325252; out.size() < size;) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    append_u64(out, x);
  }
  out.resize(size);
  return out;
}

}  // namespace

TEST_CASE("every value comes back from its packing") {
  const std::string text(700, 'x');
  for (const std::string& plain : {std::string(), std::string("a"), noise(255), noise(256), text,
                                   noise(5000), text + noise(300) + text, noise(1 << 20)}) {
    CHECK((unpack(packed(plain)).value() == plain));
  }
}

TEST_CASE("what repeats itself shrinks, and what does not grows by one byte") {
  std::string letters;
  for (int i = 0; i < 256; ++i) letters += noise(300) + std::to_string(i);
  CHECK(packed(letters).size() * 3 < letters.size());
  CHECK(packed(noise(4096)).size() == 4097);
}

TEST_CASE("a value owes nothing to those packed before it") {
  const std::string once = noise(3000);
  CHECK(packed(once).size() == 3001);
  CHECK(packed(once).size() == 3001);
  const std::string value = once + once.substr(0, 200);
  const std::string first = packed(value);
  CHECK(first.size() < 3100);
  for (int i = 0; i < 100; ++i) CHECK((unpack(packed(value)).value() == value));
}

TEST_CASE("a packed value keeps its form") {
  CHECK(to_hex(packed("abc")) == "00616263");
  CHECK(to_hex(packed(std::string(300, 'a'))).substr(0, 10) == "010000012c");
}

TEST_CASE("what is no packed value is an error and makes no memory of it") {
  const std::string good = packed(std::string(5000, 'y'));
  CHECK(unpack("").error().code == Errc::kCorrupt);
  CHECK(unpack("\x02rest").error().code == Errc::kCorrupt);
  CHECK(unpack(good.substr(0, 4)).error().code == Errc::kCorrupt);
  CHECK(unpack(good.substr(0, good.size() - 1)).error().code == Errc::kCorrupt);
  std::string larger = good;
  larger[3] = '\x7f';
  CHECK(unpack(larger).error().code == Errc::kCorrupt);
  std::string bomb = good;
  bomb[1] = '\x7f';
  CHECK(unpack(bomb).error().code == Errc::kCorrupt);
}

}  // namespace packing_test
