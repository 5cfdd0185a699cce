#include "ops/cli/command_line.h"

#include <sysexits.h>

#include <CLI/CLI.hpp>
#include <utility>

namespace jiexu::cli {
namespace {

// Help that begins with an example, which CLI11 keeps as the footer.
class ExampleFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    const std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
    if (mode == CLI::AppFormatMode::Sub || app->get_footer().empty()) return help;
    return "Example:  " + app->get_footer() + "\n\n" + help;
  }
  std::string make_footer(const CLI::App*) const override { return ""; }
};

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
  option_->check(CLI::Range(least, most));
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option& Option::existing_folder() {
  option_->check(CLI::ExistingDirectory);
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
    : app_(std::make_unique<CLI::App>(does, program)) {
  app_->formatter(std::make_shared<ExampleFirst>());
  app_->footer(example);
  if (!program.empty()) app_->set_version_flag("--version", program + " " JIEXU_VERSION);
}

CommandLine::~CommandLine() = default;

void CommandLine::options_anywhere() {
  app_->fallthrough();
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  return std::nullopt;
}

}  // namespace jiexu::cli
