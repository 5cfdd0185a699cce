#include "daemon/engine/case_desk.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/engine/case_store.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/rules/letter_number.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr uint32_t kLetterSequenceMax = 99'999;
// After this, timers are looked for again that were not on the disk yet.
constexpr int64_t kLookAgainMs = 1'000;

v1::Payee to_payee(const BankAccount& bank) {
  v1::Payee payee;
  payee.set_account_holder(bank.holder);
  payee.set_account_number(bank.account);
  payee.set_bank_name(bank.bank);
  payee.set_cnaps(bank.cnaps);
  return payee;
}

v1::Contact to_contact(const ContactDetails& details) {
  v1::Contact contact;
  contact.set_person(details.person);
  contact.set_phone(details.phone);
  contact.set_address(details.address);
  contact.set_postcode(details.postcode);
  return contact;
}

std::vector<std::string> timer_keys(const Case& subject) {
  std::vector<std::string> keys;
  for (const Deadline& deadline : subject.deadlines) {
    if (!deadline.due || deadline.passed) continue;
    keys.push_back(
        layout::timer_key(end_of(*deadline.due), subject.id, static_cast<uint8_t>(deadline.kind)));
  }
  return keys;
}

bool contains(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Transfer-out cases that stand in the way of another destination's claim (X32).
bool claims_person(const Case& subject) {
  static constexpr Relationship kClaiming[] = {
      Relationship::kOutAccepted, Relationship::kStopped, Relationship::kFormIssued,
      Relationship::kFormDisputed, Relationship::kFormConfirmed};
  return std::find(std::begin(kClaiming), std::end(kClaiming), subject.relationship) !=
         std::end(kClaiming);
}

}  // namespace

std::string document_text(const v1::Person& person) {
  std::string number = person.document_number();
  if (person.document_type() == v1::DOCUMENT_TYPE_CITIZEN_ID) {
    number = normalise_citizen_id(number);
  }
  return std::to_string(person.document_type()) + ":" + number;
}

const std::shared_ptr<const Case>* CaseCache::find(const CaseId& id) {
  const auto it = index_.find(id);
  if (it == index_.end()) return nullptr;
  newest_first_.splice(newest_first_.begin(), newest_first_, it->second);
  return &newest_first_.front();
}

void CaseCache::put(std::shared_ptr<const Case> subject) {
  const CaseId id = subject->id;
  if (const auto it = index_.find(id); it != index_.end()) {
    *it->second = std::move(subject);
    newest_first_.splice(newest_first_.begin(), newest_first_, it->second);
    return;
  }
  newest_first_.push_front(std::move(subject));
  index_[id] = newest_first_.begin();
  if (index_.size() <= max_) return;
  index_.erase(newest_first_.back()->id);
  newest_first_.pop_back();
}

CaseDesk::CaseDesk(AgencyId self, const Vault& vault, PendingReader& pending, const Reader& durable,
                   Peers& peers, EngineObserver& observer, size_t cache_max)
    : self_(self),
      vault_(vault),
      pending_(pending),
      records_(pending, vault),
      durable_(durable),
      peers_(peers),
      observer_(observer),
      cache_(cache_max) {}

void CaseDesk::set_directory(std::shared_ptr<const Directory> directory) {
  directory_ = std::move(directory);
  const Agency* own = directory_->find(self_);
  CHECK(own != nullptr);
  own_payee_ = to_payee(own->bank);
  own_contact_ = to_contact(own->contact);
}

Result<void> CaseDesk::start() {
  next_deadline_ = Instant{INT64_MAX};
  return durable_.scan(Family::kTimer, "", std::string(26, '\xff'),
                       [&](std::string_view key, std::string_view) {
                         next_deadline_ = layout::parse_timer_key(key).due;
                         return false;
                       });
}

