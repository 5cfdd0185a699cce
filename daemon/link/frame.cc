#include "daemon/link/frame.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using Wire = google::protobuf::internal::WireFormatLite;

auto malformed(const char* what) {
  return fail(Errc::kCorrupt, std::string("link frame: ") + what);
}

bool read_digest(const std::string& in, Digest& out) {
  const auto digest = to_array<32>(in);
  if (digest) out = *digest;
  return digest.has_value();
}

bool read_link(const std::string& sender, const std::string& receiver, LinkName& out) {
  const auto from = AgencyId::parse(sender);
  const auto to = AgencyId::parse(receiver);
  if (!from || !to) return false;
  out = {*from, *to};
  return true;
}

// --- reading a Batch without copying its messages ---

bool read_bytes(CodedInputStream& in, std::string_view all, std::string_view& out) {
  uint32_t size = 0;
  if (!in.ReadVarint32(&size)) return false;
  const auto at = static_cast<size_t>(in.CurrentPosition());
  if (size > all.size() - at || !in.Skip(static_cast<int>(size))) return false;
  out = all.substr(at, size);
  return true;
}

struct RawBatch {
  std::string_view sender, receiver, prev_head, head, key, signature;
  uint64_t epoch = 0;
  uint64_t first_seq = 0;
  std::vector<std::string_view> messages;
};

std::string_view* bytes_field(RawBatch& raw, int field) {
  switch (field) {
    case v1::Batch::kSenderFieldNumber: return &raw.sender;
    case v1::Batch::kReceiverFieldNumber: return &raw.receiver;
    case v1::Batch::kPrevHeadFieldNumber: return &raw.prev_head;
    case v1::Batch::kHeadFieldNumber: return &raw.head;
    case v1::Batch::kKeyIdFieldNumber: return &raw.key;
    case v1::Batch::kSignatureFieldNumber: return &raw.signature;
    case v1::Batch::kMessagesFieldNumber: return &raw.messages.emplace_back();
    default: return nullptr;
  }
}

bool read_field(CodedInputStream& in, std::string_view all, uint32_t tag, RawBatch& raw) {
  const int field = Wire::GetTagFieldNumber(tag);
  const auto type = Wire::GetTagWireType(tag);
  if (type == Wire::WIRETYPE_VARINT && field == v1::Batch::kEpochFieldNumber) {
    return in.ReadVarint64(&raw.epoch);
  }
  if (type == Wire::WIRETYPE_VARINT && field == v1::Batch::kFirstSeqFieldNumber) {
    return in.ReadVarint64(&raw.first_seq);
  }
  std::string_view* target = nullptr;
  if (type == Wire::WIRETYPE_LENGTH_DELIMITED) target = bytes_field(raw, field);
  return target != nullptr ? read_bytes(in, all, *target) : Wire::SkipField(&in, tag);
}

Result<RawBatch> read_raw_batch(std::string_view all) {
  RawBatch raw;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(all.data()), static_cast<int>(all.size()));
  while (const uint32_t tag = in.ReadTag()) {
    if (!read_field(in, all, tag, raw)) return malformed("a field of Batch is cut short");
    if (raw.messages.size() > limits::kFrameMessagesMax) return malformed("too many messages");
    if (!raw.messages.empty() && raw.messages.back().size() > limits::kMessageBytesMax) {
      return malformed("a message is over the size limit");
    }
  }
  if (!in.ConsumedEntireMessage()) return malformed("Batch does not end where it should");
  return raw;
}

