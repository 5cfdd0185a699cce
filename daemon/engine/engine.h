// The engine of one agency. It is the only writer of the agency's state, and treats each event (a
// frame of a peer, a command of the local side, a timer) in one order:
//
//   1 admit    Who sent the event? Is it whole and within limits? What needs no state for that is
//              done before, on the transport's thread (intake.h).
//   2 seen?    A frame or message that was received before gets the same answer as before.
//   3 load     Read the case as it is now.
//   4 decide   step() says what becomes of the case and what is sent, or refuses. Pure.
//   5 write    Case, timeline, messages, timers, indexes, ledger and link marks go into the open
//              commit. Nothing is on the disk yet, and nobody has been told. When the step is over,
//              listeners hear of the cases that it has changed (transaction.h).
//   6 commit   All that gathered while the last commit ran goes to the disk: one write, one fsync.
//   7 release  Only now receipts, frames and answers leave.
//   8 observe  Metrics and alarms.
//
// handle() does 1 to 5; begin_commit(), the caller's Store::commit and commit_done() do 6 to 8. The
// next commit gathers while one runs.
//
// Errors: if Store::commit fails, nobody knows whether the commit is on the disk. The caller must
// end the process, and must not call commit_done(). An error that handle() or wake() returns (the
// store could not be read) is fatal in the same way. A refusal is no error: it is an answer.
//
// The engine has no threads, no clock and no randomness of its own, so that the simulator runs the
// same code as the daemon. engine/loop.h gives it threads; unless a method says otherwise, call it
// on the engine's thread.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/limits.h"
#include "daemon/engine/attachment_fetch.h"
#include "daemon/engine/attachment_uploads.h"
#include "daemon/engine/bank_desk.h"
#include "daemon/engine/bank_files.h"
#include "daemon/engine/case_desk.h"
#include "daemon/engine/command.h"
#include "daemon/engine/comparer.h"
#include "daemon/engine/give_back.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/peers.h"
#include "daemon/engine/reconciler.h"
#include "daemon/engine/remit_desk.h"
#include "daemon/engine/scratch_arena.h"
#include "daemon/engine/statement_desk.h"
#include "daemon/engine/transaction.h"
#include "daemon/link/frame.h"
#include "daemon/link/transport.h"
#include "storage/space.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace jiexu {

struct EngineOptions {
  AgencyId self;
  SenderTiming timing;
  uint64_t seed = 0;            // of link sessions; differs from run to run
  int64_t lazy_commit_ms = 50;  // how long a commit may wait that nobody waits for
  size_t cases_cached_max = limits::kCaseCacheMax;
  uint64_t window_bytes = limits::kWindowBytes;  // that peers may have in flight
  // Actions that need a second person are proposed, and done when that person approves.
  bool four_eyes = false;
  std::vector<std::string> trusted_submitters;  // users whose bulk letters need no second person
  std::shared_ptr<const Calendar> calendar;     // nullptr: the years that this build carries
  std::vector<ProfileChoice> profiles;          // empty: the national rules
  bool store_complete = true;  // false: acknowledged commits may be missing; see reconciler.h
  BatchRules batch_rules;      // for payments
};

// A frame that has passed intake: decoded, verified, from this authenticated peer.
struct PeerFrame {
  AgencyId peer;
  Lane lane = Lane::kForward;
  Frame frame;
};

// All must outlive the engine.
struct EngineWorld {
  const Store& store;
  const Vault& vault;
  const Signer& signer;
  Transport& transport;
  EngineObserver& observer;
};

class Engine {
 public:
  // Reads where everything stands. Errors: as the store's; kInvalid if the store belongs to another
  // agency or the directory lacks ours.
  static Result<std::unique_ptr<Engine>> open(EngineOptions options, const EngineWorld& world,
                                              std::shared_ptr<const Directory> directory,
                                              Moment now);

  [[nodiscard]] Result<void> handle(const PeerFrame& frame, Moment now);
  [[nodiscard]] Result<void> handle(const Command& command, Moment now);
  // The carrier has a new connection to the peer.
  void connected(AgencyId peer, Moment now);
  // Timers of links and cases; call when wait_ms() have passed.
  [[nodiscard]] Result<void> wake(Moment now);
  // How long until something is due, 0 if it is; INT64_MAX: nothing will be.
  int64_t wait_ms(Moment now) const;

