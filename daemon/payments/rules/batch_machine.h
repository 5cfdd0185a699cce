// The life of a batch of payments on one page, as rows of data; see payment_machine.h. A batch is
// made of payments to one account, approved by a second person for the content that was shown, and
// exported once; afterwards the same file is handed out again. The rows of an event are its ladder
// of refusals. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/payments/rules/payment_machine.h"
#include "daemon/payments/rules/payment_state.h"

namespace jiexu {

enum class BatchEvent : uint8_t {
  kLeft,      // payments have left it
  kApprove,   // a person approves
  kExport,    // its file is asked for
  kReplayed,  // the other agency's copy of our notices says that it has gone out
  kLast = kReplayed,
};

struct BatchFacts {
  BatchState state = BatchState::kMade;
  bool empty = false;
  // Of an approval.
  bool same_again = false;  // the same person, for the same content
  bool by_maker = false;
  bool by_orderer = false;  // the person has ordered a payment in it
  bool as_seen = true;      // it holds what the person has seen; of an export: what was approved
  // Of both.
  bool shrunk = false;  // payments had to leave it now
  // Of an export.
  bool same_format = true;  // as it was exported before
  bool file_here = true;    // what was exported before
  bool confirmed = true;    // the store is known to be no older copy
  bool reachable = true;    // every other agency can be told
};

enum class BatchIf : uint8_t {
  kAlways,
  kEmpty,
  kSameAgain,
  kByMaker,
  kByOrderer,
  kShrunk,
  kNotAsSeen,
  kOtherFormat,
  kFileLost,
  kUnconfirmed,
  kUnreachable,
  kLast = kUnreachable,
};

enum class BatchAnswer : uint8_t {
  kDone,
  kAsBefore,  // nothing changes
  // Refused, and nothing changes.
  kWrongState,
  kNotApproved,
  kSamePersonMade,
  kSamePersonOrdered,
  kChanged,
  kFormatDiffers,
  kFileGone,
  kUnconfirmed,
  kRecovering,
  kLast = kRecovering,
};

inline constexpr auto kSameBatch = static_cast<BatchState>(31);

struct BatchRow {
  BatchEvent event;
  SetOf<BatchState> from;
  BatchIf condition;
  BatchState to;
  BatchAnswer answer;
};

std::span<const BatchRow> batch_rows();
bool holds(BatchIf condition, const BatchFacts& facts);

struct BatchStep {
  BatchState to{};
  BatchAnswer answer{};
  bool refused() const { return answer >= BatchAnswer::kWrongState; }
};
BatchStep step(const BatchFacts& facts, BatchEvent event);

std::string_view name(BatchEvent event);
std::string_view name(BatchIf condition);
std::string_view name(BatchAnswer answer);

}  // namespace jiexu
