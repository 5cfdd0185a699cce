// Fills the store of an agency that is not running with cases that are open, as if letters had come
// for weeks: far faster than by letters, and with the same records.
#pragma once

#include <cstddef>
#include <filesystem>

namespace jiexu::bench {

void make_open_cases(const std::filesystem::path& agency_folder, size_t count);

}  // namespace jiexu::bench
