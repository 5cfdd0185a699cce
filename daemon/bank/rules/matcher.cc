#include "daemon/bank/rules/matcher.h"

#include <algorithm>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

std::optional<Fen> sum_of(const std::vector<Allocation>& parts) {
  Fen total;
  for (const Allocation& part : parts) {
    const auto sum = add(total, part.amount);
    if (!sum) return std::nullopt;
    total = *sum;
  }
  return total;
}

BankMatch match_batch(const v1::BankLine& line, const std::string& number,
                      const ExpectedBatch& batch, FundsBook& book) {
  BankMatch match;
  match.evidence = Evidence::kBatchNumber;
  match.batch = number;
  const auto here = add(batch.waiting, Fen{line.amount_fen()});
  const auto noticed = sum_of(batch.noticed);
  if (batch.settled) {
    match.outcome = BankOutcome::kNotExpected;
  } else if (is_foreign(line, batch.payer, book)) {
    match.outcome = BankOutcome::kForeignPayer;
  } else if (!here || !noticed || *here > batch.total || *noticed > batch.total ||
             batch.noticed.size() > batch.lines) {
    match.outcome = BankOutcome::kBatchDiffers;
  } else if (batch.noticed.size() < batch.lines || *here < batch.total) {
    match.outcome = BankOutcome::kEarly;
  } else if (*noticed != batch.total) {
    match.outcome = BankOutcome::kBatchDiffers;
  } else {
    match.outcome = BankOutcome::kMatched;
    match.to = batch.noticed;
    match.settles_batch = true;
  }
  return match;
}

BankMatch match_case(const v1::BankLine& line, const ExpectedCase& expected, FundsBook& book) {
  const Fen amount{line.amount_fen()};
  BankMatch match;
  if (!expected.takes) {
    match.outcome = BankOutcome::kNotExpected;
    match.proposals = {expected.id};
    return match;
  }
  if (is_foreign(line, expected.payer, book)) {
    match.outcome = BankOutcome::kForeignPayer;
    match.proposals = {expected.id};
    return match;
  }
  match.to = {{expected.id, amount}};
  if (!expected.form_known) {
    match.outcome = BankOutcome::kEarly;
  } else {
    match.outcome =
        amount == expected.missing ? BankOutcome::kMatched : BankOutcome::kAmountDiffers;
  }
  return match;
}

// One transfer for several letters: each gets what it misses, if that is the amount to the fen.
BankMatch match_cases(const v1::BankLine& line, const std::vector<ExpectedCase>& cases,
                      FundsBook& book) {
  BankMatch match;
  match.outcome = BankOutcome::kAmountDiffers;
  for (const ExpectedCase& expected : cases) {
    match.proposals.push_back(expected.id);
    if (is_foreign(line, expected.payer, book)) {
      match.outcome = BankOutcome::kForeignPayer;
      match.to.clear();
      return match;
    }
    if (!expected.form_known) match.outcome = BankOutcome::kEarly;
    match.to.push_back({expected.id, expected.missing});
  }
  const auto total = sum_of(match.to);
  for (const ExpectedCase& expected : cases) {
    if (!expected.takes || expected.missing.value <= 0) match.to.clear();
  }
  if (!total || total->value != line.amount_fen()) match.to.clear();
  if (match.to.empty()) return match;
  match.outcome = BankOutcome::kMatched;
  match.proposals.clear();
  return match;
}

Result<BankMatch> match_letters(const v1::BankLine& line, const std::vector<std::string>& letters,
                                Evidence evidence, FundsBook& book) {
  std::vector<ExpectedCase> cases;
  for (const std::string& letter : letters) {
    TRY(auto found, book.letter(letter));
    if (found) cases.push_back(*found);
  }
  BankMatch match;
  match.outcome = BankOutcome::kUnknownReference;
  // Of several letters none may be unknown: nobody could say which amount was its.
  const bool unsure = std::ranges::any_of(
      cases, [](const ExpectedCase& expected) { return expected.namesake.has_value(); });
  if (cases.size() == letters.size() && !unsure) {
    match = cases.size() == 1 ? match_case(line, cases[0], book) : match_cases(line, cases, book);
  } else {
    for (const ExpectedCase& expected : cases) {
      match.proposals.push_back(expected.id);
      if (expected.namesake) match.proposals.push_back(*expected.namesake);
    }
  }
  match.evidence = evidence;
  return match;
}

BankMatch wait_for_notices(const std::string& number) {
  BankMatch match;
  match.evidence = Evidence::kBatchNumber;
  match.outcome = BankOutcome::kEarly;
  match.batch = number;
  return match;
}

Result<BankMatch> propose(const v1::BankLine& line, BankOutcome outcome, FundsBook& book) {
  BankMatch match;
  match.outcome = outcome;
  TRY(auto found, book.missing(Fen{line.amount_fen()}, line.counterparty_account()));
  match.proposals = std::move(found);
  if (!match.proposals.empty()) match.evidence = Evidence::kAmountAndPayer;
  return match;
}

}  // namespace

bool is_foreign(const v1::BankLine& line, AgencyId payer, FundsBook& book) {
  if (line.counterparty_account().empty()) return false;
  const auto owner = book.owner(line.counterparty_account());
  return owner && *owner != payer;
}

Result<BankMatch> match_line(const v1::BankLine& line, FundsBook& book) {
  CHECK(line.amount_fen() > 0);
  const References found = find_references(line);
  std::string unannounced;
  std::vector<CaseId> named;  // whose it may be by a reference that does not decide it
  for (const std::string& number : found.batches) {
    TRY(auto batch, book.batch(number));
    if (batch && batch->announced) return match_batch(line, number, *batch, book);
    if (batch && unannounced.empty()) unannounced = number;
  }
  if (!found.letters.empty()) {
    auto match = match_letters(line, found.letters, Evidence::kLetterNumber, book);
    if (!match || match->outcome != BankOutcome::kUnknownReference) return match;
    named = std::move(match->proposals);
  }
  if (found.end_to_end) {
    auto match =
        match_letters(line, {found.end_to_end->letter_number}, Evidence::kEndToEndId, book);
    if (!match || match->outcome != BankOutcome::kUnknownReference) return match;
    if (named.empty()) named = std::move(match->proposals);
  }
  if (!unannounced.empty()) return wait_for_notices(unannounced);
  const bool names_something =
      !found.batches.empty() || !found.letters.empty() || found.end_to_end.has_value();
  auto match =
      propose(line, names_something ? BankOutcome::kUnknownReference : BankOutcome::kNoCase, book);
  if (match && match->proposals.empty()) match->proposals = std::move(named);
  return match;
}

}  // namespace jiexu
