// Cases in any cell of the table, also in those that no case reaches.
#include <map>

#include "tests/cases/party.h"
#include "tests/rules/sample_forms.h"

namespace jiexu {
namespace {

bool has_form(Relationship relationship) {
  switch (relationship) {
    case Relationship::kInfoReceived:
    case Relationship::kInfoDisputed:
    case Relationship::kInfoConfirmed:
    case Relationship::kDone:
    case Relationship::kFormIssued:
    case Relationship::kFormDisputed:
    case Relationship::kFormConfirmed:
    case Relationship::kOutDone: return true;
    default: return false;
  }
}

int64_t moved_in(Funds funds) {
  static const std::map<Funds, int64_t> kMoved = {
      {Funds::kReceivedDiffers, 100'000}, {Funds::kMatched, kBalance},
      {Funds::kCredited, kBalance},       {Funds::kSuspense, kBalance},
      {Funds::kPaid, kBalance},           {Funds::kAckedByIn, kBalance},
      {Funds::kOverpaid, 2 * kBalance},
  };
  const auto found = kMoved.find(funds);
  return found == kMoved.end() ? 0 : found->second;
}

bool nothing_due(Funds funds) {
  return funds == Funds::kNoneDue || funds == Funds::kRefundedToPerson ||
         funds == Funds::kRefundToPerson || funds == Funds::kNothingToPay ||
         funds == Funds::kReturnedToOut || funds == Funds::kRefundDue;
}

}  // namespace

Case case_in(Side side, Relationship relationship, Funds funds) {
  Case subject = Party(side).subject;
  if (relationship == Relationship::kNone) return subject;
  subject.side = side;
  subject.relationship = relationship;
  subject.funds = funds;
  subject.revision = 1;
  subject.timeline_count = 1;
  subject.created_at = kNow;
  subject.updated_at = kNow;
  static const auto* const kLetter = new v1::ContactLetter(sample_letter());
  subject.person = kLetter->person();
  subject.scheme_from = kLetter->scheme_from();
  subject.scheme_to = kLetter->scheme_to();
  subject.payee = kLetter->payee();
  subject.policy_profile = "NHSA-2021";
  const bool numbered =
      relationship != Relationship::kDraft && relationship != Relationship::kAccepted;
  if (numbered) subject.letter_number = kLetter->letter_number();
  subject.form_version = has_form(relationship) ? 1 : 0;
  subject.moved = Fen{moved_in(funds)};
  if (subject.form_version > 0 && !nothing_due(funds)) {
    subject.due = Fen{kBalance};
    subject.disposition = v1::DISPOSITION_TRANSFER;
  }
  if (funds == Funds::kNoticed) subject.noticed = Fen{kBalance};
  if (funds == Funds::kReturnedToOut) subject.returned = Fen{kBalance};
  if (funds == Funds::kCredited || funds == Funds::kAckedByIn) subject.credited = subject.moved;
  if (funds == Funds::kRefundDue) subject.refund = Fen{kBalance};
  if (funds == Funds::kRefundDue || funds == Funds::kRefundToPerson ||
      funds == Funds::kRefundedToPerson) {
    subject.disposition = v1::DISPOSITION_REFUND_PERSON;
  }
  subject.bounced = funds == Funds::kBankReturned;
  if (subject.bounced) subject.due = Fen{kBalance};
  subject.last_order = subject.moved;
  subject.attempt = 1;
  return subject;
}

AgencyId in_agency() {
  return *AgencyId::parse("S41132810207");
}
AgencyId out_agency() {
  return *AgencyId::parse("S35050000101");
}

AgencyId third_agency() {
  return *AgencyId::parse("S11010500103");
}

std::vector<EventKind> all_events() {
  std::vector<EventKind> out;
  for (int number = 1; number < 256; ++number) {
    const auto kind = static_cast<EventKind>(number);
    if (!name(kind).empty()) out.push_back(kind);
  }
  return out;
}

std::string state_text(const Case& subject) {
  std::string out =
      std::string(name(subject.relationship)) + " / " + std::string(name(subject.funds));
  if (!subject.overlays.empty()) out += " / " + text(subject.overlays);
  return out;
}

}  // namespace jiexu
