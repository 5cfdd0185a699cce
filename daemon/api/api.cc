#include "daemon/api/api.h"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "daemon/api/conventions.h"
#include "daemon/api/lacking.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/engine/idempotency_keys.h"

namespace jiexu {
namespace {

constexpr std::string_view kBearer = "bearer ";

void answer(const HttpRespond& respond, HttpResponse response) {
  respond([response = std::move(response)] { return response; });
}

HttpResponse unauthenticated() {
  HttpResponse response = problem_response(
      401, "unauthenticated", "send Authorization: Bearer TOKEN; `jiexu user add` makes tokens");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

HttpResponse bad_target() {
  return problem_response(400, "bad_target",
                          "a part of the path is empty, or something is not percent-encoded "
                          "UTF-8");
}

std::optional<QueryFault> fault_of(const RouteShape& shape, const Target& target) {
  if (shape.any_query) return std::nullopt;
  if (auto fault = find_fault(shape.query, target.query)) return fault;
  return target.twice ? std::optional(QueryFault{*target.twice, "is given twice"}) : std::nullopt;
}

HttpResponse unknown_media_type(const Route& route) {
  HttpResponse response = problem_response(415, "unsupported_media_type",
                                           "Content-Type may be " + std::string(route.shape.takes));
  response.headers.emplace_back("Accept-Post", std::string(route.shape.takes));
  return response;
}

HttpResponse no_such_method(const std::string& allowed) {
  HttpResponse response =
      problem_response(405, "method_not_allowed", "this path knows: " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

Api::Api(ApiPorts ports, std::shared_ptr<const Users> users)
    : ports_(std::move(ports)),
      records_(ports_.store, ports_.vault),
      users_(std::move(users)),
      sign_in_(ports_.clock) {
  set_calendar(std::make_shared<const Calendar>(Calendar::shipped()));
}

Records Api::own_records(const Reader& reader) const {
  Records records(reader, ports_.vault);
  if (ports_.damage != nullptr) records.pass_over_damage(*ports_.damage);
  return records;
}

void Api::set_calendar(std::shared_ptr<const Calendar> calendar) {
  const std::lock_guard lock(calendar_mutex_);
  calendar_ = std::move(calendar);
}

void Api::set_users(std::shared_ptr<const Users> users) {
  {
    const std::lock_guard lock(users_mutex_);
    users_ = std::move(users);
  }
  feed().users_changed();
}

bool Api::is_still(const User& user) const {
  const std::lock_guard lock(users_mutex_);
  return std::ranges::any_of(users_->all(), [&](const User& now) {
    return now.name == user.name && now.roles == user.roles &&
           now.token_sha256 == user.token_sha256;
  });
}

std::shared_ptr<const Users> Api::users_now() const {
  const std::lock_guard lock(users_mutex_);
  return users_;
}

// RFC 9110, 11.4: the scheme in any case, one space or more, the token.
std::optional<User> Api::user_by_token(std::string_view authorization) const {
  const auto same = [](char sent, char wanted) {
    return std::tolower(static_cast<unsigned char>(sent)) == wanted;
  };
  if (!std::ranges::equal(authorization.substr(0, kBearer.size()), kBearer, same)) {
    return std::nullopt;
  }
  authorization.remove_prefix(
      std::min(authorization.find_first_not_of(' ', kBearer.size()), authorization.size()));
  const std::shared_ptr<const Users> users = users_now();
  const User* user = users->find_token(authorization);
  if (user == nullptr) return std::nullopt;
  return *user;
}

std::optional<Api::Asker> Api::authenticate(const HttpRequest& request) const {
  if (!request.authorization.empty()) {
    auto user = user_by_token(request.authorization);
    return user ? std::optional(Asker{std::move(*user)}) : std::nullopt;
  }
  if (auto session = session_of(request)) return Asker{std::move(session->user), true};
  const std::shared_ptr<const Users> users = users_now();
  const User* user = request.peer_uid ? users->find_uid(*request.peer_uid) : nullptr;
  return user != nullptr ? std::optional(Asker{*user}) : std::nullopt;
}

std::string Api::user_of(const HttpRequest& request) const {
  const std::optional<Asker> asker = authenticate(request);
  return asker ? asker->user.name : "";
}

void Api::handle(HttpRequest request, HttpRespond respond) {
  const auto started = std::chrono::steady_clock::now();
  // The label is known before any answer is made, but only after `counted` was.
  auto label = std::make_shared<std::string_view>("none");
  const Language language = accepted_language(request.accept_language).value_or(ports_.language);
  const HttpRespond counted = [this, started, label, language, terms = terms_of(request),
                               respond = std::move(respond)](std::function<HttpResponse()> make) {
    respond([this, started, label, language, terms, make = std::move(make)] {
      HttpResponse response = on_terms(in_language(make(), language), terms);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      ports_.metrics.count_http(*label, response.status, took.count());
      return response;
    });
  };
  route(std::move(request), counted, *label);
}

void Api::route(HttpRequest request, const HttpRespond& respond, std::string_view& label) {
  const std::optional<Target> target = parse_target(request.target);
  if (!target) return answer(respond, bad_target());
  // What may be read may be asked about (RFC 9110, 9.3.2); the server leaves the body out.
  if (request.method == "HEAD") request.method = "GET";
  Match found = match(routes(), request.method, *target);
  if (found.allowed.empty()) {
    return answer(respond, problem_response(404, "no_such_path", "see /openapi.json"));
  }
  if (found.route != nullptr) label = found.route->pattern;
  const bool open = found.route != nullptr && found.route->right == Right::kNone;
  const std::optional<Asker> asker = authenticate(request);
  if (!asker && !open) return answer(respond, unauthenticated());
  if (found.route == nullptr) return answer(respond, no_such_method(found.allowed));
  const bool by_session = asker && asker->by_session;
  if (by_session) {
    if (auto refused = refused_by_session(*found.route, request)) {
      return answer(respond, std::move(*refused));
    }
  }
  if (!open && !may(asker->user, found.route->right))
    return answer(respond, lacks(found.route->right));
  if (!takes(*found.route, request)) return answer(respond, unknown_media_type(*found.route));
  if (const auto fault = fault_of(found.route->shape, *target)) {
    return answer(respond, bad_query(fault->name, fault->text));
  }
  run(*found.route, {std::move(request), target->query, std::move(found.args),
                     asker ? asker->user : User(), respond, std::nullopt, by_session});
}

void Api::run(const Route& route, Call call) {
  const std::string& key = call.request.idempotency_key;
  if (key.size() > limits::kIdempotencyKeyBytesMax) {
    return answer(call.respond, problem_response(400, "bad_idempotency_key",
                                                 "an Idempotency-Key has at most 128 bytes"));
  }
  // Of strangers nobody can say that two are the same one.
  if (call.request.method == "POST" && !key.empty() && !call.user.name.empty()) {
    call.key = idempotency_key_of(call.user.name, call.request);
    if (!is_first(call)) return;
  }
  (this->*route.handle)(std::move(call));
}

// The handlers look at what is so now, when the act may be done already; so this comes before them.
// The engine looks too, at what is not durable yet.
bool Api::is_first(Call& call) {
  auto working = idempotency_.begin(*call.key, call.respond);
  if (!working) return false;
  call.respond = std::move(*working);
  auto done = read_idempotency(records_, *call.key);
  if (!done) {
    answer(call.respond, store_failure(done.error()));
  } else if (*done && (*done)->request() != view(call.key->request)) {
    answer(call.respond, key_reused());
  } else if (*done) {
    answer(call.respond, kept_response((*done)->reply()));
  }
  return done && !*done;
}

void Api::post(const Call& call, Command command) {
  if (ports_.engine.post(std::move(command))) return;
  HttpResponse busy = problem_response(429, "busy", "the engine's inbox is full; try again");
  busy.headers.emplace_back("Retry-After", "1");
  answer(call.respond, std::move(busy));
}

}  // namespace jiexu
