// What a person may write where one of several names is asked for: by the name that tables and
// files have, or by the words that screens show, in either language. Pure; reads the catalogue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jiexu::cli {

// The names of a family of the catalogue, such as "state.", that `text` means: in any case of its
// letters, or by a word that several may have in common. Empty: none.
std::vector<std::string> names_meant(std::string_view family, const std::string& text);
// Every name of the family with its word, one a line.
std::string names_text(std::string_view family);

// Of a field of an action, an application, a letter or a form, such as "segments[0].kind": every
// value with its word, one a line behind `indent`; empty if it is no field that has a list.
std::string choices_text(const std::string& path, const std::string& indent);

}  // namespace jiexu::cli
