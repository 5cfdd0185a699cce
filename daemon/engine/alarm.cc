#include "daemon/engine/alarm.h"

namespace jiexu {

std::string_view name(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kDisk: return "disk";
    case AlarmKind::kOwnClock: return "own_clock";
    case AlarmKind::kStopped: return "stopped";
    case AlarmKind::kSilent: return "silent";
    case AlarmKind::kClock: return "clock";
    case AlarmKind::kUnreceipted: return "unreceipted";
    case AlarmKind::kRecovery: return "recovery";
    case AlarmKind::kQuarantine: return "quarantine";
    case AlarmKind::kUnconfirmed: return "unconfirmed";
    case AlarmKind::kDamage: return "damage";
    case AlarmKind::kBankHeld: return "bank_held";
    case AlarmKind::kBankGap: return "bank_gap";
  }
  return "";
}

}  // namespace jiexu
