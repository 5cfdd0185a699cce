#include "daemon/users/users.h"

#include <openssl/crypto.h>
#include <toml++/toml.h>

#include <algorithm>

#include "daemon/base/bytes.h"
#include "daemon/base/reserved_names.h"
#include "daemon/trust/keyring.h"
#include "daemon/trust/suite.h"
#include "daemon/users/password.h"

namespace jiexu {
namespace {

namespace fs = std::filesystem;
using Kind = UserChange::Kind;

constexpr size_t kNameBytesMax = 32;

constexpr std::pair<Kind, std::string_view> kKinds[] = {{Kind::kAdd, "add"},
                                                        {Kind::kReplace, "replace"},
                                                        {Kind::kRemove, "remove"},
                                                        {Kind::kPassword, "password"}};

// Names go into timelines, logs and file names of tokens.
bool is_user_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name[0] != '-' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.';
         });
}

// Timelines show what the daemon does by itself under these.
std::string reserved_text(std::string_view name) {
  return "the name " + std::string(name) +
         " is reserved for what the daemon or the bank does; give this user another name";
}

// Reads the tables of one file and gathers what is wrong with them.
class UsersParser {
 public:
  UsersParser(const std::string& origin, Reserved reserved)
      : origin_(origin), reserved_(reserved) {}

  void read(const toml::table& file) {
    for (const auto& [key, value] : file) {
      const bool users = key.str() == "user", changes = key.str() == "change";
      const toml::array* list = value.as_array();
      if (key.str() == "last_change") {
        last_change_ = static_cast<uint64_t>(std::max(value.value_or(int64_t{0}), int64_t{0}));
      } else if ((!users && !changes) || list == nullptr) {
        add(key.source().begin, "unknown key `" + std::string(key.str()) + "`; users are [[user]]");
      } else {
        for (const toml::node& one : *list) users ? read_user(one) : read_change(one);
      }
    }
  }

  void add(toml::source_position at, const std::string& text) {
    problems_ += (problems_.empty() ? "" : "\n") + origin_ + ":" + std::to_string(at.line) + ":" +
                 std::to_string(at.column) + ": " + text;
  }

  Result<std::shared_ptr<const Users>> result() {
    if (!problems_.empty()) return fail(Errc::kInvalid, std::move(problems_));
    return std::make_shared<const Users>(std::move(users_), std::move(waiting_), last_change_);
  }

 private:
  void know_keys(const toml::table& table, std::initializer_list<std::string_view> known,
                 std::string_view what) {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      add(key.source().begin,
          "unknown key `" + std::string(key.str()) + "` of a " + std::string(what));
    }
  }

  // Roles of today, or the one of an earlier file.
  Roles roles_of(const toml::table& table) {
    const auto earlier = table["role"].value<std::string>();
    const toml::array* names = table["roles"].as_array();
    Roles out = earlier ? roles_of_earlier(*earlier) : Roles();
    bool good = earlier ? names == nullptr && !out.empty() : names != nullptr && !names->empty();
    for (size_t i = 0; names != nullptr && i < names->size(); ++i) {
      const auto role = role_from_name(names->get(i)->value_or(std::string()));
      good = good && role;
      if (role) out.add(*role);
    }
    if (!good) {
      add(table.source().begin,
          "role must be one of: clerk-out, clerk-in, reviewer, finance, operator, security, "
          "auditor, system, inquirer; write roles = [\"clerk-in\", ...]");
    }
    return out;
  }

  std::optional<uint32_t> uid_of(const toml::table& table) {
    if (!table.contains("uid")) return std::nullopt;
    const int64_t uid = table["uid"].value_or(int64_t{-1});
    if (uid >= 0 && uid < UINT32_MAX) return static_cast<uint32_t>(uid);
    add(table.source().begin, "uid must be a user's number on this machine");
    return std::nullopt;
  }

  void check_name(toml::source_position at, const std::string& name) {
    if (!is_user_name(name)) add(at, "name must be 1 to 32 of a-z 0-9 - _ .");
    if (!is_reserved_name(name) || reserved_ == Reserved::kAllowed) return;
    add(at, reserved_text(name) + ": `jiexu user remove " + name +
                "`, then `jiexu user add` for the new one");
  }

  void check_alone(toml::source_position at, const User& user) {
    for (const User& other : users_) {
      if (other.name == user.name) add(at, "user " + user.name + " is there twice");
      if (other.token_sha256 == user.token_sha256) add(at, "two users have the same token");
      if (user.uid && other.uid == user.uid) add(at, "two users have the same uid");
    }
  }

  void read_user(const toml::node& node) {
    const toml::source_position at = node.source().begin;
    const toml::table* table = node.as_table();
    if (table == nullptr) return add(at, "a user must be a table: [[user]]");
    know_keys(*table, {"name", "role", "roles", "token_sha256", "uid", "password", "password_once"},
              "user");
    User user;
    user.name = (*table)["name"].value_or(std::string());
    check_name(at, user.name);
    user.roles = roles_of(*table);
    user.uid = uid_of(*table);
    user.password = (*table)["password"].value_or(std::string());
    user.password_once = (*table)["password_once"].value_or(false);
    if (!user.password.empty() && !is_password_hash(user.password)) {
      add(at, "password must be as `jiexu user password` writes it");
    }
    const auto bytes = from_hex((*table)["token_sha256"].value_or(std::string()));
    const auto digest = bytes ? to_array<32>(*bytes) : std::nullopt;
    if (!digest) {
      return add(at, "token_sha256 must be 64 hex digits; `jiexu user add` makes it");
    }
    user.token_sha256 = *digest;
    check_alone(at, user);
    users_.push_back(std::move(user));
  }

  void read_change(const toml::node& node) {
    const toml::source_position at = node.source().begin;
    const toml::table* table = node.as_table();
    if (table == nullptr) return add(at, "a change must be a table: [[change]]");
    know_keys(*table, {"number", "what", "user", "roles", "uid", "by"}, "change");
    UserChange change;
    const std::string what = (*table)["what"].value_or(std::string());
    const auto* const kind =
        std::ranges::find(kKinds, what, &std::pair<Kind, std::string_view>::second);
    if (kind == std::end(kKinds)) return add(at, "what must be add, replace, remove or password");
    change.kind = kind->first;
    change.user = (*table)["user"].value_or(std::string());
    change.by = (*table)["by"].value_or(std::string());
    change.number = static_cast<uint64_t>((*table)["number"].value_or(int64_t{0}));
    if (change.kind == Kind::kAdd || change.kind == Kind::kReplace) change.roles = roles_of(*table);
    change.uid = uid_of(*table);
    last_change_ = std::max(last_change_, change.number);
    waiting_.push_back(std::move(change));
  }

  const std::string origin_;
  const Reserved reserved_;
  std::vector<User> users_;
  std::vector<UserChange> waiting_;
  uint64_t last_change_ = 0;
  std::string problems_;
};

