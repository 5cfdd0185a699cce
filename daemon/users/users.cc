#include "daemon/users/users.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "daemon/base/bytes.h"
#include "daemon/base/reserved_names.h"
#include "daemon/base/retry.h"
#include "daemon/trust/keyring.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTokenPrefix = "jx_";  // lets secret scanners recognise a leaked token
constexpr size_t kTokenBytes = 32;
constexpr size_t kNameBytesMax = 32;

constexpr std::pair<Role, std::string_view> kRoleNames[] = {
    {Role::kInquirer, "inquirer"}, {Role::kAuditor, "auditor"},   {Role::kClerk, "clerk"},
    {Role::kSystem, "system"},     {Role::kReviewer, "reviewer"}, {Role::kOperator, "operator"},
};

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

// Whether a file may hold users of reserved names: only so that they can be removed.
enum class Reserved : uint8_t { kRefused, kAllowed };

// Reads the tables of one file and gathers what is wrong with them.
class UsersParser {
 public:
  UsersParser(const std::string& origin, Reserved reserved)
      : origin_(origin), reserved_(reserved) {}

  void read(const toml::table& file) {
    for (const auto& [key, value] : file) {
      const toml::array* users = value.as_array();
      if (key.str() != "user" || users == nullptr) {
        add(key.source().begin, "unknown key `" + std::string(key.str()) + "`; users are [[user]]");
        continue;
      }
      for (const toml::node& user : *users) read_user(user);
    }
  }

  void add(toml::source_position at, const std::string& text) {
    problems_ += (problems_.empty() ? "" : "\n") + origin_ + ":" + std::to_string(at.line) + ":" +
                 std::to_string(at.column) + ": " + text;
  }

  Result<std::shared_ptr<const Users>> result() {
    if (!problems_.empty()) return fail(Errc::kInvalid, std::move(problems_));
    return std::make_shared<const Users>(std::move(users_));
  }

 private:
  void read_user(const toml::node& node) {
    const toml::source_position at = node.source().begin;
    const toml::table* table = node.as_table();
    if (table == nullptr) return add(at, "a user must be a table: [[user]]");
    User user;
    user.name = (*table)["name"].value_or(std::string());
    const std::optional<Role> role = role_from_name((*table)["role"].value_or(std::string()));
    const auto bytes = from_hex((*table)["token_sha256"].value_or(std::string()));
    const auto digest = bytes ? to_array<32>(*bytes) : std::nullopt;
    if (!is_user_name(user.name)) add(at, "name must be 1 to 32 of a-z 0-9 - _ .");
    if (is_reserved_name(user.name) && reserved_ == Reserved::kRefused) {
      add(at, reserved_text(user.name) + ": `jiexu user remove " + user.name +
                  "`, then `jiexu user add` for the new one");
    }
    if (!role) add(at, "role must be inquirer, auditor, clerk, system, reviewer or operator");
    if (!digest) add(at, "token_sha256 must be 64 hex digits; `jiexu user add` makes it");
    if (table->size() > 3) add(at, "a user has the keys name, role and token_sha256 only");
    for (const User& other : users_) {
      if (other.name == user.name) add(at, "user " + user.name + " is there twice");
      if (digest && other.token_sha256 == *digest) add(at, "two users have the same token");
    }
    user.role = role.value_or(Role::kNobody);
    user.token_sha256 = digest.value_or(Digest{});
    users_.push_back(std::move(user));
  }

  const std::string origin_;
  const Reserved reserved_;
  std::vector<User> users_;
  std::string problems_;
};

// Holds the folder locked, so that two `jiexu user add` do not lose each other's user.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : fd_(uninterrupted([&] {
          return ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        })) {
    if (fd_ >= 0 && uninterrupted([&] { return ::flock(fd_, LOCK_EX); }) != 0) {
      ::close(std::exchange(fd_, -1));
    }
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  bool held() const { return fd_ >= 0; }
  bool sync() const {
    return uninterrupted([&] { return ::fsync(fd_); }) == 0;
  }

 private:
  int fd_;
};

