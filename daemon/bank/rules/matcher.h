// Where a credit on our account belongs. Evidence counts in this order: batch number, letter
// number, EndToEndId; amount and payer alone only propose, and a person decides. Tolerance is 0
// fen: what does not agree to the fen is said to differ.
//
//   one line, many cases    a batch number, or several letter numbers: only if the sum agrees
//   many lines, one case    each goes to the case, which is complete when their sum is
//   many lines, one batch   they wait until their sum is the batch's total
//   a line before notices   names a batch of an agency that we know, and waits for them
//
// Pure: what is expected comes in by FundsBook, the answer says what is to happen.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/references.h"
#include "daemon/base/ids.h"
#include "daemon/base/money.h"
#include "daemon/base/result.h"

namespace jiexu {

// A case that may get money.
struct ExpectedCase {
  CaseId id;
  AgencyId payer;  // the other agency
  bool form_known = false;
  bool takes = false;  // money for it can be booked now
  Fen missing;         // by the form: due and not here
  // Another case with the same letter number, which only a loss can bring about: the number then
  // does not say whose the money is.
  std::optional<CaseId> namesake;
};

// A share of money for one case.
struct Allocation {
  CaseId id;
  Fen amount;
  uint32_t attempt = 0;  // of a payment of the case, debited or come back: which; 0: not said
  bool operator==(const Allocation&) const = default;
};

// A batch that remittance notices have announced, or will have.
struct ExpectedBatch {
  AgencyId payer;
  uint32_t lines = 0;               // that its notices say it has
  Fen total;                        // that its notices say it comes to
  std::vector<Allocation> noticed;  // one for each notice that is here
  Fen waiting;                      // sum of the lines that came for it and wait
  bool settled = false;             // it was matched before
  bool announced = true;            // else only `payer` is known, by the number
};

// What is expected, as the matcher asks for it. Errors: the store's.
class FundsBook {
 public:
  virtual ~FundsBook() = default;
  virtual Result<std::optional<ExpectedBatch>> batch(std::string_view number) = 0;
  virtual Result<std::optional<ExpectedCase>> letter(std::string_view number) = 0;
  // Cases that miss exactly this amount, the payer's first; a few at most.
  virtual Result<std::vector<CaseId>> missing(Fen amount, std::string_view payer_account) = 0;
  // The agency whose account this is, by the directory; nullopt: not known.
  virtual std::optional<AgencyId> owner(std::string_view account) = 0;
};

enum class Evidence : uint8_t {
  kNone = 0,
  kBatchNumber = 1,
  kLetterNumber = 2,
  kEndToEndId = 3,
  kAmountAndPayer = 4,  // a proposal
};

struct BankMatch {
  BankOutcome outcome = BankOutcome::kNoCase;
  Evidence evidence = Evidence::kNone;
  std::vector<Allocation> to;  // empty: the money waits under no case
  std::string batch;           // that it names and that is known here
  // kMatched for a batch: lines that waited for it are settled with this one.
  bool settles_batch = false;
  std::vector<CaseId> proposals;
};

// Another agency of the directory than this one paid. An account that the directory does not name
// says nothing: agencies pay from several, and from the treasury's.
bool is_foreign(const v1::BankLine& line, AgencyId payer, FundsBook& book);

// REQUIRES: line.amount_fen() > 0.
Result<BankMatch> match_line(const v1::BankLine& line, FundsBook& book);

}  // namespace jiexu
