// Looks once a second where the exchange with each peer stands, and tells of every change: of the
// link's condition, and of alarms that begin and end. On the engine's thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "daemon/engine/alarm.h"
#include "daemon/engine/change_log.h"
#include "daemon/engine/observer.h"
#include "daemon/peers/link_guard.h"
#include "daemon/peers/link_status.h"
#include "daemon/peers/peers.h"
#include "daemon/trust/directory.h"

namespace jiexu {

class LinkWatch {
 public:
  struct Watched {
    LinkStatus status;
    Instant since;
  };

  // All must outlive this object. `connections` may be empty: then nothing is known of them.
  LinkWatch(const Peers& peers, const LinkGuard& guard, EngineObserver& observer,
            ChangeLog& changes, ConnectionView connections);

  // How long until look() is due.
  int64_t wait_ms(Steady now) const;
  // Errors: the store's.
  Result<void> look(const Directory& directory, Moment now);
  // As of the last look.
  Watched of(AgencyId peer) const;

  static constexpr int64_t kLookMs = 1'000;
  // A message without a receipt for so long is an alarm.
  static constexpr int64_t kUnreceiptedMs = 60'000;
  // Two clocks that differ by more are one.
  static constexpr int64_t kSkewMs = 60'000;
  // Who refuses our key fails each handshake at once, and we try again after a second; who does not
  // answer lets it run out of time, which takes five. So two that fail within this are refusals.
  static constexpr int64_t kRefusalsMs = 3'500;
  // Refusals longer ago say nothing of now.
  static constexpr int64_t kRefusalMs = 10'000;

 private:
  struct Entry {
    Watched watched;
    uint64_t handshakes_failed = 0;
    Steady failed_at{INT64_MIN / 2};
    Steady refused_until{INT64_MIN / 2};
    std::map<AlarmKind, std::string> alarms;
  };

  LinkSurroundings surroundings(AgencyId peer, Entry& entry, bool known, Steady now) const;
  void look_at_link(const Peer& peer, Entry& entry, bool known, Moment now);
  Result<void> look_at_alarms(Peer& peer, Entry& entry, bool known, Moment now);
  void put(const Peer& peer, Entry& entry, AlarmKind kind, std::optional<std::string> text,
           Instant now);

  const Peers& peers_;
  const LinkGuard& guard_;
  EngineObserver& observer_;
  ChangeLog& changes_;
  ConnectionView connections_;
  std::map<AgencyId, Entry> entries_;
  Steady next_look_;
};

}  // namespace jiexu
