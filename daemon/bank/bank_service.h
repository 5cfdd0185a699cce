// Postings on our bank accounts: each is imported once, finds its cases by the matcher's evidence
// (daemon/bank/rules/matcher.h), and has a named outcome. What is not settled waits in an exception
// queue until a later event or a person settles it; nothing leaves one without a record of why.
//
// What a statement says of payments of ours goes to the payment service, and a reversal goes to the
// cases of the line that it takes back, in whichever order the two come. A line that is early
// because a link is being recovered, or because the other agency still holds the money as
// credited, or that may be of one of several payments that the store has forgotten, is tried again.
//
// Money that no case has taken stands in suspense under our own code, to the fen.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bank/bank_book.h"
#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/line_identity.h"
#include "daemon/bank/rules/line_step.h"
#include "daemon/casework/case_service.h"
#include "daemon/payments/payment_service.h"
#include "daemon/peers/link_guard.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// The key of a line, the `n`th of those that agree in account, bank's number, amount, booking day
// and the payment that they name.
Digest digest_of(const v1::BankLine& line, uint32_t n = 0);
// The key that it had before numbers were known to come again: of the two accounts, the other's
// name, number and amount. Such lines stay under it.
Digest old_digest_of(const v1::BankLine& line);

// Lines that come together are never each other's duplicate: those of a file, or of one request.
struct LineSource {
  std::string file;                            // its digest; empty: no file
  const v1::BankFileRecord* record = nullptr;  // of the file
  uint32_t statement = 0;                      // of the file, from 1; 0: none
  uint64_t place = 0;                          // of the line in the file, from 0
  std::map<Digest, bool> used;  // known lines that they reported again or are; true: loosely
  // By the first key of lines that agree: so many of them are used.
  std::map<Digest, uint32_t> passed;
  // By entry: what of its sum its details have come to so far.
  std::map<Digest, int64_t> parts;
};

class BankService final : public CaseListener {
 public:
  BankService(AgencyId self, Transaction& tx, CaseService& cases, PaymentService& payments,
              const LinkGuard& guard)
      : self_(self), tx_(tx), cases_(cases), payments_(payments), guard_(guard), book_(tx, cases) {}

  // Finds the lines that are to be tried again; once, at start.
  Result<void> start();

  void set_directory(const Directory& directory) { book_.set_directory(directory, self_); }

  // Imports one line into the open commit. A line that reports a known one again (line_identity.h)
  // moves nothing and gets its outcome with `duplicate` in front; one of which that is not sure
  // waits. `source`: what it came in; the same for all lines that came together.
  Result<v1::BankLineResult> import(const v1::BankLine& line, LineSource& source, Instant now);

  // A remittance notice of this case has been accepted. Money that waited for it may be matched.
  Result<void> noticed(const CaseId& id, AgencyId peer, const v1::RemittanceNotice& notice,
                       Instant now);

  // CaseListener: lines that waited with the case are settled when it no longer holds their money
  // apart. A line of which something stands in suspense waits for a person besides.
  Result<void> case_changed(const CaseChanged& change) override;

  // People decide about a line, two of them: one proposes an act, another approves what was shown
  // (`content`, in hex). Either again changes nothing. What a case refuses then stays in suspense,
  // and the line in its queue. The answer has the line as it is then.
  using Settled = tl::expected<v1::BankLineResult, Rejection>;
  // `act` has the act, its shares, note and, of a line that is a known one, that line; empty: the
  // one that it may be.
  Result<Settled> propose(const Digest& line, v1::LineActRecord act, std::string_view user,
                          Instant now);
  Result<Settled> approve(const Digest& line, std::string_view content, std::string_view user,
                          Instant now);
  Result<Settled> retract(const Digest& line);

  // A link has been recovered, or the bank or a person has said something of many payments.
  void try_again_soon();
  bool wants_to_try_again() const { return !again_.empty(); }
  // Looks again at lines that may be taken now. Whether it wrote anything.
  Result<bool> try_again(Instant now);

 private:
  using Record = v1::BankLineRecord;
  using Cases = std::vector<CaseId>;
  struct Entry {
    Digest digest{};
    Record record;
    BankOutcome was = kNoLine;  // in the store
    bool had_act = false;       // that waits for its second person
  };

