// Which rows of earlier areas a form of ours owes, and what it says if one is not there.
#include "daemon/rules/earlier_rows.h"

#include <catch2/catch.hpp>
#include <functional>

#include "daemon/base/limits.h"
#include "daemon/rules/history.h"
#include "tests/rules/sample_forms.h"

namespace jiexu::earlier_rows_test {
namespace {

const AgencyId kOurs = *AgencyId::parse("S41130010001");
const AgencyId kQuanzhou = *AgencyId::parse("S35050000101");
const AgencyId kShenzhen = *AgencyId::parse("S44030000112");

v1::Segment row_of(const char* area, int32_t from, int32_t to,
                   v1::SegmentKind kind = v1::SEGMENT_KIND_ACTUAL) {
  v1::InformationForm form;
  v1::Segment row = add_row(form, from, to, kind);
  row.set_area(area);
  return row;
}

EarlierForm arrival(AgencyId sender, int32_t issued_on, const std::vector<v1::Segment>& rows) {
  EarlierForm out{sender, {}};
  out.form.set_letter_number("letter of " + std::to_string(issued_on));
  out.form.set_issued_on(issued_on);
  for (const v1::Segment& row : rows) *out.form.add_segments() = row;
  return out;
}

v1::InformationForm form_with(const std::vector<v1::Segment>& rows) {
  v1::InformationForm form;
  form.set_stopped_on(20260915);
  for (const v1::Segment& row : rows) *form.add_segments() = row;
  return form;
}

std::vector<Finding> check(const std::vector<v1::Segment>& rows,
                           const std::vector<EarlierForm>& earlier,
                           const std::vector<AgencyId>& ours = {kOurs}) {
  return check_earlier_rows(form_with(rows), earlier, ours);
}

// The base of each row that is owed, in yuan: what tells words about the same months apart.
std::vector<int64_t> owed(const std::vector<EarlierForm>& earlier) {
  std::vector<int64_t> out;
  for (const EarlierRow& row : rows_to_carry(form_with({}), earlier, {&kOurs, 1})) {
    out.push_back(row.row->base_fen() / 100);
  }
  return out;
}

v1::Segment with_base(v1::Segment row, int64_t yuan) {
  row.set_base_fen(yuan * 100);
  return row;
}

const v1::Segment kOurRow = row_of("411300", 202101, 202512);
const v1::Segment kFirst = row_of("350500", 201507, 201612);
const v1::Segment kSecond = row_of("350500", 201703, 202009);

}  // namespace

TEST_CASE("rows that go on as they came, in any order and once, give no finding") {
  const EarlierForm once = arrival(kQuanzhou, 20201105, {kFirst, kSecond});
  const EarlierForm again = arrival(kShenzhen, 20210105, {kSecond, kFirst});
  CHECK(check({kSecond, kOurRow, kFirst}, {once}).empty());
  CHECK(check({kFirst, kSecond, kOurRow}, {once, again}).empty());
  CHECK(rows_to_carry(form_with({}), std::vector{once, again}, {&kOurs, 1}).size() == 2);
  CHECK(check({kOurRow}, {}).empty());
}

TEST_CASE("a row that is missing is named by its area, its months and the letter it came with") {
  const auto findings = check({kFirst, kOurRow}, {arrival(kQuanzhou, 20201105, {kFirst, kSecond})});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == FormRule::kEarlierRow);
  CHECK(findings[0].field == "segments");
  CHECK(findings[0].text ==
        "the row of area 350500, 2017-03 to 2020-09, which came with letter letter of 20201105, is "
        "missing: add it as it came (`jiexu case draft` has it); if it is wrong, let that area "
        "correct it by a supplementary form");
}

TEST_CASE("a row with any field otherwise is found at its place") {
  const std::vector<std::function<void(v1::Segment&)>> changes = {
      [](v1::Segment& row) { row.set_area_name("泉州"); },
      [](v1::Segment& row) { row.set_from_month(201508); },
      [](v1::Segment& row) { row.set_to_month(201611); },
      [](v1::Segment& row) { row.set_months(1); },
      [](v1::Segment& row) { row.set_kind(v1::SEGMENT_KIND_DEEMED); },
      [](v1::Segment& row) { row.set_base_fen(1); },
      [](v1::Segment& row) { row.set_year_end_balance_fen(1); },
      [](v1::Segment& row) { row.set_year(2016); },
      [](v1::Segment& row) { row.set_agency(kQuanzhou.str()); },
      [](v1::Segment& row) { row.set_wage_fen(1); },
      [](v1::Segment& row) { row.set_arrival_month(201601); },
      [](v1::Segment& row) { row.set_employer_to_account_fen(1); },
      [](v1::Segment& row) { row.set_employer_to_pool_fen(1); },
      [](v1::Segment& row) { row.set_person_to_account_fen(1); },
      [](v1::Segment& row) { row.set_person_to_pool_fen(1); },
      [](v1::Segment& row) { row.set_remark("x"); }};
  for (size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    v1::Segment other = kFirst;
    changes[i](other);
    const auto findings = check({kOurRow, other}, {arrival(kQuanzhou, 20201105, {kFirst})});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].field == "segments[1]");
    CHECK_THAT(findings[0].text, Catch::Contains("stands otherwise here: enter it as it came"));
  }
}

