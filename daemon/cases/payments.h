// The payments of a case, each by its attempt: at OUT what was ordered from the bank, at IN what
// was noticed; less what the bank sent back. One that has come back whole is not listed. What comes
// back names its payment, so that nobody has to guess which of several it was, and both sides
// can be compared payment by payment. Internal to daemon/cases but for which_payment() and
// is_acknowledged(). Pure.
#pragma once

#include <optional>
#include <tl/expected.hpp>

#include "daemon/cases/case.h"
#include "daemon/cases/refusal.h"

namespace jiexu {

// Refused: no more of a case can be open at once.
std::optional<Rejection> check_room_for_payment(const Case& subject, uint32_t attempt);

void add_payment(uint32_t attempt, Fen amount, Case& subject);
// What is more than the payment has is of others, the newest first: only a peer that errs, or a
// record that is older than this list, says so.
void take_from_payment(uint32_t attempt, Fen amount, Case& subject);

// Which payment a person means who names `attempt`, or 0: the only one. Refused: there is no such
// payment, or several and none is named; the detail says which ones there are.
tl::expected<OpenPayment, Rejection> which_payment(const Case& subject, uint32_t attempt);

// Whether the other agency has credited more than the case's other payments can have brought: so
// this one has arrived.
bool is_acknowledged(const Case& subject, uint32_t attempt);

// Of a record that has no list, though something is ordered: all of it is of the last payment.
void list_old_payments(Case& subject);

}  // namespace jiexu
