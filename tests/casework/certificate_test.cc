#include <catch2/catch.hpp>

#include "daemon/casework/certificates.h"
#include "daemon/rules/certificate_number.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace certificate_test {
namespace {

v1::Certificate sound() {
  const v1::ContactLetter letter = sample_letter();
  v1::Certificate out;
  out.set_name(letter.person().name());
  out.set_document_number(letter.person().document_number());
  out.set_scheme(v1::SCHEME_EMPLOYEE);
  out.set_place("Quanzhou");
  out.set_insured_from_month(201001);
  out.set_insured_to_month(202610);
  out.set_balance_fen(140'950);
  return out;
}

Answered<v1::CertificateView> issue(Site& site, v1::Certificate certificate) {
  std::optional<Answered<v1::CertificateView>> answer;
  REQUIRE(site.engine->kernel().handle(
      make_command(
          "clerk",
          IssueCertificateCommand{std::make_shared<const v1::Certificate>(std::move(certificate))},
          [&](Answered<v1::CertificateView>&& got) { answer = std::move(got); }),
      at(site.now)));
  while (!answer) REQUIRE(site.commit());
  return *answer;
}

}  // namespace

TEST_CASE(
    "what a clerk does not say of a certificate is filled in, and it is found by its number") {
  Site site(out_site(), kNow);
  const auto issued = issue(site, sound());
  REQUIRE(issued);
  const v1::Certificate& certificate = issued->certificate();
  CHECK(certificate.number() == certificate_number(out_site(), kNow));
  CHECK(certificate.check_code().size() == 12);
  CHECK(certificate.balance_capitals() == "壹仟肆佰零玖元伍角整");
  CHECK(certificate.office() == test_directory()->find(out_site())->name);
  CHECK(certificate.printed_on() == date_of(kNow).yyyymmdd());
  CHECK(issued->use_until() == "2027-02-20");
  CHECK(issued->issued_by() == "clerk");
  site.restart();
  const auto found = find_certificate(site.records(), certificate.number());
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->SerializeAsString() == issued->SerializeAsString());
  CHECK_FALSE(*find_certificate(site.records(), "鲁2016年第001号"));
  CHECK_FALSE(*find_certificate(site.records(), certificate_number(in_site(), kNow)));
}

TEST_CASE("certificates of one second have different numbers, and all are listed in order") {
  Site site(out_site(), kNow);
  const std::string first = issue(site, sound())->certificate().number();
  const std::string second = issue(site, sound())->certificate().number();
  CHECK(second == certificate_number(out_site(), kNow.plus_ms(1000)));
  const auto page = list_certificates(site.records(), std::nullopt, 1);
  REQUIRE(page);
  REQUIRE(page->certificates.size() == 1);
  CHECK(page->certificates[0].certificate().number() == first);
  const auto rest = list_certificates(site.records(), page->next, 10);
  REQUIRE(rest);
  REQUIRE(rest->certificates.size() == 1);
  CHECK(rest->certificates[0].certificate().number() == second);
  CHECK_FALSE(rest->next);
}

TEST_CASE(
    "a certificate that lacks something is not issued, and everything that it lacks is said") {
  Site site(out_site(), kNow);
  const auto empty = issue(site, v1::Certificate());
  REQUIRE_FALSE(empty);
  CHECK(empty.error().refusal == Refusal::kCertificateInvalid);
  for (const char* field : {"certificate.name", "certificate.document_number", "certificate.place",
                            "certificate.scheme", "certificate.insured_from_month"}) {
    CHECK_THAT(empty.error().detail, Catch::Contains(field));
  }
  v1::Certificate turned = sound();
  turned.set_insured_to_month(200912);
  CHECK(issue(site, turned).error().refusal == Refusal::kCertificateInvalid);
  v1::Certificate given = sound();
  given.set_balance_capitals("壹元整");  // another amount than the figures
  CHECK(issue(site, given).error().refusal == Refusal::kCertificateInvalid);
  CHECK(list_certificates(site.records(), std::nullopt, 10)->certificates.empty());
}

}  // namespace certificate_test
