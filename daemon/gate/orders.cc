#include "daemon/gate/orders.h"

#include <poll.h>

#include <atomic>
#include <mutex>

#include "daemon/base/limits.h"
#include "daemon/gate/confinement.h"
#include "daemon/gate/figures.h"

namespace jiexu {
namespace {

using std::chrono::steady_clock;

// What the daemon may say in one message: the whole directory.
constexpr size_t kOrderBytesMax = 64 << 20;
// Of the channel, before sockets have their turn.
constexpr size_t kTakenBytesMax = 4 << 20;
// What waits for the daemon besides what the socket holds: a few frames.
constexpr size_t kUnreadBytes = 1 << 20;
// What libzmq holds for peers that have not taken it yet: a hundred windows. When that is full, a
// peer still has room for one frame, so that those that are slow cost the others nothing.
constexpr size_t kHeldBytesMax = 512 << 20;
constexpr size_t kHeldPeerBytes = limits::kFrameBytesMax;
static_assert(kGateAddressBytes > 2 * (kHeldBytesMax + limits::kUnreadBytesSumMax));

// How soon new figures are shown; a connection that came up, at once.
constexpr std::chrono::milliseconds kFiguresEvery{1000};

}  // namespace

// What libzmq holds of frames. It lets go of them on its own thread.
struct ChannelOrders::Held {
  std::atomic<size_t> bytes{0};
  std::mutex mutex;
  std::vector<uint64_t> taken;  // numbers that the daemon waits for

