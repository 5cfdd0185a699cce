// The scripted exchange: two agencies, a fixed list of people whose insurance moves, clerks that do
// the next thing offered, and a bank. Agency A lives on a store that the caller owns and may break;
// B's is in memory and sound. The script knows nothing but what the stores say, so that it goes on
// after any death of A.
#pragma once

#include <set>
#include <vector>

#include "storage/memory/memory_store.h"
#include "tests/e2e/people.h"
#include "tests/faults/books.h"
#include "tests/faults/station.h"

namespace jiexu::faults {

class Exchange {
 public:
  explicit Exchange(size_t cases);

  enum class End {
    kDone,    // every case is closed at both agencies and every message receipted
    kDied,    // A had to end
    kPaused,  // A made as many commits in this life as it was asked to
    kStuck,   // nothing moves any more
  };
  // A starts over the store of `life` and goes on. It has ended when this returns.
  End run(const Life& life, uint64_t commits_max);
  // Why A died or the script is stuck.
  const std::string& why() const { return why_; }

  const Promises& promises() const { return promises_; }
  Station& a() { return a_; }
  Result<Books> books_of_b() const;
  // Messages that B has sent and received.
  size_t messages() const;

 private:
  struct Script {
    CaseId id;
    const e2e::Applicant* applicant;
    AgencyId in;
    AgencyId out;
  };

  End play(uint64_t commits_max);
  Result<void> round();
  Result<bool> settle();
  Result<bool> deliver(Station& from, Station& to);
  Result<void> visit(Station& station, const Script& script);
  Result<void> act(Station& station, const Script& script, EventKind action, const Case& subject);
  Result<void> book_money(const Script& script, const Case& out_side);
  std::optional<EventKind> choose(const Script& script, const Case& subject) const;
  bool all_done();
  Station& station(AgencyId id) { return id == a_.self ? a_ : b_; }

  e2e::People people_;
  std::vector<Script> scripts_;
  MemoryStore b_store_;
  Station a_;
  Station b_;
  Promises promises_;
  std::set<CaseId> money_arrived_;
  Instant now_;
  std::string why_;
};

}  // namespace jiexu::faults
