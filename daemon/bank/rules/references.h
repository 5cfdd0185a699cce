// What a bank line says of the payment that it belongs to, and what a payment says of itself: batch
// number, letter number, EndToEndId, in a field of their own or in the remark. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/rules/batch_number.h"
#include "daemon/rules/letter_number.h"
#include "jiexu/v1/funds.pb.h"

namespace jiexu {

// The id of a payment order, which goes with it from bank to bank: letter number and number of the
// attempt. It follows from the instruction, so that a bank can refuse the same one twice.
struct EndToEndId {
  std::string letter_number;
  uint32_t attempt = 0;

  // "41132807261120000017-1"
  std::string text() const;
  // Folds width; nullopt if it is none of ours.
  static std::optional<EndToEndId> parse(std::string_view text);
  bool operator==(const EndToEndId&) const = default;
};

// Everything that was found, in the order in which it stands; valid numbers only.
struct References {
  std::vector<std::string> batches;
  std::vector<std::string> letters;
  std::optional<EndToEndId> end_to_end;
};

// Reads remark, EndToEndId and batch reference of the line.
References find_references(const v1::BankLine& line);

// The remark of a payment: `number` with `title` in front, as much of the title as fits into the
// bytes of GBK that survive (limits::kRemarkBytesMax). Never cuts the number. REQUIRES: the number
// is ASCII and shorter than the limit.
std::string make_remark(std::string_view title, std::string_view number);

// The bank says that a payment did not stay where it was sent.
bool is_marked_as_return(const v1::BankLine& line);
// Why the payment came back: the bank's code or, of a line that says it in its text alone, that
// text, which tells the clerk whether the account is wrong. Empty: it does not say.
std::string reason_of_return(const v1::BankLine& line);
// The line is so marked, or has the number of a payment of ours, which is not somebody else's.
bool says_that_it_came_back(const v1::BankLine& line);

}  // namespace jiexu