Result<std::shared_ptr<const Case>> CaseDesk::load(const CaseId& id, Instant now) {
  std::shared_ptr<const Case> subject;
  if (const auto* cached = cache_.find(id)) {
    subject = *cached;
  } else {
    auto found = read_case(records_, id);
    if (!found) return tl::unexpected(found.error());
    if (!*found) return nullptr;
    subject = std::make_shared<const Case>(std::move(**found));
    cache_.put(subject);
  }
  if (auto done = settle_delivery(subject, now); !done) return tl::unexpected(done.error());
  return subject;
}

// Writing down each letter's delivery when its receipt comes would cost the transfer-in agency a
// second commit of the case. The receipt itself is kept, so the case takes note when next needed.
Result<void> CaseDesk::settle_delivery(std::shared_ptr<const Case>& subject, Instant now) {
  if (subject->relationship != Relationship::kLetterSent || !subject->letter_place) return {};
  const Peer* peer = peers_.find(subject->peer);
  const Seq seq = subject->letter_place->seq;
  if (peer == nullptr || peer->sender().mark().receipted_seq < seq) return {};
  const auto at = receipted_at(Records(durable_, vault_), subject->peer, seq);
  if (!at) return tl::unexpected(at.error());
  Event event;
  event.kind = EventKind::kDelivered;
  event.at = at->value_or(peer->sender().mark().receipted_at);
  // The peer's clock dates its receipt. What cannot be a time of this case dates nothing.
  const Instant latest = now.plus_ms(limits::kClockSkewMsMax);
  if (event.at < subject->created_at || event.at > latest) event.at = now;
  event.actor = "link";
  event.place = *subject->letter_place;
  auto outcome = apply(*subject, event);
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome) subject = **outcome;
  return {};
}

Result<CaseId> CaseDesk::find_rival(const Case& subject, Side side) {
  const auto list = read_list(layout::person_key(subject.person_hash));
  if (!list) return tl::unexpected(list.error());
  const auto ids = decode_case_list(*list);
  if (!ids) return tl::unexpected(ids.error());
  for (const CaseId& id : *ids) {
    if (id == subject.id) continue;
    const auto other = read_case(records_, id);
    if (!other) return tl::unexpected(other.error());
    if (!*other || (*other)->side != side || (*other)->closed()) continue;
    if (side == Side::kIn && (*other)->peer == subject.peer) return id;
    if (side == Side::kOut && claims_person(**other)) return id;
  }
  return CaseId();
}

Result<void> CaseDesk::take_letter_number(Date today, std::string_view given) {
  if (letter_day_ != today) {
    const auto last = pending_.get(Family::kMeta, layout::letter_counter_key(today));
    if (!last) return tl::unexpected(last.error());
    letter_sequence_ = *last ? read_u32(**last) : 0;
    letter_day_ = today;
  }
  letter_number_.clear();
  if (!given.empty()) {
    letter_number_ = given;
    if (const auto number = LetterNumber::parse(given); number && number->issued_on() == today) {
      letter_sequence_ = std::max(letter_sequence_, number->sequence() - 1);
    }
    return {};
  }
  if (letter_sequence_ == kLetterSequenceMax) return {};
  const auto number = LetterNumber::make(self_, today, letter_sequence_ + 1);
  CHECK(number.has_value());
  letter_number_ = number->text();
  return {};
}