TEST_CASE("a row that was given to another area or scheme is missing at its own") {
  v1::Segment moved = kFirst;
  moved.set_area("411300");
  v1::Segment switched = kFirst;
  switched.set_scheme(v1::SCHEME_RESIDENT);
  for (const v1::Segment& other : {moved, switched}) {
    const auto findings = check({other}, {arrival(kQuanzhou, 20201105, {kFirst})});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].field == "segments");
  }
}

TEST_CASE("months of our own area, which come back to us, are ours to state") {
  const v1::Segment county = row_of("411328", 201507, 201612);
  v1::Segment named = row_of("350500", 201703, 202009);
  named.set_agency(kOurs.str());
  CHECK(check({}, {arrival(kQuanzhou, 20201105, {county, named})}).empty());
  const v1::Segment neighbour = row_of("411400", 201507, 201612);
  CHECK(check({}, {arrival(kQuanzhou, 20201105, {neighbour})}).size() == 1);
}

TEST_CASE("months of an agency that was merged into us are ours") {
  const EarlierForm from = arrival(kShenzhen, 20201105, {kFirst});
  CHECK(check({}, {from}).size() == 1);
  CHECK(check({}, {from}, {kOurs, kQuanzhou}).empty());
}

TEST_CASE("the office of a county, or of a city or province for its own people, has one division") {
  const auto owes = [](const char* agency, const char* area) {
    const EarlierForm from = arrival(kQuanzhou, 20201105, {row_of(area, 201507, 201612)});
    return !check({}, {from}, {*AgencyId::parse(agency)}).empty();
  };
  CHECK_FALSE(owes("S41132810207", "411328"));
  CHECK(owes("S41132810207", "411300"));
  CHECK_FALSE(owes("S41139910207", "411399"));
  CHECK(owes("S41139910207", "411328"));
  CHECK(owes("S41990010207", "411328"));
  CHECK_FALSE(owes("S41000010207", "411328"));
}

TEST_CASE(
    "a later form of the area replaces what it corrects, and what it does not tell of stands") {
  const EarlierForm before = arrival(kQuanzhou, 20201105,
                                     {with_base(row_of("350500", 201507, 201612), 1),
                                      with_base(row_of("350500", 201703, 201712), 2)});
  const EarlierForm after = arrival(kQuanzhou, 20220105,
                                    {with_base(row_of("350500", 201701, 201709), 3),
                                     with_base(row_of("350500", 202101, 202112), 4)});
  CHECK(owed({before, after}) == std::vector<int64_t>{3, 4, 1});
  CHECK(owed({after, before}) == std::vector<int64_t>{3, 4, 1});
}

TEST_CASE("of two forms of one day the one of the later transfer stands") {
  const EarlierForm before = arrival(kQuanzhou, 20201105, {with_base(kFirst, 1)});
  const EarlierForm after = arrival(kQuanzhou, 20201105, {with_base(kFirst, 2)});
  CHECK(owed({before, after}) == std::vector<int64_t>{2});
}

TEST_CASE("what an area says itself goes before what others carried of it, be they later") {
  const EarlierForm itself = arrival(kQuanzhou, 20201105, {with_base(kFirst, 1)});
  const EarlierForm carried = arrival(
      kShenzhen, 20220105, {with_base(kFirst, 2), with_base(row_of("440300", 202101, 202112), 3)});
  CHECK(owed({itself, carried}) == std::vector<int64_t>{3, 1});
}

