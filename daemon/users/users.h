// Who may use the local API: a TOML file of mode 0600 with names, roles and hashes of tokens.
//
//   [[user]]
//   name = "wang"
//   roles = ["clerk-out"]
//   token_sha256 = "..."     # hex
//   uid = 1004               # optional: who asks on the unix socket without a token
//   password = "$argon2id$..."  # optional: signs in at the web page (password.h)
//   password_once = true     # it was given by somebody else, and only serves to set another one
//
// `role = "clerk"`, as files were written before roles were sets, is read as what such a user could
// do (rights.h); the next change of the file writes it as roles.
//
// A token is 32 random bytes, shown once when the user is added; the file holds only its SHA-256.
// No salt is needed, because what is hashed has 256 bits of randomness.
//
// Who may write the file may change it, as long as it has fewer than two security officers. From
// then on a change is proposed by one of them and done when another approves (user_changes.h); it
// waits in the file meanwhile, as [[change]].
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
#include "daemon/users/rights.h"

namespace jiexu {

struct User {
  std::string name;
  Roles roles;
  Digest token_sha256{};
  std::optional<uint32_t> uid = std::nullopt;
  std::string password = {};   // hashed (password.h); empty: none
  bool password_once = false;  // it only serves to set another one
};

inline bool may(const User& user, Right needs) {
  return may(user.roles, needs);
}

// What is to become of a user, once a second person agrees.
struct UserChange {
  enum class Kind : uint8_t {
    kAdd,
    kReplace,
    kRemove,
    kPassword
  };  // the last: a new one, for once
  Kind kind = Kind::kAdd;
  std::string user;
  Roles roles;  // of kAdd and kReplace
  std::optional<uint32_t> uid = std::nullopt;
  std::string by = {};  // who proposed it
  uint64_t number = 0;  // never used again
};
std::string_view name(UserChange::Kind kind);

// Immutable, so that threads share it by shared_ptr<const Users>; a reload brings a new one.
class Users {
 public:
  // Errors: kNotFound, kPermission (others may read the file), kInvalid (every problem, with line;
  // one is a name that records show for the daemon's own acts, daemon/base/reserved_names.h).
  static Result<std::shared_ptr<const Users>> load(const std::filesystem::path& file);
  static Result<std::shared_ptr<const Users>> parse(std::string_view toml,
                                                    const std::string& origin);

  explicit Users(std::vector<User> users, std::vector<UserChange> waiting = {},
                 uint64_t last_change = 0)
      : users_(std::move(users)), waiting_(std::move(waiting)), last_change_(last_change) {}

  // nullptr if nobody has this token. Takes the same time whichever user has it.
  const User* find_token(std::string_view token) const;
  const User* find_name(std::string_view name) const;
  const User* find_uid(uint32_t uid) const;
  const std::vector<User>& all() const { return users_; }
  // Changes that wait for a second person, and the highest number that any has had.
  const std::vector<UserChange>& waiting() const { return waiting_; }
  uint64_t last_change() const { return last_change_; }

 private:
  std::vector<User> users_;
  std::vector<UserChange> waiting_;
  uint64_t last_change_ = 0;
};

// Changes whenever one of the secrets by which the user is known does.
Digest credential_of(const User& user);

// As a file says it.
std::string to_toml(const Users& users);

// Whether a file may hold users of reserved names: only so that they can be removed.
enum class Reserved : uint8_t { kRefused, kAllowed };
Result<std::shared_ptr<const Users>> load_users(const std::filesystem::path& file,
                                                Reserved reserved);
// nullopt: a user may be called so. Else why not.
std::optional<std::string> wrong_with_user_name(std::string_view name);

}  // namespace jiexu
