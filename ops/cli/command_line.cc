#include "ops/cli/command_line.h"

#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <iostream>
#include <utility>

#include "ops/cli/command_help.h"
#include "ops/cli/command_scripts.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

// A whole number, all of `text`.
std::optional<int64_t> whole_number(const std::string& text) {
  int64_t out = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return out;
}

std::string in_braces(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ",") + value;
  return "{" + out + "}";
}

// "help case show" as "case show --help".
std::vector<std::string> without_help_command(const CLI::App& root,
                                              std::vector<std::string> words) {
  const size_t at = first_word(root, words);
  if (at >= words.size() || words[at] != "help") return words;
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
  words.emplace_back("--help");
  return words;
}

}  // namespace

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::needs(const Option& other) {
  option_->needs(other.option_);
  return *this;
}

Option& Option::range(int64_t least, int64_t most) {
  const std::string shown = std::to_string(least) + ".." + std::to_string(most);
  option_->check(
      [=](const std::string& given) -> std::string {
        const auto number = whole_number(given);
        if (number && *number >= least && *number <= most) return "";
        return say(
            "{value} is no number from {least} to {most}",
            {{"value", given}, {"least", std::to_string(least)}, {"most", std::to_string(most)}});
      },
      shown);
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& values) {
  option_->check(
      [values](const std::string& given) -> std::string {
        if (std::ranges::find(values, given) != values.end()) return "";
        return say("{value} is none of {values}",
                   {{"value", given}, {"values", in_braces(values)}});
      },
      in_braces(values));
  return *this;
}

Option& Option::existing_folder() {
  option_->check(
      [](const std::string& given) -> std::string {
        std::error_code ignored;
        if (std::filesystem::is_directory(given, ignored)) return "";
        return say("{value} is no folder that exists", {{"value", given}});
      },
      "DIR");
  return *this;
}

Option& Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::environment(const std::string& variable) {
  option_->envname(variable);
  return *this;
}

Option& Option::shows_default() {
  option_->capture_default_str();
  return *this;
}

bool Option::given() const {
  return option_->count() > 0;
}

Command Command::add_command(const std::string& name, const std::string& does,
                             const std::string& example) {
  CLI::App* command = app_->add_subcommand(name, does);
  command->footer(example);
  return Command(command);
}

Command Command::find_command(std::string_view words) const {
  CLI::App* at = app_;
  for (const std::string& word : CLI::detail::split(std::string(words), ' ')) {
    at = at->get_subcommand(word);
  }
  return Command(at);
}

Option Command::add_option(const std::string& name, std::string& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, std::filesystem::path& value,
                           const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, int& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, uint16_t& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, uint32_t& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, uint64_t& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, int64_t& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, double& value, const std::string& help) {
  return Option(app_->add_option(name, value, help));
}

Option Command::add_option(const std::string& name, std::vector<std::string>& values,
                           const std::string& help) {
  return Option(app_->add_option(name, values, help));
}

Option Command::add_option(const std::string& name, std::vector<int>& values,
                           const std::string& help) {
  return Option(app_->add_option(name, values, help));
}

Option Command::add_flag(const std::string& name, bool& value, const std::string& help) {
  return Option(app_->add_flag(name, value, help));
}

void Command::callback(std::function<void()> run) {
  app_->callback(std::move(run));
}

void Command::require_subcommand() {
  app_->require_subcommand(1);
}

bool Command::called_subcommand() const {
  return !app_->get_subcommands().empty();
}

CommandLine::CommandLine(const std::string& does, const std::string& program,
                         const std::string& example)
    : app_(std::make_unique<CLI::App>(does, program)),
      complain_([](const std::string& text) { std::cerr << text << "\n"; }) {
  app_->formatter(std::make_shared<ExampleFirst>());
  app_->footer(example);
  app_->set_help_flag("-h,--help", "Print this help and end");
  if (!program.empty()) {
    app_->set_version_flag("--version", program + " " JIEXU_VERSION, "Print the version and end");
  }
}

CommandLine::~CommandLine() = default;

void CommandLine::options_anywhere() {
  app_->fallthrough();
}

void CommandLine::complain_by(std::function<void(const std::string& text)> complain) {
  complain_ = std::move(complain);
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  const auto words = without_help_command(*app_, {argv + std::min(argc, 1), argv + argc});
  if (app_->get_name().empty() && argc > 0) app_->name(argv[0]);
  try {
    app_->parse(std::vector<std::string>(words.rbegin(), words.rend()));  // it takes the last first
  } catch (const CLI::Success& ends) {
    const std::string wrong = wrong_word(*app_, words);  // help of what does not exist
    if (wrong.empty()) return app_->exit(ends);
    complain_(wrong);
    return EX_USAGE;
  } catch (const CLI::ParseError& error) {
    complain_(complaint(*app_, words, error));
    return EX_USAGE;
  }
  return std::nullopt;
}

std::string CommandLine::completion(std::string_view shell) const {
  if (shell == "bash") return bash_completion(*app_);
  if (shell == "zsh") return zsh_completion(*app_);
  if (shell == "fish") return fish_completion(*app_);
  return "";
}

std::string CommandLine::manual() const {
  return manual_page(*app_);
}

}  // namespace jiexu::cli
