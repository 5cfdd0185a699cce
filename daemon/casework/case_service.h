// Cases at work: loads a case as it is now (also if its newest state is still on the way to the
// disk), lets step() decide, and writes everything that follows into the open commit.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "daemon/cases/step.h"
#include "daemon/casework/case_store.h"
#include "daemon/casework/letter_index.h"
#include "daemon/casework/rejudge.h"
#include "daemon/engine/kernel.h"
#include "daemon/engine/number_draw.h"
#include "daemon/engine/observer.h"
#include "daemon/engine/scratch_arena.h"
#include "daemon/engine/transaction.h"
#include "daemon/peers/link_guard.h"
#include "daemon/peers/peers.h"
#include "daemon/rules/policy_choice.h"
#include "storage/records.h"
#include "storage/vault.h"

namespace jiexu {

// Decoded cases, the most recently used ones. A case in it is never older than store and commits.
class CaseCache {
 public:
  explicit CaseCache(size_t max) : max_(max) {}
  const std::shared_ptr<const Case>* find(const CaseId& id);
  void put(std::shared_ptr<const Case> subject);

 private:
  using List = std::list<std::shared_ptr<const Case>>;
  size_t max_;
  List newest_first_;
  // The last eight bytes of a case id are random already.
  struct Hash {
    size_t operator()(const CaseId& id) const { return read_u64(id.bytes().substr(8)); }
  };
  std::unordered_map<CaseId, List::iterator, Hash> index_;
};

// The person-hash input of a document: type and normalised number.
std::string document_text(const v1::Person& person);
void append_document(const v1::Person& person, std::string& out);
// Of a whole name, however it is written (name_key of base/text.h).
PersonHash name_hash(const Vault& vault, std::string_view name);

// Messages of ours that exist already, because a peer gave them back after our store had lost them.
class SentBefore {
 public:
  virtual ~SentBefore() = default;
  // The place of our message `case_seq` of the case, if it is one of them; it counts as used then.
  virtual std::optional<LogPlace> claim(AgencyId peer, const CaseId& id,
                                        const v1::Message& message) = 0;
};

class CaseService final : public CommitListener {
 public:
  CaseService(AgencyId self, const Vault& vault, Transaction& tx, Peers& peers,
              const LinkGuard& guard, SentBefore& sent_before, NumberBlocks& numbers,
              EngineObserver& observer, size_t cache_max);

  void set_directory(std::shared_ptr<const Directory> directory);

  // The case as it is now, nullptr if there is none. A letter that the peer has receipted meanwhile
  // is taken note of first.
  Result<std::shared_ptr<const Case>> load(const CaseId& id, Instant now);

  // A case for an application, before its first step.
  Case fresh_case(const CaseId& id, const v1::Application& application, Instant now) const;

  // If an agency was merged, what waits for it goes on to its successor (X44).
  Result<void> follow_successor(const Case& subject, Instant now);

  // Whether cases with this peer have yet to come back to where they were.
  bool recovering(AgencyId peer) const { return guard_.is_recovering(peer); }
  // Whether new letters get numbers.
  bool gives_numbers() const { return guard_.confirmed(); }
  // A link has been recovered, whose cases follow_successor() and fire_deadlines() had passed over.
  void peer_recovered();

  // Decides on the event, writes what follows and queues the change. REQUIRES: `subject` is what
  // load() returned, or for a new case holds id and peer. `made_by`: see CaseChanged.
  using Outcome = tl::expected<std::shared_ptr<const Case>, Rejection>;
  Result<Outcome> apply(const Case& subject, Event event, const CaseListener* made_by = nullptr);
  // For who has no transaction of his own: see there.
  Result<void> end_step() { return tx_.end_step(); }

  // The application becomes a case, is accepted and its letter sent, or proposed; or is refused,
  // and nothing of it is written. REQUIRES: `fresh` is fresh_case() of the application.
  enum class Letter : uint8_t { kSend, kPropose };
  Result<Outcome> submit(const Case& fresh, const v1::ActionInput& input, std::string_view user,
                         Letter letter, Instant now);

  // Four eyes (four_eyes.h). The action is decided on, so that a wrong one is refused at once, and
  // then kept instead of done. It replaces an earlier proposal of the same action.
  Result<Outcome> propose(const Case& subject, const Event& event);
  // Does what was proposed, if `digest` is of what would be done now and `user` is another person.
  Result<Outcome> approve(const Case& subject, uint32_t number, const Digest& digest,
                          std::string_view user, Instant now);
  Result<Outcome> retract(const Case& subject, uint32_t number, std::string_view user, Instant now);

  // `to` sees to the case from now on; empty: nobody. Moves no state.
  Result<std::shared_ptr<const Case>> assign(const Case& subject, const std::string& to,
                                             std::string_view user, Instant now);

