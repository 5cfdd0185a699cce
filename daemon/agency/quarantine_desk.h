// What people do with messages that were set aside: two of them let a list of messages pass, or
// discard it. What is let pass goes to its case as if it came now, but for its number, which was
// used up when it came; what the case refuses stays where it is, with the reason.
//
// One list waits at a time, in memory: after a restart of the daemon it is proposed anew. Errors:
// as the store's. On the engine's thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/agency/peer_commands.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/transaction.h"
#include "daemon/peers/peer.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

class QuarantineDesk {
 public:
  using Outcome = Result<Answered<v1::QuarantineListView>>;
  // Gives the message to its case; nullopt: it was taken.
  using Take = std::function<Result<std::optional<Rejection>>(
      AgencyId peer, const v1::Message& message, const LogPlace& place, std::string_view note,
      Instant now)>;
  // One message fewer of the agency is set aside.
  using Gone = std::function<void(AgencyId peer)>;

  // All must outlive it.
  QuarantineDesk(Transaction& tx, EngineObserver& observer, Take take, Gone gone)
      : tx_(tx), observer_(observer), take_(std::move(take)), gone_(std::move(gone)) {}

  Outcome show() const;
  // Refused: another list waits (kProposalOpen), no note or no place (kInputMissing), too many
  // (kInputTooLarge), a place where nothing stands (kNotSetAside).
  Outcome propose(const ProposeQuarantineCommand& asked, const std::string& user, Instant now);
  // Each message is a step of its own: what one of them does, the next one meets.
  Outcome approve(std::string_view content, const std::string& user, Instant now);
  Outcome retract();

 private:
  struct List {
    ProposeQuarantineCommand what;
    std::string by;
    Instant at;
  };

  struct Refused {
    std::string why;   // by which rule
    std::string text;  // which field or condition
  };

  Digest content() const;
  v1::QuarantineListView view() const;
  Result<std::optional<v1::QuarantineRecord>> read(const QuarantinePlace& place) const;
  Result<v1::QuarantineOutcome> settle(const QuarantinePlace& place, const std::string& approver,
                                       Instant now);
  Result<std::optional<Refused>> release(const QuarantinePlace& place,
                                         const v1::QuarantineRecord& record,
                                         const std::string& approver, Instant now);

  Transaction& tx_;
  EngineObserver& observer_;
  Take take_;
  Gone gone_;
  std::optional<List> list_;
};

}  // namespace jiexu
