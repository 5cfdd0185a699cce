// Every key of the store. A key holds no personal data. Integers are big-endian, so that byte order
// is number order. The records (values) are the messages of proto/jiexu/v1/record.proto.
//
//   family      key                                              value               sealed
//   meta        "store"                                          StoreRecord         no
//   meta        "lsn"                                            u64 (the store's)   no
//   meta        "judged"                                         JudgedRecord        no
//   meta        "keys"                                           KeysRecord          no
//   meta        "letter" | yyyymmdd u32                          u32: last sequence  no
//   meta        'C' | yyyymmddhhmmss u64                         CertificateRecord   yes
//   link_log    peer 12 | direction u8 | epoch u32 | seq u64     LinkFrame, packed   yes
//   link        peer 12 | direction u8                           LinkRecord          no
//   case        'o' or 'c' | case id 16                          CaseRecord          yes
//   timeline    case id 16 | n u32                               TimelineRecord      yes
//   timer       due ms u64 | case id 16 | deadline kind u8       (empty)             no
//   funds       'A' | peer 12 | account u8                       AccountRecord       no
//   funds       'B' | bank line digest 32                        BankLineRecord      yes
//   funds       'F' | digest of a bank file 32                   BankFileRecord      no
//   funds       'S' | digest of a bank file 32 | n u64           BankLine, staged    yes
//   funds       'P' | digest of a bank file 32 | n u64           FileLineRecord      yes
//   funds       'L' | digest of our account 32                   Statement           no
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
//   index       'H' | line digest 32                             (empty): an act waits  no
//   index       'D' | digest of the two sides and the amount 32  line digests 32 each no
//   index       'G' | digest of the bank's number and the amount 32  line digests 32 each no
//   index       'Q' | line digest 32                             (empty): tried again  no
//   index       'T' | outcome u8 | since ms u64 | line digest 32 (empty): it waits   no
//   index       'W' | case id 16                                 line digests 32 each no
//   index       'M' | missing fen u64 | case id 16               (empty)             no
//   index       'Z' | peer 12 | case id 16                       (empty): money open no
//   index       'P' | person hash 16                             case ids 16 each    no
//   index       'L' | letter number without its last two digits 18  two digits, case id 16  no
//   index       'K' | digest of user and idempotency key 32      IdempotencyRecord   yes
//   index       'B' | done ms u64 | the same digest 32           digest of the user  no
//   index       'C' | digest of the user 32                      u64: keys kept      no
//   index       'N' | owner 16 | due yyyymmdd u32 | case id 16 | deadline kind u8  (empty)  no
//   index       'Y' | hash of the person's name 16 | case id 16  (empty)             no
//   quarantine  peer 12 | epoch u32 | seq u64                    QuarantineRecord    yes
//   audit       'R' | peer 12 | through seq u64                  LinkFrame: receipt  no
//   audit       'E' | epoch u32 | lsn u64                        changes (engine/change.h)  no
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

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "storage/key.h"
#include "storage/kinds.h"
#include "storage/store.h"

namespace jiexu {

// A key that knows what kind of record lies under it.
class RecordKey : public Key {
 public:
  RecordKey(layout::Kind kind, const Key& bytes) : Key(bytes), kind_(kind) {}
  layout::Kind kind() const { return kind_; }

