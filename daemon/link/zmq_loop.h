// The thread of the ZeroMQ transport: waits on all sockets and serves them in turn. Internal to the
// transport; zmq_transport.h says what it does. Everything here runs on one thread, except that
// open() may run on another before run().
#pragma once

#include <chrono>
#include <optional>
#include <unordered_map>
#include <vector>

#include "daemon/link/zmq_mailbox.h"
#include "daemon/link/zmq_socket.h"

namespace jiexu {

class ZmqLoop {
 public:
  ZmqLoop(ZmqOptions options, ZmqHandlers handlers, ZmqOrders& orders, ZmqStats& stats);
  ~ZmqLoop();
  ZmqLoop(const ZmqLoop&) = delete;
  ZmqLoop& operator=(const ZmqLoop&) = delete;

  // libzmq starts its threads with the first socket; here and now, so that they have what the
  // process is confined to afterwards.
  void start_threads();
  // Binds the ZAP handler and then the listener.
  Result<std::string> open();
  // Serves until the orders are to stop. On an error all sockets are closed before it returns.
  Result<void> run();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using SourceId = uint64_t;

  enum class Kind : uint8_t { kZap, kListener, kListenerMonitor, kDealer, kDealerMonitor };
  enum class Drained : uint8_t { kEmpty, kMore, kPaused, kFailed };

  // How long wait() may sleep: until news, until may_receive is asked again, not at all.
  enum class Pace : uint8_t { kIdle, kPaused, kBusy };

  struct Source {
    Kind kind;
    AgencyId peer;  // of a DEALER and its monitor
    ZmqSocket socket;
    bool is_ready = false;  // stands in ready_
  };

  struct Peer {
    std::string key_print;  // of the key that is pinned
    std::string endpoint;
    SourceId dealer = 0;
    SourceId monitor = 0;
    int connection_fd = -1;  // its last one
    std::optional<SteadyTime> reopen_at;
  };

  // Errors of both: kIo, the system will not have one more watched.
  Result<void> watch(int fd, SourceId id);
  Result<SourceId> add_source(Kind kind, AgencyId peer, ZmqSocket socket);
  void remove_source(SourceId id);
  void mark_ready(SourceId id);

  Result<void> run_rounds();
  Result<void> wait();
  int wait_ms() const;
  Result<void> serve_ready();
  Drained serve(Source& source);
  Drained drain_zap(Source& source);
  Drained drain_listener(Source& source);
  Drained drain_dealer(Source& source);
  Drained drain_monitor(Source& source);

  bool answer_authentication(const ZmqSocket& zap, const std::vector<std::string>& request);
  void on_forward(std::string_view route, const ZmqMessage& body);
  void on_reply(AgencyId peer, const ZmqMessage& body);
  void deliver(AgencyId peer, Lane lane, const ZmqMessage& body);
  std::optional<bool> take_whole(const Source& source, const ZmqMessage& first);
  void on_event(const Source& monitor, uint16_t event, int32_t value);
  void look_at_connections();
  void report(const ConnectionWatch::Cut& cut);

  void send_waiting();
  bool send_forward(const OutgoingFrame& frame);
  bool send_reply(const OutgoingFrame& frame);

  void refresh_directory();
  void update_peers();
  void open_peer(const Agency& agency);
  void close_sockets(AgencyId id, Peer& peer);
  Result<void> open_sockets(const Agency& agency, Peer& peer);
  void reopen_later(Peer& peer);
  void reopen_due();

  const AgencyId self_;
  const CurveKeys keys_;
  const std::string bind_endpoint_;
  const int listen_fd_;
  const ZmqHandlers handlers_;
  ZmqOrders& orders_;
  ZmqStats& stats_;

  ZmqContext context_;
  const int epoll_fd_;
  std::unordered_map<SourceId, Source> sources_;
  SourceId next_source_ = 1;  // 0 is the mailbox; numbers are never used again
  SourceId listener_ = 0;
  std::vector<SourceId> ready_;
  std::vector<OutgoingFrame> sending_;
  Pace pace_ = Pace::kIdle;

  std::shared_ptr<const Directory> directory_;
  uint64_t directory_version_ = 0;
  bool peers_are_stale_ = false;
  std::unordered_map<AgencyId, std::string> key_prints_;  // who may speak, and with which key
  std::unordered_map<AgencyId, Peer> peers_;
  std::unordered_map<AgencyId, std::string> routes_;  // where each agency last spoke from
  SteadyTime next_reopen_ = SteadyTime::max();
  ConnectionWatch watch_;
  SteadyTime next_look_{};
  SteadyTime next_refusal_log_{};
  SteadyTime next_cut_log_{};
};

}  // namespace jiexu
