// What is printed of a tree of commands: help, and what is wrong with a command line. Internal to
// command_line.cc.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace jiexu::cli {

// Example, what it does, how it is called, its options, those of every command, and subcommands.
class ExampleFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// The options that are no argument by place, but for those that nobody is told of.
std::vector<const CLI::Option*> options_of(const CLI::App& app);
std::vector<const CLI::Option*> places_of(const CLI::App& app);
std::vector<const CLI::App*> commands_of(const CLI::App& app);
// Whether no value follows it.
bool is_flag(const CLI::Option& option);
// "--config FILE", "--json", "id"
std::string option_usage(const CLI::Option& option);
// "jiexu case show [OPTIONS] id"
std::string usage_of(const CLI::App& app);
// "jiexu case show"
std::string path_of(const CLI::App& app);

// Where the first word stands that is no option and no value of one; the end if there is none.
size_t first_word(const CLI::App& root, const std::vector<std::string>& words);

// One sentence, and where it helps, the nearest of what exists.
std::string complaint(const CLI::App& root, const std::vector<std::string>& words,
                      const CLI::ParseError& error);
// What is wrong with a line whose words lead nowhere; empty: each is known.
std::string wrong_word(const CLI::App& root, const std::vector<std::string>& words);

}  // namespace jiexu::cli
