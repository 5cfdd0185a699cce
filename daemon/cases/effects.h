// What a transition sends and posts. Internal to daemon/cases.
#pragma once

#include "daemon/cases/content.h"
#include "daemon/cases/table.h"

namespace jiexu {

// Appends the effect's messages and postings to `step`, whose `next` has absorbed the event.
// `due_before` is what was due before it.
void apply_effect(Effect effect, const Content& content, Fen due_before, Step& step);

}  // namespace jiexu
