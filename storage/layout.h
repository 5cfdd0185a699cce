// Every key of the store. A key holds no personal data. Integers are big-endian, so that byte order
// is number order. The records (values) are the messages of proto/jiexu/v1/record.proto.
//
//   family      key                                              value               sealed
//   meta        "store"                                          StoreRecord         no
//   meta        "lsn"                                            u64 (the store's)   no
//   meta        "judged"                                         JudgedRecord        no
//   meta        "keys"                                           KeysRecord          no
//   meta        "letter" | yyyymmdd u32                          u32: last sequence  no
//   link_log    peer 12 | direction u8 | epoch u32 | seq u64     LinkFrame, packed   yes
//   link        peer 12 | direction u8                           LinkRecord          no
//   case        'o' or 'c' | case id 16                          CaseRecord          yes
//   timeline    case id 16 | n u32                               TimelineRecord      yes
//   timer       due ms u64 | case id 16 | deadline kind u8       (empty)             no
//   funds       'A' | peer 12 | account u8                       AccountRecord       no
//   funds       'B' | bank line digest 32                        BankLineRecord      yes
//   funds       'F' | digest of a bank file 32                   BankFileRecord      no
//   funds       'S' | digest of a bank file 32 | n u64           BankLine, staged    yes
//   funds       'N' | batch number 21                            IncomingBatchRecord no
//   funds       'U' | case id 16                                 RecoveredMoneyRecord no
//   funds       'J' | case id 16 | n u32                         JournalRecord       no
//   funds       'K' | bank line digest 32 | n u32                JournalRecord       no
//   funds       'I' | case id 16 | attempt u32                   PaymentRecord       yes
//   funds       'R' | batch number 21                            RemittanceBatchRecord yes
//   funds       'X' | batch number 21                            payment file, bytes yes
//   funds       'Y' | case id 16                                 PayeeConfirmationRecord yes
//   funds       'C' | peer 12 | yyyymmdd u32                     ComparisonRecord    no
//   index       'I' | ordered ms u64 | case id 16 | attempt u32  (empty)             no
//   index       'E' | exported ms u64 | case id 16 | attempt u32 (empty): not told of  no
//   index       'V' | case id 16 | attempt u32                   (empty): a release waits  no
//   index       'D' | digest of the two sides and the amount 32  line digests 32 each no
//   index       'G' | digest of the bank's number and the amount 32  line digests 32 each no
//   index       'Q' | line digest 32                             (empty): tried again  no
//   index       'T' | outcome u8 | since ms u64 | line digest 32 (empty): it waits   no
//   index       'W' | case id 16                                 line digests 32 each no
//   index       'M' | missing fen u64 | case id 16               (empty)             no
//   index       'Z' | peer 12 | case id 16                       (empty): money open no
//   index       'P' | person hash 16                             case ids 16 each    no
//   index       'L' | letter number without its last two digits 18  two digits, case id 16  no
//   quarantine  peer 12 | epoch u32 | seq u64                    QuarantineRecord    yes
//   audit       'R' | peer 12 | through seq u64                  LinkFrame: receipt  no
//   attachment  case id 16 | SHA-256 of the file 32 | piece u32  bytes of the file   yes
//   index       'A' | peer 12 | case id 16 | n u32               (empty): it is to be fetched  no
//
// seq in link_log is the number of the first message of the frame; a message is found by seeking
// the last key not above it. direction: 0 = we send, 1 = we receive.
// A case is under 'o' while it is open and under 'c' once it is closed, never under both: open
// cases, which are few beside those of the years before, lie together. Its newest timeline entries
// are in the case record itself; when the case is next written, they go to the timeline. Retired:
// index 'O'. To change a record, follow the recipe in storage/FORMAT.md.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "storage/key.h"
#include "storage/store.h"

