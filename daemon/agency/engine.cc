#include "daemon/agency/engine.h"

#include <algorithm>
#include <utility>

#include "daemon/bank/bank_commands.h"
#include "daemon/base/check.h"
#include "daemon/casework/case_store.h"
#include "daemon/payments/payment_commands.h"
#include "daemon/recovery/store_commands.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kDeadlinesPerWake = 1000;
constexpr size_t kBookingBytesMax = 1 << 20;

int64_t until(Steady due, Moment now) {
  return due.ms == INT64_MAX ? INT64_MAX : due.ms - now.steady.ms;
}

int64_t until(Instant due, Moment now) {
  return due.ms == INT64_MAX ? INT64_MAX : due.ms - now.wall.ms;
}

}  // namespace

Engine::Engine(EngineOptions options, const EngineWorld& world)
    : options_(options),
      world_(world),
      tx_(world.store, world.vault),
      kernel_(tx_, world.observer, options.lazy_commit_ms),
      changes_(tx_, kernel_, world.store, world.feed != nullptr ? *world.feed : own_feed_),
      recovery_(options.self, options.store_complete, *this, peers_, cases_, tx_.durable(),
                world.observer),
      guard_(recovery_.state(), peers_),
      cases_(options.self, world.vault, tx_, peers_, guard_, recovery_, world.numbers,
             world.observer, options.cases_cached_max),
      remit_(options.self, tx_, cases_, options.batch_rules, guard_, world.numbers),
      bank_(options.self, tx_, cases_, remit_, guard_),
      bank_files_(options.self, options.own_accounts, tx_, bank_, world.observer),
      fetch_(tx_, cases_, guard_, world.transport, world.observer,
             [this](const CaseId& id, const Digest& file) {
               return uploads_.goes_on(id, file, kernel_.steady());
             }),
      give_back_(peers_, world.transport),
      watch_(peers_, guard_, world.observer, changes_, world.connections),
      uploads_(tx_, cases_, guards_,
               [this](const CaseId& id, const Digest& file) { fetch_.give_way(id, file); }),
      case_commands_({options.four_eyes, options.trusted_submitters}, cases_, guards_, *this),
      certificates_(options.self, tx_, world.vault),
      open_money_(tx_),
      statements_(peers_, cases_, open_money_, guard_),
      comparer_(options.self, tx_, cases_, open_money_, world.observer),
      quarantine_desk_(
          tx_, world.observer,
          [this](AgencyId peer, const v1::Message& message, const LogPlace& place,
                 std::string_view note,
                 Instant now) { return take_released(peer, message, place, note, now); },
          [this](AgencyId peer) {
            if (Peer* known = peers_.find(peer)) known->count_quarantined(-1);
          }) {
  tx_.add_listener(&open_money_);
  tx_.add_listener(&bank_);
  tx_.add_listener(&remit_);
  tx_.add_listener(&changes_);
  register_domains();
}

void Engine::register_domains() {
  guards_.add([this](const IntendedAction& intended) -> Result<std::optional<Rejection>> {
    return out_of_reach(intended.subject);
  });
  guards_.add([this](const IntendedAction& intended) { return remit_.hindrance(intended); });
  case_commands_.register_with(kernel_);
  certificates_.register_with(kernel_);
  kernel_.answer<UploadCommand>(
      CommandKind::kAct, [this](const UploadCommand& upload, const std::string& user, Moment now) {
        return uploads_.take(upload, user, now);
      });
  register_bank_commands(kernel_, bank_, bank_files_);
  register_payment_commands(kernel_, remit_, [this] { bank_.try_again_soon(); });
  register_link_commands();
  register_quarantine_commands();
  register_store_commands();
  kernel_.set_peer_listener(*this);
  add_link_duties();
  add_case_duties();
  add_number_duty();
  add_money_duties();
  kernel_.add_commit_listener(cases_);
  kernel_.add_commit_listener(bank_files_);
  kernel_.add_commit_listener(fetch_);
  kernel_.add_commit_listener(open_money_);
  kernel_.add_commit_listener(*this);
  kernel_.add_commit_listener(changes_);
  kernel_.add_duty({"old changes", [this](Moment now) { return changes_.wait_ms(now); },
                    [this](Moment now) { return changes_.forget_old(now); }});
}

