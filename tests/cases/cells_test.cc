// Every combination of side, relationship, funds and event, also those that no case reaches.
#include <catch2/catch.hpp>
#include <set>

#include "daemon/cases/table.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace cells_test {
namespace {

template <class State>
std::vector<State> all_states() {
  std::vector<State> out;
  for (int number = 0; number < 32; ++number) {
    if (!name(static_cast<State>(number)).empty()) out.push_back(static_cast<State>(number));
  }
  return out;
}

// A case that does not exist yet has no side and no funds: it is one cell.
template <class Visit>
void for_each_cell(const Visit& visit) {
  visit(case_in(Side::kIn, Relationship::kNone, Funds::kUnknown));
  for (const Side side : {Side::kIn, Side::kOut}) {
    for (const Relationship relationship : all_states<Relationship>()) {
      if (relationship == Relationship::kNone) continue;
      for (const Funds funds : all_states<Funds>()) visit(case_in(side, relationship, funds));
    }
  }
}

std::vector<Overlay> all_overlays() {
  std::vector<Overlay> out;
  for (int number = 0; number < 32; ++number) {
    if (!name(static_cast<Overlay>(number)).empty()) out.push_back(static_cast<Overlay>(number));
  }
  return out;
}

// Messages of the cells were written by a peer that knew everything.
bool has_row(const Case& subject, EventKind kind) {
  Side side = subject.side;
  if (!subject.exists()) side = kind == EventKind::kApply ? Side::kIn : Side::kOut;
  for (const Row& row : rows(side)) {
    if (row.guard != Guard::kOvertaken && fits(row, subject, kind)) return true;
  }
  return false;
}

Refusal refusal_without_row(const Case& subject, EventKind kind) {
  if (kind == EventKind::kDeadlinePassed) return Refusal::kNotAllowedNow;
  if (kind == EventKind::kKeyPaper) return Refusal::kPaperInvalid;  // nothing is in it
  if (!subject.exists()) return Refusal::kUnknownCase;
  if (kind == EventKind::kApply || kind == EventKind::kLetterIn) return Refusal::kCaseExists;
  return subject.closed() ? Refusal::kCaseClosed : Refusal::kNotAllowedNow;
}

Outcome try_event(const Case& subject, EventKind kind, Case* next = nullptr) {
  Party party(subject.side);
  party.subject = subject;
  v1::ActionInput input;
  v1::Message message;
  const Outcome outcome = party.apply(sound_event(subject, kind, input, message));
  if (next != nullptr) *next = party.subject;
  return outcome;
}

// What holds of every accepted event, whatever it is.
bool is_sound(const Case& before, const Case& after, const Outcome& outcome) {
  bool sound = after.revision == before.revision + 1 &&
               after.timeline_count == before.timeline_count + 1 && after.updated_at == kNow &&
               after.sent_case_seq == before.sent_case_seq + outcome.messages.size() &&
               after.closed_at.has_value() == after.closed();
  for (const Posting& posting : outcome.postings) {
    sound &= posting.amount.value > 0 && posting.debit != posting.credit;
  }
  for (const v1::Message& message : outcome.messages) {
    sound &= message.case_id() == before.id.bytes() && message.sent_at_ms() == kNow.ms;
  }
  return sound;
}

}  // namespace

TEST_CASE("a cell without a row refuses by name, and the refusal says why") {
  size_t cells = 0;
  for_each_cell([&](const Case& subject) {
    for (const EventKind kind : all_events()) {
      if (has_row(subject, kind)) continue;
      ++cells;
      const Outcome outcome = try_event(subject, kind);
      if (outcome.refusal() == refusal_without_row(subject, kind)) continue;
      FAIL_CHECK(name(subject.side) << ' ' << state_text(subject) << ' ' << name(kind) << " gave "
                                    << name(outcome.refusal()));
    }
  });
  CHECK(cells > 20'000);
}

TEST_CASE("a cell with a row accepts sound content, or names the condition that does not hold") {
  size_t accepted = 0;
  for_each_cell([&](const Case& subject) {
    for (const EventKind kind : all_events()) {
      if (!has_row(subject, kind)) continue;
      Case next;
      const Outcome outcome = try_event(subject, kind, &next);
      INFO(name(subject.side) << ' ' << state_text(subject) << ' ' << name(kind));
      if (outcome.rejection) {
        CHECK(outcome.refusal() ==
              (subject.closed() ? Refusal::kCaseClosed : Refusal::kGuardFailed));
        CHECK_FALSE(outcome.rejection->detail.empty());
        continue;
      }
      ++accepted;
      // closed_at is set when a case closes; cells that are closed from the start have none.
      if (!subject.closed() && !is_sound(subject, next, outcome)) FAIL_CHECK("unsound");
    }
  });
  CHECK(accepted > 300);
}

TEST_CASE("what is offered is exactly what would be accepted") {
  for_each_cell([&](Case subject) {
    if (!subject.exists()) return;
    for (const Overlay overlay : all_overlays()) {
      for (const bool findings : {false, true}) {
        if (overlay != Overlay::kNone && findings) continue;
        subject.overlays = {};
        if (overlay != Overlay::kNone) subject.overlays.add(overlay);
        subject.findings.assign(findings ? 1 : 0, v1::Finding());
        std::set<EventKind> offered;
        for (const Offer& offer : offers(subject)) offered.insert(offer.action);
        for (const EventKind kind : all_events()) {
          // What came on paper is keyed in at any time, and then judged as the message.
          if (!is_action(kind) || kind == EventKind::kKeyPaper) continue;
          const bool accepted = !try_event(subject, kind).rejection;
          if (accepted == offered.contains(kind)) continue;
          FAIL_CHECK(name(subject.side)
                     << ' ' << state_text(subject) << ' ' << name(kind)
                     << (accepted ? " is accepted, not offered" : " is offered, not accepted"));
        }
      }
    }
  });
}

TEST_CASE("nothing is offered for a case that does not exist") {
  CHECK(offers(Case()).empty());
}

TEST_CASE("every offer has a title and a role") {
  for_each_cell([](const Case& subject) {
    for (const Offer& offer : offers(subject)) {
      CHECK_FALSE(offer.title.empty());
      CHECK((offer.role == "clerk" || offer.role == "reviewer"));
    }
  });
}

}  // namespace cells_test
