// jiexu: the command line. This file reads the command line and runs the command that it names.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <span>

#include "daemon/base/text.h"
#include "ops/cli/command_line.h"
#include "ops/cli/consent.h"
#include "ops/cli/printing.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

void add_options(Command app, Session& session) {
  app.add_option("--config", session.config_file,
                 "The agency's configuration; without it ./agency.toml, then "
                 "/etc/jiexu/agency.toml")
      .environment("JIEXU_CONFIG")
      .type_name("FILE");
  app.add_option("--agency", session.agency,
                 "Instead: the agency of /etc/jiexu/NAME.toml, or where you have signed in as")
      .type_name("NAME");
  app.add_option("--token-file", session.token_file,
                 "Where the API token is; without it JIEXU_TOKEN, then as you have signed in, then "
                 "admin.token by the users file")
      .type_name("FILE");
  app.add_flag("--json", session.json, "Print JSON for programs, also errors");
  app.add_option("--lang", session.language,
                 "zh or en; without it as LANG says, then as the agency's configuration")
      .type_name("LANGUAGE")
      .one_of({"zh", "en"});
}

constexpr const char* kWholeTask =
    "jiexu init /etc/jiexu --code S41132810207 --name \"Example City\"\n"
    "jiexud --config /etc/jiexu/agency.toml &\n"
    "jiexu case apply --file application.json\n"
    "jiexu case list --mine";

int run(int argc, char** argv) {
  CommandLine line("Moves insured persons' relationships and money between agencies.", "jiexu",
                   kWholeTask);
  line.options_anywhere();  // so that --json and --config may stand anywhere
  line.complain_by([](const std::string& text) { report(EX_USAGE, text); });
  Command app = line.command();
  app.require_subcommand();
  Session session;
  add_options(app, session);
  for (const auto add :
       {add_init,    add_login,    add_directory, add_own_entry, add_mail,       add_certificate,
        add_user,    add_config,   add_case,      add_peer,      add_quarantine, add_alarms,
        add_events,  add_console,  add_bank,      add_remit,     add_money,      add_rules,
        add_reports, add_progress, add_doctor,    add_store}) {
    add(app, session);
  }
  add_shells(app, session, line);
  add_consents(app, session);
  if (const auto ends = line.parse(argc, argv)) return *ends;
  if (session.json) print_as_it_is();
  return session.run();
}

// A file or connection that is opened takes the lowest free number. If that were the number of
// standard output, because whoever called has closed it, what is printed would go into the file. So
// what is closed is opened, in such a way that it still cannot be used.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    (void)::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// What was done stays done if nobody could be told.
int run_and_tell(int argc, char** argv) {
  Printing printing;
  const int code = run(argc, argv);
  if (printing.finish()) return code;
  const int failed =
      report(EX_IOERR, "standard output could not be written to; what is there is not all");
  return code == EX_OK ? failed : code;
}

}  // namespace
}  // namespace jiexu::cli

int main(int argc, char** argv) {
  jiexu::cli::occupy_standard_streams();
  // Arguments go into requests, answers and records as text.
  for (int i = 1; i < argc; ++i) {
    if (jiexu::is_utf8(argv[i])) continue;
    std::cerr << "jiexu: argument " << i
              << " is not UTF-8; set the terminal to UTF-8, and rename a file whose name is in "
                 "another encoding\n";
    return EX_USAGE;
  }
  const std::span words(argv, static_cast<size_t>(argc));
  const auto is_json = [](const char* word) { return std::string_view(word) == "--json"; };
  if (std::ranges::any_of(words, is_json)) jiexu::cli::report_as_json();
  try {
    jiexu::cli::choose_language(argc, argv);
    return jiexu::cli::run_and_tell(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "jiexu: " << error.what() << "\n";
    return EX_SOFTWARE;
  }
}
