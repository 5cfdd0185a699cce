// Passwords, how fast they may be tried, and who is served first.
#include "daemon/users/sign_in.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <set>

#include "daemon/trust/suite.h"
#include "daemon/users/password.h"

namespace jiexu::sign_in_test {
namespace {

constexpr Steady kStart{1'000'000};
constexpr const char* kRight = "correct horse";

struct HandClock final : Clock {
  Instant now() const override { return {1'790'000'000'000}; }
  Steady steady() const override { return {at.load()}; }
  std::atomic<int64_t> at = kStart.ms;
};

std::shared_ptr<const Users> one_user() {
  static const std::string kHash = hash_password(kRight);
  std::vector<User> users = {{"wang", {Role::kClerkIn}, sha256("t"), std::nullopt, kHash},
                             {"tok", {Role::kAuditor}, sha256("u")}};
  return std::make_shared<const Users>(std::move(users));
}

SignInAnswer answer_of(SignIn& door, const std::string& user, const std::string& password,
                       const std::string& address = "10.0.0.1") {
  std::promise<SignInAnswer> given;
  door.ask(one_user(), user, password, address,
           [&](SignInAnswer answer, int64_t) { given.set_value(answer); });
  return given.get_future().get();
}

TEST_CASE("a password is known again, another is not, and the same twice is not the same text") {
  const std::string hashed = hash_password(kRight);
  CHECK(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  CHECK(is_password_hash(hashed));
  CHECK(is_password(hashed, kRight));
  CHECK_FALSE(is_password(hashed, "correct horsf"));
  CHECK_FALSE(is_password(hashed, ""));
  CHECK(hash_password(kRight) != hashed);
  for (const char* no :
       {"", "x", "$argon2id$", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA", "$2y$10$"}) {
    CHECK_FALSE(is_password_hash(no));
    CHECK_FALSE(is_password(no, kRight));
  }
}

TEST_CASE("a new password is long, one line, and not the user's name") {
  CHECK_FALSE(wrong_with_password("correct horse", "wang"));
  CHECK_FALSE(wrong_with_password("医保转移接续经办人员密码", "wang"));
  for (const std::string& bad :
       {std::string("short"), std::string("医保转移"), std::string(129, 'x') + "y",
        std::string("two\nlines of it"), std::string("bad \xff\xfe bytes"), std::string(20, 'a'),
        std::string("wang-and-2026"), std::string()}) {
    INFO(bad);
    CHECK(wrong_with_password(bad, "wang"));
  }
}

TEST_CASE("passwords for once differ, and may be passwords") {
  std::set<std::string> all;
  for (int n = 0; n < 100; ++n) {
    const std::string one = one_time_password();
    CHECK(one.size() == 19);
    CHECK_FALSE(wrong_with_password(one, "wang"));
    CHECK(all.insert(one).second);
  }
}

TEST_CASE("three tries are free, then each failure doubles the wait, up to a minute") {
  SignInPace pace;
  Steady now = kStart;
  for (int n = 0; n < SignInPace::kFreeTries; ++n) CHECK(pace.admit("wang", "a", now) == 0);
  for (const int64_t wait : {1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 60'000, 60'000}) {
    CHECK(pace.admit("wang", "a", now) == wait);
    now = now.plus_ms(wait);
    CHECK(pace.admit("wang", "a", now) == 0);
  }
}

TEST_CASE("success forgets what the address did wrong with the user") {
  SignInPace pace;
  for (int n = 0; n < SignInPace::kFreeTries; ++n) pace.admit("wang", "a", kStart);
  CHECK(pace.admit("wang", "a", kStart) > 0);
  CHECK(pace.admit("wang", "a", kStart.plus_ms(1'000)) == 0);
  pace.succeeded("wang", "a");
  CHECK(pace.admit("wang", "a", kStart.plus_ms(1'000)) == 0);
}

TEST_CASE("an address that guesses at many users is slow after ten failures") {
  SignInPace pace;
  for (int n = 0; n < 10; ++n) CHECK(pace.admit("u" + std::to_string(n), "a", kStart) == 0);
  CHECK(pace.admit("another", "a", kStart) == SignInPace::kAnotherMs);
  CHECK(pace.admit("another", "b", kStart) == 0);
  CHECK(pace.admit("another", "a", kStart.plus_ms(SignInPace::kAnotherMs)) == 0);
}

TEST_CASE("whoever guesses at one user from many addresses does not lock the user out") {
  SignInPace pace;
  Steady now = kStart;
  int admitted = 0;
  constexpr int kGuesses = 60'000;  // ten minutes of 100 a second, from 50 addresses
  for (int n = 0; n < kGuesses; ++n, now = now.plus_ms(10)) {
    admitted += pace.admit("wang", "bad-" + std::to_string(n % 50), now) == 0;
  }
  CHECK(admitted < 300);
  for (int n = 0; n < SignInPace::kFreeTries; ++n) CHECK(pace.admit("wang", "desk", now) == 0);
}

TEST_CASE("a million names and addresses do not fill the memory") {
  SignInPace pace;
  for (int n = 0; n < 30'000; ++n) {
    pace.admit("u" + std::to_string(n), "a" + std::to_string(n), kStart.plus_ms(n));
  }
  CHECK(pace.failures("a0", kStart) == 0);  // the oldest are forgotten
  CHECK(pace.failures("a29999", kStart.plus_ms(29'999)) == 1);
}

TEST_CASE("the right password is good; wrong ones, unknown users and users without one are wrong") {
  const HandClock clock;
  SignIn door(clock);
  CHECK(answer_of(door, "wang", kRight) == SignInAnswer::kGood);
  CHECK(answer_of(door, "wang", "wrong") == SignInAnswer::kWrong);
  CHECK(answer_of(door, "tok", "") == SignInAnswer::kWrong);
  CHECK(answer_of(door, "nobody", kRight) == SignInAnswer::kWrong);
}

TEST_CASE("too many at once: who has failed most is turned away, and the others are served") {
  HandClock clock;
  SignIn door(clock);
  // Ten failures of one address, so that it is served last.
  for (int n = 0; n < 9; ++n) answer_of(door, "u" + std::to_string(n), "guess", "bad");
  std::atomic<int> full = 0, good = 0, answers = 0;
  std::promise<void> done;
  constexpr int kAll = 60;
  const auto count = [&](SignInAnswer answer, int64_t) {
    full += answer == SignInAnswer::kFull;
    good += answer == SignInAnswer::kGood;
    if (++answers == kAll) done.set_value();
  };
  for (int n = 0; n < kAll - 2; ++n) {
    door.ask(one_user(), "x", "guess", "bad-" + std::to_string(n), count);
  }
  door.ask(one_user(), "u9", "guess", "bad", count);
  door.ask(one_user(), "wang", kRight, "desk", count);
  done.get_future().wait();
  CHECK(full > 0);
  CHECK(good <= 1);
}

TEST_CASE("what waits when the door ends is not answered, and nothing waits for it") {
  const HandClock clock;
  std::atomic<int> answers = 0;
  {
    SignIn door(clock);
    for (int n = 0; n < 20; ++n) {
      door.ask(one_user(), "wang", "guess", "a" + std::to_string(n),
               [&](SignInAnswer, int64_t) { ++answers; });
    }
  }
  CHECK(answers < 20);
}

}  // namespace
}  // namespace jiexu::sign_in_test
