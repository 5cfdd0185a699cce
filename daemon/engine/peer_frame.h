// A frame of a peer as the kernel treats it: decoded and verified, from this authenticated peer.
#pragma once

#include "daemon/base/ids.h"
#include "daemon/link/frame.h"
#include "daemon/link/transport.h"

namespace jiexu {

struct PeerFrame {
  AgencyId peer;
  Lane lane = Lane::kForward;
  Frame frame;
};

}  // namespace jiexu
