#include "storage/layout.h"

#include <array>

#include "daemon/base/bytes.h"
#include "daemon/base/check.h"

namespace jiexu::layout {
namespace {

constexpr size_t kLetterEndSize = 2;  // last digit of the sequence number, check digit
constexpr size_t kLetterEntrySize = kLetterEndSize + CaseId::kSize;
constexpr size_t kLetterSize = 20, kBatchSize = 21;
constexpr uint32_t kNoDay = UINT32_MAX;  // behind every day

// A key of the kind, up to what follows on its prefix.
Key begin(Kind kind) {
  return Key(row_of(kind).prefix);
}

RecordKey dated_payment(Kind kind, Instant at, const CaseId& id, uint32_t attempt) {
  CHECK(at.ms >= 0);
  return {kind, begin(kind).u64(static_cast<uint64_t>(at.ms)).add(id.bytes()).u32(attempt)};
}

RecordKey of_batch(Kind kind, std::string_view number) {
  CHECK(number.size() == kBatchSize);
  return {kind, begin(kind).add(number)};
}

// Reads the fields of a key one after another. If the bytes are no key of the kind, the fields
// mean nothing, and result() is the error.
class Fields {
 public:
  Fields(Kind kind, std::string_view key) : kind_(kind) {
    const KindRow& row = row_of(kind);
    good_ = key.size() == row.size && key.starts_with(row.prefix);
    if (good_) left_ = key.substr(row.prefix.size());
  }

  uint8_t u8() { return static_cast<uint8_t>(take(1)[0]); }
  uint32_t u32() { return read_u32(take(4)); }
  uint64_t u64() { return read_u64(take(8)); }
  Instant instant() {
    const Instant at{static_cast<int64_t>(u64())};
    good_ &= at.ms >= 0;
    return at;
  }
  Direction direction() {
    const uint8_t number = u8();
    good_ &= number <= static_cast<uint8_t>(Direction::kAside);
    return static_cast<Direction>(number);
  }
  CaseId case_id() { return *CaseId::from_bytes(take(CaseId::kSize)); }
  OwnerHash hash() { return *to_array<sizeof(OwnerHash)>(take(sizeof(OwnerHash))); }
  std::optional<Date> day(uint32_t yyyymmdd) {
    const auto date = Date::from_yyyymmdd(static_cast<int32_t>(yyyymmdd));
    good_ &= date.has_value();
    return date;
  }
  Digest digest() { return *to_array<kDigestSize>(take(kDigestSize)); }
  AgencyId peer() {
    const auto id = AgencyId::parse(take(AgencyId::kSize));
    good_ &= id.has_value();
    return id.value_or(AgencyId());
  }

  template <class T>
  Result<T> result(const T& out) const {
    if (!good_) return no_key_of(kind_);
    return out;
  }

 private:
  std::string_view take(size_t size) {
    static constexpr std::array<char, kDigestSize> kNothing{};
    if (left_.size() < size) return {kNothing.data(), size};
    const std::string_view field = left_.substr(0, size);
    left_.remove_prefix(size);
    return field;
  }

