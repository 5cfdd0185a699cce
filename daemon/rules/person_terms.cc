#include "daemon/rules/person_terms.h"

namespace jiexu {
namespace {

constexpr int kEmployerDays = 15;
constexpr int kPersonMonths = 3;

}  // namespace

Date months_after(Date day, int months) {
  const int month = day.month - 1 + months;
  Date out{static_cast<int16_t>(day.year + month / 12), static_cast<uint8_t>(month % 12 + 1),
           day.day};
  while (!Date::from_yyyymmdd(out.yyyymmdd())) --out.day;
  return out;
}

std::array<PersonTerm, 2> person_terms(Date ended) {
  return {{
      {"person", "enrol at the destination, so that no benefit is lost",
       months_after(ended, kPersonMonths),
       "MOHRSS 2016 no. 94: within 3 months after the old relationship ended"},
      {"employer", "give the certificate of termination and transfer the file",
       Date::from_days(ended.days() + kEmployerDays),
       "Labour Contract Law art. 50: within 15 days after the contract ended"},
  }};
}

}  // namespace jiexu
