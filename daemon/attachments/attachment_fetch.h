// Fetches attachments that cases want from their peers (layout: wanted_attachment_key), a file at a
// time from each of a few peers at once. Whoever lacks the bytes asks for them, a few pieces ahead
// of what is durable here; the other side only answers. So memory is bounded at both ends, a peer
// can send nothing that was not asked for, and after a crash the asking goes on where the disk says
// it stood. Pieces travel on the connection that the asker opened, letters of the other side on
// another one, so that no letter waits behind a file.
//
// The bytes are hashed as they come. Those of an earlier run are read and hashed again first, one
// piece at each wake. If the whole is not what the message names, it is forgotten, and the case
// says "damaged" unless some of it was of an earlier run. What is damaged, or what the peer does
// not have, is asked for again from time to time.
//
// Peers take turns. Who brings next to nothing in one while others wait gives up its place: what it
// was asked for is still taken, more is asked for when it is its turn again. So a few endlessly
// slow peers hold up nobody, and lose nothing by it.
//
// On the engine's thread; errors are those of the store.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "daemon/casework/case_service.h"
#include "daemon/engine/kernel.h"
#include "daemon/link/frame.h"
#include "daemon/peers/link_guard.h"
#include "daemon/trust/digest.h"

namespace jiexu {

class AttachmentFetch final : public CommitListener {
 public:
  // Whether somebody here is bringing the file just now.
  using ComesFromHere = std::function<bool(const CaseId&, const Digest&)>;
  // All references must outlive this object.
  AttachmentFetch(Transaction& tx, CaseService& cases, const LinkGuard& guard, Transport& transport,
                  EngineObserver& observer, ComesFromHere comes_from_here);

  // Finds out what is wanted. Once, at start.
  Result<void> start(Steady now) { return look_at_all(now); }
  // Asks for what is wanted and not on its way. Whether something was written.
  Result<bool> go_on(Moment now);
  // When go_on() has something to do; it may be earlier than now.
  Steady next_wake() const;
  // A piece has come. Whether something was written.
  Result<bool> receive(AgencyId peer, const PieceFrame& piece, Moment now);
  // Somebody here brings the file: nothing more is taken of it from a peer for now.
  void give_way(const CaseId& id, const Digest& file);
  // The peer can be asked again.
  void ready_again(AgencyId peer) { lines_.try_emplace(peer); }

  void sealing() override;
  void landed(Moment now) override;

 private:
  // What is still to be looked at of one peer's wanted files.
  struct Line {
    std::string after;   // the last key looked at
    bool fresh = false;  // files were added since
  };
  struct Pull {
    CaseId id;
    Digest file{};
    uint32_t pieces = 0;
    uint64_t size = 0;
    uint32_t have = 0;    // stored, durable or not
    uint32_t closed = 0;  // of them, in the commit that runs or in earlier ones
    uint32_t durable = 0;
    uint32_t asked = 0;
    uint32_t hashed = 0;
    bool resumed = false;  // some of it is of an earlier run
    std::unique_ptr<Sha256> hash;
    Steady patience;  // when to ask again
    Steady turn_ends;
    uint32_t at_turn = 0;  // `have`, when it began
    bool parked = false;   // has no turn
    int silences = 0;
  };
  using Pulls = std::map<AgencyId, Pull>;

  Result<void> look_at_all(Steady now);
  Result<void> begin_some(Steady now);
  // The next file wanted from the peer; false if there is none.
  Result<bool> begin_next(AgencyId peer, Line& line, Steady now);
  Result<bool> begin(AgencyId peer, const layout::WantedAttachment& wanted, Steady now);
  Result<uint32_t> pieces_here(const CaseId& id, const Digest& file);
  Result<void> catch_up(Pull& pull);
  void ask(AgencyId peer, Pull& pull, Steady now);
  void restart(Pull& pull);
  Result<bool> finish(AgencyId peer, Pull& pull, Moment now);
  Result<bool> tell_case(const Pull& pull, Attachment::Content content, Moment now);
  bool out_of_patience(Pull& pull, AgencyId peer, Steady now);
  bool is_active(AgencyId peer) const;
  bool is_place_free() const;
  bool others_wait() const;
  void begin_turn(Pull& pull, Steady now);
  bool must_give_way(Pull& pull, Steady now);

  Transaction& tx_;
  CaseService& cases_;
  const LinkGuard& guard_;
  Transport& transport_;
  EngineObserver& observer_;
  ComesFromHere comes_from_here_;
  Steady next_round_;  // when all peers are looked at
  std::map<AgencyId, Line> lines_;
  Pulls pulls_;
  AgencyId last_begun_;
  std::set<AgencyId> wanted_closed_;  // of peers, in the commit that runs
};

}  // namespace jiexu
