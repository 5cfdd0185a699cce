#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "daemon/users/password.h"
#include "daemon/users/user_changes.h"
#include "tests/temp_folder.h"

namespace jiexu::users_test {
namespace {

using Kind = UserChange::Kind;

Result<std::string> add_user(const std::filesystem::path& file, const std::string& name,
                             Role role) {
  TRY(const auto done, change_user(file, {Kind::kAdd, name, {role}}, ""));
  return done.token;
}

Result<void> remove_user(const std::filesystem::path& file, const std::string& name) {
  TRY_DO(change_user(file, {Kind::kRemove, name, {}}, ""));
  return {};
}

std::string content(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST_CASE("a user is found by the token that was made for him, and by no other") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  const Result<std::string> wang = add_user(file, "wang", Role::kClerkIn);
  const Result<std::string> li = add_user(file, "li", Role::kReviewer);
  REQUIRE(wang);
  REQUIRE(li);
  const auto users = Users::load(file);
  REQUIRE(users);
  REQUIRE((*users)->find_token(*wang) != nullptr);
  CHECK((*users)->find_token(*wang)->name == "wang");
  CHECK((*users)->find_token(*li)->roles == Roles{Role::kReviewer});
  CHECK((*users)->find_token("") == nullptr);
  CHECK((*users)->find_token(wang->substr(0, wang->size() - 1)) == nullptr);
}

TEST_CASE("the file is its owner's alone and does not hold the token") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  const Result<std::string> token = add_user(file, "wang", Role::kClerkIn);
  REQUIRE(token);
  CHECK(token->starts_with("jx_"));
  CHECK(token->size() == 3 + 64);
  CHECK(content(file).find(token->substr(3)) == std::string::npos);
  struct stat info;
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("a file that others may read is refused") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  REQUIRE(add_user(file, "wang", Role::kClerkIn));
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  const auto users = Users::load(file);
  REQUIRE_FALSE(users);
  CHECK(users.error().code == Errc::kPermission);
}

TEST_CASE("a name is given once, and a removed user is gone") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  REQUIRE(add_user(file, "wang", Role::kClerkIn));
  const Result<std::string> again = add_user(file, "wang", Role::kOperator);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::kExists);
  REQUIRE(remove_user(file, "wang"));
  CHECK((*Users::load(file))->all().empty());
  const Result<void> twice = remove_user(file, "wang");
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == Errc::kNotFound);
}

TEST_CASE("a half-written file that a crash left does not stand in the way") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  std::ofstream(file.string() + ".new") << "[[user]]\nna";
  REQUIRE(add_user(file, "wang", Role::kClerkIn));
  CHECK((*Users::load(file))->all().size() == 1);
  CHECK_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST_CASE("names that could be mistaken in a command or a log are refused") {
  const TempFolder folder;
  const std::string name =
      GENERATE(std::string(""), "Wang", "-x", "a b", "a\nb", "..\"", std::string(33, 'a'));
  const Result<std::string> token = add_user(folder.path / "users.toml", name, Role::kClerkIn);
  REQUIRE_FALSE(token);
  CHECK(token.error().code == Errc::kInvalid);
}

TEST_CASE("names under which the daemon's own acts are shown are no user's; such a user can go") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  const std::string name = GENERATE("recovery", "bank", "timer", "link", "directory", "calendar");
  const Result<std::string> token = add_user(file, name, Role::kReviewer);
  REQUIRE_FALSE(token);
  CHECK(token.error().code == Errc::kInvalid);
  CHECK_THAT(token.error().text, Catch::Contains("reserved"));
  REQUIRE(add_user(file, "wang", Role::kClerkIn));
  std::ofstream(file, std::ios::app)
      << "\n[[user]]\nname = \"" << name << "\"\nrole = \"clerk\"\ntoken_sha256 = \""
      << std::string(64, '7') << "\"\n";
  const auto users = Users::load(file);
  REQUIRE_FALSE(users);
  CHECK(users.error().code == Errc::kInvalid);
  CHECK_THAT(users.error().text, Catch::Contains("users.toml:8:") &&
                                     Catch::Contains("`jiexu user remove " + name + "`"));
  CHECK_FALSE(add_user(file, "li", Role::kClerkIn));
  REQUIRE(remove_user(file, name));
  CHECK((*Users::load(file))->all().size() == 1);
}

TEST_CASE("every problem of a users file is reported with its line") {
  const auto users = Users::parse(
      "[[user]]\n"
      "name = \"Wang\"\n"
      "role = \"king\"\n"
      "token_sha256 = \"00\"\n"
      "\n"
      "[[users]]\n",
      "users.toml");
  REQUIRE_FALSE(users);
  const std::string& text = users.error().text;
  CHECK_THAT(text, Catch::Contains("users.toml:1:") && Catch::Contains("name must be"));
  CHECK_THAT(text, Catch::Contains("role must be") && Catch::Contains("64 hex digits"));
  CHECK_THAT(text, Catch::Contains("unknown key `users`"));
}

// A file with the users as they are named, each with his token.
struct Office {
  TempFolder folder;
  std::filesystem::path file = folder.path / "users.toml";
  std::map<std::string, std::string> tokens;

