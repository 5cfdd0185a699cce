#include "daemon/bank/bank_service.h"

#include <algorithm>

#include "daemon/bank/bank_line_record.h"
#include "daemon/bank/rules/hold.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/rules/field_checks.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr std::string_view kUnusableLine =
    "a line needs an amount that can be, the bank's number and our account";
constexpr std::string_view kNoRoomForLine = "its account of the books can hold no more";

BankOutcome outcome_in(const Case& subject) {
  if (subject.side == Side::kOut) return BankOutcome::kCameBack;
  if (subject.funds == Funds::kMatched) return BankOutcome::kMatched;
  return subject.funds == Funds::kSuspense ? BankOutcome::kEarly : BankOutcome::kAmountDiffers;
}

bool is_parked(Funds funds) {
  return funds == Funds::kSuspense || funds == Funds::kReceivedDiffers;
}

bool is_complete(const v1::IncomingBatchRecord& batch) {
  return static_cast<uint32_t>(batch.noticed_size()) >= batch.lines();
}

// What a case misses, for the index of amounts; 0: nothing.
template <class Subject>
int64_t missing_in(const Subject& subject) {
  const bool expects = subject.exists() && subject.side == Side::kIn && subject.form_version > 0;
  return expects && !subject.closed()
             ? std::max<int64_t>(subject.due.value - subject.moved.value, 0)
             : 0;
}

}  // namespace

v1::BankLineResult BankService::result_of(const Entry& entry) const {
  v1::BankLineResult result;
  result.set_host_sequence(entry.record.line().host_sequence());
  result.set_outcome(std::string(name(outcome_of(entry.record))));
  result.set_line_id(to_hex(view(entry.digest)));
  if (entry.record.to_size() > 0) {
    result.set_case_id(CaseId::from_bytes(entry.record.to(0).case_id()).value_or(CaseId()).str());
  } else if (entry.record.proposals_size() > 0) {
    result.set_case_id(CaseId::from_bytes(entry.record.proposals(0)).value_or(CaseId()).str());
  }
  return result;
}

// Whosever it is, it may have to stand in suspense.
Result<bool> BankService::has_room_for(const v1::BankLine& line) {
  const Posting whole{LedgerAccount::kBank, LedgerAccount::kSuspense, Fen{line.amount_fen()}};
  return cases_.has_room(self_, {whole});
}

Result<v1::BankLineResult> BankService::import(const v1::BankLine& line, LineSource& source,
                                               Instant now) {
  Entry entry;
  *entry.record.mutable_line() = line;
  entry.record.set_statement(source.statement);
  if (!line.unreadable().empty() && !source.file.empty()) {
    return import_damaged(entry, source, now);
  }
  if (!is_usable(line) || !line.unreadable().empty()) return invalid(entry, kUnusableLine);
  // The file of one that has one was held.
  const DayFault fault = judge_day(line.booked_on(), line.made_day(), nullptr, date_of(now));
  if (source.file.empty() && fault != DayFault::kNone) return invalid(entry, text(fault));
  TRY(auto found, find_known(line, source));
  const Identity& identity = found.identity;
  if (identity.kind == Identity::Kind::kRepeated) {
    TRY_DO(note_reported(*found.known, identity.loosely, source));
    return repeated(*found.known);
  }
  TRY(const auto room, has_room_for(line));
  if (!room) return invalid(entry, kNoRoomForLine);
  entry.digest = found.unused;
  entry.record.set_at_ms(now.ms);
  entry.record.set_file(source.file);
  source.used.emplace(entry.digest, false);
  if (found.whole) {
    TRY(const auto gave_way, give_way(*found.whole, entry.digest, now));
    if (!gave_way) return repeated(*found.whole);
  }
  TRY_DO(note_number(entry, source));
  if (identity.kind == Identity::Kind::kNew) return import_new(entry, now);
  // A later line of the source is not taken for it as well.
  TRY_DO(note_reported(*found.known, true, source));
  TRY_DO(place_unsure(entry, *found.known, now));
  return result_of(entry);
}

v1::BankLineResult BankService::repeated(const Entry& known) const {
  v1::BankLineResult result = result_of(known);
  result.set_outcome("duplicate, " + result.outcome());
  return result;
}

