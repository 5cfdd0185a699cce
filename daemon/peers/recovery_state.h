// Where the recovery of each link stands (link_recovery.h), and what follows from that for the
// agency as a whole. Plain state with its rules: nothing is sent, written or read here. One object
// is the truth; LinkRecovery changes it, LinkGuard (link_guard.h) reads it for everybody else.
//
// The life of one link's recovery:
//
//   kNone      -> kDoubted    the peer refuses what we wrote and proves nothing
//   kDoubted   -> kNone       its next answer
//   kNone, kDoubted -> kAsking | kFetching | kReplaying     the store was incomplete, or the peer
//                             proves that we have lost something: of its log or of ours
//   kAsking    -> kFetching   it holds what we lack of our own log
//   kFetching  -> kFetched | kDiverged
//   kDiverged, kFetched -> kFetching                        there is more, or once more
//   kAsking, kFetching, kFetched, kDiverged -> kReplaying   both agree on our log
//   kReplaying -> kNone       nothing is missing any more
//   kReplaying -> kFetching   the peer has taken in more since
//
// A link that is in none of these is in the state kNone, and takes no memory here.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "daemon/cases/case.h"
#include "daemon/cases/refusal.h"
#include "daemon/link/frame.h"
#include "daemon/trust/directory.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

enum class RecoveryPhase : uint8_t {
  kNone,
  kDoubted,    // the peer contradicts us without a proof; ends with its next answer
  kAsking,     // waiting for the first answer of the peer
  kFetching,   // our frames are coming back
  kDiverged,   // the histories differ; for people
  kFetched,    // all are here, waiting for the disk and the peer's agreement
  kReplaying,  // the peer's messages and ours are treated again
};

// Whether a link's recovery may go from one phase to the other.
bool may_follow(RecoveryPhase from, RecoveryPhase to);

// A message of ours that no case has reached yet.
struct OwnMessage {
  LogPlace place;
  CaseId id;
  uint32_t case_seq = 0;
  uint32_t seen = 0;  // of the peer's messages of the case, when it was written
};

// Such messages of one link, by their place in the log and by case: one case may have been with
// several agencies, each with its own numbers.
class OwnMessages {
 public:
  // REQUIRES: none is at its place of the log.
  void add(const OwnMessage& message);
  // nullptr if there is none.
  const OwnMessage* find(const CaseId& id, uint32_t case_seq) const;
  const OwnMessage* first_of(const CaseId& id) const;
  // The first at or behind this place of the log.
  const OwnMessage* first_from(Seq seq) const;
  void erase(const OwnMessage& message);
  void erase_all_of(const CaseId& id);
  // Those at or behind this place of the log.
  void erase_from(Seq seq);
  bool empty() const { return by_place_.empty(); }
  // Every entry by case names a message that is here.
  bool is_consistent() const;

 private:
  std::map<Seq, OwnMessage> by_place_;
  std::map<std::pair<CaseId, uint32_t>, Seq> by_case_;
};

// What comes back of our own log.
struct FetchMarks {
  Seq next = 0;          // to fetch
  Seq target = 0;        // what the peer holds
  Seq asked = 0;         // `next` when an Opened last came; unchanged since: ask again
  Digest head{};         // of our log before `next`
  uint32_t refused = 0;  // Openeds in a row after which nothing of what was asked came back
};

// What the peer's Opens since the start say.
struct PeerClaims {
  Seq through = 0;  // it has written up to here, in this epoch
  Epoch epoch = 0;
  Seq receipted = 0;       // it holds our receipts for its messages up to here
  uint64_t heard = 0;      // the newest one's session; 0: none came
  uint32_t fruitless = 0;  // Opens in a row that announced nothing that we lack
  uint32_t withheld = 0;   // that announced something, and no batch came between them
  Steady counted;          // when `withheld` last grew
};

struct LinkState {
  FetchMarks fetch;
  PeerClaims claims;
  Steady ask_at;  // when the peer is to be asked again
  Seq had = 0;    // of its messages, when it was last to be asked
  OwnMessages own;
  // Of our log from where the recovery began: its messages by case, reached or not, and the
  // numbers of its letters.
  std::multiset<std::pair<CaseId, uint32_t>> written;
  std::multiset<std::string> letters;
  std::vector<v1::Message> orphans;  // written anew under numbers that were used; laid aside

  RecoveryPhase phase() const { return phase_; }
  // For a person; who else waits goes on.
  bool stuck() const { return stuck_; }

  // After so many Opens that announce something, or answers that hold something, with nothing
  // behind them, the peer does not mean to give it.
  static constexpr uint32_t kUnansweredMax = 30;

 private:
  friend class RecoveryState;
  RecoveryPhase phase_ = RecoveryPhase::kNone;
  bool stuck_ = false;
};

// What must hold for a link between two events: the first condition that does not, or nothing. No
// frame of a peer can break one. `recover_from` is the note in the link's record (Peer).
std::string_view check_invariants(const LinkState* link, Seq recover_from);

class RecoveryState {
 public:
  // nullptr: kNone.
  LinkState* find(AgencyId peer);
  const LinkState* find(AgencyId peer) const;
  const std::map<AgencyId, LinkState>& links() const { return links_; }
  // The only way from one phase to another. REQUIRES: may_follow(), or the same phase again.
  // nullptr: kNone.
  LinkState* move(AgencyId peer, RecoveryPhase to);
  // REQUIRES: the link is here.
  void set_stuck(AgencyId peer, bool stuck);

