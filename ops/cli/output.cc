#include "ops/cli/output.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "daemon/base/money.h"
#include "daemon/base/time.h"

namespace jiexu::cli {
namespace {

using Words = std::pair<std::string_view, std::string_view>;

constexpr Words kRelationships[] = {
    {"DRAFT", "The application has been entered."},
    {"ACCEPTED", "The application is accepted; the contact letter is to be sent."},
    {"LETTER_SENT", "The contact letter is on its way."},
    {"LETTER_DELIVERED", "The other agency has the contact letter; its decision is awaited."},
    {"LETTER_ACCEPTED", "The other agency has taken the case on; its form is awaited."},
    {"INFO_RECEIVED", "The information form is here and is to be checked."},
    {"INFO_DISPUTED", "A correction of the form has been asked for."},
    {"INFO_CONFIRMED", "The history is written here."},
    {"DONE", "The relationship is transferred."},
    {"REFUSED_BY_OUT", "The other agency has refused the letter."},
    {"WITHDRAWN", "The transfer was withdrawn."},
    {"FAILED", "The transfer has failed."},
    {"PAPER", "The relationship is transferred; what the other agency wrote came on paper."},
    {"LETTER_RECEIVED", "A contact letter has come and is to be decided."},
    {"LETTER_CHECKING", "The contact letter is being checked."},
    {"LETTER_REJECTED", "The letter was refused."},
    {"LETTER_FORWARDED", "The letter was forwarded."},
    {"OUT_ACCEPTED", "The case is taken on; the insurance here is to be ended."},
    {"STOPPED", "The insurance here has ended; the form is to be issued."},
    {"FORM_ISSUED", "The form is sent; its confirmation is awaited."},
    {"FORM_DISPUTED", "The other agency asks for a correction of the form."},
    {"FORM_CONFIRMED", "The other agency has confirmed the form."},
    {"OUT_DONE", "The relationship is transferred."},
    {"OUT_WITHDRAWN", "The other agency has withdrawn its letter."},
    {"OUT_FAILED", "The transfer has failed."},
};

constexpr Words kFunds[] = {
    {"UNKNOWN", "Nothing is known of a balance yet."},
    {"NONE_DUE", "No money is due."},
    {"EXPECTED", "The balance is awaited."},
    {"NOTICED", "The balance has been ordered by the other agency."},
    {"RECEIVED_DIFFERS", "Money is here, but not the amount of the form."},
    {"MATCHED", "The balance is here, to the fen; it is to be credited."},
    {"CREDITED", "The balance is credited to the person."},
    {"RETURNED_TO_OUT", "The money was returned."},
    {"REFUNDED_TO_PERSON", "The other agency pays the person."},
    {"SUSPENSE", "Money came before its form and is parked."},
    {"NOT_COMPUTED", "The balance is not computed yet."},
    {"COMPUTED", "The balance is fixed and is to be remitted."},
    {"WITH_FINANCE", "The remittance is with finance."},
    {"PAID", "The balance is ordered from the bank."},
    {"BANK_RETURNED", "The bank has returned the payment."},
    {"ACKED_BY_IN", "The other agency has credited the balance."},
    {"REFUND_TO_PERSON", "The balance is paid to the person."},
    {"NOTHING_TO_PAY", "There is nothing to pay."},
    {"OVERPAID", "More is paid than is due; the other agency sends it back."},
    {"REFUND_DUE", "The person is to be paid here."},
};

constexpr Words kOverlays[] = {
    {"REMINDED", "The other agency has reminded us and waits for the day that we name."},
    {"CLARIFYING", "The other agency has asked a question and waits for our answer."},
    {"SUSPENDED", "The transfer-out agency holds the case."},
    {"WITHDRAWAL_PENDING", "A withdrawal is pending: the other agency has not answered yet."},
    {"REOPEN_PENDING", "We have asked to open the case again; no answer yet."},
    {"INVALIDATED", "The transfer-out agency took its form back; the next version follows."},
    {"REMINDING", "We have reminded the other agency; no answer yet."},
    {"ASKING", "We have asked the other agency a question; no answer yet."},
    {"REOPEN_ASKED", "The other agency asks to open the case again: agree or decline."},
    {"CANCEL_PENDING", "We have asked to give up the transfer; no answer yet."},
    {"CANCEL_ASKED", "The other agency asks to give up the transfer: agree or decline."},
    {"PAYEE_WANTED", "The bank sent the payment back: check the account, or name another."},
    {"FUNDS_DIFFER", "What came is not what the form says; both agencies know."},
    {"ESCALATED", "A term is over for long and nobody has answered: call, or go higher."},
    {"UNCLEAR", "Something contradicts our record of the case: a person must look."},
    {"UPSTREAM_OPEN", "When the letter came, the person's own transfer to us was not finished."},
    {"INCOMPLETE", "A file that the form or letter names is not here yet."},
};

// Where transfer-out sees it otherwise.
constexpr Words kOverlaysOut[] = {
    {"SUSPENDED", "We hold the case."},
    {"WITHDRAWAL_PENDING", "The other agency wants to withdraw its letter."},
    {"INVALIDATED", "We took our form back; the next version is to be issued."},
    {"PAYEE_WANTED", "The bank sent our payment back; another account is to be named."},
};

// In the order of their numbers, from 1.
constexpr Words kDeadlines[] = {
    {"letter-due", "send the contact letter"}, {"form-due", "send the information form"},
    {"funds-due", "remit the balance"},        {"intake-due", "take the history in"},
    {"credit-due", "credit the balance"},
};

constexpr Words kCodes[] = {
    {"NOT_FOUND", "the person is not known there"},
    {"ID_MISMATCH", "name and document number disagree"},
    {"STILL_ACTIVE", "the insurance has not been stopped at origin"},
    {"ARREARS", "contributions are owed"},
    {"INPATIENT", "the person is in hospital"},
    {"WRONG_AGENCY", "the person was insured with another agency"},
    {"CLAIMED_BY_OTHER", "another destination was accepted first"},
    {"RETIRED", "retirees are excluded"},
    {"SAME_YEAR", "from resident to resident insurance not within the year"},
    {"CLAIMS_UNSETTLED", "reimbursements are pending"},
    {"DOUBLE_ENROLMENT", "the person is insured in both places"},
    {"SEVERAL_NUMBERS", "several person numbers have to be merged first"},
    {"DIED", "the person has died; the balance goes to the heirs at origin"},
    {"UPSTREAM_OPEN", "the person's transfer to the transfer-out agency is not finished"},
    {"WALLET_LOCKED", "a family wallet has reserved the balance"},
    {"AGENCY_RETIRED", "the agency was merged into another one"},
};

constexpr Words kDispositions[] = {
    {"DISPOSITION_NONE", "there is no personal account"},
    {"DISPOSITION_ZERO", "the account is empty"},
    {"DISPOSITION_REFUND_PERSON", "the balance is paid to the person at origin"},
    {"DISPOSITION_SHARED_IN_PROVINCE", "the balance stays usable across the province"},
    {"DISPOSITION_NEGATIVE_OFFSET", "the account is overdrawn; origin recovers it from the person"},
};

constexpr Words kStages[] = {
    {"APPLIED", "the application is here"},
    {"AT_ORIGIN", "the earlier agency has been written to"},
    {"IN_WORK_AT_ORIGIN", "the earlier agency is at work"},
    {"RECORD_SENT", "the earlier agency has sent the record"},
    {"RECORD_TAKEN_OVER", "the record is taken over; something is left, such as money"},
    {"DONE", "finished"},
    {"ENDED", "ended without a transfer"},
};

template <size_t N>
std::string find(const Words (&table)[N], const std::string& name) {
  for (const auto& [known, words] : table) {
    if (known == name) return std::string(words);
  }
  return name;
}

char32_t next_code_point(std::string_view text, size_t& i) {
  const auto lead = static_cast<unsigned char>(text[i++]);
  const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  char32_t point = more == 0 ? lead : lead & (0x3f >> more);
  for (int k = 0; k < more && i < text.size(); ++k) point = point << 6 | (text[i++] & 0x3f);
  return point;
}

// The ranges that Unicode's EastAsianWidth.txt calls wide or full-width, joined.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
         (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1f64f) ||
         (c >= 0x20000 && c <= 0x3fffd);
}

}  // namespace