  Kind kind_;
  bool good_;
  std::string_view left_;
};

Result<WaitingPayment> parse_dated_payment(Kind kind, std::string_view key) {
  Fields in(kind, key);
  const WaitingPayment out{in.instant(), in.case_id(), in.u32()};
  return in.result(out);
}

}  // namespace

RecordKey store_key() {
  return {Kind::kStore, begin(Kind::kStore)};
}

RecordKey judged_key() {
  return {Kind::kJudged, begin(Kind::kJudged)};
}

RecordKey letter_counter_key(Date day) {
  return {Kind::kLetterCounter,
          begin(Kind::kLetterCounter).u32(static_cast<uint32_t>(day.yyyymmdd()))};
}

RecordKey link_log_key(AgencyId peer, Direction direction, Epoch epoch, Seq first_seq) {
  return {Kind::kLinkLog,
          Key(peer.text()).u8(static_cast<uint8_t>(direction)).u32(epoch).u64(first_seq)};
}

Result<LinkLogKey> parse_link_log_key(std::string_view key) {
  Fields in(Kind::kLinkLog, key);
  const LinkLogKey out{in.peer(), in.direction(), in.u32(), in.u64()};
  return in.result(out);
}

RecordKey link_key(AgencyId peer, Direction direction) {
  return {Kind::kLink, Key(peer.text()).u8(static_cast<uint8_t>(direction))};
}

Result<LinkKey> parse_link_key(std::string_view key) {
  Fields in(Kind::kLink, key);
  const LinkKey out{in.peer(), in.direction()};
  return in.result(out);
}

RecordKey case_key(const CaseId& id, bool closed) {
  const Kind kind = closed ? Kind::kClosedCase : Kind::kOpenCase;
  return {kind, begin(kind).add(id.bytes())};
}

Result<CaseId> parse_case_key(std::string_view key) {
  Fields in(key.starts_with(kClosedCases) ? Kind::kClosedCase : Kind::kOpenCase, key);
  return in.result(in.case_id());
}

RecordKey timeline_key(const CaseId& id, uint32_t n) {
  return {Kind::kTimeline, Key(id.bytes()).u32(n)};
}

RecordKey timer_key(Instant due, const CaseId& id, uint8_t kind) {
  // A negative time would sort after every other.
  CHECK(due.ms >= 0);
  return {Kind::kTimer, Key().u64(static_cast<uint64_t>(due.ms)).add(id.bytes()).u8(kind)};
}

Result<TimerKey> parse_timer_key(std::string_view key) {
  Fields in(Kind::kTimer, key);
  const TimerKey out{in.instant(), in.case_id(), in.u8()};
  return in.result(out);
}

RecordKey account_key(AgencyId peer, uint8_t account) {
  return {Kind::kAccount, begin(Kind::kAccount).add(peer.text()).u8(account)};
}

Result<AccountKey> parse_account_key(std::string_view key) {
  Fields in(Kind::kAccount, key);
  const AccountKey out{in.peer(), in.u8()};
  return in.result(out);
}

RecordKey bank_line_key(const Digest& digest) {
  return {Kind::kBankLine, begin(Kind::kBankLine).add(view(digest))};
}

Result<Digest> parse_bank_line_key(std::string_view key) {
  Fields in(Kind::kBankLine, key);
  return in.result(in.digest());
}

RecordKey staged_line_key(const Digest& file, uint64_t n) {
  return {Kind::kStagedLine, begin(Kind::kStagedLine).add(view(file)).u64(n)};
}

RecordKey file_line_key(const Digest& file, uint64_t n) {
  return {Kind::kFileLine, begin(Kind::kFileLine).add(view(file)).u64(n)};
}

Key file_lines_prefix(const Digest& file) {
  return begin(Kind::kFileLine).add(view(file));
}

Result<uint64_t> parse_file_line_key(std::string_view key) {
  Fields in(Kind::kFileLine, key);
  in.digest();
  return in.result(in.u64());
}

RecordKey last_statement_key(const Digest& account) {
  return {Kind::kLastStatement, begin(Kind::kLastStatement).add(view(account))};
}

RecordKey bank_file_key(const Digest& file) {
  return {Kind::kBankFile, begin(Kind::kBankFile).add(view(file))};
}

Result<Digest> parse_bank_file_key(std::string_view key) {
  Fields in(Kind::kBankFile, key);
  return in.result(in.digest());
}

RecordKey incoming_batch_key(std::string_view batch_number) {
  return of_batch(Kind::kIncomingBatch, batch_number);
}

RecordKey recovered_money_key(const CaseId& id) {
  return {Kind::kRecoveredMoney, begin(Kind::kRecoveredMoney).add(id.bytes())};
}

RecordKey case_journal_key(const CaseId& id, uint32_t n) {
  return {Kind::kCaseJournal, begin(Kind::kCaseJournal).add(id.bytes()).u32(n)};
}

Result<CaseJournalKey> parse_case_journal_key(std::string_view key) {
  Fields in(Kind::kCaseJournal, key);
  const CaseJournalKey out{in.case_id(), in.u32()};
  return in.result(out);
}

RecordKey line_journal_key(const Digest& line, uint32_t n) {
  return {Kind::kLineJournal, begin(Kind::kLineJournal).add(view(line)).u32(n)};
}

Result<LineJournalKey> parse_line_journal_key(std::string_view key) {
  Fields in(Kind::kLineJournal, key);
  const LineJournalKey out{in.digest(), in.u32()};
  return in.result(out);
}

RecordKey payment_key(const CaseId& id, uint32_t attempt) {
  return {Kind::kPayment, begin(Kind::kPayment).add(id.bytes()).u32(attempt)};
}

RecordKey remittance_batch_key(std::string_view batch_number) {
  return of_batch(Kind::kRemittanceBatch, batch_number);
}

Result<std::string_view> parse_remittance_batch_key(std::string_view key) {
  const KindRow& row = row_of(Kind::kRemittanceBatch);
  if (key.size() != row.size || !key.starts_with(row.prefix)) {
    return no_key_of(Kind::kRemittanceBatch);
  }
  return key.substr(row.prefix.size());
}

RecordKey payment_file_key(std::string_view batch_number) {
  return of_batch(Kind::kPaymentFile, batch_number);
}

RecordKey payee_confirmation_key(const CaseId& id) {
  return {Kind::kPayeeConfirmation, begin(Kind::kPayeeConfirmation).add(id.bytes())};
}

Key comparisons_prefix(AgencyId peer) {
  return begin(Kind::kComparison).add(peer.text());
}

RecordKey comparison_key(AgencyId peer, Date day) {
  return {Kind::kComparison, comparisons_prefix(peer).u32(static_cast<uint32_t>(day.yyyymmdd()))};
}

Result<Date> parse_comparison_key(std::string_view key) {
  Fields in(Kind::kComparison, key);
  in.peer();
  const auto day = Date::from_yyyymmdd(static_cast<int32_t>(in.u32()));
  if (!day) return no_key_of(Kind::kComparison);
  return in.result(*day);
}

Key open_money_prefix(AgencyId peer) {
  return begin(Kind::kOpenMoney).add(peer.text());
}

RecordKey open_money_key(AgencyId peer, const CaseId& id) {
  return {Kind::kOpenMoney, open_money_prefix(peer).add(id.bytes())};
}

Result<CaseId> parse_open_money_key(std::string_view key) {
  Fields in(Kind::kOpenMoney, key);
  in.peer();
  return in.result(in.case_id());
}

RecordKey waiting_payment_key(Instant ordered, const CaseId& id, uint32_t attempt) {
  return dated_payment(Kind::kWaitingPayment, ordered, id, attempt);
}

RecordKey waiting_payment_key(const WaitingPayment& place) {
  return waiting_payment_key(place.ordered, place.id, place.attempt);
}

Result<WaitingPayment> parse_waiting_payment_key(std::string_view key) {
  return parse_dated_payment(Kind::kWaitingPayment, key);
}

RecordKey exported_payment_key(Instant exported, const CaseId& id, uint32_t attempt) {
  return dated_payment(Kind::kExportedPayment, exported, id, attempt);
}

Result<WaitingPayment> parse_exported_payment_key(std::string_view key) {
  return parse_dated_payment(Kind::kExportedPayment, key);
}

RecordKey proposed_release_key(const CaseId& id, uint32_t attempt) {
  return {Kind::kProposedRelease, begin(Kind::kProposedRelease).add(id.bytes()).u32(attempt)};
}

Result<ProposedRelease> parse_proposed_release_key(std::string_view key) {
  Fields in(Kind::kProposedRelease, key);
  const ProposedRelease out{in.case_id(), in.u32()};
  return in.result(out);
}

RecordKey proposed_line_act_key(const Digest& line) {
  return {Kind::kProposedLineAct, begin(Kind::kProposedLineAct).add(view(line))};
}

Result<Digest> parse_proposed_line_act_key(std::string_view key) {
  Fields in(Kind::kProposedLineAct, key);
  return in.result(in.digest());
}

RecordKey twin_lines_key(const Digest& sides) {
  return {Kind::kTwinLines, begin(Kind::kTwinLines).add(view(sides))};
}

RecordKey numbered_lines_key(const Digest& number) {
  return {Kind::kNumberedLines, begin(Kind::kNumberedLines).add(view(number))};
}

RecordKey postponed_line_key(const Digest& line) {
  return {Kind::kPostponedLine, begin(Kind::kPostponedLine).add(view(line))};
}

Result<Digest> parse_postponed_line_key(std::string_view key) {
  Fields in(Kind::kPostponedLine, key);
  return in.result(in.digest());
}

RecordKey exception_key(uint8_t outcome, Instant since, const Digest& line) {
  CHECK(since.ms >= 0);
  return {Kind::kException,
          begin(Kind::kException).u8(outcome).u64(static_cast<uint64_t>(since.ms)).add(view(line))};
}

Result<ExceptionKey> parse_exception_key(std::string_view key) {
  Fields in(Kind::kException, key);
  const ExceptionKey out{in.u8(), in.instant(), in.digest()};
  return in.result(out);
}

RecordKey waiting_lines_key(const CaseId& id) {
  return {Kind::kWaitingLines, begin(Kind::kWaitingLines).add(id.bytes())};
}

Key missing_prefix(int64_t fen) {
  CHECK(fen > 0);
  return begin(Kind::kMissing).u64(static_cast<uint64_t>(fen));
}

RecordKey missing_key(int64_t fen, const CaseId& id) {
  return {Kind::kMissing, missing_prefix(fen).add(id.bytes())};
}

Result<CaseId> parse_missing_key(std::string_view key) {
  Fields in(Kind::kMissing, key);
  in.u64();
  return in.result(in.case_id());
}

RecordKey person_key(const PersonHash& hash) {
  return {Kind::kPerson, begin(Kind::kPerson).add(view(hash))};
}

RecordKey letters_key(std::string_view letter_number) {
  CHECK(letter_number.size() == kLetterSize);
  return {Kind::kLetters,
          begin(Kind::kLetters).add(letter_number.substr(0, kLetterSize - kLetterEndSize))};
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

RecordKey attachment_key(const CaseId& id, const Digest& file, uint32_t piece) {
  return {Kind::kAttachment, Key(id.bytes()).add(view(file)).u32(piece)};
}

Result<AttachmentKey> parse_attachment_key(std::string_view key) {
  Fields in(Kind::kAttachment, key);
  const AttachmentKey out{in.case_id(), in.digest(), in.u32()};
  return in.result(out);
}

Key wanted_attachments_prefix(std::optional<AgencyId> peer) {
  return begin(Kind::kWantedAttachment).add(peer ? peer->text() : std::string_view());
}

RecordKey wanted_attachment_key(AgencyId peer, const CaseId& id, uint32_t n) {
  return {Kind::kWantedAttachment, wanted_attachments_prefix(peer).add(id.bytes()).u32(n)};
}

Result<WantedAttachment> parse_wanted_attachment_key(std::string_view key) {
  Fields in(Kind::kWantedAttachment, key);
  const WantedAttachment out{in.peer(), in.case_id(), in.u32()};
  return in.result(out);
}

RecordKey idempotency_key(const Digest& act) {
  return {Kind::kIdempotencyKey, begin(Kind::kIdempotencyKey).add(view(act))};
}

RecordKey idempotency_age_key(Instant done, const Digest& act) {
  CHECK(done.ms >= 0);
  return {Kind::kIdempotencyAge,
          begin(Kind::kIdempotencyAge).u64(static_cast<uint64_t>(done.ms)).add(view(act))};
}

Result<IdempotencyAge> parse_idempotency_age_key(std::string_view key) {
  Fields in(Kind::kIdempotencyAge, key);
  const IdempotencyAge out{in.instant(), in.digest()};
  return in.result(out);
}

RecordKey idempotency_count_key(const Digest& user) {
  return {Kind::kIdempotencyCount, begin(Kind::kIdempotencyCount).add(view(user))};
}

std::string duties_of(const OwnerHash& owner) {
  return begin(Kind::kDuty).add(view(owner)).str();
}

RecordKey duty_key(const DutyKey& duty) {
  const uint32_t day = duty.due ? static_cast<uint32_t>(duty.due->yyyymmdd()) : kNoDay;
  return {Kind::kDuty, Key(duties_of(duty.owner)).u32(day).add(duty.id.bytes()).u8(duty.kind)};
}

Result<DutyKey> parse_duty_key(std::string_view key) {
  Fields in(Kind::kDuty, key);
  DutyKey out;
  out.owner = in.hash();
  if (const uint32_t day = in.u32(); day != kNoDay) out.due = in.day(day);
  out.id = in.case_id();
  out.kind = in.u8();
  return in.result(out);
}

std::string cases_named(const PersonHash& name) {
  return begin(Kind::kNamed).add(view(name)).str();
}

RecordKey named_key(const NamedKey& named) {
  return {Kind::kNamed, Key(cases_named(named.name)).add(named.id.bytes())};
}

Result<NamedKey> parse_named_key(std::string_view key) {
  Fields in(Kind::kNamed, key);
  const NamedKey out{in.hash(), in.case_id()};
  return in.result(out);
}

RecordKey quarantine_key(AgencyId peer, Epoch epoch, Seq seq) {
  return {Kind::kQuarantine, Key(peer.text()).u32(epoch).u64(seq)};
}

Result<QuarantineKey> parse_quarantine_key(std::string_view key) {
  Fields in(Kind::kQuarantine, key);
  const QuarantineKey out{in.peer(), in.u32(), in.u64()};
  return in.result(out);
}

RecordKey receipt_key(AgencyId peer, Seq through) {
  return {Kind::kReceipt, begin(Kind::kReceipt).add(peer.text()).u64(through)};
}

std::string prefix_end(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (end.empty()) return std::string(Key::kSizeMax + 1, '\xff');
  end.back() = static_cast<char>(end.back() + 1);
  return end;
}

}  // namespace jiexu::layout
