#include "daemon/rules/application_check.h"

#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "daemon/rules/capital_amount.h"
#include "daemon/rules/citizen_id.h"

namespace jiexu {
namespace {

using enum Need;

constexpr uint32_t kCopies = 3;  // a certificate is made in triplicate
constexpr int64_t kOverdrawnMinFen = -kFormAmountMaxFen;

// Removes each `piece` from `text`.
void remove_all(std::string& text, std::string_view piece) {
  for (size_t at = text.find(piece); at != std::string::npos; at = text.find(piece)) {
    text.erase(at, piece.size());
  }
}

struct Spelling {
  std::string_view written;
  std::string_view ours;
};

// The traditional characters are the same figures on every paper (支付结算办法, annex 1, art. 1).
constexpr Spelling kOtherFigures[] = {{"貳", "贰"}, {"貮", "贰"}, {"弍", "贰"}, {"參", "叁"},
                                      {"叄", "叁"}, {"陸", "陆"}, {"萬", "万"}, {"億", "亿"},
                                      {"負", "负"}, {"〇", "零"}};

void replace_all(std::string& text, const Spelling& spelling) {
  for (size_t at = text.find(spelling.written); at != text.npos;
       at = text.find(spelling.written, at + spelling.ours.size())) {
    text.replace(at, spelling.written.size(), spelling.ours);
  }
}

// What printers write differently in capitals: 圆 and 元, 正 and 整, 人民币 and 大写 before, 零 between,
// 零角 for none, 拾 for 壹拾.
std::string capitals_key(std::string_view capitals) {
  std::string key = name_key(capitals);
  for (const Spelling& spelling : kOtherFigures) replace_all(key, spelling);
  for (const std::string_view piece : {"人民币", "人民幣", "(", ")", "大写", "大寫", ":", "圆",
                                       "圓", "元", "整", "正", "零角", "零"}) {
    remove_all(key, piece);
  }
  if (key.starts_with("拾")) key.insert(0, "壹");
  return key;
}

void check_span(FieldChecks& checks, std::string_view name, int32_t from, int32_t to) {
  const std::string from_field = std::string(name) + "_from_month";
  const std::string to_field = std::string(name) + "_to_month";
  checks.month({"certificate", from_field}, from, kOptional);
  checks.month({"certificate", to_field}, to, kOptional);
  if (is_month(from) && is_month(to) && from > to) {
    checks.add(FormRule::kMonthOrder, {"certificate", to_field}, "ends before it begins");
  }
}

void check_balance(FieldChecks& checks, const v1::Certificate& certificate) {
  const size_t before = checks.count();
  checks.amount({"certificate", "balance_fen"}, certificate.balance_fen(), kOverdrawnMinFen);
  if (!checks.text({"certificate", "balance_capitals"}, certificate.balance_capitals(), kOptional,
                   100) ||
      checks.count() != before) {
    return;
  }
  const auto capitals = capital_amount(Fen{certificate.balance_fen()});
  if (capitals && capitals_key(certificate.balance_capitals()) == capitals_key(*capitals)) return;
  checks.add(FormRule::kCapitalAmount, {"certificate", "balance_capitals"},
             "the figures say another amount");
}

void check_differs(FieldChecks& checks, std::string_view name, bool differs) {
  if (!differs) return;
  checks.add(FormRule::kCertificateDiffers, {"certificate", name}, "the application says another");
}

void check_same(FieldChecks& checks, const v1::Application& form) {
  const v1::Certificate& certificate = form.certificate();
  const v1::Person& person = form.person();
  const auto key = [&](std::string_view number) {
    return document_key(person.document_type(), number);
  };
  check_differs(checks, "number",
                !form.certificate_number().empty() && !certificate.number().empty() &&
                    form.certificate_number() != certificate.number());
  check_differs(
      checks, "name",
      !certificate.name().empty() && name_key(certificate.name()) != name_key(person.name()));
  check_differs(checks, "document_number",
                !certificate.document_number().empty() &&
                    key(certificate.document_number()) != key(person.document_number()));
  check_differs(
      checks, "scheme",
      certificate.scheme() != v1::SCHEME_UNSPECIFIED && certificate.scheme() != form.scheme_from());
}

void check_optional_contact(FieldChecks& checks, std::string_view path,
                            const v1::Contact& contact) {
  checks.text({path, "person"}, contact.person(), kOptional, limits::kNameCharsMax);
  checks.text({path, "phone"}, contact.phone(), kOptional, 25);
  checks.text({path, "address"}, contact.address(), kOptional, 200);
  checks.six_digits({path, "postcode"}, contact.postcode(), kOptional);
}

void check_texts(FieldChecks& checks, const v1::Certificate& certificate) {
  const auto text = [&](std::string_view name, std::string_view value, size_t chars_max) {
    checks.text({"certificate", name}, value, kOptional, chars_max);
  };
  checks.text({"certificate", "number"}, certificate.number(), kRequired, 50);
  text("check_code", certificate.check_code(), 50);
  text("name", certificate.name(), limits::kNameCharsMax);
  text("document_number", certificate.document_number(), kDocumentCharsMax);
  text("insurance_number", certificate.insurance_number(), 30);
  text("household_address", certificate.household_address(), 200);
  text("household_type", certificate.household_type(), 20);
  text("householder_name", certificate.householder_name(), limits::kNameCharsMax);
  text("householder_number", certificate.householder_number(), kDocumentCharsMax);
  text("place", certificate.place(), 100);
  text("office", certificate.office(), 100);
}

}  // namespace

void check_origin(FieldChecks& checks, const v1::Application& form) {
  checks.six_digits({"", "origin_area"}, form.origin_area(), kOptional);
  checks.text({"", "origin_office"}, form.origin_office(), kOptional, 50);
  check_optional_contact(checks, "origin_contact", form.origin_contact());
}

void check_agent(FieldChecks& checks, const v1::Application& form) {
  const v1::Agent& agent = form.agent();
  checks.text({"agent", "name"}, agent.name(), form.has_agent() ? kRequired : kOptional, 60);
  checks.text({"agent", "phone"}, agent.phone(), kOptional, 50);
  checks.text({"agent", "relation"}, agent.relation(), kOptional, 20);
  checks.text({"agent", "address"}, agent.address(), kOptional, 100);
  checks.six_digits({"agent", "postcode"}, agent.postcode(), kOptional);
}

void check_certificate(FieldChecks& checks, const v1::Application& form) {
  if (!form.has_certificate()) return;
  const v1::Certificate& certificate = form.certificate();
  check_texts(checks, certificate);
  if (certificate.copy() > kCopies) {
    checks.add(FormRule::kUnknownCode, {"certificate", "copy"}, "there are copies 1 to 3");
  }
  if (certificate.scheme() != v1::SCHEME_UNSPECIFIED) {
    checks.code({"certificate", "scheme"}, certificate.scheme(),
                v1::Scheme_IsValid(certificate.scheme()));
  }
  check_span(checks, "insured", certificate.insured_from_month(), certificate.insured_to_month());
  check_span(checks, "benefits", certificate.benefits_from_month(),
             certificate.benefits_to_month());
  check_balance(checks, certificate);
  check_optional_contact(checks, "certificate.contact", certificate.contact());
  checks.date({"certificate", "printed_on"}, certificate.printed_on(), kOptional);
  check_same(checks, form);
}

void check_printed(FieldChecks& checks, const v1::Certificate& certificate) {
  const auto need = [&](std::string_view name, const std::string& value, size_t chars_max) {
    if (value.empty()) checks.text({"certificate", name}, value, kRequired, chars_max);
  };
  need("name", certificate.name(), limits::kNameCharsMax);
  need("document_number", certificate.document_number(), kDocumentCharsMax);
  need("place", certificate.place(), 100);
  if (certificate.scheme() == v1::SCHEME_UNSPECIFIED) {
    checks.code({"certificate", "scheme"}, certificate.scheme(), false);
  }
  checks.month({"certificate", "insured_from_month"}, certificate.insured_from_month(), kRequired);
  checks.month({"certificate", "insured_to_month"}, certificate.insured_to_month(), kRequired);
}

void check_filing(FieldChecks& checks, const v1::Filing& filing) {
  checks.text({"filing", "business_serial"}, filing.business_serial(), kOptional, 20);
  checks.text({"filing", "trace_id"}, filing.trace_id(), kOptional, 20);
  checks.text({"filing", "transfer_type"}, filing.transfer_type(), kOptional, 20);
  checks.text({"filing", "direction"}, filing.direction(), kOptional, 20);
  checks.text({"filing", "transfer_system"}, filing.transfer_system(), kOptional, 20);
  check_hands(checks, "filing", filing.handler(), filing.reviewer(), kOptional);
}

void check_hands(FieldChecks& checks, std::string_view parent, std::string_view handler,
                 std::string_view reviewer, Need need) {
  const bool handled = checks.text({parent, "handler"}, handler, need, 50);
  const bool reviewed = checks.text({parent, "reviewer"}, reviewer, need, 50);
  if (handled && reviewed && name_key(handler) == name_key(reviewer)) {
    checks.add(FormRule::kFourEyes, {parent, "reviewer"},
               "handler and reviewer must be two people");
  }
}

std::string document_key(v1::DocumentType type, std::string_view number) {
  return type == v1::DOCUMENT_TYPE_CITIZEN_ID ? normalise_citizen_id(number) : number_key(number);
}

}  // namespace jiexu
