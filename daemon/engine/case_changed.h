// That a step has changed a case, and who wants to know of it. Changes are queued in the
// transaction and told after the step (transaction.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/cases/event.h"

namespace jiexu {

class CaseListener;

// What listeners ask of a case as it was before the step.
struct CaseBefore {
  bool exists() const { return existed; }
  bool closed() const { return was_closed; }

  bool existed = false;
  bool was_closed = false;
  bool stated = false;  // by daily statements (stated.h)
  Side side{};
  AgencyId peer;
  Funds funds{};
  uint32_t form_version = 0;
  Fen due;
  Fen moved;
  Fen returned;
  Fen credited;
  uint32_t attempt = 0;
  std::vector<OpenPayment> payments;
  size_t proposals = 0;          // that wait for a second person
  uint32_t newest_proposal = 0;  // its number, 0: there is none
};

// One decision about one case, in one step or several that were written together. It owns what it
// holds: the message and the input that led to it are gone when it is told.
struct CaseChanged {
  uint32_t order = 0;  // its place among the changes of its commit, from 0
  uint32_t depth = 0;  // so many changes led to one another before it
  CaseBefore before;
  std::shared_ptr<const Case> after;
  // Of the event that changed it, the last one if there were several.
  EventKind kind = EventKind::kNone;
  Instant at;
  ActorKind actor_kind = ActorKind::kUnsaid;
  std::string actor;
  Fen amount;
  uint32_t attempt = 0;
  std::string batch;
  // Has made the change and follows it within its step; it is not told again.
  const CaseListener* made_by = nullptr;
};

// Hears of every change of a case, after the step and in the same commit. It reads and writes the
// transaction, and may change other cases: that is queued in turn. What a case refuses it is an
// outcome, which the listener records. Errors are the store's and end the process.
class CaseListener {
 public:
  virtual ~CaseListener() = default;
  [[nodiscard]] virtual Result<void> case_changed(const CaseChanged& change) = 0;
};

}  // namespace jiexu
