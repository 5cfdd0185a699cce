// How the sockets are waited for. Each ZeroMQ socket has a descriptor that becomes readable when
// its mailbox has news, which may or may not be a message, and any call on the socket may consume
// that news. So descriptors are watched edge-triggered and only mark a socket ready; a ready socket
// is read until it says EAGAIN; and whoever sends on a socket marks it ready, because sending may
// have eaten the news. A round costs in proportion to the sockets with news, not to the peers.
#include "daemon/link/zmq_loop.h"

#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Frames read from one socket before the next has its turn.
constexpr int kFramesPerTurn = 32;

// How often may_receive is asked while it says no.
constexpr int kPausedPollMs = 1;

constexpr milliseconds kRefusalLogEvery{1000};

enum class Got : uint8_t { kNothing, kMessage, kFailed };

Got receive(ZmqMessage& message, const ZmqSocket& from) {
  while (!message.receive(from)) {
    if (zmq_errno() == EAGAIN) return Got::kNothing;
    if (zmq_errno() != EINTR) return Got::kFailed;
  }
  return Got::kMessage;
}

// Takes the remaining parts of a message off the socket and adds up what they took on the wire.
// They are there: libzmq shows a message only when it is complete.
bool skip_parts(const ZmqSocket& from, uint64_t& wire_bytes) {
  for (bool more = true; more;) {
    ZmqMessage part;
    if (receive(part, from) != Got::kMessage) return false;
    wire_bytes += ConnectionWatch::wire_bytes(part.bytes().size());
    more = part.more();
  }
  return true;
}

}  // namespace

ZmqLoop::ZmqLoop(ZmqOptions options, ZmqHandlers handlers, ZmqOrders& orders, ZmqStats& stats)
    : self_(options.self),
      keys_{std::move(options.transport_secret), std::move(options.transport_public)},
      bind_endpoint_(std::move(options.bind_endpoint)),
      listen_fd_(options.listen_fd),
      handlers_(std::move(handlers)),
      orders_(orders),
      stats_(stats),
      epoll_fd_(::epoll_create1(EPOLL_CLOEXEC)) {}

ZmqLoop::~ZmqLoop() {
  sources_.clear();
  if (epoll_fd_ >= 0) ::close(epoll_fd_);
}

void ZmqLoop::start_threads() {
  const ZmqSocket first(context_, ZMQ_PAIR);
}

Result<std::string> ZmqLoop::open() {
  if (Result<void> r = watch(orders_.wake_fd(), 0); !r) return tl::unexpected(r.error());
  refresh_directory();
  TRY(auto zap, open_zap(context_));
  TRY_DO(add_source(Kind::kZap, self_, std::move(zap)));
  TRY(auto listener, open_listener(context_, keys_, bind_endpoint_, listen_fd_));
  TRY(auto monitor, open_monitor(context_, listener, "listener"));
  const std::string endpoint = listener.last_endpoint();
  TRY_DO(add_source(Kind::kListenerMonitor, self_, std::move(monitor)));
  TRY(const auto added, add_source(Kind::kListener, self_, std::move(listener)));
  listener_ = added;
  return endpoint;
}

Result<void> ZmqLoop::run() {
  Result<void> result = run_rounds();
  // Fail closed: whoever cannot be authenticated or read must not find an open door.
  if (listener_ != 0) remove_source(listener_);
  sources_.clear();
  orders_.close();
  return result;
}

Result<void> ZmqLoop::run_rounds() {
  while (!orders_.stopped()) {
    refresh_directory();
    if (peers_are_stale_) update_peers();
    reopen_due();
    look_at_connections();
    send_waiting();
    if (Result<void> r = serve_ready(); !r) return r;
    if (!orders_.flush()) pace_ = std::max(pace_, Pace::kPaused);
    if (Result<void> r = wait(); !r) return r;
  }
  return {};
}

Result<void> ZmqLoop::watch(int fd, SourceId id) {
  // Orders are not read to their end each time, so that they go on being news.
  const uint32_t edge = id == 0 ? 0 : static_cast<uint32_t>(EPOLLET);
  epoll_event event{.events = EPOLLIN | edge, .data = {.u64 = id}};
  if (epoll_fd_ >= 0 && fd >= 0 && ::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0) {
    return {};
  }
  return fail(Errc::kIo, std::string("cannot wait for a socket: ") + std::strerror(errno));
}

