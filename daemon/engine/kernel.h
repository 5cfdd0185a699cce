// The kernel of an agency: it treats one event after another, and knows no domain. An event is a
// frame of a peer, a command of the local side, or time that has passed. Domains register with it
// what they do: how they answer commands and frames, what they have to do by themselves (duties),
// and what they add to a commit or do when one has landed. Each event goes one way, which
// Kernel::live() shows:
//
//   1 admit    Who sent it? Is it whole and within limits? Is there room on the disk? What needs no
//              state for that is done before, on the transport's thread (intake.h).
//   2 seen?    What was received before gets the same answer as before: frames by their number, a
//              command by its idempotency key.
//   3 load     The domain reads its subject as it is now, be it durable yet or not.
//   4 decide   A pure function says what becomes of it and what is sent, or refuses.
//   5 write    All that follows goes into the open commit. Nothing is on the disk yet, and nobody
//              has been told. When the step is over, listeners hear of the cases that it has
//              changed (transaction.h).
//   6 commit   All that gathered while the last commit ran goes to the disk: one write, one fsync.
//   7 release  Only now receipts, frames and answers leave.
//   8 observe  Metrics and alarms.
//
// handle(), connected() and wake() do 1 to 5; begin_commit(), the caller's Store::commit and
// commit_done() do 6 to 8. The next commit gathers while one runs.
//
// Errors: if Store::commit fails, nobody knows whether the commit is on the disk. The caller must
// end the process, and must not call commit_done(). An error that any method returns (the store
// could not be read) is fatal in the same way. A refusal is no error: it is an answer.
//
// The kernel has no threads, no clock and no randomness of its own, so that the simulator runs the
// same code as the daemon. engine/loop.h gives it threads; unless a method says otherwise, call it
// on the engine's thread.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/engine/command.h"
#include "daemon/engine/idempotency_keys.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/peer_frame.h"
#include "daemon/engine/transaction.h"
#include "storage/room.h"

namespace jiexu {

// How soon what was written is to be committed: for whoever waits for it at once, else within the
// time that a lazy commit may wait.
enum class Urgency : uint8_t { kLazy, kUrgent };

enum class CommandKind : uint8_t {
  kQuestion,  // writes nothing; answered at once
  kRelief,    // may be done on a disk that is nearly full: it writes little
  kAct,
};

// What a domain has to do by itself. Duties are asked in the order of registration, after each
// round of events and when wait_ms() has passed.
struct Duty {
  std::string_view name;
  // How long until it is due, 0: it is, INT64_MAX: nothing will be unless something happens.
  std::function<int64_t(Moment now)> wait_ms;
  // A bounded part of it. Whether that wrote something that is to be committed.
  std::function<Result<bool>(Moment now)> run;
  Urgency urgency = Urgency::kLazy;  // of what it writes
  bool needs_room = false;           // left alone while the disk is nearly full
};

// What takes part in each commit. In the order of registration.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  // The open commit is about to be closed: the last moment to write into it.
  virtual void sealing() {}
  // What was sealed last is durable: what waited for it may leave.
  virtual void landed(Moment /*now*/) {}
};

// Who treats what comes from peers.
class PeerListener {
 public:
  virtual ~PeerListener() = default;
  virtual Result<void> received(const PeerFrame& frame, Moment now) = 0;
  // The carrier has a new connection to the peer.
  virtual void connected(AgencyId peer, Moment now) = 0;
};

class Kernel {
 public:
  // All must outlive the kernel. `lazy_commit_ms`: how long a commit may wait that nobody waits
  // for.
  Kernel(Transaction& tx, EngineObserver& observer, int64_t lazy_commit_ms);

  // --- registration, before the first event ---
  template <class Ask>
  using Handler =
      std::function<Result<typename Ask::Reply>(const Ask&, const std::string& user, Moment now)>;
  template <class Ask>
  void answer(CommandKind kind, Handler<Ask> handler);
  void set_peer_listener(PeerListener& handler) { frames_ = &handler; }
  void add_duty(Duty duty) { duties_.push_back(std::move(duty)); }
  void add_commit_listener(CommitListener& listener) { listeners_.push_back(&listener); }

  // --- events ---
  [[nodiscard]] Result<void> handle(const PeerFrame& frame, Moment now);
  [[nodiscard]] Result<void> handle(Command command, Moment now);
  void connected(AgencyId peer, Moment now);
  // Does what is due; call when wait_ms() have passed.
  [[nodiscard]] Result<void> wake(Moment now);
  // How long until something is due, 0 if it is; INT64_MAX: nothing will be.
  int64_t wait_ms(Moment now) const;

  // A step is over that is not the whole of an event: one message of a frame, one bank line.
  [[nodiscard]] Result<void> end_step() { return tx_.end_step(); }

  // --- commits ---
  // Something was written, or waits for what was.
  void request_commit(Urgency urgency);
  // Whether there is something to commit now.
  bool wants_commit(Moment now) const;
  // Closes the open commit and hands out its batch, which stays valid until commit_done().
  // REQUIRES: no commit is running.
  const Batch& begin_commit();
  // The batch is durable: releases everything that waited for it.
  void commit_done(Moment now);
  bool committing() const { return in_flight_.has_value(); }

  // How much the disk can still take: below kAmple, acts are refused (kStorageLow), at kShort the
  // peers keep their messages. From any thread.
  void set_room(Room room) { room_ = room; }
  Room room() const { return room_; }
  // When the event in hand came.
  Moment moment() const { return moment_; }
  Steady steady() const { return moment_.steady; }

 private:
  struct Registered {
    CommandKind kind = CommandKind::kAct;
    std::function<Result<void>(Request& request, const std::string& user, Moment now)> run;
  };
  // What waits for a commit.
  struct Gathered {
    bool urgent = false;
    std::optional<Steady> since;
    std::vector<std::unique_ptr<Request>> answers;
  };

  // REQUIRES: there is none for the type yet.
  void add_handler(std::type_index type, Registered handler);
  Result<void> live(const Registered& handler, Command command, Moment now);
  // Whether the request was answered before, or its key does not allow it; it has its reply then.
  Result<bool> seen(const Command& command);
  // Treats it, and keeps the key of an act that has changed something.
  Result<void> do_once(const Registered& handler, const Command& command, Moment now);
  bool is_held_up(const Duty& duty) const { return duty.needs_room && room_ != Room::kAmple; }
  void answer_after_commit(std::unique_ptr<Request> request);

  Transaction& tx_;
  EngineObserver& observer_;
  int64_t lazy_commit_ms_;
  IdempotencyKeys keys_;
  std::unordered_map<std::type_index, Registered> handlers_;
  PeerListener* frames_ = nullptr;
  std::vector<Duty> duties_;
  std::vector<CommitListener*> listeners_;
  std::atomic<Room> room_{Room::kAmple};
  Moment moment_;
  bool asked_for_commit_ = false;  // by the command in hand
  Gathered open_;
  std::optional<Gathered> in_flight_;
};

template <class Ask>
void Kernel::answer(CommandKind kind, Handler<Ask> handler) {
  const auto run = [handler = std::move(handler)](Request& request, const std::string& user,
                                                  Moment now) -> Result<void> {
    auto& asked = static_cast<RequestFor<Ask>&>(request);
    TRY(auto reply, handler(asked.ask(), user, now));
    asked.answer(std::move(reply));
    return {};
  };
  add_handler(typeid(Ask), {kind, run});
}

}  // namespace jiexu
