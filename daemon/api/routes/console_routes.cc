// The web console: its files, and the sessions of who sits before it (daemon/users/sessions.h).
#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/console_file.h"
#include "daemon/api/http/http_fields.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"

namespace jiexu {
namespace {

constexpr std::string_view kLink = "Link ";
constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kSecure = "__Host-";

constexpr const char* kNoConsole =
    "This jiexud was built without the web console. Install Node 18 or later and npm, then build "
    "it again: ./ops/setup\n"
    "本程序未包含网页控制台。请安装 Node 18 或更高版本及 npm，然后重新构建：./ops/setup\n";

// Scripts, styles and data of this daemon alone; texts never become markup or code.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src "
    "'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types jiexu";

// Browsers keep a cookie with the prefix only if it is Secure, and a Secure one over plain HTTP
// only some of them, and only of loopback. So it has the prefix where the page came over TLS, by a
// proxy of ours. The agency's code, because cookies know no ports: two agencies on one host must
// not sign each other out.
std::string cookie_name(AgencyId self) {
  return "jx-" + self.str();
}

bool is_secure(const HttpRequest& request) {
  return same_text(std::string_view(request.origin).substr(0, 8), "https://");
}

std::string set_cookie(AgencyId self, const HttpRequest& request, const std::string& value) {
  const bool secure = is_secure(request);
  return std::string(secure ? kSecure : "") + cookie_name(self) + "=" + value +
         "; Path=/; HttpOnly; SameSite=Strict" + (secure ? "; Secure" : "") +
         (value.empty() ? "; Max-Age=0" : "");
}

// The value of the cookie `name`; empty: there is none.
std::string_view cookie_of(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    std::string_view one = cut(cookies, ';');
    if (trimmed(cut(one, '=')) == name) return trimmed(one);
  }
  return {};
}

const ConsoleFile* find_file(std::span<const ConsoleFile> files, std::string_view name) {
  const auto found = std::ranges::find(files, name, &ConsoleFile::name);
  return found == files.end() ? nullptr : &*found;
}

bool takes_coding(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    std::string_view one = cut(accept_encoding, ',');
    if (same_text(trimmed(cut(one, ';')), coding)) return !is_forbidden(one);
  }
  return false;
}

HttpResponse packed_file(const ConsoleFile& file, std::string_view accept_encoding) {
  HttpResponse out{200, std::string(file.type), std::string(file.plain), {}};
  const std::pair<std::string_view, std::string_view> ways[] = {{"br", file.brotli},
                                                                {"gzip", file.gzip}};
  for (const auto& [coding, body] : ways) {
    if (body.empty() || !takes_coding(accept_encoding, coding)) continue;
    out.body = body;
    out.headers.emplace_back("Content-Encoding", std::string(coding));
    break;
  }
  return out;
}

void add_policy(HttpResponse& page) {
  page.headers.emplace_back("Content-Security-Policy", kPolicy);
  page.headers.emplace_back("Referrer-Policy", "no-referrer");
  page.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  page.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  page.headers.emplace_back("X-Frame-Options", "DENY");
}

HttpResponse no_console() {
  HttpResponse response = text_response(404, kNoConsole);
  response.content_type = "text/plain; charset=utf-8";
  return response;
}

// A cached page names files that a newer daemon no longer has, so it is asked for each time.
HttpResponse console_page(std::span<const ConsoleFile> files, const HttpRequest& request) {
  const ConsoleFile* page = find_file(files, "index.html");
  if (page == nullptr) return no_console();
  HttpResponse response = packed_file(*page, request.accept_encoding);
  response.headers.emplace_back("Cache-Control", "no-cache");
  add_policy(response);
  return response;
}

HttpResponse link_spent() {
  return problem_response(410, "link_spent",
                          "a link is good once, and for 60 s: `jiexu console open` makes another");
}

}  // namespace

std::optional<Sessions::Found> Api::session_of(const HttpRequest& request) const {
  std::string_view cookie =
      cookie_of(request.cookie, std::string(kSecure) + cookie_name(ports_.self));
  if (cookie.empty()) cookie = cookie_of(request.cookie, cookie_name(ports_.self));
  if (cookie.empty() || request.session_key.empty()) return std::nullopt;
  return sessions_.find(cookie, request.session_key, *users_now(), ports_.clock.steady());
}

