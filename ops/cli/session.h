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

namespace jiexu::cli {

class Session {
 public:
  // Set from the command line.
  std::string config_file;
  std::string token_file;
  bool json = false;
  // The command that was chosen; returns the exit code.
  std::function<int()> run;

  // The file that --config, JIEXU_CONFIG, ./agency.toml or /etc/jiexu/agency.toml gives, first
  // wins.
  std::filesystem::path config_path() const;
  Result<Config> config() const { return load_config(config_path()); }
  // How this command was called, for command lines that it prints: with --config if that was given.
  std::string command() const;

  // Asks the daemon. A POST carries an Idempotency-Key, so that it is repeated safely when the
  // daemon is busy.
  Result<Reply> ask(const std::string& method, const std::string& target,
                    const std::string& body = "",
                    const std::string& content_type = "application/json") const;

  // Sends a file as the body of a PUT, and takes the answer to a GET into a file.
  Result<Reply> upload(const std::string& target, const std::filesystem::path& file) const;
  Result<Reply> download(const std::string& target, const std::filesystem::path& file) const;

  // Asks, prints --json or what `print` says, and returns the exit code. Errors of the API are
  // printed with what to do next.
  int show(const std::string& method, const std::string& target, const std::string& body,
           const std::function<void(const std::string& body)>& print) const;

 private:
  Result<std::string> token(const Config& config) const;
  struct Prepared {
    Endpoint endpoint;
    Request request;
  };
  Result<Prepared> prepare(const std::string& method, const std::string& target) const;
};

// What a person has typed, as a part of a target: percent-encoded, whatever it holds.
std::string percent(std::string_view text);

// Prints an error to stderr and returns the exit code for it.
int report(const Error& error);
int report(int exit_code, std::string_view text);
// The same for an answer of the API that is a problem.
int report_problem(const Reply& reply);

// A bank line number (CNAPS), if it is one; empty is none. Error kInvalid, beginning with `where`.
Result<void> check_line_number(std::string_view where, const std::string& cnaps);

// Reads a file, or standard input for "-".
Result<std::string> read_input(const std::string& file);

// One function for each command group; each adds its subcommands.
void add_init(Command app, Session& session);
void add_directory(Command app, Session& session);
void add_user(Command app, Session& session);
void add_config(Command app, Session& session);
void add_case(Command app, Session& session);
void add_submit(Command case_group, Session& session);
void add_documents(Command case_group, Session& session);
void add_draft(Command case_group, Session& session);
void add_papers(Command case_group, Session& session);
void add_attachments(Command case_group, Session& session);
void add_proposals(Command case_group, Session& session);
void add_peer(Command app, Session& session);
void add_bank(Command app, Session& session);
void add_bank_files(Command bank_group, Session& session);
void add_money(Command app, Session& session);
void add_remit(Command app, Session& session);
void add_rules(Command app, Session& session);
void add_reports(Command app, Session& session);
void add_progress(Command app, Session& session);
void add_doctor(Command app, Session& session);
void add_store(Command app, Session& session);

}  // namespace jiexu::cli