Result<ZmqLoop::SourceId> ZmqLoop::add_source(Kind kind, AgencyId peer, ZmqSocket socket) {
  const SourceId id = next_source_++;
  if (Result<void> r = watch(socket.fd(), id); !r) return tl::unexpected(r.error());
  sources_.emplace(id, Source{kind, peer, std::move(socket)});
  mark_ready(id);
  return id;
}

void ZmqLoop::remove_source(SourceId id) {
  const auto found = sources_.find(id);
  CHECK(found != sources_.end());
  CHECK(::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, found->second.socket.fd(), nullptr) == 0);
  sources_.erase(found);
}

void ZmqLoop::mark_ready(SourceId id) {
  const auto found = sources_.find(id);
  if (found == sources_.end() || found->second.is_ready) return;
  found->second.is_ready = true;
  ready_.push_back(id);
}

int ZmqLoop::wait_ms() const {
  if (pace_ == Pace::kBusy) return 0;
  if (pace_ == Pace::kPaused) return kPausedPollMs;
  const SteadyTime now = steady_clock::now();
  SteadyTime next = std::min(next_reopen_, now + ZmqOrders::kSleepMax);
  if (!watch_.empty()) next = std::min(next, next_look_);
  const auto left = std::chrono::ceil<milliseconds>(next - now);
  return std::max(0, static_cast<int>(left.count()));
}

Result<void> ZmqLoop::wait() {
  epoll_event events[64];
  const int count = ::epoll_wait(epoll_fd_, events, std::size(events), wait_ms());
  if (count < 0 && errno != EINTR) {
    return fail(Errc::kIo, std::string("epoll_wait: ") + std::strerror(errno));
  }
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 == 0) {
      orders_.clear_wake();
    } else {
      mark_ready(events[i].data.u64);
    }
  }
  return {};
}

// Serves every ready socket once; those that have more stay ready.
Result<void> ZmqLoop::serve_ready() {
  pace_ = Pace::kIdle;
  std::vector<SourceId> round;
  round.swap(ready_);
  for (SourceId id : round) {
    const auto found = sources_.find(id);
    if (found == sources_.end()) continue;  // closed since
    found->second.is_ready = false;
    const Drained drained = serve(found->second);
    if (drained == Drained::kFailed) {
      return fail(Errc::kIo, std::string("a socket failed: ") + zmq_strerror(zmq_errno()));
    }
    if (drained == Drained::kMore) pace_ = Pace::kBusy;
    if (drained == Drained::kPaused) pace_ = std::max(pace_, Pace::kPaused);
    if (drained != Drained::kEmpty) mark_ready(id);
  }
  return {};
}

ZmqLoop::Drained ZmqLoop::serve(Source& source) {
  switch (source.kind) {
    case Kind::kZap: return drain_zap(source);
    case Kind::kListener: return drain_listener(source);
    case Kind::kDealer: return drain_dealer(source);
    case Kind::kListenerMonitor:
    case Kind::kDealerMonitor: return drain_monitor(source);
  }
  CHECK(false);
}

ZmqLoop::Drained ZmqLoop::drain_zap(Source& source) {
  for (int n = 0; n < kFramesPerTurn; ++n) {
    std::vector<std::string> request;
    for (bool more = true; more;) {
      ZmqMessage part;
      const Got got = receive(part, source.socket);
      if (got == Got::kNothing && request.empty()) return Drained::kEmpty;
      if (got != Got::kMessage) return Drained::kFailed;
      request.emplace_back(part.bytes());
      more = part.more();
    }
    if (!answer_authentication(source.socket, request)) return Drained::kFailed;
  }
  return Drained::kMore;
}

bool ZmqLoop::answer_authentication(const ZmqSocket& zap, const std::vector<std::string>& request) {
  refresh_directory();
  const ZapAnswer answer = answer_zap(request, *directory_, self_);
  stats_.listener([&](ListenerStats& s) { ++s.zap[static_cast<size_t>(answer.verdict)]; });
  const SteadyTime now = steady_clock::now();
  if (answer.verdict != ZapVerdict::kAccepted && now >= next_refusal_log_) {
    next_refusal_log_ = now + kRefusalLogEvery;
    spdlog::warn("connection refused, {}: transport key with fingerprint {}", name(answer.verdict),
                 answer.key_print);
  }
  for (size_t i = 0; i < answer.frames.size(); ++i) {
    ZmqMessage part{std::string_view(answer.frames[i])};
    if (!part.send(zap, i + 1 < answer.frames.size() ? ZMQ_SNDMORE : 0)) return false;
  }
  return true;
}