void Engine::register_link_commands() {
  kernel_.answer<PauseCommand>(
      CommandKind::kRelief, [this](const PauseCommand& asked, const std::string& user, Moment now) {
        return pause(asked, user, now);
      });
  kernel_.answer<MailedCommand>(
      CommandKind::kAct, [this](const MailedCommand& asked, const std::string& user, Moment now) {
        return mailed(asked, user, now);
      });
  kernel_.answer<AskPeerCommand>(
      CommandKind::kQuestion, [this](const AskPeerCommand& asked, const std::string&, Moment now) {
        return ask(asked, now);
      });
  kernel_.answer<PeersQuery>(
      CommandKind::kQuestion,
      [this](const PeersQuery&, const std::string&, Moment now) -> Result<Answered<v1::PeerViews>> {
        TRY_DO(watch_.look(*directory_, now));
        TRY(auto views, view_peers(peers_, *directory_, cases_, watch_, now));
        return Answered<v1::PeerViews>(std::move(views));
      });
  kernel_.answer<UseDirectory>(
      CommandKind::kRelief,
      [this](const UseDirectory& use, const std::string&, Moment now) -> Result<Answered<Done>> {
        TRY_DO(set_directory(use.directory, now));
        Change change;
        change.topic = Topic::kDirectory;
        changes_.note(change);
        return Answered<Done>();
      });
  kernel_.answer<NoteChange>(
      CommandKind::kRelief,
      [this](const NoteChange& noted, const std::string&, Moment) -> Result<Answered<Done>> {
        changes_.note(noted.change);
        return Answered<Done>();
      });
  kernel_.answer<UseCalendar>(
      CommandKind::kRelief,
      [this](const UseCalendar& use, const std::string&, Moment) -> Result<Answered<Done>> {
        cases_.set_calendar(use.calendar);
        return Answered<Done>();
      });
}

void Engine::register_quarantine_commands() {
  kernel_.answer<QuarantineListQuery>(
      CommandKind::kQuestion, [this](const QuarantineListQuery&, const std::string&, Moment) {
        return quarantine_desk_.show();
      });
  kernel_.answer<ProposeQuarantineCommand>(
      CommandKind::kRelief,
      [this](const ProposeQuarantineCommand& asked, const std::string& user, Moment now) {
        return quarantine_desk_.propose(asked, user, now.wall);
      });
  kernel_.answer<ApproveQuarantineCommand>(
      CommandKind::kAct,
      [this](const ApproveQuarantineCommand& asked, const std::string& user, Moment now) {
        return quarantine_desk_.approve(asked.content, user, now.wall);
      });
  kernel_.answer<RetractQuarantineCommand>(
      CommandKind::kRelief, [this](const RetractQuarantineCommand&, const std::string&, Moment) {
        return quarantine_desk_.retract();
      });
}

void Engine::register_store_commands() {
  kernel_.answer<StoreQuery>(
      CommandKind::kQuestion,
      [this](const StoreQuery&, const std::string&, Moment) -> Result<Answered<v1::StoreView>> {
        return Answered<v1::StoreView>(recovery_.view_store());
      });
  kernel_.answer<ConfirmStoreCommand>(
      CommandKind::kRelief,
      [this](const ConfirmStoreCommand& asked, const std::string& user,
             Moment now) -> Result<Answered<v1::StoreView>> {
        using Act = ConfirmStoreCommand::Act;
        return asked.act == Act::kPropose
                   ? recovery_.propose_confirmation(asked.said, user, now.wall)
                   : recovery_.approve_confirmation(asked.said, user, now.wall);
      });
}

void Engine::add_link_duties() {
  kernel_.add_duty({"links",
                    [this](Moment now) {
                      Steady next{INT64_MAX};
                      for (const auto& [id, peer] : peers_.all()) {
                        next = std::min(next, peer->sender().next_wake());
                      }
                      return until(next, now);
                    },
                    [this](Moment now) -> Result<bool> {
                      wake_links(now.steady);
                      return false;
                    }});
  kernel_.add_duty({"states of links", [this](Moment now) { return watch_.wait_ms(now.steady); },
                    [this](Moment now) -> Result<bool> {
                      TRY_DO(look_at_links(now));
                      return false;
                    }});
  kernel_.add_duty({"recovery", [this](Moment now) { return until(recovery_.next_wake(), now); },
                    [this](Moment now) -> Result<bool> {
                      recovery_.wake(now.steady);
                      return false;
                    }});
  kernel_.add_duty({"give back", [this](Moment now) { return until(give_back_.next_wake(), now); },
                    [this](Moment now) -> Result<bool> {
                      give_back_.go_on(now.steady);
                      return false;
                    }});
}

