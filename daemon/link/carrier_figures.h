// What a carrier by ZeroMQ has counted: for each peer, and of all who tried to connect.
#pragma once

#include <array>
#include <cstdint>

#include "daemon/base/time.h"
#include "daemon/link/connection_watch.h"
#include "daemon/link/zap.h"

namespace jiexu {

enum class ConnectionState : uint8_t { kDown = 0, kUp = 1 };

struct TransportStats {
  ConnectionState connection = ConnectionState::kDown;  // ours to the peer
  uint64_t frames_in = 0;
  uint64_t frames_out = 0;  // handed to libzmq
  uint64_t bytes_in = 0;
  uint64_t bytes_out = 0;
  uint64_t frames_dropped = 0;      // outgoing: no connection, no room
  uint64_t handshake_failures = 0;  // of our connection: wrong key at either end, peer refuses us
  Instant last_frame_at;            // incoming; 0 if there was none
};

struct ListenerStats {
  ZapCounters zap{};                // connections by verdict
  uint64_t handshake_failures = 0;  // of clients, refused ones included
  uint64_t strangers = 0;           // that have gone without one whole message; not those cut
  uint64_t frames_refused = 0;      // of a sender that the directory does not, or no longer, know
  uint64_t frames_malformed = 0;    // more than one part
  std::array<uint64_t, ConnectionWatch::kReasons> cut{};  // connections that we ended, by reason
};

}  // namespace jiexu
