// Terms of the person and of the former employer around the end of the old insurance. They bind
// neither agency, and no clock of a case follows them: they are shown with the case, so that a
// clerk can tell the person. Pure.
#pragma once

#include <array>
#include <string_view>

#include "daemon/base/time.h"

namespace jiexu {

// The same day of a later month, or the last day of that month.
Date months_after(Date day, int months);

struct PersonTerm {
  std::string_view who;   // "person" or "employer"
  std::string_view what;  // that is to be done
  Date until;             // the last day
  std::string_view source;
};

// Counted in calendar days and months from the day on which the insurance ended. The rules count
// from the end of the contract and of the relationship; the agencies know this day.
std::array<PersonTerm, 2> person_terms(Date ended);

}  // namespace jiexu
