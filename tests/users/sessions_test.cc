#include "daemon/users/sessions.h"

#include <catch2/catch.hpp>
#include <vector>

#include "daemon/trust/suite.h"

namespace jiexu::sessions_test {
namespace {

constexpr Steady kStart{1'000'000};

Users users_of(const std::string& wang_token = "t-wang", Role role = Role::kClerkIn) {
  return Users({{"wang", {role}, sha256(wang_token)}, {"li", {Role::kReviewer}, sha256("t-li")}});
}

struct World {
  Sessions sessions;
  Users users = users_of();

  const User& user(const char* name) const { return *users.find_name(name); }
  Sessions::Begun begin(const char* name, Steady now = kStart) {
    const auto begun = sessions.begin(sessions.make_link(user(name), now), users, now);
    REQUIRE(begun);
    return *begun;
  }
  bool is_open(const Sessions::Begun& one, Steady now = kStart) {
    return sessions.find(one.cookie, one.key, users, now).has_value();
  }
};

TEST_CASE("a link begins one session of the user for whom it was made") {
  World world;
  const std::string link = world.sessions.make_link(world.user("wang"), kStart);
  const auto begun = world.sessions.begin(link, world.users, kStart);
  REQUIRE(begun);
  CHECK(begun->user.name == "wang");
  CHECK_FALSE(world.sessions.begin(link, world.users, kStart));
  const auto found = world.sessions.find(begun->cookie, begun->key, world.users, kStart);
  REQUIRE(found);
  CHECK(found->user.name == "wang");
  CHECK(found->left_ms == Sessions::kLongestMs);
}

TEST_CASE("a link that nobody has opened within a minute is none") {
  World world;
  const std::string link = world.sessions.make_link(world.user("wang"), kStart);
  CHECK_FALSE(
      world.sessions.begin(link, world.users, kStart.plus_ms(Sessions::kLinkMs)).has_value());
}

TEST_CASE("a text that was never a link begins nothing") {
  World world;
  world.sessions.make_link(world.user("wang"), kStart);
  CHECK_FALSE(world.sessions.begin("", world.users, kStart));
  CHECK_FALSE(world.sessions.begin(std::string(64, 'a'), world.users, kStart));
}

TEST_CASE("cookie and key go together, and a stolen one of them is nothing") {
  World world;
  const auto wang = world.begin("wang"), li = world.begin("li");
  CHECK_FALSE(world.sessions.find(wang.cookie, li.key, world.users, kStart));
  CHECK_FALSE(world.sessions.find(wang.cookie, "", world.users, kStart));
  CHECK_FALSE(world.sessions.find(wang.key, wang.key, world.users, kStart));
  CHECK_FALSE(world.sessions.find("", wang.key, world.users, kStart));
  CHECK(world.is_open(wang));
}

TEST_CASE("a session that is used goes on for a working day, and not longer") {
  World world;
  const auto wang = world.begin("wang");
  Steady now = kStart;
  for (; now.ms < kStart.ms + Sessions::kLongestMs; now = now.plus_ms(Sessions::kIdleMs / 2)) {
    CHECK(world.is_open(wang, now));
  }
  CHECK_FALSE(world.is_open(wang, now));
}

TEST_CASE("a session that nobody uses ends") {
  World world;
  const auto wang = world.begin("wang");
  CHECK_FALSE(world.is_open(wang, kStart.plus_ms(Sessions::kIdleMs)));
}

TEST_CASE("an ended session is none, and the user's others go on") {
  World world;
  const auto one = world.begin("wang"), other = world.begin("wang");
  world.sessions.end(one.cookie);
  CHECK_FALSE(world.is_open(one));
  CHECK(world.is_open(other));
}

TEST_CASE("with the user, or with the token, the sessions and links end") {
  World world;
  const auto wang = world.begin("wang"), li = world.begin("li");
  const std::string link = world.sessions.make_link(world.user("wang"), kStart);
  world.users = users_of("another");
  CHECK_FALSE(world.is_open(wang));
  CHECK_FALSE(world.sessions.begin(link, world.users, kStart));
  CHECK(world.is_open(li));
  world.users = Users({});
  CHECK_FALSE(world.is_open(li));
}

TEST_CASE("another password ends the sessions, too, and a session begins without a link") {
  World world;
  const auto wang = world.sessions.begin_for(world.user("wang"), kStart);
  CHECK(world.is_open(wang));
  User changed = world.user("wang");
  changed.password = "$argon2id$another";
  world.users = Users({changed});
  CHECK_FALSE(world.is_open(wang));
}

TEST_CASE("another role counts at once") {
  World world;
  const auto wang = world.begin("wang");
  world.users = users_of("t-wang", Role::kAuditor);
  CHECK(world.sessions.find(wang.cookie, wang.key, world.users, kStart)->user.roles ==
        Roles{Role::kAuditor});
}

TEST_CASE("one session more than a user may have ends the longest unused") {
  World world;
  const auto li = world.begin("li");
  std::vector<Sessions::Begun> begun;
  for (size_t n = 0; n < Sessions::kSessionsMax; ++n) {
    begun.push_back(world.begin("wang", kStart.plus_ms(static_cast<int64_t>(n))));
  }
  const Steady later = kStart.plus_ms(1000);
  REQUIRE(world.is_open(begun[0], later));
  world.begin("wang", later);
  CHECK(world.is_open(begun[0], later));
  CHECK_FALSE(world.is_open(begun[1], later));
  CHECK(world.is_open(li, later));
}

TEST_CASE("one link more than a user may have ends the oldest") {
  World world;
  const std::string first = world.sessions.make_link(world.user("wang"), kStart);
  for (size_t n = 0; n < Sessions::kLinksMax; ++n) {
    world.sessions.make_link(world.user("wang"), kStart.plus_ms(1));
  }
  CHECK_FALSE(world.sessions.begin(first, world.users, kStart.plus_ms(2)));
}

}  // namespace
}  // namespace jiexu::sessions_test
