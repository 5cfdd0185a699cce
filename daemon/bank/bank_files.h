// Files of bank lines, taken whole or not at all. The sender hands over a file's lines in parts;
// the file counts as imported with the commit that holds its last part, and only then are its lines
// booked, a few in each commit, so that a statement of a million entries stops nobody. Sending the
// same file again changes nothing; sending goes on where it stopped.
//
// A file of an account that is not ours is refused. If a statement in it has balances that its
// lines do not lead from one to the other, or a line is booked on a day on which it cannot have
// been (rules/hold.h), the file is held until two people take it as it is, or put it aside: then
// none of its lines is booked, and it names the file that stands for it. What is held is alarmed. A
// statement that does not join the one before is shown and alarmed until what is missing has come,
// and stops nothing.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/bank_alarms.h"
#include "daemon/bank/bank_commands.h"
#include "daemon/bank/bank_service.h"
#include "daemon/engine/kernel.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/transaction.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

class BankFiles final : public CommitListener {
 public:
  // `accounts`: ours besides the one in the directory. All others must outlive this object.
  BankFiles(AgencyId self, const std::vector<std::string>& accounts, Transaction& tx,
            BankService& service, EngineObserver& observer);

  void set_directory(const Directory& directory);

  // Finds the files whose lines are not all booked, and what is to be alarmed. Once at start.
  Result<void> start(Instant now);

  // A part of the file with this digest. The answer says from which line on to send next; a part
  // that does not begin there is not taken. If the lines do not add up to the sums that the parts
  // state, the file is refused and forgotten.
  Result<v1::BankFileView> stage(const Digest& file, const v1::BankFileInput& part,
                                 std::string_view user, Instant now);

  // Two people decide about a file that is held: one proposes it and says why, another approves
  // what was shown (`content`, in hex), or anybody takes the proposal back. Either again changes
  // nothing. REQUIRES of propose(): a proposal.
  using Taken = tl::expected<v1::BankFileView, Rejection>;
  Result<Taken> propose(const TakeFileCommand& asked, std::string_view user, Instant now);
  Result<Taken> approve(const Digest& file, std::string_view content, std::string_view user,
                        Instant now);
  Result<Taken> retract(const Digest& file);

  // Books some of the lines that wait. Returns whether it did.
  Result<bool> book(Instant now);
  // Whether book() has something to do now.
  bool wants_to_book() const { return !waiting_.empty() && !asleep_; }
  void landed(Moment) override { asleep_ = false; }

 private:
  Result<v1::BankFileRecord> read(const Digest& file) const;
  void write(const Digest& file, const v1::BankFileRecord& record);
  void forget(const Digest& file, const v1::BankFileRecord& record);
  v1::BankFileView refuse_file(const Digest& file, const v1::BankFileInput& part) const;
  bool begin(const v1::BankFileInput& part, std::string_view user, Instant now,
             v1::BankFileRecord& record) const;
  bool is_ours(std::string_view account) const;
  Result<void> open(const Digest& file, v1::BankFileRecord& record);
  Result<void> join(v1::Statement& statement);
  void judge_days(const v1::BankLine& line, const v1::Statement* statement, Instant now,
                  v1::BankFileRecord& record) const;
  Result<bool> can_replace(const Digest& file, const Digest& other) const;
  Result<void> put_aside(const Digest& file, const v1::LineActRecord& act,
                         v1::BankFileRecord& record);
  Result<void> take(const Digest& file, v1::BankFileRecord& record);
  Result<void> start_gaps();
  Result<void> book_line(const Digest& file, const v1::BankLine& line, LineSource& source,
                         v1::BankFileRecord& record, Instant now);

  AgencyId self_;
  Transaction& tx_;
  BankService& service_;
  EngineObserver& observer_;
  BankAlarms alarms_;
  std::set<std::string, std::less<>> others_;  // accounts of ours besides this one
  std::string account_;                        // ours, by the directory; empty: not known
  std::deque<Digest> waiting_;                 // files with lines to book, oldest first
  bool asleep_ = false;                        // what is to be booked next is not durable yet
};

// As the API shows a file.
v1::BankFileView view_bank_file(const Digest& file, const v1::BankFileRecord& record);
// The same of what one person has proposed of a line or file, and another has approved.
void show_decision(const v1::LineActRecord& act, v1::LineDecisionView& out);

}  // namespace jiexu
