#include "tests/fuzz/case_oracle.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/cases/table.h"
#include "daemon/engine/case_store.h"

namespace jiexu {
namespace {

using Account = LedgerAccount;

constexpr Account kAccounts[] = {Account::kFund,     Account::kPayable,     Account::kInTransit,
                                 Account::kSettled,  Account::kReceivable,  Account::kBank,
                                 Account::kSuspense, Account::kOwedPersons, Account::kCredited};

bool is_send(Effect effect) {
  return effect >= Effect::kSendLetter && effect <= Effect::kSendClose;
}

bool moved_by(const Row& row, const Case& before, const Event& event, const Step& step) {
  const Case& after = step.next;
  const auto sends = std::count_if(row.effects.begin(), row.effects.end(), is_send);
  return row.event == event.kind && row.from.has(before.relationship) &&
         row.funds_from.has(before.funds) &&
         after.relationship == (row.to == kSameRelationship ? before.relationship : row.to) &&
         after.overlay == (row.overlay_to == kSameOverlay ? before.overlay : row.overlay_to) &&
         // A letter begins the funds of its side before the row is applied.
         (after.funds == (row.funds_to == kSameFunds ? before.funds : row.funds_to)) &&
         static_cast<size_t>(sends) == step.messages.size();
}

void check_table(const Case& before, const Event& event, const Step& step) {
  if (event.kind == EventKind::kDeadlinePassed) {
    CHECK(step.next.relationship == before.relationship && step.next.funds == before.funds);
    CHECK(step.messages.empty() && step.postings.empty());
    return;
  }
  const auto table = rows(step.next.side);
  CHECK(std::any_of(table.begin(), table.end(),
                    [&](const Row& row) { return moved_by(row, before, event, step); }));
}

void check_counters(const Case& before, const Event& event, const Case& after) {
  CHECK(after.id == before.id && after.peer == before.peer);
  CHECK(!before.exists() || after.side == before.side);
  CHECK(after.revision == before.revision + 1);
  CHECK(after.timeline_count == before.timeline_count + 1);
  const bool numbered = event.message != nullptr && event.kind != EventKind::kFaultIn;
  CHECK(after.received_case_seq == before.received_case_seq + (numbered ? 1 : 0));
  CHECK(after.letter_number.empty() || after.letter_number.size() == 20);
  CHECK(before.letter_number.empty() || after.letter_number == before.letter_number);
  CHECK(after.form_version == before.form_version || after.form_version == before.form_version + 1);
  CHECK(after.due.value >= 0 && after.moved.value >= 0 && after.credited.value >= 0);
  CHECK(!after.closed() || after.closed_at);
  CHECK(after.findings.size() <= limits::kFindingsMax);
}

// What the peer would make of the bytes.
void check_readable(const v1::Message& message) {
  const std::string bytes = message.SerializeAsString();
  CHECK(bytes.size() <= limits::kMessageBytesMax);
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  v1::Message read;
  CHECK(read.ParseFromCodedStream(&in));
  CHECK(event_of(read.body_case()) != EventKind::kNone);
}

void check_messages(const Case& before, const Step& step) {
  uint32_t seq = before.sent_case_seq;
  for (const v1::Message* message : step.messages) {
    CHECK(message->case_seq() == ++seq);
    CHECK(message->case_id() == step.next.id.bytes());
    check_readable(*message);
  }
  CHECK(step.next.sent_case_seq == seq);
}

void check_ledger(const Case& before, const Step& step) {
  for (const Posting& posting : step.postings) {
    CHECK(posting.amount.value > 0 && posting.debit != posting.credit);
  }
  for (const Account account : kAccounts) {
    int64_t change = 0;
    for (const Posting& posting : step.postings) {
      if (posting.debit == account) change += posting.amount.value;
      if (posting.credit == account) change -= posting.amount.value;
    }
    CHECK(change == booked(step.next, account) - booked(before, account));
  }
}

void check_record(const Case& subject) {
  v1::CaseRecord record;
  encode_case(subject, &record);
  const std::string bytes = record.SerializeAsString();
  v1::CaseRecord read;
  CHECK(read.ParseFromString(bytes));
  const auto decoded = decode_case(subject.id, read);
  CHECK(decoded.has_value());
  v1::CaseRecord again;
  encode_case(*decoded, &again);
  CHECK(again.SerializeAsString() == bytes);
}

int64_t booked_in(const Case& subject, Account account) {
  const bool matched = subject.funds == Funds::kMatched || subject.funds == Funds::kCredited;
  switch (account) {
    case Account::kReceivable: return subject.due.value - (matched ? subject.moved.value : 0);
    case Account::kBank: return subject.moved.value;
    case Account::kSuspense: return matched ? 0 : -subject.moved.value;
    case Account::kOwedPersons: return subject.credited.value - subject.due.value;
    case Account::kCredited: return -subject.credited.value;
    default: return 0;
  }
}

int64_t booked_out(const Case& subject, Account account) {
  switch (account) {
    case Account::kFund: return subject.due.value;
    case Account::kPayable: return subject.moved.value - subject.due.value;
    case Account::kInTransit: return subject.credited.value - subject.moved.value;
    case Account::kSettled: return -subject.credited.value;
    default: return 0;
  }
}

bool one_of(Funds funds, std::initializer_list<Funds> set) {
  return std::find(set.begin(), set.end(), funds) != set.end();
}

}  // namespace

int64_t booked(const Case& subject, LedgerAccount account) {
  return subject.side == Side::kIn ? booked_in(subject, account) : booked_out(subject, account);
}

bool money_fits(const Case& subject) {
  if (!subject.exists()) return true;
  const bool form = subject.form_version > 0;
  if (subject.side == Side::kIn) {
    const bool letter_away = subject.relationship >= Relationship::kLetterSent &&
                             subject.relationship <= Relationship::kLetterAccepted;
    if (form) {
      return one_of(subject.funds, {Funds::kNoneDue, Funds::kExpected, Funds::kReceivedDiffers,
                                    Funds::kMatched, Funds::kRefundedToPerson});
    }
    return one_of(subject.funds, {Funds::kUnknown}) ||
           (letter_away && one_of(subject.funds, {Funds::kNoticed, Funds::kSuspense}));
  }
  if (form) {
    return one_of(subject.funds,
                  {Funds::kComputed, Funds::kPaid, Funds::kRefundToPerson, Funds::kNothingToPay});
  }
  return subject.funds == Funds::kNotComputed;
}

void check_step(const Case& before, const Event& event, const Step& step, bool ledger) {
  check_table(before, event, step);
  check_counters(before, event, step.next);
  check_messages(before, step);
  if (ledger) check_ledger(before, step);
  check_record(step.next);
}

}  // namespace jiexu
