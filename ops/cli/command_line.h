// The command lines of our programs: commands, their options, help that leads with an example, and
// exit codes of sysexits. The only user of CLI11, whose header costs each file that includes it
// seconds of compiling.
//
// Texts of help are sentences of the catalogue, in English; they are shown in the language that is
// set (say.h). From the same tree come the shells' completion and the manual.
//
// An option writes to a variable of the caller's, which has to live until parse() has returned.
// Command and Option are handles, copied freely; they live as long as their CommandLine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace jiexu::cli {

class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option& required();
  Option& excludes(const Option& other);
  Option& needs(const Option& other);
  Option& range(int64_t least, int64_t most);
  Option& one_of(const std::vector<std::string>& values);
  Option& existing_folder();
  Option& type_name(const std::string& name);
  // What stands for it if it is not given.
  Option& environment(const std::string& variable);
  // Help shows the variable's value as the default.
  Option& shows_default();
  // After parse(): whether it was given.
  bool given() const;

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}
  // The command to which these words lead. REQUIRES: it is there.
  Command find_command(std::string_view words) const;
  // A subcommand whose help begins with `example`, which may have several lines: a task as a whole.
  // A leaf also gets what it does, by callback().
  Command add_command(const std::string& name, const std::string& does, const std::string& example);
  // `name` is "--long" for an option, and a plain word for an argument by its place.
  Option add_option(const std::string& name, std::string& value, const std::string& help = "");
  Option add_option(const std::string& name, std::filesystem::path& value,
                    const std::string& help = "");
  Option add_option(const std::string& name, int& value, const std::string& help = "");
  Option add_option(const std::string& name, uint16_t& value, const std::string& help = "");
  Option add_option(const std::string& name, uint32_t& value, const std::string& help = "");
  Option add_option(const std::string& name, uint64_t& value, const std::string& help = "");
  Option add_option(const std::string& name, int64_t& value, const std::string& help = "");
  Option add_option(const std::string& name, double& value, const std::string& help = "");
  Option add_option(const std::string& name, std::vector<std::string>& values,
                    const std::string& help = "");
  Option add_option(const std::string& name, std::vector<int>& values,
                    const std::string& help = "");
  Option add_flag(const std::string& name, bool& value, const std::string& help = "");
  void callback(std::function<void()> run);
  // It does nothing without one of its subcommands.
  void require_subcommand();
  // After parse(): whether one of its subcommands was called.
  bool called_subcommand() const;

 private:
  CLI::App* app_;
};

class CommandLine {
 public:
  // A `program` that has a name has --version too: the name and the version of this build, which
  // stands in CMakeLists.txt.
  explicit CommandLine(const std::string& does, const std::string& program = "",
                       const std::string& example = "");
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command command() { return Command(app_.get()); }
  // Options of the program may also stand behind a subcommand.
  void options_anywhere();
  // nullopt: go on. Else the exit code with which to end: help was printed (0), or what was wrong
  // (64), with the nearest of what exists. Callbacks of the commands that were called have run.
  // "help COMMAND" is "COMMAND --help".
  std::optional<int> parse(int argc, char** argv);
  // Says on standard error why the program ends with 64; a program that tells it in another way
  // gives its own.
  void complain_by(std::function<void(const std::string& text)> complain);

  // A script for the shell, bash, zsh or fish. Empty: for no other.
  std::string completion(std::string_view shell) const;
  // Everything that help says, as a page for man(1), in groff's language.
  std::string manual() const;

 private:
  std::unique_ptr<CLI::App> app_;
  std::function<void(const std::string& text)> complain_;
};

}  // namespace jiexu::cli
