#include "tests/e2e/clerk.h"

namespace jiexu::e2e {
namespace {

bool allows(const v1::CaseView& view, const std::string& action) {
  for (const v1::ActionView& offer : view.actions()) {
    if (offer.action() == action) return true;
  }
  return false;
}

std::optional<Move> in_move(const v1::CaseView& view, const Applicant& applicant) {
  const bool withdraws = applicant.story == Story::kWithdrawn;
  const bool letter_out = view.relationship().starts_with("LETTER_");
  if (withdraws && letter_out && allows(view, "withdraw")) {
    Move move{"withdraw", {}};
    move.input.set_reason("the person stays");
    return move;
  }
  if (applicant.story == Story::kCorrected && view.form_version() == 1 &&
      allows(view, "query-form")) {
    Move move{"query-form", {}};
    move.input.set_reason("last employer is missing");
    return move;
  }
  for (const char* action : {"accept", "send-letter", "confirm-form", "credit", "close"}) {
    if (allows(view, action)) return Move{action, {}};
  }
  return std::nullopt;
}

std::optional<Move> answer_letter(const Applicant& applicant) {
  if (applicant.story == Story::kWithdrawn) return std::nullopt;  // wait for the withdrawal
  if (applicant.story != Story::kRefused) return Move{"accept-letter", {}};
  Move move{"reject-letter", {}};
  move.input.set_code(v1::REJECT_CODE_STILL_ACTIVE);
  return move;
}

Move issue_form(const v1::CaseView& view, const Applicant& applicant, int32_t today) {
  Move move{"issue-form", {}};
  *move.input.mutable_form() = form_of(applicant, today);
  if (view.form_version() > 0) {
    move.input.mutable_form()->set_reason("corrected on request");
    move.input.mutable_form()->set_last_employer("an employer");
  }
  return move;
}

std::optional<Move> out_move(const v1::CaseView& view, const Applicant& applicant,
                             bool money_arrived, int32_t today) {
  if (allows(view, "accept-letter")) return answer_letter(applicant);
  if (allows(view, "stop-insurance")) {
    Move move{"stop-insurance", {}};
    move.input.set_date(today);
    return move;
  }
  const bool money_first = applicant.story == Story::kMoneyFirst;
  if (money_first && view.funds() == "NOT_COMPUTED" && allows(view, "remit")) {
    Move move{"remit", {}};
    move.input.set_amount_fen(applicant.balance.value);
    return move;
  }
  if (allows(view, "issue-form")) {
    if (money_first && !money_arrived) return std::nullopt;
    return issue_form(view, applicant, today);
  }
  // A form that will be queried is not paid before its correction.
  const bool final_form = applicant.story != Story::kCorrected || view.form_version() > 1;
  if (final_form && allows(view, "remit")) return Move{"remit", {}};
  if (allows(view, "refund")) return Move{"refund", {}};
  return std::nullopt;
}

}  // namespace

std::optional<Move> next_move(const v1::CaseView& view, const Applicant& applicant,
                              bool money_arrived, int32_t today) {
  return view.side() == "IN" ? in_move(view, applicant)
                             : out_move(view, applicant, money_arrived, today);
}

Ending expected_ending(Story story, bool in_side) {
  switch (story) {
    case Story::kTransfer:
    case Story::kMoneyFirst:
    case Story::kCorrected:
      return in_side ? Ending{"DONE", "CREDITED"} : Ending{"OUT_DONE", "ACKED_BY_IN"};
    case Story::kZero:
    case Story::kResident:
      return in_side ? Ending{"DONE", "NONE_DUE"} : Ending{"OUT_DONE", "NOTHING_TO_PAY"};
    case Story::kRefund:
      return in_side ? Ending{"DONE", "REFUNDED_TO_PERSON"}
                     : Ending{"OUT_DONE", "REFUND_TO_PERSON"};
    case Story::kRefused:
      return in_side ? Ending{"REFUSED_BY_OUT", "NONE_DUE"}
                     : Ending{"LETTER_REJECTED", "NOTHING_TO_PAY"};
    case Story::kWithdrawn:
      return in_side ? Ending{"WITHDRAWN", "NONE_DUE"} : Ending{"OUT_WITHDRAWN", "NOTHING_TO_PAY"};
  }
  return {};
}

}  // namespace jiexu::e2e
