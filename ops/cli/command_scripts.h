// What other programs are told of a tree of commands: the shells, to complete a line, and man(1).
// Internal to command_line.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace jiexu::cli {

std::string bash_completion(const CLI::App& root);
std::string zsh_completion(const CLI::App& root);
std::string fish_completion(const CLI::App& root);

// In the language of groff(7), with the macros of man(7).
std::string manual_page(const CLI::App& root);

}  // namespace jiexu::cli
