// One agency's daemon: the parts, wired. Who calls whom across threads:
//
//   channel thread    frame -> take_in() -> loop        (from the gate, which has ZeroMQ)
//   engine thread     events -> steps -> commit          (the only one that writes state)
//   commit thread     batch -> store, fsync
//   http thread       sockets: requests in, answers out
//   http workers      request -> loop; reads of the durable store; JSON
//   report thread     reads a snapshot, when somebody asks for a report or has the books checked
//   main thread       signals, watchdog, gauges
//
// Parts are started in the order in which they need each other and stopped in reverse.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "daemon/agency/engine.h"
#include "daemon/api/api.h"
#include "daemon/api/http/http_server.h"
#include "daemon/base/sleep_watch.h"
#include "daemon/config.h"
#include "daemon/engine/loop.h"
#include "daemon/gate/gate.h"
#include "daemon/metrics/alarm_board.h"
#include "daemon/metrics/listener_metrics.h"
#include "daemon/metrics/observer.h"
#include "daemon/trust/keyring.h"
#include "storage/damage.h"
#include "storage/folder_mark.h"
#include "storage/run_mark.h"
#include "storage/store_engine.h"

namespace jiexu {

class Daemon {
 public:
  // Everything up, listening and ready. Errors name what to do; nothing runs then.
  static Result<std::unique_ptr<Daemon>> start(const Config& config);
  // Whether start() would find the machine and the agency's files in order. Opens no store and
  // listens nowhere, so that it may run beside a daemon.
  static Result<void> check(const Config& config);
  ~Daemon();

  // Reads directory, users and calendars again. On an error everything stays as it was.
  Result<void> reload();

  // To be called about once a second: gauges, and the disk's patience. Ends the process with exit
  // code 75 if a commit has not come back for 20 seconds: a hung disk does not heal by waiting.
  void tend();

  // Why the daemon is not ready; nullopt if it is.
  std::optional<std::string> not_ready() const;
  // Whether its threads come round; a daemon that is not ready may well be alive.
  bool alive() const;

  const std::string& link_endpoint() const { return transport_->bound_endpoint(); }

 private:
  explicit Daemon(const Config& config)
      : config_(config),
        alarms_(metrics_),
        observer_(metrics_, alarms_),
        listener_metrics_(metrics_),
        damage_([this](const DamagedPlace& place) { found_damage(place); }) {}

  Result<void> look_around();
  Result<void> load_files();
  Result<void> open_store();
  Result<void> check_own_keys();
  Result<void> start_transport();
  Result<void> start_engine();
  Result<void> start_api();
  void on_frame(AgencyId peer, Lane lane, std::string bytes);
  void refresh_gauges();
  void found_damage(const DamagedPlace& place);
  void note_in_memory();
  void look_at_disk();
  void look_at_clock();
  void look_at_gate();
  void look_at_room();
  void look_at_store();
  void set_alarm(AlarmKind kind, std::optional<std::string> text);
  void note(Topic topic, uint8_t what = 0, bool gone = false);
  // How long the loop's thread that is furthest behind has been waited for.
  int64_t waited_ms() const;

  Config config_;
  SystemClock system_clock_;
  SoundClock clock_{system_clock_};
  Metrics metrics_;
  AlarmBoard alarms_;
  MetricsObserver observer_;
  ListenerMetrics listener_metrics_;
  DamageBook damage_;
  Keyring keyring_;
  std::shared_ptr<const Users> users_;
  std::shared_ptr<const Directory> directory_;  // the channel thread reads directory_now_
  std::atomic<std::shared_ptr<const Directory>> directory_now_;
  ChangeFeed feed_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<StoreEngine> store_;
  std::unique_ptr<NumberBlocks> numbers_;
  std::optional<FolderMark> folder_;
  std::optional<RunMark> run_mark_;
  RunMark::Finding found_of_store_ = RunMark::Finding::kNothing;
  std::unique_ptr<Gate> transport_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<EngineLoop> loop_;
  std::atomic<EngineLoop*> loop_now_{nullptr};  // set when the loop may be given frames
  uint64_t descriptors_ = 0;                    // that we are allowed
  uint64_t gate_restarts_ = 0;                  // that were alarms already
  Steady started_;
  Steady clock_alarm_at_{INT64_MIN};  // not again before
  SleepWatch sleep_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace jiexu
