// Text that clerks and banks type: letter numbers in remarks, widths, names, ids, dates, amounts.
// Readers agree with naive twins, and what they accept prints as it reads.
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/check.h"
#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/text.h"
#include "daemon/base/time.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/rules/cnaps.h"
#include "daemon/rules/letter_number.h"

using namespace jiexu;

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Tries every place instead of every run.
std::optional<std::string> find_slowly(std::string_view remark) {
  const std::string text = fold_width(remark);
  for (size_t at = 0; at + 20 <= text.size(); ++at) {
    if (at > 0 && is_digit(text[at - 1])) continue;
    if (at + 20 < text.size() && is_digit(text[at + 20])) continue;
    const std::string part = text.substr(at, 20);
    if (part.find_first_not_of("0123456789") != part.npos) continue;
    if (const auto number = LetterNumber::parse(part)) return number->text();
  }
  return std::nullopt;
}

void find_letters(std::string_view text) {
  const auto found = find_letter_number(text);
  const auto slowly = find_slowly(text);
  CHECK(found.has_value() == slowly.has_value());
  if (!found) return;
  CHECK(found->text() == *slowly);
  CHECK(found->sequence() > 0 && found->sequence() <= LetterNumber::kSequenceMax);
  CHECK(found->issued_on().year >= 2000);
  CHECK(LetterNumber::parse(found->text()).has_value());
}

void fold(std::string_view text) {
  const std::string folded = fold_width(text);
  const std::string trimmed = trim(text);
  const std::string key = name_key(text);
  CHECK(folded.size() <= text.size() && trimmed.size() <= text.size());
  CHECK(text.find(trimmed) != text.npos);
  if (!is_utf8(text)) return;
  CHECK(is_utf8(folded) && is_utf8(trimmed) && is_utf8(key));
  CHECK(fold_width(folded) == folded && trim(trimmed) == trimmed && name_key(key) == key);
  CHECK(utf8_length(folded) == utf8_length(text));
  CHECK(name_key(folded) == key && name_key(trimmed) == key);
}

void parse_values(std::string_view text) {
  if (const auto date = Date::parse(text)) {
    CHECK(date->str() == text && Date::from_days(date->days()) == *date);
    CHECK(Date::from_yyyymmdd(date->yyyymmdd()) == *date);
  }
  if (const auto fen = Fen::parse_yuan(text)) CHECK(Fen::parse_yuan(fen->yuan()) == *fen);
  if (const auto id = AgencyId::parse(text)) CHECK(id->text() == text);
  if (const auto id = CaseId::parse(text)) CHECK(CaseId::parse(id->str()) == *id);
  if (const auto id = CitizenId::parse(text, {2026, 11, 20})) {
    CHECK(CitizenId::parse(id->text(), {2026, 11, 20}).has_value());
    CHECK(id->birth_date() <= (Date{2026, 11, 20}));
  }
  if (const auto cnaps = parse_cnaps(text)) CHECK(parse_cnaps(*cnaps) == *cnaps);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  find_letters(text);
  fold(text);
  parse_values(text);
  return 0;
}
