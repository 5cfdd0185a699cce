#include "tests/sim/coverage.h"

#include "tests/sim/moves.h"

namespace jiexu::sim {
namespace {

// Rows of which tests/cases/row_test.cc has a life each, and no world of the simulator.
struct OutOfReach {
  Side side;
  EventKind event;
  Guard guard;
  Relationship from;
  std::string_view why;
};

constexpr std::string_view kBooksAnew = "its bank books anew whatever it took back after the close";
constexpr std::string_view kSound = "recoveries of sound peers find none";
constexpr std::string_view kForeign = "only another program sends what this one cannot use";

constexpr OutOfReach kOutOfReach[] = {
    {Side::kIn, EventKind::kRemitNoticeIn, Guard::kAlways, Relationship::kDone, kBooksAnew},
    {Side::kIn, EventKind::kReplyReminder, Guard::kAlways, Relationship::kInfoReceived,
     "only another program keeps transfer-in's terms, and reminds it"},
    {Side::kIn, EventKind::kContradiction, Guard::kAlways, Relationship::kDone, kSound},
    {Side::kIn, EventKind::kFaultIn, Guard::kLetterUnusable, Relationship::kLetterSent, kForeign},
    {Side::kIn, EventKind::kFaultIn, Guard::kAlways, Relationship::kDone, kForeign},
    {Side::kOut, EventKind::kRemit, Guard::kAlways, Relationship::kOutDone, kBooksAnew},
    {Side::kOut, EventKind::kContradiction, Guard::kAlways, Relationship::kOutDone, kSound},
    {Side::kOut, EventKind::kFaultIn, Guard::kAlways, Relationship::kOutDone, kForeign},
};

std::string reason(Side side, const Row& row) {
  for (const OutOfReach& known : kOutOfReach) {
    const bool it = known.side == side && row.events.has(known.event) && row.guard == known.guard &&
                    row.from.has(known.from);
    if (it) return " (out of reach: " + std::string(known.why) + ")";
  }
  return "";
}

}  // namespace

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
      line += print_row(all[i]) + reason(side, all[i]);
      out.push_back(std::move(line));
    }
  }
  return out;
}

}  // namespace jiexu::sim
