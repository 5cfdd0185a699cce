// Whether a line of a bank's file is a booking that is known already, or another one. Banks repeat
// a booking in later files, in other formats and with names spelled otherwise; they also give the
// same number to several postings: to each detail of an entry, to a booking of another day, to a
// statement of which there is a second page.
//
//   * Lines of one file are never each other's duplicate. Of k equal lines of a file and m in the
//     store, the first min(k, m) are reported again; the rest are bookings of their own.
//   * Another EndToEndId, letter or batch number is another booking.
//   * Under the same number of the bank and on the same day it is reported again, however the
//     payer is spelled; if the payer's accounts differ, it waits.
//   * Under the same number on another day it is another booking, unless it names the same letter
//     or EndToEndId and does not name another payer's account: then it waits.
//   * If either has no number of the bank's (one made of statement and place is none), only the day
//     and what the lines say can tell: another text or payer is another booking, all the same
//     waits, unless the balances of their statements decide it (statement.h).
//   * If the bank gives the booking day of one of them alone, what else is the same waits.
//
// Waiting lines are a person's; nothing is dropped. Only lines of the same account and amount, and
// of the same number or day, are compared; others are different. A sum that is booked as one line
// and told again as its details, or the other way, is one booking too, and the details stay. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "daemon/bank/rules/statement.h"
#include "jiexu/v1/funds.pb.h"

namespace jiexu {

// Of two lines of the same account and amount.
enum class Likeness : uint8_t {
  kOther,   // another booking
  kUnsure,  // nobody can tell from what the lines say
  kAlike,   // nothing speaks against it; one says what the other leaves out
  kSame,    // the same in everything by which bookings are told apart
};

// `statements`: of the two lines; they decide where the lines alone cannot, for want of a number.
Likeness compare(const v1::BankLine& known, const v1::BankLine& line,
                 Statements statements = Statements::kUnknown);

// The number is the bank's own.
bool is_numbered(const v1::BankLine& line);
// It is one of several details of an entry that has a number of the bank's.
bool is_part(const v1::BankLine& line);

// A number or text by which the line names its payment, the same however much else the line says;
// empty: it names none.
std::string payment_named_in(const v1::BankLine& line);

// A line of the store beside one that comes.
struct KnownLine {
  Likeness likeness = Likeness::kOther;
  bool in_file = false;  // it came in this file, or a line before of this file reported it again
  bool loosely = false;  // ... and that line was only alike
};

struct Identity {
  enum class Kind : uint8_t {
    kNew,       // a booking of its own
    kRepeated,  // `of` is reported again
    kUnsure,    // that, or a booking of its own: a person says which
  };
  Kind kind = Kind::kNew;
  size_t of = 0;  // index of the known line
  bool loosely = false;
};

Identity identify(std::span<const KnownLine> known);

}  // namespace jiexu
