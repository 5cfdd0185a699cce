#include "daemon/rules/earlier_rows.h"

#include <algorithm>
#include <tuple>

#include "daemon/base/limits.h"
#include "daemon/rules/history.h"

namespace jiexu {
namespace {

// A row as one of the forms tells it.
struct Word {
  const EarlierForm* from = nullptr;
  const v1::Segment* row = nullptr;
  bool own = false;  // of its sender's own months
};

std::string_view pool_of(std::string_view area) {
  return area.substr(0, area.ends_with("0000") ? 2 : area.ends_with("00") ? 4 : 6);
}

bool is_of(AgencyId agency, const v1::Segment& row) {
  return row.agency() == agency.text() || row.area().starts_with(pool_of(agency.area()));
}

// What this version knows of a row; what a newer one may have added, no clerk could enter again.
auto fields_of(const v1::Segment& row) {
  return std::tuple_cat(std::tie(row.area(), row.area_name(), row.agency(), row.remark()),
                        std::tuple(row.scheme(), row.from_month(), row.to_month(), row.months(),
                                   row.kind(), row.year(), row.arrival_month(), row.base_fen(),
                                   row.wage_fen(), row.year_end_balance_fen()),
                        std::tuple(row.employer_to_account_fen(), row.employer_to_pool_fen(),
                                   row.person_to_account_fen(), row.person_to_pool_fen()));
}

bool same(const v1::Segment& a, const v1::Segment& b) {
  return fields_of(a) == fields_of(b);
}

bool both_count(const v1::Segment& a, const v1::Segment& b) {
  return a.kind() != v1::SEGMENT_KIND_REFUNDED && b.kind() != v1::SEGMENT_KIND_REFUNDED;
}

// Whether `stands` leaves no room for `row`.
bool replaces(const v1::Segment& stands, const v1::Segment& row, bool other_form) {
  if (!share_months(stands, row)) return false;
  return both_count(stands, row) || (other_form && stands.area() == row.area());
}

// The word that stands first.
std::vector<Word> words_of(const v1::InformationForm& form, std::span<const EarlierForm> earlier,
                           std::span<const AgencyId> ours) {
  std::vector<Word> words;
  for (auto from = earlier.rbegin(); from != earlier.rend(); ++from) {
    for (const v1::Segment& row : from->form.segments()) {
      const bool our_own =
          std::ranges::any_of(ours, [&](AgencyId agency) { return is_of(agency, row); });
      if (our_own || !can_stand(row, form)) continue;
      words.push_back({&*from, &row, is_of(from->sender, row)});
    }
  }
  std::ranges::stable_sort(words, [](const Word& a, const Word& b) {
    return std::pair(a.own, a.from->form.issued_on()) > std::pair(b.own, b.from->form.issued_on());
  });
  return words;
}

// The row of the form that has the place of `row`; -1: none.
int place_of(const v1::Segment& row, const v1::InformationForm& form) {
  for (int i = 0; i < form.segments_size(); ++i) {
    const v1::Segment& other = form.segments(i);
    const bool alike = both_count(other, row) || other.kind() == row.kind();
    if (alike && other.area() == row.area() && share_months(other, row)) return i;
  }
  return -1;
}

std::string month(int32_t yyyymm) {
  std::string text = std::to_string(yyyymm);
  return text.insert(4, "-");
}

Finding finding_of(const EarlierRow& earlier, const v1::InformationForm& form) {
  const v1::Segment& row = *earlier.row;
  const int place = place_of(row, form);
  Finding finding;
  finding.rule = FormRule::kEarlierRow;
  finding.field = place < 0 ? "segments" : "segments[" + std::to_string(place) + "]";
  finding.text = "the row of area " + row.area() + ", " + month(row.from_month()) + " to " +
                 month(row.to_month()) + ", which came with letter " +
                 std::string(earlier.letter_number) +
                 (place < 0 ? ", is missing: add it" : ", stands otherwise here: enter it") +
                 " as it came (`jiexu case draft` has it); if it is wrong, let that area correct it"
                 " by a supplementary form";
  return finding;
}

bool has(const v1::InformationForm& form, const EarlierRow& wanted) {
  return std::ranges::any_of(form.segments(),
                             [&](const v1::Segment& row) { return same(row, *wanted.row); });
}

// Whether the row stands where one of `rows` belongs, and is none of them.
bool is_in_the_way(const v1::Segment& row, const std::vector<EarlierRow>& rows) {
  const auto is_it = [&](const EarlierRow& wanted) { return same(row, *wanted.row); };
  return std::ranges::none_of(rows, is_it) &&
         std::ranges::any_of(rows, [&](const EarlierRow& wanted) {
           return wanted.row->area() == row.area() && replaces(*wanted.row, row, true);
         });
}

}  // namespace

bool share_months(const v1::Segment& a, const v1::Segment& b) {
  return a.scheme() == b.scheme() && a.from_month() <= b.to_month() &&
         b.from_month() <= a.to_month();
}

std::vector<EarlierRow> rows_to_carry(const v1::InformationForm& form,
                                      std::span<const EarlierForm> earlier,
                                      std::span<const AgencyId> ours) {
  std::vector<Word> kept;
  for (const Word& word : words_of(form, earlier, ours)) {
    const bool told = std::ranges::any_of(kept, [&](const Word& other) {
      return replaces(*other.row, *word.row, other.from != word.from);
    });
    if (!told) kept.push_back(word);
  }
  std::vector<EarlierRow> out;
  out.reserve(kept.size());
  for (const Word& word : kept) out.push_back({word.row, word.from->form.letter_number()});
  return out;
}

std::vector<Finding> check_earlier_rows(const v1::InformationForm& form,
                                        std::span<const EarlierForm> earlier,
                                        std::span<const AgencyId> ours) {
  if (form.segments_size() >= static_cast<int>(limits::kHistoryRowsMax)) return {};
  std::vector<Finding> out;
  for (const EarlierRow& row : rows_to_carry(form, earlier, ours)) {
    if (!has(form, row)) out.push_back(finding_of(row, form));
  }
  return out;
}

void carry_rows_on(std::span<const EarlierForm> earlier, std::span<const AgencyId> ours,
                   v1::InformationForm& form) {
  const std::vector<EarlierRow> rows = rows_to_carry(form, earlier, ours);
  auto& segments = *form.mutable_segments();
  const auto end = std::remove_if(segments.begin(), segments.end(),
                                  [&](const v1::Segment& row) { return is_in_the_way(row, rows); });
  segments.erase(end, segments.end());
  for (const EarlierRow& row : rows) {
    const bool full = segments.size() >= static_cast<int>(limits::kHistoryRowsMax);
    if (!full && !has(form, row)) *form.add_segments() = *row.row;
  }
}

}  // namespace jiexu
