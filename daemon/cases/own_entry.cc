#include "daemon/cases/own_entry.h"

#include <utility>

namespace jiexu {

OwnEntry::OwnEntry(v1::Payee payee, v1::Contact contact)
    : payee_(std::move(payee)), contact_(std::move(contact)), findings_(check_contact(contact_)) {
  const std::vector<Finding> about_payee = check_entered_payee(payee_);
  findings_.insert(findings_.end(), about_payee.begin(), about_payee.end());
}

}  // namespace jiexu
