// The peers of the transport's thread: connecting to them, following the directory, sending.
#include <spdlog/spdlog.h>

#include "daemon/base/check.h"
#include "daemon/link/zmq_loop.h"

namespace jiexu {
namespace {

using std::chrono::steady_clock;

// libzmq gives up for good on a connection whose handshake was refused, though the peer's directory
// may learn our key at any moment, and on one that brought bytes which are no frame (of those it
// tells by a disconnection alone). So we start afresh if it has not connected again by then.
constexpr std::chrono::milliseconds kReopenAfter{1000};

constexpr std::chrono::milliseconds kCutLogEvery{1000};

}  // namespace

// Frames that are sent are counted by peer under one lock each; batches are small.
void ZmqLoop::send_waiting() {
  orders_.take(sending_);
  for (const OutgoingFrame& frame : sending_) {
    const bool sent = frame.lane == Lane::kForward ? send_forward(frame) : send_reply(frame);
    stats_.peer(frame.peer, [&](TransportStats& s) {
      s.frames_out += sent ? 1 : 0;
      s.bytes_out += sent ? frame.bytes->size() : 0;
      s.frames_dropped += sent ? 0 : 1;
    });
  }
  sending_.clear();
}

bool ZmqLoop::send_forward(const OutgoingFrame& frame) {
  const auto peer = peers_.find(frame.peer);
  if (peer == peers_.end() || peer->second.dealer == 0) return false;
  mark_ready(peer->second.dealer);
  return ZmqMessage(frame.bytes).send(sources_.at(peer->second.dealer).socket);
}

// ROUTER_MANDATORY makes the first part fail if that connection is gone or its queue is full.
bool ZmqLoop::send_reply(const OutgoingFrame& frame) {
  const auto route = routes_.find(frame.peer);
  if (route == routes_.end()) return false;
  mark_ready(listener_);
  const ZmqSocket& listener = sources_.at(listener_).socket;
  return ZmqMessage(std::string_view(route->second)).send(listener, ZMQ_SNDMORE) &&
         ZmqMessage(frame.bytes).send(listener);
}

// Takes a new directory into account for everything that is let in or out; sockets follow in
// update_peers(), because one of them may be in use right now.
void ZmqLoop::refresh_directory() {
  const uint64_t version = orders_.directory_version();
  if (version == directory_version_) return;
  directory_version_ = version;
  directory_ = orders_.directory();
  key_prints_.clear();
  for (const Agency& agency : directory_->agencies()) {
    if (agency.id != self_) key_prints_[agency.id] = key_fingerprint(agency.transport_key);
  }
  std::erase_if(routes_, [&](const auto& route) {
    const auto peer = peers_.find(route.first);
    const auto print = key_prints_.find(route.first);
    return print == key_prints_.end() || peer == peers_.end() ||
           print->second != peer->second.key_print;
  });
  peers_are_stale_ = true;
}

void ZmqLoop::update_peers() {
  peers_are_stale_ = false;
  for (auto it = peers_.begin(); it != peers_.end();) {
    auto& [id, peer] = *it;
    const Agency* agency = directory_->find(id);
    const bool same =
        agency && agency->endpoint == peer.endpoint && key_prints_.at(id) == peer.key_print;
    if (!same) close_sockets(id, peer);
    it = same ? std::next(it) : peers_.erase(it);
  }
  for (const Agency& agency : directory_->agencies()) {
    if (agency.id != self_ && !peers_.contains(agency.id)) open_peer(agency);
  }
}

void ZmqLoop::open_peer(const Agency& agency) {
  Peer& peer = peers_[agency.id];
  peer.key_print = key_prints_.at(agency.id);
  peer.endpoint = agency.endpoint;
  peer.reopen_at.reset();
  if (agency.endpoint == kUnknownEndpoint) return;
  if (Result<void> r = open_sockets(agency, peer); !r) {
    spdlog::error("peer {}: {}", agency.id.text(), r.error().text);
    close_sockets(agency.id, peer);
    reopen_later(peer);
  }
}

Result<void> ZmqLoop::open_sockets(const Agency& agency, Peer& peer) {
  TRY(auto dealer, open_connector(context_, keys_, agency.transport_key));
  const std::string name = "peer-" + std::to_string(next_source_);
  TRY(auto monitor, open_monitor(context_, dealer, name));
  if (Result<void> r = connect(dealer, agency.endpoint); !r) return r;
  TRY(const auto watched, add_source(Kind::kDealerMonitor, agency.id, std::move(monitor)));
  peer.monitor = watched;
  TRY(const auto added, add_source(Kind::kDealer, agency.id, std::move(dealer)));
  peer.dealer = added;
  return {};
}

void ZmqLoop::close_sockets(AgencyId id, Peer& peer) {
  if (peer.dealer != 0) remove_source(std::exchange(peer.dealer, 0));
  if (peer.monitor != 0) remove_source(std::exchange(peer.monitor, 0));
  watch_.closed(std::exchange(peer.connection_fd, -1));  // nobody is left to tell of it
  stats_.peer(id, [](TransportStats& s) { s.connection = ConnectionState::kDown; });
}

void ZmqLoop::reopen_later(Peer& peer) {
  peer.reopen_at = steady_clock::now() + kReopenAfter;
  next_reopen_ = std::min(next_reopen_, *peer.reopen_at);
}

void ZmqLoop::reopen_due() {
  const SteadyTime now = steady_clock::now();
  if (now < next_reopen_) return;
  next_reopen_ = SteadyTime::max();
  for (auto& [id, peer] : peers_) {
    if (peer.reopen_at && *peer.reopen_at <= now) {
      close_sockets(id, peer);
      open_peer(*directory_->find(id));
    }
    if (peer.reopen_at) next_reopen_ = std::min(next_reopen_, *peer.reopen_at);
  }
}

void ZmqLoop::report(const ConnectionWatch::Cut& cut) {
  stats_.listener([&](ListenerStats& s) { ++s.cut[static_cast<size_t>(cut.reason)]; });
  const SteadyTime now = steady_clock::now();
  if (now < next_cut_log_) return;
  next_cut_log_ = now + kCutLogEvery;
  spdlog::warn("connection with {} cut, {}: {} bytes of it are not read", cut.address,
               name(cut.reason), cut.unread_bytes);
}

void ZmqLoop::look_at_connections() {
  const SteadyTime now = steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + ConnectionWatch::kLookEvery;
  for (const ConnectionWatch::Cut& cut : watch_.look(now)) report(cut);
}

// `value` is the connection's descriptor for the events of opening and closing.
void ZmqLoop::on_event(const Source& monitor, uint16_t event, int32_t value) {
  if (event == ZMQ_EVENT_ACCEPTED || event == ZMQ_EVENT_CONNECTED) {
    const auto side =
        event == ZMQ_EVENT_ACCEPTED ? ConnectionWatch::Side::kTheirs : ConnectionWatch::Side::kOurs;
    if (monitor.kind == Kind::kDealerMonitor) {
      peers_.at(monitor.peer).connection_fd = value;
      peers_.at(monitor.peer).reopen_at.reset();
    }
    if (const auto cut = watch_.opened(value, side, steady_clock::now())) report(*cut);
    return;
  }
  if (event == ZMQ_EVENT_DISCONNECTED && watch_.closed(value)) {
    stats_.listener([](ListenerStats& s) { ++s.strangers; });
  }
  const bool is_failure =
      (event & (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)) != 0;
  if (monitor.kind == Kind::kListenerMonitor) {
    stats_.listener([&](ListenerStats& s) { s.handshake_failures += is_failure ? 1 : 0; });
    return;
  }
  const bool is_up = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
  stats_.peer(monitor.peer, [&](TransportStats& s) {
    s.connection = is_up ? ConnectionState::kUp : ConnectionState::kDown;
    s.handshake_failures += is_failure ? 1 : 0;
  });
  if (!is_up) reopen_later(peers_.at(monitor.peer));
  if (is_up) handlers_.on_connected(monitor.peer);
}

}  // namespace jiexu
