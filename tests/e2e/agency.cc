#include "tests/e2e/agency.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "daemon/api/json.h"
#include "daemon/base/check.h"
#include "tests/e2e/settings.h"

namespace jiexu::e2e {
namespace {

std::string last_word(const std::string& text) {
  std::istringstream in(text);
  std::string word, token;
  while (in >> word) {
    if (word.starts_with("jx_")) token = word;
  }
  return token;
}

// As the version before this one reads it too, which an agency may run (tests/interop): days as
// numbers, and whole names of choices.
std::string body_of(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string out;
  CHECK(google::protobuf::util::MessageToJsonString(message, &out, options).ok());
  return out;
}

}  // namespace

Result<std::string> RunningAgency::cli(std::vector<std::string> args) const {
  args.insert(args.begin(), {(bin_ / "jiexu").string(), "--config", config().string()});
  return run_program(args);
}

Result<std::string> RunningAgency::console_link(const std::string& user) const {
  std::vector<std::string> args = {"console", "open"};
  if (user != "admin") {
    const auto file = folder_ / (user + ".token");
    std::ofstream(file) << token_ << "\n";
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    args.insert(args.begin(), {"--token-file", file.string()});
  }
  TRY(const auto said, cli(args));
  std::istringstream words(said);
  std::string url;
  while (words >> url && !url.starts_with("http://")) {
  }
  return url;
}

Result<void> RunningAgency::init() {
  TRY_DO(run_program({(bin_ / "jiexu").string(),
                      "init",
                      folder_.string(),
                      "--code",
                      spec_.code,
                      "--name",
                      spec_.name,
                      "--listen",
                      "tcp://127.0.0.1:" + std::to_string(spec_.link_port),
                      "--api",
                      "127.0.0.1:" + std::to_string(spec_.api_port),
                      "--bank-holder",
                      spec_.name + " fund",
                      "--bank-account",
                      spec_.bank_account,
                      "--bank-name",
                      "Bank of " + spec_.name,
                      "--bank-cnaps",
                      spec_.cnaps,
                      "--contact",
                      "transfer service",
                      "--phone",
                      "0000-0000000",
                      "--address",
                      spec_.name,
                      "--postcode",
                      "100000"}));
  // Many agencies on one disk, whose stores are copied.
  change_setting(config(), "ballast_mib", "0");
  TRY_DO(add_user("wang", token_));
  TRY_DO(add_user("li", second_token_));
  return add_user("zhao", cashier_token_);
}

Result<void> RunningAgency::add_user(const std::string& name, std::string& token) const {
  auto user = cli({"user", "add", name, "--role", "clerk,reviewer,finance"});
  // The version before this one has one role a user, each with those below it.
  if (!user) user = cli({"user", "add", name, "--role", "reviewer"});
  if (!user) return tl::unexpected(user.error());
  token = last_word(*user);
  if (token.empty()) return fail(Errc::kInvalid, "`jiexu user add` printed no token: " + *user);
  return {};
}

Result<std::string> RunningAgency::entry() const {
  return cli({"directory", "export"});
}

Result<void> RunningAgency::add_entry(const std::string& toml) const {
  const auto file = folder_ / "peer-entry.toml";
  std::ofstream(file) << toml;
  TRY_DO(cli({"directory", "add", file.string()}));
  return {};
}

Result<void> RunningAgency::start() {
  const std::lock_guard lock(process_mutex_);
  return process_.start({(bin_ / "jiexud").string(), "--config", config().string()},
                        folder_ / "jiexud.log");
}

void RunningAgency::kill_now() {
  const std::lock_guard lock(process_mutex_);
  process_.kill_now();
}

int RunningAgency::stop() {
  const std::lock_guard lock(process_mutex_);
  return process_.stop();
}

std::optional<int> RunningAgency::died() {
  const std::lock_guard lock(process_mutex_);
  return process_.ended();
}

Result<void> RunningAgency::backup() {
  if (const int code = stop(); code != 0) {
    return fail(Errc::kIo, spec_.code + " stopped with " + std::to_string(code));
  }
  std::filesystem::remove_all(folder_ / "backup");
  std::filesystem::copy(folder_ / "data", folder_ / "backup",
                        std::filesystem::copy_options::recursive);
  // A backup knows nothing of what was acknowledged, or reserved, after it.
  for (const char* left_out : {"watermark", "numbers"}) {
    std::filesystem::remove(folder_ / "backup" / left_out);
  }
  return start();
}

Result<void> RunningAgency::restore() {
  kill_now();
  std::filesystem::rename(folder_ / "data" / "numbers", folder_ / "numbers");
  std::filesystem::remove_all(folder_ / "data");
  std::filesystem::copy(folder_ / "backup", folder_ / "data",
                        std::filesystem::copy_options::recursive);
  std::filesystem::rename(folder_ / "numbers", folder_ / "data" / "numbers");
  return start();
}

bool RunningAgency::ready() const {
  const auto reply = cli::send({"127.0.0.1", spec_.api_port, {}}, {"GET", "/readyz", "", "", ""});
  return reply && reply->status == 200;
}

Result<void> RunningAgency::exchange(const cli::Request& request,
                                     google::protobuf::Message* out) const {
  const auto reply = cli::send({"127.0.0.1", spec_.api_port, {}}, request);
  if (!reply) return tl::unexpected(reply.error());
  if (reply->status >= 300) {
    const Errc code = reply->status == 429 || reply->status >= 500 ? Errc::kBusy : Errc::kInvalid;
    return fail(code, std::to_string(reply->status) + " " + reply->body);
  }
  const auto read = from_json(reply->body, out);
  if (!read) return tl::unexpected<Error>(read.error());
  return {};
}

Result<void> RunningAgency::get(const std::string& target, google::protobuf::Message* out) const {
  return exchange({"GET", target, "", token_, ""}, out);
}

Result<void> RunningAgency::post(const std::string& target, const google::protobuf::Message& in,
                                 google::protobuf::Message* out,
                                 const std::string& idempotency_key) const {
  return exchange({"POST", target, body_of(in), token_, idempotency_key}, out);
}

Result<void> RunningAgency::post_as_cashier(const std::string& target,
                                            const google::protobuf::Message& in,
                                            google::protobuf::Message* out) const {
  return exchange({"POST", target, body_of(in), cashier_token_, ""}, out);
}

Result<void> RunningAgency::post_as_second(const std::string& target,
                                           const google::protobuf::Message& in,
                                           google::protobuf::Message* out) const {
  return exchange({"POST", target, body_of(in), second_token_, ""}, out);
}

Result<v1::PeerView> RunningAgency::peer(const std::string& code) const {
  v1::PeerViews views;
  TRY_DO(get("/v1/peers", &views));
  for (v1::PeerView& view : *views.mutable_peers()) {
    if (view.agency() == code) return std::move(view);
  }
  return fail(Errc::kInvalid, spec_.code + " does not know " + code);
}

Result<void> RunningAgency::approve(const v1::CaseView& view) const {
  for (const v1::ProposalView& proposal : view.proposals()) {
    v1::ApprovalInput input;
    input.set_digest(proposal.digest());
    const std::string target = "/v1/cases/" + view.case_id() + "/proposals/" +
                               std::to_string(proposal.number()) + "/approve";
    v1::CaseView after;
    TRY_DO(exchange({"POST", target, body_of(input), second_token_, ""}, &after));
  }
  return {};
}

Result<std::vector<v1::CaseView>> RunningAgency::cases(bool open_only) const {
  std::vector<v1::CaseView> out;
  std::string after;
  do {
    v1::CaseViews page;
    const std::string target = std::string("/v1/cases?limit=500") + (open_only ? "&open=1" : "") +
                               (after.empty() ? "" : "&after=" + after);
    TRY_DO(get(target, &page));
    for (v1::CaseView& view : *page.mutable_cases()) out.push_back(std::move(view));
    after = page.next();
  } while (!after.empty());
  return out;
}

}  // namespace jiexu::e2e
