// One agency: its kernel, its domains, and how they are wired together. The kernel
// (engine/kernel.h) says what becomes of an event; each domain says what it does about it.
//
// Errors, threads and the order of calls are the kernel's.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/agency/peer_commands.h"
#include "daemon/agency/quarantine_desk.h"
#include "daemon/attachments/attachment_fetch.h"
#include "daemon/attachments/attachment_uploads.h"
#include "daemon/bank/bank_files.h"
#include "daemon/bank/bank_service.h"
#include "daemon/base/limits.h"
#include "daemon/casework/action_guards.h"
#include "daemon/casework/case_commands.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/certificates.h"
#include "daemon/engine/change_log.h"
#include "daemon/engine/command.h"
#include "daemon/engine/kernel.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/scratch_arena.h"
#include "daemon/engine/transaction.h"
#include "daemon/link/frame.h"
#include "daemon/link/transport.h"
#include "daemon/payments/payment_service.h"
#include "daemon/peers/give_back.h"
#include "daemon/peers/link_guard.h"
#include "daemon/peers/link_watch.h"
#include "daemon/peers/peers.h"
#include "daemon/reconciliation/comparer.h"
#include "daemon/reconciliation/statement_service.h"
#include "daemon/recovery/link_recovery.h"
#include "storage/number_blocks.h"
#include "storage/room.h"
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
  std::vector<std::string> own_accounts;        // besides the one in the directory
  std::shared_ptr<const Calendar> calendar;     // nullptr: the years that this build carries
  std::vector<ProfileChoice> profiles;          // empty: the national rules
  bool store_complete = true;  // false: acknowledged commits may be missing; link_recovery.h
  bool store_copied = false;   // it lies in another folder than before
  bool store_proved = false;   // it is as the last run left it, says the machine (run_mark.h)
  BatchRules batch_rules;      // for payments
};

// All must outlive the engine.
struct EngineWorld {
  const Store& store;
  const Vault& vault;
  const Signer& signer;
  NumberBlocks& numbers;
  Transport& transport;
  EngineObserver& observer;
  ConnectionView connections = {};  // what the carrier knows of them; may be left out
  ChangeFeed* feed = nullptr;       // told of what is durable; may be left out
};

