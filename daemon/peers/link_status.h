// Where the exchange with a peer stands, in words: one condition, and why. Judged by what the peer
// has answered, never by whether there is a connection. link_status.cc has the sentences.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "daemon/peers/peer.h"

namespace jiexu {

// If several hold, the first of them is shown. Numbers go into metrics and are never reused.
enum class LinkCondition : uint8_t {
  kPaused = 1,      // by an operator
  kRecovering = 2,  // what our store has lost comes back from the peer
  kStopped = 3,     // by a contradiction or a refusal; people must look
  kSilent = 4,      // the peer does not answer
  kClock = 5,       // one of the two clocks is too far ahead: its messages wait
  kBusy = 6,        // the peer is there and takes nothing now
  kOpening = 7,     // asked, and not answered yet
  kFlowing = 8,
  kByMail = 9,  // there is none: the agency has no Jiexu
};
std::string_view name(LinkCondition condition);

// Why. Each has one sentence.
enum class LinkCause : uint8_t {
  kNone,
  kNotInDirectory,
  kNoAnswer,    // of what the carrier knows nothing
  kNoEngine,    // there is a connection
  kNotReached,  // there is none
  kKeysRefused,
  kPeerClockAhead,
  kOurClockAhead,
  kPeerWindow,
  kPeerDisk,
  kPeerRecovers,
  kPeerBusy,
  kRefusedProtocol,
  kRefusedAgency,
  kRefusedSignature,
  kDiverged,
  kBehind,
  kEpoch,
  kRefusedMalformed,
  kPausedThere,
  kUnproven,
  kLogUnreadable,
  kOperator,
  kNoJiexu,
};
std::string_view explain(LinkCause cause);

// What the carrier knows of our connection to a peer.
struct Connection {
  bool known = false;
  bool up = false;
  uint64_t handshakes_failed = 0;
};
using ConnectionView = std::function<Connection(AgencyId peer)>;

struct LinkStatus {
  LinkCondition condition = LinkCondition::kOpening;
  LinkCause cause = LinkCause::kNone;
  auto operator<=>(const LinkStatus&) const = default;
};

// What is known besides of the peer.
struct LinkSurroundings {
  bool recovers = false;  // its recovery goes on (LinkGuard::recovers)
  bool known = true;      // the directory has it
  Connection connection;
  bool keys_refused = false;  // a handshake has failed of late
};
// `before`: what was said last. A link that flowed is still said to flow while one question waits.
LinkStatus status_of(const Peer& peer, const LinkSurroundings& around, LinkCondition before,
                     Steady now);

}  // namespace jiexu