Result<Context> CaseDesk::context_for(const Case& subject, const Event& event) {
  Context context;
  context.self = self_;
  context.own_payee = &own_payee_;
  context.own_contact = &own_contact_;
  context.calendar = &calendar_;
  context.peer_known = peers_.find(subject.peer) != nullptr;
  context.arena = &arena_;
  Case probe;
  probe.id = subject.id;
  probe.peer = subject.peer;
  probe.person_hash = subject.person_hash;
  if (event.kind == EventKind::kApply && event.input != nullptr) {
    probe.person_hash = vault_.person_hash(document_text(event.input->application().person()));
    const auto rival = find_rival(probe, Side::kIn);
    if (!rival) return tl::unexpected(rival.error());
    context.duplicate_of = *rival;
  } else if (event.kind == EventKind::kLetterIn) {
    const v1::ContactLetter& letter = event.message->letter();
    probe.person_hash = vault_.person_hash(document_text(letter.person()));
    if (letter.letter_number().size() == LetterNumber::kSize) {
      const auto taken = read_list(layout::letter_key(letter.letter_number()));
      if (!taken) return tl::unexpected(taken.error());
      context.letter_number_taken = !taken->empty();
    }
  } else if (event.kind == EventKind::kAcceptLetter) {
    const auto rival = find_rival(probe, Side::kOut);
    if (!rival) return tl::unexpected(rival.error());
    context.claimed_by_other = !rival->empty();
  } else if (event.kind == EventKind::kSendLetter) {
    if (auto done = take_letter_number(date_of(event.at), event.letter_number); !done) {
      return tl::unexpected(done.error());
    }
    context.letter_number = letter_number_;
  }
  context.person_hash = probe.person_hash;
  return context;
}

void CaseDesk::begin() {
  arena_.Reset();
  lists_.clear();
}

Result<tl::expected<void, Rejection>> CaseDesk::decide(Decision& decision, const Event& event) {
  const auto context = context_for(decision.after, event);
  if (!context) return tl::unexpected(context.error());
  auto decided = step(std::move(decision.after), event, *context);
  if (!decided) return tl::expected<void, Rejection>(tl::unexpected(std::move(decided.error())));
  decision.after = std::move(decided->next);
  decision.messages.insert(decision.messages.end(), decided->messages.begin(),
                           decided->messages.end());
  decision.postings.insert(decision.postings.end(), decided->postings.begin(),
                           decided->postings.end());
  const Case& after = decision.after;
  decision.steps.push_back({event, after.relationship, after.funds, after.overlay,
                            std::move(decided->note), decision.messages.size()});
  return tl::expected<void, Rejection>();
}

Result<CaseDesk::Outcome> CaseDesk::apply(const Case& subject, Event event) {
  begin();
  Decision decision;
  decision.after = subject;
  const auto decided = decide(decision, event);
  if (!decided) return tl::unexpected(decided.error());
  if (!*decided) return Outcome(tl::unexpected(decided->error()));
  auto next = write(subject, decision);
  if (!next) return tl::unexpected(next.error());
  if (event.kind == EventKind::kSendLetter) write_letter_counter();
  return Outcome(std::move(*next));
}

Result<std::shared_ptr<const Case>> CaseDesk::write(const Case& before, Decision& decision) {
  const std::vector<LogPlace> sent = send(decision);
  for (const Decided& step : decision.steps) {
    if (step.event.kind == EventKind::kSendLetter) ++letter_sequence_;
  }
  write_timeline(before, decision, sent);
  write_case(before, decision.after);
  write_timers(before, decision.after);
  if (auto done = write_indexes(before, decision.after); !done) return tl::unexpected(done.error());
  if (auto done = post(decision.after.peer, decision.postings); !done) {
    return tl::unexpected(done.error());
  }
  auto next = std::make_shared<const Case>(std::move(decision.after));
  // A new case waits for a person, mostly for hours: it is kept in memory when next asked for.
  if (before.exists()) cache_.put(next);
  if (next->closed() && !before.closed()) observer_.case_closed(next->side, next->relationship);
  if (funds_watcher_ != nullptr) {
    auto done = funds_watcher_->funds_changed(before, *next, decision.steps.back().event);
    if (!done) return tl::unexpected(done.error());
  }
  return next;
}

LogPlace CaseDesk::place_of(const Case& subject, const v1::Message& message) {
  if (sent_before_ != nullptr) {
    if (const auto place = sent_before_->claim(subject.id, message)) return *place;
  }
  return peers_.append(subject.peer, message);
}

