// Plays a transcript of tests/agency/transcripts by its name: once calm, then through storms of the
// given seeds (frames lost, doubled, overtaking; processes ended at any moment), and prints what
// the agencies see.
#pragma once

#include <cstdint>
#include <string>

namespace jiexu::sim {

// The exit code: 0 if all they see is as it is written, calm and in every storm; 66: no transcript
// has the name.
int show_transcript(const std::string& name, uint64_t first_storm, uint64_t last_storm);

}  // namespace jiexu::sim
