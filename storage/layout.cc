#include "storage/layout.h"

#include <array>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

namespace jiexu::layout {

namespace {

// Kinds of key within one family.
constexpr char kAccount = kAccounts[0];
constexpr char kBankLine = kBankLines[0];
constexpr char kBankFile = kBankFiles[0];
constexpr char kStagedLine = 'S';
constexpr char kIncomingBatch = 'N';
constexpr char kRecoveredMoney = 'U';
constexpr char kCaseJournal = kCaseJournals[0];
constexpr char kLineJournal = kLineJournals[0];
constexpr char kPayment = 'I';
constexpr char kRemittanceBatch = kRemittanceBatches[0];
constexpr char kPaymentFile = 'X';
constexpr char kPayeeConfirmation = 'Y';
constexpr char kComparison = 'C';
constexpr char kOpenMoney = 'Z';
constexpr char kWaitingPayment = kWaitingPayments[0];
constexpr char kExportedPayment = kExportedPayments[0];
constexpr char kTwinLines = 'D';
constexpr char kNumberedLines = 'G';
constexpr char kPostponedLine = kPostponedLines[0];
constexpr char kProposedRelease = kProposedReleases[0];
constexpr char kTray = kTrays[0];
constexpr char kWaitingLines = 'W';
constexpr char kMissing = 'M';
constexpr char kPerson = 'P';
constexpr char kLetter = 'L';
constexpr char kOpenCase = kOpenCases[0];
constexpr char kClosedCase = kClosedCases[0];
constexpr char kReceipt = 'R';
constexpr char kWantedAttachment = 'A';

// Bank lines and payments: accounts and what banks wrote.
constexpr std::string_view kSealedFunds = "BSIRXY";

constexpr size_t kDatedPaymentKeySize = 1 + 8 + CaseId::kSize + 4;
constexpr size_t kProposedReleaseKeySize = 1 + CaseId::kSize + 4;
constexpr size_t kWantedAttachmentKeySize = 1 + AgencyId::kSize + CaseId::kSize + 4;
constexpr size_t kLinkKeySize = AgencyId::kSize + 1;
constexpr size_t kLinkLogKeySize = kLinkKeySize + 4 + 8;
constexpr size_t kTimerKeySize = 8 + CaseId::kSize + 1;
constexpr size_t kLetterEndSize = 2;  // last digit of the sequence number, check digit
constexpr size_t kLetterEntrySize = kLetterEndSize + CaseId::kSize;
constexpr size_t kLetterSize = 20;
constexpr size_t kBatchSize = 21;
constexpr size_t kComparisonKeySize = 1 + AgencyId::kSize + 4;
constexpr size_t kTrayKeySize = 1 + 1 + 8 + std::tuple_size_v<Digest>;
constexpr size_t kQuarantineKeySize = AgencyId::kSize + 4 + 8;
constexpr size_t kAccountKeySize = 1 + AgencyId::kSize + 1;
constexpr size_t kOpenMoneyKeySize = 1 + AgencyId::kSize + CaseId::kSize;

Key tagged(char tag, std::string_view rest) {
  return Key(tag).add(rest);
}

Key dated_payment(char tag, Instant at, const CaseId& id, uint32_t attempt) {
  CHECK(at.ms >= 0);
  return Key(tag).u64(static_cast<uint64_t>(at.ms)).add(id.bytes()).u32(attempt);
}

// nullopt for a time that no key holds. REQUIRES: 8 bytes.
std::optional<Instant> read_instant(std::string_view bytes) {
  const Instant at{static_cast<int64_t>(read_u64(bytes))};
  return at.ms < 0 ? std::nullopt : std::optional(at);
}

std::optional<WaitingPayment> parse_dated_payment(char tag, std::string_view key) {
  if (key.size() != kDatedPaymentKeySize || key.front() != tag) return std::nullopt;
  const auto at = read_instant(key.substr(1));
  const auto id = CaseId::from_bytes(key.substr(9, CaseId::kSize));
  if (!at || !id) return std::nullopt;
  return WaitingPayment{*at, *id, read_u32(key.substr(9 + CaseId::kSize))};
}

}  // namespace

bool is_sealed(Family family, std::string_view key) {
  switch (family) {
    case Family::kLinkLog:
    case Family::kCase:
    case Family::kTimeline:
    case Family::kQuarantine:
    case Family::kAttachment: return true;
    case Family::kFunds: return !key.empty() && kSealedFunds.find(key.front()) != kSealedFunds.npos;
    case Family::kMeta:
    case Family::kLink:
    case Family::kTimer:
    case Family::kIndex:
    case Family::kAudit: return false;
  }
  CHECK(false && "a family without a rule");
}

std::span<const SealedKind> sealed_kinds() {
  static constexpr SealedKind kKinds[] = {
      {Family::kLinkLog, ""},  {Family::kCase, kOpenCases}, {Family::kCase, kClosedCases},
      {Family::kTimeline, ""}, {Family::kQuarantine, ""},   {Family::kAttachment, ""},
      {Family::kFunds, "B"},   {Family::kFunds, "S"},       {Family::kFunds, "I"},
      {Family::kFunds, "R"},   {Family::kFunds, "X"},       {Family::kFunds, "Y"},
  };
  static_assert(kSealedFunds == "BSIRXY");
  return kKinds;
}

bool is_packed(Family family) {
  return family == Family::kLinkLog;
}

std::string_view family_name(Family family) {
  static constexpr std::array<std::string_view, kFamilyCount> kNames = {
      "meta",  "link_log", "link",       "case",  "timeline",  "timer",
      "funds", "index",    "quarantine", "audit", "attachment"};
  const auto index = static_cast<size_t>(family);
  CHECK(index < kNames.size());
  return kNames[index];
}

Key letter_counter_key(Date day) {
  return Key("letter").u32(static_cast<uint32_t>(day.yyyymmdd()));
}

Key link_log_key(AgencyId peer, Direction direction, Epoch epoch, Seq first_seq) {
  return link_key(peer, direction).u32(epoch).u64(first_seq);
}

Seq link_log_seq(std::string_view key) {
  CHECK(key.size() == kLinkLogKeySize);
  return read_u64(key.substr(kLinkLogKeySize - 8));
}

Epoch link_log_epoch(std::string_view key) {
  CHECK(key.size() == kLinkLogKeySize);
  return read_u32(key.substr(AgencyId::kSize + 1));
}

Key link_key(AgencyId peer, Direction direction) {
  return Key(peer.text()).u8(static_cast<uint8_t>(direction));
}

std::optional<AgencyId> parse_link_key(std::string_view key) {
  if (key.size() != kLinkKeySize || static_cast<uint8_t>(key.back()) > 1) {
    return std::nullopt;
  }
  return AgencyId::parse(key.substr(0, AgencyId::kSize));
}

Key case_key(const CaseId& id, bool closed) {
  return tagged(closed ? kClosedCase : kOpenCase, id.bytes());
}

std::optional<CaseId> parse_case_key(std::string_view key) {
  const bool known = !key.empty() && (key[0] == kOpenCase || key[0] == kClosedCase);
  return known ? CaseId::from_bytes(key.substr(1)) : std::nullopt;
}

Key timeline_key(const CaseId& id, uint32_t n) {
  return Key(id.bytes()).u32(n);
}

Key timer_key(Instant due, const CaseId& id, uint8_t kind) {
  // A negative time would sort after every other.
  CHECK(due.ms >= 0);
  return Key().u64(static_cast<uint64_t>(due.ms)).add(id.bytes()).u8(kind);
}

TimerKey parse_timer_key(std::string_view key) {
  CHECK(key.size() == kTimerKeySize);
  return {Instant{static_cast<int64_t>(read_u64(key))},
          *CaseId::from_bytes(key.substr(8, CaseId::kSize)), static_cast<uint8_t>(key.back())};
}

Key account_key(AgencyId peer, uint8_t account) {
  return tagged(kAccount, peer.text()).u8(account);
}

std::optional<AccountKey> parse_account_key(std::string_view key) {
  if (key.size() != kAccountKeySize || key.front() != kAccount) return std::nullopt;
  const auto peer = AgencyId::parse(key.substr(1, AgencyId::kSize));
  if (!peer) return std::nullopt;
  return AccountKey{*peer, static_cast<uint8_t>(key.back())};
}

Key bank_line_key(const Digest& digest) {
  return tagged(kBankLine, view(digest));
}

Key staged_line_key(const Digest& file, uint64_t n) {
  return tagged(kStagedLine, view(file)).u64(n);
}

Key bank_file_key(const Digest& file) {
  return tagged(kBankFile, view(file));
}

std::optional<Digest> parse_bank_file_key(std::string_view key) {
  if (!key.starts_with(kBankFiles)) return std::nullopt;
  return to_array<std::tuple_size_v<Digest>>(key.substr(1));
}

Key incoming_batch_key(std::string_view batch_number) {
  CHECK(batch_number.size() == kBatchSize);
  return tagged(kIncomingBatch, batch_number);
}

Key recovered_money_key(const CaseId& id) {
  return tagged(kRecoveredMoney, id.bytes());
}

Key case_journal_key(const CaseId& id, uint32_t n) {
  return tagged(kCaseJournal, id.bytes()).u32(n);
}

Key line_journal_key(const Digest& line, uint32_t n) {
  return tagged(kLineJournal, view(line)).u32(n);
}

Key payment_key(const CaseId& id, uint32_t attempt) {
  return tagged(kPayment, id.bytes()).u32(attempt);
}

Key remittance_batch_key(std::string_view batch_number) {
  CHECK(batch_number.size() == kBatchSize);
  return tagged(kRemittanceBatch, batch_number);
}

std::optional<std::string_view> parse_remittance_batch_key(std::string_view key) {
  if (key.size() != 1 + kBatchSize || key.front() != kRemittanceBatch) return std::nullopt;
  return key.substr(1);
}

Key payment_file_key(std::string_view batch_number) {
  CHECK(batch_number.size() == kBatchSize);
  return tagged(kPaymentFile, batch_number);
}

Key payee_confirmation_key(const CaseId& id) {
  return tagged(kPayeeConfirmation, id.bytes());
}

Key comparison_key(AgencyId peer, Date day) {
  return comparisons_prefix(peer).u32(static_cast<uint32_t>(day.yyyymmdd()));
}

Key comparisons_prefix(AgencyId peer) {
  return tagged(kComparison, peer.text());
}

std::optional<Date> parse_comparison_key(std::string_view key) {
  if (key.size() != kComparisonKeySize || key.front() != kComparison) return std::nullopt;
  return Date::from_yyyymmdd(static_cast<int32_t>(read_u32(key.substr(kComparisonKeySize - 4))));
}

Key open_money_key(AgencyId peer, const CaseId& id) {
  return tagged(kOpenMoney, peer.text()).add(id.bytes());
}

CaseId parse_open_money_key(std::string_view key) {
  CHECK(key.size() == kOpenMoneyKeySize && key.front() == kOpenMoney);
  return *CaseId::from_bytes(key.substr(1 + AgencyId::kSize));
}

Key waiting_payment_key(Instant ordered, const CaseId& id, uint32_t attempt) {
  return dated_payment(kWaitingPayment, ordered, id, attempt);
}

Key waiting_payment_key(const WaitingPayment& place) {
  return waiting_payment_key(place.ordered, place.id, place.attempt);
}

std::optional<WaitingPayment> parse_waiting_payment_key(std::string_view key) {
  return parse_dated_payment(kWaitingPayment, key);
}

Key exported_payment_key(Instant exported, const CaseId& id, uint32_t attempt) {
  return dated_payment(kExportedPayment, exported, id, attempt);
}

std::optional<WaitingPayment> parse_exported_payment_key(std::string_view key) {
  return parse_dated_payment(kExportedPayment, key);
}

Key proposed_release_key(const CaseId& id, uint32_t attempt) {
  return tagged(kProposedRelease, id.bytes()).u32(attempt);
}

std::optional<ProposedRelease> parse_proposed_release_key(std::string_view key) {
  if (key.size() != kProposedReleaseKeySize || key.front() != kProposedRelease) return std::nullopt;
  const auto id = CaseId::from_bytes(key.substr(1, CaseId::kSize));
  if (!id) return std::nullopt;
  return ProposedRelease{*id, read_u32(key.substr(1 + CaseId::kSize))};
}

Key twin_lines_key(const Digest& sides) {
  return tagged(kTwinLines, view(sides));
}

Key numbered_lines_key(const Digest& number) {
  return tagged(kNumberedLines, view(number));
}

Key postponed_line_key(const Digest& line) {
  return tagged(kPostponedLine, view(line));
}

Key tray_key(uint8_t outcome, Instant since, const Digest& line) {
  CHECK(since.ms >= 0);
  return Key(kTray).u8(outcome).u64(static_cast<uint64_t>(since.ms)).add(view(line));
}

std::optional<TrayKey> parse_tray_key(std::string_view key) {
  if (key.size() != kTrayKeySize || key.front() != kTray) return std::nullopt;
  const auto since = read_instant(key.substr(2));
  const auto line = to_array<std::tuple_size_v<Digest>>(key.substr(10));
  if (!since || !line) return std::nullopt;
  return TrayKey{static_cast<uint8_t>(key[1]), *since, *line};
}

Key waiting_lines_key(const CaseId& id) {
  return tagged(kWaitingLines, id.bytes());
}

Key missing_key(int64_t fen, const CaseId& id) {
  CHECK(fen > 0);
  return Key(kMissing).u64(static_cast<uint64_t>(fen)).add(id.bytes());
}

Key person_key(const PersonHash& hash) {
  return tagged(kPerson, view(hash));
}

Key letters_key(std::string_view letter_number) {
  CHECK(letter_number.size() == kLetterSize);
  return tagged(kLetter, letter_number.substr(0, kLetterSize - kLetterEndSize));
}

void append_letter(std::string_view letter_number, const CaseId& id, std::string& record) {
  record.append(letter_number.substr(kLetterSize - kLetterEndSize));
  record.append(id.bytes());
}

std::optional<std::vector<CaseId>> cases_of_letter(std::string_view letter_number,
                                                   std::string_view record) {
  if (record.size() % kLetterEntrySize != 0) return std::nullopt;
  std::vector<CaseId> out;
  for (size_t at = 0; at < record.size(); at += kLetterEntrySize) {
    if (!letter_number.ends_with(record.substr(at, kLetterEndSize))) continue;
    out.push_back(*CaseId::from_bytes(record.substr(at + kLetterEndSize, CaseId::kSize)));
  }
  return out;
}

Key attachment_key(const CaseId& id, const Digest& file, uint32_t piece) {
  return Key(id.bytes()).add(view(file)).u32(piece);
}

uint32_t attachment_piece(std::string_view key) {
  CHECK(key.size() == CaseId::kSize + std::tuple_size_v<Digest> + 4);
  return read_u32(key.substr(key.size() - 4));
}

Key wanted_attachments_prefix(std::optional<AgencyId> peer) {
  return tagged(kWantedAttachment, peer ? peer->text() : std::string_view());
}

Key wanted_attachment_key(AgencyId peer, const CaseId& id, uint32_t n) {
  return wanted_attachments_prefix(peer).add(id.bytes()).u32(n);
}

std::optional<WantedAttachment> parse_wanted_attachment_key(std::string_view key) {
  if (key.size() != kWantedAttachmentKeySize || key[0] != kWantedAttachment) return std::nullopt;
  const auto peer = AgencyId::parse(key.substr(1, AgencyId::kSize));
  const auto id = CaseId::from_bytes(key.substr(1 + AgencyId::kSize, CaseId::kSize));
  if (!peer || !id) return std::nullopt;
  return WantedAttachment{*peer, *id, read_u32(key.substr(key.size() - 4))};
}

Key quarantine_key(AgencyId peer, Epoch epoch, Seq seq) {
  return Key(peer.text()).u32(epoch).u64(seq);
}

std::optional<QuarantineKey> parse_quarantine_key(std::string_view key) {
  const auto peer = AgencyId::parse(key.substr(0, AgencyId::kSize));
  if (key.size() != kQuarantineKeySize || !peer) return std::nullopt;
  return QuarantineKey{*peer, read_u32(key.substr(AgencyId::kSize)),
                       read_u64(key.substr(AgencyId::kSize + 4))};
}

Key receipt_key(AgencyId peer, Seq through) {
  return tagged(kReceipt, peer.text()).u64(through);
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (end.empty()) return std::string(Key::kSizeMax + 1, '\xff');
  end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace jiexu::layout
