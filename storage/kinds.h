// The kinds of key in the store, one row each: what a kind's keys look like, whether what lies
// under them is sealed, and whether the engine must find it before it is durable. storage/layout.h
// makes and reads the keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/base/result.h"
#include "storage/store.h"

namespace jiexu::layout {

// One for each line of the table in layout.h. In memory only: on the disk a kind is a family and a
// prefix.
enum class Kind : uint8_t {
  kStore,
  kLsn,
  kJudged,
  kKeys,
  kLetterCounter,
  kCertificate,
  kLinkLog,
  kLink,
  kOpenCase,
  kClosedCase,
  kTimeline,
  kTimer,
  kAccount,
  kBankLine,
  kBankFile,
  kStagedLine,
  kFileLine,
  kLastStatement,
  kIncomingBatch,
  kRecoveredMoney,
  kCaseJournal,
  kLineJournal,
  kPayment,
  kRemittanceBatch,
  kPaymentFile,
  kPayeeConfirmation,
  kComparison,
  kWaitingPayment,
  kExportedPayment,
  kProposedRelease,
  kProposedLineAct,
  kTwinLines,
  kNumberedLines,
  kPostponedLine,
  kException,
  kWaitingLines,
  kMissing,
  kOpenMoney,
  kPerson,
  kLetters,
  kWantedAttachment,
  kIdempotencyKey,
  kIdempotencyAge,
  kIdempotencyCount,
  kDuty,
  kNamed,
  kQuarantine,
  kReceipt,
  kChanges,
  kAttachment,
};

struct KindRow {
  Kind kind;
  Family family;
  std::string_view prefix;  // what every key of the kind begins with
  size_t size;              // of every key of the kind
  std::string_view name;    // for errors
  bool sealed;              // its values are sealed by the vault
  // A write must be seen by later reads before it is durable: the next step is decided on it.
  bool findable;
};
const KindRow& row_of(Kind kind);
// All of them, family by family, in the order of their numbers.
std::span<const KindRow> kinds();

inline constexpr std::string_view kStoreKey = "store";
inline constexpr std::string_view kLsnKey = "lsn";
inline constexpr std::string_view kJudgedKey = "judged";
inline constexpr std::string_view kKeysKey = "keys";

// What all keys of a kind begin with, for scans.
inline constexpr std::string_view kCertificates = "C";
inline constexpr std::string_view kOpenCases = "o";
inline constexpr std::string_view kClosedCases = "c";
inline constexpr std::string_view kAccounts = "A";
inline constexpr std::string_view kBankLines = "B";
inline constexpr std::string_view kBankFiles = "F";
inline constexpr std::string_view kLastStatements = "L";
inline constexpr std::string_view kCaseJournals = "J";
inline constexpr std::string_view kLineJournals = "K";
inline constexpr std::string_view kRemittanceBatches = "R";
inline constexpr std::string_view kWaitingPayments = "I";
inline constexpr std::string_view kExportedPayments = "E";
inline constexpr std::string_view kPostponedLines = "Q";
inline constexpr std::string_view kProposedReleases = "V";
inline constexpr std::string_view kProposedLineActs = "H";
inline constexpr std::string_view kExceptions = "T";
inline constexpr std::string_view kIdempotencyAges = "B";
inline constexpr std::string_view kDuties = "N";
inline constexpr std::string_view kAllChanges = "E";

// What a parse function returns for bytes that are no key of the kind: kCorrupt, with family and
// kind, but not the bytes.
tl::unexpected<Error> no_key_of(Kind kind);

// Whether the value under the key is sealed. Under a key of no known kind: if all of its family
// are.
bool is_sealed(Family family, std::string_view key);

// What sealed records begin with, family by family; every sealed record begins with one of these.
struct SealedKind {
  Family family;
  std::string_view prefix;
};
std::vector<SealedKind> sealed_kinds();

// True for families whose values are packed before they are sealed.
bool is_packed(Family family);

std::string_view family_name(Family family);

}  // namespace jiexu::layout