ZmqLoop::Drained ZmqLoop::drain_listener(Source& source) {
  for (int n = 0; n < kFramesPerTurn; ++n) {
    if (!handlers_.may_receive()) return Drained::kPaused;
    ZmqMessage route, body;
    const Got got = receive(route, source.socket);
    if (got == Got::kNothing) return Drained::kEmpty;
    if (got == Got::kFailed || receive(body, source.socket) != Got::kMessage) {
      return Drained::kFailed;
    }
    const std::optional<bool> whole = take_whole(source, body);
    if (!whole) return Drained::kFailed;
    if (*whole) on_forward(route.bytes(), body);
  }
  return Drained::kMore;
}

ZmqLoop::Drained ZmqLoop::drain_dealer(Source& source) {
  for (int n = 0; n < kFramesPerTurn; ++n) {
    if (!handlers_.may_receive()) return Drained::kPaused;
    ZmqMessage body;
    const Got got = receive(body, source.socket);
    if (got == Got::kNothing) return Drained::kEmpty;
    if (got == Got::kFailed) return Drained::kFailed;
    const std::optional<bool> whole = take_whole(source, body);
    if (!whole) return Drained::kFailed;
    if (*whole) on_reply(source.peer, body);
  }
  return Drained::kMore;
}

// Whether the message that `first` begins has only this part; takes off the others. nullopt: the
// socket failed.
std::optional<bool> ZmqLoop::take_whole(const Source& source, const ZmqMessage& first) {
  uint64_t wire_bytes = ConnectionWatch::wire_bytes(first.bytes().size());
  const bool whole = !first.more();
  if (!whole && !skip_parts(source.socket, wire_bytes)) return std::nullopt;
  if (!whole) stats_.listener([](ListenerStats& s) { ++s.frames_malformed; });
  watch_.message_read(first.connection_fd(), wire_bytes);
  return whole;
}

// An event is two parts: number (16 bits) and value (32 bits) in this machine's order, and an
// address.
ZmqLoop::Drained ZmqLoop::drain_monitor(Source& source) {
  for (int n = 0; n < kFramesPerTurn; ++n) {
    ZmqMessage event;
    const Got got = receive(event, source.socket);
    if (got == Got::kNothing) return Drained::kEmpty;
    uint64_t ignored = 0;
    if (got == Got::kFailed || !skip_parts(source.socket, ignored)) return Drained::kFailed;
    uint16_t number = 0;
    int32_t value = 0;
    CHECK(event.bytes().size() >= sizeof(number) + sizeof(value));
    std::memcpy(&number, event.bytes().data(), sizeof(number));
    std::memcpy(&value, event.bytes().data() + sizeof(number), sizeof(value));
    on_event(source, number, value);
  }
  return Drained::kMore;
}

// The sender is who ZAP said when the connection was made, if the directory of now still gives that
// agency the key of then.
void ZmqLoop::on_forward(std::string_view route, const ZmqMessage& body) {
  refresh_directory();
  const std::optional<AgencyId> peer = AgencyId::parse(body.property("User-Id"));
  const auto print = peer ? key_prints_.find(*peer) : key_prints_.end();
  if (print == key_prints_.end() || print->second != body.property(kKeyProperty)) {
    stats_.listener([](ListenerStats& s) { ++s.frames_refused; });
    return;
  }
  routes_[*peer].assign(route);
  deliver(*peer, Lane::kForward, body);
}

// What comes in on our own connection was sent by the holder of the key pinned there.
void ZmqLoop::on_reply(AgencyId id, const ZmqMessage& body) {
  refresh_directory();
  const auto print = key_prints_.find(id);
  if (print == key_prints_.end() || print->second != peers_.at(id).key_print) {
    stats_.listener([](ListenerStats& s) { ++s.frames_refused; });
    return;
  }
  deliver(id, Lane::kReply, body);
}

void ZmqLoop::deliver(AgencyId peer, Lane lane, const ZmqMessage& body) {
  const Instant now = SystemClock().now();
  stats_.peer(peer, [&](TransportStats& s) {
    ++s.frames_in;
    s.bytes_in += body.bytes().size();
    s.last_frame_at = now;
  });
  handlers_.on_frame(peer, lane, std::string(body.bytes()));
}

}  // namespace jiexu
