// One agency's people and systems in a load of whole cases: new applications, clerks who do what a
// case allows next, the bank that books what the other agency ordered. Everything goes through the
// API, over connections that are kept.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/bench/exchange/site.h"
#include "tests/e2e/people.h"

namespace jiexu::bench {

class Office {
 public:
  // The agency `index` of two. `people` is shared; nobody may change it while a round runs.
  Office(const Site& site, size_t index, const e2e::People& people);

  // Hands in applications that have been accepted already; each becomes a letter to the other.
  void apply(const std::vector<const e2e::Applicant*>& applicants);
  // One round over the open cases: every next move, and the bank's bookings for the other agency,
  // which are given to it. Returns how many cases were open.
  size_t work(Office& other);

 private:
  using View = std::reference_wrapper<const v1::CaseView>;

  std::vector<v1::CaseView> open_cases();
  void book(const std::vector<v1::CaseView>& open, Office& other);
  void act(HttpConnection& at, v1::CaseView view);
  bool moved_on(const v1::CaseView& view);

  const Site& site_;
  const size_t index_;
  const e2e::People& people_;
  const int32_t today_;
  std::vector<std::unique_ptr<HttpConnection>> clerks_;
  std::unique_ptr<HttpConnection> bank_;      // used by the other office's rounds
  std::map<std::string, uint64_t> acted_on_;  // revision by case: not again before it changes
  std::set<std::string> booked_;              // letter numbers
};

}  // namespace jiexu::bench