  // A loss may have forgotten letter numbers of the day: they go on behind all that were reserved,
  // and at a number that no earlier loss of the day can have led to, should what is known of those
  // be old as well.
  void skip_letter_numbers(Instant now);
  // Whether that is not durable yet; and makes it so.
  bool has_skipped_numbers() const { return numbers_.has_skipped(); }
  Result<void> keep_skipped_numbers() { return numbers_.keep_skip(); }

  // A numbered message of the case was refused: its number is used up all the same, and so is that
  // of the payment that it gives notice of.
  // Written at the end of the commit: a refused message costs its sender some bytes, a case
  // kilobytes.
  void consume_number(const Case& subject, const v1::Message& message);

  // The case has been with this agency before it came to the one that it is with.
  void note_former(const Case& subject, AgencyId agency);

  // A message of ours exists that cannot be derived again: its number is used up, and the case is
  // marked for a person to look at, with `why` in its timeline.
  Result<void> suspend(const Case& subject, uint32_t sent_case_seq, std::string_view why,
                       Instant now);

  // Cases that the letter number names.
  Result<std::vector<CaseId>> find_letter(std::string_view letter_number) const;

  // Fires deadlines that have passed, at most `limit`. Returns whether any was. Those of cases with
  // a peer that has to be recovered first wait: what they send may have been sent.
  Result<bool> fire_deadlines(Instant now, size_t limit);
  Instant next_deadline() const { return next_deadline_; }
  // From whom cases have come to want files since the last call.
  std::set<AgencyId> take_wanted() { return std::exchange(wanted_, {}); }
  // Why the event would be refused; nullopt: it would not.
  Result<std::optional<Rejection>> try_out(const Case& subject, const Event& event);
  // Writes what the open commit has gathered, of letters and of used numbers.
  void sealing() override;
  void landed(Moment now) override;
  // Finds the first deadline, and where a pass over the open cases stands; once at start.
  Result<void> start(std::shared_ptr<const Calendar> calendar, Date today);

  void set_profiles(std::vector<ProfileChoice> profiles) { profiles_ = std::move(profiles); }
  // New deadlines are judged by it at once, open ones by rejudge_some() (rejudge.h).
  void set_calendar(std::shared_ptr<const Calendar> calendar);
  // REQUIRES: start() was called.
  const Calendar& calendar() const { return *calendar_; }
  // Judges the next open cases anew, if the last slice's commit has landed. Whether any were.
  Result<bool> rejudge_some(Instant now);
  bool rejudge_ready(Instant now) const;

  // Writes postings into the journal under `key` and to the balances with `peer`. REQUIRES: no
  // journal record has this key.
  Result<void> post(AgencyId peer, const std::vector<Posting>& postings, const RecordKey& key,
                    Instant at);
  Result<int64_t> balance(AgencyId peer, LedgerAccount account);
  // Whether the accounts with `peer` stay within limits::kAccountFenMax with these postings.
  Result<bool> has_room(AgencyId peer, const std::vector<Posting>& postings);

 private:
  // The agency that a case of this application is with: the origin agency, or the one that it was
  // merged into.
  AgencyId peer_for(const v1::Application& application, Instant now) const;
  // Steps of one case that are decided and not written.
  struct Decided {
    Event event;
    Relationship relationship;  // after it
    Funds funds;
    Overlays overlays;
    std::string note;
    size_t messages_end;  // its messages end here
  };
  // One decision is in hand at a time; its memory is used again for the next.
  struct Decision {
    std::shared_ptr<Case> after;
    std::vector<Decided> steps;
    std::vector<v1::Message*> messages;
    std::vector<LogPlace> sent;  // where they are in the log, once written
    std::vector<Posting> postings;
    Fen amount;  // that its last step moves
    const CaseListener* made_by = nullptr;
  };
  // Forgets the last decision, and starts one on the case.
  Decision& begin(const Case& subject);
  // Adds a step. If it is refused, the decision is used up.
  Result<tl::expected<void, Rejection>> decide(Decision& decision, const Event& event);

