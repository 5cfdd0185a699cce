// What our letters say of ourselves.
#pragma once

#include <vector>

#include "daemon/rules/form_check.h"
#include "jiexu/v1/forms.pb.h"

namespace jiexu {

// From our own entry in the directory, and judged when it is read: each letter says the same.
class OwnEntry {
 public:
  // Says nothing, which no letter may.
  OwnEntry() : OwnEntry(v1::Payee(), v1::Contact()) {}
  OwnEntry(v1::Payee payee, v1::Contact contact);

  // Into which balances for us are paid.
  const v1::Payee& payee() const { return payee_; }
  const v1::Contact& contact() const { return contact_; }
  // For which the peer would refuse a letter that says this.
  const std::vector<Finding>& findings() const { return findings_; }

 private:
  v1::Payee payee_;
  v1::Contact contact_;
  std::vector<Finding> findings_;
};

}  // namespace jiexu
