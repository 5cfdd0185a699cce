#include "daemon/peers/fault_words.h"

#include <limits>

#include "daemon/cases/refusal.h"

namespace jiexu {

std::string_view explain(v1::FaultCode code) {
  switch (code) {
    case v1::FAULT_CODE_UNREADABLE: return "It cannot be read.";
    case v1::FAULT_CODE_UNKNOWN_CASE: return "It is about no case of ours with this agency.";
    case v1::FAULT_CODE_NOT_ALLOWED: return "The case is not where it could be taken.";
    case v1::FAULT_CODE_REPLAYED: return "Its number in the case was used before.";
    case v1::FAULT_CODE_OUT_OF_ORDER: return "A message of the case before it is missing.";
    case v1::FAULT_CODE_BAD_CONTENT: return "Its content breaks a rule.";
    case v1::FAULT_CODE_TOO_LARGE: return "It is over a limit.";
    case v1::FAULT_CODE_UNKNOWN_KIND: return "This version does not know its kind.";
    default: return "For a reason that this version does not know.";
  }
}

std::string_view rule_of(const v1::QuarantineRecord& record) {
  if (record.refusal() > std::numeric_limits<uint16_t>::max()) return "";
  return explain(static_cast<Refusal>(record.refusal()));
}

std::string reason_of(const v1::QuarantineRecord& record) {
  std::string out(explain(record.code()));
  if (!rule_of(record).empty()) out += " " + std::string(rule_of(record));
  if (!record.text().empty()) out += " (" + record.text() + ")";
  return out;
}

}  // namespace jiexu
