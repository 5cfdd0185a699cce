#include "daemon/casework/case_service.h"

#include <algorithm>
#include <atomic>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/casework/case_store.h"
#include "daemon/rules/letter_number.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

v1::Payee to_payee(const BankAccount& bank) {
  v1::Payee payee;
  payee.set_account_holder(bank.holder);
  payee.set_account_number(bank.account);
  payee.set_bank_name(bank.bank);
  payee.set_cnaps(bank.cnaps);
  return payee;
}

Rejection no_room(AgencyId peer) {
  return {Refusal::kAmountTooLarge, "amount_fen: the ledger's accounts with " + peer.str() +
                                        " can hold no more; look at `jiexu ledger`"};
}

v1::Contact to_contact(const ContactDetails& details) {
  v1::Contact contact;
  contact.set_person(details.person);
  contact.set_phone(details.phone);
  contact.set_address(details.address);
  contact.set_postcode(details.postcode);
  return contact;
}

}  // namespace

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

CaseService::CaseService(AgencyId self, const Vault& vault, Transaction& tx, Peers& peers,
                         const LinkGuard& guard, SentBefore& sent_before, NumberBlocks& numbers,
                         EngineObserver& observer, size_t cache_max)
    : self_(self),
      vault_(vault),
      tx_(tx),
      peers_(peers),
      guard_(guard),
      sent_before_(sent_before),
      observer_(observer),
      letters_(tx),
      cache_(cache_max),
      numbers_(numbers, NumberKind::kLetter, LetterNumber::kSequenceMax) {}

void CaseService::set_directory(std::shared_ptr<const Directory> directory) {
  directory_ = std::move(directory);
  const Agency* own = directory_->find(self_);
  CHECK(own != nullptr);
  own_entry_ = OwnEntry(to_payee(own->bank), to_contact(own->contact));
  if (calendar_ != nullptr) use_edition(judged_day_);
}

Result<std::shared_ptr<const Case>> CaseService::load(const CaseId& id, Instant now) {
  if (greatest_ && *greatest_ < id) return nullptr;
  std::shared_ptr<const Case> subject;
  const auto consumed = consumed_.empty() ? consumed_.end() : consumed_.find(id);
  if (consumed != consumed_.end()) {
    subject = consumed->second;
  } else if (const auto* cached = cache_.find(id)) {
    subject = *cached;
  } else {
    TRY(auto found, read_case(tx_.records(), id));
    if (!found) return nullptr;
    subject = std::make_shared<const Case>(std::move(*found));
    cache_.put(subject);
  }
  TRY_DO(settle_delivery(subject, now));
  return subject;
}

// Writing down each letter's delivery when its receipt comes would cost the transfer-in agency a
// second commit of the case. The receipt itself is kept, so the case takes note when next needed.
Result<void> CaseService::settle_delivery(std::shared_ptr<const Case>& subject, Instant now) {
  if (subject->relationship != Relationship::kLetterSent || !subject->letter_place) return {};
  const Peer* peer = peers_.find(subject->peer);
  const Seq seq = subject->letter_place->seq;
  if (peer == nullptr || peer->sender().mark().receipted_seq < seq) return {};
  TRY(const auto at, receipted_at(tx_.durable(), subject->peer, seq));
  Event event;
  event.kind = EventKind::kDelivered;
  event.at = at.value_or(peer->sender().mark().receipted_at);
  // The peer's clock dates its receipt. What cannot be a time of this case dates nothing.
  const Instant latest = now.plus_ms(limits::kClockSkewMsMax);
  if (event.at < subject->created_at || event.at > latest) event.at = now;
  event.actor = kLinkActor;
  event.place = *subject->letter_place;
  TRY(auto outcome, apply(*subject, event));
  if (outcome) subject = *outcome;
  return {};
}

CaseService::Decision& CaseService::begin(const Case& subject) {
  arena_.fresh();
  lists_.clear();
  Decision& decision = decision_;
  decision.steps.clear();
  decision.messages.clear();
  decision.sent.clear();
  decision.postings.clear();
  decision.amount = Fen{};
  decision.made_by = nullptr;
  if (decision.after == nullptr || decision.after.use_count() > 1) {
    decision.after = std::make_shared<Case>(subject);
    return decision;
  }
  // Nobody has kept the last one. Who had it on another thread has done with it before.
  std::atomic_thread_fence(std::memory_order_acquire);
  *decision.after = subject;
  return decision;
}