  Result<CasesGive> ask_cases(const Record& record, Instant now);
  // What a line that is void stands for, over further void lines; any other line is itself.
  Result<Digest> original_of(Digest line) const;
  Result<bool> is_known_line(const Entry& entry, const Digest& other) const;
  Result<std::optional<ExpectedBatch>> noticed_batch(const Record& record, Instant now);
  Result<LineAsked> ask_of(const Entry& entry, const v1::LineActRecord& act, LineNow& line,
                           Instant now);
  Result<std::optional<Rejection>> bar_to(const Entry& entry, const v1::LineActRecord& act,
                                          Instant now);
  Result<void> carry_out(Entry& entry, const v1::LineActRecord& act, const std::string& user,
                         Instant now);
  Result<void> match(Entry& entry, const v1::LineActRecord& act, std::string_view by, Instant now);
  Result<void> match_noticed(Entry& entry, std::string_view by, std::string_view note, Instant now);
  Result<void> note_match(Entry& entry, const LineNow& line, std::string_view by,
                          std::string_view note, Instant now);
  Result<void> place_another(Entry& entry, Instant now);
  // As a line that comes. `entry` is then as the store has it.
  Result<void> place_anew(Entry& entry, Instant now);
  Result<void> void_line(Entry& entry, const v1::LineActRecord& act, std::string_view by,
                         Instant now);
  Result<void> go_back(Entry& entry, Instant now);
  Result<void> undo(Entry& entry, const v1::LineActRecord& act, Instant now);

  Result<bool> has_room_for(const v1::BankLine& line);
  struct Candidate {
    Entry entry;
    KnownLine known;
  };
  struct Found {
    Identity identity;
    std::optional<Entry> known;  // if it is not new
    std::optional<Entry> whole;  // it is a part of this sum, which was told before as one line
    Digest unused{};             // under which it is kept if it is no repetition
  };
  Result<Found> find_known(const v1::BankLine& line, LineSource& source) const;
  // Adds the line of this key, if there is one; whether there is.
  // Of the known line's statement and the one that is being booked.
  Result<Statements> relate_statements(const Record& known, const LineSource& source) const;
  v1::BankLineResult invalid(Entry& entry, std::string_view why) const;
  Result<v1::BankLineResult> import_damaged(Entry& entry, const LineSource& source, Instant now);
  Result<bool> add_candidate(const Digest& digest, const v1::BankLine& line,
                             const LineSource& source, std::vector<Candidate>& found) const;
  static void drop_void(std::vector<Candidate>& found);
  Result<void> find_whole(const v1::BankLine& line, const LineSource& source, Found& out) const;
  Result<void> find_parts(const v1::BankLine& line, const LineSource& source, Found& out) const;
  void note_repeated(Entry& known, bool loosely, LineSource& source);
  Result<void> note_reported(Entry& known, bool loosely, LineSource& source);
  Result<void> note_number(const Entry& entry, LineSource& source);
  Result<bool> give_way(Entry& whole, const Digest& part, Instant now);
  Result<void> place_unsure(Entry& entry, const Entry& known, Instant now);
  Result<v1::BankLineResult> import_new(Entry& entry, Instant now);
  Result<void> place_credit(Entry& entry, Instant now);
  Result<void> place_debit(Entry& entry, Instant now);
  // Money that IN sends back; false if it is not.
  Result<bool> place_come_back(Entry& entry, Instant now);
  Result<Fen> said_back(const CaseId& id);
  Result<void> hear_back(const CaseId& id, Fen amount);
  // Whose letters the line names.
  Result<std::vector<std::shared_ptr<const Case>>> named_cases(const v1::BankLine& line, Side side,
                                                               Instant now);
  // A payment of ours that its bank sends back; false if it is not.
  Result<bool> place_return(Entry& entry, Instant now);
  // The debit of what a case of ours has sent back; false if it is not.
  Result<bool> place_sent_back(Entry& entry, Instant now);
  Result<bool> take_debit(const Case& sender, Fen amount);
  Result<void> take(Entry& entry, const PaymentService::LineTaken& taken, Instant now);
  // REQUIRES: the record's proposals are set.
  void postpone(const Entry& entry, bool again);
  void forget_cases(const Digest& line, const Cases& cases);
  // Those that wait for this case, which has changed.
  void try_again_soon(const CaseId& id);
  Result<void> try_again(const Digest& digest, bool credits, Instant now);
  Result<bool> is_recovering(const std::vector<Allocation>& to, Instant now);
  Result<void> wait_for_link(Entry& entry, const std::vector<Allocation>& to, Instant now);

