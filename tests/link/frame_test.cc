// Frames of every kind come out of their bytes as they went in, and signatures hold what they say.
#include "daemon/link/frame.h"

#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace frame_test {
namespace {

Digest digest_of(uint8_t fill) {
  Digest digest;
  digest.fill(fill);
  return digest;
}

Receipt sample_receipt() {
  return make_receipt(link_world().link, 3, 17, digest_of(7), Instant{1795140000000},
                      *link_world().signer_b);
}

BatchFrame sample_batch(size_t messages) {
  MemoryLog log;
  return decoded<BatchFrame>(*log.write(messages, 100).bytes);
}

}  // namespace

TEST_CASE("Open comes back as it was sent") {
  const OpenFrame sent{kProtocolVersion, link_world().link, UINT64_MAX, 3, 17, digest_of(9), 16};
  const auto got = decoded<OpenFrame>(encode(sent));
  CHECK(got.protocol == 1);
  CHECK(got.link == sent.link);
  CHECK(got.session == sent.session);
  CHECK(got.epoch == 3);
  CHECK(got.last_seq == 17);
  CHECK(got.last_head == sent.last_head);
  CHECK(got.receipted_seq == 16);
}

TEST_CASE("Receipt and Opened come back as they were sent, and verify") {
  const Receipt sent = sample_receipt();
  const auto got = decoded<Receipt>(encode(sent));
  CHECK(got.link == sent.link);
  CHECK(got.epoch == 3);
  CHECK(got.through == 17);
  CHECK(got.head == sent.head);
  CHECK(got.received_at == sent.received_at);
  CHECK(got.key == sent.key);
  CHECK(got.signature == sent.signature);
  CHECK(verify(got, *link_world().directory));
  const auto opened = decoded<OpenedFrame>(encode(OpenedFrame{42, sent, 1000}));
  CHECK(opened.session == 42);
  CHECK(opened.window_bytes == 1000);
  CHECK(verify(opened.receipt, *link_world().directory));
  CHECK_FALSE(opened.proof);
}

TEST_CASE("Open and Opened carry what the other side has signed, and each bit of it counts") {
  MemoryLog log;
  log.write(2);
  const auto batch = decoded<BatchFrame>(*log.write(3).bytes);
  const BatchProof proof{batch.epoch, batch.first_seq, batch.prev_head, batch.key,
                         std::string(batch.signature)};
  OpenFrame sent{kProtocolVersion, link_world().link, 1, 1, 5, log.head(), 5};
  sent.receipt = receipt_for(log);
  const auto open = decoded<OpenFrame>(encode(sent));
  REQUIRE(open.receipt);
  CHECK(verify(*open.receipt, *link_world().directory));
  CHECK(open.receipt->through == 5);
  const auto opened = decoded<OpenedFrame>(encode(OpenedFrame{42, receipt_for(log), 1, proof}));
  REQUIRE(opened.proof);
  const auto holds = [&](const BatchProof& shown, const Receipt& receipt) {
    return verify(shown, receipt, *link_world().directory).has_value();
  };
  CHECK(holds(*opened.proof, opened.receipt));
  Receipt claim = opened.receipt;
  claim.through += 1;
  CHECK_FALSE(holds(*opened.proof, claim));
  claim = opened.receipt;
  claim.head[0] ^= 1;
  CHECK_FALSE(holds(*opened.proof, claim));
  BatchProof other = *opened.proof;
  other.epoch += 1;
  CHECK_FALSE(holds(other, opened.receipt));
  other = *opened.proof;
  other.signature[5] = static_cast<char>(other.signature[5] ^ 1);
  CHECK_FALSE(holds(other, opened.receipt));
  other = *opened.proof;
  other.key = key_id(link_world().signer_b->public_key());
  CHECK_FALSE(holds(other, opened.receipt));
}

TEST_CASE("a receipt with an audit head signs it, and is another one without it") {
  const Receipt sent = make_receipt(link_world().link, 3, 17, digest_of(7), Instant{1},
                                    *link_world().signer_b, digest_of(8));
  Receipt got = decoded<Receipt>(encode(sent));
  CHECK(got.audit_head == digest_of(8));
  CHECK(verify(got, *link_world().directory));
  got.audit_head = digest_of(9);
  CHECK_FALSE(verify(got, *link_world().directory));
  got.audit_head.reset();
  CHECK_FALSE(verify(got, *link_world().directory));
  Receipt plain = sample_receipt();
  plain.audit_head = Digest{};
  CHECK_FALSE(verify(plain, *link_world().directory));
}

