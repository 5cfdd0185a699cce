#include "tests/rules/sample_forms.h"

#include "daemon/rules/citizen_id.h"
#include "daemon/rules/history.h"
#include "daemon/rules/iso7064.h"
#include "daemon/rules/letter_number.h"

namespace jiexu {
namespace {

v1::Person sample_person() {
  v1::Person person;
  person.set_name("阿依古丽·买买提");
  person.set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  person.set_document_number(make_citizen_id("350500", {1988, 4, 9}, 2));
  person.set_sex(v1::SEX_FEMALE);
  person.set_birth_date(19880409);
  person.set_origin_person_number("35050000000000000000123456");
  return person;
}

std::string sample_letter_number() {
  return LetterNumber::make(*AgencyId::parse("S41132810207"), {2026, 11, 2}, 42)->text();
}

}  // namespace

v1::Application sample_application() {
  v1::Application form;
  *form.mutable_person() = sample_person();
  form.set_origin_agency("S35050000101");
  form.set_scheme_from(v1::SCHEME_EMPLOYEE);
  form.set_scheme_to(v1::SCHEME_EMPLOYEE);
  form.set_origin_area_name("福建省泉州市");
  form.set_applied_on(20261030);
  return form;
}

v1::Application full_application() {
  v1::Application form = sample_application();
  form.set_certificate_number("闽2026年第00042号");
  form.set_origin_area("350500");
  form.set_origin_office("泉州市医疗保障中心");
  form.mutable_origin_contact()->set_phone("0595-00000000");
  form.mutable_origin_contact()->set_postcode("362000");
  v1::Agent& agent = *form.mutable_agent();
  agent.set_name("阿不都·热合曼");
  agent.set_phone("13900000000");
  agent.set_relation("配偶");
  agent.set_address("南阳市卧龙区");
  agent.set_postcode("473000");
  *form.mutable_certificate() = sample_certificate();
  *form.mutable_filing() = sample_filing();
  return form;
}

v1::Certificate sample_certificate() {
  const v1::Person person = sample_person();
  v1::Certificate certificate;
  certificate.set_number("闽2026年第00042号");
  certificate.set_copy(1);
  certificate.set_check_code("7Q2M");
  certificate.set_name(person.name());
  certificate.set_document_number(person.document_number());
  certificate.set_insurance_number("3505000000012345");
  certificate.set_household_address("福建省泉州市丰泽区");
  certificate.set_household_type("20");
  certificate.set_scheme(v1::SCHEME_EMPLOYEE);
  certificate.set_place("泉州市医疗保障中心");
  certificate.set_insured_from_month(201507);
  certificate.set_insured_to_month(202609);
  certificate.set_benefits_from_month(201508);
  certificate.set_benefits_to_month(202609);
  certificate.set_balance_fen(120'405);
  certificate.set_balance_capitals("人民币壹仟贰佰零肆圆零伍分");
  certificate.set_office("泉州市医疗保障中心");
  certificate.mutable_contact()->set_person("0107");
  certificate.mutable_contact()->set_phone("0595-00000000");
  certificate.set_printed_on(20261028);
  return certificate;
}

v1::Filing sample_filing() {
  v1::Filing filing;
  filing.set_business_serial("YW20261030000001");
  filing.set_trace_id("T1");
  filing.set_transfer_type("1");
  filing.set_direction("11");
  filing.set_transfer_system("1");
  filing.set_handler("0207");
  filing.set_reviewer("0212");
  return filing;
}

v1::ContactLetter sample_letter() {
  v1::ContactLetter form;
  form.set_letter_number(sample_letter_number());
  *form.mutable_person() = sample_person();
  form.set_scheme_from(v1::SCHEME_EMPLOYEE);
  form.set_scheme_to(v1::SCHEME_EMPLOYEE);
  form.mutable_payee()->set_account_holder("南阳市医疗保障基金财政专户");
  form.mutable_payee()->set_account_number("41001500000000000001");
  form.mutable_payee()->set_bank_name("中国建设银行南阳分行");
  form.mutable_payee()->set_cnaps("105100000017");
  form.mutable_contact()->set_phone("0377-00000000");
  form.mutable_contact()->set_address("南阳市");
  form.mutable_contact()->set_postcode("473000");
  form.set_issued_on(20261102);
  form.set_policy_profile("NHSA-2021");
  return form;
}

v1::Segment& add_row(v1::InformationForm& form, int32_t from_month, int32_t to_month,
                     v1::SegmentKind kind, v1::Scheme scheme) {
  v1::Segment& row = *form.add_segments();
  row.set_area("350500");
  row.set_area_name("泉州市");
  row.set_scheme(scheme);
  row.set_from_month(from_month);
  row.set_to_month(to_month);
  row.set_months((to_month / 100 - from_month / 100) * 12 + to_month % 100 - from_month % 100 + 1);
  row.set_kind(kind);
  row.set_base_fen(500'000);
  return row;
}

v1::InformationForm sample_form() {
  v1::InformationForm form;
  form.set_letter_number(sample_letter_number());
  form.set_version(1);
  *form.mutable_person() = sample_person();
  form.set_scheme_from(v1::SCHEME_EMPLOYEE);
  form.set_scheme_to(v1::SCHEME_EMPLOYEE);
  form.set_stopped_on(20260915);
  add_row(form, 201507, 201612, v1::SEGMENT_KIND_DEEMED);
  add_row(form, 201703, 202512);
  add_row(form, 202601, 202609);
  form.mutable_account()->set_disposition(v1::DISPOSITION_TRANSFER);
  form.mutable_account()->set_amount_fen(123'456);
  form.mutable_account()->set_principal_fen(120'000);
  form.mutable_account()->set_interest_fen(3'456);
  form.mutable_account()->set_balance_fen(123'456);
  form.mutable_account()->set_as_of(20261105);
  form.set_handler("0107");
  form.set_reviewer("0112");
  form.set_issued_on(20261106);
  fill_derived(form);
  return form;
}

void make_another(int n, v1::Person& person) {
  const std::string number = "11010519491231" + std::to_string(100 + 2 * n);
  person.set_document_number(number + mod_11_2_check(number));
  person.set_birth_date(19491231);
  person.set_sex(v1::SEX_FEMALE);
}

}  // namespace jiexu
