// Cases by the names that people have for them.
#pragma once

#include <string>

#include "ops/cli/session.h"

namespace jiexu::cli {

// The id of the case that is meant: by its letter's number, by the beginning of its id, which lists
// show where there is no letter yet, or by the id itself. What is none of these is given back as it
// is, for the daemon to say so. Errors: kNotFound, kInvalid (several), and those of asking.
Result<std::string> case_named(const Session& session, const std::string& name);

}  // namespace jiexu::cli
