// Overlay cells: what hangs over a case decides some events. For each event those overlays are
// relevant that a row of it needs or bars; every set of them is tried in every cell, all others are
// shown to make no difference, and overlays.golden names each cell that an overlay decides.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "daemon/cases/table.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace overlay_test {
namespace {

template <class State>
std::vector<State> all_states() {
  std::vector<State> out;
  for (int number = 0; number < 32; ++number) {
    if (!name(static_cast<State>(number)).empty()) out.push_back(static_cast<State>(number));
  }
  return out;
}

std::vector<Overlay> members(Overlays overlays) {
  std::vector<Overlay> out;
  for (const Overlay overlay : all_states<Overlay>()) {
    if (overlay != Overlay::kNone && overlays.has(overlay)) out.push_back(overlay);
  }
  return out;
}

// That a row of the event needs or bars.
Overlays relevant(Side side, EventKind kind) {
  Overlays out;
  for (const Row& row : rows(side)) {
    if (!row.events.has(kind)) continue;
    out.add(row.needs);
    out.add(row.bars);
  }
  return out;
}

std::vector<Overlays> subsets(Overlays of) {
  std::vector<Overlays> out = {Overlays()};
  for (const Overlay overlay : members(of)) {
    for (size_t i = 0, n = out.size(); i < n; ++i) {
      Overlays more = out[i];
      more.add(overlay);
      out.push_back(more);
    }
  }
  return out;
}

// Every cell of a side in which a case can be.
template <class Visit>
void for_each_cell(Side side, const Visit& visit) {
  for (const Relationship relationship : all_states<Relationship>()) {
    if (relationship == Relationship::kNone) continue;
    for (const Funds funds : all_states<Funds>()) visit(case_in(side, relationship, funds));
  }
}

const Row* row_for(const Case& subject, EventKind kind) {
  for (const Row& row : rows(subject.side)) {
    if (row.guard != Guard::kOvertaken && fits(row, subject, kind)) return &row;
  }
  return nullptr;
}

struct Tried {
  Outcome outcome;
  Case after;
};

Tried attempt(const Case& subject, EventKind kind) {
  Party party(subject.side);
  party.subject = subject;
  v1::ActionInput input;
  v1::Message message;
  Tried out;
  out.outcome = party.apply(sound_event(subject, kind, input, message));
  out.after = party.subject;
  return out;
}

// "-> STOPPED / CANCEL_ASKED" or the name of the refusal.
std::string result_of(const Tried& tried) {
  if (tried.outcome.rejection) return std::string(name(tried.outcome.refusal()));
  std::string out = "-> " + std::string(name(tried.after.relationship));
  if (!tried.after.overlays.empty()) out += " / " + text(tried.after.overlays);
  return out;
}

// One line for each set of overlays that gives another result than none, for each event and state.
// Funds do not matter to which overlays count (the test below); the line names those funds under
// which the event goes through in most sets.
std::string print_side(Side side) {
  std::string out;
  for (const EventKind kind : all_events()) {
    const std::vector<Overlays> sets = subsets(relevant(side, kind));
    if (sets.size() == 1) continue;
    std::set<std::string> lines;
    for_each_cell(side, [&](const Case& cell) {
      std::set<std::string> results;
      std::vector<std::string> of_cell;
      for (const Overlays overlays : sets) {
        Case subject = cell;
        subject.overlays = overlays;
        const std::string result = result_of(attempt(subject, kind));
        results.insert(overlays.empty() ? result : result.substr(0, result.find(" / ")));
        of_cell.push_back(std::string(name(side)) + " " + std::string(name(kind)) + " in " +
                          std::string(name(cell.relationship)) + " with " + text(overlays) + ": " +
                          result);
      }
      // Where no set of overlays changes what comes of it, none decides.
      if (results.size() > 1) lines.insert(of_cell.begin(), of_cell.end());
    });
    for (const std::string& line : lines) out += line + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("the cells that an overlay decides are the golden ones") {
  const std::string printed = print_side(Side::kIn) + print_side(Side::kOut);
  if (std::getenv("JIEXU_REWRITE") != nullptr) std::ofstream(OVERLAYS_GOLDEN) << printed;
  std::ifstream file(OVERLAYS_GOLDEN);
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(printed == golden.str());
}

TEST_CASE("in every cell and under every set of relevant overlays the table decides") {
  size_t cells = 0;
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const EventKind kind : all_events()) {
      const Overlays all = relevant(side, kind);
      for_each_cell(side, [&](const Case& cell) {
        for (const Overlays overlays : subsets(all)) {
          Case subject = cell;
          subject.overlays = overlays;
          const Row* row = row_for(subject, kind);
          const Tried tried = attempt(subject, kind);
          if (kind == EventKind::kKeyPaper || kind == EventKind::kDeadlinePassed) continue;
          ++cells;
          const Refusal refusal = tried.outcome.refusal();
          bool right = refusal == Refusal::kNone || refusal == Refusal::kGuardFailed ||
                       (subject.closed() && refusal == Refusal::kCaseClosed);
          if (row == nullptr) {
            const bool exists = kind == EventKind::kApply || kind == EventKind::kLetterIn;
            right = refusal == (exists             ? Refusal::kCaseExists
                                : subject.closed() ? Refusal::kCaseClosed
                                                   : Refusal::kNotAllowedNow);
          }
          if (right) continue;
          FAIL_CHECK(name(side) << ' ' << state_text(subject) << ' ' << name(kind) << " gave "
                                << name(refusal));
        }
      });
    }
  }
  CHECK(cells > 100'000);
}

TEST_CASE("an overlay that no row of the event asks about changes nothing about it") {
  size_t cells = 0;
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const EventKind kind : all_events()) {
      for_each_cell(side, [&](const Case& cell) {
        const Tried plain = attempt(cell, kind);
        if (plain.outcome.rejection) return;
        for (const Overlay overlay : all_states<Overlay>()) {
          if (overlay == Overlay::kNone || relevant(side, kind).has(overlay)) continue;
          ++cells;
          Case subject = cell;
          subject.overlays.add(overlay);
          const Tried tried = attempt(subject, kind);
          const bool same = !tried.outcome.rejection && tried.outcome.row == plain.outcome.row &&
                            tried.after.relationship == plain.after.relationship;
          if (same) continue;
          FAIL_CHECK(name(side) << ' ' << state_text(subject) << ' ' << name(kind));
        }
      });
    }
  }
  CHECK(cells > 10'000);
}

TEST_CASE("every overlay is set by something, and something asks about it or shows it") {
  Overlays set = {Overlay::kReminded, Overlay::kReminding,    Overlay::kEscalated,  // deadlines
                  Overlay::kUnclear,  Overlay::kUpstreamOpen, Overlay::kIncomplete};
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const Row& row : rows(side)) set.add(row.set);
  }
  for (const Overlay overlay : all_states<Overlay>()) {
    INFO(name(overlay));
    CHECK((overlay == Overlay::kNone || set.has(overlay)));
  }
}

}  // namespace overlay_test