void Engine::add_case_duties() {
  kernel_.add_duty(
      {"deadlines",
       [this](Moment now) {
         const Instant last = cases_.next_deadline();
         return until(last.ms == INT64_MAX ? last : last.plus_ms(1), now);
       },
       [this](Moment now) { return cases_.fire_deadlines(now.wall, kDeadlinesPerWake); }});
  kernel_.add_duty(
      {"judging anew",
       [this](Moment now) -> int64_t { return cases_.rejudge_ready(now.wall) ? 0 : INT64_MAX; },
       [this](Moment now) { return cases_.rejudge_some(now.wall); }});
}

// Not in the steps that notice a loss: those cannot fail.
void Engine::add_number_duty() {
  kernel_.add_duty({"numbers left out",
                    [this](Moment) -> int64_t {
                      const bool due = cases_.has_skipped_numbers() || remit_.has_skipped_numbers();
                      return due ? 0 : INT64_MAX;
                    },
                    [this](Moment) -> Result<bool> {
                      TRY_DO(cases_.keep_skipped_numbers());
                      TRY_DO(remit_.keep_skipped_numbers());
                      return false;
                    }});
}

void Engine::add_money_duties() {
  kernel_.add_duty(
      {"collection of payments",
       [this](Moment now) {
         return guard_.confirmed() ? until(remit_.next_collection(now.wall), now) : INT64_MAX;
       },
       [this](Moment now) { return remit_.collect(now.wall); }, Urgency::kUrgent, true});
  kernel_.add_duty(
      {"daily statements", [this](Moment now) { return until(statements_.next(now.wall), now); },
       [this](Moment now) { return statements_.write_some(now.wall); }, Urgency::kLazy, true});
  kernel_.add_duty(
      {"postponed lines",
       [this](Moment) -> int64_t { return bank_.wants_to_try_again() ? 0 : INT64_MAX; },
       [this](Moment now) { return bank_.try_again(now.wall); }, Urgency::kUrgent, true});
  kernel_.add_duty({"attachments", [this](Moment now) { return until(fetch_.next_wake(), now); },
                    [this](Moment now) { return fetch_.go_on(now); }, Urgency::kUrgent, true});
  kernel_.add_duty({"bank files", [this](Moment) -> int64_t { return may_book() ? 0 : INT64_MAX; },
                    [this](Moment now) { return bank_files_.book(now.wall); }, Urgency::kUrgent,
                    true});
}

Result<void> Engine::noticed(const CaseId& id, AgencyId peer, const v1::RemittanceNotice& notice,
                             Instant now) {
  return bank_.noticed(id, peer, notice, now);
}

// Why nothing can be done in the case now, whatever it is.
std::optional<Rejection> Engine::out_of_reach(const Case& subject) const {
  if (guard_.is_recovering(subject.peer)) {
    return Rejection{Refusal::kRecovering, subject.peer.str()};
  }
  if (subject.exists() && !peers_.all().contains(subject.peer)) {
    return Rejection{Refusal::kUnknownAgency, subject.peer.str()};
  }
  return std::nullopt;
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options, const EngineWorld& world,
                                             std::shared_ptr<const Directory> directory,
                                             Moment now) {
  std::unique_ptr<Engine> engine(new Engine(options, world));
  TRY(const auto record, engine->tx_.get_message<v1::StoreRecord>(layout::store_key()));
  if (!record) return fail(Errc::kInvalid, "the store was not made by `jiexu init`");
  if (record->agency() != options.self.text()) {
    return fail(Errc::kInvalid,
                "the store belongs to " + record->agency() + ", not to " + options.self.str());
  }
  if (record->format() != layout::kFormat) {
    return fail(Errc::kUnsupported, "the store has format " + std::to_string(record->format()) +
                                        ", this program opens format " +
                                        std::to_string(layout::kFormat));
  }
  engine->directory_ = directory;
  TRY_DO(engine->changes_.start(now));
  engine->recovery_.start(*record);
  if (engine->options_.store_proved) engine->recovery_.note_proved();
  TRY_DO(engine->load_former_peers(now.wall));
  TRY_DO(engine->set_directory(std::move(directory), now));
  TRY_DO(engine->count_quarantined());
  engine->cases_.set_profiles(engine->options_.profiles);
  auto calendar = engine->options_.calendar;
  if (calendar == nullptr) calendar = std::make_shared<const Calendar>(Calendar::shipped());
  TRY_DO(engine->cases_.start(std::move(calendar), date_of(now.wall)));
  TRY_DO(engine->bank_.start());
  TRY_DO(engine->bank_files_.start(now.wall));
  TRY_DO(engine->fetch_.start(now.steady));
  engine->recovery_.doubt_payments_again(now.wall);
  if (engine->options_.store_copied) engine->recovery_.note_copy(now.wall);
  TRY_DO(engine->remit_.plan_collection(now.wall));
  return engine;
}

