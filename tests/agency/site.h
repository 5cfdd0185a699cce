// Agencies in one process without threads: each with its engine over a store in memory, and a
// carrier that hands frames over when the test says so. Time stands still unless the test moves it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/agency/engine.h"
#include "daemon/engine/intake.h"
#include "storage/memory/memory_numbers.h"
#include "storage/memory/memory_store.h"
#include "tests/agency/asking.h"

namespace jiexu {

// Three agencies with Ed25519 keys from fixed seeds: where people go, whence they come, another
// one.
AgencyId in_site();
AgencyId out_site();
AgencyId third_site();
// Of the last one; the others share an account.
inline constexpr std::string_view kThirdAccount = "61001500000000000003";
std::shared_ptr<const Signer> signer_of(AgencyId agency);
std::shared_ptr<const Directory> test_directory();
// The same, but that this agency has no Jiexu.
std::shared_ptr<const Directory> directory_by_mail(AgencyId agency);

// Both clocks at a time of tests that move only one.
inline Moment at(Instant now) {
  return {now, {now.ms}};
}

struct SentFrame {
  AgencyId peer;
  Lane lane;
  std::string bytes;
};

class Site final : public Transport, public EngineObserver {
 public:
  // A site over a new store of its own.
  explicit Site(AgencyId self, Instant now);

  // The engine over what the store holds, as after a restart of the process.
  void restart();

  // --- commands; each returns once its commit is durable ---
  Answer act(EventKind action, const CaseId& id, v1::ActionInput input = {});
  Answer bank(std::vector<v1::BankLine> lines);
  // Two people decide about a bank line: the user proposes, another one approves.
  Answer decide(SettleLineCommand act);
  // Hands the command over and leaves commits to the test. `answered` counts answers.
  void post(decltype(Asking::what) what);

  // --- the steps of the engine ---
  void hear(AgencyId from, Lane lane, const std::string& bytes);
  // Commits what is open, if anything is; true if there was.
  bool commit();
  // Lets timers run.
  void wake();
  // As a faulty program would: under its own signature its log holds a message for `to` that nobody
  // can read, and is sent, again and again if need be. The engine starts over it.
  void log_unreadable(AgencyId to);

  // --- looking in ---
  Case subject(const CaseId& id) const;
  std::vector<v1::TimelineRecord> timeline(const CaseId& id) const;
  std::vector<v1::QuarantineRecord> quarantine() const;
  int64_t balance(AgencyId peer, LedgerAccount account) const;
  int64_t ledger_sum() const;
  // Every record of the store in plain, but for what may differ between two runs that end in the
  // same state: the number of commits and which receipts came in one commit.
  std::map<std::string, std::string> contents() const;
  Records records() const { return {*store, *vault}; }
  const Peer& peer(AgencyId id) const { return *engine->peers().all().at(id); }

  // Transport and EngineObserver.
  void send(AgencyId peer, Lane lane, FrameBytes frame) override;
  void alarm(AgencyId peer, std::string_view text) override;
  void alarm_changed(AgencyId peer, AlarmKind kind, std::optional<std::string> text,
                     Instant at) override;
  void noted(std::string_view text) override { notes.emplace_back(text); }
  // Whether an alarm of the kind stands.
  bool standing(AlarmKind kind, AgencyId peer) const { return standing_.contains({kind, peer}); }
  void bank_alarm(AgencyId, std::string_view text) override { alarms.emplace_back(text); }

  AgencyId self;
  Instant now;
  BatchRules batch_rules;                                         // from the next restart() on
  std::shared_ptr<const Directory> directory = test_directory();  // the same
  std::string user = "clerk";                                     // who gives the commands
  bool four_eyes = false;                                         // from the next restart() on
  bool store_complete = true;  // what restart() says of the store
  bool store_copied = false;   // the same
  bool store_proved = false;   // the same
  std::unique_ptr<MemoryStore> store;
  MemoryNumbers numbers;  // beside the store
  std::unique_ptr<Vault> vault;
  ChangeFeed feed;
  std::unique_ptr<Engine> engine;
  std::deque<SentFrame> sent;      // not yet delivered
  std::vector<std::string> trace;  // "commit", "send receipt", "answer", in order
  std::vector<std::string> alarms;
  std::vector<std::string> notes;
  std::vector<Answer> answers;

 private:
  std::map<std::pair<AlarmKind, AgencyId>, std::string> standing_;
};

// Frames of a peer made by hand, that follow on what the site has heard from it.
class Forger {
 public:
  Forger(AgencyId self, Site& site) : self_(self), site_(site) {}

  // One frame with these messages, signed by the peer, delivered to the site.
  void deliver(const std::vector<std::string>& messages);
  void deliver(const v1::Message& message) { deliver({message.SerializeAsString()}); }
  // Delivers a receipt for everything that the site has written to the peer.
  void receipt(Instant received_at);

 private:
  AgencyId self_;
  Site& site_;
};

// Hands frames over and commits at all sites until nothing is left to do.
void settle(std::vector<Site*> sites);

// A credit line with the letter number in its remark.
v1::BankLine bank_line(const std::string& letter_number, int64_t fen, const std::string& sequence);

CaseId case_number(int n);

}  // namespace jiexu
