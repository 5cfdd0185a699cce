#include "daemon/rules/form_check.h"

#include "daemon/base/gbk.h"
#include "daemon/base/ids.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/rules/application_check.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/rules/cnaps.h"
#include "daemon/rules/field_checks.h"
#include "daemon/rules/history.h"
#include "daemon/rules/letter_number.h"
#include "daemon/rules/policy.h"
#include "daemon/rules/resident_permit.h"

namespace jiexu {
namespace {

constexpr int kFormerAgenciesMax = 16;

using enum Need;

// Lengths are those of the fields on the live screens of transfer-in and transfer-out.
constexpr size_t kCertificateCharsMax = 50;

void check_citizen_id(FieldChecks& checks, const v1::Person& person) {
  const auto id = CitizenId::parse(person.document_number(), checks.today());
  if (!id) {
    checks.add(FormRule::kCitizenId, {"person", "document_number"},
               std::string(describe(id.error())));
    return;
  }
  if (person.birth_date() != 0 && person.birth_date() != id->birth_date().yyyymmdd()) {
    checks.add(FormRule::kBirthDateDiffers, {"person", "birth_date"},
               "the citizen id has another birth date");
  }
  const bool stated = person.sex() == v1::SEX_MALE || person.sex() == v1::SEX_FEMALE;
  if (stated && person.sex() != static_cast<int>(id->sex())) {
    checks.add(FormRule::kSexDiffers, {"person", "sex"}, "the citizen id has the other sex");
  }
}

// The personal number at origin is not required: where the citizen id is the key there is none.
void check_person(FieldChecks& checks, const v1::Person& person) {
  checks.text({"person", "name"}, person.name(), kRequired, limits::kNameCharsMax);
  const bool typed = checks.code({"person", "document_type"}, person.document_type(),
                                 v1::DocumentType_IsValid(person.document_type()));
  const bool numbered = checks.text({"person", "document_number"}, person.document_number(),
                                    kRequired, kDocumentCharsMax);
  if (person.sex() != v1::SEX_UNKNOWN) {
    checks.code({"person", "sex"}, person.sex(), v1::Sex_IsValid(person.sex()));
  }
  const bool born = person.birth_date() == 0 ||
                    checks.date({"person", "birth_date"}, person.birth_date(), kOptional);
  checks.text({"person", "origin_person_number"}, person.origin_person_number(), kOptional, 30);
  checks.text({"person", "household_type"}, person.household_type(), kOptional, 20);
  const bool citizen = person.document_type() == v1::DOCUMENT_TYPE_CITIZEN_ID;
  if (typed && numbered && born && citizen) check_citizen_id(checks, person);
  if (!numbered || person.document_type() != v1::DOCUMENT_TYPE_FOREIGN_RESIDENT) return;
  const auto wrong = wrong_with_resident_permit(person.document_number(), checks.today());
  if (wrong.empty()) return;
  checks.add(FormRule::kResidentPermit, {"person", "document_number"}, std::string(wrong));
}

template <class Form>
void check_schemes(FieldChecks& checks, const Form& form) {
  checks.code({"", "scheme_from"}, form.scheme_from(), v1::Scheme_IsValid(form.scheme_from()));
  checks.code({"", "scheme_to"}, form.scheme_to(), v1::Scheme_IsValid(form.scheme_to()));
}

void check_letter_number(FieldChecks& checks, std::string_view number) {
  if (!checks.text({"", "letter_number"}, number, kRequired, LetterNumber::kSize)) return;
  const auto parsed = LetterNumber::parse(number);
  if (!parsed) {
    checks.add(FormRule::kLetterNumber, {"", "letter_number"},
               std::string(describe(parsed.error())));
  } else if (parsed->text() != number) {
    // It is a key on both sides, so that only one spelling may be sent.
    checks.add(FormRule::kLetterNumber, {"", "letter_number"}, "must be ASCII digits");
  }
}

void check_payee(FieldChecks& checks, const v1::Payee& payee) {
  checks.text({"payee", "account_holder"}, payee.account_holder(), kRequired, 100);
  checks.text({"payee", "account_number"}, payee.account_number(), kRequired, 40);
  checks.text({"payee", "bank_name"}, payee.bank_name(), kRequired, 100);
  if (!checks.text({"payee", "cnaps"}, payee.cnaps(), kOptional, 20)) return;
  const auto cnaps = parse_cnaps(payee.cnaps());
  if (!cnaps) {
    checks.add(FormRule::kCnaps, {"payee", "cnaps"}, std::string(describe(cnaps.error())));
  }
}

void check_payment_text(FieldChecks& checks, std::string_view field, std::string_view value) {
  if (value.find('|') != value.npos) {
    checks.add(FormRule::kPaymentText, {"payee", field},
               "holds '|', which separates the columns of payment files");
  } else if (!to_gbk(value)) {
    checks.add(
        FormRule::kPaymentText, {"payee", field},
        "has a character that GBK lacks, and with it banks' files; write it as the bank does");
  }
}

void check_contact(FieldChecks& checks, const v1::Contact& contact) {
  checks.text({"contact", "person"}, contact.person(), kOptional, limits::kNameCharsMax);
  checks.text({"contact", "phone"}, contact.phone(), kRequired, 25);
  checks.text({"contact", "address"}, contact.address(), kRequired, 200);
  checks.six_digits({"contact", "postcode"}, contact.postcode());
}

void check_profile(FieldChecks& checks, const v1::ContactLetter& form, bool issued) {
  if (!checks.text({"", "policy_profile"}, form.policy_profile(), kRequired, 32) || !issued) return;
  if (!find_profile(form.policy_profile(), *Date::from_yyyymmdd(form.issued_on()))) {
    checks.add(FormRule::kPolicyProfile, {"", "policy_profile"},
               "no deadline profile of this name is in force on the day of issue");
  }
}

void check_former_agencies(FieldChecks& checks, const v1::ContactLetter& form) {
  const FieldChecks::Field field{"", "former_agencies"};
  if (form.former_agencies_size() > kFormerAgenciesMax) {
    return checks.add(FormRule::kTooLong, field, "the letter was sent on too often");
  }
  for (const std::string& agency : form.former_agencies()) checks.agency(field, agency);
}

void check_version(FieldChecks& checks, const v1::InformationForm& form) {
  if (form.version() == 0 || form.replaces() != form.version() - 1) {
    checks.add(FormRule::kVersion, {"", "replaces"},
               "versions count from 1, and each replaces the one before it");
  }
  if (checks.text({"", "form_number"}, form.form_number(), kRequired, 40) &&
      form.form_number() != form_number(form.letter_number(), form.version())) {
    checks.add(FormRule::kFormNumber, {"", "form_number"},
               "must be the letter number, '-' and the version");
  }
  checks.text({"", "reason"}, form.reason(), form.replaces() > 0 ? kRequired : kOptional, 500);
}

// Only an overdrawn account has negative parts.
bool check_amounts(FieldChecks& checks, const v1::Account& account) {
  const size_t before = checks.count();
  const bool overdrawn = account.disposition() == v1::DISPOSITION_NEGATIVE_OFFSET;
  const int64_t min_fen = overdrawn ? -kFormAmountMaxFen : 0;
  checks.amount({"account", "amount_fen"}, account.amount_fen());
  checks.amount({"account", "principal_fen"}, account.principal_fen(), min_fen);
  checks.amount({"account", "interest_fen"}, account.interest_fen(), min_fen);
  checks.amount({"account", "balance_fen"}, account.balance_fen(), min_fen);
  return checks.count() == before;
}

bool balance_fits(const v1::Account& account) {
  switch (account.disposition()) {
    case v1::DISPOSITION_NONE:
    case v1::DISPOSITION_ZERO: return account.balance_fen() == 0;
    case v1::DISPOSITION_NEGATIVE_OFFSET: return account.balance_fen() < 0;
    default: return account.balance_fen() >= 0;
  }
}

// REQUIRES: amounts in range, so that sums do not overflow, and a known disposition.
void check_money(FieldChecks& checks, const v1::InformationForm& form) {
  const v1::Account& account = form.account();
  const bool transfer = account.disposition() == v1::DISPOSITION_TRANSFER;
  if (account.principal_fen() + account.interest_fen() != account.balance_fen()) {
    checks.add(FormRule::kBalanceSum, {"account", "balance_fen"},
               "principal and interest do not add up to the balance");
  }
  if (!balance_fits(account)) {
    checks.add(FormRule::kBalanceSign, {"account", "balance_fen"},
               "the disposition does not go with such a balance");
  }
  if (form.scheme_from() == v1::SCHEME_RESIDENT && account.disposition() != v1::DISPOSITION_NONE) {
    checks.add(FormRule::kResidentAccount, {"account", "disposition"},
               "resident insurance has no personal account");
  }
  if (transfer != (account.amount_fen() > 0)) {
    checks.add(FormRule::kAmountDisposition, {"account", "amount_fen"},
               "an amount is given exactly when the balance is transferred");
  } else if (transfer && account.amount_fen() != account.balance_fen()) {
    checks.add(FormRule::kAmountBalance, {"account", "amount_fen"},
               "the whole balance is transferred, to the fen");
  }
}

void check_account(FieldChecks& checks, const v1::InformationForm& form) {
  const v1::Account& account = form.account();
  const bool known = checks.code({"account", "disposition"}, account.disposition(),
                                 v1::Disposition_IsValid(account.disposition()));
  const bool none = account.disposition() == v1::DISPOSITION_NONE;
  checks.date({"account", "as_of"}, account.as_of(), none ? kOptional : kRequired);
  if (check_amounts(checks, account) && known) check_money(checks, form);
}

}  // namespace

std::string describe(const std::vector<Finding>& findings) {
  std::string out;
  for (size_t i = 0; i < findings.size() && i < 10; ++i) {
    if (i > 0) out += "; ";
    out += findings[i].field + ": " + findings[i].text;
  }
  return out;
}

std::vector<Finding> check_application(const v1::Application& form, Date today) {
  FieldChecks checks(today);
  check_person(checks, form.person());
  if (checks.text({"", "origin_agency"}, form.origin_agency(), kRequired, AgencyId::kSize) &&
      !AgencyId::parse(form.origin_agency())) {
    checks.add(FormRule::kAgencyCode, {"", "origin_agency"}, "must be 'S' and 11 digits");
  }
  check_schemes(checks, form);
  checks.text({"", "origin_area_name"}, form.origin_area_name(), kRequired, 100);
  checks.text({"", "certificate_number"}, form.certificate_number(), kOptional,
              kCertificateCharsMax);
  check_origin(checks, form);
  check_agent(checks, form);
  check_certificate(checks, form);
  check_filing(checks, form.filing());
  checks.date({"", "applied_on"}, form.applied_on(), kRequired);
  return checks.take();
}

std::vector<Finding> check_new_certificate(const v1::Certificate& certificate, Date today) {
  FieldChecks checks(today);
  v1::Application form;
  *form.mutable_certificate() = certificate;
  form.mutable_certificate()->set_number("-");  // ours to give
  form.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  form.mutable_person()->set_document_number(certificate.document_number());
  form.mutable_person()->set_name(certificate.name());
  form.set_scheme_from(certificate.scheme());
  check_certificate(checks, form);
  check_printed(checks, certificate);
  return checks.take();
}

std::vector<Finding> check_letter(const v1::ContactLetter& form, Date today) {
  FieldChecks checks(today);
  check_letter_number(checks, form.letter_number());
  check_person(checks, form.person());
  check_schemes(checks, form);
  check_payee(checks, form.payee());
  check_contact(checks, form.contact());
  checks.text({"", "certificate_number"}, form.certificate_number(), kOptional,
              kCertificateCharsMax);
  check_filing(checks, form.filing());
  check_former_agencies(checks, form);
  const bool issued = checks.date({"", "issued_on"}, form.issued_on(), kRequired);
  check_profile(checks, form, issued);
  return checks.take();
}

std::vector<Finding> check_payee(const v1::Payee& payee) {
  FieldChecks checks({});
  check_payee(checks, payee);
  return checks.take();
}

std::vector<Finding> check_entered_payee(const v1::Payee& payee) {
  FieldChecks checks({});
  check_payee(checks, payee);
  check_payment_text(checks, "account_holder", payee.account_holder());
  check_payment_text(checks, "account_number", payee.account_number());
  check_payment_text(checks, "bank_name", payee.bank_name());
  return checks.take();
}

std::vector<Finding> check_contact(const v1::Contact& contact) {
  FieldChecks checks({});
  check_contact(checks, contact);
  return checks.take();
}

std::vector<Finding> check_form(const v1::InformationForm& form, Date today) {
  FieldChecks checks(today);
  check_letter_number(checks, form.letter_number());
  check_version(checks, form);
  check_person(checks, form.person());
  check_schemes(checks, form);
  checks.text({"", "last_employer"}, form.last_employer(), kOptional, 100);
  checks.date({"", "stopped_on"}, form.stopped_on(), kRequired);
  checks.date({"", "transferred_on"}, form.transferred_on(), kOptional);
  check_history(checks, form);
  check_account(checks, form);
  check_hands(checks, "", form.handler(), form.reviewer(), kRequired);
  checks.date({"", "issued_on"}, form.issued_on(), kRequired);
  return checks.take();
}

std::vector<Finding> check_form_against_letter(const v1::InformationForm& form,
                                               const v1::ContactLetter& letter) {
  FieldChecks checks({});
  const v1::Person& ours = letter.person();
  const v1::Person& theirs = form.person();
  if (form.letter_number() != letter.letter_number()) {
    checks.add(FormRule::kLetterDiffers, {"", "letter_number"}, "answers another letter");
  }
  const bool same_type = theirs.document_type() == ours.document_type();
  if (!same_type || document_key(theirs.document_type(), theirs.document_number()) !=
                        document_key(ours.document_type(), ours.document_number())) {
    checks.add(FormRule::kPersonDiffers, {"person", "document_number"},
               "not the document of the letter");
  }
  if (name_key(theirs.name()) != name_key(ours.name())) {
    checks.add(FormRule::kPersonDiffers, {"person", "name"}, "not the name of the letter");
  }
  if (form.scheme_from() != letter.scheme_from()) {
    checks.add(FormRule::kSchemeDiffers, {"", "scheme_from"}, "the letter names another scheme");
  }
  if (form.scheme_to() != letter.scheme_to()) {
    checks.add(FormRule::kSchemeDiffers, {"", "scheme_to"}, "the letter names another scheme");
  }
  return checks.take();
}

}  // namespace jiexu