  // Reversals. The line that `entry` takes back, or for a credit the line that waits to take it
  // back.
  Result<std::optional<Digest>> find_twin(const Entry& entry);
  Result<void> note_twin(const Entry& entry);
  Result<bool> place_reversal(Entry& entry, Instant now);
  // Returns whether a reversal had waited for the credit.
  Result<bool> meet_reversal(const Entry& credit, Instant now);
  // Writes the credit, not the reversal.
  Result<void> take_back(Entry& credit, Entry& reversal, Instant now);
  // Returns what the case does not give.
  Result<Fen> take_from_case(const CaseId& id, Fen amount, Instant now);
  Result<bool> leave_batch(Entry& entry);
  Result<void> give_up_batch(const std::string& number);
  // `proposed`: when a person said so; what has become of a payment since was not known then.
  Result<tl::expected<std::vector<Allocation>, Rejection>> name_payments(
      const v1::BankLine& line, const std::vector<Allocation>& to, Instant proposed) const;
  Result<Fen> take_parts(Entry& entry, const std::vector<Allocation>& parts, Instant now);
  Result<void> place_batch(Entry& entry, const BankMatch& match, Instant now);
  // Books the parts with their cases; returns what they refused.
  Result<Fen> allot(Record& record, const std::vector<Allocation>& parts, Instant now);
  struct Credited {
    std::shared_ptr<const Case> subject;  // as it is now; nullptr: it refuses all of the money
    Fen refused;
  };
  Result<Credited> credit(const v1::BankLine& line, const Allocation& part, Instant now);
  Result<Credited> bring(const CaseId& id, Fen amount, Instant now);
  // What the case's own messages proved that the bank had brought, or taken back, while its line
  // was lost with the store. The line is to come again.
  enum class Proved : uint8_t { kBrought, kTakenBack };
  Result<void> hear_of_recovery(const CaseChanged& change);
  Result<void> settle_waiting(const Case& after, Instant now);
  Result<void> note_recovered(const CaseId& id, Proved what, Fen amount);
  // How much of the amount is proved already; that is used up then.
  Result<Fen> take_recovered(const CaseId& id, Proved what, Fen amount);
  Result<std::shared_ptr<const Case>> apply(const CaseId& id, EventKind kind, Fen amount,
                                            Instant now);
  // Changes what of the line stands in suspense.
  Result<void> park(Entry& entry, Fen amount, Instant now);
  Result<void> try_batch(const std::string& number, Instant now);
  Result<void> settle(Entry& entry, BankOutcome outcome, std::string_view by, std::string_view note,
                      Instant now);

  Result<std::optional<Entry>> read(const Digest& digest) const;
  // The queue follows the outcome, and the index of what waits for a second person the acts.
  Result<void> write(Entry& entry);
  void keep_act(Entry& entry);
  Result<void> add_to_list(const RecordKey& key, const Digest& digest, size_t lines_max = SIZE_MAX);
  Result<std::vector<Digest>> read_list(const RecordKey& key) const;
  v1::BankLineResult result_of(const Entry& entry) const;
  // The same of a line that is reported again.
  v1::BankLineResult repeated(const Entry& known) const;

  AgencyId self_;
  Transaction& tx_;
  CaseService& cases_;
  PaymentService& payments_;
  const LinkGuard& guard_;
  BankBook book_;
  // Lines that are tried again, and the cases that each may be of, as far as this run knows.
  std::map<Digest, Cases> postponed_;
  std::set<std::pair<CaseId, Digest>> waiting_for_;  // the same by case
  std::set<Digest> again_;                           // of them, those to be tried now
};

}  // namespace jiexu
