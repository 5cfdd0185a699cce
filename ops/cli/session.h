// What every command shares: where the agency's files are, how to reach its daemon, and how to end.
#pragma once

#include <sysexits.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "daemon/config.h"
#include "ops/cli/client.h"
#include "ops/cli/command_line.h"
#include "ops/cli/login.h"

namespace jiexu::cli {

class Session {
 public:
  // Set from the command line.
  std::string config_file;
  std::string agency;    // a name: its configuration is /etc/jiexu/NAME.toml
  std::string language;  // was asked for before; see choose_language()
  std::string token_file;
  bool json = false;
  bool yes = false;      // nobody is asked
  bool dry_run = false;  // what cannot be taken back is told, and not done
  // The command that was chosen; returns the exit code.
  std::function<int()> run;

  // The file that --config, --agency, JIEXU_CONFIG, ./agency.toml or /etc/jiexu/agency.toml gives,
  // first wins.
  std::filesystem::path config_path() const;
  Result<Config> config() const { return load_config(config_path()); }
  // How this command was called, for command lines that it prints: with --config if that was given.
  std::string command() const;

  // Where the daemon is, and with which token it is asked: as the user has signed in (login.h),
  // unless the command line or the folder names a configuration; else as the configuration says.
  Result<Login> access() const;

  // Asks the daemon. A POST carries an Idempotency-Key, so that it is repeated safely when the
  // daemon is busy.
  Result<Reply> ask(const std::string& method, const std::string& target,
                    const std::string& body = "",
                    const std::string& content_type = "application/json") const;

  // A GET for which the daemon reads all that it has: waits for up to a day. On a terminal `what`
  // says meanwhile what is done, and for how many seconds.
  Result<Reply> ask_patiently(const std::string& target, const std::string& what) const;

  // A POST under a key of the caller's, who may send it again after a lost answer: what was done
  // under the key is answered as before, and not done twice.
  Result<Reply> post_once(const std::string& target, const std::string& body,
                          const std::string& content_type, const std::string& key) const;

  // Sends a file as the body of a PUT, and takes the answer to a GET into a file.
  Result<Reply> upload(const std::string& target, const std::filesystem::path& file) const;
  Result<Reply> download(const std::string& target, const std::filesystem::path& file) const;

  // Before what cannot be taken back (consent.h): on a terminal a person is asked, unless with
  // --yes. nullopt: go on. Else the exit code: nothing is to be done. `what` says all of what would
  // be. REQUIRES: `command` is in the table.
  std::optional<int> stops_at(std::string_view command, const std::string& what) const;
  // Whether what would be done is told before: on a terminal, or with --dry-run.
  bool wants_to_know() const;
  // Says what would be done, with --dry-run; returns the exit code.
  int only_says(const std::string& what) const;

  // Asks, prints --json or what `print` says, and returns the exit code. Errors of the API are
  // printed with what to do next.
  int show(const std::string& method, const std::string& target, const std::string& body,
           const std::function<void(const std::string& body)>& print) const;

 private:
  bool has_terminal() const;
  // Where the user has signed in, if that is where this command goes.
  Result<std::optional<Login>> signed_in() const;
  Result<std::string> token(const std::filesystem::path& admin) const;
  struct Prepared {
    Endpoint endpoint;
    Request request;
  };
  Result<Prepared> prepare(const std::string& method, const std::string& target) const;
};

// What a person has typed, as a part of a target: percent-encoded, whatever it holds.
std::string percent(std::string_view text);

// In which language the command speaks: --lang, else the environment's, else the agency's
// configuration, else English. Before the command line is read, so that help speaks it too.
void choose_language(int argc, char** argv);

// Errors are objects of JSON from now on, one a line, like the problems of the API.
void report_as_json();

// Prints an error to stderr and returns the exit code for it.
int report(const Error& error);
int report(int exit_code, std::string_view text);
// The same for an answer of the API that is a problem.
int report_problem(const Reply& reply);

// A bank line number (CNAPS), if it is one; empty is none. Error kInvalid, beginning with `where`.
Result<void> check_line_number(std::string_view where, const std::string& cnaps);

// That a list goes on after `next`, if it does.
void print_more(const std::string& next);

// Reads a file, or standard input for "-".
Result<std::string> read_input(const std::string& file);

// One function for each command group; each adds its subcommands.
void add_init(Command app, Session& session);
void add_login(Command app, Session& session);
void add_directory(Command app, Session& session);
void add_own_entry(Command app, Session& session);
void add_user(Command app, Session& session);
void add_config(Command app, Session& session);
void add_case(Command app, Session& session);
void add_work(Command group, Session& session);
void add_submit(Command case_group, Session& session);
void add_documents(Command case_group, Session& session);
void add_draft(Command case_group, Session& session);
void add_papers(Command case_group, Session& session);
void add_notice(Command case_group, Session& session);
void add_certificate(Command app, Session& session);
void add_mail(Command app, Session& session);
void add_agency_by_mail(Command directory_group, Session& session);
void add_attachments(Command case_group, Session& session);
void add_proposals(Command case_group, Session& session);
void add_console(Command app, Session& session);
void add_peer(Command app, Session& session);
void add_quarantine(Command app, Session& session);
void add_links(Command peer, Session& session);  // more commands of `jiexu peer`
void add_alarms(Command app, Session& session);
void add_events(Command app, Session& session);
void add_bank(Command app, Session& session);
void add_bank_files(Command bank_group, Session& session);
void add_held_files(Command bank_group, Session& session);
void add_bank_lines(Command bank_group, Session& session);
void add_money(Command app, Session& session);
void add_remit(Command app, Session& session);
void add_rules(Command app, Session& session);
void add_reports(Command app, Session& session);
void add_progress(Command app, Session& session);
void add_doctor(Command app, Session& session);
void add_store(Command app, Session& session);
void add_shells(Command app, Session& session, const CommandLine& line);

}  // namespace jiexu::cli
