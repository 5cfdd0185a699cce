#include "daemon/trust/chain.h"

#include <catch2/catch.hpp>

#include "daemon/base/bytes.h"
#include "daemon/trust/suite.h"

using namespace jiexu;

namespace chain_test {
namespace {

const LinkName kLink{*AgencyId::parse("S41132810207"), *AgencyId::parse("S35050010301")};

std::string hex(const Digest& digest) {
  return to_hex(view(digest));
}

}  // namespace

// The heads below were computed with Python's hashlib from the formula in chain.h.
TEST_CASE("a chain worked by hand") {
  const Digest head0 = chain_start(kLink);
  CHECK(hex(head0) == "18b831b6feb64c20636a472c0574b541b287781ee09cc83691bad7d17bb3733a");
  const Digest head1 = chain_next(head0, 1, "first");
  CHECK(hex(head1) == "09bcf74e8e7be2ec5c5da5f82cb9e01492f917756c0708d776d5487e46d9810e");
  const Digest head2 = chain_next(head1, 2, "");
  CHECK(hex(head2) == "0b556e5f5eb42712e933537095d9a8e9e7c1f2a2a89c6bdc32231a66f63df425");
}

TEST_CASE("every part of a link's name, the number and the message change the head") {
  const Digest start = chain_start(kLink);
  CHECK(start != chain_start({kLink.receiver, kLink.sender}));
  CHECK(start != chain_start({kLink.sender, kLink.sender}));
  CHECK(chain_next(start, 1, "m") != chain_next(start, 2, "m"));
  CHECK(chain_next(start, 1, "m") != chain_next(start, 1, "n"));
  CHECK(chain_next(start, 1, "m") != chain_next(sha256("other head"), 1, "m"));
}

TEST_CASE("signing bytes are the domain, the link, and big-endian integers") {
  Digest prev, head;
  prev.fill(0xaa);
  head.fill(0xbb);
  const std::string link = "S41132810207S35050010301";
  const std::string as(32, '\xaa'), bs(32, '\xbb');
  using namespace std::string_literals;
  CHECK(batch_signing_bytes(kLink, 0x01020304, 5, 0x0607, prev, head) ==
        "jiexu/v1/batch" + link + "\1\2\3\4" + "\0\0\0\0\0\0\0\5"s + "\0\0\0\0\0\0\6\7"s + as + bs);
  CHECK(receipt_signing_bytes(kLink, 1, 9, head, 0x0102030405060708) ==
        "jiexu/v1/receipt" + link + "\0\0\0\1"s + "\0\0\0\0\0\0\0\x9"s + bs + "\1\2\3\4\5\6\7\x8");
  CHECK(audited_receipt_signing_bytes(kLink, 1, 9, head, 0x0102030405060708, prev) ==
        "jiexu/v1/receipt-audit" + link + "\0\0\0\1"s + "\0\0\0\0\0\0\0\x9"s + bs +
            "\1\2\3\4\5\6\7\x8" + as);
  const Speech speech{kLink.sender, kLink.receiver, 9, 0x0102030405060708};
  const std::string said = link + "\0\0\0\0\0\0\0\x9"s + "\1\2\3\4\5\6\7\x8";
  CHECK(probe_signing_bytes(speech) == "jiexu/v1/probe" + said);
  CHECK(alive_signing_bytes(speech) == "jiexu/v1/alive" + said);
  const uint32_t frames[] = {1, 2};
  const uint32_t messages[] = {10};
  CHECK(announcement_signing_bytes(speech, frames, messages) ==
        "jiexu/v1/announcement" + said + "\0\0\0\2\0\0\0\1\0\0\0\2"s + "\0\0\0\1\0\0\0\x0a"s);
}

}  // namespace chain_test