Result<BatchFrame> to_batch(std::string_view content, FrameBytes bytes) {
  TRY(auto raw, read_raw_batch(content));
  BatchFrame out;
  const auto prev_head = to_array<32>(raw.prev_head);
  const auto head = to_array<32>(raw.head);
  const auto key = to_array<8>(raw.key);
  if (!read_link(std::string(raw.sender), std::string(raw.receiver), out.link)) {
    return malformed("sender or receiver is no agency code");
  }
  if (!prev_head || !head || !key) return malformed("a head or key id has the wrong length");
  if (raw.messages.empty() || raw.first_seq == 0) return malformed("Batch without messages");
  if (raw.first_seq > UINT64_MAX - limits::kFrameMessagesMax) return malformed("number too large");
  if (raw.epoch == 0 || raw.epoch > UINT32_MAX) return malformed("epoch out of range");
  out.epoch = static_cast<Epoch>(raw.epoch);
  out.first_seq = raw.first_seq;
  out.prev_head = *prev_head;
  out.head = *head;
  out.key = *key;
  out.signature = raw.signature;
  out.messages = std::move(raw.messages);
  out.bytes = std::move(bytes);
  return out;
}

// The content of the frame's batch field; nullopt if the frame holds something else.
std::optional<std::string_view> batch_content(std::string_view frame) {
  static constexpr uint32_t kBatchTag =
      v1::LinkFrame::kBatchFieldNumber << 3 | Wire::WIRETYPE_LENGTH_DELIMITED;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(frame.data()),
                      static_cast<int>(frame.size()));
  std::string_view content;
  if (in.ReadTag() != kBatchTag || !read_bytes(in, frame, content)) return std::nullopt;
  if (static_cast<size_t>(in.CurrentPosition()) != frame.size()) return std::nullopt;
  return content;
}

// --- the small frames ---

Result<Receipt> from_proto(const v1::Receipt& in) {
  Receipt out;
  const auto key = to_array<8>(in.key_id());
  if (!read_link(in.sender(), in.receiver(), out.link)) return malformed("Receipt of nobody");
  if (!key || !read_digest(in.head(), out.head)) return malformed("Receipt has a wrong length");
  out.epoch = in.epoch();
  out.through = in.through_seq();
  out.received_at = {in.received_at_ms()};
  out.key = *key;
  out.signature = in.signature();
  out.session = in.session();
  if (in.audit_head().empty()) return out;
  if (!read_digest(in.audit_head(), out.audit_head.emplace())) {
    return malformed("Receipt has a wrong length");
  }
  return out;
}

void to_proto(const Receipt& in, v1::Receipt* out) {
  out->set_sender(in.link.sender.str());
  out->set_receiver(in.link.receiver.str());
  out->set_epoch(in.epoch);
  out->set_through_seq(in.through);
  out->set_head(std::string(view(in.head)));
  out->set_received_at_ms(in.received_at.ms);
  out->set_key_id(std::string(view(in.key)));
  out->set_signature(in.signature);
  out->set_session(in.session);
  if (in.audit_head) out->set_audit_head(std::string(view(*in.audit_head)));
}

Result<Announcement> from_proto(const v1::Announcement& in) {
  const auto key = to_array<8>(in.key_id());
  const auto most = static_cast<int>(limits::kAnnouncedKindsMax);
  if (!key || in.frames_size() > most || in.messages_size() > most) {
    return malformed("an announcement has a wrong length");
  }
  return Announcement{{in.at_ms()},
                      {in.frames().begin(), in.frames().end()},
                      {in.messages().begin(), in.messages().end()},
                      *key,
                      in.signature()};
}

void to_proto(const Announcement& in, v1::Announcement* out) {
  out->set_at_ms(in.at.ms);
  out->mutable_frames()->Add(in.frames.begin(), in.frames.end());
  out->mutable_messages()->Add(in.messages.begin(), in.messages.end());
  out->set_key_id(std::string(view(in.key)));
  out->set_signature(in.signature);
}

// Probe and Alive.
template <class Out, class In>
Result<Frame> read_probe(const In& in) {
  const auto key = to_array<8>(in.key_id());
  if (!key) return malformed("Probe or Alive has a wrong length");
  return Out{in.session(), {in.at_ms()}, *key, in.signature()};
}

template <class In, class Out>
void write_probe(const In& in, Out* out) {
  out->set_session(in.session);
  out->set_at_ms(in.at.ms);
  out->set_key_id(std::string(view(in.key)));
  out->set_signature(in.signature);
}