std::string to_text(const std::vector<User>& users) {
  std::string out = "# Users of the local API. Change with `jiexu user`, then send SIGHUP.\n";
  for (const User& user : users) {
    out += "\n[[user]]\nname = \"" + user.name + "\"\nrole = \"" + std::string(name(user.role)) +
           "\"\ntoken_sha256 = \"" + to_hex(view(user.token_sha256)) + "\"\n";
  }
  return out;
}

// REQUIRES: the folder is locked.
Result<void> replace(const fs::path& file, const std::vector<User>& users, const FolderLock& lock) {
  const fs::path fresh = file.string() + ".new";
  std::error_code error;
  fs::remove(fresh, error);  // left by a crash; the lock says that nobody is writing it
  if (Result<void> written = write_secret_file(fresh, to_text(users)); !written) return written;
  fs::rename(fresh, file, error);
  if (error) return fail(Errc::kIo, file.string() + ": cannot be replaced: " + error.message());
  if (!lock.sync()) return fail(Errc::kIo, file.string() + ": cannot sync the folder");
  return {};
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

Result<std::shared_ptr<const Users>> load_users(const fs::path& file, Reserved reserved) {
  TRY(const auto text, read_secret_file(file));
  return parse_users(text, file.string(), reserved);
}

std::string new_token() {
  return std::string(kTokenPrefix) + to_hex(random_bytes(kTokenBytes));
}

// Locks, reads, lets `change` work on the list, and writes it.
template <class Change>
Result<void> rewrite(const fs::path& file, Reserved reserved, const Change& change) {
  const FolderLock lock(file.parent_path());
  if (!lock.held()) return fail(Errc::kIo, file.string() + ": cannot lock its folder");
  const auto old = load_users(file, reserved);
  if (!old && old.error().code != Errc::kNotFound) return tl::unexpected(old.error());
  std::vector<User> users = old ? (*old)->all() : std::vector<User>();
  if (Result<void> changed = change(users); !changed) return changed;
  return replace(file, users, lock);
}

}  // namespace

std::string_view name(Role role) {
  for (const auto& [known, text] : kRoleNames) {
    if (known == role) return text;
  }
  return "nobody";
}

std::optional<Role> role_from_name(std::string_view name) {
  for (const auto& [role, text] : kRoleNames) {
    if (text == name) return role;
  }
  return std::nullopt;
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

Result<std::string> add_user(const fs::path& file, const std::string& name, Role role) {
  if (!is_user_name(name)) {
    return fail(Errc::kInvalid, "a user's name is 1 to 32 of a-z 0-9 - _ .");
  }
  if (is_reserved_name(name)) return fail(Errc::kInvalid, reserved_text(name));
  const std::string token = new_token();
  const auto add = [&](std::vector<User>& users) -> Result<void> {
    for (const User& user : users) {
      if (user.name == name) {
        return fail(Errc::kExists, "user " + name + " exists; --replace gives a new token");
      }
    }
    users.push_back({name, role, sha256(token)});
    return {};
  };
  if (Result<void> done = rewrite(file, Reserved::kRefused, add); !done)
    return tl::unexpected(done.error());
  return token;
}

Result<std::string> replace_user(const fs::path& file, const std::string& name, Role role) {
  const std::string token = new_token();
  const auto change = [&](std::vector<User>& users) -> Result<void> {
    for (User& user : users) {
      if (user.name != name) continue;
      user = {name, role, sha256(token)};
      return {};
    }
    return fail(Errc::kNotFound, "there is no user " + name);
  };
  TRY_DO(rewrite(file, Reserved::kRefused, change));
  return token;
}

Result<void> remove_user(const fs::path& file, std::string_view name) {
  return rewrite(file, Reserved::kAllowed, [&](std::vector<User>& users) -> Result<void> {
    const size_t removed = std::erase_if(users, [&](const User& u) { return u.name == name; });
    if (removed == 0) return fail(Errc::kNotFound, "there is no user " + std::string(name));
    return {};
  });
}

}  // namespace jiexu