  void let_go(uint64_t number) {
    if (number == 0) return;
    const std::lock_guard lock(mutex);
    taken.push_back(number);
  }
};

ChannelOrders::ChannelOrders(int channel_fd, ZmqStats& stats)
    : channel_(channel_fd),
      stats_(stats),
      reader_(channel_fd, kOrderBytesMax),
      writer_(channel_fd),
      held_(std::make_shared<Held>()) {}

bool ChannelOrders::await_start(ZmqOptions& out) {
  bool started = false;
  while (!started || directories_ == 0) {
    ChannelMessage message;
    const ChannelReader::Got got = reader_.next(message);
    pollfd news{channel_, POLLIN, 0};
    if (got == ChannelReader::Got::kNothing && ::poll(&news, 1, -1) >= 0) continue;
    if (got != ChannelReader::Got::kMessage) return false;
    if (message.kind == ChannelKind::kPeers) take_peers(message);
    if (message.kind != ChannelKind::kStart) continue;
    if (message.version != kChannelVersion || message.body.size() != 64) return false;
    out.self = message.peer;
    out.transport_secret = message.body.substr(0, 32);
    out.transport_public = message.body.substr(32);
    started = true;
  }
  out.directory = directory_;
  return true;
}

void ChannelOrders::say(ChannelKind kind, std::string body) {
  ChannelMessage message;
  message.kind = kind;
  message.body = std::move(body);
  writer_.push(std::move(message));
}

void ChannelOrders::say_connected(AgencyId peer) {
  ChannelMessage message;
  message.kind = ChannelKind::kConnected;
  message.peer = peer;
  message.version = peers_version_;
  writer_.push(std::move(message));
  next_figures_ = {};
}

void ChannelOrders::log(bool is_warning, std::string line) {
  if (!has_room()) return;
  ChannelMessage message;
  message.kind = ChannelKind::kLog;
  message.lane = is_warning ? Lane::kReply : Lane::kForward;
  message.body = std::move(line);
  writer_.push(std::move(message));
}

void ChannelOrders::pass_on(AgencyId peer, Lane lane, std::string frame) {
  ChannelMessage message;
  message.lane = lane;
  message.peer = peer;
  message.version = peers_version_;
  message.body = std::move(frame);
  writer_.push(std::move(message));
}

bool ChannelOrders::has_room() const {
  return writer_.waiting_bytes() < kUnreadBytes;
}

void ChannelOrders::take(std::vector<OutgoingFrame>& frames) {
  for (size_t bytes = 0; has_news_ && !stopped_ && bytes < kTakenBytesMax;) {
    ChannelMessage message;
    switch (reader_.next(message)) {
      case ChannelReader::Got::kMessage: break;
      case ChannelReader::Got::kNothing: has_news_ = false; return;
      case ChannelReader::Got::kEnd:
      case ChannelReader::Got::kBroken: stopped_ = true; return;
    }
    bytes += message.body.size();
    treat(message, frames);
  }
}

void ChannelOrders::treat(ChannelMessage& message, std::vector<OutgoingFrame>& frames) {
  if (message.kind == ChannelKind::kFrame) take_frame(message, frames);
  if (message.kind == ChannelKind::kPeers) take_peers(message);
}

void ChannelOrders::take_frame(ChannelMessage& message, std::vector<OutgoingFrame>& frames) {
  std::shared_ptr<Held>& own = held_of_[message.peer];
  if (own == nullptr) own = std::make_shared<Held>();
  const size_t size = message.body.size();
  if (held_->bytes + size > kHeldBytesMax && own->bytes + size > kHeldPeerBytes) {
    held_->let_go(message.version);
    return stats_.peer(message.peer, [](TransportStats& s) { ++s.frames_dropped; });
  }
  held_->bytes += size;
  own->bytes += size;
  const auto let_go = [all = held_, own, size, number = message.version](const std::string* bytes) {
    delete bytes;
    all->bytes -= size;
    own->bytes -= size;
    all->let_go(number);
  };
  FrameBytes frame(new std::string(std::move(message.body)), let_go);
  frames.push_back({message.peer, message.lane, std::move(frame)});
}

void ChannelOrders::take_peers(const ChannelMessage& message) {
  auto agencies = decode_peers(message.body);
  if (!agencies) {
    stopped_ = true;
    return;
  }
  for (Agency& agency : *agencies) {
    if (agency.endpoint.empty()) agency.endpoint = kUnknownEndpoint;
    // A directory has these, and a carrier does not look at them.
    agency.name = agency.id.str();
    agency.signing_keys = {PublicKey{SuiteId::kEd25519, agency.transport_key}};
  }
  auto directory = Directory::make(std::move(*agencies));
  if (!directory) {
    log(true, directory.error().text);
    stopped_ = true;
    return;
  }
  directory_ = std::move(*directory);
  ++directories_;
  peers_version_ = message.version;
  std::erase_if(held_of_, [&](const auto& held) { return !directory_->find(held.first); });
  std::erase_if(shown_, [&](const auto& shown) { return !directory_->find(shown.first); });
}

bool ChannelOrders::flush() {
  show_taken();
  show_figures();
  const ChannelWriter::Flushed done = writer_.flush();
  if (done == ChannelWriter::Flushed::kBroken) stopped_ = true;
  return done != ChannelWriter::Flushed::kSome;
}

void ChannelOrders::show_taken() {
  std::vector<uint64_t> taken;
  {
    const std::lock_guard lock(held_->mutex);
    taken.swap(held_->taken);
  }
  if (!taken.empty()) say(ChannelKind::kTaken, encode_numbers(taken));
}

void ChannelOrders::show_figures() {
  const SteadyTime now = steady_clock::now();
  if (now < next_figures_ || !has_room()) return;
  next_figures_ = now + kFiguresEvery;
  for (const auto& [peer, figures] : stats_.peers()) {
    std::string said = encode(figures);
    if (std::string& before = shown_[peer]; before != said) {
      ChannelMessage message;
      message.kind = ChannelKind::kPeerFigures;
      message.peer = peer;
      message.body = before = said;
      writer_.push(std::move(message));
    }
  }
  say(ChannelKind::kListenerFigures, encode(stats_.listener()));
}

}  // namespace jiexu
