// Reasons of other domains for which nothing, or not this, can be done in a case now. A domain
// registers its guard at start; whoever is about to act asks all of them. What the case itself
// refuses is step()'s business.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "daemon/base/result.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/refusal.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// An action that somebody is about to take.
struct IntendedAction {
  const Case& subject;
  EventKind action = EventKind::kNone;     // kNone: whatever it is
  const v1::ActionInput* input = nullptr;  // nullptr: not known
};

// Errors: the store's.
using ActionGuard = std::function<Result<std::optional<Rejection>>(const IntendedAction&)>;

class ActionGuards {
 public:
  void add(ActionGuard guard) { guards_.push_back(std::move(guard)); }

  // The first reason against it, in the order of registration; nullopt: there is none.
  Result<std::optional<Rejection>> ask(const IntendedAction& intended) const {
    for (const ActionGuard& guard : guards_) {
      auto why = guard(intended);
      if (!why || *why) return why;
    }
    return std::nullopt;
  }

 private:
  std::vector<ActionGuard> guards_;
};

}  // namespace jiexu
