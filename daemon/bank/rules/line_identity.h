// Whether a line of a bank's file is a booking that is known already, or another one. Banks repeat
// a booking in later files, in other formats and with names spelled otherwise; they also give the
// same number to several postings: to each detail of an entry, to a booking of another day, to a
// statement of which there is a second page.
//
//   * Lines of one file are never each other's duplicate. Of k equal lines of a file and m in the
//     store, the first min(k, m) are reported again; the rest are bookings of their own.
//   * Another EndToEndId, letter or batch number is another booking; so is another booking day or
//     payer's account, unless both lines name the same payment.
//   * What is neither surely the same nor surely another waits for a person. Nothing is dropped.
//
// Only lines of the same account, bank's number and amount are compared; others are different.
// Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "jiexu/v1/funds.pb.h"

namespace jiexu {

// Of two lines of the same account, bank's number and amount.
enum class Likeness : uint8_t {
  kOther,   // another booking
  kUnsure,  // names the same payment, and was booked on another day or from another account
  kAlike,   // nothing speaks against it; one says what the other leaves out
  kSame,    // the same in everything by which bookings are told apart
};

Likeness compare(const v1::BankLine& known, const v1::BankLine& line);

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
