#include "daemon/rules/history.h"

#include <algorithm>

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

constexpr size_t kRemarkCharsMax = 200;

// Months counted from year 0, so that neighbours differ by one.
int32_t ordinal(int32_t yyyymm) {
  return yyyymm / 100 * 12 + yyyymm % 100 - 1;
}

int32_t yyyymm_of(int32_t ordinal) {
  return ordinal / 12 * 100 + ordinal % 12 + 1;
}

int32_t span(const v1::Segment& row) {
  return ordinal(row.to_month()) - ordinal(row.from_month()) + 1;
}

bool is_sound(const v1::Segment& row) {
  return is_month(row.from_month()) && is_month(row.to_month()) &&
         row.from_month() <= row.to_month() && row.months() >= 0 && row.months() <= span(row);
}

bool counts(const v1::Segment& row) {
  return row.kind() != v1::SEGMENT_KIND_REFUNDED && is_sound(row);
}

// Indexes of the rows that count, by scheme, then by first month.
std::vector<int> in_order(const Segments& segments) {
  std::vector<int> rows;
  rows.reserve(static_cast<size_t>(segments.size()));
  for (int i = 0; i < segments.size(); ++i) {
    if (counts(segments[i])) rows.push_back(i);
  }
  const auto before = [&](int a, int b) {
    const auto key = [&](int i) {
      return std::pair(static_cast<int>(segments[i].scheme()), segments[i].from_month());
    };
    return key(a) < key(b);
  };
  // Rows mostly come in order, and sorting takes memory.
  if (!std::ranges::is_sorted(rows, before)) std::ranges::stable_sort(rows, before);
  return rows;
}

std::string row_path(int row) {
  return "segments[" + std::to_string(row) + "]";
}

void check_months(FieldChecks& checks, std::string_view path, const v1::Segment& row) {
  checks.month({path, "from_month"}, row.from_month(), Need::kRequired);
  checks.month({path, "to_month"}, row.to_month(), Need::kRequired);
  if (!is_month(row.from_month()) || !is_month(row.to_month())) return;
  if (row.from_month() > row.to_month()) {
    checks.add(FormRule::kMonthOrder, {path, "to_month"}, "the row ends before it begins");
  } else if (row.months() < 0 || row.months() > span(row)) {
    checks.add(FormRule::kMonthCount, {path, "months"},
               "the row spans " + std::to_string(span(row)) + " months");
  }
}

void check_after_stop(FieldChecks& checks, std::string_view path, const v1::Segment& row,
                      int32_t stopped_on) {
  if (stopped_on != 0 && counts(row) && row.to_month() > stopped_on / 100) {
    checks.add(FormRule::kAfterStop, {path, "to_month"},
               "the row goes on after the month of stopped_on");
  }
}

void check_row_amounts(FieldChecks& checks, std::string_view path, const v1::Segment& row,
                       bool overdrawn) {
  checks.amount({path, "base_fen"}, row.base_fen());
  // An account that ends overdrawn may have been so at a year's end.
  checks.amount({path, "year_end_balance_fen"}, row.year_end_balance_fen(),
                overdrawn ? -kFormAmountMaxFen : 0);
  checks.amount({path, "wage_fen"}, row.wage_fen());
  checks.amount({path, "employer_to_account_fen"}, row.employer_to_account_fen());
  checks.amount({path, "employer_to_pool_fen"}, row.employer_to_pool_fen());
  checks.amount({path, "person_to_account_fen"}, row.person_to_account_fen());
  checks.amount({path, "person_to_pool_fen"}, row.person_to_pool_fen());
}

void check_year(FieldChecks& checks, std::string_view path, const v1::Segment& row) {
  const bool inside = row.from_month() / 100 <= row.year() && row.year() <= row.to_month() / 100;
  if (row.year() == 0 || inside) return;
  checks.add(FormRule::kRowYear, {path, "year"}, "no month of the row lies in this year");
}

void check_row(FieldChecks& checks, std::string_view path, const v1::Segment& row,
               const v1::InformationForm& form) {
  checks.six_digits({path, "area"}, row.area());
  checks.text({path, "area_name"}, row.area_name(), Need::kOptional, 100);
  checks.agency({path, "agency"}, row.agency());
  checks.code({path, "scheme"}, row.scheme(), v1::Scheme_IsValid(row.scheme()));
  check_months(checks, path, row);
  check_year(checks, path, row);
  checks.month({path, "arrival_month"}, row.arrival_month(), Need::kOptional);
  checks.code({path, "kind"}, row.kind(), v1::SegmentKind_IsValid(row.kind()));
  check_row_amounts(checks, path, row,
                    form.account().disposition() == v1::DISPOSITION_NEGATIVE_OFFSET);
  check_after_stop(checks, path, row, form.stopped_on());
  checks.text({path, "remark"}, row.remark(), Need::kOptional, kRemarkCharsMax);
}

