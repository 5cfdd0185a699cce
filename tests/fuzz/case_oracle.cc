#include "tests/fuzz/case_oracle.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/cases/table.h"
#include "daemon/casework/case_store.h"

namespace jiexu {
namespace {

using Account = LedgerAccount;

constexpr Account kAccounts[] = {Account::kFund,    Account::kPayable,  Account::kInTransit,
                                 Account::kSettled, Account::kRefunded, Account::kReceivable,
                                 Account::kBank,    Account::kSuspense, Account::kOwedPersons,
                                 Account::kCredited};

// Overlays that follow from the deadlines or from the end of the case.
constexpr Overlays kDerived = {Overlay::kReminded, Overlay::kReminding, Overlay::kEscalated};

void check_table(const Case& before, const Event& event, const Case& after, const Step& step) {
  if (step.row == nullptr) {  // a step of a deadline, or the twin of a paper
    CHECK(after.relationship == before.relationship && after.funds == before.funds);
    CHECK(step.postings.empty() && step.messages.size() <= 1);
    return;
  }
  const Row& row = *step.row;
  const auto table = rows(after.side);
  CHECK(&row >= table.data() && &row < table.data() + table.size());
  const EventKind kind =
      event.kind == EventKind::kKeyPaper ? event_of(event.input->paper().body_case()) : event.kind;
  CHECK(fits(row, before, kind));
  CHECK(after.relationship == (row.to == kSameRelationship ? before.relationship : row.to));
  Overlays overlays = before.overlays;
  overlays.remove(row.clear);
  overlays.add(row.set);
  if (kind == EventKind::kLetterIn && after.overlays.has(Overlay::kUpstreamOpen)) {
    overlays.add(Overlay::kUpstreamOpen);
  }
  if (is_terminal(after.relationship)) overlays.keep(kOutliveTheEnd);
  overlays.remove(kDerived);
  Overlays shown = after.overlays;
  shown.remove(kDerived);
  CHECK(overlays == shown);
  CHECK((row.effect == Effect::kNone) == step.messages.empty());
  CHECK(after.funds == judge_funds(after));
}

void check_counters(const Case& before, const Event& event, const Case& after) {
  CHECK(after.id == before.id);
  CHECK(after.peer == before.peer || after.former_peers.size() == before.former_peers.size() + 1);
  CHECK(!before.exists() || after.side == before.side);
  CHECK(after.revision == before.revision + 1);
  CHECK(after.timeline_count == before.timeline_count + 1);
  const uint32_t heard = after.peer == before.peer || !before.exists()
                             ? before.received_case_seq + (is_numbered(event) ? 1 : 0)
                             : 0;
  CHECK(after.received_case_seq == heard);
  CHECK(after.letter_number.empty() || after.letter_number.size() == 20);
  CHECK(before.letter_number.empty() || after.letter_number == before.letter_number);
  CHECK(after.form_version == before.form_version || after.form_version == before.form_version + 1);
  CHECK(after.due.value >= 0 && after.moved.value >= 0 && after.credited.value >= 0);
  CHECK(after.noticed.value >= 0 && after.returned.value >= 0 && after.refunded.value >= 0);
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

void check_messages(const Case& before, const Case& after, const Step& step) {
  const bool goes_on = after.peer != before.peer && before.exists();
  uint32_t seq = goes_on ? 0 : before.sent_case_seq;
  for (const v1::Message* message : step.messages) {
    CHECK(message->case_seq() == ++seq);
    CHECK(message->case_id() == after.id.bytes());
    check_readable(*message);
  }
  CHECK(after.sent_case_seq == seq);
}

void check_ledger(const Case& before, const Case& after, const Step& step) {
  for (const Posting& posting : step.postings) {
    CHECK(posting.amount.value > 0 && posting.debit != posting.credit);
  }
  for (const Account account : kAccounts) {
    int64_t change = 0;
    for (const Posting& posting : step.postings) {
      if (posting.debit == account) change += posting.amount.value;
      if (posting.credit == account) change -= posting.amount.value;
    }
    CHECK(change == booked(after, account) - booked(before, account));
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
  const int64_t used =
      subject.funds == Funds::kMatched ? subject.moved.value : subject.credited.value;
  switch (account) {
    case Account::kReceivable: return subject.due.value - used;
    case Account::kBank: return subject.moved.value;
    case Account::kSuspense: return used - subject.moved.value;
    case Account::kOwedPersons: return subject.credited.value - subject.due.value;
    case Account::kCredited: return -subject.credited.value;
    default: return 0;
  }
}

int64_t booked_out(const Case& subject, Account account) {
  switch (account) {
    case Account::kFund: return subject.due.value + subject.refunded.value;
    case Account::kPayable: return subject.moved.value - subject.due.value;
    case Account::kInTransit: return subject.credited.value - subject.moved.value;
    case Account::kSettled: return -subject.credited.value;
    case Account::kRefunded: return -subject.refunded.value;
    default: return 0;
  }
}

}  // namespace

int64_t booked(const Case& subject, LedgerAccount account) {
  return subject.side == Side::kIn ? booked_in(subject, account) : booked_out(subject, account);
}

bool money_fits(const Case& subject) {
  return !subject.exists() || judge_funds(subject) == subject.funds;
}

void check_unchanged(const Case& before, const Case& after) {
  v1::CaseRecord then, now;
  encode_case(before, &then);
  encode_case(after, &now);
  CHECK(then.SerializeAsString() == now.SerializeAsString());
}

void check_step(const Case& before, const Event& event, const Case& after, const Step& step,
                bool ledger) {
  check_table(before, event, after, step);
  check_counters(before, event, after);
  check_messages(before, after, step);
  if (ledger) check_ledger(before, after, step);
  check_record(after);
}

}  // namespace jiexu
