#include "daemon/link/zmq_transport.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <system_error>
#include <thread>

#include "daemon/base/check.h"
#include "daemon/link/zmq_loop.h"

namespace jiexu {

struct ZmqTransport::Parts {
  Parts(ZmqOptions options, ZmqHandlers handlers)
      : mailbox(options.directory),
        on_fatal(handlers.on_fatal),
        loop(std::move(options), std::move(handlers), mailbox, stats) {}

  ZmqMailbox mailbox;
  ZmqStats stats;
  const std::function<void(const Error&)> on_fatal;
  ZmqLoop loop;
  std::string endpoint;
  std::thread thread;
};

namespace {

constexpr size_t kKeySize = 32;

// libzmq aborts if it cannot start its threads, of which it has two. So it is tried first.
Result<void> try_threads() {
  try {
    std::jthread first([] {}), second([] {});
    return {};
  } catch (const std::system_error& error) {
    return fail(Errc::kIo, std::string("the system gives no more threads: ") + error.what());
  }
}

Result<void> check(const ZmqOptions& options) {
  CHECK(options.directory != nullptr);
  if (options.transport_secret.size() != kKeySize || options.transport_public.size() != kKeySize) {
    return fail(Errc::kInvalid, "the transport keys must be 32 bytes each");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<ZmqTransport>> ZmqTransport::start(ZmqOptions options,
                                                          ZmqHandlers handlers) {
  CHECK(handlers.on_frame && handlers.may_receive && handlers.on_connected && handlers.on_fatal);
  if (Result<void> r = check(options); !r) return tl::unexpected(r.error());
  if (Result<void> r = try_threads(); !r) return tl::unexpected(r.error());
  auto parts = std::make_unique<Parts>(std::move(options), std::move(handlers));
  TRY(auto endpoint, parts->loop.open());
  parts->endpoint = std::move(endpoint);
  // Sockets may change threads with a full fence in between, which starting a thread is.
  parts->thread = std::thread([p = parts.get()] {
    pthread_setname_np(pthread_self(), "jiexu-link");
    const Result<void> result = p->loop.run();
    if (result) return;
    spdlog::critical("the transport has stopped: {}", result.error().text);
    p->on_fatal(result.error());
  });
  return std::unique_ptr<ZmqTransport>(new ZmqTransport(std::move(parts)));
}

ZmqTransport::ZmqTransport(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

ZmqTransport::~ZmqTransport() {
  stop();
}

void ZmqTransport::stop() {
  parts_->mailbox.stop();
  if (parts_->thread.joinable()) parts_->thread.join();
}

void ZmqTransport::send(AgencyId peer, Lane lane, FrameBytes frame) {
  CHECK(frame != nullptr);
  if (parts_->mailbox.push({peer, lane, std::move(frame)})) return;
  parts_->stats.peer(peer, [](TransportStats& s) { ++s.frames_dropped; });
}

void ZmqTransport::set_directory(std::shared_ptr<const Directory> directory) {
  CHECK(directory != nullptr);
  parts_->mailbox.set_directory(std::move(directory));
}

const std::string& ZmqTransport::bound_endpoint() const {
  return parts_->endpoint;
}

TransportStats ZmqTransport::stats(AgencyId peer) const {
  return parts_->stats.peer(peer);
}

ListenerStats ZmqTransport::listener_stats() const {
  return parts_->stats.listener();
}

}  // namespace jiexu
