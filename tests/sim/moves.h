// Which row of the table moved a case, judged from two entries of its timeline.
#pragma once

#include "daemon/cases/table.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu::sim {

struct States {
  Relationship relationship = Relationship::kNone;
  Funds funds = Funds::kUnknown;
  Overlays overlays;
  bool operator==(const States&) const = default;
};

States states_of(const v1::TimelineRecord& entry);

// The first row that leads from one to the other; nullptr if none does. Overlays that follow from
// deadlines are left out of it.
const Row* find_move(Side side, const States& before, const v1::TimelineRecord& entry);

// An event that needs no row: a step of a deadline, or the electronic twin of what came on paper.
bool needs_no_row(const States& before, const v1::TimelineRecord& entry);

}  // namespace jiexu::sim