Result<BatchProof> from_proto(const v1::BatchProof& in) {
  BatchProof out;
  const auto key = to_array<8>(in.key_id());
  if (!key || !read_digest(in.prev_head(), out.prev_head)) {
    return malformed("a proof has a wrong length");
  }
  out.epoch = in.epoch();
  out.first_seq = in.first_seq();
  out.key = *key;
  out.signature = in.signature();
  return out;
}

void to_proto(const BatchProof& in, v1::BatchProof* out) {
  out->set_epoch(in.epoch);
  out->set_first_seq(in.first_seq);
  out->set_prev_head(std::string(view(in.prev_head)));
  out->set_key_id(std::string(view(in.key)));
  out->set_signature(in.signature);
}

Result<Frame> from_proto(const v1::Open& in) {
  OpenFrame out;
  if (!read_link(in.sender(), in.receiver(), out.link)) return malformed("Open of nobody");
  if (!read_digest(in.last_head(), out.last_head)) return malformed("Open has a wrong length");
  out.protocol = in.protocol();
  out.session = in.session();
  out.epoch = in.epoch();
  out.last_seq = in.last_seq();
  out.receipted_seq = in.receipted_seq();
  const auto key = to_array<8>(in.key_id());
  if (!key) return malformed("Open has a wrong length");
  out.key = *key;
  out.signature = in.signature();
  if (in.has_announcement()) {
    TRY(auto announcement, from_proto(in.announcement()));
    out.announcement = std::move(announcement);
  }
  if (!in.has_receipt()) return out;
  TRY(auto receipt, from_proto(in.receipt()));
  out.receipt = std::move(receipt);
  return out;
}

Result<Frame> from_proto(const v1::Opened& in) {
  TRY(auto receipt, from_proto(in.receipt()));
  OpenedFrame out{in.session(), std::move(receipt), in.window_bytes(), {}, {}};
  if (in.has_announcement()) {
    TRY(auto announcement, from_proto(in.announcement()));
    out.announcement = std::move(announcement);
  }
  if (!in.has_proof()) return out;
  TRY(auto proof, from_proto(in.proof()));
  out.proof = std::move(proof);
  return out;
}

// At most `size` bytes of UTF-8, cut between characters.
std::string cut_text(const std::string& text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (text[size] & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

Result<Frame> from_proto(const v1::Refuse& in) {
  RefuseFrame out{in.reason(), in.epoch(), in.seq(), {}, cut_text(in.text(), 200), in.busy()};
  if (!in.head().empty() && !read_digest(in.head(), out.head)) {
    return malformed("Refuse has a wrong length");
  }
  return out;
}

Result<Frame> from_proto(const v1::Fetched& in) {
  FetchedFrame out;
  out.last_seq = in.last_seq();
  out.more = in.more();
  if (!in.frame().empty()) {
    TRY(auto batch, decode_batch(std::make_shared<std::string>(in.frame())));
    out.batch = std::move(batch);
  }
  return out;
}

// Case and file of Want and Piece.
template <class Wire, class Out>
bool read_file(const Wire& in, Out& out) {
  const auto id = CaseId::from_bytes(in.case_id());
  if (!id || !read_digest(in.sha256(), out.file)) return false;
  out.id = *id;
  out.piece = in.piece();
  return true;
}

Result<Frame> from_proto(const v1::Want& in) {
  WantFrame out;
  if (!read_file(in, out)) return malformed("Want has a wrong length");
  return out;
}

Result<Frame> from_proto(v1::Piece& in) {
  PieceFrame out;
  if (!read_file(in, out)) return malformed("Piece has a wrong length");
  if (in.content().size() > limits::kPieceBytes) return malformed("Piece is over the size limit");
  out.content = std::move(*in.mutable_content());
  return out;
}

Result<Frame> decode_small(const std::string& bytes) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  v1::LinkFrame frame;
  if (!frame.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage()) {
    return malformed("not a LinkFrame");
  }
  switch (frame.body_case()) {
    case v1::LinkFrame::kOpen: return from_proto(frame.open());
    case v1::LinkFrame::kOpened: return from_proto(frame.opened());
    case v1::LinkFrame::kReceipt: return from_proto(frame.receipt());
    case v1::LinkFrame::kSequenceGap:
      return GapFrame{frame.sequence_gap().epoch(), frame.sequence_gap().expected_seq()};
    case v1::LinkFrame::kRefuse: return from_proto(frame.refuse());
    case v1::LinkFrame::kFetch:
      return FetchFrame{frame.fetch().epoch(), frame.fetch().first_seq(),
                        std::max<uint32_t>(1, frame.fetch().frames())};
    case v1::LinkFrame::kFetched: return from_proto(frame.fetched());
    case v1::LinkFrame::kWant: return from_proto(frame.want());
    case v1::LinkFrame::kPiece: return from_proto(*frame.mutable_piece());
    case v1::LinkFrame::kProbe: return read_probe<ProbeFrame>(frame.probe());
    case v1::LinkFrame::kAlive: return read_probe<AliveFrame>(frame.alive());
    default: return malformed("of a kind that this version does not know");
  }
}

void append_tag(std::string& out, int field, uint64_t size) {
  uint8_t buffer[20];
  uint8_t* end = CodedOutputStream::WriteTagToArray(
      Wire::MakeTag(field, Wire::WIRETYPE_LENGTH_DELIMITED), buffer);
  end = CodedOutputStream::WriteVarint64ToArray(size, end);
  out.append(reinterpret_cast<char*>(buffer), static_cast<size_t>(end - buffer));
}

}  // namespace