namespace jiexu::layout {

// kAside: frames of ours that nobody has seen and that a recovery writes again under new numbers.
enum class Direction : uint8_t { kOut = 0, kIn = 1, kAside = 2 };

// True for families whose values are sealed by the vault.
bool is_sealed(Family family, std::string_view key);

// What sealed records begin with, family by family; every sealed record begins with one of these.
struct SealedKind {
  Family family;
  std::string_view prefix;
};
std::span<const SealedKind> sealed_kinds();

// True for families whose values are packed before they are sealed.
bool is_packed(Family family);

std::string_view family_name(Family family);

// StoreRecord.format of stores that this program writes, and the only one that it opens.
// 2: a case's key says whether it is open, and it holds its newest timeline entries. 3: frames of
// the link log are packed. 4: every posting is in the journal. 5: ten letter numbers share a
// record. 6: the family of attachments. 7: an index of cases with open money, for daily statements.
inline constexpr uint32_t kFormat = 7;

inline constexpr std::string_view kStoreKey = "store";
inline constexpr std::string_view kLsnKey = "lsn";
inline constexpr std::string_view kJudgedKey = "judged";
inline constexpr std::string_view kKeysKey = "keys";

// What all keys of a kind begin with, for scans.
inline constexpr std::string_view kOpenCases = "o";
inline constexpr std::string_view kClosedCases = "c";
inline constexpr std::string_view kAccounts = "A";
inline constexpr std::string_view kBankLines = "B";
inline constexpr std::string_view kBankFiles = "F";
inline constexpr std::string_view kCaseJournals = "J";
inline constexpr std::string_view kLineJournals = "K";
inline constexpr std::string_view kRemittanceBatches = "R";
inline constexpr std::string_view kWaitingPayments = "I";
inline constexpr std::string_view kExportedPayments = "E";
inline constexpr std::string_view kPostponedLines = "Q";
inline constexpr std::string_view kProposedReleases = "V";
inline constexpr std::string_view kTrays = "T";

Key letter_counter_key(Date day);
Key link_log_key(AgencyId peer, Direction direction, Epoch epoch, Seq first_seq);
// First number of the frame under a link_log key. REQUIRES: a key made by link_log_key.
Seq link_log_seq(std::string_view key);
Epoch link_log_epoch(std::string_view key);
Key link_key(AgencyId peer, Direction direction);
// The peer in a link_key; nullopt for any other key.
std::optional<AgencyId> parse_link_key(std::string_view key);
Key case_key(const CaseId& id, bool closed);
// The id in a key made by case_key; nullopt for any other key.
std::optional<CaseId> parse_case_key(std::string_view key);
Key timeline_key(const CaseId& id, uint32_t n);
Key timer_key(Instant due, const CaseId& id, uint8_t kind);

struct TimerKey {
  Instant due;
  CaseId id;
  uint8_t kind;
};
// REQUIRES: a key made by timer_key.
TimerKey parse_timer_key(std::string_view key);

Key account_key(AgencyId peer, uint8_t account);

struct AccountKey {
  AgencyId peer;
  uint8_t account = 0;
};
// nullopt for any other key.
std::optional<AccountKey> parse_account_key(std::string_view key);
Key bank_line_key(const Digest& digest);
// Line `n` of a file, from 0, that is staged.
Key staged_line_key(const Digest& file, uint64_t n);
Key bank_file_key(const Digest& file);
// The digest in a bank_file_key; nullopt for any other key.
std::optional<Digest> parse_bank_file_key(std::string_view key);
Key incoming_batch_key(std::string_view batch_number);
Key recovered_money_key(const CaseId& id);
// The postings of step `n` of the case, by its place in the timeline.
Key case_journal_key(const CaseId& id, uint32_t n);
// The postings of change `n` of the bank line.
Key line_journal_key(const Digest& line, uint32_t n);
// A payment that a case has ordered.
Key payment_key(const CaseId& id, uint32_t attempt);
Key remittance_batch_key(std::string_view batch_number);
// The number in a remittance_batch_key, a view of `key`; nullopt for any other key.
std::optional<std::string_view> parse_remittance_batch_key(std::string_view key);
Key payment_file_key(std::string_view batch_number);
// Who has confirmed the account that the case's money is to go to.
Key payee_confirmation_key(const CaseId& id);
// How the peer's statement of that day compares with our books.
Key comparison_key(AgencyId peer, Date day);
// The day in a comparison_key; nullopt for any other key.
std::optional<Date> parse_comparison_key(std::string_view key);
// Before all days of the peer.
Key comparisons_prefix(AgencyId peer);
// Cases that a daily statement to the peer must list. An empty id begins them all.
Key open_money_key(AgencyId peer, const CaseId& id);
// REQUIRES: a key made by open_money_key.
CaseId parse_open_money_key(std::string_view key);
// A payment that the bank does not have yet, or that waits for a person.
Key waiting_payment_key(Instant ordered, const CaseId& id, uint32_t attempt);

struct WaitingPayment {
  Instant ordered;
  CaseId id;
  uint32_t attempt = 0;
};
Key waiting_payment_key(const WaitingPayment& place);
// nullopt for any other key.
std::optional<WaitingPayment> parse_waiting_payment_key(std::string_view key);
// A payment that the bank has, and of which it has said nothing yet. Read as the key above.
Key exported_payment_key(Instant exported, const CaseId& id, uint32_t attempt);
std::optional<WaitingPayment> parse_exported_payment_key(std::string_view key);
// A payment whose release one person has proposed.
Key proposed_release_key(const CaseId& id, uint32_t attempt);
struct ProposedRelease {
  CaseId id;
  uint32_t attempt = 0;
};
// nullopt for any other key.
std::optional<ProposedRelease> parse_proposed_release_key(std::string_view key);
// Lines that may take one another back: `sides` is a digest of both accounts and the amount.
Key twin_lines_key(const Digest& sides);
// Lines of one account, bank's number and amount: `number` is a digest of these.
Key numbered_lines_key(const Digest& number);
// A line that is to be looked at again when a link is recovered or a case has changed.
Key postponed_line_key(const Digest& line);
Key tray_key(uint8_t outcome, Instant since, const Digest& line);

struct TrayKey {
  uint8_t outcome = 0;
  Instant since;
  Digest line{};
};
// nullopt for any other key.
std::optional<TrayKey> parse_tray_key(std::string_view key);
// Lines that wait with a case.
Key waiting_lines_key(const CaseId& id);
// Cases that miss exactly this amount. REQUIRES: above 0.
Key missing_key(int64_t fen, const CaseId& id);
Key person_key(const PersonHash& hash);
// Of the ten numbers that differ in the last digit of their sequence number, and so in their check
// digit. REQUIRES: a letter number has 20 characters.
Key letters_key(std::string_view letter_number);
void append_letter(std::string_view letter_number, const CaseId& id, std::string& record);
// Those of the one number; nullopt if the record is none.
std::optional<std::vector<CaseId>> cases_of_letter(std::string_view letter_number,
                                                   std::string_view record);
// A piece of a file, from 0.
Key attachment_key(const CaseId& id, const Digest& file, uint32_t piece);
// REQUIRES: a key made by attachment_key.
uint32_t attachment_piece(std::string_view key);
// Attachment `n` of the case, from 1, whose bytes are to be fetched from `peer`.
Key wanted_attachment_key(AgencyId peer, const CaseId& id, uint32_t n);

struct WantedAttachment {
  AgencyId peer;
  CaseId id;
  uint32_t n = 0;
};
// nullopt for any other key.
std::optional<WantedAttachment> parse_wanted_attachment_key(std::string_view key);
// Before all of one peer, or of every peer.
Key wanted_attachments_prefix(std::optional<AgencyId> peer);
Key quarantine_key(AgencyId peer, Epoch epoch, Seq seq);

struct QuarantineKey {
  AgencyId peer;
  Epoch epoch = 0;
  Seq seq = 0;
};
// nullopt for any other key.
std::optional<QuarantineKey> parse_quarantine_key(std::string_view key);
// The peer's receipt for our messages up to `through`.
Key receipt_key(AgencyId peer, Seq through);

// The upper bound for a scan of all keys that begin with `prefix`: the smallest key above them. For
// the empty prefix: a key above every key of the table.
std::string prefix_end(std::string_view prefix);

}  // namespace jiexu::layout