TEST_CASE("an announcement comes back as it was sent, and each part of it is signed") {
  OpenFrame open{kProtocolVersion, link_world().link, 5, 1, 0, digest_of(1), 0};
  open.announcement = announce(link_world().link, 5, Instant{1000}, *link_world().signer_a);
  const auto got = decoded<OpenFrame>(encode(open)).announcement;
  REQUIRE(got);
  const auto holds = [](const Announcement& said, uint64_t session = 5) {
    return verify(said, link_world().link, session, *link_world().directory).has_value();
  };
  CHECK(holds(*got));
  CHECK_FALSE(holds(*got, 6));
  for (const auto change : {+[](Announcement& said) { said.at.ms += 1; },
                            +[](Announcement& said) { said.frames.pop_back(); },
                            +[](Announcement& said) { said.messages.push_back(1000); },
                            +[](Announcement& said) { said.messages.swap(said.frames); }}) {
    Announcement other = *got;
    change(other);
    CHECK_FALSE(holds(other));
  }
  CHECK(got->knows(v1::LinkFrame::kOpen));
  CHECK(got->messages.size() == 32);
  OpenFrame endless = open;
  endless.announcement->frames.assign(limits::kAnnouncedKindsMax + 1, 1);
  CHECK_FALSE(decode_frame(shared(encode(endless))));
}

TEST_CASE("Probe and Alive come back as they were sent, and are not each other") {
  const LinkName& link = link_world().link;
  const auto probe =
      decoded<ProbeFrame>(encode(make_probe(link, 9, Instant{1000}, *link_world().signer_a)));
  CHECK(probe.session == 9);
  CHECK(probe.at == Instant{1000});
  CHECK(verify(probe, link, *link_world().directory));
  CHECK_FALSE(verify(probe, {link.receiver, link.sender}, *link_world().directory));
  CHECK_FALSE(
      verify(AliveFrame{9, probe.at, probe.key, probe.signature}, link, *link_world().directory));
  ProbeFrame later = probe;
  later.at.ms += 1;
  CHECK_FALSE(verify(later, link, *link_world().directory));
  const auto alive =
      decoded<AliveFrame>(encode(make_alive(link, 9, Instant{2000}, *link_world().signer_a)));
  CHECK(verify(alive, link, *link_world().directory));
}

TEST_CASE("a long text of a Refuse is cut between characters") {
  RefuseFrame sent{v1::REFUSE_REASON_BUSY, 1, 5, {}, "a"};
  for (int i = 0; i < 100; ++i) sent.text += "\u6ee1";
  const auto refuse = decoded<RefuseFrame>(encode(sent));
  CHECK(refuse.text.size() == 199);
  CHECK(is_utf8(refuse.text));
}

TEST_CASE("SequenceGap, Refuse and Fetch come back as they were sent") {
  const auto gap = decoded<GapFrame>(encode(GapFrame{2, 99}));
  CHECK(gap.epoch == 2);
  CHECK(gap.expected == 99);
  const auto refuse = decoded<RefuseFrame>(
      encode(RefuseFrame{v1::REFUSE_REASON_DIVERGED, 2, 98, digest_of(1), "why"}));
  CHECK(refuse.reason == v1::REFUSE_REASON_DIVERGED);
  CHECK(refuse.through == 98);
  CHECK(refuse.head == digest_of(1));
  CHECK(refuse.text == "why");
  const auto fetch = decoded<FetchFrame>(encode(FetchFrame{2, 5}));
  CHECK(fetch.epoch == 2);
  CHECK(fetch.first_seq == 5);
}

TEST_CASE("Want and Piece come back as they were sent") {
  const CaseId id = CaseId::make(1'795'140'000'000, {});
  const auto want = decoded<WantFrame>(encode(WantFrame{id, digest_of(1), 7}));
  CHECK(want.id == id);
  CHECK(want.file == digest_of(1));
  CHECK(want.piece == 7);
  const std::string content(limits::kPieceBytes, 'x');
  const auto piece = decoded<PieceFrame>(encode(PieceFrame{id, digest_of(1), 7, content}));
  CHECK(piece.id == id);
  CHECK(piece.file == digest_of(1));
  CHECK(piece.piece == 7);
  CHECK(piece.content == content);
  CHECK_FALSE(decode_frame(shared(encode(PieceFrame{id, digest_of(1), 7, content + 'x'}))));
}

TEST_CASE("Fetched carries a whole Batch frame, or none") {
  FetchedFrame sent;
  sent.batch = sample_batch(2);
  sent.last_seq = 2;
  const auto got = decoded<FetchedFrame>(encode(sent));
  REQUIRE(got.batch);
  CHECK(*got.batch->bytes == *sent.batch->bytes);
  CHECK(verify(*got.batch, *link_world().directory));
  CHECK(got.last_seq == 2);
  CHECK_FALSE(decoded<FetchedFrame>(encode(FetchedFrame{std::nullopt, 7})).batch);
}

