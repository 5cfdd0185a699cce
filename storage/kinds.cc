#include "storage/kinds.h"

#include <array>
#include <iterator>

#include "daemon/base/check.h"
#include "daemon/base/ids.h"
#include "storage/key.h"

namespace jiexu::layout {
namespace {

constexpr size_t kDigest = kDigestSize;
constexpr size_t kPeer = AgencyId::kSize;
constexpr size_t kCase = CaseId::kSize;
constexpr size_t kHash = std::tuple_size_v<PersonHash>;
constexpr size_t kBatch = 21;    // digits of a batch number
constexpr size_t kLetters = 18;  // of a letter number, without the last two

constexpr bool kSealed = true, kPlain = false;
// kDurable: who reads it, reads what is durable.
constexpr bool kFindable = true, kDurable = false;

// clang-format off
constexpr KindRow kRows[] = {
    {Kind::kStore, Family::kMeta, kStoreKey, 5, "the store's record", kPlain, kDurable},
    {Kind::kLsn, Family::kMeta, kLsnKey, 3, "the store's number", kPlain, kDurable},
    {Kind::kJudged, Family::kMeta, kJudgedKey, 6, "the edition that cases are judged by", kPlain, kDurable},
    {Kind::kKeys, Family::kMeta, kKeysKey, 4, "the checks of keys", kPlain, kDurable},
    {Kind::kLetterCounter, Family::kMeta, "letter", 6 + 4, "a day's letter numbers", kPlain, kFindable},
    {Kind::kCertificate, Family::kMeta, kCertificates, 1 + 8, "a certificate", kSealed, kFindable},
    {Kind::kLinkLog, Family::kLinkLog, "", kPeer + 1 + 4 + 8, "a frame", kSealed, kDurable},
    {Kind::kLink, Family::kLink, "", kPeer + 1, "a link", kPlain, kDurable},
    {Kind::kOpenCase, Family::kCase, kOpenCases, 1 + kCase, "a case", kSealed, kFindable},
    {Kind::kClosedCase, Family::kCase, kClosedCases, 1 + kCase, "a case", kSealed, kFindable},
    {Kind::kTimeline, Family::kTimeline, "", kCase + 4, "a case's timeline", kSealed, kDurable},
    {Kind::kTimer, Family::kTimer, "", 8 + kCase + 1, "a timer", kPlain, kDurable},
    {Kind::kAccount, Family::kFunds, kAccounts, 1 + kPeer + 1, "an account", kPlain, kDurable},
    {Kind::kBankLine, Family::kFunds, kBankLines, 1 + kDigest, "a bank line", kSealed, kFindable},
    {Kind::kBankFile, Family::kFunds, kBankFiles, 1 + kDigest, "a bank's file", kPlain, kFindable},
    {Kind::kStagedLine, Family::kFunds, "S", 1 + kDigest + 8, "a staged bank line", kSealed, kDurable},
    {Kind::kFileLine, Family::kFunds, "P", 1 + kDigest + 8, "a line's place in a file", kSealed, kDurable},
    {Kind::kLastStatement, Family::kFunds, "L", 1 + kDigest, "an account's last statement", kPlain, kFindable},
    {Kind::kIncomingBatch, Family::kFunds, "N", 1 + kBatch, "an incoming batch", kPlain, kFindable},
    {Kind::kRecoveredMoney, Family::kFunds, "U", 1 + kCase, "a case's recovered money", kPlain, kFindable},
    {Kind::kCaseJournal, Family::kFunds, kCaseJournals, 1 + kCase + 4, "a case's postings", kPlain, kDurable},
    {Kind::kLineJournal, Family::kFunds, kLineJournals, 1 + kDigest + 4, "a bank line's postings", kPlain, kDurable},
    {Kind::kPayment, Family::kFunds, "I", 1 + kCase + 4, "a payment", kSealed, kFindable},
    {Kind::kRemittanceBatch, Family::kFunds, kRemittanceBatches, 1 + kBatch, "a batch of payments", kSealed, kFindable},
    {Kind::kPaymentFile, Family::kFunds, "X", 1 + kBatch, "a payment file", kSealed, kFindable},
    {Kind::kPayeeConfirmation, Family::kFunds, "Y", 1 + kCase, "a payee's confirmation", kSealed, kFindable},
    {Kind::kComparison, Family::kFunds, "C", 1 + kPeer + 4, "a comparison", kPlain, kFindable},
    {Kind::kWaitingPayment, Family::kIndex, kWaitingPayments, 1 + 8 + kCase + 4, "a waiting payment", kPlain, kDurable},
    {Kind::kExportedPayment, Family::kIndex, "E", 1 + 8 + kCase + 4, "an exported payment", kPlain, kDurable},
    {Kind::kProposedRelease, Family::kIndex, kProposedReleases, 1 + kCase + 4, "a proposed release", kPlain, kDurable},
    {Kind::kProposedLineAct, Family::kIndex, kProposedLineActs, 1 + kDigest, "a proposed act on a line", kPlain, kDurable},
    {Kind::kTwinLines, Family::kIndex, "D", 1 + kDigest, "lines of the same sides", kPlain, kFindable},
    {Kind::kNumberedLines, Family::kIndex, "G", 1 + kDigest, "lines of the same number", kPlain, kFindable},
    {Kind::kPostponedLine, Family::kIndex, kPostponedLines, 1 + kDigest, "a postponed line", kPlain, kDurable},
    {Kind::kException, Family::kIndex, kExceptions, 1 + 1 + 8 + kDigest, "a line in an exception queue", kPlain, kDurable},
    {Kind::kWaitingLines, Family::kIndex, "W", 1 + kCase, "lines that wait with a case", kPlain, kFindable},
    {Kind::kMissing, Family::kIndex, "M", 1 + 8 + kCase, "an amount that is missing", kPlain, kDurable},
    {Kind::kOpenMoney, Family::kIndex, "Z", 1 + kPeer + kCase, "a case with open money", kPlain, kDurable},
    {Kind::kPerson, Family::kIndex, "P", 1 + kHash, "a person's cases", kPlain, kFindable},
    {Kind::kLetters, Family::kIndex, "L", 1 + kLetters, "letter numbers", kPlain, kFindable},
    {Kind::kWantedAttachment, Family::kIndex, "A", 1 + kPeer + kCase + 4, "a wanted file", kPlain, kDurable},
    {Kind::kIdempotencyKey, Family::kIndex, "K", 1 + kDigest, "an idempotency key", kSealed, kFindable},
    {Kind::kIdempotencyAge, Family::kIndex, kIdempotencyAges, 1 + 8 + kDigest, "an idempotency key's age", kPlain, kDurable},
    {Kind::kIdempotencyCount, Family::kIndex, "C", 1 + kDigest, "a user's idempotency keys", kPlain, kFindable},
    {Kind::kDuty, Family::kIndex, kDuties, 1 + kHash + 4 + kCase + 1, "a duty", kPlain, kDurable},
    {Kind::kNamed, Family::kIndex, "Y", 1 + kHash + kCase, "a case by its person's name", kPlain, kDurable},
    {Kind::kQuarantine, Family::kQuarantine, "", kPeer + 4 + 8, "a message in quarantine", kSealed, kDurable},
    {Kind::kReceipt, Family::kAudit, "R", 1 + kPeer + 8, "a receipt", kPlain, kDurable},
    {Kind::kChanges, Family::kAudit, kAllChanges, 1 + 4 + 8, "what a commit changed", kPlain, kDurable},
    {Kind::kAttachment, Family::kAttachment, "", kCase + kDigest + 4, "a piece of a file", kSealed, kFindable},
};
// clang-format on

consteval bool rows_are_in_order() {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<size_t>(kRows[i].kind) != i || kRows[i].size > Key::kSizeMax) return false;
    if (i > 0 && kRows[i].family < kRows[i - 1].family) return false;
  }
  return true;
}
static_assert(rows_are_in_order());

}  // namespace

const KindRow& row_of(Kind kind) {
  return kRows[static_cast<size_t>(kind)];
}

std::span<const KindRow> kinds() {
  return kRows;
}

tl::unexpected<Error> no_key_of(Kind kind) {
  const KindRow& row = row_of(kind);
  return fail(Errc::kCorrupt, "family " + std::string(family_name(row.family)) + ": a key of " +
                                  std::string(row.name) + " is unreadable");
}

bool is_sealed(Family family, std::string_view key) {
  bool all = true;
  for (const KindRow& row : kRows) {
    if (row.family != family) continue;
    if (key.starts_with(row.prefix)) return row.sealed;
    all &= row.sealed;
  }
  return all;
}

std::vector<SealedKind> sealed_kinds() {
  std::vector<SealedKind> sealed;
  for (const KindRow& row : kRows) {
    if (row.sealed) sealed.push_back({row.family, row.prefix});
  }
  return sealed;
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

}  // namespace jiexu::layout
