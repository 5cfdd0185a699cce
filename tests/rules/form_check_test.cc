// Each rule of the forms has a case that breaks it and nothing else. The table is checked to be
// complete: a new rule without a case fails the test.
#include "daemon/rules/form_check.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "daemon/base/limits.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/rules/earlier_rows.h"
#include "daemon/rules/history.h"
#include "tests/rules/sample_forms.h"

namespace jiexu::form_check_test {
namespace {

using Form = v1::InformationForm;
using Letter = v1::ContactLetter;
using Application = v1::Application;
using Findings = std::vector<Finding>;

template <class T>
using Change = std::function<void(T&)>;

Findings of_application(const Change<Application>& change) {
  Application form = sample_application();
  change(form);
  return check_application(form, kSampleToday);
}

Findings of_letter(const Change<Letter>& change) {
  Letter form = sample_letter();
  change(form);
  return check_letter(form, kSampleToday);
}

Findings of_form(const Change<Form>& change) {
  Form form = sample_form();
  change(form);
  return check_form(form, kSampleToday);
}

// As of_form, with gaps and totals following the change.
Findings of_history(const Change<Form>& change) {
  return of_form([&](Form& form) {
    change(form);
    fill_derived(form);
  });
}

Findings of_answer(const Change<Form>& change) {
  Form form = sample_form();
  change(form);
  return check_form_against_letter(form, sample_letter());
}

void set_account(Form& form, v1::Disposition disposition, int64_t balance_fen) {
  form.mutable_account()->set_disposition(disposition);
  form.mutable_account()->set_amount_fen(disposition == v1::DISPOSITION_TRANSFER ? balance_fen : 0);
  form.mutable_account()->set_principal_fen(balance_fen);
  form.mutable_account()->set_interest_fen(0);
  form.mutable_account()->set_balance_fen(balance_fen);
}

void make_resident(Form& form) {
  form.set_scheme_from(v1::SCHEME_RESIDENT);
  for (v1::Segment& row : *form.mutable_segments()) row.set_scheme(v1::SCHEME_RESIDENT);
}

struct Case {
  FormRule rule;
  const char* field;
  Findings findings;
};

std::vector<Case> field_cases() {
  using enum FormRule;
  return {
      {kMissing, "person.name",
       of_application([](Application& f) { f.mutable_person()->clear_name(); })},
      {kMissing, "person.document_type",
       of_letter([](Letter& f) { f.mutable_person()->clear_document_type(); })},
      {kMissing, "person.document_number",
       of_letter([](Letter& f) { f.mutable_person()->clear_document_number(); })},
      {kMissing, "origin_agency", of_application([](Application& f) { f.clear_origin_agency(); })},
      {kMissing, "origin_area_name",
       of_application([](Application& f) { f.set_origin_area_name("　"); })},
      {kMissing, "agent.name", of_application([](Application& f) { f.mutable_agent(); })},
      {kMissing, "applied_on", of_application([](Application& f) { f.clear_applied_on(); })},
      {kMissing, "letter_number", of_letter([](Letter& f) { f.clear_letter_number(); })},
      {kMissing, "scheme_to", of_letter([](Letter& f) { f.clear_scheme_to(); })},
      {kMissing, "payee.account_number",
       of_letter([](Letter& f) { f.mutable_payee()->clear_account_number(); })},
      {kMissing, "contact.postcode",
       of_letter([](Letter& f) { f.mutable_contact()->clear_postcode(); })},
      {kMissing, "issued_on", of_letter([](Letter& f) { f.clear_issued_on(); })},
      {kMissing, "policy_profile", of_letter([](Letter& f) { f.clear_policy_profile(); })},
      {kMissing, "segments", of_history([](Form& f) { f.clear_segments(); })},
      {kMissing, "segments[1].kind", of_form([](Form& f) { f.mutable_segments(1)->clear_kind(); })},
      {kMissing, "account.disposition",
       of_form([](Form& f) { f.mutable_account()->clear_disposition(); })},
      {kMissing, "account.as_of", of_form([](Form& f) { f.mutable_account()->clear_as_of(); })},
      {kMissing, "stopped_on", of_form([](Form& f) { f.clear_stopped_on(); })},
      {kMissing, "reason", of_history([](Form& f) {
         f.set_version(2);
         f.set_replaces(1);
       })},
      {kMissing, "reviewer", of_form([](Form& f) { f.clear_reviewer(); })},
      {kTooLong, "person.name", of_letter([](Letter& f) {
         f.mutable_person()->set_name(std::string(limits::kNameCharsMax + 1, 'a'));
       })},
      {kTooLong, "payee.account_number",
       of_letter([](Letter& f) { f.mutable_payee()->set_account_number(std::string(41, '1')); })},
      {kUnknownCode, "scheme_from",
       of_letter([](Letter& f) { f.set_scheme_from(static_cast<v1::Scheme>(320)); })},
      {kUnknownCode, "person.sex",
       of_letter([](Letter& f) { f.mutable_person()->set_sex(static_cast<v1::Sex>(3)); })},
      {kUnknownCode, "account.disposition", of_form([](Form& f) {
         f.mutable_account()->set_disposition(static_cast<v1::Disposition>(7));
       })},
      {kDate, "issued_on", of_letter([](Letter& f) { f.set_issued_on(20261131); })},
      {kDate, "person.birth_date",
       of_letter([](Letter& f) { f.mutable_person()->set_birth_date(-1); })},
      {kFutureDate, "issued_on", of_letter([](Letter& f) { f.set_issued_on(20261121); })},
      {kFutureDate, "account.as_of",
       of_form([](Form& f) { f.mutable_account()->set_as_of(20270101); })},
      {kCitizenId, "person.document_number",
       of_letter([](Letter& f) { f.mutable_person()->set_document_number("110105194912310021"); })},
      {kBirthDateDiffers, "person.birth_date",
       of_letter([](Letter& f) { f.mutable_person()->set_birth_date(19880410); })},
      {kSexDiffers, "person.sex",
       of_letter([](Letter& f) { f.mutable_person()->set_sex(v1::SEX_MALE); })},
  };
}

std::vector<Case> number_cases() {
  using enum FormRule;
  return {
      {kAgencyCode, "origin_agency",
       of_application([](Application& f) { f.set_origin_agency("350500001010"); })},
      {kLetterNumber, "letter_number",
       of_letter([](Letter& f) { f.set_letter_number(std::string(20, '1')); })},
      {kLetterNumber, "letter_number",
       of_letter([](Letter& f) { f.set_letter_number(f.letter_number().substr(1)); })},
      {kPolicyProfile, "policy_profile",
       of_letter([](Letter& f) { f.set_policy_profile("NHSA-2020"); })},
      {kCnaps, "payee.cnaps",
       of_letter([](Letter& f) { f.mutable_payee()->set_cnaps("105100000018"); })},
      {kSixDigits, "contact.postcode",
       of_letter([](Letter& f) { f.mutable_contact()->set_postcode("47300"); })},
      {kSixDigits, "segments[0].area",
       of_form([](Form& f) { f.mutable_segments(0)->set_area("35050X"); })},
      {kVersion, "replaces", of_history([](Form& f) { f.set_version(0); })},
      {kVersion, "replaces", of_history([](Form& f) { f.set_version(2); })},
      {kVersion, "replaces", of_form([](Form& f) {
         f.set_replaces(1);
         f.set_reason("months of 2017");
       })},
      {kFormNumber, "form_number",
       of_form([](Form& f) { f.set_form_number(f.letter_number() + "-2"); })},
      {kFourEyes, "reviewer", of_form([](Form& f) { f.set_reviewer("０１０７"); })},
  };
}

std::vector<Case> history_cases() {
  using enum FormRule;
  return {
      {kTooManyRows, "segments", of_history([](Form& f) {
         while (f.segments_size() <= static_cast<int>(limits::kHistoryRowsMax)) f.add_segments();
       })},
      {kMonth, "segments[2].from_month",
       of_form([](Form& f) { f.mutable_segments(2)->set_from_month(202600); })},
      {kMonth, "segments[0].from_month",
       of_form([](Form& f) { f.mutable_segments(0)->set_from_month(194912); })},
      {kMonth, "segments[2].to_month",
       of_form([](Form& f) { f.mutable_segments(2)->set_to_month(205101); })},
      {kMonthOrder, "segments[1].to_month",
       of_form([](Form& f) { f.mutable_segments(1)->set_to_month(201702); })},
      {kMonthCount, "segments[2].months",
       of_form([](Form& f) { f.mutable_segments(2)->set_months(10); })},
      {kMonthCount, "segments[2].months",
       of_form([](Form& f) { f.mutable_segments(2)->set_months(-1); })},
      {kOverlap, "segments[3].from_month", of_history([](Form& f) { add_row(f, 202512, 202512); })},
      {kAfterStop, "segments[3].to_month", of_history([](Form& f) { add_row(f, 202610, 202610); })},
      {kTotals, "actual_months", of_form([](Form& f) { f.set_actual_months(114); })},
      {kTotals, "deemed_months", of_form([](Form& f) { f.set_deemed_months(0); })},
      {kTotals, "continuous_months", of_form([](Form& f) { f.set_continuous_months(133); })},
      {kGaps, "gaps", of_form([](Form& f) { f.clear_gaps(); })},
      {kGaps, "gaps", of_form([](Form& f) { f.mutable_gaps(0)->set_to_month(201703); })},
  };
}

std::vector<Case> money_cases() {
  using enum FormRule;
  return {
      {kAmountRange, "segments[0].base_fen",
       of_form([](Form& f) { f.mutable_segments(0)->set_base_fen(-1); })},
      {kAmountRange, "segments[0].year_end_balance_fen",
       of_form([](Form& f) { f.mutable_segments(0)->set_year_end_balance_fen(-1); })},
      {kAmountRange, "account.interest_fen",
       of_form([](Form& f) { f.mutable_account()->set_interest_fen(INT64_MAX); })},
      {kBalanceSum, "account.balance_fen",
       of_form([](Form& f) { f.mutable_account()->set_principal_fen(120'001); })},
      {kBalanceSign, "account.balance_fen",
       of_form([](Form& f) { set_account(f, v1::DISPOSITION_ZERO, 1); })},
      {kBalanceSign, "account.balance_fen",
       of_form([](Form& f) { set_account(f, v1::DISPOSITION_NONE, 1); })},
      {kBalanceSign, "account.balance_fen",
       of_form([](Form& f) { set_account(f, v1::DISPOSITION_NEGATIVE_OFFSET, 0); })},
      {kResidentAccount, "account.disposition", of_history([](Form& f) {
         make_resident(f);
         set_account(f, v1::DISPOSITION_ZERO, 0);
       })},
      {kAmountDisposition, "account.amount_fen",
       of_form([](Form& f) { set_account(f, v1::DISPOSITION_TRANSFER, 0); })},
      {kAmountDisposition, "account.amount_fen", of_form([](Form& f) {
         f.mutable_account()->set_disposition(v1::DISPOSITION_REFUND_PERSON);
       })},
      {kAmountBalance, "account.amount_fen",
       of_form([](Form& f) { f.mutable_account()->set_amount_fen(123'455); })},
      {kLetterDiffers, "letter_number", of_answer([](Form& f) { f.clear_letter_number(); })},
      {kPersonDiffers, "person.document_number", of_answer([](Form& f) {
         f.mutable_person()->set_document_number(make_citizen_id("350500", {1988, 4, 9}, 4));
       })},
      {kPersonDiffers, "person.document_number",
       of_answer([](Form& f) { f.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_OTHER); })},
      {kPersonDiffers, "person.name",
       of_answer([](Form& f) { f.mutable_person()->set_name("阿依古丽"); })},
      {kSchemeDiffers, "scheme_from",
       of_answer([](Form& f) { f.set_scheme_from(v1::SCHEME_RESIDENT); })},
      {kSchemeDiffers, "scheme_to",
       of_answer([](Form& f) { f.set_scheme_to(v1::SCHEME_RESIDENT); })},
  };
}

Findings of_account(const Change<v1::Payee>& change) {
  v1::Payee payee = sample_letter().payee();
  change(payee);
  return check_entered_payee(payee);
}

std::vector<Case> paper_cases() {
  using enum FormRule;
  const auto changed = [](const Change<v1::Certificate>& change) {
    Application form = full_application();
    change(*form.mutable_certificate());
    return check_application(form, kSampleToday);
  };
  return {
      {kCertificateDiffers, "certificate.name",
       changed([](v1::Certificate& f) { f.set_name("阿依古丽"); })},
      {kCertificateDiffers, "certificate.number",
       changed([](v1::Certificate& f) { f.set_number("闽2026年第00043号"); })},
      {kCertificateDiffers, "certificate.document_number", changed([](v1::Certificate& f) {
         f.set_document_number(make_citizen_id("350500", {1988, 4, 9}, 4));
       })},
      {kCertificateDiffers, "certificate.scheme",
       changed([](v1::Certificate& f) { f.set_scheme(v1::SCHEME_RESIDENT); })},
      {kCapitalAmount, "certificate.balance_capitals",
       changed([](v1::Certificate& f) { f.set_balance_capitals("壹仟贰佰肆拾元零伍分"); })},
      {kRowYear, "segments[2].year",
       of_form([](Form& f) { f.mutable_segments(2)->set_year(2025); })},
      {kEarlierRow, "segments",
       [] {
         const EarlierForm from{*AgencyId::parse("S44030000112"), sample_form()};
         const AgencyId ours = *AgencyId::parse("S41130010001");
         Form form = sample_form();
         form.mutable_segments()->RemoveLast();
         return check_earlier_rows(form, {&from, 1}, {&ours, 1});
       }()},
      {kHidden, "contact.address",
       of_letter([](Letter& f) { f.mutable_contact()->set_address("南阳市\n1"); })},
      {kHidden, "person.name",
       of_letter([](Letter& f) { f.mutable_person()->set_name("\u202e王五"); })},
      {kResidentPermit, "person.document_number", of_letter([](Letter& f) {
         f.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_FOREIGN_RESIDENT);
         f.mutable_person()->set_document_number("12");
       })},
      {kPaymentText, "payee.account_holder",
       of_account([](v1::Payee& f) { f.set_account_holder("\U00020BB7野家"); })},
      {kMissing, "certificate.number", changed([](v1::Certificate& f) { f.clear_number(); })},
      {kUnknownCode, "certificate.copy", changed([](v1::Certificate& f) { f.set_copy(4); })},
      {kMonthOrder, "certificate.benefits_to_month",
       changed([](v1::Certificate& f) { f.set_benefits_to_month(201507); })},
      {kFourEyes, "filing.reviewer", of_letter([](Letter& f) {
         *f.mutable_filing() = sample_filing();
         f.mutable_filing()->set_reviewer("0207");
       })},
      {kMonth, "segments[0].arrival_month",
       of_form([](Form& f) { f.mutable_segments(0)->set_arrival_month(201513); })},
      {kAgencyCode, "segments[0].agency",
       of_form([](Form& f) { f.mutable_segments(0)->set_agency("350500"); })},
      {kAmountRange, "segments[0].person_to_pool_fen",
       of_form([](Form& f) { f.mutable_segments(0)->set_person_to_pool_fen(-1); })},
      {kTooLong, "segments[0].remark",
       of_form([](Form& f) { f.mutable_segments(0)->set_remark(std::string(201, 'a')); })},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& part :
       {field_cases(), number_cases(), history_cases(), money_cases(), paper_cases()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

TEST_CASE("forms that break no rule give no finding") {
  CHECK(of_application([](Application&) {}).empty());
  CHECK(of_letter([](Letter&) {}).empty());
  CHECK(of_form([](Form&) {}).empty());
  CHECK(of_answer([](Form&) {}).empty());
}

TEST_CASE("an application with every field, and a form with every column, break no rule") {
  CHECK(check_application(full_application(), kSampleToday).empty());
  CHECK(of_letter([](Letter& f) { *f.mutable_filing() = sample_filing(); }).empty());
  CHECK(of_form([](Form& f) {
          f.set_transferred_on(20261106);
          v1::Segment& row = *f.mutable_segments(1);
          row.set_year(2020);
          row.set_agency("S35050000101");
          row.set_wage_fen(650'000);
          row.set_arrival_month(201704);
          row.set_employer_to_account_fen(100);
          row.set_employer_to_pool_fen(200);
          row.set_person_to_account_fen(300);
          row.set_person_to_pool_fen(0);
          row.set_remark("原单位补缴");
        }).empty());
}

TEST_CASE("capitals are one amount however a printer spells them") {
  for (const char* capitals :
       {"壹仟贰佰零肆元零伍分", "壹仟贰佰零肆圆伍分", "人民币 壹仟贰佰零肆元零伍分",
        "人民币：壹仟贰佰零肆元零伍分", "人民币（大写）壹仟贰佰零肆元零角伍分",
        "人民幣壹仟貳佰零肆圓零伍分", "大写：壹仟貮佰〇肆元伍分"}) {
    CAPTURE(capitals);
    Application form = full_application();
    form.mutable_certificate()->set_balance_capitals(capitals);
    CHECK(check_application(form, kSampleToday).empty());
  }
}

TEST_CASE("each broken rule gives its one finding, at its field") {
  for (const Case& row : all_cases()) {
    CAPTURE(static_cast<uint32_t>(row.rule), row.field);
    REQUIRE(row.findings.size() == 1);
    CHECK(row.findings[0].rule == row.rule);
    CHECK(row.findings[0].field == row.field);
    CHECK_FALSE(row.findings[0].text.empty());
  }
}

TEST_CASE("every rule has a case") {
  std::set<uint32_t> seen;
  for (const Case& row : all_cases()) seen.insert(static_cast<uint32_t>(row.rule));
  for (uint32_t rule = 2; rule <= kFormRuleLast; ++rule) {
    CAPTURE(rule);
    CHECK(seen.count(rule) == 1);
  }
  CHECK(seen.size() == kFormRuleLast - 1);
}

TEST_CASE("findings stand in the order of their rules") {
  const Findings findings = of_form([](Form& f) {
    f.mutable_account()->set_principal_fen(0);
    f.set_reviewer(f.handler());
    f.clear_last_employer();
    f.mutable_segments(1)->set_to_month(201702);
    f.mutable_person()->clear_name();
  });
  REQUIRE(findings.size() == 4);
  CHECK(findings[0].rule == FormRule::kMissing);
  CHECK(findings[1].rule == FormRule::kFourEyes);
  CHECK(findings[2].rule == FormRule::kMonthOrder);
  CHECK(findings[3].rule == FormRule::kBalanceSum);
}

TEST_CASE("findings name no person") {
  const std::string number = "110105194912310021";
  const Findings findings = of_answer([&](Form& f) {
    f.mutable_person()->set_name("王伟");
    f.mutable_person()->set_document_number(number);
  });
  REQUIRE(findings.size() == 2);
  for (const Finding& finding : findings) {
    CHECK(finding.text.find(number) == std::string::npos);
    CHECK(finding.text.find("王伟") == std::string::npos);
  }
}

TEST_CASE("an empty form of any kind has findings and no crash") {
  CHECK(check_application({}, kSampleToday).size() == 8);
  CHECK_FALSE(check_letter({}, kSampleToday).empty());
  CHECK_FALSE(check_form({}, kSampleToday).empty());
  CHECK(check_form_against_letter({}, {}).empty());
}

TEST_CASE("lengths are counted in characters, not bytes") {
  CHECK(of_letter([](Letter& f) {
          std::string name;
          for (size_t i = 0; i < limits::kNameCharsMax; ++i) name += "𠮷";
          f.mutable_person()->set_name(name);
        }).empty());
}

TEST_CASE("today is not in the future") {
  CHECK(of_letter([](Letter& f) { f.set_issued_on(kSampleToday.yyyymmdd()); }).empty());
}

TEST_CASE("a passport number follows no algorithm") {
  CHECK(of_letter([](Letter& f) {
          f.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
          f.mutable_person()->set_document_number("E00000000");
        }).empty());
}

TEST_CASE("a bank without a line number is enough") {
  CHECK(of_letter([](Letter& f) { f.mutable_payee()->clear_cnaps(); }).empty());
}

TEST_CASE("a new version that says what it replaces and why is sound") {
  CHECK(of_history([](Form& f) {
          f.set_version(2);
          f.set_replaces(1);
          f.set_reason("months of 2017");
        }).empty());
}

TEST_CASE("refunded rows may overlap and may lie after the stop") {
  CHECK(of_history([](Form& f) {
          add_row(f, 202512, 202512, v1::SEGMENT_KIND_REFUNDED);
          add_row(f, 202610, 202610, v1::SEGMENT_KIND_REFUNDED);
        }).empty());
}

TEST_CASE("two schemes may hold the same month") {
  CHECK(of_history([](Form& f) {
          add_row(f, 202001, 202012, v1::SEGMENT_KIND_ACTUAL, v1::SCHEME_RESIDENT);
        }).empty());
}

TEST_CASE("rows of earlier areas need no area that exists today") {
  CHECK(of_form([](Form& f) { f.mutable_segments(0)->set_area("361199"); }).empty());
}

TEST_CASE("a row that overlaps two others is found behind both") {
  const Findings findings = of_history([](Form& f) {
    f.clear_segments();
    add_row(f, 202001, 202212);
    add_row(f, 202003, 202003);
    add_row(f, 202101, 202103);
  });
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].field == "segments[1].from_month");
  CHECK(findings[1].field == "segments[2].from_month");
  CHECK(findings[1].text == "shares months with segments[0]");
}

TEST_CASE("every disposition has a sound form") {
  const std::pair<v1::Disposition, int64_t> sound[] = {
      {v1::DISPOSITION_TRANSFER, 1},
      {v1::DISPOSITION_NONE, 0},
      {v1::DISPOSITION_ZERO, 0},
      {v1::DISPOSITION_REFUND_PERSON, 100},
      {v1::DISPOSITION_SHARED_IN_PROVINCE, 100},
      {v1::DISPOSITION_NEGATIVE_OFFSET, -100},
  };
  for (const auto& [disposition, balance_fen] : sound) {
    CAPTURE(disposition);
    CHECK(of_form([&](Form& f) { set_account(f, disposition, balance_fen); }).empty());
  }
  CHECK(of_history([](Form& f) {
          make_resident(f);
          f.clear_account();
          f.mutable_account()->set_disposition(v1::DISPOSITION_NONE);
        }).empty());
}

TEST_CASE("an overdrawn account may have been overdrawn at a year's end") {
  CHECK(of_form([](Form& f) {
          set_account(f, v1::DISPOSITION_NEGATIVE_OFFSET, -100);
          f.mutable_segments(2)->set_year_end_balance_fen(-100);
        }).empty());
}

TEST_CASE("a person is the same in old and new spellings") {
  CHECK(of_answer([](Form& f) {
          f.mutable_person()->set_name("阿依古丽•买买提　");
          const std::string id = f.person().document_number();
          f.mutable_person()->set_document_number(id.substr(0, 6) + id.substr(8, 9));
        }).empty());
}

}  // namespace jiexu::form_check_test
