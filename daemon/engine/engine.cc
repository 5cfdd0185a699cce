#include "daemon/engine/engine.h"

#include <algorithm>
#include <utility>

#include "daemon/base/check.h"
#include "daemon/engine/case_store.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr size_t kDeadlinesPerWake = 1000;
constexpr size_t kBookingBytesMax = 1 << 20;

}  // namespace

Engine::Engine(EngineOptions options, const EngineWorld& world)
    : options_(options),
      world_(world),
      tx_(world.store, world.vault),
      cases_(options.self, world.vault, tx_, peers_, world.observer, options.cases_cached_max),
      remit_(options.self, tx_, cases_, options.batch_rules,
             [this](AgencyId peer) { return may_write(peer); }),
      bank_(options.self, tx_, cases_, remit_,
            {[this](AgencyId peer) { return may_write(peer); }, [this] { return whole_; }}),
      bank_files_(tx_, bank_),
      reconciler_(options.self, options.store_complete, peers_, cases_, tx_.durable(),
                  world.observer),
      fetch_(tx_, cases_, world.transport, world.observer,
             {[this](AgencyId peer) { return can_be_asked(peer); },
              [this](const CaseId& id, const Digest& file) {
                return uploads_.goes_on(id, file, steady_);
              }}),
      give_back_(peers_, world.transport),
      open_money_(tx_),
      statements_(peers_, cases_, open_money_, [this](AgencyId peer) { return is_sound(peer); }),
      comparer_(options.self, tx_, cases_, open_money_, world.observer) {
  cases_.set_sent_before(&reconciler_);
  tx_.add_listener(&open_money_);
  tx_.add_listener(&bank_);
  tx_.add_listener(&remit_);
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options, const EngineWorld& world,
                                             std::shared_ptr<const Directory> directory,
                                             Moment now) {
  std::unique_ptr<Engine> engine(new Engine(options, world));
  const auto record = engine->tx_.get_message<v1::StoreRecord>(layout::store_key());
  if (!record) return tl::unexpected(record.error());
  if (!*record) return fail(Errc::kInvalid, "the store was not made by `jiexu init`");
  if ((*record)->agency() != options.self.text()) {
    return fail(Errc::kInvalid,
                "the store belongs to " + (*record)->agency() + ", not to " + options.self.str());
  }
  if ((*record)->format() != layout::kFormat) {
    return fail(Errc::kUnsupported, "the store has format " + std::to_string((*record)->format()) +
                                        ", this program opens format " +
                                        std::to_string(layout::kFormat));
  }
  engine->store_record_ = **record;
  engine->epoch_ = engine->epoch_on_disk_ = engine->epoch_at_start_ = (*record)->epoch();
  if (auto done = engine->load_former_peers(now.wall); !done) return tl::unexpected(done.error());
  if (auto done = engine->set_directory(std::move(directory), now); !done) {
    return tl::unexpected(done.error());
  }
  engine->cases_.set_profiles(engine->options_.profiles);
  auto calendar = engine->options_.calendar;
  if (calendar == nullptr) calendar = std::make_shared<const Calendar>(Calendar::shipped());
  if (auto done = engine->cases_.start(std::move(calendar), date_of(now.wall)); !done) {
    return tl::unexpected(done.error());
  }
  if (auto done = engine->bank_.start(); !done) return tl::unexpected(done.error());
  if (auto done = engine->bank_files_.start(); !done) return tl::unexpected(done.error());
  if (auto done = engine->fetch_.start(now.steady); !done) return tl::unexpected(done.error());
  engine->remit_.doubt(Instant{engine->store_record_.doubt_until_ms()});
  if (!engine->options_.store_complete) engine->doubt_payments(now.wall);
  engine->remit_.plan_collection(now.wall);
  return engine;
}

Result<void> Engine::set_directory(std::shared_ptr<const Directory> directory, Moment now) {
  if (directory->find(options_.self) == nullptr) {
    return fail(Errc::kInvalid, "the directory lacks our own agency " + options_.self.str());
  }
  steady_ = now.steady;
  directory_ = std::move(directory);
  cases_.set_directory(directory_);
  bank_.set_directory(*directory_);
  remit_.set_directory(*directory_);
  for (const Agency& agency : directory_->agencies()) {
    if (agency.id == options_.self) continue;
    if (auto done = load_peer(agency.id, now.wall); !done) return done;
  }
  note_recovered();
  return {};
}

Result<void> Engine::load_peer(AgencyId id, Instant now) {
  if (peers_.find(id) != nullptr) return {};
  const uint64_t seed = options_.seed ^ std::hash<AgencyId>()(id);
  auto peer = Peer::load(tx_.durable(), options_.self, id, epoch_on_disk_, options_.timing, seed,
                         world_.signer, now, options_.window_bytes);
  if (!peer) return tl::unexpected(peer.error());
  if (epoch_ != epoch_on_disk_) {
    (*peer)->raise_epoch(epoch_);
    peers_.touch(id);
    gather(false);
  }
  if (auto done = reconciler_.start(**peer); !done) return done;
  const bool noted = options_.store_complete || (*peer)->recover_from() != 0;
  if (!noted) (*peer)->set_recover_from((*peer)->sender().mark().receipted_seq + 1);
  peers_.add(std::move(*peer));
  if (noted) return {};
  peers_.touch(id);
  open_.notes_loss = true;
  gather(false);
  return {};
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
    if (auto loaded = load_peer(id, now); !loaded) return loaded;
  }
  return {};
}

// --- time ---