Result<void> Engine::set_directory(std::shared_ptr<const Directory> directory, Moment now) {
  if (directory->find(options_.self) == nullptr) {
    return fail(Errc::kInvalid, "the directory lacks our own agency " + options_.self.str());
  }
  directory_ = std::move(directory);
  cases_.set_directory(directory_);
  certificates_.set_directory(directory_);
  bank_.set_directory(*directory_);
  bank_files_.set_directory(*directory_);
  remit_.set_directory(*directory_);
  for (const Agency& agency : directory_->agencies()) {
    if (agency.id == options_.self) continue;
    TRY_DO(load_peer(agency.id, now.wall));
    Peer& peer = *peers_.find(agency.id);
    if (peer.by_mail() == agency.by_mail) continue;
    peer.set_by_mail(agency.by_mail);
    follow(peer, peer.sender().pause(peer.stands_still(), now.steady));
  }
  recovery_.set_directory(directory_);
  return {};
}

Result<void> Engine::load_peer(AgencyId id, Instant now) {
  if (peers_.find(id) != nullptr) return {};
  const uint64_t seed = options_.seed ^ std::hash<AgencyId>()(id);
  const Agency* listed = directory_->find(id);
  const bool by_mail = listed != nullptr && listed->by_mail;
  TRY(auto loaded,
      Peer::load(tx_.durable(), options_.self, id, recovery_.state().epochs.on_disk,
                 options_.timing, seed, world_.signer, now, options_.window_bytes, by_mail));
  Peer& peer = *loaded;
  peers_.add(std::move(loaded));
  return recovery_.add(peer);
}

// Agencies that are no longer in the directory, but have a link: cases with them go on, and what is
// said to them waits.
Result<void> Engine::load_former_peers(Instant now) {
  std::set<AgencyId> found;
  Result<void> read;
  const auto done =
      tx_.scan(Family::kLink, "", layout::prefix_end(""), [&](std::string_view key, auto) {
        const auto link = layout::parse_link_key(key);
        if (link) found.insert(link->peer);
        if (!link) read = tl::unexpected(link.error());
        return read.has_value();
      });
  if (!done) return done;
  if (!read) return read;
  for (const AgencyId id : found) {
    TRY_DO(load_peer(id, now));
  }
  return {};
}

void Engine::wake_links(Steady now) {
  for (const auto& [id, peer] : peers_.all()) {
    if (now >= peer->sender().next_wake()) follow(*peer, peer->sender().wake(now));
  }
}

Result<void> Engine::try_lines_again(Instant now) {
  if (!bank_.wants_to_try_again() || kernel_.room() != Room::kAmple) return {};
  TRY(const auto tried, bank_.try_again(now));
  if (tried) request_commit(true);
  return {};
}

// Bank lines of a file are booked a few at a time, and while a commit is full not at all, so that
// whoever else waits is not kept waiting.
bool Engine::may_book() const {
  return bank_files_.wants_to_book() && tx_.bytes() < kBookingBytesMax;
}

// --- commit ---

void Engine::sealing() {
  in_flight_ = peers_.take_touched();
  for (const AgencyId id : in_flight_) {
    peers_.find(id)->write(tx_, world_.signer);
  }
  recovery_.launched();
}

void Engine::landed(Moment now) {
  recovery_.landed();
  for (const AgencyId id : std::exchange(in_flight_, {})) {
    Peer& peer = *peers_.find(id);
    Peer::Released released = peer.durable(now.steady);
    if (released.receipt) world_.transport.send(id, Lane::kReply, std::move(*released.receipt));
    follow(peer, std::move(released.step));
    recovery_.landed(peer, now.steady);
    peer.trim();
  }
}

void Engine::skip_numbers(Instant now) {
  cases_.skip_letter_numbers(now);
  remit_.skip_batch_numbers(now);
  changes_.begin_epoch(now);
}

}  // namespace jiexu
