// Fills the store of an agency that is not running with open cases, applied for and accepted over
// some days: far faster than by the API, and with the records that the engine writes.
#pragma once

#include <cstddef>
#include <filesystem>

namespace jiexu::bench {

void make_open_cases(const std::filesystem::path& agency_folder, size_t count);

}  // namespace jiexu::bench
