#include "ops/cli/session.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <thread>

#include "daemon/base/bytes.h"
#include "daemon/base/text.h"
#include "daemon/trust/keyring.h"
#include "daemon/trust/suite.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/choices.h"
#include "ops/cli/json.h"
#include "ops/cli/meter.h"
#include "ops/cli/output.h"
#include "ops/cli/readable.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kBusyAttempts = 5;
constexpr size_t kKeyBytes = 16;
constexpr const char* kEtc = "/etc/jiexu/";

bool errors_are_json = false;

// Their titles are those of HTTP, and say nothing here.
constexpr std::string_view kTooLong = "header_too_large";
constexpr std::string_view kTooLarge = "body_too_large";

// What the daemon says to programs, for people: how to ask, by the code of the problem.
constexpr std::pair<std::string_view, std::string_view> kInOurTerms[] = {
    {"unauthenticated",
     "The daemon does not know this token: `jiexu user add` makes one, and SIGHUP lets the daemon "
     "know it; JIEXU_TOKEN or --token-file give it."},
    {"unknown_action",
     "`jiexu case show` names those that are allowed now; `jiexu case apply` begins a case."},
    {"bad_month", "Write the month as 2026-11."},
    {"bad_query", "--after takes what the list has printed, and --limit a number from 1 to 500."},
    {"bad_digest", "Give it as it was printed."},
    {kTooLong, "What was given is too long."},
    {kTooLarge, "What was given is too long."},
    {"unknown_agency", "`jiexu directory list` names those that there are."},
    {"bad_agency", "An agency's code is 'S' and 11 digits."},
    {"bad_time", "Write a time to come, such as '2026-11-30 18:00' in China."},
    {"bad_place", "`jiexu quarantine list` shows the places."},
    {"unknown_user", "No user who works with cases is called so; `jiexu user list` names all."},
    {"no_such_attachment", "`jiexu case attachments` lists those that there are."},
};

// The value of "--name value" or "--name=value"; empty: it is not there.
std::string given_value(int argc, char** argv, const std::string& name) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
    if (word == name && i + 1 < argc) return argv[i + 1];
  }
  return "";
}

void print_problem(const v1::Problem& problem, int exit_code) {
  nlohmann::json out = nlohmann::json::parse(to_json(problem));
  out["exit"] = exit_code;
  std::cerr << out.dump() << "\n";
}

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

// Without "line 1, column 9: ", in the language in which the daemon has said it: what is sent is
// written by this command, in one line, and nobody sees it.
std::string without_place(const std::string& text) {
  static const std::regex kPlace("^(line [0-9]+, column [0-9]+: |第 [0-9]+ 行第 [0-9]+ 列：)");
  return std::regex_replace(text, kPlace, "", std::regex_constants::format_first_only);
}

// Of a field, with what there is to choose from.
std::string finding_text(const v1::Finding& finding, std::string_view code) {
  const std::string& field = finding.field();
  std::string text = "\n  ";
  if (!field.empty()) {
    const std::string shown = readable_name(field);
    const std::string called = field_path(field);
    text += called == field ? shown + ": " : called + " (" + shown + "): ";
  }
  const bool unread = code == "bad_body";
  // Of a query the daemon names the choices itself.
  const std::string choices = code == "bad_query" ? "" : choices_text(field, "    ");
  if (!choices.empty() && unread) return text + say("is none of these:") + choices;
  return text + say(unread && !field.empty() ? without_place(finding.text()) : finding.text()) +
         choices;
}

}  // namespace

fs::path Session::config_path() const {
  if (!agency.empty()) return kEtc + agency + ".toml";
  if (!config_file.empty()) return config_file;
  if (fs::exists("agency.toml")) return "agency.toml";
  return "/etc/jiexu/agency.toml";
}

std::string Session::command() const {
  if (!agency.empty()) return "jiexu --agency " + agency;
  const char* environment = std::getenv("JIEXU_CONFIG");
  const bool implied =
      config_file.empty() || (environment != nullptr && config_file == environment);
  return implied ? "jiexu" : "jiexu --config " + config_file;
}

Result<std::string> Session::token(const fs::path& admin) const {
  if (token_file.empty()) {
    if (const char* token = std::getenv("JIEXU_TOKEN")) return std::string(token);
  }
  const Result<std::string> text =
      read_secret_file(token_file.empty() ? admin : fs::path(token_file));
  if (text) return trim(*text);
  return fail(text.error().code, say("no token: {why}; set JIEXU_TOKEN or give --token-file FILE, "
                                     "or sign in: jiexu login",
                                     {{"why", say_in_pieces(text.error().text)}}));
}

Result<std::optional<Login>> Session::signed_in() const {
  if (!agency.empty()) return load_login(agency);
  const bool named = !config_file.empty() || fs::exists("agency.toml");
  return named ? std::optional<Login>() : load_login(kOnlyAgency);
}

