// Consistency rules over the forms of the exchange. Every rule has a number and every finding names
// the field that breaks it, so that a clerk sees where to look and a peer can answer by number
// (InformationQuery carries both). Nothing is repaired here and nothing is decided: whether a
// finding refuses a form, returns it or is only shown, the case machine and the clerk decide.
//
// What a form says about the world (does the person exist, was the money paid) is not checked.
// Findings come in enum order, and within a rule in the order of the fields. Their texts hold no
// personal data. Pure; every function may be called from any thread.
//
// `today` is the date of judgement in China Standard Time. Judging a peer's form, pass the date of
// now plus limits::kClockSkewMsMax: its clock may already be past midnight.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/time.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

// Enum order is check order. Numbers are never reused; they cross the wire.
enum class FormRule : uint32_t {
  // Any field. 1 was a text that is not well-formed UTF-8: parsing refuses it before any rule.
  kMissing = 2,      // required and empty
  kTooLong = 3,      // more characters than the field has on the live screens
  kUnknownCode = 4,  // not in the code list
  kDate = 5,         // not a date
  kFutureDate = 6,   // after today
  // Person.
  kCitizenId = 7,         // breaks a rule of GB 11643
  kBirthDateDiffers = 8,  // not the birth date in the citizen id
  kSexDiffers = 9,        // not the sex in the citizen id
  // Numbers.
  kAgencyCode = 10,     // not 'S' and 11 digits
  kLetterNumber = 11,   // not a letter number
  kPolicyProfile = 12,  // no profile of this name is in force on the day of issue
  kCnaps = 13,          // breaks a rule of bank line numbers
  kSixDigits = 14,      // postcode or division that is not 6 digits
  // Versions and hands.
  kVersion = 15,     // version is not one after `replaces`
  kFormNumber = 16,  // not letter number, '-', version
  kFourEyes = 17,    // handler and reviewer are one
  // History.
  kTooManyRows = 18,  // more than limits::kHistoryRowsMax
  kMonth = 19,        // not yyyymm from 195001 to 205012
  kMonthOrder = 20,   // ends before it begins
  kMonthCount = 21,   // more months than the row spans, or fewer than none
  kOverlap = 22,      // shares a month with another row of the scheme
  kAfterStop = 23,    // goes on after the month in which the insurance stopped
  kTotals = 24,       // not the sum over the rows
  kGaps = 25,         // not the months without cover that the rows leave
  // Account.
  kAmountRange = 26,        // below zero where it may not be, or above 9,999,999,999.99 yuan
  kBalanceSum = 27,         // principal and interest are not the balance
  kBalanceSign = 28,        // a balance that the disposition cannot have
  kResidentAccount = 29,    // resident insurance has no personal account
  kAmountDisposition = 30,  // an amount without TRANSFER, or TRANSFER without an amount
  kAmountBalance = 31,      // what is transferred is not the whole balance
  // Against the letter.
  kLetterDiffers = 32,  // answers another letter
  kPersonDiffers = 33,  // another document number, or another name
  kSchemeDiffers = 34,  // other schemes than the letter asks for
  // Paper that the person brought, and single rows.
  kCertificateDiffers = 35,  // the certificate has another person, number or scheme
  kCapitalAmount = 36,       // figures and capitals (大写) say different amounts
  kRowYear = 37,             // a row that lies outside of its year
  kEarlierRow = 38,  // a row of an earlier area that is not carried on as it came (earlier_rows.h)
  kHidden = 39,      // a character that nobody sees (has_hidden() of base/text.h)
  kResidentPermit = 40,  // no number of a permanent resident's card (resident_permit.h)
  kPaymentText = 41,     // a character that a payment file cannot hold
};

inline constexpr uint32_t kFormRuleLast = 41;

struct Finding {
  FormRule rule = FormRule::kMissing;
  std::string field;  // path, such as segments[3].to_month
  std::string text;   // one sentence for a clerk

  bool operator==(const Finding&) const = default;
};

// The first ten, each with its field.
std::string describe(const std::vector<Finding>& findings);

// Empty if all is well.
std::vector<Finding> check_application(const v1::Application& form, Date today);
// A certificate that this agency is to issue: what is on the person's side of it, under its own
// paths. Number, check code, capitals, office and day are ours to give.
std::vector<Finding> check_new_certificate(const v1::Certificate& certificate, Date today);
std::vector<Finding> check_letter(const v1::ContactLetter& form, Date today);
// The account of a letter by itself, under `payee`.
std::vector<Finding> check_payee(const v1::Payee& payee);
// The same of an account that is entered here. Besides, rule 41: a bank's file has to hold it, and
// some banks take GBK alone, in columns that '|' separates.
std::vector<Finding> check_entered_payee(const v1::Payee& payee);
std::vector<Finding> check_contact(const v1::Contact& contact);

// The form by itself. Totals and gaps are judged only if every row is sound, and money only if each
// amount is in range, so that one wrong cell gives one finding.
std::vector<Finding> check_form(const v1::InformationForm& form, Date today);

// The form as an answer to the letter: rules 32 to 34. Document numbers are compared after
// normalisation (15 and 18 characters are one), names by name_key.
std::vector<Finding> check_form_against_letter(const v1::InformationForm& form,
                                               const v1::ContactLetter& letter);

}  // namespace jiexu
