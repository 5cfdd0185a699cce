#include "daemon/daemon.h"

#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "daemon/calendar_folder.h"
#include "daemon/casework/case_service.h"
#include "daemon/descriptors.h"
#include "daemon/engine/intake.h"
#include "daemon/last_words.h"
#include "daemon/open_store.h"
#include "daemon/trust/suite.h"
#include "daemon/users/user_changes.h"
#include "ops/console/console_files.h"
#include "storage/key_checks.h"

namespace jiexu {
namespace {

// Patience with a disk (a commit that does not come back), in milliseconds.
constexpr int64_t kDiskWarnMs = 2'000;
constexpr int64_t kDiskNotReadyMs = 10'000;
constexpr int64_t kDiskGiveUpMs = 20'000;

// Without a gate for so long something is wrong that starting it again does not mend.
constexpr std::chrono::seconds kGateNotReady{5};

bool is_long_ago(std::chrono::steady_clock::time_point when) {
  return std::chrono::steady_clock::now() - when > kGateNotReady;
}

// How often a clock that cannot be right is told of.
constexpr int64_t kClockAlarmMs = 60'000;
constexpr int64_t kWitnessPatienceMs = 15'000;

// Nothing may be told after the store has failed, so nothing is cleaned up either.
[[noreturn]] void die(int code, const std::string& why) {
  spdlog::critical("{}; stopping at once, a restart goes on from the disk", why);
  spdlog::default_logger()->flush();
  _exit(code);
}

// What is wrong with the agency's own files is for the operator to mend, whatever it is: a file
// that is missing or open to others too. A restart does not help.
tl::unexpected<Error> misconfigured(const Error& error) {
  const bool mendable = error.code == Errc::kNotFound || error.code == Errc::kPermission;
  return fail(mendable ? Errc::kInvalid : error.code, error.text);
}

// Our own entry in the directory must have our keys, or no peer would know us by it.
Result<void> check_own_entry(const Directory& directory, AgencyId self, const Keyring& keyring,
                             const std::filesystem::path& keys) {
  const Agency* own = directory.find(self);
  if (own == nullptr) {
    return fail(Errc::kInvalid, "directory: our own agency " + self.str() +
                                    " is missing; add its entry with `jiexu directory add`");
  }
  std::string file;
  const KeyId signing = key_id(keyring.signer->public_key());
  if (directory.verifier(self, signing) == nullptr) file = keys / "signing.key";
  if (own->transport_key != keyring.transport_public) file = keys / "transport.key";
  if (file.empty()) return {};
  return fail(Errc::kInvalid,
              file + ": is not the key in the directory's entry of " + self.str() +
                  "; put the agency's own file back, or if its keys were renewed, export the entry "
                  "again with `jiexu directory export`");
}

// A daemon of root's would leave files behind that the agency's own user cannot read.
Result<void> check_owner(const std::filesystem::path& folder) {
  struct stat info;
  if (::stat(folder.c_str(), &info) != 0 || info.st_uid == ::geteuid()) return {};
  return fail(Errc::kInvalid, folder.string() + ": belongs to another user (" +
                                  std::to_string(info.st_uid) +
                                  "); start the daemon as that user, as `systemctl start "
                                  "jiexu@NAME` does");
}

}  // namespace

Result<std::unique_ptr<Daemon>> Daemon::start(const Config& config) {
  std::unique_ptr<Daemon> daemon(new Daemon(config));
  for (const auto part : {&Daemon::look_around, &Daemon::load_files, &Daemon::open_store,
                          &Daemon::start_transport, &Daemon::start_engine, &Daemon::start_api}) {
    TRY_DO(((*daemon).*part)());
  }
  return daemon;
}

Daemon::~Daemon() {
  http_.reset();
  loop_now_ = nullptr;
  if (transport_) transport_->stop();
  if (loop_) loop_->stop();
}

Result<void> Daemon::check(const Config& config) {
  Daemon probe(config);
  TRY_DO(probe.look_around());
  TRY_DO(probe.load_files());
  TRY(const auto calendar, load_calendar(config.calendars));
  return {};
}

// What the machine must give.
Result<void> Daemon::look_around() {
  TRY_DO(check_wall_clock(system_clock_.now()));
  descriptors_ = raise_descriptor_limit();
  return {};
}

Result<void> Daemon::load_files() {
  TRY_DO(check_owner(config_.data_dir));
  auto keyring = Keyring::load(config_.keys_dir);
  if (!keyring) return misconfigured(keyring.error());
  keyring_ = std::move(*keyring);
  auto directory = Directory::load(config_.directory);
  if (!directory) return misconfigured(directory.error());
  directory_ = std::move(*directory);
  directory_now_ = directory_;
  auto users = Users::load(config_.users);
  if (!users) return misconfigured(users.error());
  users_ = std::move(*users);
  TRY_DO(check_descriptors(descriptors_, directory_->agencies().size() - 1));
  return check_own_entry(*directory_, config_.agency, keyring_, config_.keys_dir);
}

Result<void> Daemon::open_store() {
  TRY(auto keys, vault_keys(keyring_.vault_keys, keyring_.person_key));
  TRY(auto vault, Vault::create(std::move(keys)));
  vault_ = std::move(vault);
  StoreHooks hooks;
  hooks.log = [](std::string_view line) { spdlog::info("{}", line); };
  hooks.open_files_max = store_files_max(descriptors_, directory_->agencies().size() - 1);
  hooks.on_failure = [](std::string_view why) {
    die(kExitIoError, "the store can no longer write: " + std::string(why));
  };
  hooks.on_damage = [this](std::string_view why) {
    damage_.note(
        {Family::kMeta, "", std::nullopt,
         "a merge of tables has met it, and tables are merged no more: " + std::string(why)});
  };
  StoreHooks log_only;
  log_only.log = hooks.log;
  auto store = jiexu::open_store(config_, std::move(hooks));
  if (!store) return tl::unexpected(store.error());
  store_ = std::move(*store);
  TRY(auto numbers, open_numbers(config_, log_only));
  numbers_ = std::move(numbers);
  TRY(auto folder, open_folder_mark(config_));
  folder_ = std::move(folder);
  TRY_DO(check_own_keys());
  if (!store_->recovery().complete) {
    spdlog::error("the store is at commit {} and lacks later ones (watermark {})", store_->lsn(),
                  store_->recovery().watermark.value_or(0));
  }
  TRY(auto mark, open_run_mark(config_, *store_, *vault_, log_only));
  run_mark_ = std::move(mark);
  found_of_store_ = run_mark_ ? run_mark_->compare(store_->lsn()) : RunMark::Finding::kNothing;
  if (found_of_store_ == RunMark::Finding::kOlder) {
    spdlog::error(
        "the store is at commit {}, but the last run on this machine had reached {}: it "
        "was set back",
        store_->lsn(), run_mark_->found().value_or(0));
  }
  return {};
}

// On the committing thread, between commits. That commits are missing is forgotten when the store
// itself knows it: the first commit of the run says so.
void Daemon::note_in_memory() {
  const bool untold =
      found_of_store_ == RunMark::Finding::kOlder && store_->lsn() == store_->recovery().lsn;
  if (!run_mark_ || untold) return;
  if (auto done = run_mark_->note(store_->lsn(), engine_->proved()); !done) {
    die(kExitIoError, done.error().text);
  }
}

Result<void> Daemon::check_own_keys() {
  const KeyPlaces places{config_.keys_dir / "vault.keys", config_.keys_dir / "person.key",
                         config_.data_dir};
  return check_keys(*store_, *vault_, places, [this](const v1::Person& person) {
    return vault_->person_hash(document_text(person));
  });
}

Result<void> Daemon::start_transport() {
  GateOptions options;
  options.self = config_.agency;
  options.transport_secret = keyring_.transport_secret;
  options.transport_public = keyring_.transport_public;
  options.listen = config_.listen;
  options.directory = directory_;
  GateHandlers handlers;
  handlers.on_frame = [this](AgencyId peer, Lane lane, std::string bytes) {
    on_frame(peer, lane, std::move(bytes));
  };
  handlers.may_receive = [this] {
    const EngineLoop* loop = loop_now_.load();
    return loop != nullptr && loop->may_receive();
  };
  handlers.on_connected = [this](AgencyId peer) {
    if (EngineLoop* loop = loop_now_.load()) loop->post_connected(peer);
  };
  TRY(auto transport, Gate::start(std::move(options), std::move(handlers)));
  transport_ = std::move(transport);
  return {};
}

Result<void> Daemon::start_engine() {
  EngineOptions options;
  options.self = config_.agency;
  options.seed = read_u64(random_bytes(8));
  options.store_complete =
      store_->recovery().complete && found_of_store_ != RunMark::Finding::kOlder;
  options.store_proved =
      store_->recovery().complete && found_of_store_ == RunMark::Finding::kNewest;
  options.store_copied = folder_->is_copy() && !options.store_proved;
  options.batch_rules = config_.remit;
  options.four_eyes = config_.policy.four_eyes;
  options.trusted_submitters = config_.policy.trusted_submitters;
  options.own_accounts = config_.bank_accounts;
  options.profiles = config_.policy.profiles;
  TRY(auto calendar, load_calendar(config_.calendars));
  options.calendar = std::move(calendar);
  const auto connection = [this](AgencyId peer) {
    const TransportStats stats = transport_->stats(peer);
    return Connection{true, stats.connection == ConnectionState::kUp, stats.handshake_failures};
  };
  const EngineWorld world{*store_,     *vault_,   *keyring_.signer, *numbers_,
                          *transport_, observer_, connection,       &feed_};
  TRY(auto engine, Engine::open(options, world, directory_, clock_.moment()));
  engine_ = std::move(engine);
  look_at_disk();
  LoopHandlers handlers;
  handlers.on_fatal = [](const Error& error) { die(kExitIoError, error.text); };
  handlers.on_commit = [this](int64_t microseconds) {
    metrics_.commit_seconds.Observe(static_cast<double>(microseconds) / 1e6);
    // The first commit of the run holds that it is one.
    if (folder_->is_copy()) {
      if (auto done = folder_->adopt(); !done) die(kExitIoError, done.error().text);
    }
    note_in_memory();
    look_at_disk();
  };
  handlers.on_commit_idle = [this] {
    look_at_disk();
    if (!store_->recovery().complete && engine_->recovered()) {
      if (auto done = store_->accept_loss(); !done) die(kExitIoError, done.error().text);
      spdlog::info("what the store lacked has come back from the peers; it is complete");
    }
    if (auto done = store_->flush_watermark(); !done) die(kExitIoError, done.error().text);
    note_in_memory();  // it may be proved by now
  };
  loop_ = std::make_unique<EngineLoop>(engine_->kernel(), *store_, clock_, std::move(handlers));
  loop_now_ = loop_.get();
  return {};
}

Result<void> Daemon::start_api() {
  started_ = clock_.steady();
  api_ = std::make_unique<Api>(
      ApiPorts{*loop_, *store_, *vault_, clock_, metrics_, [this] { return not_ready(); },
               config_.agency, config_.policy.four_eyes, config_.bank_silent_days,
               [this](AgencyId peer) { return engine_->out_of_reach(peer); }, config_.language,
               [this] { return alarms_.list(); }, [this] { return engine_->confirmed(); }, &damage_,
               [this] {
                 const Agency* own = directory_now_.load()->find(config_.agency);
                 return own == nullptr ? std::string() : own->name;
               },
               console_files(), &feed_,
               [this](const std::string& user, const std::string& was,
                      const std::string& hashed) -> Result<std::shared_ptr<const Users>> {
                 TRY_DO(replace_password(config_.users, user, was, hashed));
                 return Users::load(config_.users);
               }},
      users_);
  TRY(auto calendar, load_calendar(config_.calendars));
  api_->set_calendar(std::move(calendar));
  HttpSettings settings;
  settings.host = config_.api.host;
  settings.port = config_.api.port;
  settings.unix_socket = config_.api.unix_socket;
  settings.hosts = config_.api.hosts;
  auto http = HttpServer::start(
      settings,
      [this](HttpRequest request, HttpRespond respond) {
        api_->handle(std::move(request), std::move(respond));
      },
      [this](const HttpRequest& request) { return api_->user_of(request); });
  if (!http) return tl::unexpected(http.error());
  http_ = std::move(*http);
  return {};
}

void Daemon::on_frame(AgencyId peer, Lane lane, std::string bytes) {
  EngineLoop* loop = loop_now_.load();
  if (loop == nullptr) return;
  if (!loop->may_receive_from(peer)) {
    return listener_metrics_.turned_away(
        peer, {v1::REFUSE_REASON_BUSY, "it has sent more than its share", std::nullopt});
  }
  const size_t size = bytes.size();
  metrics_.frames_in.Add(peer_label(peer)).Increment();
  const std::shared_ptr<const Directory> directory = directory_now_.load();
  auto taken = take_in(config_.agency, peer, lane, std::move(bytes), *directory);
  if (taken) return loop->post(std::move(*taken), size);
  listener_metrics_.turned_away(peer, taken.error());
  if (taken.error().answer) {
    transport_->send(peer, Lane::kReply,
                     std::make_shared<const std::string>(std::move(*taken.error().answer)));
  }
}

Result<void> Daemon::reload() {
  TRY(auto users, Users::load(config_.users));
  TRY(auto directory, Directory::load(config_.directory));
  auto sound = check_own_entry(*directory, config_.agency, keyring_, config_.keys_dir);
  if (!sound) return sound;
  sound = check_descriptors(descriptors_, directory->agencies().size() - 1);
  if (!sound) return sound;
  TRY(auto calendar, load_calendar(config_.calendars));
  api_->set_users(users);
  note(Topic::kUsers);
  directory_now_ = directory;
  transport_->set_directory(directory);
  loop_->post_own(make_command("", UseDirectory{directory}, nullptr));
  api_->set_calendar(calendar);
  loop_->post_own(make_command("", UseCalendar{std::move(calendar)}, nullptr));
  return {};
}

// Between commits, so that no commit starts on a disk that has just become full.
void Daemon::look_at_disk() {
  const Room before = store_->space().room;
  const auto found = store_->look_at_space();
  if (!found) die(kExitIoError, found.error().text);
  const Room room = found->room;
  engine_->kernel().set_room(room);
  metrics_.disk_free_bytes.Set(static_cast<double>(found->bytes));
  metrics_.storage_room.Set(static_cast<double>(room));
  if (room == before) return;
  const uint64_t mib = found->bytes >> 20;
  if (room == Room::kAmple) spdlog::info("{} MiB of disk are free again: all work is taken", mib);
  if (room == Room::kLow) spdlog::error("{} MiB of disk are free: new work is refused", mib);
  if (room == Room::kShort) {
    spdlog::error("{} MiB of disk are free: messages of peers are left with them", mib);
  }
}

void Daemon::set_alarm(AlarmKind kind, std::optional<std::string> text) {
  const bool gone = !text;
  if (!alarms_.set(config_.agency, kind, std::move(text), clock_.now())) return;
  note(Topic::kAlarm, static_cast<uint8_t>(kind), gone);
}

// For those who follow the agency.
void Daemon::note(Topic topic, uint8_t what, bool gone) {
  Change change;
  change.topic = topic;
  change.what = what;
  change.gone = gone;
  loop_->post_own(make_command("", NoteChange{change}, nullptr));
}

// Each end of a gate is an alarm; the log has it already.
void Daemon::look_at_gate() {
  const uint64_t restarts = transport_->restarts();
  if (restarts == gate_restarts_) return;
  metrics_.alarms.Add(peer_label(config_.agency))
      .Increment(static_cast<double>(restarts - gate_restarts_));
  gate_restarts_ = restarts;
}

void Daemon::look_at_room() {
  const FreeSpace space = store_->space();
  std::optional<std::string> text;
  if (space.room != Room::kAmple) {
    text = "the disk is nearly full: " + std::string(space.room == Room::kLow
                                                         ? "new work is refused"
                                                         : "messages of peers are left with them");
  }
  set_alarm(AlarmKind::kDisk, std::move(text));
}

// As a rule a peer answers within a second.
void Daemon::look_at_store() {
  const bool patient = clock_.steady() < started_.plus_ms(kWitnessPatienceMs);
  std::optional<std::string> text;
  if (engine_->is_copy()) text = kWaitsForPeople;
  if (!engine_->confirmed() && !patient) text = kWaitsForWitness;
  set_alarm(AlarmKind::kUnconfirmed, std::move(text));
  if (damage_.size() == 0) return;
  set_alarm(AlarmKind::kDamage, "places of the store cannot be read");
}

void Daemon::look_at_clock() {
  const std::optional<Instant> wrong = clock_.wrong();
  std::optional<std::string> text;
  if (wrong) text = check_wall_clock(*wrong).error().text;
  set_alarm(AlarmKind::kOwnClock, std::move(text));
  if (!wrong) {
    clock_alarm_at_ = Steady{INT64_MIN};
    return;
  }
  const Steady now = clock_.steady();
  if (now < clock_alarm_at_) return;
  clock_alarm_at_ = now.plus_ms(kClockAlarmMs);
  spdlog::error("{}; until then the daemon goes on with its own time, {}",
                check_wall_clock(*wrong).error().text, clock_.now().str());
}

int64_t Daemon::waited_ms() const {
  const int64_t age = std::max(loop_->commit_age_ms(), loop_->turn_age_ms());
  return sleep_.patience_ms(age, system_clock_.steady());
}

bool Daemon::alive() const {
  return waited_ms() < kDiskNotReadyMs;
}

std::optional<std::string> Daemon::not_ready() const {
  if (const FreeSpace space = store_->space(); space.room != Room::kAmple) {
    return "the disk is nearly full (" + std::to_string(space.bytes >> 20) +
           " MiB free): new work is refused";
  }
  if (const auto wrong = clock_.wrong()) return check_wall_clock(*wrong).error().text;
  if (!engine_->usable()) {
    return "messages that the store has lost are being fetched back from the peers";
  }
  if (const auto down = transport_->down_since(); down && is_long_ago(*down)) {
    return "the gate, through which all links go, does not run: see the log";
  }
  if (alive()) return std::nullopt;
  return "the disk has not answered for " + std::to_string(waited_ms() / 1000) + " s";
}

// Once for each place, whoever has met it.
void Daemon::found_damage(const DamagedPlace& place) {
  metrics_.store_unreadable.Increment();
  spdlog::error("{} cannot be read: {}; `jiexu store verify` reads all of the store",
                place_name(place), place.why);
}

void Daemon::tend() {
  const Steady now = system_clock_.steady();
  if (const int64_t slept = sleep_.come_round(now); slept > 0) {
    spdlog::warn("the process did not run for {} ms; the disk is not to blame", slept);
  }
  const int64_t age = sleep_.patience_ms(loop_->commit_age_ms(), now);
  if (age > kDiskWarnMs) spdlog::warn("a commit has been running for {} ms", age);
  if (age > kDiskGiveUpMs) die(kExitTempFail, "the disk has not answered for 20 s");
  look_at_clock();
  look_at_room();
  look_at_store();
  listener_metrics_.show(transport_->listener_stats());
  look_at_gate();
  refresh_gauges();
}

void Daemon::refresh_gauges() {
  const auto show = [this](const PeersQuery::Reply& views) {
    if (!views) return;
    for (const v1::PeerView& peer : views->peers()) {
      const auto id = AgencyId::parse(peer.agency());
      if (!id) continue;
      metrics_.know_peer(*id);
      feed_.set_queue(*id, peer.queued(), peer.oldest_unreceipted_ms());
      metrics_.queue_depth.Add(peer_label(*id)).Set(static_cast<double>(peer.queued()));
      metrics_.oldest_unreceipted.Add(peer_label(*id))
          .Set(static_cast<double>(peer.oldest_unreceipted_ms()) / 1e3);
      metrics_.link_condition.Add(peer_label(*id)).Set(peer.condition());
      metrics_.clock_skew.Add(peer_label(*id)).Set(static_cast<double>(peer.skew_ms()) / 1e3);
    }
  };
  // A full inbox shows in the queue itself; the gauges wait for the next second.
  if (!loop_->post(make_command("metrics", PeersQuery{}, show))) spdlog::warn("the inbox is full");
}

}  // namespace jiexu