  Result<ChangedUser> change(Kind kind, const std::string& name, Roles roles,
                             const std::string& by = "") {
    auto done = change_user(file, {kind, name, roles}, by.empty() ? "" : tokens[by]);
    if (done && !done->token.empty()) tokens[name] = done->token;
    return done;
  }
  Result<ChangedUser> approve(uint64_t number, const std::string& by) {
    auto done = approve_user_change(file, number, tokens[by]);
    if (done && !done->token.empty()) tokens[done->change.user] = done->token;
    return done;
  }
  std::shared_ptr<const Users> users() const { return *Users::load(file); }
};

struct TwoOfficers : Office {
  TwoOfficers() {
    REQUIRE(change(Kind::kAdd, "an", {Role::kSecurity, Role::kOperator}));
    REQUIRE(change(Kind::kAdd, "wang", {Role::kClerkIn}));
    REQUIRE(change(Kind::kAdd, "bo", {Role::kSecurity}));
  }
};

TEST_CASE("a role of an earlier file is read as what such a user could do, and written as roles") {
  const auto users =
      Users::parse("[[user]]\nname = \"wang\"\nrole = \"reviewer\"\ntoken_sha256 = \"" +
                       std::string(64, '7') + "\"\n",
                   "users.toml");
  REQUIRE(users);
  const Roles roles = (*users)->all()[0].roles;
  CHECK(roles == Roles{Role::kClerkOut, Role::kClerkIn, Role::kReviewer, Role::kFinance});
  const std::string text = to_toml(**users);
  CHECK_THAT(text,
             Catch::Contains("roles = [\"clerk-out\", \"clerk-in\", \"reviewer\", \"finance\"]"));
  CHECK((*Users::parse(text, "users.toml"))->all()[0].roles == roles);
}

TEST_CASE("a number of the system's is one user, and survives another token") {
  Office office;
  REQUIRE(change_user(office.file, {Kind::kAdd, "wang", {Role::kClerkIn}, 1004}, ""));
  CHECK(office.users()->find_uid(1004)->name == "wang");
  CHECK(office.users()->find_uid(0) == nullptr);
  const auto second = change_user(office.file, {Kind::kAdd, "li", {Role::kClerkIn}, 1004}, "");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::kExists);
  REQUIRE(office.change(Kind::kReplace, "wang", {Role::kReviewer}));
  CHECK(office.users()->find_uid(1004)->name == "wang");
  std::ofstream(office.file, std::ios::app)
      << "\n[[user]]\nname = \"li\"\nroles = [\"auditor\"]\ntoken_sha256 = \""
      << std::string(64, '7') << "\"\nuid = 1004\n";
  CHECK_THAT(Users::load(office.file).error().text, Catch::Contains("the same uid"));
}

TEST_CASE("the last operator and the last security officer stay") {
  Office office;
  REQUIRE(office.change(Kind::kAdd, "an", {Role::kSecurity, Role::kOperator}));
  REQUIRE(office.change(Kind::kAdd, "wang", {Role::kClerkIn}));
  for (const Roles roles : {Roles{Role::kSecurity}, Roles{Role::kOperator}}) {
    const auto less = office.change(Kind::kReplace, "an", roles);
    REQUIRE_FALSE(less);
    CHECK(less.error().code == Errc::kInvalid);
    CHECK_THAT(less.error().text, Catch::Contains("nobody else has the role"));
  }
  CHECK_FALSE(office.change(Kind::kRemove, "an", {}));
  REQUIRE(office.change(Kind::kAdd, "op", {Role::kOperator}));
  CHECK(office.change(Kind::kReplace, "an", {Role::kSecurity}));
}

TEST_CASE(
    "with two security officers one proposes a change, and it is done when another approves") {
  TwoOfficers office;
  const auto asked = office.change(Kind::kAdd, "li", {Role::kReviewer}, "an");
  REQUIRE(asked);
  CHECK(asked->waits);
  CHECK(asked->token.empty());
  CHECK(office.users()->find_name("li") == nullptr);
  REQUIRE(office.users()->waiting().size() == 1);
  CHECK(office.users()->waiting()[0].by == "an");
  const auto own = office.approve(asked->change.number, "an");
  REQUIRE_FALSE(own);
  CHECK(own.error().code == Errc::kPermission);
  const auto done = office.approve(asked->change.number, "bo");
  REQUIRE(done);
  CHECK(office.users()->find_token(done->token)->name == "li");
  CHECK(office.users()->find_name("li")->roles == Roles{Role::kReviewer});
  CHECK(office.users()->waiting().empty());
  CHECK(office.approve(asked->change.number, "bo").error().code == Errc::kNotFound);
}

TEST_CASE("nobody but a security officer proposes, approves or drops, once there are two") {
  TwoOfficers office;
  const uint64_t number = office.change(Kind::kRemove, "wang", {}, "an")->change.number;
  for (const char* who : {"wang", "", "nobody"}) {
    INFO(who);
    const auto asked = office.change(Kind::kAdd, "li", {Role::kReviewer}, who);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().code == Errc::kPermission);
    CHECK(office.approve(number, who).error().code == Errc::kPermission);
    CHECK(drop_user_change(office.file, number, office.tokens[who]).error().code ==
          Errc::kPermission);
  }
  CHECK(office.users()->waiting().size() == 1);
}