Result<Frame> decode_frame(FrameBytes bytes) {
  if (bytes->size() > limits::kFrameBytesMax) return malformed("over the size limit");
  if (const auto content = batch_content(*bytes)) {
    TRY(auto batch, to_batch(*content, bytes));
    return batch;
  }
  return decode_small(*bytes);
}

Result<BatchFrame> decode_batch(FrameBytes bytes) {
  if (bytes->size() > limits::kFrameBytesMax) return malformed("over the size limit");
  const auto content = batch_content(*bytes);
  if (!content) return malformed("not a Batch");
  return to_batch(*content, std::move(bytes));
}

std::string encode(const OpenFrame& frame) {
  v1::LinkFrame out;
  v1::Open* open = out.mutable_open();
  open->set_protocol(frame.protocol);
  open->set_sender(frame.link.sender.str());
  open->set_receiver(frame.link.receiver.str());
  open->set_session(frame.session);
  open->set_epoch(frame.epoch);
  open->set_last_seq(frame.last_seq);
  open->set_last_head(std::string(view(frame.last_head)));
  open->set_receipted_seq(frame.receipted_seq);
  open->set_key_id(std::string(view(frame.key)));
  open->set_signature(frame.signature);
  if (frame.receipt) to_proto(*frame.receipt, open->mutable_receipt());
  if (frame.announcement) to_proto(*frame.announcement, open->mutable_announcement());
  return out.SerializeAsString();
}

std::string encode(const OpenedFrame& frame) {
  v1::LinkFrame out;
  out.mutable_opened()->set_session(frame.session);
  out.mutable_opened()->set_window_bytes(frame.window_bytes);
  to_proto(frame.receipt, out.mutable_opened()->mutable_receipt());
  if (frame.proof) to_proto(*frame.proof, out.mutable_opened()->mutable_proof());
  if (frame.announcement) {
    to_proto(*frame.announcement, out.mutable_opened()->mutable_announcement());
  }
  return out.SerializeAsString();
}

std::string encode(const Receipt& frame) {
  v1::LinkFrame out;
  to_proto(frame, out.mutable_receipt());
  return out.SerializeAsString();
}

std::string encode(const GapFrame& frame) {
  v1::LinkFrame out;
  out.mutable_sequence_gap()->set_epoch(frame.epoch);
  out.mutable_sequence_gap()->set_expected_seq(frame.expected);
  return out.SerializeAsString();
}

