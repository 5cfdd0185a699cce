#include "daemon/rules/policy_choice.h"

#include <algorithm>
#include <sstream>
#include <tuple>

#include "daemon/rules/policy.h"

namespace jiexu {
namespace {

bool is_code_prefix(std::string_view text) {
  return text.starts_with('S') && text.size() <= AgencyId::kSize &&
         std::ranges::all_of(text.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::string> parse_prefix(const std::string& text) {
  if (text == "*") return std::string();
  if (is_code_prefix(text)) return text;
  return fail(Errc::kInvalid, "`" + text + "` is no beginning of an agency code, nor *");
}

}  // namespace

Result<ProfileChoice> parse_profile_choice(std::string_view row) {
  std::istringstream in{std::string(row)};
  std::string from;
  std::string to;
  std::string since;
  ProfileChoice out;
  std::string rest;
  if (!(in >> from >> to >> since >> out.profile) || in >> rest) {
    return fail(Errc::kInvalid, "`" + std::string(row) + "` is not FROM TO SINCE PROFILE");
  }
  TRY(const auto from_prefix, parse_prefix(from));
  TRY(const auto to_prefix, parse_prefix(to));
  const auto day = Date::parse(since);
  if (!day) return fail(Errc::kInvalid, "`" + since + "` is no date YYYY-MM-DD");
  if (find_profile(out.profile, *day) == nullptr) {
    return fail(Errc::kInvalid, "there is no profile `" + out.profile + "` on " + since);
  }
  out.from = from_prefix;
  out.to = to_prefix;
  out.since = *day;
  return out;
}

std::string_view choose_profile(const std::vector<ProfileChoice>& choices, AgencyId from,
                                AgencyId to, Date day) {
  const auto rank = [](const ProfileChoice& choice) {
    return std::make_tuple(choice.from.size() + choice.to.size(), choice.since);
  };
  const ProfileChoice* best = nullptr;
  for (const ProfileChoice& choice : choices) {
    if (!from.text().starts_with(choice.from) || !to.text().starts_with(choice.to)) continue;
    if (choice.since > day) continue;
    if (best == nullptr || rank(*best) < rank(choice)) best = &choice;
  }
  if (best != nullptr) return best->profile;
  const Profile* national = default_profile(day);
  return national == nullptr ? std::string_view() : national->name;
}

}  // namespace jiexu
