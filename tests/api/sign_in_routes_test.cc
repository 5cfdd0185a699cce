// Signing in by password, and setting another one, as a browser does it.
#include <sodium.h>

#include "daemon/users/password.h"
#include "tests/api/api_world.h"

namespace jiexu::sign_in_routes_test {
namespace {

constexpr const char* kWord = "correct horse";
constexpr const char* kFresh = "battery staple";

std::string base64(const std::string& text) {
  std::string out(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const uint8_t*>(text.data()),
                    text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return out;
}

std::vector<User> users_with(const std::string& word, bool once) {
  return {{"wang", {Role::kClerkIn}, sha256("t"), std::nullopt, hash_password(word), once},
          {"core", {Role::kSystem}, sha256("s"), std::nullopt, hash_password(word)}};
}

// A desk: what a browser there keeps and sends.
struct Desk {
  ApiWorld world;
  std::vector<User> users = users_with(kWord, false);
  std::string address = "10.0.0.1";
  std::string cookie = {};
  std::string key = {};

  Desk() {
    know();
    world.set_password = [this](const std::string& user, const std::string& was,
                                const std::string& hashed) {
      for (User& one : users) {
        if (one.name == user && one.password == was)
          one = {user, one.roles, one.token_sha256, std::nullopt, hashed};
      }
      return Result<std::shared_ptr<const Users>>(std::make_shared<const Users>(users));
    };
  }
  void know() { world.api.set_users(std::make_shared<const Users>(users)); }

  Got ask(const std::string& method, const std::string& target,
          const std::string& authorization = "") {
    HttpRequest request{method, target, authorization, "", ""};
    request.cookie = cookie;
    request.session_key = authorization.empty() ? key : "";
    request.origin = "http://127.0.0.1:7501";
    request.peer_address = address;
    const auto made = std::make_shared<std::promise<HttpResponse>>();
    world.api.handle(std::move(request), [made](const std::function<HttpResponse()>& make) {
      made->set_value(make());
    });
    return {made->get_future().get(), true};
  }
  Got sign_in(const std::string& user, const std::string& word) {
    Got got = ask("POST", "/v1/session", "Basic " + base64(user + ":" + word));
    if (got.status() == 201) {
      const std::string set = got.header("Set-Cookie");
      cookie = set.substr(0, set.find(';'));
      key = got.json()["key"];
    }
    return got;
  }
  Got change(const std::string& user, const std::string& was, const std::string& fresh) {
    return ask("POST", "/v1/session/password",
               "Change " + base64(user + "\n" + was + "\n" + fresh));
  }
};

TEST_CASE("user and password begin a session of that user") {
  Desk desk;
  const Got begun = desk.sign_in("wang", kWord);
  CHECK(begun.status() == 201);
  CHECK(begun.json()["user"] == "wang");
  CHECK(desk.ask("GET", "/v1/cases").status() == 200);
}

TEST_CASE("what is wrong is refused alike, whether the user is there or not") {
  Desk desk;
  const Got wrong = desk.sign_in("wang", "wrong password");
  const Got unknown = desk.sign_in("nobody", kWord);
  CHECK(wrong.status() == 403);
  CHECK(wrong.json()["code"] == "wrong_password");
  CHECK(unknown.json() == wrong.json());
  // Two tries later the wait has begun: the answer says how long.
  desk.sign_in("wang", "b");
  desk.sign_in("wang", "c");
  const Got later = desk.sign_in("wang", kWord);
  CHECK(later.status() == 429);
  CHECK(later.json()["code"] == "too_many_tries");
  CHECK(later.header("Retry-After") == "1");
  desk.address = "10.0.0.2";
  CHECK(desk.sign_in("wang", kWord).status() == 201);
}

TEST_CASE("what cannot be read is no password") {
  Desk desk;
  for (const std::string& sent :
       {std::string("Basic"), std::string("Basic !!"), "Basic " + base64("wang"),
        "Basic " + base64(std::string(999, ':'))}) {
    INFO(sent);
    const int status = desk.ask("POST", "/v1/session", sent).status();
    CHECK((status == 400 || status == 410));
  }
  for (const std::string& sent :
       {std::string("Change"), "Basic " + base64("wang:x"), "Change " + base64("wang\nx"),
        "Change " + base64("wang\nx\ny\nz"), "Change " + base64(std::string(999, 'x'))}) {
    INFO(sent);
    CHECK(desk.ask("POST", "/v1/session/password", sent).status() == 400);
  }
}

TEST_CASE("systems and portals do not sit before the page") {
  Desk desk;
  const Got got = desk.sign_in("core", kWord);
  CHECK(got.status() == 403);
  CHECK(got.json()["code"] == "role_too_low");
}

TEST_CASE("a password for once signs nobody in, and is followed by the user's own") {
  Desk desk;
  desk.users = users_with(kWord, true);
  desk.know();
  const Got got = desk.sign_in("wang", kWord);
  CHECK(got.status() == 403);
  CHECK(got.json()["code"] == "password_for_once");
  CHECK(got.header("Set-Cookie").empty());
  CHECK(desk.change("wang", kWord, "short").json()["code"] == "bad_password");
  CHECK(desk.change("wang", kWord, kWord).json()["code"] == "bad_password");
  CHECK(desk.change("wang", "guess guess", kFresh).json()["code"] == "wrong_password");
  CHECK(desk.change("wang", kWord, kFresh).status() == 204);
  CHECK(desk.sign_in("wang", kFresh).status() == 201);
}

TEST_CASE("another password ends the user's sessions, and the one from before is wrong") {
  Desk desk;
  REQUIRE(desk.sign_in("wang", kWord).status() == 201);
  REQUIRE(desk.change("wang", kWord, kFresh).status() == 204);
  CHECK(desk.ask("GET", "/v1/session").status() == 401);
  CHECK(desk.sign_in("wang", kWord).json()["code"] == "wrong_password");
  CHECK(desk.sign_in("wang", kFresh).status() == 201);
}

TEST_CASE("a cookie that was planted before signing in is not the session's") {
  Desk desk;
  desk.cookie = std::string("jx-") + ApiWorld::kSelf + "=planted";
  desk.key = "planted";
  const std::string planted = desk.cookie;
  REQUIRE(desk.sign_in("wang", kWord).status() == 201);
  CHECK(desk.cookie != planted);
  desk.cookie = planted;
  CHECK(desk.ask("GET", "/v1/session").status() == 401);
  desk.key = "planted";
  CHECK(desk.ask("GET", "/v1/session").status() == 401);
}

TEST_CASE("who signs in gets his own session, whatever key of a request another stranger sends") {
  Desk desk;
  const auto begin = [&](const std::string& authorization) {
    HttpRequest request{"POST", "/v1/session", authorization, "one-key", ""};
    request.peer_address = "10.0.0.3";
    const auto made = std::make_shared<std::promise<HttpResponse>>();
    desk.world.api.handle(std::move(request), [made](const std::function<HttpResponse()>& make) {
      made->set_value(make());
    });
    return made;
  };
  const auto wang = begin("Basic " + base64(std::string("wang:") + kWord));
  const auto other = begin("Basic " + base64("wang:guess"));
  CHECK(wang->get_future().get().status == 201);
  CHECK(other->get_future().get().status == 403);
}

TEST_CASE("nothing of a session outlives the daemon") {
  Desk before, after;
  REQUIRE(before.sign_in("wang", kWord).status() == 201);
  after.cookie = before.cookie;
  after.key = before.key;
  CHECK(after.ask("GET", "/v1/session").status() == 401);
}

}  // namespace
}  // namespace jiexu::sign_in_routes_test