Result<tl::expected<void, Rejection>> CaseService::decide(Decision& decision, const Event& event) {
  Case& after = *decision.after;
  TRY(const auto context, context_for(after, event));
  auto decided = step(after, event, context);
  if (!decided) return tl::expected<void, Rejection>(tl::unexpected(std::move(decided.error())));
  if (!decided->postings.empty()) {
    std::vector<Posting> all = decision.postings;
    all.insert(all.end(), decided->postings.begin(), decided->postings.end());
    TRY(const auto room, has_room(after.peer, all));
    if (!room) return tl::expected<void, Rejection>(tl::unexpected(no_room(after.peer)));
  }
  decision.messages.insert(decision.messages.end(), decided->messages.begin(),
                           decided->messages.end());
  decision.postings.insert(decision.postings.end(), decided->postings.begin(),
                           decided->postings.end());
  decision.amount = decided->amount;
  decision.steps.push_back({event, after.relationship, after.funds, after.overlays,
                            std::move(decided->note), decision.messages.size()});
  return tl::expected<void, Rejection>();
}

Result<CaseService::Outcome> CaseService::apply(const Case& subject, Event event,
                                                const CaseListener* made_by) {
  Decision& decision = begin(subject);
  decision.made_by = made_by;
  TRY(const auto decided, decide(decision, event));
  if (!decided) return Outcome(tl::unexpected(decided.error()));
  return finish(subject, decision);
}

Result<CaseService::Outcome> CaseService::finish(const Case& before, Decision& decision) {
  TRY(auto next, write(before, decision));
  return Outcome(std::move(next));
}

Result<std::optional<Rejection>> CaseService::try_out(const Case& subject, const Event& event) {
  TRY(const auto decided, decide(begin(subject), event));
  if (decided) return std::nullopt;
  return decided.error();
}

void CaseService::consume_number(const Case& subject, const v1::Message& message) {
  if (message.case_seq() != subject.received_case_seq + 1) return;
  auto next = std::make_shared<Case>(subject);
  next->received_case_seq = message.case_seq();
  const bool notice = message.has_remittance_notice() && subject.side == Side::kIn;
  const bool next_one = message.remittance_notice().attempt() == subject.attempt + 1;
  if (notice && next_one) next->attempt += 1;
  consumed_.insert_or_assign(next->id, std::move(next));
}

void CaseService::write_numbers() {
  for (const auto& [id, subject] : std::exchange(consumed_, {})) {
    write_case(*subject, *subject);
    cache_.put(subject);
  }
}

Result<std::shared_ptr<const Case>> CaseService::assign(const Case& subject, const std::string& to,
                                                        std::string_view user, Instant now) {
  Decision& decision = begin(subject);
  decision.after->assignee = to;
  Event event;
  event.kind = EventKind::kAssign;
  event.at = now;
  event.actor = user_actor(user);
  note(decision, event, to.empty() ? "nobody sees to it" : "seen to by " + to);
  return write(subject, decision);
}

void CaseService::note_former(const Case& subject, AgencyId agency) {
  auto next = std::make_shared<Case>(subject);
  next->former_peers.insert(next->former_peers.begin(), {agency, 0});
  write_case(subject, *next);
  cache_.put(std::move(next));
}

Result<void> CaseService::suspend(const Case& subject, uint32_t sent_case_seq, std::string_view why,
                                  Instant now) {
  Case used = subject;
  used.sent_case_seq = std::max(used.sent_case_seq, sent_case_seq);
  Event event;
  event.kind = EventKind::kContradiction;
  event.at = now;
  event.actor = kRecoveryActor;
  event.note = why;
  TRY(const auto outcome, apply(used, event));
  CHECK(outcome.has_value());  // its row is for all states
  return {};
}

Result<std::vector<CaseId>> CaseService::find_letter(std::string_view letter_number) const {
  const auto number = LetterNumber::parse(letter_number);
  return number ? letters_.find(*number) : std::vector<CaseId>();
}

}  // namespace jiexu