Result<v1::BankLineResult> BankService::import_new(Entry& entry, Instant now) {
  book_.set_now(now);
  const bool credit = entry.record.line().amount_fen() > 0;
  TRY_DO(credit ? place_credit(entry, now) : place_debit(entry, now));
  TRY_DO(write(entry));
  TRY_DO(note_twin(entry));
  TRY(const auto met, credit ? meet_reversal(entry, now) : Result<bool>(false));
  if (!met) return result_of(entry);
  TRY(const auto reversed, read(entry.digest));
  return result_of(*reversed);
}

// --- credits ---

Result<void> BankService::place_credit(Entry& entry, Instant now) {
  TRY(const auto returned, place_return(entry, now));
  if (returned) return {};
  TRY(const auto came_back, place_come_back(entry, now));
  if (came_back) return {};
  TRY(const auto match, match_line(entry.record.line(), book_));
  Record& record = entry.record;
  set_outcome(match.outcome, record);
  record.set_evidence(static_cast<uint32_t>(match.evidence));
  record.set_batch(match.batch);
  record.clear_proposals();
  for (const CaseId& id : match.proposals) record.add_proposals(std::string(id.bytes()));
  TRY(const auto hindered, is_recovering(match.to, now));
  const bool unknown = match.outcome == BankOutcome::kUnknownReference && !guard_.all_sound();
  // One transfer for several letters is tried again with every form of theirs.
  const bool early =
      match.outcome == BankOutcome::kEarly && match.to.empty() && match.batch.empty();
  postpone(entry, hindered || unknown || early);
  if (hindered) return wait_for_link(entry, match.to, now);
  if (!match.batch.empty()) return place_batch(entry, match, now);
  if (match.to.empty()) return park(entry, Fen{record.line().amount_fen()}, now);
  TRY(const auto refused, allot(record, match.to, now));
  if (refused.value > 0) {
    set_outcome(BankOutcome::kNotExpected, record);
    for (const Allocation& part : match.to) record.add_proposals(std::string(part.id.bytes()));
  }
  return park(entry, refused, now);
}

// What the other agency still has to give back of our own messages may say what became of this very
// money.
Result<bool> BankService::is_recovering(const std::vector<Allocation>& to, Instant now) {
  for (const Allocation& part : to) {
    TRY(const auto subject, cases_.load(part.id, now));
    if (subject != nullptr && !guard_.may_write(subject->peer)) return true;
  }
  return false;
}

Result<void> BankService::wait_for_link(Entry& entry, const std::vector<Allocation>& to,
                                        Instant now) {
  set_outcome(BankOutcome::kEarly, entry.record);
  entry.record.clear_batch();
  entry.record.clear_proposals();
  for (const Allocation& part : to) entry.record.add_proposals(std::string(part.id.bytes()));
  postpone(entry, true);
  return park(entry, Fen{entry.record.line().amount_fen()}, now);
}

Result<void> BankService::place_batch(Entry& entry, const BankMatch& match, Instant now) {
  Record& record = entry.record;
  const Fen amount{record.line().amount_fen()};
  TRY(auto batch, book_.read_batch(match.batch));
  if (!batch) batch.emplace();  // the line comes before the notices
  if (!match.settles_batch) {
    const bool waits = match.outcome == BankOutcome::kEarly;
    if (waits) {
      batch->add_waiting(std::string(view(entry.digest)));
      batch->set_waiting_fen(batch->waiting_fen() + amount.value);
      book_.write_batch(match.batch, *batch);
    }
    return park(entry, amount, now);
  }
  // What waited in suspense is shared out together with this line.
  for (const std::string& waiting : batch->waiting()) {
    TRY(auto other, read(*to_array<kDigestSize>(waiting)));
    if (!other) continue;
    TRY_DO(park(*other, Fen{}, now));
    TRY_DO(settle(*other, BankOutcome::kMatched, "batch", "", now));
  }
  batch->clear_waiting();
  batch->set_waiting_fen(0);
  batch->set_settled(true);
  book_.write_batch(match.batch, *batch);
  TRY(const auto refused, allot(record, match.to, now));
  if (refused.value > 0) set_outcome(BankOutcome::kBatchDiffers, record);
  return park(entry, refused, now);
}

Result<Fen> BankService::allot(Record& record, const std::vector<Allocation>& parts, Instant now) {
  Fen refused;
  for (const Allocation& part : parts) {
    TRY(const auto credited, credit(record.line(), part, now));
    refused.value += credited.refused.value;
    if (credited.subject == nullptr) continue;
    add_part({part.id, Fen{part.amount.value - credited.refused.value}, part.attempt}, record);
    if (parts.size() == 1) set_outcome(outcome_in(*credited.subject), record);
  }
  return refused;
}

