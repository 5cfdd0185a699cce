// Letters that wait for an agency which has been down for days, more than one agency can number in
// a day: made by the engine itself over the store of a sender that is not running, by a clock of
// those days.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace jiexu::bench {

// `count` letters to the agency `to`, of the persons from `first_person` on, as of as many days
// before today as they need.
void queue_letters(const std::filesystem::path& agency_folder, const std::string& to, size_t count,
                   size_t first_person);

}  // namespace jiexu::bench
