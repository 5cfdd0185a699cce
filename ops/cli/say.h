// What the command line says, in the language of whoever asks. The words are those of the
// catalogue (daemon/words/words.h).
#pragma once

#include <string>
#include <string_view>

#include "daemon/words/words.h"

namespace jiexu::cli {

// English until it is set, which happens once, before anything is printed.
Language language();
void set_language(Language language);

// What LC_ALL, LC_MESSAGES or LANG asks for, the first that is set; nullopt: none of our languages.
std::optional<Language> language_of_environment();

// A sentence that stands in the code in English, with the values of its braces.
std::string say(std::string_view sentence, Values values = {});

// An error of several pieces, such as "statement.xml, line 7: BookgDt is not a date": each that the
// catalogue has in its words; names of files, and what other programs say, as they are.
std::string say_in_pieces(std::string_view text);

// What a name of a table or of the API is called, such as ("state.", "DRAFT").
std::string called(std::string_view family, std::string_view name);

}  // namespace jiexu::cli