Result<BankService::Credited> BankService::credit(const v1::BankLine& line, const Allocation& part,
                                                  Instant now) {
  if (part.attempt == 0) return bring(part.id, part.amount, now);
  TRY(const auto returned, payments_.take_return_by_hand(part, reason_of_return(line), now));
  if (!returned) return Credited{nullptr, part.amount};
  TRY(const auto subject, cases_.load(part.id, now));
  return Credited{subject, Fen{}};
}

Result<BankService::Credited> BankService::bring(const CaseId& id, Fen amount, Instant now) {
  const auto proved = take_recovered(id, Proved::kBrought, amount);
  if (!proved) return tl::unexpected(proved.error());
  const Fen rest{amount.value - proved->value};
  if (rest.value > 0) {
    TRY(const auto taken, apply(id, EventKind::kBankCredit, rest, now));
    if (taken != nullptr && taken->side == Side::kOut) {
      TRY_DO(hear_back(id, -rest));
    }
    if (taken != nullptr) return Credited{taken, Fen{}};
    if (proved->value == 0) return Credited{nullptr, amount};
  }
  TRY(const auto subject, cases_.load(id, now));
  CHECK(subject != nullptr);  // its own messages have proved the money
  auto matched = std::make_shared<Case>(*subject);
  matched->funds = Funds::kMatched;  // for the outcome alone: the case has had the money all along
  return Credited{std::move(matched), rest};
}

// What the case may have got back from the other agency and no line has brought: as that says, or
// as its own messages prove.
Result<Fen> BankService::said_back(const CaseId& id) {
  TRY(const auto money, tx_.get_message<v1::RecoveredMoneyRecord>(layout::recovered_money_key(id)));
  if (!money) return Fen{};
  const auto sum = add(Fen{money->said_back_fen()}, Fen{money->amount_fen()});
  return Fen{std::max<int64_t>(sum.value_or(Fen{}).value, 0)};
}

// The other agency says that it has sent so much back; below 0: so much of it has come, which
// people may have said before it did.
Result<void> BankService::hear_back(const CaseId& id, Fen amount) {
  const RecordKey key = layout::recovered_money_key(id);
  TRY(auto record, tx_.get_message<v1::RecoveredMoneyRecord>(key));
  v1::RecoveredMoneyRecord next = record.value_or(v1::RecoveredMoneyRecord());
  const auto sum = add(Fen{next.said_back_fen()}, amount);
  if (sum) next.set_said_back_fen(sum->value);
  tx_.put_message(key, next);
  return {};
}

Result<void> BankService::note_recovered(const CaseId& id, Proved what, Fen amount) {
  const RecordKey key = layout::recovered_money_key(id);
  TRY(auto record, tx_.get_message<v1::RecoveredMoneyRecord>(key));
  v1::RecoveredMoneyRecord next = record.value_or(v1::RecoveredMoneyRecord());
  if (what == Proved::kBrought) next.set_amount_fen(next.amount_fen() + amount.value);
  if (what == Proved::kTakenBack) next.set_reversed_fen(next.reversed_fen() + amount.value);
  tx_.put_message(key, next);
  return {};
}

Result<Fen> BankService::take_recovered(const CaseId& id, Proved what, Fen amount) {
  const RecordKey key = layout::recovered_money_key(id);
  TRY(auto record, tx_.get_message<v1::RecoveredMoneyRecord>(key));
  if (!record) return Fen{};
  const bool brought = what == Proved::kBrought;
  const int64_t proved = brought ? record->amount_fen() : record->reversed_fen();
  const Fen taken{std::min(proved, amount.value)};
  if (taken.value == 0) return Fen{};
  if (brought) record->set_amount_fen(proved - taken.value);
  if (!brought) record->set_reversed_fen(proved - taken.value);
  tx_.put_message(key, *record);
  return taken;
}

Result<std::shared_ptr<const Case>> BankService::apply(const CaseId& id, EventKind kind, Fen amount,
                                                       Instant now) {
  TRY(const auto subject, cases_.load(id, now));
  if (subject == nullptr) return nullptr;
  Event event;
  event.kind = kind;
  event.at = now;
  event.actor = kBankActor;
  event.amount = amount;
  TRY(const auto outcome, cases_.apply(*subject, event));
  return outcome ? *outcome : nullptr;
}