std::vector<LogPlace> CaseDesk::send(Decision& decision) {
  Case& after = decision.after;
  std::vector<LogPlace> sent;
  for (const v1::Message* message : decision.messages) {
    sent.push_back(place_of(after, *message));
    if (message->has_letter()) after.letter_place = sent.back();
    if (message->has_information_form()) after.form_place = sent.back();
    observer_.message_sent(after.peer, message->body_case());
  }
  return sent;
}

void CaseDesk::write_letter_counter() {
  std::string count;
  append_u32(count, letter_sequence_);
  put(Family::kMeta, layout::letter_counter_key(letter_day_), count, true);
}

void CaseDesk::put(Family family, const std::string& key, std::string_view value, bool findable) {
  records_.put(pending_.open().batch(), family, key, value);
  if (findable) pending_.open().index_last(family, key);
}

void CaseDesk::write_case(const Case& before, const Case& after) {
  plain_.clear();
  append_case(after, &case_record_, &plain_);
  put(Family::kCase, layout::case_key(after.id, after.closed()), plain_, true);
  if (!before.exists() || before.closed() == after.closed()) return;
  const std::string old_key = layout::case_key(after.id, before.closed());
  pending_.open().batch().remove(Family::kCase, old_key);
  pending_.open().index_last(Family::kCase, old_key);
}

// Several steps of one commit share one record.
void CaseDesk::write_timeline(const Case& before, Decision& decision,
                              const std::vector<LogPlace>& sent) {
  if (!before.newest_entries.empty()) {
    put(Family::kTimeline, layout::timeline_key(before.id, before.timeline_count),
        before.newest_entries, false);
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
    record->set_overlay(static_cast<uint32_t>(step.overlay));
    record->set_actor(step.event.actor.data(), step.event.actor.size());
    record->set_note(step.note);
    if (step.event.message != nullptr) to_record(step.event.place, record->mutable_received());
    const bool silent = message == step.messages_end;
    for (; message < step.messages_end; ++message) to_record(sent[message], record->add_sent());
    if (step.event.input != nullptr && silent) {
      step.event.input->SerializeToString(record->mutable_payload());
    }
  }
  all.SerializeToString(&decision.after.newest_entries);
}

void CaseDesk::write_timers(const Case& before, const Case& after) {
  const auto old_keys = timer_keys(before);
  const auto new_keys = timer_keys(after);
  for (const std::string& key : old_keys) {
    if (!contains(new_keys, key)) pending_.open().batch().remove(Family::kTimer, key);
  }
  for (const std::string& key : new_keys) {
    if (contains(old_keys, key)) continue;
    put(Family::kTimer, key, "", false);
    earliest_written_ = std::min(earliest_written_, layout::parse_timer_key(key).due);
    next_deadline_ = std::min(next_deadline_, earliest_written_);
  }
}

Result<void> CaseDesk::add_to_list(const std::string& key, const CaseId& id) {
  auto list = read_list(key);
  if (!list) return tl::unexpected(list.error());
  list->append(id.bytes());
  put(Family::kIndex, key, *list, true);
  return {};
}

Result<std::string> CaseDesk::read_list(const std::string& key) {
  for (const auto& [known, list] : lists_) {
    if (known == key) return list;
  }
  auto found = records_.get(Family::kIndex, key);
  if (!found) return tl::unexpected(found.error());
  lists_.emplace_back(key, std::move(*found).value_or(std::string()));
  return lists_.back().second;
}

Result<void> CaseDesk::write_indexes(const Case& before, const Case& after) {
  if (!before.exists()) {
    if (auto done = add_to_list(layout::person_key(after.person_hash), after.id); !done)
      return done;
  }
  if (before.letter_number.empty() && !after.letter_number.empty()) {
    if (auto done = add_to_list(layout::letter_key(after.letter_number), after.id); !done) {
      return done;
    }
  }
  return {};
}

