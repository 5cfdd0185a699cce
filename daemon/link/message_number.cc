#include "daemon/link/message_number.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "daemon/base/limits.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {
namespace {

using google::protobuf::io::CodedInputStream;
using Format = google::protobuf::internal::WireFormatLite;

constexpr uint32_t kIdTag =
    v1::Message::kCaseIdFieldNumber << 3 | Format::WIRETYPE_LENGTH_DELIMITED;
constexpr uint32_t kSeqTag = v1::Message::kCaseSeqFieldNumber << 3 | Format::WIRETYPE_VARINT;
constexpr uint32_t kSentAtTag = v1::Message::kSentAtMsFieldNumber << 3 | Format::WIRETYPE_VARINT;

bool read_id(CodedInputStream& in, CaseId& out) {
  uint32_t size = 0;
  std::string bytes;
  if (!in.ReadVarint32(&size) || size != CaseId::kSize || !in.ReadString(&bytes, CaseId::kSize)) {
    return false;
  }
  out = *CaseId::from_bytes(bytes);
  return true;
}

bool read_time(CodedInputStream& in, Instant& out) {
  uint64_t ms = 0;
  if (!in.ReadVarint64(&ms)) return false;
  out.ms = static_cast<int64_t>(ms);
  return true;
}

bool read_field(CodedInputStream& in, uint32_t tag, MessageNumber& out) {
  if (tag == kIdTag) return read_id(in, out.id);
  if (tag == kSeqTag) return in.ReadVarint32(&out.case_seq);
  if (tag == kSentAtTag) return read_time(in, out.sent_at);
  return Format::SkipField(&in, tag);
}

}  // namespace

MessageNumber read_number(std::string_view message) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  MessageNumber out;
  while (const uint32_t tag = in.ReadTag()) {
    if (!read_field(in, tag, out)) break;
  }
  return out;
}

}  // namespace jiexu
