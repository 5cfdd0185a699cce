// Who may connect: answers to ZeroMQ's authentication requests (ZAP, ZeroMQ RFC 27). libzmq asks in
// process for every connection that finished its part of the CURVE handshake; our answer names the
// agency, and libzmq attaches it to each message of that connection as metadata. That metadata, and
// nothing that a peer says itself, is the identity of a sender.
//
// A pure function over the request's frames; zmq_loop.cc owns the socket.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/trust/directory.h"

namespace jiexu {

enum class ZapVerdict : uint8_t {
  kAccepted = 0,
  kMalformed = 1,   // not a ZAP 1.0 request: libzmq never sends that
  kMechanism = 2,   // not CURVE
  kUnknownKey = 3,  // no agency of the directory has this key
  kOwnKey = 4,      // our own key: a copy of us, or an echo
};
inline constexpr size_t kZapVerdicts = 5;

using ZapCounters = std::array<uint64_t, kZapVerdicts>;  // by verdict

struct ZapAnswer {
  std::vector<std::string> frames;  // the reply, always complete
  ZapVerdict verdict = ZapVerdict::kMalformed;
  std::string key_print;  // key_fingerprint() of the client's key, if there was one
};

// Metadata property of an accepted connection next to "User-Id": the fingerprint of the key that it
// used, so that a key taken out of the directory is refused on connections that are open already.
inline constexpr const char* kKeyProperty = "X-Key";

// The verdict as a word for logs and metrics.
const char* name(ZapVerdict verdict);

ZapAnswer answer_zap(std::span<const std::string> request, const Directory& directory,
                     AgencyId self);

// The first 16 hex digits of SHA-256 of a transport key: enough to tell keys apart in a log.
std::string key_fingerprint(std::string_view transport_key);

}  // namespace jiexu
