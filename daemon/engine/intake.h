// Stage 1 for frames: what can be said of a frame without knowing where its link stands. Pure, so
// that it runs on the transport's thread and spares the engine the signatures.
#pragma once

#include <optional>
#include <string>

#include "daemon/engine/peer_frame.h"
#include "daemon/trust/directory.h"

namespace jiexu {

// A frame that is not passed on.
struct Turned {
  v1::RefuseReason reason;            // for the counter
  std::string why;                    // for the log, no personal data
  std::optional<std::string> answer;  // an encoded Refuse, if the peer is to be told
};

// Decodes and verifies; an announcement, a receipt in Open and a proof in Opened are there only if
// they are good.
// `peer` is who the carrier authenticated.
tl::expected<PeerFrame, Turned> take_in(AgencyId self, AgencyId peer, Lane lane, std::string bytes,
                                        const Directory& directory);

}  // namespace jiexu