void check_overlap(FieldChecks& checks, const Segments& segments) {
  int last = -1;  // of the rows seen, the one of this scheme that ends last
  for (const int row : in_order(segments)) {
    const bool same_scheme = last >= 0 && segments[last].scheme() == segments[row].scheme();
    if (same_scheme && segments[row].from_month() <= segments[last].to_month()) {
      checks.add(FormRule::kOverlap, {row_path(row), "from_month"},
                 "shares months with " + row_path(last));
    }
    if (!same_scheme || segments[row].to_month() > segments[last].to_month()) last = row;
  }
}

void check_total(FieldChecks& checks, std::string_view name, int32_t given, int32_t derived) {
  if (given == derived) return;
  checks.add(FormRule::kTotals, {"", name}, "the rows give " + std::to_string(derived));
}

bool same_gaps(const v1::InformationForm& form, const std::vector<v1::Gap>& derived) {
  return std::equal(form.gaps().begin(), form.gaps().end(), derived.begin(), derived.end(),
                    [](const v1::Gap& a, const v1::Gap& b) {
                      return a.from_month() == b.from_month() && a.to_month() == b.to_month();
                    });
}

Totals totals_of(const Segments& segments, v1::Scheme scheme, const std::vector<v1::Gap>& gaps) {
  const int32_t run_after = gaps.empty() ? 0 : gaps.back().to_month();
  Totals totals;
  for (const v1::Segment& row : segments) {
    if (!counts(row)) continue;
    const bool deemed = row.kind() == v1::SEGMENT_KIND_DEEMED;
    (deemed ? totals.deemed_months : totals.actual_months) += row.months();
    if (row.scheme() == scheme && row.from_month() > run_after) {
      totals.continuous_months += row.months();
    }
  }
  return totals;
}

void check_derived(FieldChecks& checks, const v1::InformationForm& form) {
  const auto gaps = derive_gaps(form.segments(), form.scheme_from());
  const Totals totals = totals_of(form.segments(), form.scheme_from(), gaps);
  check_total(checks, "actual_months", form.actual_months(), totals.actual_months);
  check_total(checks, "deemed_months", form.deemed_months(), totals.deemed_months);
  check_total(checks, "continuous_months", form.continuous_months(), totals.continuous_months);
  if (!same_gaps(form, gaps)) {
    checks.add(FormRule::kGaps, {"", "gaps"},
               "the rows leave " + std::to_string(gaps.size()) + " gaps, not these");
  }
}

}  // namespace

std::vector<v1::Gap> derive_gaps(const Segments& segments, v1::Scheme scheme) {
  std::vector<v1::Gap> gaps;
  int32_t covered = 0;  // last month covered so far, 0 before the first row
  for (const int row : in_order(segments)) {
    if (segments[row].scheme() != scheme) continue;
    const int32_t from = ordinal(segments[row].from_month());
    if (covered != 0 && from > covered + 1) {
      v1::Gap& gap = gaps.emplace_back();
      gap.set_from_month(yyyymm_of(covered + 1));
      gap.set_to_month(yyyymm_of(from - 1));
    }
    covered = std::max(covered, ordinal(segments[row].to_month()));
  }
  return gaps;
}

Totals derive_totals(const Segments& segments, v1::Scheme scheme) {
  return totals_of(segments, scheme, derive_gaps(segments, scheme));
}

std::string form_number(std::string_view letter_number, uint32_t version) {
  return std::string(letter_number) + '-' + std::to_string(version);
}

void fill_derived(v1::InformationForm& form) {
  form.set_form_number(form_number(form.letter_number(), form.version()));
  form.clear_gaps();
  const auto gaps = derive_gaps(form.segments(), form.scheme_from());
  for (const v1::Gap& gap : gaps) *form.add_gaps() = gap;
  const Totals totals = totals_of(form.segments(), form.scheme_from(), gaps);
  form.set_actual_months(totals.actual_months);
  form.set_deemed_months(totals.deemed_months);
  form.set_continuous_months(totals.continuous_months);
}

bool can_stand(const v1::Segment& row, const v1::InformationForm& form) {
  FieldChecks checks({});
  check_row(checks, "", row, form);
  return checks.count() == 0;
}

void check_history(FieldChecks& checks, const v1::InformationForm& form) {
  if (form.segments().empty()) {
    checks.add(FormRule::kMissing, {"", "segments"}, "the history has no row");
    return;
  }
  if (form.segments_size() > static_cast<int>(limits::kHistoryRowsMax)) {
    checks.add(FormRule::kTooManyRows, {"", "segments"},
               "at most " + std::to_string(limits::kHistoryRowsMax) + " rows");
    return;
  }
  const size_t before = checks.count();
  for (int i = 0; i < form.segments_size(); ++i) {
    check_row(checks, row_path(i), form.segments(i), form);
  }
  check_overlap(checks, form.segments());
  if (checks.count() == before) check_derived(checks, form);
}

}  // namespace jiexu