TEST_CASE("months that two areas claim, the later form has") {
  const EarlierForm before = arrival(kQuanzhou, 20201105, {with_base(kFirst, 1)});
  const EarlierForm after =
      arrival(kShenzhen, 20220105, {with_base(row_of("440300", 201612, 201712), 2)});
  CHECK(owed({before, after}) == std::vector<int64_t>{2});
  v1::Segment resident = with_base(row_of("440300", 201612, 201712), 3);
  resident.set_scheme(v1::SCHEME_RESIDENT);
  CHECK(owed({before, arrival(kShenzhen, 20220105, {resident})}) == std::vector<int64_t>{3, 1});
}

TEST_CASE(
    "a refund stands beside what its form says was paid, and takes the place of older words") {
  const v1::Segment refund =
      with_base(row_of("350500", 201601, 201603, v1::SEGMENT_KIND_REFUNDED), 9);
  CHECK(owed({arrival(kQuanzhou, 20201105, {with_base(kFirst, 1), refund})}) ==
        std::vector<int64_t>{1, 9});
  const EarlierForm paid = arrival(kQuanzhou, 20201105, {with_base(kFirst, 1)});
  CHECK(owed({paid, arrival(kQuanzhou, 20220105, {refund})}) == std::vector<int64_t>{9});
  v1::Segment elsewhere = refund;
  elsewhere.set_area("440300");
  CHECK(owed({paid, arrival(kShenzhen, 20220105, {elsewhere})}) == std::vector<int64_t>{9, 1});
}

TEST_CASE("a missing refund is not looked for at the row that was paid") {
  const v1::Segment refund = row_of("350500", 201601, 201603, v1::SEGMENT_KIND_REFUNDED);
  const auto findings = check({kFirst}, {arrival(kQuanzhou, 20201105, {kFirst, refund})});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].field == "segments");
}

TEST_CASE("of rows that overlap in one form, which was confirmed all the same, the first is owed") {
  CHECK(owed({arrival(kQuanzhou, 20201105, {with_base(kFirst, 1), with_base(kFirst, 2)})}) ==
        std::vector<int64_t>{1});
}

TEST_CASE("a row that would break a rule in our form need not go on as it came") {
  v1::Segment too_many = kFirst;
  too_many.set_months(99);
  v1::Segment overdrawn = kFirst;
  overdrawn.set_year_end_balance_fen(-1);
  const v1::Segment after_our_stop = row_of("350500", 202609, 202610);
  for (const v1::Segment& row : {too_many, overdrawn, after_our_stop}) {
    CHECK(check({kOurRow}, {arrival(kQuanzhou, 20201105, {row})}).empty());
  }
  v1::InformationForm form = form_with({kOurRow});
  form.mutable_account()->set_disposition(v1::DISPOSITION_NEGATIVE_OFFSET);
  const EarlierForm from = arrival(kQuanzhou, 20201105, {overdrawn});
  CHECK(check_earlier_rows(form, {&from, 1}, {&kOurs, 1}).size() == 1);
}

TEST_CASE("a form that is full owes no further row") {
  std::vector<v1::Segment> rows(limits::kHistoryRowsMax - 1, kOurRow);
  const EarlierForm from = arrival(kQuanzhou, 20201105, {kFirst});
  CHECK(check(rows, {from}).size() == 1);
  rows.push_back(kOurRow);
  CHECK(check(rows, {from}).empty());
}

TEST_CASE("what is missing is put in, in place of what stands otherwise") {
  const v1::Segment refund = row_of("350500", 201601, 201603, v1::SEGMENT_KIND_REFUNDED);
  const EarlierForm from = arrival(kQuanzhou, 20201105, {kFirst, refund, kSecond});
  v1::InformationForm form = form_with({with_base(kFirst, 1), kOurRow, kSecond});
  carry_rows_on({&from, 1}, {&kOurs, 1}, form);
  CHECK(form.segments_size() == 4);
  CHECK(check_earlier_rows(form, {&from, 1}, {&kOurs, 1}).empty());
  CHECK(form.segments(0).SerializeAsString() == kOurRow.SerializeAsString());
  const std::string before = form.SerializeAsString();
  carry_rows_on({&from, 1}, {&kOurs, 1}, form);
  CHECK(form.SerializeAsString() == before);
}

TEST_CASE("no more is put in than a form can hold") {
  std::vector<v1::Segment> rows(limits::kHistoryRowsMax - 1, kOurRow);
  v1::InformationForm form = form_with(rows);
  const EarlierForm from = arrival(kQuanzhou, 20201105, {kFirst, kSecond});
  carry_rows_on({&from, 1}, {&kOurs, 1}, form);
  CHECK(form.segments_size() == static_cast<int>(limits::kHistoryRowsMax));
}

}  // namespace jiexu::earlier_rows_test
