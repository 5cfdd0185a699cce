// What a person may do now: the rows of actions whose states and overlays fit and whose guards, as
// far as they depend on the case alone, hold.
#include <algorithm>
#include <array>

#include "daemon/base/text.h"
#include "daemon/cases/action_fields.h"
#include "daemon/cases/guards.h"
#include "daemon/cases/paper.h"
#include "daemon/cases/step.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

enum class Eyes : uint8_t { kTwo, kFour };

// A field that the action takes; without it nothing is done, unless its name ends with '?'.
struct FieldUse {
  constexpr FieldUse() = default;
  constexpr FieldUse(const char* text) {
    std::string_view name(text);
    needed = !name.ends_with('?');
    if (!needed) name.remove_suffix(1);
    while (kFieldNames.at(number) != name) ++number;  // an unknown name does not compile
    taken = true;
  }
  size_t number = 0;  // of the Field
  bool taken = false;
  bool needed = false;
};

constexpr size_t kFieldsMax = 4;
using Fields = std::array<FieldUse, kFieldsMax>;

struct ActionText {
  EventKind action;
  std::string_view title;
  Fields fields;
  std::string_view role;
  Eyes eyes;
};

using E = EventKind;

// Four eyes on letter, form, change of account, withdrawal, remittance and refund; and on paper,
// because nothing but eyes tells who wrote it.
constexpr ActionText kTexts[] = {
    {E::kApply, "Enter an application", {"application"}, "clerk", Eyes::kTwo},
    {E::kAccept, "Accept the application", {}, "clerk", Eyes::kTwo},
    {E::kSendLetter, "Send the contact letter", {}, "reviewer", Eyes::kFour},
    {E::kWithdraw, "Withdraw the transfer", {"reason"}, "clerk", Eyes::kFour},
    {E::kConfirmForm, "Confirm the form: the history is written here", {}, "clerk", Eyes::kTwo},
    {E::kQueryForm,
     "Ask for a correction of the form",
     {"reason?", "findings?", "refund_person?"},
     "clerk",
     Eyes::kTwo},
    {E::kCredit, "Credit the balance to the person", {"date?"}, "reviewer", Eyes::kTwo},
    {E::kClose, "Close the case and tell the person", {}, "clerk", Eyes::kTwo},
    {E::kChangePayee, "Name another account to pay into", {"payee"}, "reviewer", Eyes::kFour},
    {E::kReportDifference,
     "Tell that what came is not what the form says",
     {"note?"},
     "clerk",
     Eyes::kTwo},
    {E::kReturnFunds,
     "Send money back to transfer-out",
     {"amount_fen?", "date?", "reason"},
     "reviewer",
     Eyes::kFour},
    {E::kAcceptLetter, "Accept the letter", {}, "clerk", Eyes::kTwo},
    {E::kRejectLetter,
     "Refuse the letter",
     {"code", "note?", "agency?", "keys_tried?"},
     "clerk",
     Eyes::kTwo},
    {E::kForwardLetter,
     "Forward the letter to the right agency",
     {"agency", "code", "note?"},
     "clerk",
     Eyes::kTwo},
    {E::kStopInsurance, "Record that the insurance has ended", {"date"}, "clerk", Eyes::kTwo},
    {E::kIssueForm, "Issue the information form", {"form"}, "reviewer", Eyes::kFour},
    {E::kSupplementForm, "Issue a supplementary form", {"form"}, "reviewer", Eyes::kFour},
    {E::kInvalidateForm,
     "Take the form back; the next version follows",
     {"reason"},
     "reviewer",
     Eyes::kTwo},
    {E::kRemit, "Order the remittance", {"amount_fen?", "date?"}, "reviewer", Eyes::kFour},
    {E::kBankReturned,
     "Record that the bank sent a payment back",
     {"attempt?", "amount_fen?", "date?", "reason?"},
     "clerk",
     Eyes::kTwo},
    {E::kRefund, "Record that the person was paid at origin", {"date?"}, "reviewer", Eyes::kFour},
    {E::kHold, "Hold the case", {"code", "note?", "date?"}, "clerk", Eyes::kTwo},
    {E::kResume, "Go on with the case", {"note?"}, "clerk", Eyes::kTwo},
    {E::kAsk, "Ask the other agency a question", {"reason"}, "clerk", Eyes::kTwo},
    {E::kAnswer, "Answer the question of the other agency", {"note"}, "clerk", Eyes::kTwo},
    {E::kReplyReminder,
     "Answer the reminder with the day expected",
     {"date", "note?"},
     "clerk",
     Eyes::kTwo},
    {E::kAskStatus, "Ask how far the other agency is", {}, "clerk", Eyes::kTwo},
    {E::kCancel,
     "Ask the other agency to give up the transfer",
     {"code?", "reason"},
     "reviewer",
     Eyes::kFour},
    {E::kReopen, "Ask to open the case again", {"reason"}, "reviewer", Eyes::kTwo},
    {E::kAgree, "Agree to what the other agency asks", {"note?"}, "reviewer", Eyes::kFour},
    {E::kDecline, "Decline what the other agency asks", {"note"}, "reviewer", Eyes::kTwo},
    {E::kKeyPaper,
     "Key in what came on paper",
     {"paper", "paper_sha256?", "agency?"},
     "reviewer",
     Eyes::kFour},
    {E::kAttach, "Attach a file to what is sent next", {"attachment"}, "clerk", Eyes::kTwo},
    {E::kDetach, "Take an attached file off again", {"attachment"}, "clerk", Eyes::kTwo},
    {E::kMarkSeen, "The contradiction has been looked into", {"note"}, "reviewer", Eyes::kTwo},
};

