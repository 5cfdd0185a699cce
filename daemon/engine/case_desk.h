// Cases at work: loads a case as it is now (also if its newest state is still on the way to the
// disk), lets step() decide, and writes everything that follows into the open commit.
#pragma once

#include <google/protobuf/arena.h>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "daemon/cases/step.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/peers.h"
#include "daemon/engine/pending.h"
#include "storage/records.h"
#include "storage/vault.h"

namespace jiexu {

// Decoded cases, the most recently used ones. A case in it is never older than store and commits.
class CaseCache {
 public:
  explicit CaseCache(size_t max) : max_(max) {}
  const std::shared_ptr<const Case>* find(const CaseId& id);
  void put(std::shared_ptr<const Case> subject);

 private:
  using List = std::list<std::shared_ptr<const Case>>;
  size_t max_;
  List newest_first_;
  std::unordered_map<CaseId, List::iterator> index_;
};

// The person-hash input of a document: type and normalised number.
std::string document_text(const v1::Person& person);

class CaseDesk {
 public:
  CaseDesk(AgencyId self, const Vault& vault, PendingReader& pending, const Reader& durable,
           Peers& peers, EngineObserver& observer, size_t cache_max);

  void set_directory(std::shared_ptr<const Directory> directory);

  // The case as it is now, nullptr if there is none. A letter that the peer has receipted meanwhile
  // is taken note of first.
  Result<std::shared_ptr<const Case>> load(const CaseId& id, Instant now);

  // Decides on the event and writes what follows. REQUIRES: `subject` is what load() returned, or
  // for a new case holds id and peer.
  using Outcome = tl::expected<std::shared_ptr<const Case>, Rejection>;
  Result<Outcome> apply(const Case& subject, Event event);

  // A numbered message of the case was refused: its number is used up all the same.
  void consume_number(const Case& subject, uint32_t case_seq);

  // Cases that the letter number names.
  Result<std::vector<CaseId>> find_letter(std::string_view letter_number) const;

  // Fires deadlines that have passed, at most `limit`. Returns whether any was.
  Result<bool> fire_deadlines(Instant now, size_t limit);
  Instant next_deadline() const { return next_deadline_; }
  // The open commit is durable now.
  void landed();
  // Finds the first deadline; once at start.
  Result<void> start();

  // Writes postings to the balances with `peer`.
  Result<void> post(AgencyId peer, const std::vector<Posting>& postings);
  Result<int64_t> balance(AgencyId peer, LedgerAccount account);

 private:
  Result<Context> context_for(const Case& subject, const Event& event);
  Result<bool> person_has_open_case(const Case& subject, Side side);
  Result<void> take_letter_number(Date today);
  Result<void> settle_delivery(std::shared_ptr<const Case>& subject, Instant now);
  Result<void> write(const Case& before, const Event& event, Step& step);
  void write_case(const Case& subject);
  void write_timeline(const Event& event, const Step& step, const std::vector<LogPlace>& sent);
  void write_timers(const Case& before, const Case& after);
  Result<void> write_indexes(const Case& before, const Case& after);
  Result<void> add_to_list(const std::string& key, const CaseId& id);
  void put(Family family, const std::string& key, std::string_view value, bool findable);

  AgencyId self_;
  const Vault& vault_;
  PendingReader& pending_;
  Records records_;  // over pending_
  const Reader& durable_;
  Peers& peers_;
  EngineObserver& observer_;
  CaseCache cache_;
  google::protobuf::Arena arena_;
  std::shared_ptr<const Directory> directory_;
  v1::Payee own_payee_;
  v1::Contact own_contact_;
  Calendar calendar_ = Calendar::shipped();

  Date letter_day_;
  uint32_t letter_sequence_ = 0;
  std::string letter_number_;

  std::map<std::pair<AgencyId, LedgerAccount>, int64_t> balances_;
  Instant next_deadline_{INT64_MAX};     // no timer is due before
  Instant earliest_written_{INT64_MAX};  // of the timers written since they were last looked at
  std::set<std::string> fired_;          // timers removed by commits that are not durable yet
};

}  // namespace jiexu