class Engine final : private PeerListener,
                     private CommitListener,
                     private NoticeListener,
                     private RecoveryKernel {
 public:
  // Reads where everything stands. Errors: as the store's; kInvalid if the store belongs to another
  // agency or the directory lacks ours.
  static Result<std::unique_ptr<Engine>> open(EngineOptions options, const EngineWorld& world,
                                              std::shared_ptr<const Directory> directory,
                                              Moment now);

  // Where events go, and what a commit is made of.
  Kernel& kernel() { return kernel_; }
  const Kernel& kernel() const { return kernel_; }

  // Open deadlines are judged anew, slice by slice (rejudge.h).
  void set_calendar(std::shared_ptr<const Calendar> calendar) {
    cases_.set_calendar(std::move(calendar));
  }
  // New peers are added, the others' keys and addresses are the transport's business. An agency
  // that is left out is a peer still, whose messages wait; but no recovery waits for it.
  [[nodiscard]] Result<void> set_directory(std::shared_ptr<const Directory> directory, Moment now);

  // Whether every peer has been asked for what the store may have lost, and nothing is missing any
  // more. Then the store may be declared complete. From any thread.
  bool recovered() const { return recovery_.state().recovered(); }
  // The same, or only cases with agencies that have not answered yet wait. From any thread.
  bool usable() const { return recovery_.state().usable(); }
  // Why nothing can be done now in a case with the agency, whatever it is; kNone: something can.
  // From any thread.
  Refusal out_of_reach(AgencyId peer) const { return recovery_.state().out_of_reach(peer); }
  // Since the start a peer, or two people, have shown that this store is not an older one, or there
  // was nothing to show: new numbers are given and payment files leave. From any thread.
  bool confirmed() const { return recovery_.state().confirmed(); }
  // The folder is a copy that people have to look at before payment files leave. From any thread.
  bool is_copy() const { return recovery_.state().is_copy(); }
  // The next run on this machine need ask nobody whether it has the newest store, if it finds it as
  // this one leaves it. From any thread.
  bool proved() const { return recovery_.state().proved(); }
  // The same for one peer. On the engine's thread.
  bool recovered(AgencyId peer) const { return !guard_.is_recovering(peer); }
  // Since the start, both have told each other how far their logs reach, and agreed.
  bool has_compared(AgencyId peer) const { return guard_.has_compared(peer); }
  // What must hold between two events: the first condition that does not, or nothing. For tests.
  std::string check_invariants() const { return recovery_.check_invariants(); }
  const Peers& peers() const { return peers_; }
  CaseService& cases() { return cases_; }

 private:
  Engine(EngineOptions options, const EngineWorld& world);

  // Tell the kernel what the domains do.
  void register_domains();
  void register_link_commands();
  void register_quarantine_commands();
  void register_store_commands();
  void add_link_duties();
  Result<void> look_at_links(Moment now);
  void add_case_duties();
  void add_number_duty();
  void add_money_duties();
  void wake_links(Steady now);
  Result<void> received(const PeerFrame& frame, Moment now) override;
  void connected(AgencyId peer, Moment now) override;
  void sealing() override;
  void landed(Moment now) override;
  Result<void> noticed(const CaseId& id, AgencyId peer, const v1::RemittanceNotice& notice,
                       Instant now) override;
  Result<void> load_peer(AgencyId id, Instant now);
  Result<void> load_former_peers(Instant now);
  // Frames.
  Result<void> receive_forward(Peer& peer, const Frame& frame, Instant now);
  Result<void> receive(Peer& peer, const BatchFrame& batch, Instant now);
  Result<void> receive_message(Peer& peer, const BatchFrame& batch, size_t index, Standing standing,
                               Instant now);
  Result<void> decide_message(Peer& peer, const v1::Message& message, const LogPlace& place,
                              Standing standing, Instant now);
  Result<std::optional<Rejection>> take_message(const Case& subject, const Event& event);
  Result<std::optional<Rejection>> take_released(AgencyId peer, const v1::Message& message,
                                                 const LogPlace& place, std::string_view note,
                                                 Instant now);
  // A daily statement, or a fault about one of ours; both are about no case. Whether it was one.
  Result<bool> receive_statement(Peer& peer, const v1::Message& message, const BatchFrame& batch,
                                 const LogPlace& place, Instant now);
  void quarantine(Peer& peer, const v1::Message& message, const LogPlace& place, v1::FaultCode code,
                  const Rejection& why, Instant now);
  void set_aside(Peer& peer, const LogPlace& place, v1::QuarantineRecord record,
                 const v1::Fault& fault, bool tell, Instant now);
  void note_set_aside(Peer& peer, Seq seq, uint32_t body_kind, v1::FaultCode code);
  // A message that cannot be read as a whole.
  Result<void> receive_unreadable(Peer& peer, std::string_view bytes, const LogPlace& place,
                                  Instant now);
  // What was set aside takes its number in the case all the same.
  Result<void> consume_number(const Peer& peer, const v1::Message& message, Instant now);
  void quarantine_unreadable(Peer& peer, const BatchFrame& batch, Instant now);
  Result<void> receive_reply(Peer& peer, const Frame& frame, Instant now);
  Result<void> receive_opened(Peer& peer, const OpenedFrame& opened, Instant now);
  SenderStep to_sender(Peer& peer, const Frame& frame);
  void note_receipts(const Peer& peer, Seq receipted_before);
  Result<void> answer_open(Peer& peer, const OpenFrame& open, Instant now);
  Result<void> answer_want(Peer& peer, const WantFrame& want, Instant now);
  Result<void> receive_piece(Peer& peer, const PieceFrame& piece, Instant now);
  void reply(Peer& peer, std::string frame);
  void reply_busy(Peer& peer, v1::BusyCause cause, std::string why);
  void reply_clock(Peer& peer, Instant now);
  bool put_off_by_clock(Peer& peer, const BatchFrame& batch, Instant now);
  void take_announcement(Peer& peer, const std::optional<Announcement>& announcement);
  // RecoveryKernel.
  void send(const Peer& peer, Lane lane, std::string frame) override;
  void follow(Peer& peer, SenderStep step) override;
  void request_commit(bool urgent) override {
    kernel_.request_commit(urgent ? Urgency::kUrgent : Urgency::kLazy);
  }
  void write(const v1::StoreRecord& record) override;
  void doubt_payments(Instant until) override { remit_.doubt(until); }
  void skip_numbers(Instant now) override;
  void links_changed(bool freed) override;
  // Why nothing can be done in the case now, whatever it is.
  std::optional<Rejection> out_of_reach(const Case& subject) const;
  Result<Answered<v1::PeerView>> pause(const PauseCommand& pause, const std::string& user,
                                       Moment now);
  Result<Answered<v1::PeerView>> mailed(const MailedCommand& asked, const std::string& user,
                                        Moment now);
  Result<Answered<v1::PeerView>> ask(const AskPeerCommand& asked, Moment now);
  // As it stands after what was just asked for.
  Result<Answered<v1::PeerView>> show(AgencyId peer, Moment now);
  void set_pause(Peer& peer, std::optional<v1::PauseRecord> pause);
  Result<void> count_quarantined();
  bool may_book() const;
  // Bank lines that had to wait for what has just happened.
  Result<void> try_lines_again(Instant now);

  EngineOptions options_;
  EngineWorld world_;
  Transaction tx_;
  Kernel kernel_;
  ChangeFeed own_feed_;  // if the world has none
  ChangeLog changes_;
  ActionGuards guards_;
  Peers peers_;
  LinkRecovery recovery_;
  LinkGuard guard_;
  CaseService cases_;
  PaymentService remit_;
  BankService bank_;
  BankFiles bank_files_;
  AttachmentFetch fetch_;
  GiveBack give_back_;
  LinkWatch watch_;
  AttachmentUploads uploads_;
  CaseCommands case_commands_;
  Certificates certificates_;
  OpenMoney open_money_;
  StatementService statements_;
  Comparer comparer_;
  QuarantineDesk quarantine_desk_;
  std::shared_ptr<const Directory> directory_;
  std::set<AgencyId> in_flight_;  // peers that the commit in flight holds something of
  ScratchArena arena_;            // of the message in hand
  // Messages of the frame in hand that nobody can read: where the first is, and how many.
  Seq unreadable_from_ = 0;
  uint32_t unreadable_ = 0;
};

// The states of all links as the API shows them.
Result<v1::PeerViews> view_peers(const Peers& peers, const Directory& directory, CaseService& cases,
                                 const LinkWatch& watch, Moment now);

}  // namespace jiexu
