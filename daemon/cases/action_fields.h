// The fields of v1::ActionInput by name, and which of them an action takes and needs; offers.cc has
// the table. Plain data, pure. Internal to daemon/cases but for the names.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "daemon/cases/event.h"
#include "daemon/cases/state_set.h"

namespace jiexu {

// In the order in which a person is asked for them.
enum class Field : uint8_t {
  kAttempt,
  kAmount,
  kAgency,
  kCode,
  kDate,
  kReason,
  kFindings,
  kRefundPerson,
  kNote,
  kKeysTried,
  kPayee,
  kForm,
  kPaper,
  kPaperSha256,
  kAttachment,
  kApplication,
  kLast = kApplication,
};
using FieldSet = StateSet<Field>;

inline constexpr std::array<std::string_view, 16> kFieldNames = {
    "attempt",  "amount_fen",    "agency",     "code",        "date",  "reason",
    "findings", "refund_person", "note",       "keys_tried",  "payee", "form",
    "paper",    "paper_sha256",  "attachment", "application",
};
static_assert(kFieldNames.size() == static_cast<size_t>(Field::kLast) + 1);

constexpr std::string_view name(Field field) {
  return kFieldNames[static_cast<size_t>(field)];
}

struct ActionFields {
  FieldSet taken;
  FieldSet needed;  // of them
};
// Of an action of a person; of any other event, none.
const ActionFields& fields_of(EventKind action);

// Those that hold something.
FieldSet given_fields(const v1::ActionInput& input);
// "date, reason".
std::string text(FieldSet fields);

}  // namespace jiexu