std::string roles_line(Roles roles) {
  std::string out;
  for (const Role role : roles.all()) {
    out += (out.empty() ? "\"" : ", \"") + std::string(name(role)) + "\"";
  }
  return out.empty() ? "" : "roles = [" + out + "]\n";
}

std::string password_lines(const User& user) {
  if (user.password.empty()) return "";
  return "password = \"" + user.password + "\"\n" +
         (user.password_once ? "password_once = true\n" : "");
}

std::string uid_line(std::optional<uint32_t> uid) {
  return uid ? "uid = " + std::to_string(*uid) + "\n" : "";
}

Result<std::shared_ptr<const Users>> parse_users(std::string_view text, const std::string& origin,
                                                 Reserved reserved) {
  UsersParser parser(origin, reserved);
  try {
    parser.read(toml::parse(text, origin));
  } catch (const toml::parse_error& error) {
    parser.add(error.source().begin, std::string(error.description()));
  }
  return parser.result();
}

}  // namespace

std::string_view name(UserChange::Kind kind) {
  for (const auto& [known, text] : kKinds) {
    if (known == kind) return text;
  }
  return "";
}

Digest credential_of(const User& user) {
  return sha256(std::string(view(user.token_sha256)) + user.password);
}

std::string to_toml(const Users& users) {
  std::string out = "# Users of the local API. Change with `jiexu user`, then send SIGHUP.\n";
  if (users.last_change() != 0) {
    out += "last_change = " + std::to_string(users.last_change()) + "\n";
  }
  for (const User& user : users.all()) {
    out += "\n[[user]]\nname = \"" + user.name + "\"\n" + roles_line(user.roles) +
           "token_sha256 = \"" + to_hex(view(user.token_sha256)) + "\"\n" + uid_line(user.uid) +
           password_lines(user);
  }
  for (const UserChange& change : users.waiting()) {
    out += "\n[[change]]\nnumber = " + std::to_string(change.number) + "\nwhat = \"" +
           std::string(name(change.kind)) + "\"\nuser = \"" + change.user + "\"\nby = \"" +
           change.by + "\"\n" + roles_line(change.roles) + uid_line(change.uid);
  }
  return out;
}

std::optional<std::string> wrong_with_user_name(std::string_view name) {
  if (!is_user_name(name)) return "a user's name is 1 to 32 of a-z 0-9 - _ .";
  if (is_reserved_name(name)) return reserved_text(name);
  return std::nullopt;
}

Result<std::shared_ptr<const Users>> load_users(const fs::path& file, Reserved reserved) {
  TRY(const auto text, read_secret_file(file));
  return parse_users(text, file.string(), reserved);
}

Result<std::shared_ptr<const Users>> Users::parse(std::string_view text,
                                                  const std::string& origin) {
  return parse_users(text, origin, Reserved::kRefused);
}

Result<std::shared_ptr<const Users>> Users::load(const fs::path& file) {
  return load_users(file, Reserved::kRefused);
}

const User* Users::find_token(std::string_view token) const {
  const Digest digest = sha256(token);
  const User* found = nullptr;
  for (const User& user : users_) {
    if (CRYPTO_memcmp(user.token_sha256.data(), digest.data(), digest.size()) == 0) found = &user;
  }
  return found;
}

const User* Users::find_name(std::string_view name) const {
  const auto found = std::ranges::find(users_, name, &User::name);
  return found == users_.end() ? nullptr : &*found;
}

const User* Users::find_uid(uint32_t uid) const {
  const auto found = std::ranges::find(users_, std::optional(uid), &User::uid);
  return found == users_.end() ? nullptr : &*found;
}

}  // namespace jiexu
