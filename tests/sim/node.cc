#include "tests/sim/node.h"

#include <algorithm>

#include "daemon/engine/intake.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kAwakeMsMax = 5'000;
constexpr int64_t kClockOffsetMsMax = 110'000;
constexpr uint64_t kMutateAfterCommits = 6;

std::unique_ptr<Vault> make_vault(Random& random) {
  VaultKeys keys;
  keys.ring.push_back({1, {}});
  random.fill(keys.ring[0].key);
  random.fill(keys.person_key);
  keys.current = 1;
  auto nonces = std::make_shared<Random>(random.fork());
  auto vault = Vault::create(keys, [nonces](std::span<uint8_t> out) { nonces->fill(out); });
  CHECK(vault.has_value());
  return std::move(*vault);
}

}  // namespace

Node::Node(World& world, AgencyId id, std::unique_ptr<Signer> signer, Random random)
    : world_(world), id_(id), signer_(std::move(signer)), random_(random) {
  const int64_t skew = world.plan.clock.skew_ms_max;
  clock_offset_ms_ = random_.between(-skew, skew);
  directory_ = world.directory;
  vault_ = make_vault(random_);
  use(make_store());
  world_.network.attach(id, [this](AgencyId from, Lane lane, std::string bytes) {
    receive(from, lane, std::move(bytes));
  });
}

void Node::use(std::unique_ptr<MemoryStore> store) {
  store_ = std::move(store);
  store_->set_fault_hook([this](const Batch&) { return draw_fault(); });
}

std::unique_ptr<MemoryStore> Node::make_store() {
  auto store = std::make_unique<MemoryStore>();
  v1::StoreRecord record;
  record.set_format(layout::kFormat);
  record.set_agency(id_.str());
  record.set_epoch(1);
  record.set_store_id(random_.bytes(16));
  Records records(*store, *vault_);
  Batch batch;
  records.put_message(batch, Family::kMeta, layout::kStoreKey, record);
  CHECK(store->commit(batch).has_value());
  return store;
}

CommitFault Node::draw_fault() {
  if (world_.mood != Mood::kLife || !random_.chance(world_.plan.disk.fail_permille)) {
    return CommitFault::kNone;
  }
  return random_.chance(500) ? CommitFault::kLost : CommitFault::kKept;
}

// --- the process ---

void Node::start() {
  if (up()) return;
  world_.trace.add(id_.text(), "start");
  store_->reopen();
  EngineOptions options;
  options.self = id_;
  options.seed = random_.next();
  options.store_complete = complete_;
  const Lsn lsn = store_->lsn();
  options.store_proved = complete_ && remembered_ && lsn >= *remembered_ && lsn <= *remembered_ + 1;
  options.cases_cached_max = world_.plan.cases_cached_max;
  if (world_.plan.network.window_bytes > 0) options.window_bytes = world_.plan.network.window_bytes;
  auto engine = Engine::open(options, {*store_, *vault_, *signer_, numbers_, *this, *this},
                             directory_, moment());
  if (!engine) return world_.watch.report("engine", "does not open: " + engine.error().text);
  engine_ = std::move(*engine);
  engine_->kernel().set_room(room_);
  steady_since_ = world_.schedule.now();
  settle(engine_->kernel().wake(moment()));
}

void Node::stop(Stop how) {
  if (!up()) return;
  world_.trace.add(id_.text(), how == Stop::kClean ? "stop" : "crash");
  if (how == Stop::kClean && in_flight_ != nullptr) (void)store_->commit(*in_flight_);
  in_flight_ = nullptr;
  armed_for_ = -1;
  ++life_;
  engine_.reset();
  const int64_t down = random_.between(1, std::max<int64_t>(1, world_.plan.disk.down_ms_max));
  if (down % 3 == 0) remembered_.reset();  // the machine was started anew
  world_.schedule.after(down, [this] { start(); });
}

