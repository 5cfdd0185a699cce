#include "daemon/users/users.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/temp_folder.h"

namespace jiexu::users_test {
namespace {

std::string content(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST_CASE("a user is found by the token that was made for him, and by no other") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  const Result<std::string> wang = add_user(file, "wang", Role::kClerk);
  const Result<std::string> li = add_user(file, "li", Role::kReviewer);
  REQUIRE(wang);
  REQUIRE(li);
  const auto users = Users::load(file);
  REQUIRE(users);
  REQUIRE((*users)->find_token(*wang) != nullptr);
  CHECK((*users)->find_token(*wang)->name == "wang");
  CHECK((*users)->find_token(*li)->role == Role::kReviewer);
  CHECK((*users)->find_token("") == nullptr);
  CHECK((*users)->find_token(wang->substr(0, wang->size() - 1)) == nullptr);
}

TEST_CASE("the file is its owner's alone and does not hold the token") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  const Result<std::string> token = add_user(file, "wang", Role::kClerk);
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
  REQUIRE(add_user(file, "wang", Role::kClerk));
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  const auto users = Users::load(file);
  REQUIRE_FALSE(users);
  CHECK(users.error().code == Errc::kPermission);
}

TEST_CASE("a name is given once, and a removed user is gone") {
  const TempFolder folder;
  const auto file = folder.path / "users.toml";
  REQUIRE(add_user(file, "wang", Role::kClerk));
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
  REQUIRE(add_user(file, "wang", Role::kClerk));
  CHECK((*Users::load(file))->all().size() == 1);
  CHECK_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST_CASE("names that could be mistaken in a command or a log are refused") {
  const TempFolder folder;
  const std::string name =
      GENERATE(std::string(""), "Wang", "-x", "a b", "a\nb", "..\"", std::string(33, 'a'));
  const Result<std::string> token = add_user(folder.path / "users.toml", name, Role::kClerk);
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
  REQUIRE(add_user(file, "wang", Role::kClerk));
  std::ofstream(file, std::ios::app)
      << "\n[[user]]\nname = \"" << name << "\"\nrole = \"clerk\"\ntoken_sha256 = \""
      << std::string(64, '7') << "\"\n";
  const auto users = Users::load(file);
  REQUIRE_FALSE(users);
  CHECK(users.error().code == Errc::kInvalid);
  CHECK_THAT(users.error().text, Catch::Contains("users.toml:8:") &&
                                     Catch::Contains("`jiexu user remove " + name + "`"));
  CHECK_FALSE(add_user(file, "li", Role::kClerk));
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

TEST_CASE("each role may do what the ones before it may, and nobody has no role") {
  CHECK(may(Role::kOperator, Role::kClerk));
  CHECK(may(Role::kSystem, Role::kClerk));
  CHECK_FALSE(may(Role::kAuditor, Role::kClerk));
  CHECK_FALSE(may(Role::kSystem, Role::kReviewer));
  CHECK_FALSE(role_from_name("nobody"));
}

}  // namespace
}  // namespace jiexu::users_test
