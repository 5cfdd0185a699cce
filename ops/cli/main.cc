// jiexu: the command line. This file reads the command line and runs the command that it names.
#include <iostream>

#include "daemon/base/text.h"
#include "ops/cli/command_line.h"
#include "ops/cli/printing.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

void add_options(Command app, Session& session) {
  app.add_option("--config", session.config_file,
                 "The agency's configuration (default: ./agency.toml, then /etc/jiexu/agency.toml)")
      .environment("JIEXU_CONFIG")
      .type_name("FILE");
  app.add_option(
         "--token-file", session.token_file,
         "Where the API token is (default: JIEXU_TOKEN, then admin.token by the users file)")
      .type_name("FILE");
  app.add_flag("--json", session.json, "Print JSON for programs");
}

int run(int argc, char** argv) {
  CommandLine line("Moves insured persons' relationships and money between agencies.", "jiexu",
                   "jiexu init /etc/jiexu --code S41132810207 --name \"Example City\"");
  line.options_anywhere();  // so that --json and --config may stand anywhere
  Command app = line.command();
  app.require_subcommand();
  Session session;
  add_options(app, session);
  for (const auto add :
       {add_init, add_directory, add_user, add_config, add_case, add_peer, add_bank, add_remit,
        add_money, add_rules, add_reports, add_progress, add_doctor, add_store}) {
    add(app, session);
  }
  if (const auto ends = line.parse(argc, argv)) return *ends;
  if (session.json) print_as_it_is();
  return session.run();
}

// What was done stays done if nobody could be told.
int run_and_tell(int argc, char** argv) {
  Printing printing;
  const int code = run(argc, argv);
  if (printing.finish()) return code;
  std::cerr << "jiexu: standard output could not be written to; what is there is not all\n";
  return code == EX_OK ? EX_IOERR : code;
}

}  // namespace
}  // namespace jiexu::cli

int main(int argc, char** argv) {
  // Arguments go into requests, answers and records as text.
  for (int i = 1; i < argc; ++i) {
    if (jiexu::is_utf8(argv[i])) continue;
    std::cerr << "jiexu: argument " << i
              << " is not UTF-8; set the terminal to UTF-8, and rename a file whose name is in "
                 "another encoding\n";
    return EX_USAGE;
  }
  try {
    return jiexu::cli::run_and_tell(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "jiexu: " << error.what() << "\n";
    return EX_SOFTWARE;
  }
}