// As an operator restores a backup: whoever lost more than the peers can give back would have to be
// asked by people, and so it happens only when nothing of this agency waits for a receipt.
bool Node::set_back() {
  if (!backup_ || !up() || !whole() || engine_->kernel().committing()) return false;
  for (const auto& [id, peer] : engine_->peers().all()) {
    if (peer->last_seq() != peer->sender().mark().receipted_seq) return false;
  }
  world_.trace.add(id_.text(), "set back", std::to_string(backup_->lsn()));
  stop(Stop::kCrash);
  use(backup_->clone());
  complete_ = whole_ = false;
  return true;
}

void Node::later(int64_t delay_ms, std::function<void()> action) {
  world_.schedule.after(delay_ms, [this, life = life_, action = std::move(action)] {
    if (life == life_) action();
  });
}

void Node::settle(const Result<void>& done) {
  if (!done) {
    world_.watch.report("engine", "gives up: " + done.error().text);
    return stop(Stop::kCrash);
  }
  if (const std::string broken = engine_->check_invariants(); !broken.empty()) {
    world_.watch.report("recovery", id_.str() + ": " + broken);
  }
  if (engine_->recovered()) complete_ = true;
  remembered_ = engine_->proved() ? std::optional(store_->lsn()) : std::nullopt;
  const auto& agencies = world_.directory->agencies();
  const bool back = complete_ && std::ranges::all_of(agencies, [&](const Agency& agency) {
                      return engine_->recovered(agency.id);
                    });
  // What came back last is on the disk, too; and one that the directory lacked for a while, and the
  // backup has never heard of, has been asked.
  const bool on_disk = !engine_->kernel().committing() && !engine_->kernel().wants_commit(moment());
  const bool asked = std::ranges::all_of(agencies, [&](const Agency& agency) {
    return agency.id == id_ || engine_->has_compared(agency.id);
  });
  whole_ = back && (whole_ || (on_disk && asked));
  if (!engine_->kernel().committing() && engine_->kernel().wants_commit(moment())) begin_commit();
  arm();
}

void Node::arm() {
  const int64_t wait = std::clamp<int64_t>(engine_->kernel().wait_ms(moment()), 1, kAwakeMsMax);
  const int64_t at = world_.schedule.now() + wait;
  if (armed_for_ >= 0 && armed_for_ <= at) return;
  armed_for_ = at;
  later(wait, [this, at] {
    if (armed_for_ != at) return;
    armed_for_ = -1;
    settle(engine_->kernel().wake(moment()));
  });
}

void Node::look_around() {
  steady_since_ = world_.schedule.now();
  if (up()) settle(engine_->kernel().wake(moment()));
}

void Node::step_clock(int64_t delta_ms) {
  clock_offset_ms_ = std::clamp(clock_offset_ms_ + delta_ms, -kClockOffsetMsMax, kClockOffsetMsMax);
  world_.trace.add(id_.text(), "clock", std::to_string(clock_offset_ms_));
  look_around();
}

void Node::set_room(Room room) {
  world_.trace.add(id_.text(), "room", std::to_string(static_cast<int>(room)));
  room_ = room;
  if (up()) engine_->kernel().set_room(room);
}

void Node::set_directory(std::optional<AgencyId> missing) {
  world_.trace.add(id_.text(), "directory without", missing ? missing->text() : "");
  std::vector<Agency> known;
  for (const Agency& agency : world_.directory->agencies()) {
    if (agency.id != missing) known.push_back(agency);
  }
  auto directory = Directory::make(std::move(known));
  CHECK(directory.has_value());
  directory_ = std::move(*directory);
  if (up()) settle(engine_->set_directory(directory_, moment()));
}

// --- commits ---

int64_t Node::draw_commit_ms() {
  return random_.between(0, world_.plan.disk.commit_ms_max) + slowness_ms_;
}

void Node::begin_commit() {
  const Batch& batch = engine_->kernel().begin_commit();
  const bool mutate = ++commits_ > kMutateAfterCommits && random_.chance(400);
  if (mutate && world_.plan.mutation == Mutation::kAnswerEarly) {
    later(random_.between(1, world_.plan.disk.commit_ms_max),
          [this, copy = std::make_shared<Batch>(batch)] { (void)store_->commit(*copy); });
    return report_commit();
  }
  if (mutate && world_.plan.mutation == Mutation::kDropCommit) return report_commit();
  in_flight_ = &batch;
  later(draw_commit_ms(), [this] { land(*in_flight_); });
}

