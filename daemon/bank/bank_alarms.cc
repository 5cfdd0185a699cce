#include "daemon/bank/bank_alarms.h"

#include "daemon/bank/bank_line_record.h"

namespace jiexu {
namespace {

constexpr std::string_view kHeldText = "files of a bank are held and wait for two people";
constexpr std::string_view kGapText =
    "a statement of an account is missing between two, or they overlap";

std::string balance_text(Fen balance, int32_t yyyymmdd) {
  const auto day = Date::from_yyyymmdd(yyyymmdd);
  return balance.yuan() + (day ? " (" + day->str() + ")" : "");
}

std::string gap_text(const std::string& account, const StatementGap& gap) {
  return masked_account(account) + " " + balance_text(gap.from, gap.from_day) + " - " +
         balance_text(gap.to, gap.to_day);
}

}  // namespace

void BankAlarms::set_held(const Digest& file, bool held) {
  if (held) held_.insert(file);
  if (!held) held_.erase(file);
}

void BankAlarms::set_gaps(const std::string& account, std::vector<StatementGap> gaps) {
  if (gaps.empty()) {
    gaps_.erase(account);
  } else {
    gaps_[account] = std::move(gaps);
  }
}

std::optional<std::string> BankAlarms::held_text() const {
  if (held_.empty()) return std::nullopt;
  return std::string(kHeldText) + ": " + std::to_string(held_.size());
}

std::optional<std::string> BankAlarms::gaps_text() const {
  if (gaps_.empty()) return std::nullopt;
  std::string text(kGapText);
  for (const auto& [account, gaps] : gaps_) {
    for (const StatementGap& gap : gaps) text += ": " + gap_text(account, gap);
  }
  return text;
}

void BankAlarms::show(Instant now) {
  show(AlarmKind::kBankHeld, held_text(), shown_held_, now);
  show(AlarmKind::kBankGap, gaps_text(), shown_gaps_, now);
}

void BankAlarms::show(AlarmKind kind, std::optional<std::string> text,
                      std::optional<std::string>& shown, Instant now) {
  if (text == shown) return;
  shown = text;
  observer_.alarm_changed(self_, kind, std::move(text), now);
}

}  // namespace jiexu
