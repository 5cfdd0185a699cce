// The carrier of the daemon: ZeroMQ, in a process of its own, the gate.
//
//   agency's daemon                                    gate
//   engine's thread --- send() --------> channel ----> one thread, ZeroMQ's own ----> peers
//   on_frame <--- channel's thread <---- channel <---- sockets, ZAP, transport key <- peers
//
// libzmq can be made to abort from the wire, without any key, by one flipped byte (libzmq#4364, in
// 4.3.4 and later), and nobody knows what comes next. So what touches bytes of strangers has
// neither the store nor a key that signs or seals. The gate may die at any time: it is started
// again within 100 ms, the peers connect again, and the link protocol sends what was lost on the
// way. It ends with the daemon, however that ends. Whoever has taken the gate over can read, delay
// and drop frames; forged ones fail their signatures, which are checked on this side of the
// channel.
//
// The port stays the daemon's (listen_socket.h): a peer that connects while there is no gate waits
// in the kernel's queue.
//
// Both sides of the channel are bounded. While may_receive says no, nothing is read from the
// channel, the gate's end of it fills, and the gate no longer reads from peers. What a peer does
// not take is dropped in the gate when it holds too much (orders.h), so that the channel never
// waits for a slow peer. Long replies are kept alive here until the peer has taken them, because
// who gives them goes by that (peers/give_back.h).
//
// It promises nothing about arrival. Names in endpoints are resolved here (names.h).
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "daemon/gate/channel.h"
#include "daemon/gate/gate_process.h"
#include "daemon/gate/listen_socket.h"
#include "daemon/gate/names.h"
#include "daemon/link/carrier_figures.h"
#include "daemon/link/transport.h"
#include "daemon/trust/directory.h"

namespace jiexu {

struct GateOptions {
  AgencyId self;
  std::string transport_secret;  // 32 raw bytes each, of the keyring
  std::string transport_public;
  std::string listen;  // as ListenSocket::open() takes it
  std::shared_ptr<const Directory> directory;
  std::filesystem::path program = GateProcess::program_beside_us();
};

// All are called on the channel's thread and must not block. None may call stop().
struct GateHandlers {
  FrameHandler on_frame;
  // While false nothing is read from the channel; asked again every millisecond.
  std::function<bool()> may_receive;
  // Our connection to this peer came up: a good moment for what could not be sent.
  std::function<void(AgencyId peer)> on_connected;
};

class Gate final : public Transport {
 public:
  // Listens, starts the gate and waits until it is at work. Peers that cannot be reached are no
  // error. Errors: kInvalid (keys), kIo (cannot listen, no process, no program).
  static Result<std::unique_ptr<Gate>> start(GateOptions options, GateHandlers handlers);
  ~Gate() override;

  // Ends the gate and joins the thread; what was not sent is lost. May be called twice.
  void stop();

  void send(AgencyId peer, Lane lane, FrameBytes frame) override;

  // When this returns, no frame of a peer or key that `directory` lacks reaches on_frame any more,
  // except one that is there already. New, changed and removed peers are (dis)connected soon after.
  void set_directory(std::shared_ptr<const Directory> directory);

  const std::string& bound_endpoint() const { return listener_.endpoint(); }
  // A second old at most.
  TransportStats stats(AgencyId peer) const;
  ListenerStats listener_stats() const;
  // How often it was started again.
  uint64_t restarts() const { return restarts_; }
  // Since when there is none.
  std::optional<std::chrono::steady_clock::time_point> down_since() const;
  // Of the gate that runs; -1: none.
  pid_t pid() const { return pid_; }

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // A peer as of the directory.
  struct Known {
    std::string key;
    uint64_t since = 0;  // the version of the directory that brought this key
  };
  // A peer whose endpoint has a name.
  struct Named {
    std::string host;
    int looks_down = 0;  // so often it was not connected
  };
  // Figures of the gates before this one, and of this one.
  template <class Stats>
  struct Counted {
    Stats before, now;
  };
  enum class End : uint8_t { kStopped, kChannelEnded, kBroken, kSilent };

  Gate(GateOptions options, GateHandlers handlers, ListenSocket listener, GateProcess process);

  // On the channel's thread.
  void run();
  bool run_once();
  Result<void> open();
  End serve();
  bool may_read() const;
  void wait();
  End read_channel();
  // kStopped: nothing has ended, as of the others.
  End treat(ChannelMessage& message);
  void deliver(ChannelMessage& message);
  bool is_let_in(const ChannelMessage& message);
  void log_line(const ChannelMessage& message);
  void let_go(const std::vector<uint64_t>& taken);
  void flush();
  bool tend();
  void look_at_names(SteadyTime now);
  void tell_peers();
  std::string resolved(const Agency& agency);
  void close();
  void rest(SteadyTime began);
  void have_started(Result<void> how);

  void wake();
  void drop(AgencyId peer);
  uint64_t hold(Lane lane, const FrameBytes& frame);

  const GateOptions options_;
  const GateHandlers handlers_;
  const ListenSocket listener_;
  GateProcess process_;  // of the channel's thread, as what follows
  std::optional<ChannelReader> reader_;
  Names names_;
  std::vector<pollfd> waiting_;
  bool paused_ = false;
  bool is_deaf_ = false;  // what is written to it does not arrive any more
  bool more_ = false;     // was read from the channel and is not treated yet
  bool heard_ = false;    // since the last look
  int silent_looks_ = 0;
  int failures_ = 0;  // in a row: it did not live long
  SteadyTime next_look_{};
  int lines_ = 0;
  std::map<AgencyId, Named> named_;

  const int wake_fd_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> peers_changed_{true};
  std::atomic<uint64_t> restarts_{0};
  std::atomic<pid_t> pid_{-1};
  std::promise<Result<void>> started_;
  bool has_started_ = false;

  mutable std::mutex out_mutex_;  // of the channel's writing end
  std::optional<ChannelWriter> writer_;
  std::unordered_map<uint64_t, FrameBytes> held_;  // by number
  size_t held_bytes_ = 0;
  uint64_t last_number_ = 0;

  mutable std::mutex mutex_;  // of what follows
  std::shared_ptr<const Directory> directory_;
  uint64_t version_ = 0;
  std::map<AgencyId, Known> known_;
  std::map<AgencyId, Counted<TransportStats>> peers_;
  Counted<ListenerStats> listener_figures_;
  std::optional<SteadyTime> down_since_;

  std::thread thread_;
};

}  // namespace jiexu