Result<Login> Session::access() const {
  TRY(const auto login, signed_in());
  const bool other_token = !token_file.empty() || std::getenv("JIEXU_TOKEN") != nullptr;
  if (login && !other_token) return *login;
  if (login) {
    TRY(auto token, this->token(token_file));
    return Login{login->endpoint, std::move(token)};
  }
  const auto config = this->config();
  if (!config && config.error().code == Errc::kNotFound) {
    return fail(Errc::kNotFound, say("{why}; with an account of your own: jiexu login",
                                     {{"why", say_in_pieces(config.error().text)}}));
  }
  if (!config) return tl::unexpected(config.error());
  TRY(auto token, this->token(config->users.parent_path() / "admin.token"));
  return Login{{config->api.host, config->api.port, config->api.unix_socket}, std::move(token)};
}

Result<Reply> Session::ask(const std::string& method, const std::string& target,
                           const std::string& body, const std::string& content_type) const {
  TRY(auto prepared, prepare(method, target));
  prepared.request.body = body;
  prepared.request.content_type = content_type;
  return repeated([&] { return send(prepared.endpoint, prepared.request); });
}

Result<Reply> Session::ask_patiently(const std::string& target, const std::string& what) const {
  TRY(auto prepared, prepare("GET", target));
  prepared.request.patience = std::chrono::hours(24);
  const Elapsed shown(what);
  return repeated([&] { return send(prepared.endpoint, prepared.request); });
}

Result<Reply> Session::post_once(const std::string& target, const std::string& body,
                                 const std::string& content_type, const std::string& key) const {
  TRY(auto prepared, prepare("POST", target));
  prepared.request.body = body;
  prepared.request.content_type = content_type;
  prepared.request.idempotency_key = key;
  return repeated([&] { return send(prepared.endpoint, prepared.request); });
}

Result<Session::Prepared> Session::prepare(const std::string& method,
                                           const std::string& target) const {
  TRY(auto login, access());
  Prepared out;
  out.endpoint = std::move(login.endpoint);
  out.request.method = method;
  out.request.target = target;
  out.request.token = std::move(login.token);
  out.request.accept_language = tag(cli::language());
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
  const bool holds = reply->body.starts_with('{') || reply->body.starts_with('[');
  if (!holds || !nlohmann::json::accept(reply->body)) {
    return report(EX_PROTOCOL, "the daemon's answer cannot be read");
  }
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

void choose_language(int argc, char** argv) {
  auto chosen = language_from(given_value(argc, argv, "--lang"));
  if (!chosen) chosen = language_of_environment();
  if (!chosen) {
    Session session;
    const char* named = std::getenv("JIEXU_CONFIG");
    session.config_file = given_value(argc, argv, "--config");
    if (session.config_file.empty() && named != nullptr) session.config_file = named;
    session.agency = given_value(argc, argv, "--agency");
    if (const auto config = session.config()) chosen = config->language;
  }
  set_language(chosen.value_or(Language::kEnglish));
}

void report_as_json() {
  errors_are_json = true;
}

int report(const Error& error) {
  return report(exit_code(error.code), error.text);
}

// In the words of who asks: what the daemon says to programs is not for them.
int report_problem(const Reply& reply) {
  const int code = exit_code_of_status(reply.status);
  v1::Problem problem;
  if (!from_json(reply.body, &problem)) {
    return report(EX_PROTOCOL,
                  say("the daemon answered {status} without saying why; is another program on its "
                      "port?",
                      {{"status", std::to_string(reply.status)}}));
  }
  for (const auto& [known, sentence] : kInOurTerms) {
    if (known != problem.code()) continue;
    problem.set_detail(say(sentence));
    if (known == kTooLong || known == kTooLarge) problem.set_title(problem.code());
  }
  if (errors_are_json) {
    print_problem(problem, code);
    return code;
  }
  std::string text = problem.title() == problem.code() ? "" : say(problem.title());
  if (!problem.detail().empty() && problem.findings().empty()) {
    text += (text.empty() ? "" : " ") + say_in_pieces(problem.detail());
  }
  if (text.empty()) text = say("This cannot be taken.");
  text += " [" + problem.code() + "]";
  for (const v1::Finding& finding : problem.findings()) {
    text += finding_text(finding, problem.code());
  }
  if (problem.status() == 409 && !problem.allowed().empty()) {
    text += "\n" + say("Allowed now:");
    for (const std::string& action : problem.allowed()) {
      text += " " + action;
      if (language() == Language::kChinese) text += "（" + called("event.", action) + "）";
    }
  }
  return report(code, text);
}

void print_more(const std::string& next) {
  if (next.empty()) return;
  std::cerr << say("There are more: add --after {place}", {{"place", next}}) << "\n";
}

int report(int exit_code, std::string_view text) {
  if (errors_are_json) {
    v1::Problem problem;
    problem.set_code("command_failed");
    problem.set_title(say_in_pieces(text));
    print_problem(problem, exit_code);
  } else {
    std::cerr << "jiexu: " << say_in_pieces(text) << "\n";
  }
  return exit_code;
}

Result<std::string> read_input(const std::string& file) {
  std::stringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) return fail(Errc::kInvalid, file + ": is not a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::kNotFound, file + ": cannot be opened");
  text << in.rdbuf();
  if (in.bad()) return fail(Errc::kIo, file + ": cannot be read");
  return text.str();
}

}  // namespace jiexu::cli
