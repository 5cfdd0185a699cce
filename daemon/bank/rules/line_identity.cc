#include "daemon/bank/rules/line_identity.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "daemon/bank/rules/references.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

struct Names {
  std::vector<std::string> letters;  // also the one in the EndToEndId
  std::vector<std::string> batches;
  std::string end_to_end;
};

std::vector<std::string> sorted(std::vector<std::string> numbers) {
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());  // clang 14 too
  return numbers;
}

Names names_in(const v1::BankLine& line) {
  const References found = find_references(line);
  Names names;
  names.letters = found.letters;
  if (found.end_to_end) names.letters.push_back(found.end_to_end->letter_number);
  names.letters = sorted(std::move(names.letters));
  names.batches = sorted(found.batches);
  names.end_to_end = fold_and_trim(line.end_to_end_id());
  return names;
}

// Of two texts or lists: both are there, and they differ.
template <class T>
bool contradict(const T& a, const T& b) {
  return !a.empty() && !b.empty() && a != b;
}

template <class T>
bool agree(const T& a, const T& b) {
  return !a.empty() && a == b;
}

// Both name a payment, and not the same.
bool name_others(const Names& had, const Names& has) {
  return contradict(had.end_to_end, has.end_to_end) || contradict(had.letters, has.letters) ||
         contradict(had.batches, has.batches);
}

// Two accounts, as far as they are shown: banks put stars for digits.
bool other_account(std::string_view had, std::string_view has) {
  if (had.empty() || has.empty() || had == has) return false;
  if (had.find('*') == had.npos) std::swap(had, has);
  const size_t star = had.find('*');
  if (star == had.npos) return true;
  const std::string_view end = had.substr(had.rfind('*') + 1);
  return !has.starts_with(had.substr(0, star)) || !has.ends_with(end);
}

// Without white space, which banks break lines with.
std::string letters_of(const std::string& text) {
  std::string folded = fold_width(text);
  std::erase_if(folded, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  return folded;
}

bool other_text(const v1::BankLine& known, const v1::BankLine& line) {
  return known.remark() != line.remark() &&
         contradict(letters_of(known.remark()), letters_of(line.remark()));
}

template <class Wanted>
std::optional<size_t> first_free(std::span<const KnownLine> known, const Wanted& wanted) {
  for (size_t i = 0; i < known.size(); ++i) {
    if (!known[i].in_file && wanted(known[i].likeness)) return i;
  }
  return std::nullopt;
}

}  // namespace

bool is_numbered(const v1::BankLine& line) {
  return !line.made_number() && !line.host_sequence().empty();
}

bool is_part(const v1::BankLine& line) {
  return !line.entry_reference().empty();
}

Likeness compare(const v1::BankLine& known, const v1::BankLine& line, Statements statements) {
  const Names had = names_in(known);
  const Names has = names_in(line);
  if (name_others(had, has)) return Likeness::kOther;
  const bool other_payer = other_account(known.counterparty_account(), line.counterparty_account());
  // The bank gives the day of one of them alone.
  const bool day_missing = known.made_day() != line.made_day();
  const bool other_day = known.booked_on() != line.booked_on();
  if (!is_numbered(known) || !is_numbered(line)) {
    const bool other = other_payer || other_text(known, line) || (other_day && !day_missing);
    if (other || statements == Statements::kApart) return Likeness::kOther;
    return statements == Statements::kSame ? Likeness::kSame : Likeness::kUnsure;
  }
  if (known.host_sequence() != line.host_sequence()) return Likeness::kOther;
  if (day_missing) return other_payer ? Likeness::kOther : Likeness::kUnsure;
  if (other_day) {
    const bool same_payment =
        agree(had.letters, has.letters) || agree(had.end_to_end, has.end_to_end);
    return same_payment && !other_payer ? Likeness::kUnsure : Likeness::kOther;
  }
  if (other_payer) return Likeness::kUnsure;
  const bool same = had.end_to_end == has.end_to_end && had.letters == has.letters &&
                    had.batches == has.batches &&
                    known.counterparty_account() == line.counterparty_account();
  return same ? Likeness::kSame : Likeness::kAlike;
}

std::string payment_named_in(const v1::BankLine& line) {
  const Names names = names_in(line);
  if (!names.letters.empty()) return names.letters.front();
  return names.batches.empty() ? names.end_to_end : names.batches.front();
}

Identity identify(std::span<const KnownLine> known) {
  using Kind = Identity::Kind;
  const auto is = [](Likeness wanted) {
    return [wanted](Likeness likeness) { return likeness == wanted; };
  };
  if (const auto same = first_free(known, is(Likeness::kSame))) {
    return {Kind::kRepeated, *same, false};
  }
  const auto possible = [](Likeness likeness) { return likeness != Likeness::kOther; };
  const auto count = std::ranges::count_if(
      known, [&](const KnownLine& line) { return !line.in_file && possible(line.likeness); });
  const auto alike = first_free(known, is(Likeness::kAlike));
  if (alike && count == 1) return {Kind::kRepeated, *alike, true};
  if (const auto unsure = first_free(known, possible)) return {Kind::kUnsure, *unsure, false};
  // A line before of this file was taken for the one that this is as well.
  const auto taken = std::ranges::find_if(known, [](const KnownLine& line) {
    return line.in_file && line.loosely && line.likeness == Likeness::kSame;
  });
  if (taken == known.end()) return {};
  return {Kind::kUnsure, static_cast<size_t>(taken - known.begin()), false};
}

}  // namespace jiexu