 private:
  layout::Kind kind_;
};

namespace layout {

// kAside: frames of ours that nobody has seen and that a recovery writes again under new numbers.
enum class Direction : uint8_t { kOut = 0, kIn = 1, kAside = 2 };

// StoreRecord.format of stores that this program writes, and the only one that it opens.
// 2: a case's key says whether it is open, and it holds its newest timeline entries. 3: frames of
// the link log are packed. 4: every posting is in the journal. 5: ten letter numbers share a
// record. 6: the family of attachments. 7: an index of cases with open money, for daily statements.
inline constexpr uint32_t kFormat = 7;

// Keys, and what they were made of. Errors of the parse functions: no_key_of() their kind.
RecordKey store_key();
RecordKey judged_key();
RecordKey letter_counter_key(Date day);
// `stamp`: the second of issue in China, as yyyymmddhhmmss (certificate_number.h).
RecordKey certificate_key(uint64_t stamp);
Result<uint64_t> parse_certificate_key(std::string_view key);

RecordKey link_log_key(AgencyId peer, Direction direction, Epoch epoch, Seq first_seq);

struct LinkLogKey {
  AgencyId peer;
  Direction direction{};
  Epoch epoch = 0;
  Seq first_seq = 0;
};
Result<LinkLogKey> parse_link_log_key(std::string_view key);
RecordKey link_key(AgencyId peer, Direction direction);

struct LinkKey {
  AgencyId peer;
  Direction direction{};
};
Result<LinkKey> parse_link_key(std::string_view key);
RecordKey case_key(const CaseId& id, bool closed);
// Of an open or a closed case.
Result<CaseId> parse_case_key(std::string_view key);
RecordKey timeline_key(const CaseId& id, uint32_t n);
RecordKey timer_key(Instant due, const CaseId& id, uint8_t kind);

struct TimerKey {
  Instant due;
  CaseId id;
  uint8_t kind;
};
Result<TimerKey> parse_timer_key(std::string_view key);

RecordKey account_key(AgencyId peer, uint8_t account);

struct AccountKey {
  AgencyId peer;
  uint8_t account = 0;
};
Result<AccountKey> parse_account_key(std::string_view key);
RecordKey bank_line_key(const Digest& digest);
Result<Digest> parse_bank_line_key(std::string_view key);
// Line `n` of a file, from 0, that is staged.
RecordKey staged_line_key(const Digest& file, uint64_t n);
// The same after it has been booked: where it has its place.
RecordKey file_line_key(const Digest& file, uint64_t n);
Key file_lines_prefix(const Digest& file);
// The number in it.
Result<uint64_t> parse_file_line_key(std::string_view key);
// The last statement of an account of ours; `account` is a digest of its number.
RecordKey last_statement_key(const Digest& account);
RecordKey bank_file_key(const Digest& file);
Result<Digest> parse_bank_file_key(std::string_view key);
RecordKey incoming_batch_key(std::string_view batch_number);
RecordKey recovered_money_key(const CaseId& id);
// The postings of step `n` of the case, by its place in the timeline.
RecordKey case_journal_key(const CaseId& id, uint32_t n);

struct CaseJournalKey {
  CaseId id;
  uint32_t n = 0;
};
Result<CaseJournalKey> parse_case_journal_key(std::string_view key);
// The postings of change `n` of the bank line.
RecordKey line_journal_key(const Digest& line, uint32_t n);

struct LineJournalKey {
  Digest line{};
  uint32_t n = 0;
};
Result<LineJournalKey> parse_line_journal_key(std::string_view key);
// A payment that a case has ordered.
RecordKey payment_key(const CaseId& id, uint32_t attempt);
RecordKey remittance_batch_key(std::string_view batch_number);
// The number in it, a view of `key`.
Result<std::string_view> parse_remittance_batch_key(std::string_view key);
RecordKey payment_file_key(std::string_view batch_number);
// Who has confirmed the account that the case's money is to go to.
RecordKey payee_confirmation_key(const CaseId& id);
// How the peer's statement of that day compares with our books.
RecordKey comparison_key(AgencyId peer, Date day);
// Before all days of the peer.
Key comparisons_prefix(AgencyId peer);
// The day in it.
Result<Date> parse_comparison_key(std::string_view key);
// Cases that a daily statement to the peer must list. An empty id begins them all.
Key open_money_prefix(AgencyId peer);
RecordKey open_money_key(AgencyId peer, const CaseId& id);
Result<CaseId> parse_open_money_key(std::string_view key);
// A payment that the bank does not have yet, or that waits for a person.
RecordKey waiting_payment_key(Instant ordered, const CaseId& id, uint32_t attempt);

struct WaitingPayment {
  Instant ordered;
  CaseId id;
  uint32_t attempt = 0;
};
RecordKey waiting_payment_key(const WaitingPayment& place);
Result<WaitingPayment> parse_waiting_payment_key(std::string_view key);
// A payment that the bank has, and of which it has said nothing yet. Read as the key above.
RecordKey exported_payment_key(Instant exported, const CaseId& id, uint32_t attempt);
Result<WaitingPayment> parse_exported_payment_key(std::string_view key);
// A payment whose release one person has proposed.
RecordKey proposed_release_key(const CaseId& id, uint32_t attempt);
struct ProposedRelease {
  CaseId id;
  uint32_t attempt = 0;
};
Result<ProposedRelease> parse_proposed_release_key(std::string_view key);
RecordKey proposed_line_act_key(const Digest& line);
Result<Digest> parse_proposed_line_act_key(std::string_view key);
// Lines that may take one another back: `sides` is a digest of both accounts and the amount.
RecordKey twin_lines_key(const Digest& sides);
// Lines of one account, bank's number and amount: `number` is a digest of these.
RecordKey numbered_lines_key(const Digest& number);
// A line that is to be looked at again when a link is recovered or a case has changed.
RecordKey postponed_line_key(const Digest& line);
Result<Digest> parse_postponed_line_key(std::string_view key);
RecordKey exception_key(uint8_t outcome, Instant since, const Digest& line);

struct ExceptionKey {
  uint8_t outcome = 0;
  Instant since;
  Digest line{};
};
Result<ExceptionKey> parse_exception_key(std::string_view key);
// Lines that wait with a case.
RecordKey waiting_lines_key(const CaseId& id);
// Cases that miss exactly this amount. REQUIRES: above 0.
Key missing_prefix(int64_t fen);
RecordKey missing_key(int64_t fen, const CaseId& id);
// The case in it.
Result<CaseId> parse_missing_key(std::string_view key);
RecordKey person_key(const PersonHash& hash);
// Of the ten numbers that differ in the last digit of their sequence number, and so in their check
// digit. REQUIRES: a letter number has 20 characters.
RecordKey letters_key(std::string_view letter_number);
void append_letter(std::string_view letter_number, const CaseId& id, std::string& record);
// Those of the one number; nullopt if the record is none.
std::optional<std::vector<CaseId>> cases_of_letter(std::string_view letter_number,
                                                   std::string_view record);
// A piece of a file, from 0.
RecordKey attachment_key(const CaseId& id, const Digest& file, uint32_t piece);

struct AttachmentKey {
  CaseId id;
  Digest file{};
  uint32_t piece = 0;
};
Result<AttachmentKey> parse_attachment_key(std::string_view key);
// Attachment `n` of the case, from 1, whose bytes are to be fetched from `peer`.
RecordKey wanted_attachment_key(AgencyId peer, const CaseId& id, uint32_t n);

struct WantedAttachment {
  AgencyId peer;
  CaseId id;
  uint32_t n = 0;
};
Result<WantedAttachment> parse_wanted_attachment_key(std::string_view key);
// Before all of one peer, or of every peer.
Key wanted_attachments_prefix(std::optional<AgencyId> peer);
// An act that was done under an Idempotency-Key; `act` is a digest of the user and the key.
RecordKey idempotency_key(const Digest& act);
// When it was done: the oldest are forgotten first.
RecordKey idempotency_age_key(Instant done, const Digest& act);

struct IdempotencyAge {
  Instant done;
  Digest act{};
};
Result<IdempotencyAge> parse_idempotency_age_key(std::string_view key);
// How many of the user's keys are kept; `user` is a digest of the name.
RecordKey idempotency_count_key(const Digest& user);

// Who is to see to a case: the first bytes of SHA-256 of the user's name. All zero: in the list of
// all cases, whoever sees to them.
using OwnerHash = std::array<uint8_t, 16>;
// Something that is to be done in an open case, or waited for; kind 0 if nothing of it has a day.
struct DutyKey {
  OwnerHash owner{};
  std::optional<Date> due;  // those without a day come last
  CaseId id;
  uint8_t kind = 0;
};
RecordKey duty_key(const DutyKey& duty);
Result<DutyKey> parse_duty_key(std::string_view key);
// What the keys of the owner's duties begin with.
std::string duties_of(const OwnerHash& owner);
// A case whose person has a name with this hash (Vault::person_hash() of the normalised name).
struct NamedKey {
  PersonHash name{};
  CaseId id;
};
RecordKey named_key(const NamedKey& named);
Result<NamedKey> parse_named_key(std::string_view key);
std::string cases_named(const PersonHash& name);  // what the keys of such cases begin with
RecordKey quarantine_key(AgencyId peer, Epoch epoch, Seq seq);

struct QuarantineKey {
  AgencyId peer;
  Epoch epoch = 0;
  Seq seq = 0;
};
Result<QuarantineKey> parse_quarantine_key(std::string_view key);
// The peer's receipt for our messages up to `through`.
RecordKey receipt_key(AgencyId peer, Seq through);

// What the commit has changed, for those who follow the agency (engine/change.h).
struct ChangesKey {
  uint32_t epoch = 0;
  Lsn lsn = 0;
};
RecordKey changes_key(const ChangesKey& place);
Result<ChangesKey> parse_changes_key(std::string_view key);

// The upper bound for a scan of all keys that begin with `prefix`: the smallest key above them. For
// the empty prefix: a key above every key of the table.
std::string prefix_end(std::string_view prefix);

}  // namespace layout
}  // namespace jiexu
