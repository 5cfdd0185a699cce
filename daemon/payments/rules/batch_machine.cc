#include "daemon/payments/rules/batch_machine.h"

#include "daemon/base/check.h"

namespace jiexu {
namespace {

using BE = BatchEvent;
using BS = BatchState;
using BI = BatchIf;
using BA = BatchAnswer;

constexpr SetOf<BS> kAnyBatch = {BS::kMade, BS::kApproved, BS::kExported, BS::kVoid};
constexpr SetOf<BS> kOpenBatch = {BS::kMade, BS::kApproved};
constexpr BS kStayBatch = kSameBatch;

// clang-format off
constexpr BatchRow kBatchRows[] = {
    // event         from            if                 to              answer
    {BE::kLeft,      kOpenBatch,     BI::kEmpty,        BS::kVoid,      BA::kDone},
    {BE::kLeft,      kOpenBatch,     BI::kAlways,       BS::kMade,      BA::kDone},
    {BE::kLeft,      kAnyBatch,      BI::kAlways,       kStayBatch,     BA::kAsBefore},

    {BE::kApprove,   BS::kApproved,  BI::kSameAgain,    kStayBatch,     BA::kAsBefore},
    {BE::kApprove,   BS::kMade,      BI::kByMaker,      kStayBatch,     BA::kSamePersonMade},
    {BE::kApprove,   BS::kMade,      BI::kByOrderer,    kStayBatch,     BA::kSamePersonOrdered},
    {BE::kApprove,   kAnyBatch,      BI::kShrunk,       kStayBatch,     BA::kChanged},
    {BE::kApprove,   BS::kMade,      BI::kNotAsSeen,    kStayBatch,     BA::kChanged},
    {BE::kApprove,   BS::kMade,      BI::kAlways,       BS::kApproved,  BA::kDone},
    {BE::kApprove,   kAnyBatch,      BI::kAlways,       kStayBatch,     BA::kWrongState},

    {BE::kExport,    BS::kExported,  BI::kOtherFormat,  kStayBatch,     BA::kFormatDiffers},
    {BE::kExport,    BS::kExported,  BI::kFileLost,     kStayBatch,     BA::kFileGone},
    {BE::kExport,    BS::kExported,  BI::kAlways,       kStayBatch,     BA::kAsBefore},
    {BE::kExport,    kAnyBatch,      BI::kShrunk,       kStayBatch,     BA::kChanged},
    {BE::kExport,    BS::kApproved,  BI::kNotAsSeen,    kStayBatch,     BA::kChanged},
    {BE::kExport,    BS::kApproved,  BI::kUnconfirmed,  kStayBatch,     BA::kUnconfirmed},
    {BE::kExport,    BS::kApproved,  BI::kUnreachable,  kStayBatch,     BA::kRecovering},
    {BE::kExport,    BS::kApproved,  BI::kAlways,       BS::kExported,  BA::kDone},
    {BE::kExport,    kAnyBatch,      BI::kAlways,       kStayBatch,     BA::kNotApproved},

    {BE::kReplayed,  kAnyBatch,      BI::kAlways,       BS::kExported,  BA::kDone},
};
// clang-format on

}  // namespace

std::span<const BatchRow> batch_rows() {
  return kBatchRows;
}

bool holds(BatchIf condition, const BatchFacts& facts) {
  switch (condition) {
    case BI::kAlways: return true;
    case BI::kEmpty: return facts.empty;
    case BI::kSameAgain: return facts.same_again;
    case BI::kByMaker: return facts.by_maker;
    case BI::kByOrderer: return facts.by_orderer;
    case BI::kShrunk: return facts.shrunk;
    case BI::kNotAsSeen: return !facts.as_seen;
    case BI::kOtherFormat: return !facts.same_format;
    case BI::kFileLost: return !facts.file_here;
    case BI::kUnconfirmed: return !facts.confirmed;
    case BI::kUnreachable: return !facts.reachable;
  }
  return false;
}

BatchStep step(const BatchFacts& facts, BatchEvent event) {
  for (const BatchRow& row : kBatchRows) {
    if (row.event != event || !row.from.has(facts.state) || !holds(row.condition, facts)) continue;
    return {row.to == kSameBatch ? facts.state : row.to, row.answer};
  }
  CHECK(false);  // each event ends with a row of every state without a condition
  return {};
}

}  // namespace jiexu
