#include "daemon/rules/citizen_id.h"

#include <charconv>
#include <cstdio>

#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/rules/iso7064.h"

namespace jiexu {
namespace {

constexpr size_t kSize = CitizenId::kSize;
constexpr size_t kOldSize = 15;

std::optional<Date> birth_date_in(std::string_view id) {
  int32_t number = 0;
  std::from_chars(id.data() + 6, id.data() + 14, number);
  return Date::from_yyyymmdd(number);
}

}  // namespace

std::string_view describe(IdRule rule) {
  switch (rule) {
    case IdRule::kLength: return "a citizen id has 18 characters (15 in its old form)";
    case IdRule::kCharacter: return "a citizen id is 17 digits and a digit or X";
    case IdRule::kBirthDate: return "the birth date in the citizen id does not exist";
    case IdRule::kBirthInFuture: return "the birth date in the citizen id is in the future";
    case IdRule::kCheckDigit:
      return "the check character of the citizen id is wrong; compare it with the document";
  }
  return "unknown rule";
}

void append_citizen_id(std::string_view text, std::string& out) {
  const FoldedText folded(text);
  const std::string_view id = folded.view();
  if (id.size() == kOldSize && is_digits(id)) {
    const std::string whole = std::string(id.substr(0, 6)) + "19" + std::string(id.substr(6));
    out += whole;
    out += mod_11_2_check(whole);
    return;
  }
  out += id;
  if (id.ends_with('x')) out.back() = 'X';
}

std::string normalise_citizen_id(std::string_view text) {
  std::string id;
  append_citizen_id(text, id);
  return id;
}

tl::expected<CitizenId, IdRule> CitizenId::parse(std::string_view text, Date today) {
  const FoldedText folded(text);
  std::string_view id = folded.view();
  std::string changed;
  if (id.size() == kOldSize || id.ends_with('x')) id = changed = normalise_citizen_id(id);
  if (id.size() != kSize) return tl::unexpected(IdRule::kLength);
  const bool last_ok = id.back() == 'X' || is_digits(id.substr(kSize - 1));
  if (!last_ok || !is_digits(id.substr(0, kSize - 1))) {
    return tl::unexpected(IdRule::kCharacter);
  }
  const auto birth = birth_date_in(id);
  if (!birth) return tl::unexpected(IdRule::kBirthDate);
  if (*birth > today) return tl::unexpected(IdRule::kBirthInFuture);
  if (!mod_11_2_valid(id)) return tl::unexpected(IdRule::kCheckDigit);
  return CitizenId(id);
}

Date CitizenId::birth_date() const {
  const auto birth = birth_date_in(text());
  CHECK(birth);
  return *birth;
}

// GB 11643: the sequence is odd for men and even for women.
IdSex CitizenId::sex() const {
  return (text_[16] - '0') % 2 == 1 ? IdSex::kMale : IdSex::kFemale;
}

std::string make_citizen_id(std::string_view area6, Date birth, uint32_t sequence) {
  CHECK(area6.size() == 6 && is_digits(area6) && sequence <= 999);
  char tail[16];
  std::snprintf(tail, sizeof tail, "%08d%03u", static_cast<int>(birth.yyyymmdd()), sequence);
  std::string id = std::string(area6) + tail;
  id.push_back(mod_11_2_check(id));
  return id;
}

}  // namespace jiexu
