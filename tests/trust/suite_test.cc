#include "daemon/trust/suite.h"

#include <catch2/catch.hpp>
#include <set>

#include "daemon/base/bytes.h"

using namespace jiexu;

namespace suite_test {
namespace {

std::string hex(const char* text) {
  return from_hex(text).value();
}

std::string sha256_hex(std::string_view in) {
  return to_hex(view(sha256(in)));
}

struct Vector {
  const char* secret;
  const char* pub;
  const char* message;
  const char* signature;
};

// RFC 8032, section 7.1, tests 1 to 3 and "SHA(abc)".
constexpr Vector kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "b"
     "bd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e"
     "0"
     "303dca179c138ac17ad9bef1177331a704"},
};

}  // namespace

TEST_CASE("SHA-256 gives the values of FIPS 180-4") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 of pieces is that of their concatenation") {
  CHECK(sha256({"a", "", "bc"}) == sha256("abc"));
  CHECK(sha256({}) == sha256(""));
}

TEST_CASE("Ed25519 signs and verifies the vectors of RFC 8032") {
  for (const Vector& v : kRfc8032) {
    const auto signer = make_signer(SuiteId::kEd25519, hex(v.secret));
    REQUIRE(signer);
    const PublicKey& key = (*signer)->public_key();
    CHECK(to_hex(key.bytes) == v.pub);
    CHECK(to_hex((*signer)->sign(hex(v.message))) == v.signature);
    const auto verifier = make_verifier(key);
    REQUIRE(verifier);
    CHECK((*verifier)->verify(hex(v.message), hex(v.signature)));
  }
}

TEST_CASE("Ed25519 refuses a signature with any bit flipped, of other length, or of other bytes") {
  const auto signer = make_signer(SuiteId::kEd25519, hex(kRfc8032[0].secret));
  const auto verifier = make_verifier((*signer)->public_key());
  const std::string signature = (*signer)->sign("message");
  REQUIRE((*verifier)->verify("message", signature));
  for (size_t bit = 0; bit < signature.size() * 8; ++bit) {
    std::string bad = signature;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    CHECK_FALSE((*verifier)->verify("message", bad));
  }
  CHECK_FALSE((*verifier)->verify("message", signature.substr(1)));
  CHECK_FALSE((*verifier)->verify("message", signature + '\0'));
  CHECK_FALSE((*verifier)->verify("message", ""));
  CHECK_FALSE((*verifier)->verify("massage", signature));
}

// With the neutral point as key and as R, S = 0 satisfies the equation for every message.
TEST_CASE("under a key of small order no signature verifies") {
  const std::string neutral = '\x01' + std::string(31, '\0');
  const auto verifier = make_verifier({SuiteId::kEd25519, neutral});
  REQUIRE(verifier);
  CHECK_FALSE((*verifier)->verify("message", neutral + std::string(32, '\0')));
}

TEST_CASE("keys of the wrong length are invalid") {
  CHECK(make_signer(SuiteId::kEd25519, "short").error().code == Errc::kInvalid);
  CHECK(make_verifier({SuiteId::kEd25519, std::string(33, 'k')}).error().code == Errc::kInvalid);
}

TEST_CASE("the simulator's suite and unknown ones do not exist in the daemon") {
  const std::string key(32, 'k');
  for (int number : {0, 2, 254, 255}) {
    const SuiteId suite = static_cast<SuiteId>(number);
    CHECK(make_signer(suite, key).error().code == Errc::kUnsupported);
    CHECK(make_verifier({suite, key}).error().code == Errc::kUnsupported);
  }
}

TEST_CASE("a key id is the first eight bytes of SHA-256 over suite number and key") {
  const PublicKey key{SuiteId::kEd25519, std::string(32, 'k')};
  const Digest digest = sha256("\x01" + key.bytes);
  CHECK(std::equal(digest.begin(), digest.begin() + 8, key_id(key).begin()));
  CHECK(key_id(key) != key_id({SuiteId::kSimulated, key.bytes}));
}

TEST_CASE("random bytes and new private keys do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    CHECK(seen.insert(random_bytes(32)).second);
    CHECK(seen.insert(generate_private_key(SuiteId::kEd25519)).second);
  }
  CHECK(random_bytes(0).empty());
}

}  // namespace suite_test
