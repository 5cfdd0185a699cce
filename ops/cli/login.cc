// jiexu login, logout.
#include "ops/cli/login.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/base/text.h"
#include "daemon/trust/keyring.h"
#include "ops/cli/files.h"
#include "ops/cli/hidden.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr size_t kNameMax = 32;

struct LoginOptions {
  std::string api;
  std::string socket;
};

fs::path home() {
  if (const char* set = std::getenv("HOME"); set != nullptr && *set == '/') return set;
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_dir : "/";
}

fs::path login_folder() {
  const char* set = std::getenv("XDG_CONFIG_HOME");
  return (set != nullptr && *set == '/' ? fs::path(set) : home() / ".config") / "jiexu";
}

bool is_login_name(const std::string& name) {
  const auto plain = [](char c) { return std::isalnum(static_cast<uint8_t>(c)) != 0 || c == '-'; };
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, plain);
}

fs::path login_file(const std::string& name) {
  return login_folder() / (name + ".login");
}

// "127.0.0.1:7501", "[::1]:7501". Of this machine alone: the API speaks no TLS, and a token in the
// clear is anybody's.
std::optional<Endpoint> endpoint_of(const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  Endpoint out;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, out.port);
  if (read.ec != std::errc() || read.ptr != end || out.port == 0) return std::nullopt;
  out.host = text.substr(0, colon);
  if (out.host == "[::1]") out.host = "::1";
  if (out.host == "localhost") out.host = "127.0.0.1";
  const bool here = out.host == "::1" || out.host.starts_with("127.");
  return here ? std::optional(out) : std::nullopt;
}

// Whether the daemon there knows the token. Error: the exit code, after saying why.
tl::expected<void, int> try_out(const Login& login) {
  Request request;
  request.method = "GET";
  request.target = "/v1/work?limit=1";
  request.token = login.token;
  request.accept_language = tag(language());
  const Result<Reply> reply = send(login.endpoint, request);
  if (!reply) return tl::unexpected(report(reply.error()));
  // 403: the daemon knows who asks, and he may not read the list.
  if (reply->status != 200 && reply->status != 403) return tl::unexpected(report_problem(*reply));
  return {};
}

// The address that was given, else that of the configuration, if it can be read.
Result<Endpoint> where(const Session& session, const LoginOptions& options) {
  if (!options.api.empty()) {
    if (const auto given = endpoint_of(options.api)) return *given;
    return fail(Errc::kInvalid, say("{given}: write an address of this machine with its port, such "
                                    "as 127.0.0.1:7501; the token would go in the clear to "
                                    "another",
                                    {{"given", options.api}}));
  }
  if (!options.socket.empty()) return Endpoint{"127.0.0.1", 0, fs::absolute(options.socket)};
  const Result<Config> config = session.config();
  if (config) return Endpoint{config->api.host, config->api.port, config->api.unix_socket};
  return fail(Errc::kNotFound,
              say("say where the daemon is: jiexu login --api 127.0.0.1:7501, or --socket FILE"));
}

Result<void> save(const std::string& name, const Login& login) {
  std::error_code error;
  fs::create_directories(login_folder(), error);
  if (error) {
    return fail(Errc::kIo, login_folder().string() + ": cannot be made: " + error.message());
  }
  const Json out = {{"host", login.endpoint.host},
                    {"port", login.endpoint.port},
                    {"unix_socket", login.endpoint.unix_socket.string()},
                    {"token", login.token}};
  return replace_secret_file(login_file(name), out.dump() + "\n");
}

std::string name_of(const Session& session) {
  return session.agency.empty() ? kOnlyAgency : session.agency;
}

int bad_name(const std::string& name) {
  return report(EX_USAGE,
                say("{name}: a name has letters, digits and '-', at most 32", {{"name", name}}));
}

int log_in(const Session& session, const LoginOptions& options) {
  const std::string name = name_of(session);
  if (!is_login_name(name)) return bad_name(name);
  const auto endpoint = where(session, options);
  if (!endpoint) return report(EX_USAGE, endpoint.error().text);
  Login login{*endpoint, read_hidden(say("Token: "))};
  if (login.token.empty()) {
    return report(EX_USAGE, "give the token on standard input, as `jiexu user add` printed it");
  }
  if (const auto known = try_out(login); !known) return known.error();
  if (const auto done = save(name, login); !done) return report(done.error());
  std::cerr << say("Signed in; {file} keeps the token. `jiexu logout` ends it.",
                   {{"file", login_file(name).string()}})
            << "\n";
  return EX_OK;
}

int log_out(const Session& session) {
  const std::string name = name_of(session);
  if (!is_login_name(name)) return bad_name(name);
  std::error_code error;
  if (!fs::remove(login_file(name), error)) {
    return error ? report(EX_IOERR, login_file(name).string() + ": " + error.message())
                 : report(EX_NOINPUT, "nobody is signed in here");
  }
  std::cerr << say("Signed out here. The token is still good; `jiexu user remove` ends it.")
            << "\n";
  return EX_OK;
}

}  // namespace

Result<std::optional<Login>> load_login(const std::string& name) {
  if (!is_login_name(name)) return std::optional<Login>();
  const fs::path file = login_file(name);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::optional<Login>();
  TRY(const auto text, read_secret_file(file));
  const Json in = Json::parse(text, nullptr, false);
  const auto string = [&](const char* key) {
    const auto found = in.find(key);
    return found != in.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  if (!in.is_object() || string("token").empty() ||
      !in.value("port", Json()).is_number_unsigned()) {
    return fail(Errc::kInvalid, file.string() + ": is damaged; sign in again: jiexu login");
  }
  const auto port = static_cast<uint16_t>(in["port"].get<uint64_t>());
  return Login{{string("host"), port, string("unix_socket")}, string("token")};
}

void add_login(Command app, Session& session) {
  const auto options = std::make_shared<LoginOptions>();
  Command in = app.add_command(
      "login", "Sign in with a token of your own; then no file of the agency is needed",
      "jiexu login --api 127.0.0.1:7501 < wang.token\n"
      "jiexu case list --mine");
  in.add_option("--api", options->api, "Where the daemon's API is, on this machine")
      .type_name("ADDRESS:PORT");
  in.add_option("--socket", options->socket, "Instead: its unix socket").type_name("FILE");
  in.callback([&session, options] {
    session.run = [&session, options] { return log_in(session, *options); };
  });
  app.add_command("logout", "Forget the token here", "jiexu logout").callback([&session] {
    session.run = [&session] { return log_out(session); };
  });
}

}  // namespace jiexu::cli
