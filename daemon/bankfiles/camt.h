// Bank statements (camt.053) and notifications (camt.054) of ISO 20022, versions .02 to .08, read
// as a stream. Several statements a file, reversals, batch entries with many details; each detail
// of an entry is a line of its own.
//
// An entry that is not booked (pending, information) is passed over, and so are the entries of a
// report of the day so far (camt.052) and of an account in another currency. An entry of which
// money would have to be guessed (another currency than yuan, an amount that is not fen, details
// that do not add up to it, no day) is one line that says why, with its amount if that can be
// read, so that it costs the others nothing. A file that is not XML, has an entry without an
// account, or no entry at all that can be read, is refused with the line.
//
// What a bank keeps for itself of a debit (charges) is a line of its own: the payment has its own
// amount. The balances of each statement are in the summary.
//
// What a bank leaves out is taken from where it says it otherwise: the day of value or of the
// statement for the booking day, the amount that was instructed for that of a detail, the batch of
// the group that a detail stands in.
//
// The number of a line is the bank's reference of the detail, or that of the entry with the place
// of the detail behind it, or, if the bank gives none, the statement's id and the place of the
// entry. Pure.
#pragma once

#include <memory>
#include <string_view>

#include "daemon/bankfiles/bank_sink.h"

namespace jiexu {

class CamtReader {
 public:
  explicit CamtReader(BankLineSink sink);
  ~CamtReader();

  // Errors kInvalid, naming line and rule; for good.
  Result<void> feed(std::string_view bytes);
  Result<BankFileSummary> finish();

 private:
  class Handler;
  std::unique_ptr<Handler> handler_;
};

}  // namespace jiexu
