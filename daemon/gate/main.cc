// jiexu-gate: the process that has ZeroMQ in it (gate.h). jiexud starts it and talks to it on
// descriptor 3; nobody else does. It logs through jiexud, and ends when the channel does.
#include <fcntl.h>
#include <signal.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "daemon/gate/channel.h"
#include "daemon/gate/confinement.h"
#include "daemon/gate/orders.h"
#include "daemon/link/zmq_loop.h"

namespace jiexu {
namespace {

// Only the thread of ZeroMQ logs, which is this one.
class ChannelSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit ChannelSink(ChannelOrders& orders) : orders_(orders) {}

 private:
  void sink_it_(const spdlog::details::log_msg& line) override {
    orders_.log(line.level >= spdlog::level::warn,
                std::string(line.payload.data(), line.payload.size()));
  }
  void flush_() override {}

  ChannelOrders& orders_;
};

void log_through(ChannelOrders& orders) {
  auto logger = std::make_shared<spdlog::logger>("gate", std::make_shared<ChannelSink>(orders));
  spdlog::set_default_logger(std::move(logger));
}

bool is_socket(int fd) {
  struct stat what {};
  return ::fstat(fd, &what) == 0 && S_ISSOCK(what.st_mode);
}

// It ends with jiexud, by the channel's end, and at once if jiexud is killed. Ctrl-C and a service
// manager's stop reach the whole group; jiexud decides what they mean.
void belong_to_daemon() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  ::prctl(PR_SET_NAME, "jiexu-gate", 0, 0, 0);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
}

ZmqHandlers handlers_of(ChannelOrders& orders) {
  return {
      .on_frame = [&orders](AgencyId peer, Lane lane,
                            std::string frame) { orders.pass_on(peer, lane, std::move(frame)); },
      .may_receive = [&orders] { return orders.has_room(); },
      .on_connected = [&orders](AgencyId peer) { orders.say_connected(peer); },
      .on_fatal = [](const Error&) {}};
}

int run() {
  ZmqStats stats;
  ChannelOrders orders(kGateChannelFd, stats);
  log_through(orders);
  ZmqOptions options;
  options.listen_fd = kGateListenerFd;
  options.bind_endpoint = "tcp://127.0.0.1:*";  // libzmq wants one, and heeds the descriptor
  if (!orders.await_start(options)) return 1;
  ZmqLoop loop(std::move(options), handlers_of(orders), orders, stats);
  loop.start_threads();
  key_fingerprint("");  // OpenSSL reads its settings when it is first used
  if (auto done = confine_to_sockets(); !done) spdlog::warn("{}", done.error().text);
  if (const auto opened = loop.open(); !opened) {
    orders.say(ChannelKind::kFailed, opened.error().text);
    orders.flush();
    return 1;
  }
  orders.say(ChannelKind::kReady);
  if (const auto served = loop.run(); !served) {
    orders.say(ChannelKind::kFailed, served.error().text);
    orders.flush();
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace jiexu

int main() {
  using namespace jiexu;
  ::close(kGateProgramFd);
  if (!is_socket(kGateChannelFd) || !is_socket(kGateListenerFd)) {
    std::fputs("jiexu-gate is started by jiexud, not by hand.\n", stderr);
    return 64;
  }
  belong_to_daemon();
  keep_memory_private();
  bound_memory();
  // Nothing is cleaned up: jiexud waits for the end.
  ::_exit(run());
}
