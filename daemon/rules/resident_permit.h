// Numbers of the Foreign Permanent Resident ID Card (外国人永久居留身份证), in both forms that are in
// use:
//
//   since 1 December 2023   18 digits: 9, division 2, nationality 3, birth date 8, sequence 3, and
//                           a check character as a citizen id has (ISO 7064 MOD 11-2)
//   before                  3 letters of nationality and 12 digits: division 4, birth date yymmdd,
//                           sequence and check digit 2; how that one is made is not published
//
// Source: the National Immigration Administration's notice on the new card (2023), and the cards of
// 2017. Pure.
#pragma once

#include <string_view>

#include "daemon/base/time.h"

namespace jiexu {

// What is wrong with the number, one sentence for a person; empty: nothing. Width and the ends are
// folded. `today`: the date of judgement in China Standard Time.
std::string_view wrong_with_resident_permit(std::string_view number, Date today);

}  // namespace jiexu
