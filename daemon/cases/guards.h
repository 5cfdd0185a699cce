// The conditions of rows (table.h), asked of an event, or of a case alone for what is offered.
// Internal to daemon/cases.
#pragma once

#include "daemon/cases/content.h"
#include "daemon/cases/table.h"

namespace jiexu {

bool holds(Guard guard, const Case& subject, const Content& content);
// False if it cannot hold, whatever a person enters.
bool may_hold(Guard guard, const Case& subject);

}  // namespace jiexu