TEST_CASE("a Batch comes back with its messages byte for byte, and verifies") {
  const BatchFrame batch = sample_batch(3);
  CHECK(batch.link == link_world().link);
  CHECK(batch.epoch == 1);
  CHECK(batch.first_seq == 1);
  CHECK(batch.last_seq() == 3);
  REQUIRE(batch.messages.size() == 3);
  for (uint64_t i = 0; i < 3; ++i) {
    CHECK(batch.messages[i] == numbered_message(i + 1, 100).SerializeAsString());
  }
  CHECK(verify(batch, *link_world().directory));
}

TEST_CASE("what FrameWriter writes is a LinkFrame to the generated code") {
  MemoryLog log;
  const LoggedFrame& logged = log.write(3, 10);
  v1::LinkFrame frame;
  REQUIRE(frame.ParseFromString(*logged.bytes));
  REQUIRE(frame.has_batch());
  CHECK(frame.batch().sender() == link_world().a.text());
  CHECK(frame.batch().receiver() == link_world().b.text());
  CHECK(frame.batch().epoch() == 1);
  CHECK(frame.batch().first_seq() == 1);
  CHECK(frame.batch().messages_size() == 3);
  CHECK(frame.batch().prev_head() == view(chain_start(link_world().link)));
  CHECK(frame.batch().head() == view(logged.head));
  CHECK(frame.batch().signature().size() == 64);
}

TEST_CASE("what the generated code writes is a Batch to the reader") {
  MemoryLog log;
  const LoggedFrame& logged = log.write(2);
  v1::LinkFrame frame;
  REQUIRE(frame.ParseFromString(*logged.bytes));
  const auto batch = decoded<BatchFrame>(frame.SerializeAsString());
  CHECK(verify(batch, *link_world().directory));
  CHECK(batch.head == logged.head);
}

TEST_CASE("frames follow on each other") {
  MemoryLog log;
  const LoggedFrame first = log.write(2);
  const LoggedFrame second = log.write(1);
  const auto batch = decoded<BatchFrame>(*second.bytes);
  CHECK(batch.first_seq == 3);
  CHECK(batch.prev_head == first.head);
}

TEST_CASE("a signature holds for its own link, key and content only") {
  const LinkWorld& world = link_world();
  Receipt receipt = sample_receipt();
  receipt.through += 1;
  CHECK(verify(receipt, *world.directory).error().code == Errc::kPermission);
  receipt = sample_receipt();
  std::swap(receipt.link.sender, receipt.link.receiver);
  CHECK(verify(receipt, *world.directory).error().code == Errc::kPermission);
  const Receipt forged = make_receipt(world.link, 3, 17, digest_of(7), Instant{1}, *world.signer_a);
  CHECK(verify(forged, *world.directory).error().code == Errc::kPermission);

  BatchFrame batch = sample_batch(2);
  std::swap(batch.messages[0], batch.messages[1]);
  CHECK(verify(batch, *world.directory).error().code == Errc::kCorrupt);
  batch = sample_batch(2);
  batch.epoch = 2;
  CHECK(verify(batch, *world.directory).error().code == Errc::kPermission);
}

TEST_CASE("a frame as full as it may be is read; one message more is not") {
  FrameWriter full(link_world().link, 1, 1, chain_start(link_world().link));
  FrameWriter over = full;
  for (size_t i = 0; i < limits::kFrameMessagesMax; ++i) full.add(numbered_message(i));
  for (size_t i = 0; i <= limits::kFrameMessagesMax; ++i) over.add(numbered_message(i));
  CHECK(decode_frame(shared(full.close(*link_world().signer_a))));
  CHECK(decode_frame(shared(over.close(*link_world().signer_a))).error().code == Errc::kCorrupt);
}

TEST_CASE("a message as large as it may be is carried") {
  FrameWriter writer(link_world().link, 1, 1, chain_start(link_world().link));
  const size_t overhead = numbered_message(1, 1 << 19).ByteSizeLong() - (1 << 19);
  const v1::Message largest = numbered_message(1, limits::kMessageBytesMax - overhead);
  REQUIRE(largest.ByteSizeLong() == limits::kMessageBytesMax);
  writer.add(largest);
  const auto batch = decoded<BatchFrame>(writer.close(*link_world().signer_a));
  CHECK(verify(batch, *link_world().directory));
}

}  // namespace frame_test
