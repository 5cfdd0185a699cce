// Generated people and what is to become of their transfers. Numbers follow the published
// algorithm; nobody real is meant.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/base/money.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu::e2e {

enum class Story {
  kTransfer,    // balance remitted, matched, credited
  kZero,        // an account with nothing in it
  kResident,    // resident insurance: no account
  kRefund,      // paid out to the person at origin
  kRefused,     // still active at origin
  kWithdrawn,   // taken back before acceptance
  kMoneyFirst,  // the form comes after its money
  kCorrected,   // the form is queried once and issued again
};

struct Applicant {
  Story story = Story::kTransfer;
  Fen balance;
  v1::Person person;
  size_t destination = 0;  // index of the transfer-in agency; the other one is the origin
};

class People {
 public:
  // The n-th applicant. The same n gives the same person, whenever asked.
  const Applicant& make(size_t n);
  // By document number; nullptr for a stranger.
  const Applicant* find(const std::string& document_number) const;
  const std::vector<const Applicant*>& all() const { return order_; }

 private:
  std::map<std::string, Applicant> by_number_;
  std::vector<const Applicant*> order_;
};

v1::Application application_of(const Applicant& applicant, const std::string& origin_agency,
                               int32_t today);
// What the transfer-out clerk enters: history of a few years and the account.
v1::InformationForm form_of(const Applicant& applicant, int32_t today);

}  // namespace jiexu::e2e