size_t display_width(std::string_view utf8) {
  size_t width = 0;
  for (size_t i = 0; i < utf8.size();) width += is_wide(next_code_point(utf8, i)) ? 2 : 1;
  return width;
}

std::string Table::text() const {
  std::vector<size_t> widths(rows_[0].size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - display_width(row[i]) + 2, ' ');
    }
    out += "\n";
  }
  return out;
}

std::string yuan(int64_t fen) {
  std::string text = Fen{fen}.yuan();
  const size_t first = fen < 0 ? 1 : 0;
  for (size_t at = text.size() - 3; at > first + 3;) text.insert(at -= 3, 1, ',');
  return text + " yuan";
}

std::string age(int64_t ms) {
  const int64_t seconds = ms / 1000;
  if (ms <= 0) return "-";
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " d";
}

std::string plain_relationship(const std::string& name) {
  return find(kRelationships, name);
}
std::string plain_funds(const std::string& name) {
  return find(kFunds, name);
}
std::vector<std::string> plain_overlays(const std::string& names, const std::string& side) {
  std::vector<std::string> out;
  std::istringstream list(names);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "NONE") continue;
    const std::string words = side == "OUT" ? find(kOverlaysOut, name) : name;
    out.push_back(words == name ? find(kOverlays, name) : words);
  }
  return out;
}
std::string plain_deadline(const std::string& kind) {
  return find(kDeadlines, kind);
}
std::string plain_duty(uint32_t number) {
  if (number == 0 || number > std::size(kDeadlines)) return std::to_string(number);
  return std::string(kDeadlines[number - 1].second);
}
std::string plain_code(v1::RejectCode code) {
  constexpr std::string_view kPrefix = "REJECT_CODE_";
  std::string name = v1::RejectCode_Name(code);
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  const std::string words = find(kCodes, name);
  return words == name ? name : name + ": " + words;
}
std::string plain_disposition(v1::Disposition disposition) {
  const std::string name = v1::Disposition_Name(disposition);
  const std::string words = find(kDispositions, name);
  return words == name ? "" : words;
}
std::string plain_stage(const std::string& name) {
  const std::string words = find(kStages, name);
  return words == name ? name : name + "  (" + words + ")";
}

std::string days_until(const std::string& due, const std::string& today) {
  const std::optional<Date> end = Date::parse(due);
  const std::optional<Date> now = Date::parse(today);
  if (!end || !now) return "not known until the calendar of that year is published";
  const int32_t days = end->days() - now->days();
  if (days == 0) return "today";
  std::string count = std::to_string(std::abs(days));
  count += std::abs(days) == 1 ? " day" : " days";
  if (days < 0) return count + " ago";
  return std::string("in ").append(count);
}

}  // namespace jiexu::cli
