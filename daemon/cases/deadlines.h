// The running terms of a case: which clock an event starts and which duty it meets, by the case's
// policy profile and the working-day calendar. Internal to daemon/cases.
#pragma once

#include "daemon/cases/step.h"

namespace jiexu {

// Starts and ends deadlines after `event` has brought the case to where it is. A clock that runs is
// not started again: no rule restarts one while a form is being corrected.
void update_deadlines(const Event& event, const Context& context, Case& subject);

}  // namespace jiexu
