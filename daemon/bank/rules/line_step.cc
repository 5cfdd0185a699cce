#include "daemon/bank/rules/line_step.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace jiexu {
namespace {

using E = LineEvent;
using R = LineRefusal;

constexpr LineAct kActs[] = {LineAct::kMatch, LineAct::kMatchNoticed, LineAct::kSetAside,
                             LineAct::kSame,  LineAct::kAnother,      LineAct::kUndo};

bool is_of_people(E event) {
  return event >= E::kMatch;
}

bool takes_from_cases(E event) {
  return event == E::kUndo || event == E::kSame;
}

bool fits(const LineRow& row, const LineAsked& asked, const LineNow& now) {
  if (row.event != asked.event || !row.from.has(now.outcome)) return false;
  if (row.waits != Waits::kEither && (row.waits == Waits::kYes) != now.waits) return false;
  switch (row.guard) {
    case LineGuard::kAlways: return true;
    case LineGuard::kAllTaken: return asked.left == asked.fee;
    case LineGuard::kTakenInPart: return asked.shares > 1;
    case LineGuard::kHasAll: return asked.case_has_all;
    case LineGuard::kApart: return asked.case_apart;
  }
  return false;
}

// An older version has taken lines of the lowest number of 64 bits, whose opposite is none.
Fen size_of(Fen amount) {
  if (amount.value == std::numeric_limits<int64_t>::min()) return {INT64_MAX};
  return amount.value < 0 ? -amount : amount;
}

// The shares, with what is the bank's fee of a debit, are all that is open.
bool shares_all(const LineAsked& asked, const LineNow& now) {
  const bool fee = asked.fee.value != 0;
  if (fee && (asked.fee.value < 0 || now.open.value > 0 || asked.asked == Fen{})) return false;
  const auto sum = asked.asked ? add(*asked.asked, asked.fee) : std::nullopt;
  return sum == size_of(now.open);
}

// Of acts of people, which come from outside; each question in its place of the ladder.
std::optional<R> bar_to_act(const LineAsked& asked, const LineNow& now) {
  const E event = asked.event;
  const bool places = event == E::kMatch || event == E::kMatchNoticed;
  if (now.taken_back) return R::kTakenBack;
  if (!asked.explained && event != E::kMatch) return R::kUnexplained;
  if (event == E::kAnother && now.outcome != BankOutcome::kMayRepeat) return R::kNotUnsure;
  // Money of several lines stands with the last of them: it cannot leave with one.
  const bool all_here = now.open.value + now.with_cases.value == now.amount.value;
  const bool placed = now.with_cases.value > 0 && all_here;
  if (event == E::kUndo && !now.by_people && !placed) return R::kNotByPeople;
  if (event == E::kSame && !asked.names_other) return R::kNamesNoOther;
  if (takes_from_cases(event) && now.of_payments) return R::kOfPayment;
  const bool nothing_open = !now.waits || now.open.value == 0;
  if (places && nothing_open) return R::kSettled;
  // Of a line that cannot be read the amount may be unknown.
  const bool damaged = now.waits && now.outcome == BankOutcome::kUnreadable;
  if (event == E::kSetAside && nothing_open && !damaged) return R::kSettled;
  if (event == E::kSame && !all_here) return R::kSettled;
  if (event == E::kMatchNoticed && !now.of_batch) return R::kNotOfBatch;
  if (places && !asked.usable) return R::kUnusable;
  if (event == E::kMatch && !shares_all(asked, now)) return R::kSum;
  if (event == E::kMatchNoticed && (!asked.asked || *asked.asked > now.open)) return R::kSum;
  if (asked.cases_give == CasesGive::kRecovering) return R::kRecovering;
  if (!takes_from_cases(event)) return std::nullopt;
  if (asked.cases_give == CasesGive::kGone) return R::kMoneyGone;
  if (asked.cases_give == CasesGive::kClosed) return R::kCaseClosed;
  return std::nullopt;
}

std::optional<R> bar_to(const LineAsked& asked, const LineNow& now) {
  const bool comes = asked.event <= E::kComeDamaged;
  if (!comes && now.outcome == kNoLine) return R::kUnknown;
  if (comes && now.outcome != kNoLine) return R::kHere;
  return is_of_people(asked.event) ? bar_to_act(asked, now) : std::nullopt;
}

void move_money(LineMoney money, const LineAsked& asked, LineNow& now) {
  const Fen left = now.amount.value < 0 ? -asked.left : asked.left;
  switch (money) {
    case LineMoney::kStays: return;
    case LineMoney::kPlaced:
      now.open = left;
      now.with_cases = Fen{now.amount.value - left.value};
      return;
    case LineMoney::kPark:
    case LineMoney::kGoBack:
      now.open = now.amount;
      now.with_cases = Fen{};
      break;
    case LineMoney::kShared:
    case LineMoney::kVoid:
    case LineMoney::kGoVoid:
    case LineMoney::kTakenBy: now.open = now.with_cases = Fen{}; break;
  }
  now.is_void = money == LineMoney::kVoid || money == LineMoney::kGoVoid;
  now.taken_back |= money == LineMoney::kTakenBy;
}

}  // namespace

