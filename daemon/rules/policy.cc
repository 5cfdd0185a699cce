#include "daemon/rules/policy.h"

#include <array>

namespace jiexu {
namespace {

using enum DeadlineKind;
using enum ClockStart;

// 人社厅发〔2016〕94号: money and relationship are coupled, the last term starts when both are
// there.
constexpr std::array kMohrss2016 = {
    DeadlineRule{kLetterDue, kApplicationAccepted, 15,
                 "人社厅发〔2016〕94号: letter issued within 15 working days of acceptance"},
    DeadlineRule{
        kFormDue, kLetterReceived, 15,
        "人社厅发〔2016〕94号: all transfer-out work within 15 working days of the letter"},
    DeadlineRule{
        kFundsDue, kLetterReceived, 15,
        "人社厅发〔2016〕94号: all transfer-out work within 15 working days of the letter"},
    DeadlineRule{kIntakeDue, kFormAndFundsReceived, 15,
                 "人社厅发〔2016〕94号: continuation within 15 working days of form and balance"},
};

// 医保办发〔2021〕43号: the relationship closes without the money. The duty to remit follows a
// semicolon after the ten days, so that it has no number of its own; neither has crediting.
constexpr std::array kNhsa2021 = {
    DeadlineRule{
        kFormDue, kLetterAccepted, 10,
        "医保办发〔2021〕43号: relationship out and form uploaded within 10 working days of "
        "acceptance"},
    DeadlineRule{kIntakeDue, kFormReceived, 5,
                 "医保办发〔2021〕43号: relationship in within 5 working days of the form"},
};

// Quanzhou, Fujian: shortened terms as the city's list of public services states them. The list has
// no date; it shortens the national rule of 2021 and is taken to be in force with it.
constexpr std::array kFujianQuanzhou = {
    DeadlineRule{kFormDue, kLetterReceived, 8,
                 "Quanzhou service list: transfer-out within 8 working days of the letter"},
    DeadlineRule{kFundsDue, kFormIssued, 5,
                 "Quanzhou service list: funds within 5 working days of relationship out"},
    DeadlineRule{kIntakeDue, kFormReceived, 5,
                 "Quanzhou service list: relationship in within 5 working days of the form"},
    DeadlineRule{kCreditDue, kFundsReceived, 2,
                 "Quanzhou service list: credited within 2 working days of the funds"},
};

// They keep the whole within the twenty working days of 医保发〔2021〕39号.
constexpr std::array kOwnDefaults = {
    DeadlineRule{kLetterDue, kApplicationAccepted, 2, "our default, not the rule", true},
    DeadlineRule{kFundsDue, kLetterAccepted, 10,
                 "our default, not the rule: within the ten working days of the form", true},
    DeadlineRule{kCreditDue, kFormAndFundsReceived, 5, "our default, not the rule", true},
    DeadlineRule{kAcceptDue, kThereToDo, 2, "our default, not the rule", true},
    DeadlineRule{kDecideDue, kThereToDo, 2, "our default, not the rule", true},
    DeadlineRule{kCorrectDue, kThereToDo, 5, "our default, not the rule", true},
    DeadlineRule{kRefundDue, kThereToDo, 10, "our default, not the rule", true},
    DeadlineRule{kCloseDue, kThereToDo, 5, "our default, not the rule", true},
    DeadlineRule{kAnswerDue, kThereToDo, 3, "our default, not the rule", true},
    DeadlineRule{kApproveDue, kThereToDo, 2, "our default, not the rule", true},
    DeadlineRule{kSettleDue, kThereToDo, 5, "our default, not the rule", true},
};

// Of one name, later versions stand below earlier ones; so do later national profiles.
constexpr std::array kProfiles = {
    Profile{"MOHRSS-2016", ProfileScope::kNational, {2016, 9, 1}, kMohrss2016},
    Profile{"NHSA-2021", ProfileScope::kNational, {2021, 12, 1}, kNhsa2021},
    Profile{"FJ-QZ", ProfileScope::kLocal, {2021, 12, 1}, kFujianQuanzhou},
};

}  // namespace

const DeadlineRule* Profile::find(DeadlineKind kind) const {
  for (const DeadlineRule& rule : rules) {
    if (rule.kind == kind) return &rule;
  }
  return nullptr;
}

const DeadlineRule* Profile::find_or_default(DeadlineKind kind) const {
  if (const DeadlineRule* rule = find(kind)) return rule;
  for (const DeadlineRule& rule : kOwnDefaults) {
    if (rule.kind == kind) return &rule;
  }
  return nullptr;
}

std::span<const DeadlineRule> own_defaults() {
  return kOwnDefaults;
}

std::span<const Profile> profiles() {
  return kProfiles;
}

const Profile* find_profile(std::string_view name, Date effective) {
  const Profile* found = nullptr;
  for (const Profile& profile : kProfiles) {
    if (profile.name == name && profile.in_force_from <= effective) found = &profile;
  }
  return found;
}

const Profile* default_profile(Date effective) {
  const Profile* found = nullptr;
  for (const Profile& profile : kProfiles) {
    const bool national = profile.scope == ProfileScope::kNational;
    if (national && profile.in_force_from <= effective) found = &profile;
  }
  return found;
}

}  // namespace jiexu
