// Catch itself, which takes as long to compile as a folder of tests and is compiled once.
#pragma once

namespace jiexu {

// Runs the tests of the program. Returns how many have failed, at most 255.
int run_tests(int count, const char* const* words);

}  // namespace jiexu
