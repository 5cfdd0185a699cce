// What a case is on the disk, byte by byte, and what an approval of one of its proposals binds.
// Both are held in case_records.golden, because stores and proposals outlive the program that wrote
// them. JIEXU_REWRITE=1 in the environment rewrites the file.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "daemon/base/bytes.h"
#include "daemon/casework/case_store.h"
#include "daemon/casework/four_eyes.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace case_record_test {
namespace {

void fill_person(Case& subject) {
  subject.person.set_name("王小明");
  subject.person.set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  subject.person.set_document_number("11010519491231002X");
  subject.person.set_sex(v1::SEX_MALE);
  subject.person.set_birth_date(19491231);
  subject.person.set_origin_person_number("3505000001");
  subject.person.set_household_type("20");
  subject.person_hash.fill(0xa5);
  subject.payee.set_account_holder("示例市医疗保障局");
  subject.payee.set_account_number("6200123456789012");
  subject.payee.set_bank_name("示例银行");
  subject.payee.set_cnaps("102100099996");
}

void fill_lists(Case& subject) {
  subject.deadlines = {
      {DeadlineKind::kFormDue, {2026, 11, 20}, Date{2026, 12, 4}, true, 3, true, Date{2026, 12, 9}},
      {DeadlineKind::kFundsDue, {2026, 12, 25}, std::nullopt, false, 0, false, std::nullopt}};
  subject.former_peers = {{third_agency(), 0}, {*AgencyId::parse("S41990010001"), 2}};
  subject.papers = {{v1::Message::kInformationForm, 2, 0x0102030405060708},
                    {v1::Message::kClose, 0, 7}};
  Digest file;
  file.fill(0x11);
  subject.attachments.push_back(
      {file, 1000, "旧表.pdf", "application/pdf", false, true, 0, Attachment::Content::kGone});
  file.fill(0x22);
  subject.attachments.push_back(
      {file, 2000, "scan.pdf", "image/png", true, false, 0, Attachment::Content::kHere});
  const auto invalidate = static_cast<uint8_t>(EventKind::kInvalidateForm);
  const auto remit = static_cast<uint8_t>(EventKind::kRemit);
  subject.proposals = {{5, invalidate, "wang", kNow, "\x12\x34", "\x18\x05"},
                       {8, remit, "li", {kNow.ms + 1}, "", "\x0a"}};
  for (const uint32_t rule : {3, 14}) {
    v1::Finding& finding = subject.findings.emplace_back();
    finding.set_rule(rule);
    finding.set_field("rows");
    finding.set_text("不符");
  }
}

void fill_money(Case& subject) {
  subject.due = subject.moved = subject.credited = Fen{123'456};
  subject.noticed = Fen{1};
  subject.returned = Fen{2};
  subject.refund = Fen{4};
  subject.refunded = Fen{3};
  subject.last_order = Fen{5};
  subject.attempt = 7;
  subject.payments = {{2, Fen{123'400}}, {7, Fen{58}}};
  subject.bounced = true;
}

// A case in which no field has its default.
Case full_case() {
  Case out;
  out.id = *CaseId::parse("019a0000-0000-7000-8000-000000000007");
  out.side = Side::kOut;
  out.peer = in_agency();
  out.letter_number = "41132807261120000079";
  out.relationship = Relationship::kOutDone;
  out.funds = Funds::kAckedByIn;
  out.overlays = {Overlay::kUnclear, Overlay::kReopenAsked};
  fill_person(out);
  out.scheme_from = v1::SCHEME_EMPLOYEE;
  out.scheme_to = v1::SCHEME_RESIDENT;
  out.payee_version = 3;
  out.policy_profile = "NHSA-2021";
  out.certificate_number = "3505-7";
  out.filing = "\x0a\x02zz";
  out.sent_case_seq = 6;
  out.received_case_seq = 9;
  out.credited_case_seq = 8;
  out.turn = 5;
  out.timeline_count = 8;
  out.revision = 11;
  out.created_at = kNow;
  out.updated_at = {kNow.ms + 60'000};
  out.closed_at = Instant{kNow.ms + 50'000};
  fill_lists(out);
  out.letter_place = LogPlace{false, 1, 33};
  out.form_place = LogPlace{true, 2, 44};
  out.form_version = 2;
  out.disposition = v1::DISPOSITION_TRANSFER;
  fill_money(out);
  out.reject_code = v1::REJECT_CODE_NOT_FOUND;
  out.hold_code = v1::REJECT_CODE_ARREARS;
  out.hold_until = 20261231;
  out.stopped_on = 20261119;
  out.assignee = "zhao";
  out.paper_number = "2026-117";
  out.last_fault = v1::FAULT_CODE_BAD_CONTENT;
  out.newest_entries = "\x08\x01";
  return out;
}

// As most cases are that the store writes: a letter that has been sent.
Case sent_case() {
  Party in(Side::kIn);
  in.play("apply accept send-letter");
  return in.subject;
}

Case bare_case() {
  Case out;
  out.id = *CaseId::parse("019a0000-0000-7000-8000-000000000001");
  out.peer = out_agency();
  out.relationship = Relationship::kDraft;
  out.revision = out.timeline_count = 1;
  return out;
}

std::vector<std::pair<std::string, Case>> samples() {
  return {{"full", full_case()}, {"sent", sent_case()}, {"bare", bare_case()}};
}

std::string bytes_of(const Case& subject) {
  CaseScratch scratch;
  std::string bytes;
  append_case(subject, &scratch, &bytes);
  return bytes;
}

std::string print_samples() {
  std::string out;
  for (const auto& [name, subject] : samples()) {
    out += name + " record " + to_hex(bytes_of(subject)) + "\n";
    const Proposal proposal{
        4, static_cast<uint8_t>(EventKind::kSendLetter), "wang", kNow, "input", "shown"};
    out += name + " approval " + to_hex(view(proposal_digest(subject, proposal))) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a case has the bytes, and a proposal the digest, that earlier versions gave it") {
  if (std::getenv("JIEXU_REWRITE") != nullptr) {
    std::ofstream(CASE_RECORDS_GOLDEN) << print_samples();
  }
  std::ifstream file(CASE_RECORDS_GOLDEN);
  std::stringstream golden;
  golden << file.rdbuf();
  CHECK(print_samples() == golden.str());
}

TEST_CASE("a case is read as it was written, by both ways of writing it") {
  CaseScratch used;
  for (const auto& [name, subject] : samples()) {
    INFO(name);
    v1::CaseRecord record;
    encode_case(subject, &record);
    CHECK(record.SerializeAsString() == bytes_of(subject));
    std::string again;
    append_case(subject, &used, &again);  // nothing of the case before it is left
    CHECK(again == bytes_of(subject));
    const auto read = decode_case(subject.id, record);
    REQUIRE(read);
    CHECK(bytes_of(*read) == bytes_of(subject));
    CHECK(read->id == subject.id);
  }
}

TEST_CASE("every field of the record is a field of the case") {
  v1::CaseRecord record;
  encode_case(full_case(), &record);
  const auto* fields = v1::CaseRecord::descriptor();
  for (int i = 0; i < fields->field_count(); ++i) {
    const auto* field = fields->field(i);
    if (field->name() == "claimed") continue;  // of a version before the first release
    INFO(field->name());
    const bool there = field->is_repeated() ? record.GetReflection()->FieldSize(record, field) > 0
                                            : record.GetReflection()->HasField(record, field);
    CHECK(there);
  }
}

}  // namespace case_record_test
