// Which rows of the case table were taken: what a campaign has really tried. A row that is never
// taken is a part of the table that the simulator says nothing about.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cases/table.h"
#include "tests/sim/survey.h"

namespace jiexu::sim {

class Coverage {
 public:
  // Counts what the timelines of all cases tell.
  void add(const Survey& survey);
  void add(const Coverage& other);
  // One line for each row of both sides that was never taken; with the reason, if these worlds
  // cannot take it.
  std::vector<std::string> never_taken() const;
  // How often deadlines passed.
  uint64_t deadlines() const { return deadlines_; }

 private:
  void count(Side side, const v1::TimelineRecord* before, const v1::TimelineRecord& entry);

  std::map<std::pair<Side, size_t>, uint64_t> taken_;  // by side and number of the row
  uint64_t deadlines_ = 0;
};

}  // namespace jiexu::sim
