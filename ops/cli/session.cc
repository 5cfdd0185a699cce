#include "ops/cli/session.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "daemon/base/bytes.h"
#include "daemon/base/text.h"
#include "daemon/trust/keyring.h"
#include "daemon/trust/suite.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyAttempts = 5;
constexpr size_t kKeyBytes = 16;

int exit_code(Errc code) {
  switch (code) {
    case Errc::kInvalid:
    case Errc::kCorrupt:
    case Errc::kUnsupported: return EX_DATAERR;
    case Errc::kNotFound: return EX_NOINPUT;
    case Errc::kIo: return EX_IOERR;
    case Errc::kPermission: return EX_NOPERM;
    case Errc::kExists: return EX_CANTCREAT;
    case Errc::kBusy: return EX_TEMPFAIL;
    case Errc::kNoSpace: return EX_CANTCREAT;
  }
  return EX_SOFTWARE;
}

// While the daemon is busy.
template <class Send>
Result<Reply> repeated(const Send& send) {
  Result<Reply> reply = send();
  for (int i = 1; i < kBusyAttempts && reply && reply->status == 429; ++i) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    reply = send();
  }
  return reply;
}

int exit_code_of_status(int status) {
  if (status == 401 || status == 403) return EX_NOPERM;
  if (status == 404) return EX_NOINPUT;
  if (status == 429 || status == 503) return EX_TEMPFAIL;
  return status < 500 ? EX_DATAERR : EX_UNAVAILABLE;
}

}  // namespace

fs::path Session::config_path() const {
  if (!config_file.empty()) return config_file;
  if (fs::exists("agency.toml")) return "agency.toml";
  return "/etc/jiexu/agency.toml";
}

std::string Session::command() const {
  const char* environment = std::getenv("JIEXU_CONFIG");
  const bool implied =
      config_file.empty() || (environment != nullptr && config_file == environment);
  return implied ? "jiexu" : "jiexu --config " + config_file;
}

Result<std::string> Session::token(const Config& config) const {
  if (token_file.empty()) {
    if (const char* token = std::getenv("JIEXU_TOKEN")) return std::string(token);
  }
  const fs::path file =
      token_file.empty() ? config.users.parent_path() / "admin.token" : fs::path(token_file);
  const Result<std::string> text = read_secret_file(file);
  if (text) return trim(*text);
  return fail(text.error().code,
              "no token: " + text.error().text + "; set JIEXU_TOKEN or give --token-file FILE");
}

Result<Reply> Session::ask(const std::string& method, const std::string& target,
                           const std::string& body, const std::string& content_type) const {
  TRY(auto prepared, prepare(method, target));
  prepared.request.body = body;
  prepared.request.content_type = content_type;
  return repeated([&] { return send(prepared.endpoint, prepared.request); });
}

Result<Session::Prepared> Session::prepare(const std::string& method,
                                           const std::string& target) const {
  TRY(const auto config, this->config());
  TRY(const auto token, this->token(config));
  Prepared out;
  out.endpoint = {config.api.host, config.api.port, config.api.unix_socket};
  out.request.method = method;
  out.request.target = target;
  out.request.token = token;
  if (method == "POST") out.request.idempotency_key = to_hex(random_bytes(kKeyBytes));
  return out;
}

Result<Reply> Session::upload(const std::string& target, const fs::path& file) const {
  TRY(const auto prepared, prepare("PUT", target));
  return repeated([&] { return cli::upload(prepared.endpoint, prepared.request, file); });
}

Result<Reply> Session::download(const std::string& target, const fs::path& file) const {
  TRY(const auto prepared, prepare("GET", target));
  return repeated([&] { return cli::download(prepared.endpoint, prepared.request, file); });
}

int Session::show(const std::string& method, const std::string& target, const std::string& body,
                  const std::function<void(const std::string&)>& print) const {
  const Result<Reply> reply = ask(method, target, body);
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  if (json) {
    std::cout << reply->body << "\n";
  } else {
    print(reply->body);
  }
  return EX_OK;
}

std::string percent(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<uint8_t>(c)) != 0;
    out += plain ? std::string(1, c) : "%" + to_hex({&c, 1});
  }
  return out;
}

int report(const Error& error) {
  return report(exit_code(error.code), error.text);
}

int report_problem(const Reply& reply) {
  v1::Problem problem;
  if (!from_json(reply.body, &problem)) {
    return report(EX_PROTOCOL, "the daemon answered " + std::to_string(reply.status) +
                                   " without saying why; is another program on its port?");
  }
  std::string text = problem.title() == problem.code() ? "" : problem.title();
  if (!problem.detail().empty() && problem.findings().empty()) {
    text += (text.empty() ? "" : " ") + problem.detail();
  }
  text += " [" + problem.code() + "]";
  for (const v1::Finding& finding : problem.findings()) {
    text += "\n  " + finding.field() + (finding.field().empty() ? "" : ": ") + finding.text();
  }
  if (problem.status() == 409 && !problem.allowed().empty()) {
    text += "\nAllowed now:";
    for (const std::string& action : problem.allowed()) text += " " + action;
  }
  return report(exit_code_of_status(reply.status), text);
}

int report(int exit_code, std::string_view text) {
  std::cerr << "jiexu: " << text << "\n";
  return exit_code;
}

Result<std::string> read_input(const std::string& file) {
  std::stringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::kNotFound, file + ": cannot be opened");
  text << in.rdbuf();
  if (in.bad()) return fail(Errc::kIo, file + ": cannot be read");
  return text.str();
}

}  // namespace jiexu::cli
