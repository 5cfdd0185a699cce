#include "daemon/rules/history.h"

#include <catch2/catch.hpp>
#include <utility>

#include "tests/rules/sample_forms.h"

namespace jiexu::history_test {
namespace {

using Months = std::vector<std::pair<int32_t, int32_t>>;

Months gaps_of(const v1::InformationForm& form) {
  Months out;
  for (const v1::Gap& gap : derive_gaps(form.segments(), v1::SCHEME_EMPLOYEE)) {
    out.emplace_back(gap.from_month(), gap.to_month());
  }
  return out;
}

Totals totals_of(const v1::InformationForm& form) {
  return derive_totals(form.segments(), v1::SCHEME_EMPLOYEE);
}

}  // namespace

TEST_CASE("a history without rows has neither gaps nor months") {
  CHECK(gaps_of({}).empty());
  CHECK(totals_of({}) == Totals{0, 0, 0});
}

TEST_CASE("gaps are the months between rows, across years and in any order of rows") {
  v1::InformationForm form;
  add_row(form, 202503, 202512);
  add_row(form, 202301, 202311);
  add_row(form, 202401, 202412);
  CHECK(gaps_of(form) == Months{{202312, 202312}, {202501, 202502}});
  CHECK(totals_of(form) == Totals{33, 0, 10});
}

TEST_CASE("rows that touch leave no gap") {
  v1::InformationForm form;
  add_row(form, 202301, 202312);
  add_row(form, 202401, 202406, v1::SEGMENT_KIND_BACKPAID);
  CHECK(gaps_of(form).empty());
  CHECK(totals_of(form) == Totals{18, 0, 18});
}

TEST_CASE("a row inside another does not shorten the cover") {
  v1::InformationForm form;
  add_row(form, 202301, 202412);
  add_row(form, 202303, 202304);
  add_row(form, 202501, 202501);
  CHECK(gaps_of(form).empty());
}

TEST_CASE("refunded months cover nothing and count nothing") {
  v1::InformationForm form;
  add_row(form, 202301, 202306);
  add_row(form, 202307, 202309, v1::SEGMENT_KIND_REFUNDED);
  add_row(form, 202310, 202312);
  CHECK(gaps_of(form) == Months{{202307, 202309}});
  CHECK(totals_of(form) == Totals{9, 0, 3});
}

TEST_CASE("another scheme's rows count in the sums but not in gaps and continuity") {
  v1::InformationForm form;
  add_row(form, 202101, 202112, v1::SEGMENT_KIND_ACTUAL, v1::SCHEME_RESIDENT);
  add_row(form, 202301, 202306);
  CHECK(gaps_of(form).empty());
  CHECK(totals_of(form) == Totals{18, 0, 6});
}

TEST_CASE("a row with fewer months than its span covers throughout") {
  v1::InformationForm form;
  add_row(form, 202301, 202312).set_months(9);
  add_row(form, 202401, 202403);
  CHECK(gaps_of(form).empty());
  CHECK(totals_of(form) == Totals{12, 0, 12});
}

TEST_CASE("rows that are not sound are passed over") {
  v1::InformationForm form;
  add_row(form, 202301, 202312);
  add_row(form, 202501, 202512).set_to_month(202513);
  add_row(form, 202501, 202512).set_from_month(INT32_MIN);
  add_row(form, 202501, 202512).set_months(INT32_MAX);
  add_row(form, 202512, 202501);
  CHECK(gaps_of(form).empty());
  CHECK(totals_of(form) == Totals{12, 0, 12});
}

TEST_CASE("fill_derived sets number, gaps and totals, and no money") {
  v1::InformationForm form = sample_form();
  form.set_version(3);
  form.set_actual_months(1);
  form.add_gaps();
  form.mutable_account()->set_amount_fen(1);
  fill_derived(form);
  CHECK(form.form_number() == form.letter_number() + "-3");
  REQUIRE(form.gaps_size() == 1);
  CHECK(form.gaps(0).from_month() == 201701);
  CHECK(form.gaps(0).to_month() == 201702);
  CHECK(form.actual_months() == 115);
  CHECK(form.deemed_months() == 18);
  CHECK(form.continuous_months() == 115);
  CHECK(form.account().amount_fen() == 1);
}

}  // namespace jiexu::history_test