// The amount that is to stand in suspense for the line, whatever stood there before. Who paid is
// not known for certain: the money stands under our own code.
Result<void> BankService::park(Entry& entry, Fen amount, Instant now) {
  Record& record = entry.record;
  const int64_t change = amount.value - record.suspense_fen();
  record.set_suspense_fen(amount.value);
  if (change == 0) return {};
  const Posting posting =
      change > 0 ? Posting{LedgerAccount::kBank, LedgerAccount::kSuspense, Fen{change}}
                 : Posting{LedgerAccount::kSuspense, LedgerAccount::kBank, Fen{-change}};
  record.set_postings(record.postings() + 1);
  return cases_.post(self_, {posting}, layout::line_journal_key(entry.digest, record.postings()),
                     now);
}

// --- money that comes back ---

Result<bool> BankService::place_come_back(Entry& entry, Instant now) {
  TRY(const auto payers, named_cases(entry.record.line(), Side::kOut, now));
  if (payers.empty()) return false;
  const Case& payer = *payers.front();
  const CaseId id = payer.id;
  const Fen amount{entry.record.line().amount_fen()};
  entry.record.clear_proposals();
  postpone(entry, false);
  if (!guard_.may_write(payer.peer)) {
    if (auto done = wait_for_link(entry, {{id, amount}}, now); !done) {
      return tl::unexpected(done.error());
    }
    return true;
  }
  entry.record.set_evidence(static_cast<uint32_t>(Evidence::kLetterNumber));
  const bool foreign = is_foreign(entry.record.line(), payer.peer, book_);
  TRY(const auto said, said_back(id));
  // Neither the bank nor the other agency says what it is, or the other agency does not yet. Part
  // of a sum sent back may as well be a payment that the bank has sent back without a mark.
  const auto& out = payer.payments;
  const bool whole = std::ranges::find(out, amount, &OpenPayment::open) != out.end();
  const bool unclear = amount > said || (amount < said && whole);
  if (foreign || unclear) {
    set_outcome(foreign ? BankOutcome::kForeignPayer : BankOutcome::kMayBeSentBack, entry.record);
    entry.record.add_proposals(std::string(id.bytes()));
    postpone(entry, !foreign);
    TRY_DO(park(entry, amount, now));
    return true;
  }
  TRY(const auto taken, bring(id, amount, now));
  const Fen refused = taken.refused;
  set_outcome(refused.value == 0 ? BankOutcome::kCameBack : BankOutcome::kNotExpected,
              entry.record);
  if (refused < amount) add_part({id, Fen{amount.value - refused.value}}, entry.record);
  if (refused.value > 0) entry.record.add_proposals(std::string(id.bytes()));
  // What the case takes may have waited for the link in suspense.
  TRY_DO(park(entry, refused, now));
  return true;
}

Result<std::vector<std::shared_ptr<const Case>>> BankService::named_cases(const v1::BankLine& line,
                                                                          Side side, Instant now) {
  const References found = find_references(line);
  std::vector<std::string> letters = found.letters;
  if (found.end_to_end) letters.push_back(found.end_to_end->letter_number);
  std::vector<std::shared_ptr<const Case>> named;
  for (const std::string& letter : letters) {
    TRY(const auto ids, cases_.find_letter(letter));
    for (const CaseId& id : ids) {
      TRY(const auto subject, cases_.load(id, now));
      if (subject != nullptr && subject->side == side) named.push_back(subject);
    }
  }
  return named;
}

// --- what settles lines later ---

Result<void> BankService::noticed(const CaseId& id, AgencyId peer,
                                  const v1::RemittanceNotice& notice, Instant now) {
  const auto number = BatchNumber::parse(notice.batch_number());
  if (!number) return {};  // it names none; that it is the peer's, its case has seen to
  TRY(auto found, book_.read_batch(number->text()));
  v1::IncomingBatchRecord batch = found.value_or(v1::IncomingBatchRecord());
  const bool fresh = batch.peer().empty();
  if (fresh) {
    batch.set_peer(peer.str());
    batch.set_lines(notice.batch_lines());
    batch.set_total_fen(notice.batch_total_fen());
  }
  // Notices that contradict each other: the batch never agrees (X27).
  if (batch.lines() != notice.batch_lines() || batch.total_fen() != notice.batch_total_fen()) {
    batch.set_lines(0);
  }
  const bool known = std::any_of(batch.noticed().begin(), batch.noticed().end(),
                                 [&](const auto& part) { return part.case_id() == id.bytes(); });
  if (known || batch.noticed_size() >= static_cast<int>(limits::kBatchLinesMax)) return {};
  v1::AllocationRecord* part = batch.add_noticed();
  part->set_case_id(std::string(id.bytes()));
  part->set_amount_fen(notice.amount_fen());
  book_.write_batch(number->text(), batch);
  return try_batch(number->text(), now);
}

