// Which deadline profile a new case runs under, by the pair of agencies and the day: rows of data
// from the configuration (`policy.profiles`), each "FROM TO SINCE PROFILE", such as
//
//   S3505 S3505 2021-12-01 FJ-QZ     from and to agencies whose codes begin so; * for any
//
// Of the rows that fit the pair and are in force, the one with the longest prefixes decides, and of
// these the latest; where none does, the national rule in force. The letter then carries the
// profile's name, so that both sides count the same. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"

namespace jiexu {

struct ProfileChoice {
  std::string from;  // prefix of the transfer-out agency's code; empty: any
  std::string to;    // of the transfer-in agency's
  Date since;
  std::string profile;

  bool operator==(const ProfileChoice&) const = default;
};

// Error kInvalid: what is wrong with the row, for the operator.
Result<ProfileChoice> parse_profile_choice(std::string_view row);

// The profile's name; empty before the first national rule.
std::string_view choose_profile(const std::vector<ProfileChoice>& choices, AgencyId from,
                                AgencyId to, Date day);

}  // namespace jiexu
