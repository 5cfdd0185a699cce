// Agencies that have worked for a while, for tests that ask them everything: with cases in many
// states, bank lines that wait and that do not, batches, payments, proposals and messages set
// aside. And the words of such an agency: every name and number that its answers hold.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/agency/payer.h"
#include "tests/api/live_api.h"

namespace jiexu {

// By the name of the field in which they stood.
using Words = std::map<std::string, std::vector<std::string>>;

class LivedIn {
 public:
  virtual ~LivedIn() = default;
  virtual Site& site() = 0;
  LiveApi& live() { return *live_; }

  // Asks every route that reads, twice, so that the second time it can name what the first has
  // shown.
  Words words();

 protected:
  std::unique_ptr<LiveApi> live_;
};

// Where people come from: it pays.
std::unique_ptr<LivedIn> make_lived_in_out();
// Where people go, under four eyes: it is paid.
std::unique_ptr<LivedIn> make_lived_in_in();

}  // namespace jiexu
