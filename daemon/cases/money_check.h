// What must hold of messages about money: amounts, days, which payment, whose account. A notice
// counts once, and what contradicts what is known is refused, so that people on both sides see it.
// Internal to daemon/cases.
#pragma once

#include <optional>

#include "daemon/cases/content.h"

namespace jiexu {

// Of an amount that is moved; it becomes that of the content.
std::optional<Rejection> check_amount(Fen amount, Content& content);
// A sum that no honest sender comes near, but that could overflow the ledger.
std::optional<Rejection> check_sum(Fen before, Fen more);

// REQUIRES: the event is a message about money: a notice, acknowledgement, difference or return, or
// of a payment to the person.
std::optional<Rejection> check_money(const Case& subject, const Event& event,
                                     const Context& context, Content& content);
bool is_about_money(EventKind kind);

// Of an act about money: the day on which it was done, which is not before the letter's.
bool is_before_letter(const Case& subject, Date day);
// The first day that an act of the case can have.
Date not_before_letter(const Case& subject, Date day);

}  // namespace jiexu
