#include "daemon/link/zap.h"

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

// Frames of a request (RFC 27): version, request id, domain, address, identity, mechanism, and for
// CURVE one credential, the client's public key.
constexpr size_t kVersion = 0;
constexpr size_t kRequestId = 1;
constexpr size_t kMechanism = 5;
constexpr size_t kKey = 6;
constexpr size_t kFrames = 7;
constexpr size_t kPublicKeySize = 32;

struct Judgement {
  ZapVerdict verdict;
  const Agency* agency;
};

Judgement judge(std::span<const std::string> request, const Directory& directory, AgencyId self) {
  if (request.size() <= kMechanism || request[kVersion] != "1.0") {
    return {ZapVerdict::kMalformed, nullptr};
  }
  if (request[kMechanism] != "CURVE") return {ZapVerdict::kMechanism, nullptr};
  if (request.size() != kFrames || request[kKey].size() != kPublicKeySize) {
    return {ZapVerdict::kMalformed, nullptr};
  }
  const Agency* agency = directory.find_by_transport_key(request[kKey]);
  if (!agency) return {ZapVerdict::kUnknownKey, nullptr};
  if (agency->id == self) return {ZapVerdict::kOwnKey, nullptr};
  return {ZapVerdict::kAccepted, agency};
}

// One property in the form of ZMTP (RFC 23): name with a length byte, value with a 4-byte length.
std::string property(std::string_view name, std::string_view value) {
  std::string out;
  append_u8(out, static_cast<uint8_t>(name.size()));
  out.append(name);
  append_u32(out, static_cast<uint32_t>(value.size()));
  return out.append(value);
}

}  // namespace

std::string key_fingerprint(std::string_view transport_key) {
  return to_hex(view(sha256(transport_key)).substr(0, 8));
}

const char* name(ZapVerdict verdict) {
  switch (verdict) {
    case ZapVerdict::kAccepted: return "accepted";
    case ZapVerdict::kMalformed: return "malformed";
    case ZapVerdict::kMechanism: return "mechanism";
    case ZapVerdict::kUnknownKey: return "unknown_key";
    case ZapVerdict::kOwnKey: return "own_key";
  }
  CHECK(false);
}

ZapAnswer answer_zap(std::span<const std::string> request, const Directory& directory,
                     AgencyId self) {
  const auto [verdict, agency] = judge(request, directory, self);
  ZapAnswer answer;
  answer.verdict = verdict;
  if (request.size() > kKey) answer.key_print = key_fingerprint(request[kKey]);
  const std::string request_id = request.size() > kRequestId ? request[kRequestId] : "";
  if (agency) {
    answer.frames = {"1.0", request_id,       "200",
                     "OK",  agency->id.str(), property(kKeyProperty, answer.key_print)};
  } else {
    answer.frames = {"1.0", request_id, "400", "refused", "", ""};
  }
  return answer;
}

}  // namespace jiexu
