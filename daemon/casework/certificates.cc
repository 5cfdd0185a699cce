#include "daemon/casework/certificates.h"

#include "daemon/base/bytes.h"
#include "daemon/cases/refusal.h"
#include "daemon/engine/scan_page.h"
#include "daemon/rules/capital_amount.h"
#include "daemon/rules/certificate_number.h"
#include "daemon/rules/form_check.h"
#include "daemon/rules/person_terms.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kCodeBytes = 6;
// For a transfer a certificate is good for three months from its print.
constexpr int kMonthsOfUse = 3;

}  // namespace

void Certificates::register_with(Kernel& kernel) {
  kernel.answer<IssueCertificateCommand>(
      CommandKind::kAct, [this](const IssueCertificateCommand& asked, const std::string& user,
                                Moment now) { return issue(*asked.certificate, user, now.wall); });
}

Result<Answered<v1::CertificateView>> Certificates::issue(const v1::Certificate& given,
                                                          const std::string& user, Instant now) {
  const auto findings = check_new_certificate(given, date_of(now));
  if (!findings.empty()) {
    return Answered<v1::CertificateView>(refuse(Refusal::kCertificateInvalid, describe(findings)));
  }
  TRY(const auto second, free_second(now));
  v1::CertificateRecord record;
  *record.mutable_certificate() = given;
  fill(*record.mutable_certificate(), second);
  record.set_issued_by(user);
  record.set_issued_at_ms(now.ms);
  tx_.put_message(layout::certificate_key(certificate_stamp(second)), record);
  return Answered<v1::CertificateView>(view_of(record));
}

// Two people at two desks may issue in one second.
Result<Instant> Certificates::free_second(Instant now) const {
  for (Instant second = now;; second = second.plus_ms(1000)) {
    TRY(const auto taken, tx_.get(layout::certificate_key(certificate_stamp(second))));
    if (!taken) return second;
  }
}

void Certificates::fill(v1::Certificate& certificate, Instant second) const {
  certificate.set_number(certificate_number(self_, second));
  const PersonHash code = vault_.person_hash("certificate:" + certificate.number() + ":" +
                                             certificate.document_number());
  certificate.set_check_code(to_hex(view(code).substr(0, kCodeBytes)));
  certificate.clear_copy();
  certificate.set_balance_capitals(
      capital_amount(Fen{certificate.balance_fen()}).value_or(std::string()));
  certificate.set_printed_on(date_of(second).yyyymmdd());
  const Agency* own = directory_ == nullptr ? nullptr : directory_->find(self_);
  if (own == nullptr) return;
  certificate.set_office(own->name);
  v1::Contact& contact = *certificate.mutable_contact();
  contact.set_person(own->contact.person);
  contact.set_phone(own->contact.phone);
  contact.set_address(own->contact.address);
  contact.set_postcode(own->contact.postcode);
}

v1::CertificateView view_of(const v1::CertificateRecord& record) {
  v1::CertificateView out;
  *out.mutable_certificate() = record.certificate();
  out.set_issued_by(record.issued_by());
  const Instant at{record.issued_at_ms()};
  out.set_issued_at(at.str());
  out.set_use_until(months_after(date_of(at), kMonthsOfUse).str());
  return out;
}

Result<std::optional<v1::CertificateView>> find_certificate(const Records& records,
                                                            std::string_view number) {
  const auto stamp = certificate_stamp(number);
  if (!stamp) return std::nullopt;
  TRY(const auto record, records.get_message<v1::CertificateRecord>(
                             Family::kMeta, Key(layout::certificate_key(*stamp))));
  if (!record || record->certificate().number() != number) return std::nullopt;
  return view_of(*record);
}

Result<CertificatePage> list_certificates(const Records& records, std::optional<uint64_t> after,
                                          size_t limit) {
  struct Found {
    uint64_t stamp;
    v1::CertificateView view;
  };
  const std::string behind = after ? Key(layout::certificate_key(*after)).str() : "";
  TRY(auto found,
      scan_page<Found>(records, {Family::kMeta, layout::kCertificates, behind}, limit,
                       [](std::string_view key, std::string_view value) -> Result<Found> {
                         TRY(const auto stamp, layout::parse_certificate_key(key));
                         TRY(const auto record, parse_as<v1::CertificateRecord>(value));
                         return Found{stamp, view_of(record)};
                       }));
  CertificatePage page;
  if (found.more) page.next = found.entries.back().stamp;
  for (Found& one : found.entries) page.certificates.push_back(std::move(one.view));
  return page;
}

}  // namespace jiexu
