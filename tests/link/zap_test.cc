#include "daemon/link/zap.h"

#include <catch2/catch.hpp>

#include "tests/link/transport_fixture.h"

using namespace jiexu;

namespace zap_test {
namespace {

const std::string kKeyA(32, 'a'), kKeySelf(32, 's');

std::shared_ptr<const Directory> directory() {
  return Directory::make({agency(kA, kKeyA, kNowhere), agency(kB, kKeySelf, kNowhere)}).value();
}

std::vector<std::string> request(const std::string& key) {
  return {"1.0", "\x01\x02", "jiexu", "127.0.0.1", "claimed id", "CURVE", key};
}

ZapAnswer answer(const std::vector<std::string>& frames) {
  return answer_zap(frames, *directory(), kB);
}

}  // namespace

TEST_CASE("a key of the directory is accepted as its agency") {
  const ZapAnswer reply = answer(request(kKeyA));
  CHECK(reply.verdict == ZapVerdict::kAccepted);
  REQUIRE(reply.frames.size() == 6);
  CHECK(reply.frames[0] == "1.0");
  CHECK(reply.frames[1] == "\x01\x02");
  CHECK(reply.frames[2] == "200");
  CHECK(reply.frames[4] == kA.str());
  using namespace std::string_literals;
  CHECK(reply.frames[5] == "\x05X-Key\0\0\0\x10"s + key_fingerprint(kKeyA));
}

TEST_CASE("everything else is refused without a user, and the request id is repeated") {
  std::vector<std::string> plain = request(kKeyA), null = request(kKeyA), old = request(kKeyA);
  plain[5] = "PLAIN";
  null[5] = "NULL";
  null.pop_back();
  old[0] = "0.9";
  std::vector<std::string> two_keys = request(kKeyA);
  two_keys.push_back(kKeyA);
  const std::vector<std::string> no_key(old.begin(), old.begin() + 2);
  struct Row {
    std::vector<std::string> frames;
    ZapVerdict verdict;
  };
  for (const Row& row :
       {Row{request(std::string(32, 'x')), ZapVerdict::kUnknownKey},
        Row{request(kKeySelf), ZapVerdict::kOwnKey}, Row{request("short"), ZapVerdict::kMalformed},
        Row{request(""), ZapVerdict::kMalformed}, Row{two_keys, ZapVerdict::kMalformed},
        Row{old, ZapVerdict::kMalformed}, Row{no_key, ZapVerdict::kMalformed},
        Row{{}, ZapVerdict::kMalformed}, Row{plain, ZapVerdict::kMechanism},
        Row{null, ZapVerdict::kMechanism}}) {
    const ZapAnswer reply = answer(row.frames);
    CHECK(reply.verdict == row.verdict);
    REQUIRE(reply.frames.size() == 6);
    CHECK(reply.frames[1] == (row.frames.size() > 1 ? row.frames[1] : ""));
    CHECK(reply.frames[2] == "400");
    CHECK(reply.frames[4].empty());
    CHECK(reply.frames[5].empty());
  }
}

TEST_CASE("a fingerprint tells keys apart and does not hold them") {
  CHECK(key_fingerprint(kKeyA).size() == 16);
  CHECK(key_fingerprint(kKeyA) != key_fingerprint(kKeySelf));
}

}  // namespace zap_test
