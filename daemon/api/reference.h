// The description of the API for people: one page of HTML, made of the document that programs read
// (openapi.h), so that the two say the same.
#pragma once

#include <string>

#include "daemon/words/words.h"

namespace jiexu {

// Made once for each language.
const std::string& reference_page(Language language);

}  // namespace jiexu
