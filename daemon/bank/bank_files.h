// Files of bank lines, taken whole or not at all. The sender hands over a file's lines in parts;
// the file counts as imported with the commit that holds its last part, and only then are its lines
// booked, a few in each commit, so that a statement of a million entries stops nobody. Sending the
// same file again changes nothing; sending goes on where it stopped.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/bank_service.h"
#include "daemon/engine/kernel.h"
#include "daemon/engine/transaction.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

class BankFiles final : public CommitListener {
 public:
  BankFiles(Transaction& tx, BankService& service) : tx_(tx), service_(service) {}

  // Finds the files whose lines are not all booked. Once at start.
  Result<void> start();

  // A part of the file with this digest. The answer says from which line on to send next; a part
  // that does not begin there is not taken. If the lines do not add up to the sums that the parts
  // state, the file is refused and forgotten.
  Result<v1::BankFileView> stage(const Digest& file, const v1::BankFileInput& part,
                                 std::string_view user, Instant now);

  // Books some of the lines that wait. Returns whether it did.
  Result<bool> book(Instant now);
  // Whether book() has something to do now.
  bool wants_to_book() const { return !waiting_.empty() && !asleep_; }
  void landed(Moment) override { asleep_ = false; }

 private:
  Result<v1::BankFileRecord> read(const Digest& file) const;
  void write(const Digest& file, const v1::BankFileRecord& record);
  void forget(const Digest& file, const v1::BankFileRecord& record);
  Result<void> book_line(const Digest& file, const v1::BankLine& line, LineSource& source,
                         v1::BankFileRecord& record, Instant now);

  Transaction& tx_;
  BankService& service_;
  std::deque<Digest> waiting_;  // files with lines to book, oldest first
  bool asleep_ = false;         // what is to be booked next is not durable yet
};

// As the API shows a file.
v1::BankFileView view_bank_file(const Digest& file, const v1::BankFileRecord& record);

}  // namespace jiexu
