// What a transition sends. Internal to daemon/cases.
#pragma once

#include "daemon/cases/content.h"
#include "daemon/cases/table.h"

namespace jiexu {

// Appends the effect's message to `step`. REQUIRES: `subject` has absorbed the event.
void apply_effect(Effect effect, const Content& content, Case& subject, Step& step);

// Appends a reminder of the peer's duty.
void send_reminder(const Deadline& deadline, int32_t day, const Event& event,
                   const Context& context, Case& subject, Step& step);

}  // namespace jiexu