  // Whether there is something to commit now.
  bool wants_commit(Moment now) const;
  // Closes the open commit and hands out its batch, which stays valid until commit_done().
  // REQUIRES: no commit is running.
  const Batch& begin_commit();
  // The batch is durable: releases everything that waited for it.
  [[nodiscard]] Result<void> commit_done(Moment now);
  bool committing() const { return in_flight_.has_value(); }

  // Open deadlines are judged anew, slice by slice (rejudge.h).
  void set_calendar(std::shared_ptr<const Calendar> calendar);
  // New peers are added, the others' keys and addresses are the transport's business. An agency
  // that is left out is a peer still, whose messages wait; but no recovery waits for it.
  [[nodiscard]] Result<void> set_directory(std::shared_ptr<const Directory> directory, Moment now);

  // How much the disk can still take: below kAmple, actions are refused (kStorageLow), at kShort
  // the peers keep their messages. From any thread.
  void set_room(Room room) { room_ = room; }

  // Whether every peer has been asked for what the store may have lost, and nothing is missing any
  // more. Then the store may be declared complete. From any thread.
  bool recovered() const { return recovered_; }
  // The same for one peer. On the engine's thread.
  bool recovered(AgencyId peer) const { return !reconciler_.blocks(peer); }
  // Since the start, both have told each other how far their logs reach, and agreed.
  bool has_compared(AgencyId peer) const { return reconciler_.has_compared(peer); }
  const Peers& peers() const { return peers_; }
  CaseDesk& cases() { return cases_; }

 private:
  Engine(EngineOptions options, const EngineWorld& world);

  // Effects that wait for a commit.
  struct Gathered {
    bool urgent = false;
    bool notes_loss = false;  // it writes down that links still have to be recovered
    Epoch epoch = 0;          // set when it is closed
    std::optional<Steady> since;
    std::vector<std::pair<Command, Answer>> answers;
    std::set<AgencyId> peers;
  };

  Result<void> load_peer(AgencyId id, Instant now);
  Result<void> load_former_peers(Instant now);
  Result<void> do_what_is_due(Moment now);
  // Frames.
  Result<void> receive_forward(Peer& peer, const Frame& frame, Instant now);
  Result<void> receive(Peer& peer, const BatchFrame& batch, Instant now);
  Result<bool> comes_too_early(const Peer& peer, const BatchFrame& batch, Instant now);
  Result<void> receive_message(Peer& peer, const BatchFrame& batch, size_t index, Instant now);
  Result<void> decide_message(Peer& peer, const v1::Message& message, const LogPlace& place,
                              Instant now);
  // A daily statement, or a fault about one of ours; both are about no case. Whether it was one.
  Result<bool> receive_statement(Peer& peer, const v1::Message& message, const BatchFrame& batch,
                                 const LogPlace& place, Instant now);
  void quarantine(Peer& peer, const v1::Message& message, const LogPlace& place, v1::FaultCode code,
                  const Rejection& why, Instant now);
  void set_aside(Peer& peer, const LogPlace& place, v1::QuarantineRecord record,
                 const v1::Fault& fault, bool tell, Instant now);
  void note_set_aside(Peer& peer, Seq seq, uint32_t body_kind, v1::FaultCode code);
  void quarantine_unreadable(Peer& peer, const BatchFrame& batch, Instant now);
  Result<void> receive_reply(Peer& peer, const Frame& frame, Instant now);
  SenderStep to_sender(Peer& peer, const Frame& frame);
  // Recovery.
  Result<void> fetched(Peer& peer, const FetchedFrame& frame);
  void fetch_back(Peer& peer, Seq through, Instant now);
  void ask_to_speak(Peer& peer);
  void stop_writing(Peer& peer);
  void disbelieve(Peer& peer);
  void outlive(Peer& peer, const RefuseFrame& refuse, Instant now);
  void raise_epoch(Instant now);
  void doubt_payments(Instant now);
  void note_recovered();
  Result<void> end_recovery(Peer& peer, Instant now);
  Result<void> answer_open(Peer& peer, const OpenFrame& open, Instant now);
  Result<void> answer_want(Peer& peer, const WantFrame& want, Instant now);
  Result<void> receive_piece(Peer& peer, const PieceFrame& piece, Instant now);
  void reply(Peer& peer, std::string frame);
  void reply_busy(Peer& peer, std::string why);
  void follow(Peer& peer, SenderStep step);
  // Commands.
  Result<void> run(const Command& command, const ActionCommand& action, Instant now);
  Result<void> run(const Command& command, const ProposalCommand& proposal, Instant now);
  Result<void> run(const Command& command, const UploadCommand& upload, Instant now);
  Result<void> run(const Command& command, const SubmitCommand& submit, Instant now);
  Result<void> run(const Command& command, const BankCommand& bank, Instant now);
  Result<void> run(const Command& command, const BankFileCommand& part, Instant now);
  Result<void> run(const Command& command, const SettleLineCommand& settle, Instant now);
  Result<void> run(const Command& command, const MakeBatchesCommand& make, Instant now);
  Result<void> run(const Command& command, const ApproveBatchCommand& approve, Instant now);
  Result<void> run(const Command& command, const ExportBatchCommand& order, Instant now);
  Result<void> run(const Command& command, const PaymentReportCommand& report, Instant now);
  Result<void> run(const Command& command, const ReleasePaymentCommand& release, Instant now);
  Result<void> run(const Command& command, const PaymentsQuery& query, Instant now);
  Result<void> run(const Command& command, const PayeeQuery& query, Instant now);
  Result<void> run(const Command& command, const ConfirmPayeeCommand& confirm, Instant now);
  Result<void> run(const Command& command, const PauseCommand& pause, Instant now);
  Result<void> run(const Command& command, const PeersQuery& query, Instant now);
  Result<CaseDesk::Outcome> submit(const CaseId& id, const v1::ActionInput& input,
                                   const std::string& user, CaseDesk::Letter letter, Instant now);
  Result<std::shared_ptr<const Case>> subject_of(const ActionCommand& action, Instant now);
  std::optional<Rejection> out_of_reach(const Case& subject) const;
  Result<void> keyed_in(const CaseDesk::Outcome& outcome, const v1::ActionInput& input,
                        Instant now);
  Result<void> paper_approved(const Proposal& proposal, const CaseDesk::Outcome& outcome,
                              Instant now);
  // Answers an action's outcome once it is durable.
  void conclude(const Command& command, Answer answer, const CaseDesk::Outcome& outcome);
  void answer_after_commit(const Command& command, Answer answer);
  void answer_now(const Command& command, Answer answer);
  void gather(bool urgent);
  bool may_book() const;
  // Bank lines that had to wait for what has just happened.
  Result<void> try_lines_again(Instant now);
  // A message to the peer can be written now: none of ours is being recovered.
  bool may_write(AgencyId peer);
  // Our cases with the peer are where they were: nothing of ours is being recovered, and since the
  // start the two have compared what each holds.
  bool is_sound(AgencyId peer) const {
    return !reconciler_.blocks(peer) && reconciler_.has_compared(peer);
  }
  bool can_be_asked(AgencyId peer) const;

