// Who may use the local API: a TOML file of mode 0600 with names, roles and hashes of tokens.
//
//   [[user]]
//   name = "wang"
//   role = "clerk"
//   token_sha256 = "..."     # hex
//
// A token is 32 random bytes, shown once when the user is added; the file holds only its SHA-256.
// No salt is needed, because what is hashed has 256 bits of randomness.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"

namespace jiexu {

// What a user may do. Each role may also do what the ones before it may, so that a route names the
// least one it needs.
enum class Role : uint8_t {
  kNobody = 0,    // without a token: health and metrics
  kInquirer = 1,  // a portal: asks how far a person's transfer is, and sees nothing else
  kAuditor = 2,   // reads
  kClerk = 3,     // keys cases, letters and forms
  kSystem = 4,    // a local system: what a clerk may, and bank lines
  kReviewer = 5,  // decides: letters, refusals, forms, money
  kOperator = 6,  // runs the daemon: pauses and resumes peers
};

std::string_view name(Role role);
// nullopt unless it is a role that a user can have.
std::optional<Role> role_from_name(std::string_view name);
inline bool may(Role has, Role needs) {
  return has >= needs;
}

struct User {
  std::string name;
  Role role = Role::kNobody;
  Digest token_sha256{};
};

// Immutable, so that threads share it by shared_ptr<const Users>; a reload brings a new one.
class Users {
 public:
  // Errors: kNotFound, kPermission (others may read the file), kInvalid (every problem, with line;
  // one is a name that records show for the daemon's own acts, daemon/base/reserved_names.h).
  static Result<std::shared_ptr<const Users>> load(const std::filesystem::path& file);
  static Result<std::shared_ptr<const Users>> parse(std::string_view toml,
                                                    const std::string& origin);

  explicit Users(std::vector<User> users) : users_(std::move(users)) {}

  // nullptr if nobody has this token. Takes the same time whichever user has it.
  const User* find_token(std::string_view token) const;
  const User* find_name(std::string_view name) const;
  const std::vector<User>& all() const { return users_; }

 private:
  std::vector<User> users_;
};

// Adds a user and returns the token, which is nowhere else. The file is made if it is not there,
// and replaced as a whole: after a crash it is the old one or the new one.
// Errors: kExists (the name is taken), kInvalid (bad or reserved name), and those of load().
Result<std::string> add_user(const std::filesystem::path& file, const std::string& name, Role role);
// The same for a user who is there: another role, and another token; the one from before ends.
// Errors: kNotFound (no such user), and those of load().
Result<std::string> replace_user(const std::filesystem::path& file, const std::string& name,
                                 Role role);
// Also one of a reserved name, which load() refuses. Errors: kNotFound (no such user), and those of
// load().
Result<void> remove_user(const std::filesystem::path& file, std::string_view name);

}  // namespace jiexu