std::optional<HttpResponse> Api::refused_by_session(const Route& route,
                                                    const HttpRequest& request) const {
  const bool for_programs = route.right == Right::kTellBank || route.right == Right::kSendBulk ||
                            route.pattern == "/metrics" || route.pattern == "/v1/console/links";
  if (for_programs) {
    return problem_response(403, "not_by_session", "this is for programs: send a token");
  }
  // The door has refused foreign ones; every browser sends one with what it writes.
  if (request.method != "GET" && request.origin.empty()) {
    return problem_response(403, "no_origin", "a session writes with an Origin");
  }
  return std::nullopt;
}

v1::SessionView Api::session_view(const User& user, int64_t left_ms) const {
  v1::SessionView view;
  view.set_user(user.name);
  for (const Role role : user.roles.all()) view.add_roles(std::string(name(role)));
  for (const RightRow& row : rights()) {
    if (user.roles.meets(row.roles)) view.add_rights(std::string(row.name));
  }
  view.set_agency(ports_.self.str());
  if (ports_.self_name) view.set_name(ports_.self_name());
  view.set_language(std::string(tag(ports_.language)));
  view.set_until(ports_.clock.now().plus_ms(left_ms).str());
  return view;
}

void Api::make_console_link(Call call) {
  v1::ConsoleLinkView view;
  view.set_secret(sessions_.make_link(call.user, ports_.clock.steady()));
  view.set_path("/console#" + view.secret());
  view.set_seconds(Sessions::kLinkMs / 1000);
  reply(call, view);
}

HttpResponse Api::session_response(const Sessions::Begun& begun, const HttpRequest& request) const {
  v1::SessionView view = session_view(begun.user, Sessions::kLongestMs);
  view.set_key(begun.key);
  HttpResponse response{201, "application/json", to_json(view), {}};
  response.headers.emplace_back("Location", "/v1/session");
  response.headers.emplace_back("Set-Cookie", set_cookie(ports_.self, request, begun.cookie));
  return response;
}

// The secret comes in the head, because nobody without a token is asked for a body.
void Api::begin_session(Call call) {
  const std::string_view sent = call.request.authorization;
  if (same_text(sent.substr(0, kBasic.size()), kBasic)) {
    return sign_in(call, trimmed(sent.substr(kBasic.size())));
  }
  const bool has_link = same_text(sent.substr(0, kLink.size()), kLink);
  const auto begun = has_link ? sessions_.begin(trimmed(sent.substr(kLink.size())), *users_now(),
                                                ports_.clock.steady())
                              : std::nullopt;
  reply(call, begun ? session_response(*begun, call.request) : link_spent());
}

void Api::show_session(Call call) {
  const auto session = session_of(call.request);
  if (!session) {
    return reply(call, problem_response(404, "no_session", "a token has no session"));
  }
  reply(call, session_view(session->user, session->left_ms));
}

void Api::end_session(Call call) {
  if (!call.by_session) {
    return reply(call, problem_response(404, "no_session", "a token has no session"));
  }
  for (const std::string& prefix : {std::string(kSecure), std::string()}) {
    sessions_.end(cookie_of(call.request.cookie, prefix + cookie_name(ports_.self)));
  }
  HttpResponse response{204, "", "", {}};
  response.headers.emplace_back("Set-Cookie", set_cookie(ports_.self, call.request, ""));
  reply(call, std::move(response));
}

void Api::show_console(Call call) {
  reply(call, console_page(ports_.console, call.request));
}

void Api::lead_to_console(Call call) {
  HttpResponse response{303, "", "", {}};
  response.headers.emplace_back("Location", "/console");
  reply(call, std::move(response));
}

void Api::show_console_file(Call call) {
  const ConsoleFile* file = find_file(ports_.console, call.args[0]);
  if (file == nullptr || file->name == "index.html") {
    return reply(call, problem_response(404, "no_such_path", "the console has no such file"));
  }
  HttpResponse response = packed_file(*file, call.request.accept_encoding);
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  add_policy(response);
  reply(call, std::move(response));
}

}  // namespace jiexu
