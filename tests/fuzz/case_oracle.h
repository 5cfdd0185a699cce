// What must hold of every accepted step, whatever the event said: a second, naive look at the table
// and at the ledger.
#pragma once

#include "daemon/cases/step.h"

namespace jiexu {

// The money that the case's own fields say is booked, by account. Meaningful for cases that were
// reached by steps, or that money_fits().
int64_t booked(const Case& subject, LedgerAccount account);

// True if a case in this state can have come there by steps, as far as its money goes.
bool money_fits(const Case& subject);

// CHECKs: a row of the table moved the case, counters grew by one, messages are numbered and small
// enough to send, postings are what the fields say, and the record of the case reads back.
// `ledger`: whether `before` was money_fits().
void check_step(const Case& before, const Event& event, const Case& after, const Step& step,
                bool ledger);

// CHECKs that a refusal has left the case as it was.
void check_unchanged(const Case& before, const Case& after);

}  // namespace jiexu