// The kind of index that commits lose, 0: none.
char Node::forgotten_index() const {
  const bool first = id_ == world_.directory->agencies().front().id;
  if (world_.plan.mutation == Mutation::kForgetMoney && first) return 'Z';
  return world_.plan.mutation == Mutation::kForgetPeople ? 'P' : 0;
}

Batch Node::without_index(const Batch& batch, char kind) const {
  Batch out;
  for (size_t i = 0; i < batch.size(); ++i) {
    const Batch::Op op = batch.op(i);
    if (op.remove) {
      out.remove(op.family, op.key);
    } else if (op.family != Family::kIndex || op.key.front() != kind) {
      out.put(op.family, op.key, op.value);
    }
  }
  return out;
}

void Node::land(const Batch& batch) {
  in_flight_ = nullptr;
  const char kind = forgotten_index();
  if (auto done = store_->commit(kind != 0 ? without_index(batch, kind) : batch); !done) {
    world_.trace.add(id_.text(), "disk", done.error().text);
    return stop(Stop::kCrash);
  }
  world_.trace.add(id_.text(), "landed", std::to_string(store_->lsn()));
  later(random_.between(0, world_.plan.disk.commit_ms_max), [this] { report_commit(); });
}

void Node::report_commit() {
  engine_->kernel().commit_done(moment());
  settle({});
}

// --- what comes in ---

bool Node::post(Asking command) {
  if (!up()) return false;
  world_.watch.asked(site(), command);
  command.done = [this, done = std::move(command.done)](Answer&& answer) {
    world_.watch.answered(site(), answer);
    done(std::move(answer));
  };
  settle(engine_->kernel().handle(to_command(std::move(command)), moment()));
  return true;
}

void Node::receive(AgencyId from, Lane lane, std::string bytes) {
  if (!up()) return;
  const auto frame = admit(from, lane, std::move(bytes));
  if (frame) settle(engine_->kernel().handle(*frame, moment()));
}

std::optional<PeerFrame> Node::admit(AgencyId from, Lane lane, std::string bytes) {
  if (world_.plan.mutation == Mutation::kSkipVerification && random_.chance(300)) {
    if (auto forged = admit_forged(from, lane, bytes)) return forged;
  }
  auto taken = take_in(id_, from, lane, std::move(bytes), *directory_);
  if (taken) return std::move(*taken);
  world_.trace.add(id_.text(), "turned", taken.error().why);
  if (taken.error().answer) {
    send(from, Lane::kReply, std::make_shared<const std::string>(std::move(*taken.error().answer)));
  }
  return std::nullopt;
}

// The mistake of kSkipVerification: the batch is taken in although its signature does not verify.
std::optional<PeerFrame> Node::admit_forged(AgencyId from, Lane lane, const std::string& bytes) {
  const auto whole = decode_batch(std::make_shared<const std::string>(bytes));
  if (!whole) return std::nullopt;
  std::string changed = bytes;
  changed[static_cast<size_t>(whole->signature.data() - whole->bytes->data())] ^= 1;
  auto forged = decode_frame(std::make_shared<const std::string>(std::move(changed)));
  if (!forged) return std::nullopt;
  return PeerFrame{from, lane, std::move(*forged)};
}

// --- what goes out ---

void Node::send(AgencyId peer, Lane lane, FrameBytes frame) {
  world_.watch.frame_leaves(site(), peer, lane, frame);
  world_.network.send(id_, peer, lane, frame);
}

void Node::alarm(AgencyId peer, std::string_view text) {
  world_.trace.add(id_.text(), "alarm", peer.str() + " " + std::string(text));
  // Whoever is set back here had given all that it had written to its peers.
  // A file may have been damaged on its way; it comes again.
  if (text.starts_with("case ") && !text.contains(": a file"))
    world_.watch.report("recovery", id_.str() + ": " + std::string(text));
}

void Node::quarantined(AgencyId peer, v1::FaultCode code) {
  world_.trace.add(id_.text(), "quarantine", peer.str() + " " + v1::FaultCode_Name(code));
}

}  // namespace jiexu::sim
