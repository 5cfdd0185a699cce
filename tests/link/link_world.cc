#include "tests/link/link_world.h"

#include <catch2/catch.hpp>

namespace jiexu {
namespace {

std::shared_ptr<const Signer> signer_of(char fill) {
  auto signer = make_signer(SuiteId::kEd25519, std::string(32, fill));
  REQUIRE(signer);
  return std::shared_ptr<const Signer>(std::move(*signer));
}

Agency agency_of(AgencyId id, const Signer& signer, char fill) {
  Agency agency;
  agency.id = id;
  agency.name = "Agency " + id.str();
  agency.endpoint = "tcp://127.0.0.1:7401";
  agency.transport_key = std::string(32, fill);
  agency.signing_keys = {signer.public_key()};
  return agency;
}

LinkWorld make_world() {
  LinkWorld world;
  world.a = *AgencyId::parse("S41132810207");
  world.b = *AgencyId::parse("S35050000101");
  world.link = {world.a, world.b};
  world.signer_a = signer_of('\x01');
  world.signer_b = signer_of('\x02');
  auto directory = Directory::make(
      {agency_of(world.a, *world.signer_a, 'a'), agency_of(world.b, *world.signer_b, 'b')});
  REQUIRE(directory);
  world.directory = *directory;
  return world;
}

}  // namespace

const LinkWorld& link_world() {
  static const auto* const kWorld = new LinkWorld(make_world());
  return *kWorld;
}

v1::Message numbered_message(uint64_t number, size_t padding) {
  v1::Message message;
  message.set_case_id(std::string(16, 'c'));
  message.set_case_seq(static_cast<uint32_t>(number));
  message.mutable_withdraw()->set_reason(std::string(padding, 'p'));
  return message;
}

FrameBytes shared(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

MemoryLog::MemoryLog() : start_(chain_start(link_world().link)) {}

const LoggedFrame& MemoryLog::write(size_t messages, size_t padding, Epoch epoch) {
  FrameWriter writer(link_world().link, epoch, last_seq() + 1, head());
  for (size_t i = 0; i < messages; ++i) {
    writer.add(numbered_message(salt_ + last_seq() + i + 1, padding));
  }
  LoggedFrame frame{epoch, writer.first_seq(), writer.last_seq(), head(), writer.head(), nullptr};
  frame.bytes = shared(writer.close(*link_world().signer_a));
  frames_.push_back(std::move(frame));
  return frames_.back();
}

void MemoryLog::store(const BatchFrame& frame) {
  frames_.push_back(
      {frame.epoch, frame.first_seq, frame.last_seq(), frame.prev_head, frame.head, frame.bytes});
}

void MemoryLog::cut(Seq seq) {
  while (!frames_.empty() && frames_.back().last_seq > seq) frames_.pop_back();
  salt_ += 1'000'000;
}

Result<std::optional<LoggedFrame>> MemoryLog::frame_with(Seq seq) const {
  if (broken) return fail(Errc::kIo, "the log is broken");
  for (const LoggedFrame& frame : frames_) {
    if (frame.first_seq <= seq && seq <= frame.last_seq) return frame;
  }
  return std::nullopt;
}

Seq MemoryLog::last_seq() const {
  return frames_.empty() ? 0 : frames_.back().last_seq;
}

const Digest& MemoryLog::head() const {
  return frames_.empty() ? start_ : frames_.back().head;
}

SenderMark MemoryLog::mark(Epoch epoch) const {
  SenderMark mark;
  mark.epoch = epoch;
  mark.last_seq = last_seq();
  mark.head = head();
  return mark;
}

Receipt receipt_for(const MemoryLog& log, Instant at) {
  const Epoch epoch = log.frames().empty() ? 1 : log.frames().back().epoch;
  return make_receipt(link_world().link, epoch, log.last_seq(), log.head(), at,
                      *link_world().signer_b);
}

Receipt receipt_for(const LoggedFrame& frame, Instant at) {
  return make_receipt(link_world().link, frame.epoch, frame.last_seq, frame.head, at,
                      *link_world().signer_b);
}

}  // namespace jiexu
