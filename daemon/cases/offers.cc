// What a person may do now: the rows of actions whose states fit and whose guards, as far as they
// depend on the case alone, hold.
#include <algorithm>

#include "daemon/cases/step.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

struct ActionText {
  EventKind action;
  std::string_view title;
  std::vector<std::string_view> fields;
  std::string_view role;
};

const std::vector<ActionText>& action_texts() {
  static const auto* const kTexts = new std::vector<ActionText>{
      {EventKind::kAccept, "Accept the application", {}, "clerk"},
      {EventKind::kSendLetter, "Send the contact letter", {}, "reviewer"},
      {EventKind::kWithdraw, "Withdraw the transfer", {"reason"}, "clerk"},
      {EventKind::kConfirmForm, "Confirm the form: the history is written here", {}, "clerk"},
      {EventKind::kQueryForm, "Ask for a correction of the form", {"reason", "findings"}, "clerk"},
      {EventKind::kCredit, "Credit the balance to the person", {"date"}, "reviewer"},
      {EventKind::kClose, "Close the case and tell the person", {}, "clerk"},
      {EventKind::kAcceptLetter, "Accept the letter", {}, "clerk"},
      {EventKind::kRejectLetter, "Refuse the letter", {"code", "note"}, "clerk"},
      {EventKind::kStopInsurance, "Record that the insurance has ended", {"date"}, "clerk"},
      {EventKind::kIssueForm, "Issue the information form", {"form"}, "reviewer"},
      {EventKind::kRemit, "Order the remittance", {"amount_fen", "date"}, "reviewer"},
  };
  return *kTexts;
}

bool may_hold(Guard guard, const Case& subject) {
  switch (guard) {
    case Guard::kNoWithdrawalPending: return subject.overlay != Overlay::kWithdrawalPending;
    case Guard::kNoFindings: return subject.findings.empty();
    case Guard::kHasAccount: return subject.scheme_from != v1::SCHEME_RESIDENT;
    case Guard::kFundsTerminal: return is_terminal(subject.funds);
    default: return true;
  }
}

}  // namespace

std::vector<Offer> offers(const Case& subject) {
  std::vector<Offer> out;
  if (!subject.exists()) return out;
  const auto all = rows(subject.side);
  for (const ActionText& text : action_texts()) {
    const bool allowed = std::any_of(all.begin(), all.end(), [&](const Row& row) {
      return row.event == text.action && row.from.has(subject.relationship) &&
             row.funds_from.has(subject.funds) && may_hold(row.guard, subject);
    });
    if (allowed) out.push_back({text.action, text.title, text.fields, text.role});
  }
  return out;
}

}  // namespace jiexu
