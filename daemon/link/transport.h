// The carrier port of the exchange protocol: moves frames between authenticated agencies, promises
// nothing about arrival. ZeroMQ with CURVE in the daemon, a simulated network in tests.
//
// Between two agencies there are two connections, one opened by each. A frame therefore also says
// on which it travels:
//   kForward  along the connection that the frame's sender opened (Open, Batch, Fetch)
//   kReply    back along the connection that its receiver opened (Opened, Receipt, Refuse, ...)
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "daemon/base/ids.h"

namespace jiexu {

enum class Lane : uint8_t { kForward = 0, kReply = 1 };

// Bytes of one frame, shared so that the log, the window and the socket need one copy.
using FrameBytes = std::shared_ptr<const std::string>;

inline FrameBytes share(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

class Transport {
 public:
  virtual ~Transport() = default;
  // Hands a frame over; from any thread, never blocks. It may be lost: the link protocol finds out.
  virtual void send(AgencyId peer, Lane lane, FrameBytes frame) = 0;
};

// What the carrier calls, on its own thread, for each frame that came in from an authenticated
// peer. `lane` is the lane on which the peer sent it.
using FrameHandler = std::function<void(AgencyId peer, Lane lane, std::string frame)>;

}  // namespace jiexu
