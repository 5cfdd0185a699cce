// What is turned away before the engine sees it, with the reason by which it is counted: whoever
// the carrier says has sent it can speak for itself alone.
#include "daemon/engine/intake.h"

#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace intake_test {
namespace {

// `out_site` speaks to `in_site`.
const LinkName kTheirs{out_site(), in_site()};
const LinkName kOurs{in_site(), out_site()};

std::string batch_of(const LinkName& link, const Signer& signer) {
  FrameWriter writer(link, 1, 1, chain_start(link));
  writer.add(v1::Message());
  return writer.close(signer);
}

std::string open_of(const LinkName& link, const Signer& signer,
                    std::optional<Receipt> receipt = std::nullopt) {
  OpenFrame open{kProtocolVersion, link, 1, 1, 5, chain_start(link), 5};
  sign(open, signer);
  open.receipt = std::move(receipt);
  return encode(open);
}

Receipt receipt_of(const LinkName& link, const Signer& signer, Seq through = 5) {
  return make_receipt(link, 1, through, chain_start(link), kNow, signer);
}

std::string opened_of(const Receipt& receipt, std::optional<BatchProof> proof = std::nullopt) {
  return encode(OpenedFrame{1, receipt, 1 << 20, std::move(proof)});
}

std::string fetched_of(const std::string& batch) {
  FetchedFrame frame;
  frame.batch = decode_batch(share(batch)).value();
  return encode(frame);
}

tl::expected<PeerFrame, Turned> take(Lane lane, const std::string& bytes) {
  return take_in(in_site(), out_site(), lane, bytes, *test_directory());
}

const Signer& theirs() {
  return *signer_of(out_site());
}
const Signer& ours() {
  return *signer_of(in_site());
}

}  // namespace

TEST_CASE("whoever speaks for another, or without a good signature, is turned away by name") {
  const LinkName third{third_site(), in_site()}, elsewhere{out_site(), third_site()};
  const struct {
    const char* what;
    Lane lane;
    std::string bytes;
    v1::RefuseReason reason;
  } lies[] = {
      {"a batch of another sender", Lane::kForward, batch_of(third, *signer_of(third_site())),
       v1::REFUSE_REASON_WRONG_AGENCY},
      {"a batch for another receiver", Lane::kForward, batch_of(elsewhere, theirs()),
       v1::REFUSE_REASON_WRONG_AGENCY},
      {"a batch of ours", Lane::kForward, batch_of(kOurs, ours()), v1::REFUSE_REASON_WRONG_AGENCY},
      {"a batch under another's key", Lane::kForward, batch_of(kTheirs, *signer_of(third_site())),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"an Open of another sender", Lane::kForward, open_of(third, *signer_of(third_site())),
       v1::REFUSE_REASON_WRONG_AGENCY},
      {"an Open under another's key", Lane::kForward, open_of(kTheirs, ours()),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"a receipt for another's messages", Lane::kReply,
       encode(receipt_of({third_site(), out_site()}, theirs())), v1::REFUSE_REASON_WRONG_AGENCY},
      {"a receipt of another receiver", Lane::kReply,
       encode(receipt_of({in_site(), third_site()}, *signer_of(third_site()))),
       v1::REFUSE_REASON_WRONG_AGENCY},
      {"a receipt under our own key", Lane::kReply, encode(receipt_of(kOurs, ours())),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"an Opened with such a receipt", Lane::kReply, opened_of(receipt_of(kOurs, ours())),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"a frame of ours that we did not sign", Lane::kReply, fetched_of(batch_of(kOurs, theirs())),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"a frame of another's given back", Lane::kReply, fetched_of(batch_of(kTheirs, theirs())),
       v1::REFUSE_REASON_WRONG_AGENCY},
      {"no frame", Lane::kForward, "\x01garbage", v1::REFUSE_REASON_MALFORMED},
      {"a batch on the reply lane", Lane::kReply, batch_of(kTheirs, theirs()),
       v1::REFUSE_REASON_MALFORMED},
      {"a Probe of another", Lane::kForward,
       encode(make_probe(kTheirs, 1, kNow, *signer_of(third_site()))),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"an Alive of another", Lane::kReply,
       encode(make_alive(kTheirs, 1, kNow, *signer_of(third_site()))),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"an Alive that we have said", Lane::kReply, encode(make_alive(kOurs, 1, kNow, ours())),
       v1::REFUSE_REASON_BAD_SIGNATURE},
      {"an Alive on the forward lane", Lane::kForward,
       encode(make_alive(kTheirs, 1, kNow, theirs())), v1::REFUSE_REASON_MALFORMED},
      {"a receipt on the forward lane", Lane::kForward, encode(receipt_of(kOurs, theirs())),
       v1::REFUSE_REASON_MALFORMED},
  };
  for (const auto& [what, lane, bytes, reason] : lies) {
    INFO(what);
    const auto taken = take(lane, bytes);
    REQUIRE_FALSE(taken);
    CHECK(v1::RefuseReason_Name(taken.error().reason) == v1::RefuseReason_Name(reason));
    CHECK(taken.error().answer.has_value() == (lane == Lane::kForward));
  }
  CHECK(take(Lane::kForward, batch_of(kTheirs, theirs())));
  CHECK(take(Lane::kForward, open_of(kTheirs, theirs())));
  CHECK(take(Lane::kReply, encode(receipt_of(kOurs, theirs()))));
  CHECK(take(Lane::kReply, opened_of(receipt_of(kOurs, theirs()))));
  CHECK(take(Lane::kReply, fetched_of(batch_of(kOurs, ours()))));
  CHECK(take(Lane::kForward, encode(make_probe(kTheirs, 1, kNow, theirs()))));
  CHECK(take(Lane::kReply, encode(make_alive(kTheirs, 1, kNow, theirs()))));
}

