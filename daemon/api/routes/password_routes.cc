// Signing in by password, and setting another one. Both come in the head, because nobody without a
// token is asked for a body.
#include <sodium.h>

#include <algorithm>
#include <array>

#include "daemon/api/api.h"
#include "daemon/api/http/http_fields.h"
#include "daemon/api/lacking.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/base/bytes.h"
#include "daemon/users/password.h"

namespace jiexu {
namespace {

constexpr std::string_view kChange = "Change ";
constexpr int64_t kSecondMs = 1000;

std::optional<std::string> from_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  size_t size = 0;
  const bool good =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
  out.resize(size);
  return good ? std::optional(std::move(out)) : std::nullopt;
}

HttpResponse after(HttpResponse response, int64_t wait_ms) {
  response.headers.emplace_back("Retry-After",
                                std::to_string((wait_ms + kSecondMs - 1) / kSecondMs));
  return response;
}

HttpResponse bad_credentials() {
  return problem_response(400, "bad_credentials",
                          "Authorization cannot be read; /openapi.json says how it is made");
}

// Of every answer but kGood.
HttpResponse not_signed_in(SignInAnswer answer, int64_t wait_ms) {
  switch (answer) {
    case SignInAnswer::kLater:
      return after(problem_response(429, "too_many_tries", "the answer says when to try again"),
                   wait_ms);
    case SignInAnswer::kFull:
      return after(problem_response(503, "sign_in_busy", "many sign in at once; try again"),
                   kSecondMs);
    default: return problem_response(403, "wrong_password", "user or password is wrong");
  }
}

// Where failures are counted. One who asks on the unix socket comes from his account.
std::string origin_of(const HttpRequest& request) {
  if (request.peer_uid) return "uid " + std::to_string(*request.peer_uid);
  return request.peer_address;
}

}  // namespace

// RFC 7617: the user, a colon, the password.
void Api::sign_in(const Call& call, std::string_view credentials) {
  const auto text = from_base64(credentials);
  const size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos || text->size() > kPasswordBytesMax * 2) {
    return reply(call, bad_credentials());
  }
  const std::string user = text->substr(0, colon);
  sign_in_.ask(users_now(), user, text->substr(colon + 1), origin_of(call.request),
               [this, user, request = call.request, respond = call.respond](SignInAnswer answer,
                                                                            int64_t wait_ms) {
                 respond([this, user, request, answer, wait_ms] {
                   return answer == SignInAnswer::kGood ? signed_in(user, request)
                                                        : not_signed_in(answer, wait_ms);
                 });
               });
}

HttpResponse Api::signed_in(const std::string& name, const HttpRequest& request) {
  const std::shared_ptr<const Users> users = users_now();
  const User* user = users->find_name(name);
  if (user == nullptr) return not_signed_in(SignInAnswer::kWrong, 0);
  if (!may(*user, Right::kUsePage)) return lacks(Right::kUsePage);
  if (user->password_once) {
    return problem_response(403, "password_for_once",
                            "this password only serves to set another one");
  }
  return session_response(sessions_.begin_for(*user, ports_.clock.steady()), request);
}

// "Change " and, in base64, three lines: the user, the password, the new one.
void Api::change_password(Call call) {
  std::string_view sent = call.request.authorization;
  if (!same_text(sent.substr(0, kChange.size()), kChange)) return reply(call, bad_credentials());
  const auto text = from_base64(trimmed(sent.substr(kChange.size())));
  if (!text || std::ranges::count(*text, '\n') != 2 || text->size() > kPasswordBytesMax * 3) {
    return reply(call, bad_credentials());
  }
  std::string_view rest = *text;
  const std::string user(cut(rest, '\n')), was(cut(rest, '\n')), fresh(rest);
  if (const auto wrong = wrong_with_password(fresh, user)) {
    return reply(call, problem_response(400, "bad_password", *wrong));
  }
  sign_in_.ask(users_now(), user, was, origin_of(call.request),
               [this, user, fresh, respond = call.respond](SignInAnswer answer, int64_t wait_ms) {
                 const auto made = std::make_shared<const HttpResponse>(
                     answer == SignInAnswer::kGood ? password_changed(user, fresh)
                                                   : not_signed_in(answer, wait_ms));
                 respond([made] { return *made; });
               });
}

// On a thread of the passwords: a hash and the disk take their time.
HttpResponse Api::password_changed(const std::string& name, const std::string& password) {
  const std::shared_ptr<const Users> users = users_now();
  const User* user = users->find_name(name);
  if (user == nullptr || !ports_.set_password) return not_signed_in(SignInAnswer::kWrong, 0);
  if (is_password(user->password, password)) {
    return problem_response(400, "bad_password", "the new password is the one from before");
  }
  auto changed = ports_.set_password(name, user->password, hash_password(password));
  if (!changed) {
    const bool raced = changed.error().code == Errc::kPermission;
    return raced ? not_signed_in(SignInAnswer::kWrong, 0) : store_failure(changed.error());
  }
  set_users(std::move(*changed));
  return {204, "", "", {}};
}

}  // namespace jiexu
