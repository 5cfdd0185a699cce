// Who may what: roles, rights, and the one table that says which role has which right.
//
// A user has a set of roles, and may what any of them may. No role stands above another: the
// operator alone sees no person and decides no money, who manages users does neither, and whoever
// does two jobs has two roles. A route names the right that it needs (daemon/api/table); `jiexu
// user roles` prints the table. To add a right: its number here, its row in rights.cc, its words
// `right.*` in daemon/words.
//
// Pure; every function may be called from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace jiexu {

enum class Role : uint8_t {
  kClerkOut = 0,  // works in cases of people who leave
  kClerkIn = 1,   // works in cases of people who come
  kReviewer = 2,  // decides in cases: letters, refusals, forms, payees
  kFinance = 3,   // bank lines, batches, files for the bank
  kOperator = 4,  // runs the daemon: pauses and resumes peers
  kSecurity = 5,  // says who the users are
  kAuditor = 6,   // reads
  kSystem = 7,    // a local system: what clerks may, in bulk, and what the bank tells it
  kInquirer = 8,  // a portal: asks how far a person's transfer is, and sees nothing else
};
inline constexpr uint8_t kRoleCount = 9;

class Roles {
 public:
  constexpr Roles() = default;
  constexpr Roles(std::initializer_list<Role> all) {
    for (const Role role : all) add(role);
  }
  constexpr void add(Role role) { bits_ |= bit(role); }
  constexpr bool has(Role role) const { return (bits_ & bit(role)) != 0; }
  constexpr bool meets(Roles other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  std::vector<Role> all() const;
  constexpr bool operator==(const Roles&) const = default;

 private:
  static constexpr uint16_t bit(Role role) {
    return static_cast<uint16_t>(uint16_t{1} << static_cast<unsigned>(role));
  }
  uint16_t bits_ = 0;
};

enum class Right : uint8_t {
  kNone = 0,           // nobody is asked who he is: health, metrics, the console's files
  kUsePage = 1,        // sits before the web page
  kAskProgress = 2,    // how far a person's transfer is, without more of it
  kSeeExchange = 3,    // links, queues, alarms, the store: no person
  kSeeFigures = 4,     // statistics and balances: no person
  kSeeCases = 5,       // persons, their cases and payments
  kWork = 6,           // acts in cases at all, of which side the next two say
  kWorkIn = 7,         // of people who come
  kWorkOut = 8,        // of people who leave
  kDecide = 9,         // does and approves what is a reviewer's in a case
  kProposeMoney = 10,  // bank files, where a line's money belongs, batches: another approves
  kDecideMoney = 11,   // approves that, and makes the file for the bank
  kTellBank = 12,      // brings what the bank has told by itself
  kSendBulk = 13,      // letters in bulk, of applications that are accepted already
  kRun = 14,           // pauses, resumes and asks peers
  kConfirmStore = 15,  // says that the store is no older copy; two people do
  kManageUsers = 16,
};

struct RightRow {
  Right right;
  std::string_view name;
  Roles roles;  // each of them has it
};
// Of every right but kNone.
std::span<const RightRow> rights();

// nullopt: there is no such role.
std::optional<Role> role_from_name(std::string_view name);
std::string_view name(Role role);
std::string_view name(Right right);

Roles roles_with(Right right);
inline bool may(Roles has, Right needs) {
  return needs == Right::kNone || has.meets(roles_with(needs));
}

// Before roles were sets, a user had one of inquirer, auditor, clerk, system, reviewer and
// operator, each with all that the ones before it had. What such a user may still do, as roles of
// today; empty: there was no such role.
Roles roles_of_earlier(std::string_view name);

}  // namespace jiexu
