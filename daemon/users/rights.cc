#include "daemon/users/rights.h"

#include <algorithm>
#include <string>

namespace jiexu {
namespace {

using R = Role;

constexpr std::string_view kRoleNames[kRoleCount] = {"clerk-out", "clerk-in", "reviewer",
                                                     "finance",   "operator", "security",
                                                     "auditor",   "system",   "inquirer"};

constexpr Roles kClerks = {R::kClerkOut, R::kClerkIn};

// The page of who may what.
// clang-format off
constexpr RightRow kRights[] = {
    {Right::kUsePage, "use-page",
     {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance, R::kOperator, R::kSecurity,
      R::kAuditor}},
    {Right::kAskProgress, "ask-progress",
     {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance, R::kAuditor, R::kSystem, R::kInquirer}},
    {Right::kSeeExchange, "see-exchange",
     {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance, R::kOperator, R::kSecurity, R::kAuditor,
      R::kSystem}},
    {Right::kSeeFigures, "see-figures",
     {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance, R::kOperator, R::kAuditor, R::kSystem}},
    {Right::kSeeCases, "see-cases",
     {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance, R::kAuditor, R::kSystem}},
    {Right::kWork, "work", {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kSystem}},
    {Right::kWorkIn, "work-in", {R::kClerkIn, R::kSystem}},
    {Right::kWorkOut, "work-out", {R::kClerkOut, R::kSystem}},
    {Right::kDecide, "decide", {R::kReviewer}},
    {Right::kProposeMoney, "propose-money",
     {R::kClerkOut, R::kClerkIn, R::kFinance, R::kSystem}},
    {Right::kDecideMoney, "decide-money", {R::kFinance}},
    {Right::kTellBank, "tell-bank", {R::kFinance, R::kSystem}},
    {Right::kSendBulk, "send-bulk", {R::kReviewer, R::kSystem}},
    {Right::kRun, "run", {R::kOperator}},
    {Right::kConfirmStore, "confirm-store", {R::kReviewer, R::kOperator}},
    {Right::kManageUsers, "manage-users", {R::kSecurity}},
};

struct EarlierRole {
  std::string_view name;
  Roles roles;
};
constexpr EarlierRole kEarlier[] = {
    {"inquirer", {R::kInquirer}},
    {"auditor", {R::kAuditor}},
    {"clerk", kClerks},
    {"system", {R::kSystem}},
    {"reviewer", {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance}},
    {"operator",
     {R::kClerkOut, R::kClerkIn, R::kReviewer, R::kFinance, R::kOperator, R::kSecurity}},
};
// clang-format on

}  // namespace

std::vector<Role> Roles::all() const {
  std::vector<Role> out;
  for (uint8_t n = 0; n < kRoleCount; ++n) {
    if (has(static_cast<Role>(n))) out.push_back(static_cast<Role>(n));
  }
  return out;
}

std::span<const RightRow> rights() {
  return kRights;
}

std::optional<Role> role_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(kRoleNames, name);
  if (found == std::end(kRoleNames)) return std::nullopt;
  return static_cast<Role>(found - std::begin(kRoleNames));
}

std::string_view name(Role role) {
  return kRoleNames[static_cast<uint8_t>(role)];
}

std::string_view name(Right right) {
  const auto* const row = std::ranges::find(kRights, right, &RightRow::right);
  return row == std::end(kRights) ? "none" : row->name;
}

Roles roles_with(Right right) {
  const auto* const row = std::ranges::find(kRights, right, &RightRow::right);
  return row == std::end(kRights) ? Roles() : row->roles;
}

Roles roles_of_earlier(std::string_view name) {
  const auto* const row = std::ranges::find(kEarlier, name, &EarlierRole::name);
  return row == std::end(kEarlier) ? Roles() : row->roles;
}

}  // namespace jiexu
