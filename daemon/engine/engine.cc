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
      durable_(world.store, world.vault),
      pending_(world.store),
      records_(pending_, world.vault),
      recovery_(options.self, options.store_complete, *this, peers_, cases_, durable_,
                world.observer),
      guard_(recovery_.state(), peers_),
      cases_(options.self, world.vault, pending_, world.store, peers_, guard_, recovery_,
             world.observer, options.cases_cached_max),
      remit_(options.self, pending_, world.store, world.vault, cases_, options.batch_rules, guard_),
      bank_(options.self, pending_, world.store, world.vault, cases_, remit_, guard_),
      bank_files_(pending_, world.store, world.vault, bank_),
      fetch_(pending_, world.store, world.vault, cases_, guard_, world.transport, world.observer,
             [this](const CaseId& id, const Digest& file) {
               return uploads_.goes_on(id, file, steady_);
             }),
      give_back_(peers_, world.transport),
      open_money_(pending_, world.store),
      statements_(peers_, cases_, open_money_, guard_),
      comparer_(options.self, pending_, world.store, world.vault, cases_, open_money_,
                world.observer) {
  cases_.add_funds_watcher(&open_money_);
  cases_.add_funds_watcher(&bank_);
  cases_.add_funds_watcher(&remit_);
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options, const EngineWorld& world,
                                             std::shared_ptr<const Directory> directory,
                                             Moment now) {
  std::unique_ptr<Engine> engine(new Engine(options, world));
  const auto record =
      engine->durable_.get_message<v1::StoreRecord>(Family::kMeta, layout::kStoreKey);
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
  engine->recovery_.start(**record);
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
  engine->recovery_.doubt_payments_again(now.wall);
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
  recovery_.set_directory(directory_);
  return {};
}

Result<void> Engine::load_peer(AgencyId id, Instant now) {
  if (peers_.find(id) != nullptr) return {};
  const uint64_t seed = options_.seed ^ std::hash<AgencyId>()(id);
  auto loaded = Peer::load(durable_, options_.self, id, recovery_.state().epochs.on_disk,
                           options_.timing, seed, world_.signer, now, options_.window_bytes);
  if (!loaded) return tl::unexpected(loaded.error());
  Peer& peer = **loaded;
  peers_.add(std::move(*loaded));
  return recovery_.add(peer);
}

// Agencies that are no longer in the directory, but have a link: cases with them go on, and what is
// said to them waits.
Result<void> Engine::load_former_peers(Instant now) {
  std::set<AgencyId> found;
  const std::string end = layout::prefix_end("S");
  const auto done = durable_.scan(Family::kLink, "", end, [&](std::string_view key, auto) {
    if (const auto id = AgencyId::parse(key.substr(0, AgencyId::kSize))) found.insert(*id);
    return true;
  });
  if (!done) return done;
  for (const AgencyId id : found) {
    if (auto loaded = load_peer(id, now); !loaded) return loaded;
  }
  return {};
}

// --- time ---

Result<void> Engine::wake(Moment now) {
  steady_ = now.steady;
  for (const auto& [id, peer] : peers_.all()) {
    if (steady_ >= peer->sender().next_wake()) follow(*peer, peer->sender().wake(steady_));
  }
  recovery_.wake(steady_);
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
  return bank_files_.wants_to_book() && room_ == Room::kAmple &&
         pending_.open().batch().bytes() < kBookingBytesMax;
}

int64_t Engine::wait_ms(Moment now) const {
  if (may_book() || cases_.rejudge_ready()) return 0;
  if (bank_.wants_to_try_again() && room_ == Room::kAmple) return 0;
  Steady link = std::min(recovery_.next_wake(), give_back_.next_wake());
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
  if (!open_.since) return !pending_.open().batch().empty();
  return open_.urgent || now.steady >= open_.since->plus_ms(options_.lazy_commit_ms);
}

const Batch& Engine::begin_commit() {
  CHECK(!in_flight_);
  cases_.write_letters();
  cases_.write_numbers();
  open_.peers = peers_.take_touched();
  for (const AgencyId id : open_.peers) {
    peers_.find(id)->write(records_, pending_.open().batch(), world_.signer);
  }
  fetch_.launched();
  recovery_.launched();
  in_flight_ = std::exchange(open_, {});
  pending_.launch();
  return pending_.in_flight().batch();
}

Result<void> Engine::commit_done(Moment now) {
  steady_ = now.steady;
  CHECK(in_flight_.has_value());
  const Batch& batch = pending_.in_flight().batch();
  world_.observer.committed(batch.size(), batch.bytes());
  pending_.land();
  cases_.landed();
  bank_files_.landed();
  fetch_.landed();
  open_money_.landed();
  Gathered done = std::move(*in_flight_);
  in_flight_.reset();
  recovery_.landed();
  for (const AgencyId id : done.peers) {
    Peer& peer = *peers_.find(id);
    Peer::Released released = peer.durable(steady_);
    if (released.receipt) world_.transport.send(id, Lane::kReply, std::move(*released.receipt));
    follow(peer, std::move(released.step));
    recovery_.landed(peer, steady_);
    peer.trim();
  }
  for (auto& [command, answer] : done.answers) answer_now(command, std::move(answer));
  return {};
}

}  // namespace jiexu
