// The receiving half: what a frame is to it, and what it answers.
#include "daemon/link/receiver.h"

#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "tests/link/link_world.h"

using namespace jiexu;

namespace receiver_test {
namespace {

// A receiver with its log, and the sender's log to take frames from.
struct Ear {
  explicit Ear(ReceiverMark mark = {1, 0, chain_start(link_world().link)})
      : receiver(link_world().link, mark, limits::kWindowBytes) {}

  BatchFrame frame(size_t index) const {
    return decoded<BatchFrame>(*sent.frames().at(index).bytes);
  }
  BatchVerdict judge(size_t index) { return receiver.judge(frame(index), log); }
  void accept(size_t index) {
    const BatchFrame batch = frame(index);
    REQUIRE(receiver.judge(batch, log) == BatchVerdict::kNext);
    receiver.accept(batch);
  }
  // Everything accepted becomes durable.
  void commit(size_t through_index) {
    for (size_t i = log.frames().size(); i <= through_index; ++i) log.store(frame(i));
    const LoggedFrame& last = sent.frames().at(through_index);
    receiver.durable({last.epoch, last.last_seq, last.head}, receipt_for(last));
  }
  std::optional<std::string> hear(const OpenFrame& open) {
    return receiver.receive(open, log, *link_world().signer_b, Instant{1'000});
  }
  OpenFrame open() const {
    return {kProtocolVersion, link_world().link, 77, 1, sent.last_seq(), sent.head(), 0};
  }

  MemoryLog sent;
  MemoryLog log;
  Receiver receiver;
};

RefuseFrame refusal(const std::optional<std::string>& answer) {
  REQUIRE(answer);
  return decoded<RefuseFrame>(*answer);
}

}  // namespace

TEST_CASE("frames in order are next, also before they are on disk") {
  Ear ear;
  for (int i = 0; i < 3; ++i) ear.sent.write(2);
  for (size_t i = 0; i < 3; ++i) ear.accept(i);
  CHECK(ear.receiver.ahead().through == 6);
  CHECK(ear.receiver.on_disk().through == 0);
  CHECK_FALSE(ear.receiver.receipt());
  ear.commit(2);
  CHECK(ear.receiver.on_disk().through == 6);
  CHECK(ear.receiver.receipt()->through == 6);
}

TEST_CASE("a frame too early is a gap, and the answer says what is expected") {
  Ear ear;
  for (int i = 0; i < 3; ++i) ear.sent.write(2);
  ear.accept(0);
  CHECK(ear.judge(2) == BatchVerdict::kGap);
  CHECK(ear.receiver.gap().expected == 3);
  CHECK(ear.receiver.gap().epoch == 1);
}

TEST_CASE("the same frame again is a duplicate, on its way to the disk and after") {
  Ear ear;
  ear.sent.write(2);
  ear.sent.write(2);
  ear.accept(0);
  ear.accept(1);
  CHECK(ear.judge(0) == BatchVerdict::kDuplicate);
  CHECK(ear.judge(1) == BatchVerdict::kDuplicate);
  ear.commit(1);
  CHECK(ear.judge(0) == BatchVerdict::kDuplicate);
  CHECK(ear.judge(1) == BatchVerdict::kDuplicate);
}

TEST_CASE("after a duplicate the receipt is the same") {
  Ear ear;
  ear.sent.write(2);
  ear.accept(0);
  ear.commit(0);
  const std::string before = encode(*ear.receiver.receipt());
  CHECK(ear.judge(0) == BatchVerdict::kDuplicate);
  CHECK(encode(*ear.receiver.receipt()) == before);
}

TEST_CASE("a used number with other content is divergence") {
  Ear ear;
  ear.sent.write(2);
  ear.accept(0);
  ear.sent.cut(0);
  ear.sent.write(2);
  CHECK(ear.judge(0) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_DIVERGED);
}

TEST_CASE("a used number with other content is divergence after the commit too") {
  Ear ear;
  ear.sent.write(2);
  ear.accept(0);
  ear.commit(0);
  ear.sent.cut(0);
  ear.sent.write(3);  // begins at a known number and goes beyond
  CHECK(ear.judge(0) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_DIVERGED);
  CHECK(ear.receiver.refusal().through == 2);
}

TEST_CASE("a next frame that follows on another history is divergence") {
  Ear ear;
  ear.sent.write(1);
  ear.accept(0);
  ear.sent.cut(0);
  ear.sent.write(1);
  ear.sent.write(1);
  CHECK(ear.judge(1) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_DIVERGED);
}

TEST_CASE("a frame of an earlier epoch is refused, of a later one accepted") {
  Ear ear({2, 0, chain_start(link_world().link)});
  ear.sent.write(1, 0, 1);
  CHECK(ear.judge(0) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_EPOCH);
  ear.sent.cut(0);
  ear.sent.write(1, 0, 3);
  ear.accept(0);
  CHECK(ear.receiver.ahead().epoch == 3);
}

TEST_CASE("a frame of another link is refused") {
  Ear ear;
  FrameWriter writer({link_world().b, link_world().a}, 1, 1,
                     chain_start({link_world().b, link_world().a}));
  writer.add(numbered_message(1));
  const auto batch = decoded<BatchFrame>(writer.close(*link_world().signer_b));
  CHECK(ear.receiver.judge(batch, ear.log) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_WRONG_AGENCY);
}

TEST_CASE("a sender that heeds no window waits while more than a window is not on disk") {
  Ear ear;
  for (size_t i = 0; i <= limits::kWindowFrames; ++i) ear.sent.write(1);
  for (size_t i = 0; i < limits::kWindowFrames; ++i) ear.accept(i);
  CHECK(ear.judge(limits::kWindowFrames) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_BUSY);
  CHECK(ear.judge(0) == BatchVerdict::kDuplicate);
  ear.commit(0);
  CHECK(ear.judge(limits::kWindowFrames) == BatchVerdict::kNext);
}

TEST_CASE("a log that cannot be read makes a known number busy, not diverged") {
  Ear ear;
  ear.sent.write(1);
  ear.accept(0);
  ear.commit(0);
  ear.log.broken = true;
  CHECK(ear.judge(0) == BatchVerdict::kRefused);
  CHECK(ear.receiver.refusal().reason == v1::REFUSE_REASON_BUSY);
}

TEST_CASE("Open is answered with the session, what is on disk and the window") {
  Ear ear;
  ear.sent.write(1);
  ear.sent.write(1);
  ear.accept(0);
  ear.commit(0);
  ear.accept(1);  // not on disk yet
  const auto answer = ear.hear(ear.open());
  REQUIRE(answer);
  const auto opened = decoded<OpenedFrame>(*answer);
  CHECK(opened.session == 77);
  CHECK(opened.receipt.through == 1);
  CHECK(opened.window_bytes == limits::kWindowBytes);
  CHECK(verify(opened.receipt, *link_world().directory));
}

TEST_CASE(
    "Opened proves what is on disk by the sender's own signature, unless the sender knows it") {
  Ear ear;
  for (size_t i = 0; i < 3; ++i) {
    ear.sent.write(2);
    ear.accept(i);
  }
  ear.commit(1);
  OpenFrame open = ear.open();
  for (const Seq claimed : {Seq{6}, Seq{4}, Seq{0}}) {
    open.last_seq = claimed;  // with the head at 6
    const auto opened = decoded<OpenedFrame>(*ear.hear(open));
    REQUIRE(opened.proof);
    CHECK(opened.proof->first_seq == 3);
    CHECK(verify(*opened.proof, opened.receipt, *link_world().directory));
  }
  open.last_seq = 4;
  open.last_head = ear.sent.frames()[1].head;
  CHECK_FALSE(decoded<OpenedFrame>(*ear.hear(open)).proof);
  ear.commit(2);
  const auto later = decoded<OpenedFrame>(*ear.hear(open));
  REQUIRE(later.proof);
  CHECK(later.proof->first_seq == 5);
  CHECK(verify(*later.proof, later.receipt, *link_world().directory));
}

TEST_CASE("a receiver that cannot read its log answers without a proof, and reads it again") {
  Ear ear;
  ear.sent.write(1);
  ear.accept(0);
  ear.commit(0);
  OpenFrame open = ear.open();
  open.last_seq = 0;
  ear.log.broken = true;
  CHECK_FALSE(decoded<OpenedFrame>(*ear.hear(open)).proof);
  ear.log.broken = false;
  CHECK(decoded<OpenedFrame>(*ear.hear(open)).proof);
}

TEST_CASE("receipts stay with the sender that is not behind") {
  Ear ear;
  ear.sent.write(1);
  ear.sent.write(1);
  ear.accept(0);
  ear.accept(1);
  ear.commit(1);
  OpenFrame open = ear.open();
  open.last_seq = 2;
  REQUIRE(ear.hear(open));
  CHECK(ear.receiver.word().session == 77);
  open.session = 78;
  open.last_seq = 1;
  const auto answer = ear.hear(open);
  REQUIRE(answer);
  CHECK(decoded<OpenedFrame>(*answer).session == 78);
  CHECK(ear.receiver.word().session == 77);
}

TEST_CASE("before the first receipt Open is not answered") {
  Ear ear;
  CHECK_FALSE(ear.hear(ear.open()));
}

TEST_CASE("Open of another protocol, link or an earlier epoch is refused") {
  Ear ear({2, 0, chain_start(link_world().link)});
  OpenFrame open = ear.open();
  open.protocol = 2;
  CHECK(refusal(ear.hear(open)).reason == v1::REFUSE_REASON_PROTOCOL);
  open = ear.open();
  std::swap(open.link.sender, open.link.receiver);
  CHECK(refusal(ear.hear(open)).reason == v1::REFUSE_REASON_WRONG_AGENCY);
  CHECK(refusal(ear.hear(ear.open())).reason == v1::REFUSE_REASON_EPOCH);
}

TEST_CASE("who has announced itself is told what we know, and others are not") {
  Ear ear;
  ear.sent.write(1);
  ear.accept(0);
  ear.commit(0);
  OpenFrame open = ear.open();
  CHECK_FALSE(decoded<OpenedFrame>(*ear.hear(open)).announcement);
  open.announcement = announce(link_world().link, 77, Instant{5}, *link_world().signer_a);
  const auto opened = decoded<OpenedFrame>(*ear.hear(open));
  REQUIRE(opened.announcement);
  const LinkName back{link_world().b, link_world().a};
  CHECK(verify(*opened.announcement, back, 77, *link_world().directory));
  CHECK_FALSE(verify(*opened.announcement, back, 78, *link_world().directory));
  CHECK(opened.announcement->at == Instant{1'000});
  CHECK(opened.announcement->knows(v1::LinkFrame::kProbe));
}

TEST_CASE("an earlier version that is back gets its receipt in a form that it can verify") {
  Ear ear;
  ear.sent.write(1);
  ear.accept(0);
  ear.log.store(ear.frame(0));
  const LoggedFrame& frame = ear.sent.frames()[0];
  const Receipt audited = make_receipt(link_world().link, 1, 1, frame.head, Instant{1'000},
                                       *link_world().signer_b, Digest{});
  ear.receiver.durable({1, 1, frame.head}, audited);
  OpenFrame open = ear.open();
  open.announcement = announce(link_world().link, 77, Instant{5}, *link_world().signer_a);
  CHECK(decoded<OpenedFrame>(*ear.hear(open)).receipt.audit_head);
  open.announcement.reset();
  const Receipt plain = decoded<OpenedFrame>(*ear.hear(open)).receipt;
  CHECK_FALSE(plain.audit_head);
  CHECK(verify(plain, *link_world().directory));
  CHECK(plain.received_at == audited.received_at);
  CHECK(plain.through == 1);
  CHECK(verify(ear.receiver.word(), *link_world().directory));
}

TEST_CASE("an older durable mark is ignored") {
  Ear ear;
  ear.sent.write(1);
  ear.sent.write(1);
  ear.accept(0);
  ear.accept(1);
  ear.commit(1);
  const LoggedFrame& first = ear.sent.frames()[0];
  ear.receiver.durable({1, 1, first.head}, receipt_for(first));
  CHECK(ear.receiver.on_disk().through == 2);
}

}  // namespace receiver_test
