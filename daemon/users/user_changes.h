// Changes of who the users are: in the file, as a whole, and by two people once there are two.
//
// As long as the file has fewer than two security officers, whoever may write it may change it, and
// a change is done at once. With two or more, it is proposed by one and done when another approves;
// each is who his token says. The last operator and the last security officer stay: who is to
// follow gets the role first. If tokens of all security officers are lost, the file is edited by
// hand, by who owns it: nothing here is stronger than the account under which the daemon runs.
//
// The file is replaced as a whole under a lock of its folder: after a crash it is the old one or
// the new one, and two changes at once lose neither.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "daemon/base/result.h"
#include "daemon/users/users.h"

namespace jiexu {

struct ChangedUser {
  UserChange change;   // as it was asked for
  std::string token;   // of the user, or his password for once; nowhere else. Empty: none was made
  bool waits = false;  // for another security officer, under change.number
};

// Adds, replaces (other roles, and another token: the one from before ends) or removes a user, or
// gives him a password that only serves to set another one; or proposes it. `token`: of who asks,
// which matters with two security officers or more. The file is made if it is not there. Removing
// takes one of a reserved name, too, which load() refuses. Errors: kExists (the name is taken),
// kNotFound (no such user), kInvalid (bad or reserved name, no role, the last of its role),
// kPermission (no security officer's token), those of Users::load().
Result<ChangedUser> change_user(const std::filesystem::path& file, UserChange change,
                                std::string_view token);

// Does what another has proposed. Errors: kNotFound (no such number), kPermission (as above, or it
// is his own, or who proposed it is no security officer any more), and those of change_user().
Result<ChangedUser> approve_user_change(const std::filesystem::path& file, uint64_t number,
                                        std::string_view token);
// Takes a proposal away, one's own or another's. Errors: as above.
Result<void> drop_user_change(const std::filesystem::path& file, uint64_t number,
                              std::string_view token);

// Sets a user's password, already hashed. With two security officers or more only his own:
// `token` is his. Errors: kNotFound (no user), kPermission (another's), those of Users::load().
Result<void> set_own_password(const std::filesystem::path& file, const std::string& user,
                              const std::string& hashed, std::string_view token);
// The same of a user who has just given the one from before, `was` as the file had it. Error
// kPermission: it is another meanwhile.
Result<void> replace_password(const std::filesystem::path& file, const std::string& user,
                              const std::string& was, const std::string& hashed);

}  // namespace jiexu