const Deadline* met_by(EventKind action, const Case& subject) {
  switch (action) {
    case E::kSendLetter: return subject.deadline(DeadlineKind::kLetterDue);
    case E::kIssueForm: return subject.deadline(DeadlineKind::kFormDue);
    case E::kRemit: return subject.deadline(DeadlineKind::kFundsDue);
    case E::kConfirmForm: return subject.deadline(DeadlineKind::kIntakeDue);
    case E::kCredit: return subject.deadline(DeadlineKind::kCreditDue);
    default: return nullptr;
  }
}

// What came on paper is judged as the message that it stands for, so that no row names it.
bool may_key_paper(const Case& subject) {
  return !subject.letter_number.empty() && !subject.closed() && subject.papers.size() < kPapersMax;
}

bool is_allowed(EventKind action, const Case& subject) {
  if (action == E::kKeyPaper) return may_key_paper(subject);
  const auto all = rows(subject.side);
  return std::any_of(all.begin(), all.end(), [&](const Row& row) {
    return fits(row, subject, action) && may_hold(row.guard, subject);
  });
}

constexpr size_t kActionsMax = 128;

constexpr std::array<ActionFields, kActionsMax> index_fields() {
  std::array<ActionFields, kActionsMax> all;
  for (const ActionText& text : kTexts) {
    ActionFields& fields = all.at(static_cast<size_t>(text.action));
    for (const FieldUse& use : text.fields) {
      const auto field = static_cast<Field>(use.number);
      if (use.taken) fields.taken.add(field);
      if (use.needed) fields.needed.add(field);
    }
  }
  return all;
}

constexpr std::array<ActionFields, kActionsMax> kFields = index_fields();
constexpr ActionFields kNoFields;

const ActionText* find_text(EventKind action) {
  const auto* found = std::find_if(std::begin(kTexts), std::end(kTexts),
                                   [&](const ActionText& text) { return text.action == action; });
  return found == std::end(kTexts) ? nullptr : found;
}

}  // namespace

const ActionFields& fields_of(EventKind action) {
  const auto number = static_cast<size_t>(action);
  return number < kFields.size() ? kFields[number] : kNoFields;
}

FieldSet given_fields(const v1::ActionInput& input) {
  FieldSet given;
  given.put(Field::kAttempt, input.attempt() != 0);
  given.put(Field::kAmount, input.amount_fen() != 0);
  given.put(Field::kAgency, !is_blank(input.agency()));
  given.put(Field::kCode, input.code() != v1::REJECT_CODE_UNSPECIFIED);
  given.put(Field::kDate, input.date() != 0);
  given.put(Field::kReason, !is_blank(input.reason()));
  given.put(Field::kFindings, !input.findings().empty());
  given.put(Field::kRefundPerson, input.refund_person());
  given.put(Field::kNote, !is_blank(input.note()));
  given.put(Field::kKeysTried, !input.keys_tried().empty());
  given.put(Field::kPayee, input.has_payee());
  given.put(Field::kForm, input.has_form());
  given.put(Field::kPaper, input.has_paper());
  given.put(Field::kPaperSha256, !is_blank(input.paper_sha256()));
  given.put(Field::kAttachment, input.has_attachment());
  given.put(Field::kApplication, input.has_application());
  return given;
}

std::string text(FieldSet fields) {
  std::string out;
  for (size_t number = 0; number < kFieldNames.size(); ++number) {
    if (!fields.has(static_cast<Field>(number))) continue;
    out += out.empty() ? "" : ", ";
    out += kFieldNames[number];
  }
  return out;
}

bool needs_second_person(EventKind action) {
  const ActionText* text = find_text(action);
  return text != nullptr && text->eyes == Eyes::kFour;
}

std::string_view title(EventKind action) {
  const ActionText* text = find_text(action);
  return text == nullptr ? std::string_view() : text->title;
}

std::vector<Offer> offers(const Case& subject) {
  std::vector<Offer> out;
  if (!subject.exists()) return out;
  for (const ActionText& text : kTexts) {
    if (!is_allowed(text.action, subject)) continue;
    out.push_back({text.action, text.title, fields_of(text.action), text.role,
                   text.eyes == Eyes::kFour, met_by(text.action, subject)});
  }
  return out;
}

}  // namespace jiexu
