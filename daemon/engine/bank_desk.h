// Postings on our bank accounts: each is imported once, finds its cases by the matcher's evidence
// (daemon/funds/matcher.h), and has a named outcome. What is not settled waits in a tray until a
// later event or a person settles it; nothing leaves a tray without a record of why.
//
// Money that no case has taken stands in suspense under our own code, to the fen.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/engine/bank_book.h"
#include "daemon/engine/case_desk.h"
#include "daemon/funds/bank_outcome.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// The key of a line: the five fields under which banks repeat a notice.
Digest digest_of(const v1::BankLine& line);

class BankDesk final : public FundsWatcher {
 public:
  BankDesk(AgencyId self, PendingReader& pending, const Reader& durable, const Vault& vault,
           CaseDesk& cases)
      : self_(self),
        pending_(pending),
        records_(pending, vault),
        cases_(cases),
        book_(pending, durable, vault, cases) {}

  void set_directory(const Directory& directory) { book_.set_directory(directory, self_); }

  // Imports one line into the open commit. A line that was imported before changes nothing and gets
  // its old outcome with `duplicate` in front. `file`: digest of the file that it came in, or
  // empty.
  Result<v1::BankLineResult> import(const v1::BankLine& line, std::string_view file, Instant now);

  // A remittance notice of this case has been accepted. Money that waited for it may be matched.
  Result<void> noticed(const CaseId& id, AgencyId peer, const v1::RemittanceNotice& notice,
                       Instant now);

  // FundsWatcher: lines that waited with the case are settled when it no longer holds their money
  // apart.
  Result<void> funds_changed(const Case& before, const Case& after, const Event& event) override;

  // A person says where the money of a waiting line belongs. What a case refuses stays in suspense,
  // and the line in its tray.
  using Settled = tl::expected<v1::BankLineResult, Rejection>;
  Result<Settled> match_by_hand(const Digest& line, const std::vector<Allocation>& to,
                                std::string_view user, std::string_view note, Instant now);
  // A person says that the line is no money of a case, and why.
  Result<Settled> set_aside(const Digest& line, std::string_view user, std::string_view note,
                            Instant now);

 private:
  using Record = v1::BankLineRecord;
  struct Entry {
    Digest digest{};
    Record record;
  };

  Result<void> place_credit(Entry& entry, Instant now);
  Result<void> place_debit(Entry& entry, Instant now);
  // A payment of ours that came back, or money that IN sends back; false if it is neither.
  Result<bool> place_come_back(Entry& entry, Instant now);
  Result<void> place_batch(Entry& entry, const BankMatch& match, Instant now);
  // Books the parts with their cases; returns what they refused.
  Result<Fen> allot(Record& record, const std::vector<Allocation>& parts, Instant now);
  // nullopt: the case refuses the money.
  Result<std::shared_ptr<const Case>> credit(const CaseId& id, Fen amount, Instant now);
  Result<void> note_recovered(const CaseId& id, Fen amount);
  Result<bool> take_recovered(const CaseId& id, Fen amount);
  Result<std::shared_ptr<const Case>> apply(const CaseId& id, EventKind kind, Fen amount,
                                            Instant now);
  // Changes what of the line stands in suspense.
  Result<void> park(Entry& entry, Fen amount, Instant now);
  Result<void> try_batch(const std::string& number, Instant now);
  Result<void> settle(Entry& entry, BankOutcome outcome, std::string_view by, std::string_view note,
                      Instant now);

  Result<std::optional<Entry>> read(const Digest& digest);
  // The tray follows the outcome.
  Result<void> write(Entry& entry);
  Result<void> add_to_list(const Key& key, const Digest& digest);
  Result<std::vector<Digest>> read_list(const Key& key) const;
  v1::BankLineResult result_of(const Entry& entry) const;

  AgencyId self_;
  PendingReader& pending_;
  Records records_;
  CaseDesk& cases_;
  BankBook book_;
};

}  // namespace jiexu
