// One agency as its people see it: a folder made by `jiexu init`, a running jiexud, and its API.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "daemon/base/result.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/client.h"
#include "tests/e2e/process.h"

namespace jiexu::e2e {

struct AgencySpec {
  std::string code;
  std::string name;
  std::string bank_account;
  std::string cnaps;
  uint16_t link_port;
  uint16_t api_port;
};

class RunningAgency {
 public:
  RunningAgency(AgencySpec spec, std::filesystem::path bin, std::filesystem::path folder)
      : spec_(std::move(spec)), bin_(std::move(bin)), folder_(std::move(folder)) {}

  // Makes keys, store, directory, users; `entry()` is what others add.
  Result<void> init();
  Result<std::string> entry() const;
  Result<void> add_entry(const std::string& toml) const;

  Result<void> start();
  void kill_now();
  // Clean stop; the exit code.
  int stop();
  // Copies the store while the daemon is stopped, and starts it again.
  Result<void> backup();
  // Kills the daemon, puts the backup where the store was, and starts: the agency has lost its
  // memory of everything since, but for the numbers that it had reserved.
  Result<void> restore();
  // Answers /readyz with 200.
  bool ready() const;
  // The daemon has ended although nobody stopped it: its exit code.
  std::optional<int> died();

  pid_t pid() const { return process_.pid(); }

  // The API as the first of two reviewers. Error kBusy if the daemon does not answer; kInvalid with
  // its problem.
  Result<void> get(const std::string& target, google::protobuf::Message* out) const;
  Result<void> post(const std::string& target, const google::protobuf::Message& in,
                    google::protobuf::Message* out, const std::string& idempotency_key = "") const;
  // The same as the third user, who has no part in cases.
  Result<void> post_as_cashier(const std::string& target, const google::protobuf::Message& in,
                               google::protobuf::Message* out) const;
  // Runs `jiexu` with this agency's configuration; what it printed.
  Result<std::string> cli(std::vector<std::string> args) const;
  // A link to its web page that signs in "admin", who runs it, or "wang", who decides cases.
  Result<std::string> console_link(const std::string& user) const;
  // As the person who approves what others propose.
  Result<void> post_as_second(const std::string& target, const google::protobuf::Message& in,
                              google::protobuf::Message* out) const;
  // Approves what waits in the case, as the second person.
  Result<void> approve(const v1::CaseView& view) const;
  // What it says of its links with the agency `code`. kInvalid: it does not know it.
  Result<v1::PeerView> peer(const std::string& code) const;
  // All pages.
  Result<std::vector<v1::CaseView>> cases(bool open_only) const;

  const AgencySpec& spec() const { return spec_; }
  std::string api_url() const { return "http://127.0.0.1:" + std::to_string(spec_.api_port); }
  std::filesystem::path config() const { return folder_ / "agency.toml"; }
  const std::string& token() const { return token_; }

 private:
  Result<void> add_user(const std::string& name, std::string& token) const;
  Result<void> exchange(const cli::Request& request, google::protobuf::Message* out) const;

  AgencySpec spec_;
  std::filesystem::path bin_;
  std::filesystem::path folder_;
  std::string token_;
  std::string second_token_;
  std::string cashier_token_;
  mutable std::mutex process_mutex_;
  Process process_;
};

}  // namespace jiexu::e2e