  EngineOptions options_;
  EngineWorld world_;
  Steady steady_;  // of what is being handled; the wall's time goes along as `now`
  Transaction tx_;
  Peers peers_;
  CaseDesk cases_;
  RemitDesk remit_;
  BankDesk bank_;
  BankFiles bank_files_;
  Reconciler reconciler_;
  AttachmentFetch fetch_;
  GiveBack give_back_;
  AttachmentUploads uploads_;
  OpenMoney open_money_;
  StatementDesk statements_;
  Comparer comparer_;
  std::atomic<bool> recovered_{true};
  size_t blocked_ = 0;  // agencies whose links are being recovered and need no person for it
  // No link is being recovered, and since the start each peer has said how much of our log it
  // holds. Before that, a store that is an old copy cannot know that it is one.
  bool whole_ = false;
  std::atomic<Room> room_{Room::kAmple};
  bool epoch_raised_ = false;  // in this run
  bool doubted_ = false;       // payments, before the epoch could be raised
  // Peers that have heard a later epoch of us and have not spoken to us yet.
  std::map<AgencyId, RefuseFrame> outlived_later_;
  std::shared_ptr<const Directory> directory_;
  v1::StoreRecord store_record_;
  Epoch epoch_ = 1;
  Epoch epoch_on_disk_ = 1;
  Epoch epoch_at_start_ = 1;
  Gathered open_;
  std::optional<Gathered> in_flight_;
  ScratchArena arena_;  // of the message in hand
  // Messages of the frame in hand that nobody can read: where the first is, and how many.
  Seq unreadable_from_ = 0;
  uint32_t unreadable_ = 0;
};

// The states of all links as the API shows them.
Result<v1::PeerViews> view_peers(const Peers& peers, const Directory& directory, CaseDesk& cases,
                                 const Reconciler& reconciler, Instant now);

}  // namespace jiexu