std::string encode(const RefuseFrame& frame) {
  v1::LinkFrame out;
  out.mutable_refuse()->set_reason(frame.reason);
  out.mutable_refuse()->set_epoch(frame.epoch);
  out.mutable_refuse()->set_seq(frame.through);
  out.mutable_refuse()->set_head(std::string(view(frame.head)));
  out.mutable_refuse()->set_text(frame.text);
  out.mutable_refuse()->set_busy(frame.busy);
  return out.SerializeAsString();
}

std::string encode(const FetchFrame& frame) {
  v1::LinkFrame out;
  out.mutable_fetch()->set_epoch(frame.epoch);
  out.mutable_fetch()->set_first_seq(frame.first_seq);
  out.mutable_fetch()->set_frames(frame.frames);
  return out.SerializeAsString();
}

std::string encode(const FetchedFrame& frame) {
  v1::LinkFrame out;
  if (frame.batch) out.mutable_fetched()->set_frame(*frame.batch->bytes);
  out.mutable_fetched()->set_last_seq(frame.last_seq);
  out.mutable_fetched()->set_more(frame.more);
  return out.SerializeAsString();
}

std::string encode(const WantFrame& frame) {
  v1::LinkFrame out;
  out.mutable_want()->set_case_id(std::string(frame.id.bytes()));
  out.mutable_want()->set_sha256(std::string(view(frame.file)));
  out.mutable_want()->set_piece(frame.piece);
  return out.SerializeAsString();
}

std::string encode(const PieceFrame& frame) {
  v1::LinkFrame out;
  out.mutable_piece()->set_case_id(std::string(frame.id.bytes()));
  out.mutable_piece()->set_sha256(std::string(view(frame.file)));
  out.mutable_piece()->set_piece(frame.piece);
  out.mutable_piece()->set_content(frame.content);
  return out.SerializeAsString();
}

std::string encode(const ProbeFrame& frame) {
  v1::LinkFrame out;
  write_probe(frame, out.mutable_probe());
  return out.SerializeAsString();
}

std::string encode(const AliveFrame& frame) {
  v1::LinkFrame out;
  write_probe(frame, out.mutable_alive());
  return out.SerializeAsString();
}

FrameWriter::FrameWriter(const LinkName& link, Epoch epoch, Seq first_seq, const Digest& prev_head)
    : link_(link), epoch_(epoch), first_seq_(first_seq), prev_head_(prev_head), head_(prev_head) {}

Seq FrameWriter::add(const v1::Message& message) {
  const size_t size = message.ByteSizeLong();
  CHECK(size <= limits::kMessageBytesMax);
  append_tag(body_, v1::Batch::kMessagesFieldNumber, size);
  const size_t at = body_.size();
  body_.resize(at + size);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(body_.data() + at));
  const Seq seq = first_seq_ + count_++;
  head_ = chain_next(head_, seq, std::string_view(body_).substr(at, size));
  return seq;
}

std::string FrameWriter::close(const Signer& signer) {
  CHECK(count_ > 0);
  v1::Batch rest;  // every field but the messages; protobuf fields may come in any order
  rest.set_sender(link_.sender.str());
  rest.set_receiver(link_.receiver.str());
  rest.set_epoch(epoch_);
  rest.set_first_seq(first_seq_);
  rest.set_prev_head(std::string(view(prev_head_)));
  rest.set_head(std::string(view(head_)));
  rest.set_key_id(std::string(view(key_id(signer.public_key()))));
  rest.set_signature(
      signer.sign(batch_signing_bytes(link_, epoch_, first_seq_, last_seq(), prev_head_, head_)));
  const std::string header = rest.SerializeAsString();
  std::string out;
  out.reserve(header.size() + body_.size() + 16);
  append_tag(out, v1::LinkFrame::kBatchFieldNumber, header.size() + body_.size());
  out += header;
  out += body_;
  return out;
}

}  // namespace jiexu
