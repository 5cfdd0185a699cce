// jiexu: the command line. This file reads the command line and runs the command that it names.
#include <iostream>

#include "ops/cli/session.h"

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

void add_options(CLI::App& app, Session& session) {
  app.add_option("--config", session.config_file,
                 "The agency's configuration (default: ./agency.toml, then /etc/jiexu/agency.toml)")
      ->envname("JIEXU_CONFIG")
      ->type_name("FILE");
  app.add_option(
         "--token-file", session.token_file,
         "Where the API token is (default: JIEXU_TOKEN, then admin.token by the users file)")
      ->type_name("FILE");
  app.add_flag("--json", session.json, "Print JSON for programs");
}

int run(int argc, char** argv) {
  CLI::App app("Moves insured persons' relationships and money between agencies.", "jiexu");
  app.formatter(std::make_shared<ExampleFirst>());
  app.footer("jiexu init /etc/jiexu --code S41132810207 --name \"Example City\"");
  app.set_version_flag("--version", "jiexu 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();  // so that --json and --config may stand anywhere
  Session session;
  add_options(app, session);
  for (const auto add :
       {add_init, add_directory, add_user, add_config, add_case, add_peer, add_bank, add_remit,
        add_money, add_rules, add_reports, add_progress, add_doctor}) {
    add(app, session);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  return session.run();
}

}  // namespace
}  // namespace jiexu::cli

int main(int argc, char** argv) {
  try {
    return jiexu::cli::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "jiexu: " << error.what() << "\n";
    return EX_SOFTWARE;
  }
}
