// What the balances of a bank's statement prove: opening balance, lines and closing balance
// agree; it joins the statement before; it is the same as another one, or another part of the
// account's life. Pure; knows no stored record.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/base/money.h"

namespace jiexu {

struct StatementFacts {
  Fen sum;  // of its lines
  uint64_t lines = 0;
  std::optional<Fen> opening;
  std::optional<Fen> closing;
  int32_t opened_on = 0;  // yyyymmdd; 0: not said
  int32_t closed_on = 0;
  uint64_t without_amount = 0;  // lines whose amount cannot be read
};

enum class Proof : uint8_t {
  kProved,    // opening balance + lines = closing balance
  kUnproved,  // a balance is missing, or the amount of a line
  kDiffers,   // two people have to take it as it is
};

Proof prove(const StatementFacts& statement);
std::string_view name(Proof proof);

// The opening balance less the closing balance before: 0 if the two join. Not 0: a statement is
// missing between them, or they overlap. nullopt: a balance is missing.
std::optional<Fen> gap_between(const StatementFacts& before, const StatementFacts& after);

// Whether it is the statement before, told again, be it with other lines or another end.
bool tells_again(const StatementFacts& before, const StatementFacts& statement);

// What no statement of an account tells of: from a closing balance to a later opening one.
struct StatementGap {
  Fen from;
  int32_t from_day = 0;  // yyyymmdd; 0: not said
  Fen to;
  int32_t to_day = 0;
  bool operator==(const StatementGap&) const = default;
};

// Whether the statement is of what was missing: it comes late.
bool fills_gap(const std::vector<StatementGap>& gaps, const StatementFacts& statement);
// What is still missing when the statement has come, in whatever order statements come. What is
// long ago by its days is given up.
std::vector<StatementGap> fill_gaps(const std::vector<StatementGap>& gaps,
                                    const StatementFacts& statement);

// Whether equal lines of two statements of one account are one booking.
enum class Statements : uint8_t {
  kUnknown,
  kSame,   // the same balances, sum and number of lines: told again
  kApart,  // one ends where the other begins
};

Statements relate(const StatementFacts& one, const StatementFacts& other);

}  // namespace jiexu