  // Whether a recovery goes on with this peer that can still end by itself.
  bool recovers(AgencyId peer) const;
  // Whether the peer's batches may be treated.
  bool takes_batches(AgencyId peer) const;

  // Since the start, an Open of the peer has come, or ours was answered with agreement. A copy of
  // this agency beside the one that peers know must not shut that one out with a new epoch: only to
  // whom a peer speaks is the one that it knows. Whether it is the first time.
  bool note_spoken_to(AgencyId peer);
  bool note_agreed(AgencyId peer);
  bool spoken_to(AgencyId peer) const { return spoken_to_.contains(peer); }
  bool agreed(AgencyId peer) const { return agreed_.contains(peer); }
  bool has_compared(AgencyId peer) const { return spoken_to(peer) && agreed(peer); }

  // The peer had given receipts for what we wrote when this run began: it knows whether our store
  // is as it was, or an older copy of it.
  void note_witness(AgencyId peer);
  bool is_witness(AgencyId peer) const { return witnesses_.contains(peer); }
  // Two people say that it is as it was, in a witness's place.
  void note_confirmed();
  // The machine itself knows that it is as it was when the last run ended (storage/run_mark.h).
  void note_proved();
  // It is not: what people and the machine have said does not count any more.
  void withdraw_proof();
  // The store may be an older copy in ways that no witness can tell. From any thread.
  void set_copied(bool copied) { copied_ = copied; }
  bool is_copy() const { return copied_; }
  // As of the last recount(): a witness of the directory has agreed since the start, or there is
  // none, or the machine or people have said so. From any thread.
  bool confirmed() const { return confirmed_; }
  bool confirmed_by(AgencyId peer) const {
    return !copied_ && (proved_ || confirmed_by_people_ || !is_witness(peer) || agreed(peer));
  }
  // As of the last recount(): it is the newest store whomever one asks, so that the next run on
  // this machine need ask nobody if it finds the store like that. From any thread.
  bool proved() const { return proved_to_all_; }
  // Who says that it is confirmed: "machine", "agency", "people"; "nobody_to_ask": there is none
  // who could have anything of ours. Empty: nobody does.
  std::string_view proof() const;

  // The open commit notes with a link that it has to be recovered. Until that is on the disk, the
  // store may not be called complete.
  void note_loss();
  // The open commit is closed, and then durable.
  void launched();
  void landed();

  // Whether recount() is due: something has changed that it counts.
  bool changed() const { return changed_; }
  // Counts anew what is missing, over the agencies of the directory. Whether somebody who waited
  // for a link may go on.
  bool recount(const Directory& directory, AgencyId self);
  void directory_changed() { changed_ = true; }

  // As of the last recount(). Every peer of the directory has been asked for what the store may
  // have lost, and nothing is missing any more that can still come by itself. From any thread.
  bool recovered() const { return recovered_; }
  // The same; or somebody has agreed since the start, and all who are still waited for have not
  // answered yet: their cases wait, and the agency goes on. From any thread.
  bool usable() const { return usable_; }
  // Why nothing can be done in a case with the agency: its link is being recovered, or the
  // directory does not have it. kNone: something can. As of the last recount(). From any thread.
  Refusal out_of_reach(AgencyId peer) const;
  // No link is being recovered, and since the start each peer has said how much of our log it
  // holds. Before that, a store that is an old copy cannot know that it is one.
  bool whole() const { return whole_; }

  // The epoch of what we write. A new one tells peers that an older copy of this agency is not us.
  struct Epochs {
    Epoch now = 1;
    Epoch closed = 1;  // in the commit that runs
    Epoch on_disk = 1;
    Epoch at_start = 1;
    bool raised = false;  // in this run
  };
  Epochs epochs;
  bool payments_doubted = false;  // before the epoch could be raised
  std::set<AgencyId> unproven;    // peers that claim receipts of ours and do not show them
  // Peers that have heard a later epoch of us and have not spoken to us yet.
  std::map<AgencyId, RefuseFrame> outlived_later;

  // The same for the agency as a whole.
  std::string_view check_invariants() const;

 private:
  void publish_reach(const Directory& directory);

  std::map<AgencyId, LinkState> links_;
  std::set<AgencyId> spoken_to_;
  std::set<AgencyId> agreed_;  // with our log, since the start
  std::set<AgencyId> witnesses_;
  bool confirmed_by_people_ = false;
  bool proved_ = false;  // by the machine
  std::atomic<bool> copied_{false};
  bool notes_loss_ = false;    // the open commit
  bool closed_notes_ = false;  // the one that runs
  bool changed_ = true;
  size_t blocked_ = 0;  // agencies whose links are being recovered and need no person for it
  bool whole_ = false;
  std::atomic<bool> recovered_{true};
  std::atomic<bool> usable_{true};
  std::atomic<bool> confirmed_{true};
  std::atomic<bool> proved_to_all_{false};
  // For other threads.
  mutable std::mutex reach_mutex_;
  std::set<AgencyId> known_;
  std::set<AgencyId> recovering_;
};

}  // namespace jiexu
