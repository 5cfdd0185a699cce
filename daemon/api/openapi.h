// What the API is, for programs: an OpenAPI document (3.1) made of the rows of the routes and of
// the messages that their bodies are. It is what the daemon does: both come from the same rows.
#pragma once

#include <string>

#include "daemon/words/words.h"

namespace jiexu {

// JSON, a line to each operation and each schema. Its words are in the language; everything else
// is the same in each. Made once.
const std::string& openapi_document(Language language);

}  // namespace jiexu