TEST_CASE("a password for once is proposed and approved like any change, and ends the one before") {
  TwoOfficers office;
  REQUIRE(
      set_own_password(office.file, "wang", hash_password("correct horse"), office.tokens["wang"]));
  const std::string token = office.tokens["wang"];
  const auto asked = office.change(Kind::kPassword, "wang", {}, "an");
  REQUIRE(asked);
  CHECK(asked->waits);
  CHECK(is_password(office.users()->find_name("wang")->password, "correct horse"));
  const auto done = approve_user_change(office.file, asked->change.number, office.tokens["bo"]);
  REQUIRE(done);
  const User wang = *office.users()->find_name("wang");
  CHECK(is_password(wang.password, done->token));
  CHECK(wang.password_once);
  CHECK(wang.roles == Roles{Role::kClerkIn});
  CHECK(office.users()->find_token(token) != nullptr);
}

TEST_CASE("with two security officers nobody sets another's password, not even one of them") {
  TwoOfficers office;
  const std::string hashed = hash_password("correct horse");
  for (const char* who : {"an", "bo", ""}) {
    const auto set = set_own_password(office.file, "wang", hashed, office.tokens[who]);
    REQUIRE_FALSE(set);
    CHECK(set.error().code == Errc::kPermission);
  }
  CHECK(set_own_password(office.file, "wang", hashed, office.tokens["wang"]));
}

TEST_CASE(
    "a password is replaced only by who knew the one that stands, and survives other changes") {
  Office office;
  REQUIRE(office.change(Kind::kAdd, "wang", {Role::kClerkIn}));
  const std::string first = hash_password("correct horse"),
                    second = hash_password("battery staple");
  REQUIRE(set_own_password(office.file, "wang", first, ""));
  CHECK(replace_password(office.file, "wang", second, second).error().code == Errc::kPermission);
  CHECK(replace_password(office.file, "li", first, second).error().code == Errc::kNotFound);
  REQUIRE(replace_password(office.file, "wang", first, second));
  REQUIRE(office.change(Kind::kReplace, "wang", {Role::kReviewer}));
  CHECK(office.users()->find_name("wang")->password == second);
}

TEST_CASE("a file whose password is none of ours is refused with its line") {
  const auto users = Users::parse(
      "[[user]]\nname = \"wang\"\nroles = [\"auditor\"]\npassword = \"secret\"\ntoken_sha256 = \"" +
          std::string(64, '7') + "\"\n",
      "users.toml");
  REQUIRE_FALSE(users);
  CHECK_THAT(users.error().text, Catch::Contains("users.toml:1:") &&
                                     Catch::Contains("jiexu user password") &&
                                     !Catch::Contains("secret"));
}

TEST_CASE("a dropped change is not done, and its number is not used again") {
  TwoOfficers office;
  const uint64_t first = office.change(Kind::kRemove, "wang", {}, "an")->change.number;
  REQUIRE(drop_user_change(office.file, first, office.tokens["bo"]));
  CHECK(office.users()->find_name("wang") != nullptr);
  CHECK(office.change(Kind::kRemove, "wang", {}, "an")->change.number > first);
}

TEST_CASE("what has become impossible meanwhile is not done by an approval") {
  TwoOfficers office;
  const auto asked = [&](Kind kind, const std::string& user, Roles roles, const std::string& by) {
    const auto change = office.change(kind, user, roles, by);
    REQUIRE(change);
    return change->change.number;
  };
  const uint64_t replaces = asked(Kind::kReplace, "wang", {Role::kReviewer}, "an");
  REQUIRE(office.approve(asked(Kind::kRemove, "wang", {}, "an"), "bo"));
  CHECK(office.approve(replaces, "bo").error().code == Errc::kNotFound);
  REQUIRE(office.approve(asked(Kind::kAdd, "op", {Role::kOperator}, "an"), "bo"));
  const uint64_t removes_an = asked(Kind::kRemove, "an", {}, "bo");
  REQUIRE(office.approve(asked(Kind::kRemove, "op", {}, "bo"), "an"));
  CHECK(office.approve(removes_an, "an").error().code == Errc::kInvalid);  // the last operator
  REQUIRE(office.approve(asked(Kind::kAdd, "op", {Role::kOperator}, "an"), "bo"));
  CHECK(office.approve(removes_an, "an"));
}

TEST_CASE("who proposed a change and is no security officer any more does not count") {
  TwoOfficers office;
  REQUIRE(office.approve(office.change(Kind::kAdd, "ce", {Role::kSecurity}, "an")->change.number,
                         "bo"));
  const uint64_t late = office.change(Kind::kRemove, "wang", {}, "ce")->change.number;
  REQUIRE(office.approve(office.change(Kind::kRemove, "ce", {}, "an")->change.number, "bo"));
  CHECK(office.approve(late, "an").error().code == Errc::kPermission);
}

}  // namespace
}  // namespace jiexu::users_test