TEST_CASE("an announcement counts only under the peer's signature and of this session") {
  const struct {
    Announcement said;
    bool counts;
  } cases[] = {{announce(kTheirs, 1, kNow, theirs()), true},
               {announce(kTheirs, 2, kNow, theirs()), false},
               {announce(kOurs, 1, kNow, theirs()), false},
               {announce(kTheirs, 1, kNow, *signer_of(third_site())), false}};
  for (const auto& [said, counts] : cases) {
    OpenFrame open{kProtocolVersion, kTheirs, 1, 1, 5, chain_start(kTheirs), 5};
    sign(open, theirs());
    open.announcement = said;
    const auto heard = take(Lane::kForward, encode(open));
    REQUIRE(heard);
    CHECK(std::get<OpenFrame>(heard->frame).announcement.has_value() == counts);
    OpenedFrame opened{1, receipt_of(kOurs, theirs()), 1 << 20};
    opened.announcement = said;
    const auto answered = take(Lane::kReply, encode(opened));
    REQUIRE(answered);
    CHECK(std::get<OpenedFrame>(answered->frame).announcement.has_value() == counts);
  }
}

TEST_CASE(
    "a receipt that Open shows counts only if it is ours and for the number that Open names") {
  const struct {
    std::optional<Receipt> shown;
    bool counts;
  } shown[] = {{receipt_of(kTheirs, ours()), true},
               {receipt_of(kTheirs, theirs()), false},
               {receipt_of(kTheirs, ours(), 4), false},
               {receipt_of(kOurs, ours()), false},
               {std::nullopt, false}};
  for (const auto& [receipt, counts] : shown) {
    const auto taken = take(Lane::kForward, open_of(kTheirs, theirs(), receipt));
    REQUIRE(taken);
    CHECK(std::get<OpenFrame>(taken->frame).receipt.has_value() == counts);
  }
}

TEST_CASE("a proof in Opened counts only if we have signed it") {
  const auto proof_of = [](const std::string& bytes) {
    const BatchFrame batch = decode_batch(share(bytes)).value();
    return BatchProof{batch.epoch, batch.first_seq, batch.prev_head, batch.key,
                      std::string(batch.signature)};
  };
  const BatchFrame batch = decode_batch(share(batch_of(kOurs, ours()))).value();
  const Receipt receipt = make_receipt(kOurs, 1, 1, batch.head, kNow, theirs());
  const std::string own = batch_of(kOurs, ours()), forged = batch_of(kOurs, theirs());
  const auto counts = [&](const Receipt& claim, const std::string& bytes) {
    const auto taken = take(Lane::kReply, opened_of(claim, proof_of(bytes)));
    REQUIRE(taken);
    return std::get<OpenedFrame>(taken->frame).proof.has_value();
  };
  CHECK(counts(receipt, own));
  CHECK_FALSE(counts(receipt, forged));
  CHECK_FALSE(counts(make_receipt(kOurs, 1, 2, batch.head, kNow, theirs()), own));
  CHECK_FALSE(counts(make_receipt(kOurs, 1, 1, Digest{1}, kNow, theirs()), own));
}

}  // namespace intake_test
