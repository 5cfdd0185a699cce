// What a camt file says of one entry, one of its details or one balance, as the reader gathers it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/money.h"
#include "daemon/base/result.h"
#include "jiexu/v1/funds.pb.h"

namespace jiexu::camt {

struct Party {
  std::string name;
  std::string account;
  std::string bank;
};

struct Detail {
  std::optional<Fen> amount;  // without a sign
  std::optional<Fen> amount_within;
  std::optional<Fen> amount_instructed;
  Fen charges;
  std::string sign;
  std::string bank_reference;
  std::string batch;
  std::string end_to_end_id;
  std::vector<std::string> remark;
  std::string return_reason;
  Party debtor;
  Party creditor;
  std::string raw;
  uint64_t line = 0;
};

struct Balance {
  std::string kind;
  std::optional<Fen> amount;
  std::string sign;
  int32_t day = 0;

  // To what the statement says of its balances.
  void add_to(v1::Statement& statement) const;
};

struct Entry {
  uint64_t line = 0;
  std::string wrong;     // why it cannot be read; empty: so far it can
  bool flushed = false;  // lines of it are handed on
  std::optional<Fen> amount;
  Fen charges;
  std::string currency;
  std::string sign;
  std::string reversal;
  std::string status;
  int32_t booked_on = 0;
  int32_t valued_on = 0;
  std::string reference;
  std::string bank_reference;
  std::vector<std::string> text;
  std::vector<std::string> batches;  // one for each NtryDtls that names one, "" for the others
  std::string header;                // as it stands in the file, before the first detail
  uint64_t details = 0;
  std::optional<Detail> held;  // the first detail, until it is known whether others follow
  int64_t sum = 0;             // of its lines
};

bool in_yuan(std::string_view currency);
// Whether the text holds as many digits as a letter number, a batch number and an EndToEndId do.
bool may_be_ours(std::string_view text);
// The amount of a detail. Error kInvalid.
Result<void> take_amount(std::string_view text, std::optional<Fen>& to);
// A reference of the bank; empty for the words that banks write where they have none.
std::string reference(std::string_view text);
// Each line of it is a part: banks cut texts into lines.
void add_text(std::string_view text, std::vector<std::string>& to);
// What the bank has kept, in all.
void take_charge(std::string_view text, Fen& to);

}  // namespace jiexu::camt