tl::expected<const LineRow*, LineRefusal> step(const LineAsked& asked, LineNow& now) {
  if (const auto bar = bar_to(asked, now)) return tl::unexpected(*bar);
  const auto rows = line_rows();
  const auto row =
      std::ranges::find_if(rows, [&](const LineRow& one) { return fits(one, asked, now); });
  if (row == rows.end()) return tl::unexpected(R::kNoRow);
  const BankOutcome before = now.outcome;
  move_money(row->money, asked, now);
  if (row->to == kAsFound) now.outcome = asked.found;
  if (row->to != kAsFound && row->to != kSameOutcome) now.outcome = row->to;
  const bool stays = row->to == kSameOutcome;
  // What its case does with money that differs is the case's affair: nobody waits for the line.
  if (stays && asked.event == E::kCaseSettles) now.waits = false;
  if (!stays) now.waits = is_queue(now.outcome);
  const bool decides = asked.event != E::kUndo && asked.event != E::kAnother && !now.waits;
  if (is_of_people(asked.event) || now.outcome != before) {
    now.by_people = is_of_people(asked.event) && decides;
  }
  return &*row;
}

LineEvent event_of(LineAct act) {
  switch (act) {
    case LineAct::kMatch: return E::kMatch;
    case LineAct::kMatchNoticed: return E::kMatchNoticed;
    case LineAct::kSetAside: return E::kSetAside;
    case LineAct::kSame: return E::kSame;
    case LineAct::kAnother: return E::kAnother;
    case LineAct::kUndo: return E::kUndo;
  }
  return E::kUndo;
}

std::vector<LineAct> open_acts(const LineNow& now) {
  std::vector<LineAct> open;
  for (const LineAct act : kActs) {
    LineAsked asked;
    asked.event = event_of(act);
    asked.asked = size_of(now.open);
    LineNow then = now;
    if (step(asked, then)) open.push_back(act);
  }
  return open;
}

std::string_view name(LineAct act) {
  switch (act) {
    case LineAct::kMatch: return "match";
    case LineAct::kMatchNoticed: return "match-noticed";
    case LineAct::kSetAside: return "set-aside";
    case LineAct::kSame: return "same";
    case LineAct::kAnother: return "another";
    case LineAct::kUndo: return "undo";
  }
  return "";
}

std::optional<LineAct> find_line_act(std::string_view text) {
  const auto* act =
      std::ranges::find_if(kActs, [&](const LineAct known) { return name(known) == text; });
  return act == std::end(kActs) ? std::nullopt : std::optional(*act);
}

std::string_view name(LineRefusal refusal) {
  switch (refusal) {
    case R::kUnknown: return "unknown";
    case R::kHere: return "here";
    case R::kTakenBack: return "taken back";
    case R::kUnexplained: return "unexplained";
    case R::kNotUnsure: return "not unsure";
    case R::kNotByPeople: return "not by people";
    case R::kNamesNoOther: return "names no other";
    case R::kOfPayment: return "of a payment";
    case R::kSettled: return "settled";
    case R::kNotOfBatch: return "not of a batch";
    case R::kUnusable: return "unusable";
    case R::kSum: return "sum";
    case R::kRecovering: return "recovering";
    case R::kMoneyGone: return "money gone";
    case R::kCaseClosed: return "case closed";
    case R::kNoRow: return "no";
  }
  return "";
}

std::string_view message_of(LineAct act, const LineNow& now) {
  const bool takes = act == LineAct::kUndo || act == LineAct::kSame;
  if (takes) return now.with_cases.value > 0 ? "FUNDS_DIFF, if the money was told of" : "";
  if (act == LineAct::kSetAside) return "";
  return now.amount.value > 0 ? "FUNDS_ACK when credited; BANK_RETURNED of a payment that came back"
                              : "REMIT_NOTICE, if the payment is news to the other agency";
}

}  // namespace jiexu
