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

bool read_id(CodedInputStream& in, CaseId& out) {
  uint32_t size = 0;
  std::string bytes;
  if (!in.ReadVarint32(&size) || size != CaseId::kSize || !in.ReadString(&bytes, CaseId::kSize)) {
    return false;
  }
  out = *CaseId::from_bytes(bytes);
  return true;
}

}  // namespace

// Both stand before the body, so that what is behind them may be anything.
std::optional<MessageNumber> read_number(std::string_view message) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  MessageNumber out;
  while (const uint32_t tag = in.ReadTag()) {
    const bool read = tag == kIdTag    ? read_id(in, out.id)
                      : tag == kSeqTag ? in.ReadVarint32(&out.case_seq)
                                       : Format::SkipField(&in, tag);
    if (!read) break;
  }
  if (out.id.empty() || out.case_seq == 0) return std::nullopt;
  return out;
}

}  // namespace jiexu
