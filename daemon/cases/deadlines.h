// The running terms of a case: which clock an event starts and which duty it meets, by the case's
// policy profile and the working-day calendar; and the ladder of reminders around the last day
// (X39). Internal to daemon/cases.
#pragma once

#include <optional>
#include <string>

#include "daemon/cases/step.h"

namespace jiexu {

// Starts and ends deadlines after `event` has brought the case to where it is. A clock that runs is
// not started again: no rule restarts one while a form is being corrected.
void update_deadlines(const Event& event, const Context& context, Case& subject);

// The letter goes to another agency: what that agency has to do starts anew with its receipt.
void forget_peers_duties(Case& subject);

// Whether the case, as it stands, has no need of the deadline any more.
bool is_met(DeadlineKind kind, const Case& subject);

// Which reminders are unanswered, and whether something has been passed on to the operator.
inline constexpr Overlays kToldByDeadlines = {Overlay::kReminded, Overlay::kReminding,
                                              Overlay::kEscalated};
Overlays told_by_deadlines(const Case& subject);
// Says so by the case's overlays.
void show_deadlines(Case& subject);

struct Climbed {
  const Deadline* remind = nullptr;  // the peer is to be reminded of it
  int32_t day = 0;                   // days after the due day
  std::string note;
};
// Takes all steps of the ladder of event.deadline that are due, as one: a reminder that comes late
// is sent once. nullopt if none is due.
std::optional<Climbed> climb_ladder(const Event& event, Case& subject);
// Takes the steps up to the next reminder, whatever the day is: it was sent before. Then those that
// are due, as above. nullptr if the case has no such deadline.
Deadline* skip_to_reminder(const Event& event, Case& subject);

}  // namespace jiexu
