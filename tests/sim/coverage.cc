#include "tests/sim/coverage.h"

#include "tests/sim/moves.h"

namespace jiexu::sim {
void Coverage::count(Side side, const v1::TimelineRecord* before, const v1::TimelineRecord& entry) {
  if (static_cast<EventKind>(entry.event()) == EventKind::kDeadlinePassed) {
    ++deadlines_;
    return;
  }
  const Row* row = find_move(side, before ? states_of(*before) : States(), entry);
  if (row != nullptr) ++taken_[{side, static_cast<size_t>(row - rows(side).data())}];
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
      line += print_row(all[i]);
      out.push_back(std::move(line));
    }
  }
  return out;
}

}  // namespace jiexu::sim
