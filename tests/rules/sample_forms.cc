#include "tests/rules/sample_forms.h"

#include "daemon/rules/citizen_id.h"
#include "daemon/rules/history.h"
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

}  // namespace jiexu
