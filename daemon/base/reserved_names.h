// Names under which records show what no user has done: what the daemon, its peers' letters and the
// bank have done. They are reserved for readers; the program decides by the kind of the actor.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace jiexu {

constexpr bool is_reserved_name(std::string_view name) {
  constexpr std::string_view kReserved[] = {"bank",     "link",     "timer", "directory",
                                            "calendar", "recovery", "case",  "batch"};
  return std::ranges::find(kReserved, name) != std::ranges::end(kReserved);
}

}  // namespace jiexu
