#include "tests/sim/coverage.h"

namespace jiexu::sim {
namespace {

Relationship relationship_of(const v1::TimelineRecord* entry) {
  return entry ? static_cast<Relationship>(entry->relationship()) : Relationship::kNone;
}

Funds funds_of(const v1::TimelineRecord* entry) {
  return entry ? static_cast<Funds>(entry->funds()) : Funds::kUnknown;
}

bool fits(const Row& row, const v1::TimelineRecord* before, const v1::TimelineRecord& entry) {
  const Relationship from = relationship_of(before);
  const Funds funds_from = funds_of(before);
  const Relationship to = row.to == kSameRelationship ? from : row.to;
  const Funds funds_to = row.funds_to == kSameFunds ? funds_from : row.funds_to;
  return row.event == static_cast<EventKind>(entry.event()) && row.from.has(from) &&
         row.funds_from.has(funds_from) && relationship_of(&entry) == to &&
         funds_of(&entry) == funds_to;
}

}  // namespace

void Coverage::count(Side side, const v1::TimelineRecord* before, const v1::TimelineRecord& entry) {
  if (static_cast<EventKind>(entry.event()) == EventKind::kDeadlinePassed) {
    ++deadlines_;
    return;
  }
  const auto all = rows(side);
  for (size_t i = 0; i < all.size(); ++i) {
    if (!fits(all[i], before, entry)) continue;
    ++taken_[{side, i}];
    return;
  }
}

void Coverage::add(const Survey& survey) {
  for (const auto& [id, file] : survey.cases) {
    const v1::TimelineRecord* before = nullptr;
    for (const v1::TimelineRecord& entry : file.timeline) {
      count(file.subject.side, before, entry);
      before = &entry;
    }
  }
}

void Coverage::add(const Coverage& other) {
  for (const auto& [row, count] : other.taken_) taken_[row] += count;
  deadlines_ += other.deadlines_;
}

std::vector<std::string> Coverage::never_taken() const {
  std::vector<std::string> out;
  for (const Side side : {Side::kIn, Side::kOut}) {
    const auto all = rows(side);
    for (size_t i = 0; i < all.size(); ++i) {
      if (taken_.contains({side, i})) continue;
      std::string line = std::string(name(side)) + " row " + std::to_string(i + 1) + ": ";
      line += name(all[i].event);
      if (all[i].guard != Guard::kAlways) line += ", if " + std::string(name(all[i].guard));
      if (all[i].funds_to != kSameFunds) line += " -> " + std::string(name(all[i].funds_to));
      out.push_back(std::move(line));
    }
  }
  return out;
}

}  // namespace jiexu::sim
