// What follows from a decision, written into the open commit: messages, case, timeline, timers,
// indexes and the ledger.
#include <algorithm>
#include <map>

#include "daemon/base/limits.h"
#include "daemon/cases/attachments.h"
#include "daemon/cases/invariants.h"
#include "daemon/cases/stated.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/case_store.h"
#include "daemon/casework/work_list.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

std::vector<RecordKey> timer_keys(const Case& subject) {
  std::vector<RecordKey> keys;
  for (const Deadline& deadline : subject.deadlines) {
    const auto at = next_firing(subject.side, deadline);
    if (!at) continue;
    keys.push_back(layout::timer_key(*at, subject.id, static_cast<uint8_t>(deadline.kind)));
  }
  return keys;
}

std::vector<RecordKey> wanted_keys(const Case& subject) {
  std::vector<RecordKey> keys;
  for (size_t i = 0; i < subject.attachments.size(); ++i) {
    if (!is_wanted(subject.attachments[i])) continue;
    keys.push_back(
        layout::wanted_attachment_key(subject.peer, subject.id, static_cast<uint32_t>(i + 1)));
  }
  return keys;
}

bool contains(const std::vector<RecordKey>& keys, const RecordKey& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

Result<std::shared_ptr<const Case>> CaseService::write(const Case& before, Decision& decision) {
  send(decision);
  TRY_DO(lapse_proposals(before, decision));
  time_proposals(*calendar_, decision.steps.back().event.at, *decision.after);
  write_timeline(before, decision);
  const std::shared_ptr<const Case> next = decision.after;
  write_case(before, *next);
  write_timers(before, *next);
  write_duties(before, *next);
  TRY_DO(write_indexes(before, *next));
  TRY_DO(post_steps(decision));
  // A new case waits for a person, mostly for hours; it is kept in memory when it is next asked
  // for.
  if (before.exists()) cache_.put(next);
  if (next->closed() && !before.closed()) observer_.case_closed(next->side, next->relationship);
  if (next->overlays.has(Overlay::kEscalated) && !before.overlays.has(Overlay::kEscalated)) {
    observer_.alarm(next->peer, "a term of case " + next->id.str() +
                                    " is over by ten days, and nobody has acted or named a day");
  }
  queue_change(before, decision);
  return next;
}

// Each field is assigned, so that what is queued anew uses the memory of what was told.
void CaseService::queue_change(const Case& before, const Decision& decision) {
  CaseChanged& change = tx_.queue_change();
  CaseBefore& was = change.before;
  was.existed = before.exists();
  was.was_closed = before.closed();
  was.stated = is_stated(before);
  was.side = before.side;
  was.peer = before.peer;
  was.funds = before.funds;
  was.form_version = before.form_version;
  was.due = before.due;
  was.moved = before.moved;
  was.returned = before.returned;
  was.credited = before.credited;
  was.attempt = before.attempt;
  was.payments = before.payments;
  was.proposals = before.proposals.size();
  was.newest_proposal = before.proposals.empty() ? 0 : before.proposals.back().number;
  change.after = decision.after;
  const Event& last = decision.steps.back().event;
  change.kind = last.kind;
  change.at = last.at;
  change.actor_kind = last.actor.kind;
  change.actor = last.actor.name;
  change.amount = last.kind == EventKind::kFundsReturnedIn
                      ? Fen{last.message->funds_returned().amount_fen()}
                      : last.amount;
  change.attempt = last.attempt;
  change.batch = last.batch.number;
  change.made_by = decision.made_by;
}

LogPlace CaseService::place_of(const Case& subject, const v1::Message& message) {
  if (recovering(subject.peer)) {
    if (const auto place = sent_before_.claim(subject.peer, subject.id, message)) return *place;
  }
  return peers_.append(subject.peer, message);
}

void CaseService::send(Decision& decision) {
  Case& after = *decision.after;
  for (const v1::Message* message : decision.messages) {
    decision.sent.push_back(place_of(after, *message));
    const LogPlace& place = decision.sent.back();
    if (message->has_letter()) after.letter_place = place;
    if (message->has_information_form()) after.form_place = place;
    observer_.message_sent(after.peer, message->body_case());
  }
  for (const Decided& step : decision.steps) {
    if (step.event.kind != EventKind::kSendLetter) continue;
    ++letter_sequence_;
    letter_counted_ = false;
  }
}

void CaseService::sealing() {
  write_letters();
  write_numbers();
}

void CaseService::write_letters() {
  letters_.write();
  write_letter_counter();
}

void CaseService::write_letter_counter() {
  if (letter_counted_) return;
  letter_counted_ = true;
  std::string count;
  append_u32(count, letter_sequence_);
  tx_.put(layout::letter_counter_key(letter_day_), count);
}

// What a store would be called damaged for is not written.
void CaseService::write_case(const Case& before, const Case& after) {
  must_hold(check_stored(after));
  if (before.exists()) must_hold(check_change(before, after));
  if (!consumed_.empty()) consumed_.erase(after.id);
  if (greatest_) greatest_ = std::max(*greatest_, after.id);
  plain_.clear();
  append_case(after, &case_scratch_, &plain_);
  tx_.put(layout::case_key(after.id, after.closed()), plain_);
  if (!before.exists() || before.closed() == after.closed()) return;
  tx_.remove(layout::case_key(after.id, before.closed()));
}

// Several steps of one commit share one record.
void CaseService::write_timeline(const Case& before, Decision& decision) {
  if (!before.newest_entries.empty()) {
    tx_.put(layout::timeline_key(before.id, before.timeline_count), before.newest_entries);
  }
  v1::TimelineRecord& all = timeline_record_;
  all.Clear();
  size_t message = 0;
  for (const Decided& step : decision.steps) {
    const bool last = &step == &decision.steps.back();
    v1::TimelineRecord* record = last ? &all : all.add_earlier();
    record->set_at_ms(step.event.at.ms);
    record->set_event(static_cast<uint32_t>(step.event.kind));
    record->set_relationship(static_cast<uint32_t>(step.relationship));
    record->set_funds(static_cast<uint32_t>(step.funds));
    record->set_overlays(step.overlays.bits);
    const Actor& actor = step.event.actor;
    record->set_actor(actor.name.data(), actor.name.size());
    record->set_actor_kind(static_cast<uint32_t>(actor.kind));
    record->set_note(step.note);
    if (step.event.message != nullptr && !step.event.on_paper) {
      to_record(step.event.place, record->mutable_received());
    }
    const bool silent = message == step.messages_end;
    for (; message < step.messages_end; ++message)
      to_record(decision.sent[message], record->add_sent());
    // What came on paper is in no log.
    const bool paper = step.event.kind == EventKind::kKeyPaper;
    if (step.event.input != nullptr && (silent || paper)) {
      step.event.input->SerializeToString(record->mutable_payload());
    }
  }
  all.SerializeToString(&decision.after->newest_entries);
}

void CaseService::write_timers(const Case& before, const Case& after) {
  const auto old_keys = timer_keys(before);
  const auto new_keys = timer_keys(after);
  for (const RecordKey& key : old_keys) {
    if (!contains(new_keys, key)) tx_.remove(key);
  }
  for (const RecordKey& key : new_keys) {
    if (contains(old_keys, key)) continue;
    tx_.put(key, "");
    earliest_written_ = std::min(earliest_written_, layout::parse_timer_key(key)->due);
    next_deadline_ = std::min(next_deadline_, earliest_written_);
  }
}

// Who looks for work finds the case by its days (work_list.h).
void CaseService::write_duties(const Case& before, const Case& after) {
  const auto old_keys = duty_keys(before);
  const auto new_keys = duty_keys(after);
  for (const RecordKey& key : old_keys) {
    if (!contains(new_keys, key)) tx_.remove(key);
  }
  for (const RecordKey& key : new_keys) {
    if (!contains(old_keys, key)) tx_.put(key, "");
  }
}

Result<void> CaseService::add_to_list(const RecordKey& key, const CaseId& id) {
  TRY(const auto list, read_list(key));
  plain_ = list;
  plain_ += id.bytes();
  tx_.put(key, plain_);
  return {};
}

Result<std::string> CaseService::read_list(const RecordKey& key) {
  for (const auto& [known, list] : lists_) {
    if (known == key) return list;
  }
  TRY(auto found, tx_.get(key));
  lists_.emplace_back(key, std::move(found).value_or(std::string()));
  return lists_.back().second;
}

// Which files are to be fetched, and from whom: the case is with one agency at a time.
void CaseService::write_wanted(const Case& before, const Case& after) {
  const auto old_keys = wanted_keys(before);
  const auto new_keys = wanted_keys(after);
  for (const RecordKey& key : old_keys) {
    if (!contains(new_keys, key)) tx_.remove(key);
  }
  for (const RecordKey& key : new_keys) {
    if (contains(old_keys, key)) continue;
    tx_.put(key, "");
    wanted_.insert(after.peer);
  }
}

Result<void> CaseService::write_indexes(const Case& before, const Case& after) {
  if (!before.attachments.empty() || !after.attachments.empty()) write_wanted(before, after);
  if (!before.exists()) {
    TRY_DO(add_to_list(layout::person_key(after.person_hash), after.id));
    tx_.put(layout::named_key({name_hash(vault_, after.person.name()), after.id}), "");
  }
  if (before.letter_number.empty() && !after.letter_number.empty()) {
    return letters_.add(after.letter_number, after.id);
  }
  return {};
}

Result<void> CaseService::post_steps(const Decision& decision) {
  if (decision.postings.empty()) return {};
  const Case& after = *decision.after;
  return post(after.peer, decision.postings,
              layout::case_journal_key(after.id, after.timeline_count),
              decision.steps.back().event.at);
}

Result<int64_t> CaseService::balance(AgencyId peer, LedgerAccount account) {
  const auto key = std::make_pair(peer, account);
  if (const auto it = balances_.find(key); it != balances_.end()) return it->second;
  TRY(const auto record,
      tx_.get_message<v1::AccountRecord>(layout::account_key(peer, static_cast<uint8_t>(account))));
  return balances_[key] = record ? record->balance_fen() : 0;
}

// An account that is beyond its bound already holds what an older version let in. Nothing can be
// refused for it: its reader is told (show_ledger, check_ledger).
Result<bool> CaseService::has_room(AgencyId peer, const std::vector<Posting>& postings) {
  std::map<LedgerAccount, Fen> changes;
  for (const Posting& posting : postings) {
    for (const bool debit : {true, false}) {
      Fen& change = changes[debit ? posting.debit : posting.credit];
      const auto sum = add(change, debit ? posting.amount : -posting.amount);
      if (!sum) return false;
      change = *sum;
    }
  }
  for (const auto& [account, change] : changes) {
    TRY(const auto before, balance(peer, account));
    const auto after = add(Fen{before}, change);
    const bool fits = after && within(after->value, limits::kAccountFenMax);
    if (!fits && within(before, limits::kAccountFenMax)) return false;
  }
  return true;
}

Result<void> CaseService::post(AgencyId peer, const std::vector<Posting>& postings,
                               const RecordKey& key, Instant at) {
  if (postings.empty()) return {};
  v1::JournalRecord journal;
  journal.set_peer(peer.str());
  journal.set_at_ms(at.ms);
  for (const Posting& posting : postings) {
    v1::PostingRecord* entry = journal.add_postings();
    entry->set_debit(static_cast<uint32_t>(posting.debit));
    entry->set_credit(static_cast<uint32_t>(posting.credit));
    entry->set_amount_fen(posting.amount.value);
    for (const bool debit : {true, false}) {
      const LedgerAccount account = debit ? posting.debit : posting.credit;
      TRY(const auto before, balance(peer, account));
      // Without room only beside what an older version let in; the journal has it all the same.
      const Fen after =
          add(Fen{before}, debit ? posting.amount : -posting.amount).value_or(Fen{before});
      balances_[{peer, account}] = after.value;
      v1::AccountRecord record;
      record.set_balance_fen(after.value);
      tx_.put_message(layout::account_key(peer, static_cast<uint8_t>(account)), record);
    }
  }
  tx_.put_message(key, journal);
  return {};
}

}  // namespace jiexu
