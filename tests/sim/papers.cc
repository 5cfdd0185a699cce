#include "tests/sim/papers.h"

#include <algorithm>

#include "daemon/base/limits.h"
#include "daemon/rules/citizen_id.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kAmountFenMax = 5'000'000;
constexpr uint32_t kCarelessPermille = 250;

void add_segment(v1::InformationForm& form, AgencyId agency, v1::Scheme scheme, int32_t from,
                 int32_t to) {
  v1::Segment& row = *form.add_segments();
  row.set_area(std::string(agency.area()));
  row.set_area_name("泉州市");
  row.set_scheme(scheme);
  row.set_from_month(from);
  row.set_to_month(to);
  row.set_months((to / 100 - from / 100) * 12 + to % 100 - from % 100 + 1);
  row.set_kind(v1::SEGMENT_KIND_ACTUAL);
  row.set_base_fen(500'000);
}

v1::Disposition draw_disposition(const Case& subject, Random& random) {
  static constexpr v1::Disposition kOthers[] = {
      v1::DISPOSITION_NONE, v1::DISPOSITION_ZERO, v1::DISPOSITION_REFUND_PERSON,
      v1::DISPOSITION_SHARED_IN_PROVINCE, v1::DISPOSITION_NEGATIVE_OFFSET};
  if (subject.refunded.value > 0) return v1::DISPOSITION_REFUND_PERSON;
  if (subject.moved.value > 0 && random.chance(900)) return v1::DISPOSITION_TRANSFER;
  if (subject.scheme_from == v1::SCHEME_RESIDENT) return v1::DISPOSITION_NONE;
  return random.chance(600) ? v1::DISPOSITION_TRANSFER : kOthers[random.below(5)];
}

void fill_account(v1::Account& account, const Case& subject, Random& random) {
  const v1::Disposition disposition = draw_disposition(subject, random);
  account.set_disposition(disposition);
  int64_t balance = 0;
  if (disposition == v1::DISPOSITION_TRANSFER) {
    const bool as_paid = subject.moved.value > 0 && random.chance(600);
    balance = as_paid ? subject.moved.value : random.between(1, kAmountFenMax);
    account.set_amount_fen(balance);
  } else if (disposition == v1::DISPOSITION_REFUND_PERSON) {
    balance = subject.refunded.value + random.between(0, kAmountFenMax);
  } else if (disposition == v1::DISPOSITION_NEGATIVE_OFFSET) {
    balance = -random.between(1, kAmountFenMax);
  }
  account.set_principal_fen(balance);
  account.set_balance_fen(balance);
}

// Nobody is insured in two areas at once: each has years of its own.
int32_t first_year(const Office& office) {
  const auto& agencies = office.directory.agencies();
  const auto place = std::ranges::find(agencies, office.agency, &Agency::id) - agencies.begin();
  return 2001 + 5 * static_cast<int32_t>(place);
}

// Now and then somebody leaves a row out, or takes it for a mistake, until the daemon says no.
void mistreat_rows(v1::InformationForm& form, Random& random) {
  if (!random.chance(kCarelessPermille)) return;
  const auto any = static_cast<int>(random.below(static_cast<uint64_t>(form.segments_size())));
  if (random.chance(500)) {
    form.mutable_segments()->DeleteSubrange(any, 1);
  } else {
    form.mutable_segments(any)->set_base_fen(600'000);
  }
}

void fill_form(v1::InformationForm& form, const Case& subject, const Office& office,
               Random& random) {
  const int32_t year = first_year(office);
  const auto add = [&](int32_t from, int32_t to) {
    add_segment(form, office.agency, subject.scheme_from, from, to);
  };
  add(year * 100 + 7, (year + 1) * 100 + 12);
  if (random.chance(700)) add((year + 2) * 100 + 3, (year + 4) * 100 + 9);
  fill_account(*form.mutable_account(), subject, random);
  form.mutable_account()->set_as_of(date_of(office.now).yyyymmdd());
  form.set_handler("0107");
  form.set_reviewer("0112");
  if (subject.form_version > 0) form.set_reason("correction asked for");
  if (office.earlier.empty()) return;
  carry_rows_on(office.earlier, {&office.agency, 1}, form);
  mistreat_rows(form, random);
}

v1::RejectCode draw_code(Random& random) {
  return static_cast<v1::RejectCode>(random.between(v1::REJECT_CODE_NOT_FOUND, v1::RejectCode_MAX));
}

// Any agency but the two that have the case.
std::string draw_other(const Case& subject, const Office& office, Random& random) {
  const auto& agencies = office.directory.agencies();
  for (int tries = 0; tries < 100; ++tries) {
    const AgencyId id = agencies[random.below(agencies.size())].id;
    if (id != subject.peer && id != office.agency) return id.str();
  }
  return subject.peer.str();
}

// Some of it, now and then.
int64_t draw_part(int64_t open_fen, Random& random) {
  return open_fen > 1 && random.chance(150) ? random.between(1, open_fen - 1) : 0;
}

v1::Payee other_payee(const Office& office, Random& random) {
  const BankAccount& bank = office.directory.find(office.agency)->bank;
  v1::Payee payee;
  payee.set_account_holder(bank.holder);
  payee.set_account_number(bank.account + std::to_string(random.below(10)));
  payee.set_bank_name(bank.bank);
  payee.set_cnaps(bank.cnaps);
  return payee;
}

void fill_money(EventKind action, const Case& subject, const Office& office, v1::ActionInput& input,
                Random& random) {
  const int64_t open = subject.due.value - subject.moved.value;
  if (action == EventKind::kReturnFunds) {
    input.set_amount_fen(draw_part(-open, random));
    input.set_reason("more came than is due");
  }
  if (action == EventKind::kBankReturned) {
    input.set_attempt(office.bounced.attempt);
    input.set_amount_fen(office.bounced.open.value);
  }
  if (action != EventKind::kRemit) return;
  if (open > 0) return input.set_amount_fen(draw_part(open, random));
  if (subject.form_version == 0) input.set_amount_fen(random.between(1, kAmountFenMax));
}

// Any file of the case.
void name_file(const Case& subject, v1::AttachmentInput& input, Random& random) {
  if (subject.attachments.empty()) return;
  const Attachment& any = subject.attachments[random.below(subject.attachments.size())];
  input.set_sha256(to_hex(view(any.sha256)));
}

}  // namespace

v1::Person make_person(uint32_t number) {
  v1::Person person;
  person.set_name("参保人" + std::to_string(number));
  person.set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  person.set_document_number(make_citizen_id("350500", {1988, 4, 9}, number));
  return person;
}

Paper make_paper(const Route& route, const v1::Person& person, Instant now, Random& random) {
  Paper paper;
  std::array<uint8_t, 10> chance;
  random.fill(chance);
  paper.case_id = CaseId::make(now.ms, chance);
  paper.in = route.in;
  paper.out = route.out;
  v1::Application& form = paper.application;
  *form.mutable_person() = person;
  form.set_origin_agency(route.out.str());
  form.set_scheme_from(random.chance(200) ? v1::SCHEME_RESIDENT : v1::SCHEME_EMPLOYEE);
  form.set_scheme_to(random.chance(200) ? v1::SCHEME_RESIDENT : v1::SCHEME_EMPLOYEE);
  form.set_origin_area_name("福建省泉州市");
  form.set_applied_on(date_of(now.plus_ms(-86'400'000)).yyyymmdd());
  return paper;
}

void follow(const Paper& first, size_t index, AgencyId in, Paper& then) {
  then.follows = index;
  then.in = in;
  then.out = first.in;
  *then.application.mutable_person() = first.application.person();
  then.application.set_origin_agency(first.in.str());
}

std::string make_file(Random& random) {
  if (random.chance(200)) return "the same scan again";
  const int64_t most = random.chance(100) ? limits::kPieceBytes * 5 / 2 : 500;
  // Long ones repeat themselves: drawing each byte would take longer than all else.
  std::string out = random.bytes(static_cast<size_t>(random.between(1, most / 10 + 10)));
  while (out.size() < static_cast<size_t>(most) / 2) out += out;
  return out;
}

std::shared_ptr<const v1::ActionInput> make_input(EventKind action, const Case& subject,
                                                  const Paper& paper, const Office& office,
                                                  Random& random) {
  auto input = std::make_shared<v1::ActionInput>();
  switch (action) {
    case EventKind::kApply: *input->mutable_application() = paper.application; break;
    case EventKind::kIssueForm:
    case EventKind::kSupplementForm:
      fill_form(*input->mutable_form(), subject, office, random);
      break;
    case EventKind::kHold:
      input->set_code(draw_code(random));
      if (random.chance(500)) input->set_date(date_of(office.now.plus_ms(604'800'000)).yyyymmdd());
      break;
    case EventKind::kForwardLetter:
      input->set_code(v1::REJECT_CODE_WRONG_AGENCY);
      input->set_agency(draw_other(subject, office, random));
      break;
    case EventKind::kAttach:
    case EventKind::kDetach: name_file(subject, *input->mutable_attachment(), random); break;
    case EventKind::kChangePayee: *input->mutable_payee() = other_payee(office, random); break;
    case EventKind::kReplyReminder:
      input->set_date(date_of(office.now.plus_ms(259'200'000)).yyyymmdd());
      break;
    case EventKind::kStopInsurance: input->set_date(date_of(office.now).yyyymmdd()); break;
    case EventKind::kDecline:
    case EventKind::kMarkSeen:
    case EventKind::kAnswer: input->set_note("so it is"); break;
    case EventKind::kRejectLetter:
      input->set_code(paper.claimed ? v1::REJECT_CODE_CLAIMED_BY_OTHER : draw_code(random));
      break;
    case EventKind::kRemit:
    case EventKind::kReturnFunds:
    case EventKind::kBankReturned: fill_money(action, subject, office, *input, random); break;
    case EventKind::kWithdraw:
    case EventKind::kCancel:
    case EventKind::kReopen:
    case EventKind::kAsk:
    case EventKind::kInvalidateForm:
    case EventKind::kQueryForm: input->set_reason("asked for by the clerk"); break;
    default: break;
  }
  return input;
}

}  // namespace jiexu::sim