// Looks again at the last line that came for the batch.
Result<void> BankService::try_batch(const std::string& number, Instant now) {
  auto batch = book_.read_batch(number);
  if (!batch) return tl::unexpected(batch.error());
  if (!*batch || (*batch)->waiting().empty() || !is_complete(**batch)) return {};
  const auto line = to_array<kDigestSize>((*batch)->waiting((*batch)->waiting_size() - 1));
  TRY(auto entry, line ? read(*line) : std::optional<Entry>());
  if (!entry) return fail(Errc::kCorrupt, "an incoming batch names no line");
  (*batch)->mutable_waiting()->RemoveLast();
  (*batch)->set_waiting_fen((*batch)->waiting_fen() - entry->record.line().amount_fen());
  book_.write_batch(number, **batch);
  // An older version let people set lines aside that their batch then still had.
  if (entry->record.queued_at_ms() == 0) return try_batch(number, now);
  book_.set_now(now);
  TRY_DO(park(*entry, Fen{}, now));
  TRY_DO(place_credit(*entry, now));
  if (!rule_of(outcome_of(entry->record)).waits) entry->record.set_settled_by("batch");
  return write(*entry);
}

Result<void> BankService::hear_of_recovery(const CaseChanged& change) {
  if (change.actor_kind != ActorKind::kRecovery) return {};
  if (change.kind == EventKind::kBankCredit) {
    return note_recovered(change.after->id, Proved::kBrought, change.amount);
  }
  if (change.kind == EventKind::kBankReversal) {
    return note_recovered(change.after->id, Proved::kTakenBack, change.amount);
  }
  return {};
}

Result<void> BankService::case_changed(const CaseChanged& change) {
  const CaseBefore& before = change.before;
  const Case& after = *change.after;
  TRY_DO(hear_of_recovery(change));
  // A line may be of a payment that was ordered before, and forgotten.
  const bool sent_back = after.side == Side::kIn && after.returned > before.returned;
  if (sent_back || (after.side == Side::kOut && after.attempt > before.attempt)) {
    try_again_soon(after.id);
  }
  // What comes back may wait for this.
  if (change.kind == EventKind::kFundsReturnedIn) {
    TRY_DO(hear_back(after.id, change.amount));
    try_again_soon(after.id);
  }
  if (after.side == Side::kOut && after.credited < before.credited) try_again_soon(after.id);
  if (const int64_t was = missing_in(before), is = missing_in(after); was != is) {
    if (was > 0) tx_.remove(layout::missing_key(was, after.id));
    if (is > 0) tx_.put(layout::missing_key(is, after.id), "");
  }
  if (before.form_version != after.form_version) try_again_soon(after.id);
  if (!is_parked(before.funds) || before.funds == after.funds) return {};
  return settle_waiting(after, change.at);
}

Result<void> BankService::settle_waiting(const Case& after, Instant now) {
  const RecordKey key = layout::waiting_lines_key(after.id);
  TRY(const auto lines, read_list(key));
  for (const Digest& digest : lines) {
    TRY(auto entry, read(digest));
    if (!entry || entry->record.queued_at_ms() == 0) continue;
    // The step itself may have left it with a person.
    if (entry->record.suspense_fen() != 0) continue;
    if (is_parked(after.funds)) {
      set_outcome(outcome_in(after), entry->record);
      TRY_DO(write(*entry));
      continue;
    }
    const bool matched = after.funds == Funds::kMatched || after.funds == Funds::kCredited;
    TRY_DO(settle(*entry, matched ? BankOutcome::kMatched : outcome_of(entry->record), "case",
                  name(after.funds), now));
  }
  if (!is_parked(after.funds) && !lines.empty()) tx_.remove(key);
  return {};
}

}  // namespace jiexu
