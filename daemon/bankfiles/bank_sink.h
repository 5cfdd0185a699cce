// What the readers of bank files hand on, and what they say of the whole file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/money.h"
#include "daemon/base/result.h"
#include "jiexu/v1/funds.pb.h"

namespace jiexu {

// Gets each line in the order of the file; the object is used again for the next line. An error
// ends the reading.
using BankLineSink = std::function<Result<void>(v1::BankLine& line)>;

struct BankFileSummary {
  uint64_t statements = 0;   // or notifications
  uint64_t lines = 0;        // handed on
  uint64_t not_booked = 0;   // pending, for information or in another currency: passed over
  Fen credited;              // sum of the lines above 0
  Fen debited;               // sum of the others, above 0 too
  uint64_t unreadable = 0;   // of the lines
  std::string first_reason;  // why the first of those cannot be read, with its line
  // Statements with balances, and which of the lines are theirs.
  std::vector<v1::Statement> parts;
};

// Why no line of a bank can be of so much (limits::kBankLineFenMax); nullopt: one can.
std::optional<std::string> why_impossible(Fen amount);
// The same of lines that come otherwise than in a bank's file. Error kInvalid, naming the line.
Result<void> check_amounts(const google::protobuf::RepeatedPtrField<v1::BankLine>& lines);

// Counts the line, also of the last statement if there are any, and hands it on. Error kInvalid
// if the sums leave 64 bits.
Result<void> hand_on(v1::BankLine& line, const BankLineSink& sink, BankFileSummary& summary);

}  // namespace jiexu
