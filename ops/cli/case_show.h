// One case for a person to read.
#pragma once

#include <string>

namespace jiexu::cli {

// `body`: the JSON of a CaseView.
void print_case(const std::string& body);

}  // namespace jiexu::cli