  // Adds a step of four eyes, which moves no state.
  void note(Decision& decision, const Event& event, std::string text);
  // Adds the proposal of the event's action.
  Result<tl::expected<void, Rejection>> add_proposal(Decision& decision, const Event& event);
  Result<void> rejudge_case(const CaseId& id, Instant now);
  Result<std::vector<layout::TimerKey>> find_due(Instant now, size_t limit);
  Result<void> fire(const layout::TimerKey& timer, Instant now);
  void use_edition(Date today);
  void write_judged();
  Result<void> send_on(const Case& subject, AgencyId next, Instant now);
  Result<void> hand_over(const Case& subject, AgencyId next, Instant now);
  Result<void> change_peer(const Case& subject, AgencyId next, Instant now);
  // What the event would send and move, as people are shown it (shown.h); or why it would not.
  Result<tl::expected<std::string, Rejection>> try_out_shown(const Case& subject,
                                                             const Event& event);
  Result<std::string> lapse_reason(const Case& subject, const Proposal& proposal, Instant now);
  // Forgets proposals of what can no longer be done, or would do something else.
  Result<void> lapse_proposals(const Case& before, Decision& decision);
  Result<Context> context_for(const Case& subject, const Event& event);
  // The first other open case of the context's person of which `wanted` holds; empty if there is
  // none.
  using Wanted = bool (*)(const Case& subject, const Case& other);
  PersonHash hash_of(const v1::Person& person);
  Result<CaseId> find_other(const Case& subject, const Context& context, Wanted wanted);
  Result<void> look_up(const Case& subject, const Event& event, Context& context);
  Result<void> look_up_letter(const Case& subject, const v1::ContactLetter& letter,
                              Context& context);
  Result<void> look_up_paper(const Case& subject, const Event& event, Context& context);
  Result<void> number_paper(const Case& subject, const Event& event, Context& context);
  Result<void> look_up_original(const Case& subject, Context& context);
  Result<void> look_up_earlier(const Case& subject, const Event& event, Context& context);
  bool is_other_agency(std::string_view code) const;
  template <class Number>
  bool is_numbered_by(const Number& number, AgencyId agency, Instant now) const;
  Result<void> take_letter_number(Date today, std::string_view given);
  LogPlace place_of(const Case& subject, const v1::Message& message);
  Result<void> settle_delivery(std::shared_ptr<const Case>& subject, Instant now);
  Result<std::shared_ptr<const Case>> write(const Case& before, Decision& decision);
  void queue_change(const Case& before, const Decision& decision);
  Result<Outcome> finish(const Case& before, Decision& decision);
  void write_case(const Case& before, const Case& after);
  void send(Decision& decision);
  // The decision's entries become the case's newest; those that were go to the timeline.
  void write_timeline(const Case& before, Decision& decision);
  // The letter numbers of the open commit, and the last one used.
  void write_letters();
  void write_letter_counter();
  // The cases whose numbers were used up in the open commit.
  void write_numbers();
  Result<void> post_steps(const Decision& decision);
  void write_timers(const Case& before, const Case& after);
  void write_wanted(const Case& before, const Case& after);
  void write_duties(const Case& before, const Case& after);
  Result<void> write_indexes(const Case& before, const Case& after);
  Result<void> add_to_list(const RecordKey& key, const CaseId& id);
  // The index record as it is now; of the last few asked for, as it was found then.
  Result<std::string> read_list(const RecordKey& key);

  AgencyId self_;
  const Vault& vault_;
  Transaction& tx_;
  Peers& peers_;
  const LinkGuard& guard_;
  SentBefore& sent_before_;
  EngineObserver& observer_;
  LetterIndex letters_;
  CaseCache cache_;
  // No case has a greater id. Ids grow with time: a new one is mostly greater, and need not be
  // looked for.
  std::optional<CaseId> greatest_;
  std::map<CaseId, std::shared_ptr<const Case>> consumed_;  // to be written by write_numbers()
  ScratchArena arena_;                                      // of the decision in hand
  Decision decision_;
  CaseScratch case_scratch_;  // these three are kept for their memory
  v1::TimelineRecord timeline_record_;
  std::string plain_;
  // Index records that the step in hand has read, so that it need not read them again to add to
  // them.
  std::vector<std::pair<Key, std::string>> lists_;
  std::vector<EarlierForm> earlier_forms_;  // of the step in hand, and whose months are ours
  std::vector<AgencyId> our_agencies_;
  std::shared_ptr<const Directory> directory_;
  OwnEntry own_entry_;
  std::shared_ptr<const Calendar> calendar_;
  std::vector<ProfileChoice> profiles_;
  Rejudge rejudge_{v1::JudgedRecord()};
  Date judged_day_;  // whose successions are in use

  NumberDraw numbers_;  // of letters
  Date letter_day_;
  uint32_t letter_sequence_ = 0;
  bool letter_counted_ = true;  // letter_sequence_ is written
  std::string letter_number_;

  std::map<std::pair<AgencyId, LedgerAccount>, int64_t> balances_;
  Instant next_deadline_{INT64_MAX};     // no timer is due before
  Instant earliest_written_{INT64_MAX};  // of the timers written since they were last looked at
  std::set<AgencyId> wanted_;            // since take_wanted()
  std::set<std::string> fired_;          // timers removed by commits that are not durable yet
  std::set<std::string> held_;           // due timers that wait for a recovery
};

}  // namespace jiexu
