#include "daemon/users/user_changes.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/base/bytes.h"
#include "daemon/base/retry.h"
#include "daemon/trust/keyring.h"
#include "daemon/trust/suite.h"
#include "daemon/users/password.h"

namespace jiexu {
namespace {

namespace fs = std::filesystem;
using Kind = UserChange::Kind;

constexpr std::string_view kTokenPrefix = "jx_";  // lets secret scanners recognise a leaked token
constexpr size_t kTokenBytes = 32;
constexpr size_t kOfficersForTwo = 2;

// Holds the folder locked, so that two changes do not lose each other.
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

// What a file holds, to be changed.
struct Contents {
  std::vector<User> users;
  std::vector<UserChange> waiting;
  uint64_t last_change = 0;
};

// REQUIRES: the folder is locked.
Result<void> replace_file(const fs::path& file, const Contents& contents, const FolderLock& lock) {
  const fs::path fresh = file.string() + ".new";
  std::error_code error;
  fs::remove(fresh, error);  // left by a crash; the lock says that nobody is writing it
  const std::string text = to_toml(Users(contents.users, contents.waiting, contents.last_change));
  TRY_DO(write_secret_file(fresh, text));
  fs::rename(fresh, file, error);
  if (error) return fail(Errc::kIo, file.string() + ": cannot be replaced: " + error.message());
  if (!lock.sync()) return fail(Errc::kIo, file.string() + ": cannot sync the folder");
  return {};
}

// Locks, reads, lets `change` work on the contents, and writes them.
template <class Change>
Result<void> rewrite(const fs::path& file, Reserved reserved, const Change& change) {
  const FolderLock lock(file.parent_path());
  if (!lock.held()) return fail(Errc::kIo, file.string() + ": cannot lock its folder");
  const auto old = load_users(file, reserved);
  if (!old && old.error().code != Errc::kNotFound) return tl::unexpected(old.error());
  Contents contents;
  if (old) contents = {(*old)->all(), (*old)->waiting(), (*old)->last_change()};
  TRY_DO(change(contents));
  return replace_file(file, contents, lock);
}

size_t count_of(const std::vector<User>& users, Role role) {
  return static_cast<size_t>(
      std::ranges::count_if(users, [&](const User& user) { return user.roles.has(role); }));
}

// Who asks, if he is a security officer.
Result<std::string> officer_of(const Contents& contents, std::string_view token) {
  const Users users(contents.users);
  const User* officer = users.find_token(token);
  if (officer != nullptr && may(*officer, Right::kManageUsers)) return officer->name;
  return fail(Errc::kPermission,
              "there are two security officers: sign in as one of them, `jiexu login` or "
              "--token-file; the other approves");
}

Result<void> put_user(std::vector<User>& users, const UserChange& change, std::string& token) {
  token = std::string(kTokenPrefix) + to_hex(random_bytes(kTokenBytes));
  User fresh{change.user, change.roles, sha256(token), change.uid};
  const auto found = std::ranges::find(users, change.user, &User::name);
  if (found != users.end()) {
    if (!fresh.uid) fresh.uid = found->uid;
    fresh.password = found->password;
    fresh.password_once = found->password_once;
  }
  for (const User& other : users) {
    if (fresh.uid && other.uid == fresh.uid && other.name != fresh.name) {
      return fail(Errc::kExists, "user " + other.name + " has this uid");
    }
  }
  if (change.kind == Kind::kAdd) {
    if (found != users.end()) {
      return fail(Errc::kExists, "user " + change.user + " exists; --replace gives a new token");
    }
    users.push_back(std::move(fresh));
    return {};
  }
  if (found == users.end()) return fail(Errc::kNotFound, "there is no user " + change.user);
  *found = std::move(fresh);
  return {};
}

Result<User*> find_user(std::vector<User>& users, const std::string& name) {
  const auto found = std::ranges::find(users, name, &User::name);
  if (found == users.end()) return fail(Errc::kNotFound, "there is no user " + name);
  return &*found;
}

Result<void> keep_last(const std::vector<User>& before, const std::vector<User>& after) {
  for (const Role role : {Role::kOperator, Role::kSecurity}) {
    if (count_of(before, role) == 0 || count_of(after, role) != 0) continue;
    return fail(Errc::kInvalid, "nobody else has the role " + std::string(name(role)) +
                                    "; give it to another user first");
  }
  return {};
}

// The change itself, and the token that it makes.
Result<void> apply_change(std::vector<User>& users, const UserChange& change, std::string& token) {
  const std::vector<User> before = users;
  if (change.kind == Kind::kRemove) {
    if (std::erase_if(users, [&](const User& u) { return u.name == change.user; }) == 0) {
      return fail(Errc::kNotFound, "there is no user " + change.user);
    }
  } else if (change.kind == Kind::kPassword) {
    TRY(User* const user, find_user(users, change.user));
    token = one_time_password();
    user->password = hash_password(token);
    user->password_once = true;
  } else {
    if (const auto wrong = wrong_with_user_name(change.user)) return fail(Errc::kInvalid, *wrong);
    if (change.roles.empty()) return fail(Errc::kInvalid, "a user has a role");
    TRY_DO(put_user(users, change, token));
  }
  return keep_last(before, users);
}

Result<std::vector<UserChange>::iterator> find_change(Contents& contents, uint64_t number) {
  const auto found = std::ranges::find(contents.waiting, number, &UserChange::number);
  if (found == contents.waiting.end()) {
    return fail(Errc::kNotFound, "no change of this number waits; `jiexu user changes` lists them");
  }
  return found;
}

}  // namespace

Result<ChangedUser> change_user(const fs::path& file, UserChange change, std::string_view token) {
  ChangedUser out{std::move(change), "", false};
  const Reserved reserved =
      out.change.kind == Kind::kRemove ? Reserved::kAllowed : Reserved::kRefused;
  TRY_DO(rewrite(file, reserved, [&](Contents& contents) -> Result<void> {
    std::vector<User> users = contents.users;
    TRY_DO(apply_change(users, out.change, out.token));
    out.waits = count_of(contents.users, Role::kSecurity) >= kOfficersForTwo;
    if (!out.waits) {
      contents.users = std::move(users);
      return {};
    }
    out.token.clear();
    TRY(out.change.by, officer_of(contents, token));
    out.change.number = ++contents.last_change;
    contents.waiting.push_back(out.change);
    return {};
  }));
  return out;
}

Result<ChangedUser> approve_user_change(const fs::path& file, uint64_t number,
                                        std::string_view token) {
  ChangedUser out;
  TRY_DO(rewrite(file, Reserved::kAllowed, [&](Contents& contents) -> Result<void> {
    TRY(const auto found, find_change(contents, number));
    TRY(const auto officer, officer_of(contents, token));
    out.change = *found;
    const Users users(contents.users);
    const User* proposer = users.find_name(out.change.by);
    if (officer == out.change.by) {
      return fail(Errc::kPermission, "you have proposed it yourself; another approves");
    }
    if (proposer == nullptr || !may(*proposer, Right::kManageUsers)) {
      return fail(Errc::kPermission, "who proposed it is no security officer any more; drop it");
    }
    contents.waiting.erase(found);
    return apply_change(contents.users, out.change, out.token);
  }));
  return out;
}

Result<void> drop_user_change(const fs::path& file, uint64_t number, std::string_view token) {
  return rewrite(file, Reserved::kAllowed, [&](Contents& contents) -> Result<void> {
    TRY(const auto found, find_change(contents, number));
    TRY_DO(officer_of(contents, token));
    contents.waiting.erase(found);
    return {};
  });
}

Result<void> set_own_password(const fs::path& file, const std::string& user,
                              const std::string& hashed, std::string_view token) {
  return rewrite(file, Reserved::kRefused, [&](Contents& contents) -> Result<void> {
    const Users users(contents.users);
    const User* asks = users.find_token(token);
    const bool alone = count_of(contents.users, Role::kSecurity) < kOfficersForTwo;
    if (!alone && (asks == nullptr || asks->name != user)) {
      return fail(Errc::kPermission,
                  "there are two security officers: `jiexu user password NAME --reset` proposes a "
                  "password for once, which the user replaces by his own");
    }
    TRY(User* const changed, find_user(contents.users, user));
    changed->password = hashed;
    changed->password_once = false;
    return {};
  });
}

Result<void> replace_password(const fs::path& file, const std::string& user, const std::string& was,
                              const std::string& hashed) {
  return rewrite(file, Reserved::kRefused, [&](Contents& contents) -> Result<void> {
    TRY(User* const changed, find_user(contents.users, user));
    if (changed->password != was) {
      return fail(Errc::kPermission, "the password is another meanwhile");
    }
    changed->password = hashed;
    changed->password_once = false;
    return {};
  });
}

}  // namespace jiexu