Result<void> Engine::wake(Moment now) {
  steady_ = now.steady;
  auto done = do_what_is_due(now);
  return done ? tx_.end_step() : done;
}

Result<void> Engine::do_what_is_due(Moment now) {
  for (const auto& [id, peer] : peers_.all()) {
    if (steady_ >= peer->sender().next_wake()) follow(*peer, peer->sender().wake(steady_));
  }
  for (const AgencyId id : reconciler_.to_ask(steady_)) ask_to_speak(*peers_.find(id));
  give_back_.go_on(steady_);
  const auto fired = cases_.fire_deadlines(now.wall, kDeadlinesPerWake);
  if (!fired) return tl::unexpected(fired.error());
  const auto rejudged = cases_.rejudge_some(now.wall);
  if (!rejudged) return tl::unexpected(rejudged.error());
  if (*fired || *rejudged) gather(false);
  const auto collected = room_ == Room::kAmple ? remit_.collect(now.wall) : Result<bool>(false);
  if (!collected) return tl::unexpected(collected.error());
  if (*collected) gather(true);
  const auto stated =
      room_ == Room::kAmple ? statements_.write_some(now.wall) : Result<bool>(false);
  if (!stated) return tl::unexpected(stated.error());
  if (*stated) gather(false);
  if (auto done = try_lines_again(now.wall); !done) return done;
  const auto fetched = room_ == Room::kAmple ? fetch_.go_on(now) : Result<bool>(false);
  if (!fetched) return tl::unexpected(fetched.error());
  if (*fetched) gather(true);
  if (!may_book()) return {};
  const auto booked = bank_files_.book(now.wall);
  if (!booked) return tl::unexpected(booked.error());
  if (*booked) gather(true);
  return {};
}

bool Engine::may_write(AgencyId peer) {
  return peers_.find(peer) != nullptr && !reconciler_.blocks(peer);
}

Result<void> Engine::try_lines_again(Instant now) {
  if (!bank_.wants_to_try_again() || room_ != Room::kAmple) return {};
  const auto tried = bank_.try_again(now);
  if (!tried) return tl::unexpected(tried.error());
  if (*tried) gather(true);
  return {};
}

// Bank lines of a file are booked a few at a time, and while a commit is full not at all, so that
// whoever else waits is not kept waiting.
bool Engine::may_book() const {
  return bank_files_.wants_to_book() && room_ == Room::kAmple && tx_.bytes() < kBookingBytesMax;
}

int64_t Engine::wait_ms(Moment now) const {
  if (may_book() || cases_.rejudge_ready()) return 0;
  if (bank_.wants_to_try_again() && room_ == Room::kAmple) return 0;
  Steady link = std::min(reconciler_.next_ask(), give_back_.next_wake());
  for (const auto& [id, peer] : peers_.all()) link = std::min(link, peer->sender().next_wake());
  if (room_ == Room::kAmple) link = std::min(link, fetch_.next_wake());
  if (open_.since && !in_flight_) {
    link = std::min(link, open_.since->plus_ms(open_.urgent ? 0 : options_.lazy_commit_ms));
  }
  const int64_t until_link = link.ms == INT64_MAX ? INT64_MAX : link.ms - now.steady.ms;
  const int64_t deadline = cases_.next_deadline().ms;
  int64_t due = deadline == INT64_MAX ? INT64_MAX : deadline + 1;
  if (room_ == Room::kAmple) {
    due = std::min({due, remit_.next_collection().ms, statements_.next().ms});
  }
  const int64_t until_due = due == INT64_MAX ? INT64_MAX : due - now.wall.ms;
  return std::max<int64_t>(0, std::min(until_link, until_due));
}

// --- commit ---

void Engine::gather(bool urgent) {
  if (!open_.since) open_.since = steady_;
  open_.urgent |= urgent;
}

bool Engine::wants_commit(Moment now) const {
  if (in_flight_) return false;
  if (!open_.since) return !tx_.empty();
  return open_.urgent || now.steady >= open_.since->plus_ms(options_.lazy_commit_ms);
}

const Batch& Engine::begin_commit() {
  CHECK(!in_flight_);
  cases_.write_letters();
  cases_.write_numbers();
  open_.peers = peers_.take_touched();
  for (const AgencyId id : open_.peers) {
    peers_.find(id)->write(tx_, world_.signer);
  }
  fetch_.launched();
  open_.epoch = epoch_;
  in_flight_ = std::exchange(open_, {});
  tx_.launch();
  return tx_.in_flight();
}

Result<void> Engine::commit_done(Moment now) {
  steady_ = now.steady;
  CHECK(in_flight_.has_value());
  const Batch& batch = tx_.in_flight();
  world_.observer.committed(batch.size(), batch.bytes());
  tx_.land();
  cases_.landed();
  bank_files_.landed();
  fetch_.landed();
  open_money_.landed();
  Gathered done = std::move(*in_flight_);
  in_flight_.reset();
  epoch_on_disk_ = done.epoch;
  for (const AgencyId id : done.peers) {
    Peer& peer = *peers_.find(id);
    Peer::Released released = peer.durable(steady_);
    if (released.receipt) world_.transport.send(id, Lane::kReply, std::move(*released.receipt));
    follow(peer, std::move(released.step));
    if (reconciler_.ready_to_open(peer)) {
      follow(peer, peer.sender().rewritten(steady_));
    }
    peer.trim();
  }
  if (done.notes_loss) note_recovered();
  for (auto& [command, answer] : done.answers) answer_now(command, std::move(answer));
  return {};
}

}  // namespace jiexu
