// What the case takes over from an accepted event. Internal to daemon/cases.
#pragma once

#include "daemon/cases/content.h"

namespace jiexu {

void absorb(const Content& content, Case& subject);

}  // namespace jiexu
