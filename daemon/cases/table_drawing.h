// The tables as drawings: which event leads from which state of the relationship to which, without
// what else a row asks for. Mermaid's stateDiagram, which code hosts show as a picture and people
// can read as lines. README.md beside this file holds what this gives, and a test holds it to that.
#pragma once

#include <string>

#include "daemon/cases/case.h"

namespace jiexu {

std::string draw_table(Side side);

}  // namespace jiexu