void CaseDesk::consume_number(const Case& subject, uint32_t case_seq) {
  if (case_seq != subject.received_case_seq + 1) return;
  auto next = std::make_shared<Case>(subject);
  next->received_case_seq = case_seq;
  write_case(subject, *next);
  cache_.put(std::move(next));
}

void CaseDesk::suspend(const Case& subject, uint32_t sent_case_seq, Instant now) {
  auto next = std::make_shared<Case>(subject);
  next->sent_case_seq = std::max(next->sent_case_seq, sent_case_seq);
  next->overlay = Overlay::kSuspended;
  next->revision += 1;
  next->updated_at = now;
  write_case(subject, *next);
  cache_.put(std::move(next));
}

Result<std::vector<CaseId>> CaseDesk::find_letter(std::string_view letter_number) const {
  if (letter_number.size() != 20) return std::vector<CaseId>();
  return find_by_letter(records_, letter_number);
}

Result<int64_t> CaseDesk::balance(AgencyId peer, LedgerAccount account) {
  const auto key = std::make_pair(peer, account);
  if (const auto it = balances_.find(key); it != balances_.end()) return it->second;
  const auto record = records_.get_message<v1::AccountRecord>(
      Family::kFunds, layout::account_key(peer, static_cast<uint8_t>(account)));
  if (!record) return tl::unexpected(record.error());
  return balances_[key] = *record ? (*record)->balance_fen() : 0;
}

Result<void> CaseDesk::post(AgencyId peer, const std::vector<Posting>& postings) {
  for (const Posting& posting : postings) {
    for (const bool debit : {true, false}) {
      const LedgerAccount account = debit ? posting.debit : posting.credit;
      const auto before = balance(peer, account);
      if (!before) return tl::unexpected(before.error());
      const auto after = add(Fen{*before}, debit ? posting.amount : -posting.amount);
      CHECK(after.has_value());
      balances_[{peer, account}] = after->value;
      v1::AccountRecord record;
      record.set_balance_fen(after->value);
      put(Family::kFunds, layout::account_key(peer, static_cast<uint8_t>(account)),
          record.SerializeAsString(), false);
    }
  }
  return {};
}

Result<bool> CaseDesk::fire_deadlines(Instant now, size_t limit) {
  if (now < next_deadline_) return false;
  std::vector<std::string> due;
  next_deadline_ = Instant{INT64_MAX};
  const auto scanned = durable_.scan(Family::kTimer, "", std::string(26, '\xff'),
                                     [&](std::string_view key, std::string_view) {
                                       if (fired_.contains(std::string(key))) return true;
                                       const Instant at = layout::parse_timer_key(key).due;
                                       if (at >= now || due.size() == limit) {
                                         next_deadline_ = at;
                                         return false;
                                       }
                                       due.emplace_back(key);
                                       return true;
                                     });
  if (!scanned) return tl::unexpected(scanned.error());
  // The scan has not seen timers that are still on their way to the disk.
  if (earliest_written_ < now) {
    const bool all_seen = pending_.open().batch().empty() && pending_.in_flight().batch().empty();
    earliest_written_ = all_seen ? Instant{INT64_MAX} : now.plus_ms(kLookAgainMs);
  }
  next_deadline_ = std::min(next_deadline_, earliest_written_);
  for (const std::string& key : due) {
    const layout::TimerKey timer = layout::parse_timer_key(key);
    fired_.insert(key);
    pending_.open().batch().remove(Family::kTimer, key);
    const auto subject = load(timer.id, now);
    if (!subject) return tl::unexpected(subject.error());
    if (*subject == nullptr) continue;
    Event event;
    event.kind = EventKind::kDeadlinePassed;
    event.at = now;
    event.actor = "timer";
    event.deadline = static_cast<DeadlineKind>(timer.kind);
    const auto outcome = apply(**subject, event);
    if (!outcome) return tl::unexpected(outcome.error());
  }
  return !due.empty();
}

void CaseDesk::landed() {
  fired_.clear();
}

}  // namespace jiexu
