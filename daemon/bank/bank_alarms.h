// What lasts about our bank accounts and needs a person: files that are held, and gaps between
// statements. Stands in the list of alarms as long as it lasts.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/bank/rules/statement.h"
#include "daemon/base/ids.h"
#include "daemon/engine/observer.h"

namespace jiexu {

class BankAlarms {
 public:
  // `observer` must outlive this object.
  BankAlarms(AgencyId self, EngineObserver& observer) : self_(self), observer_(observer) {}

  void set_held(const Digest& file, bool held);
  void set_gaps(const std::string& account, std::vector<StatementGap> gaps);
  // After changes: what began lasts from `now` on.
  void show(Instant now);

 private:
  std::optional<std::string> held_text() const;
  std::optional<std::string> gaps_text() const;
  // Each alarm begins once and ends once.
  void show(AlarmKind kind, std::optional<std::string> text, std::optional<std::string>& shown,
            Instant now);

  AgencyId self_;
  EngineObserver& observer_;
  std::set<Digest> held_;
  std::map<std::string, std::vector<StatementGap>> gaps_;  // by account, those that have any
  std::optional<std::string> shown_held_;
  std::optional<std::string> shown_gaps_;
};

}  // namespace jiexu
