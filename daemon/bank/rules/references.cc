#include "daemon/bank/rules/references.h"

#include <algorithm>
#include <charconv>

#include "daemon/base/check.h"
#include "daemon/base/gbk.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

constexpr std::string_view kDigits = "0123456789";
// As much of the bank's words as a reason in its lists has.
constexpr size_t kTextOfReasonMax = 140;

void add_once(const std::string& number, std::vector<std::string>& to) {
  if (std::find(to.begin(), to.end(), number) == to.end()) to.push_back(number);
}

// Numbers are whole runs of digits.
void find_numbers(std::string_view text, References& found) {
  for (size_t at = text.find_first_of(kDigits); at != text.npos;) {
    const size_t end = std::min(text.find_first_not_of(kDigits, at), text.size());
    const std::string_view run = text.substr(at, end - at);
    if (run.size() == LetterNumber::kSize) {
      if (const auto letter = LetterNumber::parse(run)) add_once(letter->text(), found.letters);
    } else if (run.size() == BatchNumber::kSize) {
      if (const auto batch = BatchNumber::parse(run)) add_once(batch->text(), found.batches);
    }
    at = text.find_first_of(kDigits, end);
  }
}

// Most text of banks is ASCII already, and then folding would only copy it.
void find_in(const std::string& text, References& found) {
  if (text.size() < LetterNumber::kSize) return;
  if (is_ascii(text)) return find_numbers(text, found);
  find_numbers(fold_width(text), found);
}

}  // namespace

std::string EndToEndId::text() const {
  return letter_number + "-" + std::to_string(attempt);
}

std::optional<EndToEndId> EndToEndId::parse(std::string_view text) {
  const std::string folded = is_ascii(text) ? std::string(text) : fold_width(text);
  if (folded.size() < LetterNumber::kSize + 2 || folded[LetterNumber::kSize] != '-') {
    return std::nullopt;
  }
  const auto letter = LetterNumber::parse(std::string_view(folded).substr(0, LetterNumber::kSize));
  if (!letter) return std::nullopt;
  EndToEndId id{letter->text(), 0};
  const char* const from = folded.data() + LetterNumber::kSize + 1;
  const char* const end = folded.data() + folded.size();
  const auto read = std::from_chars(from, end, id.attempt);
  if (read.ec != std::errc() || read.ptr != end || id.attempt == 0) return std::nullopt;
  return id.text() == folded ? std::optional(id) : std::nullopt;
}

References find_references(const v1::BankLine& line) {
  References found;
  find_in(line.remark(), found);
  find_in(line.batch_reference(), found);
  found.end_to_end = EndToEndId::parse(line.end_to_end_id());
  if (!found.end_to_end) find_in(line.end_to_end_id(), found);
  return found;
}

std::string make_remark(std::string_view title, std::string_view number) {
  CHECK(number.size() < limits::kRemarkBytesMax && is_ascii(number));
  const std::string fitted = fit_gbk(title, limits::kRemarkBytesMax - number.size() - 1);
  return fitted.empty() ? std::string(number) : fitted + " " + std::string(number);
}

namespace {

// 退汇, 退票: how banks call what could not be paid out.
bool says_returned(std::string_view remark) {
  return remark.find("退汇") != remark.npos || remark.find("退票") != remark.npos;
}

}  // namespace

bool is_marked_as_return(const v1::BankLine& line) {
  return line.reversal() || !line.return_reason().empty() || says_returned(line.remark());
}

std::string reason_of_return(const v1::BankLine& line) {
  if (!line.return_reason().empty() || !says_returned(line.remark())) return line.return_reason();
  return fit_gbk(line.remark(), kTextOfReasonMax);
}

bool says_that_it_came_back(const v1::BankLine& line) {
  return is_marked_as_return(line) || EndToEndId::parse(line.end_to_end_id());
}

}  // namespace jiexu
