#include "daemon/gate/gate.h"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <tuple>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/retry.h"
#include "daemon/gate/figures.h"

namespace jiexu {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kKeyBytes = 32;
// The gate reads without a pause, so that this is only reached if it hangs.
constexpr size_t kWaitingBytesMax = 256 << 20;
// What the gate may say in one message: a frame as libzmq lets it in.
constexpr size_t kSaidBytesMax = limits::kFrameBytesMax + 1024;
// Messages read before other things have their turn.
constexpr int kMessagesPerTurn = 64;

// What is worth the telling: frames given back, pieces of files; no receipt.
constexpr size_t kLongReplyBytes = 4096;
// A gate that lies may never say that they were taken.
constexpr size_t kHeldBytesMax = 128 << 20;

// How often may_receive is asked while it says no.
constexpr int kPausedPollMs = 1;

constexpr milliseconds kLookEvery{1000};
// A gate that says nothing for so many looks hangs: it speaks once a second. Looks, not seconds, so
// that a machine that slept does not put its own sleep down to the gate.
constexpr int kSilentLooksMax = 10;
// A gate that lived for less than this has failed; the next one waits, twice as long each time.
constexpr milliseconds kFailedBefore{1000};
constexpr milliseconds kRestMin{50}, kRestMax{1000};
// A peer with a name that is down for so many looks: another address, or the name again.
constexpr int kLooksPerAddress = 5;

// Of the gate's log, in a second and in a line.
constexpr int kLinesMax = 100;
constexpr size_t kLineBytesMax = 1024;

int poll_ms(steady_clock::time_point until) {
  const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
  return std::max(0, static_cast<int>(left.count()));
}

// tcp://host:port, which the directory has checked.
std::string host_of(const std::string& endpoint) {
  const size_t begin = endpoint.find("//") + 2;
  return endpoint.substr(begin, endpoint.rfind(':') - begin);
}

// On one line, and not too long.
std::string plain(std::string_view text) {
  std::string out(text.substr(0, kLineBytesMax));
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return out;
}

ChannelMessage message_of(ChannelKind kind, uint64_t version, std::string body) {
  ChannelMessage out;
  out.kind = kind;
  out.version = version;
  out.body = std::move(body);
  return out;
}

}  // namespace

Result<std::unique_ptr<Gate>> Gate::start(GateOptions options, GateHandlers handlers) {
  CHECK(handlers.on_frame && handlers.may_receive && handlers.on_connected);
  CHECK(options.directory != nullptr);
  if (options.transport_secret.size() != kKeyBytes ||
      options.transport_public.size() != kKeyBytes) {
    return fail(Errc::kInvalid, "the transport keys must be 32 bytes each");
  }
  TRY(auto process, GateProcess::of(options.program));
  TRY(auto listener, ListenSocket::open(options.listen));
  std::unique_ptr<Gate> gate(
      new Gate(std::move(options), std::move(handlers), std::move(listener), std::move(process)));
  if (gate->wake_fd_ < 0) return fail(Errc::kIo, "the system gives no more descriptors");
  std::future<Result<void>> started = gate->started_.get_future();
  try {
    gate->thread_ = std::thread([raw = gate.get()] { raw->run(); });
  } catch (const std::system_error& error) {
    return fail(Errc::kIo, std::string("the system gives no more threads: ") + error.what());
  }
  TRY_DO(started.get());
  return gate;
}

Gate::Gate(GateOptions options, GateHandlers handlers, ListenSocket listener, GateProcess process)
    : options_(std::move(options)),
      handlers_(std::move(handlers)),
      listener_(std::move(listener)),
      process_(std::move(process)),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  set_directory(options_.directory);
}

Gate::~Gate() {
  stop();
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

void Gate::stop() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

// One that fails wakes nobody, who looks by himself within a second.
void Gate::wake() {
  const uint64_t one = 1;
  std::ignore = uninterrupted([&] { return ::write(wake_fd_, &one, sizeof(one)); });
}

void Gate::send(AgencyId peer, Lane lane, FrameBytes frame) {
  CHECK(frame != nullptr);
  ChannelMessage head;
  head.lane = lane;
  head.peer = peer;
  bool left = false;
  {
    const std::lock_guard lock(out_mutex_);
    if (!writer_ || writer_->waiting_bytes() + frame->size() > kWaitingBytesMax) {
      return drop(peer);
    }
    const bool first = writer_->waiting_bytes() == 0;
    head.version = hold(lane, frame);
    writer_->push(head, std::move(frame));
    // What others left is written by the channel's thread, which knows of it.
    left = first && writer_->flush() == ChannelWriter::Flushed::kSome;
  }
  if (left) wake();
}

// The frame's number, if it is kept until the peer has taken it; else 0.
uint64_t Gate::hold(Lane lane, const FrameBytes& frame) {
  const bool is_long = lane == Lane::kReply && frame->size() >= kLongReplyBytes;
  if (!is_long || held_bytes_ + frame->size() > kHeldBytesMax) return 0;
  held_bytes_ += frame->size();
  held_.emplace(++last_number_, frame);
  return last_number_;
}

void Gate::let_go(const std::vector<uint64_t>& taken) {
  const std::lock_guard lock(out_mutex_);
  for (const uint64_t number : taken) {
    const auto found = held_.find(number);
    if (found == held_.end()) continue;
    held_bytes_ -= found->second->size();
    held_.erase(found);
  }
}

void Gate::drop(AgencyId peer) {
  const std::lock_guard lock(mutex_);
  ++peers_[peer].before.frames_dropped;
}

void Gate::set_directory(std::shared_ptr<const Directory> directory) {
  CHECK(directory != nullptr);
  {
    const std::lock_guard lock(mutex_);
    ++version_;
    std::map<AgencyId, Known> known;
    for (const Agency& agency : directory->agencies()) {
      if (agency.id == options_.self || agency.by_mail) continue;
      const auto before = known_.find(agency.id);
      const bool same = before != known_.end() && before->second.key == agency.transport_key;
      known[agency.id] = {agency.transport_key, same ? before->second.since : version_};
    }
    known_ = std::move(known);
    directory_ = std::move(directory);
  }
  peers_changed_ = true;
  wake();
}

TransportStats Gate::stats(AgencyId peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(peer);
  return found == peers_.end() ? TransportStats() : sum(found->second.before, found->second.now);
}

ListenerStats Gate::listener_stats() const {
  const std::lock_guard lock(mutex_);
  return sum(listener_figures_.before, listener_figures_.now);
}

std::optional<std::chrono::steady_clock::time_point> Gate::down_since() const {
  const std::lock_guard lock(mutex_);
  return down_since_;
}

// --- the channel's thread ---

void Gate::run() {
  pthread_setname_np(pthread_self(), "jiexu-channel");
  while (!stopping_) {
    const SteadyTime began = steady_clock::now();
    const bool came_up = run_once();
    if (stopping_ || !has_started_) return have_started(fail(Errc::kIo, "stopped"));
    ++restarts_;
    failures_ = came_up && steady_clock::now() - began > kFailedBefore ? 0 : failures_ + 1;
    rest(began);
  }
}

// Whether the process was there at all.
bool Gate::run_once() {
  if (Result<void> done = open(); !done) {
    spdlog::error("{}", done.error().text);
    have_started(std::move(done));
    return false;
  }
  const End how = serve();
  const char* const why = how == End::kBroken   ? ": what it says is no message"
                          : how == End::kSilent ? ": it hangs"
                                                : "";
  close();
  const std::string ended = process_.end();
  if (stopping_) return true;
  spdlog::error("the gate has ended, {}{}; it is started again, {} times now", ended, why,
                restarts_ + 1);
  have_started(fail(Errc::kIo, "the gate has ended as it started, " + ended));
  return true;
}

void Gate::have_started(Result<void> how) {
  if (has_started_) return;
  const bool up = how.has_value();
  try {
    started_.set_value(std::move(how));
  } catch (const std::future_error&) {
    return;  // said before
  }
  has_started_ = up;
}

void Gate::rest(SteadyTime began) {
  if (failures_ == 0) return;
  const milliseconds pause =
      std::min<milliseconds>(kRestMax, kRestMin * (1 << std::min(failures_ - 1, 8)));
  while (!stopping_) {
    pollfd news{wake_fd_, POLLIN, 0};
    const int left = poll_ms(began + pause);
    if (left == 0) return;
    if (::poll(&news, 1, left) > 0) {
      uint64_t count = 0;
      std::ignore = uninterrupted([&] { return ::read(wake_fd_, &count, sizeof(count)); });
    }
  }
}

Result<void> Gate::open() {
  {
    const std::lock_guard lock(mutex_);
    if (!down_since_) down_since_ = steady_clock::now();
  }
  TRY_DO(process_.start(listener_.fd()));
  pid_ = process_.pid();
  reader_.emplace(process_.channel(), kSaidBytesMax);
  ChannelMessage start =
      message_of(ChannelKind::kStart, kChannelVersion,
                 encode_keys(options_.transport_secret, options_.transport_public));
  start.peer = options_.self;
  const std::lock_guard lock(out_mutex_);
  writer_.emplace(process_.channel());
  writer_->push(std::move(start));
  peers_changed_ = true;
  is_deaf_ = false;
  heard_ = true;
  silent_looks_ = 0;
  return {};
}

void Gate::close() {
  pid_ = -1;
  {
    const std::lock_guard lock(out_mutex_);
    writer_.reset();
    held_.clear();
    held_bytes_ = 0;
  }
  const std::lock_guard lock(mutex_);
  for (auto& [peer, figures] : peers_) {
    figures.before = sum(figures.before, figures.now);
    figures.before.connection = ConnectionState::kDown;
    figures.now = {};
  }
  listener_figures_.before = sum(listener_figures_.before, listener_figures_.now);
  listener_figures_.now = {};
  if (!down_since_) down_since_ = steady_clock::now();
}

Gate::End Gate::serve() {
  while (!stopping_) {
    if (peers_changed_.exchange(false)) tell_peers();
    flush();
    wait();
    if (const End end = read_channel(); end != End::kStopped) return end;
    if (!tend()) return End::kSilent;
  }
  return End::kStopped;
}

// Whoever started us waits to hear that the gate is there, and takes no frames before.
bool Gate::may_read() const {
  return !has_started_ || handlers_.may_receive();
}

void Gate::wait() {
  paused_ = !may_read();
  bool writes = false;
  {
    const std::lock_guard lock(out_mutex_);
    writes = writer_->waiting_bytes() > 0 && !is_deaf_;
  }
  waiting_.clear();
  waiting_.push_back({wake_fd_, POLLIN, 0});
  const int events = (paused_ ? 0 : POLLIN) | (writes ? POLLOUT : 0);
  // Without an event one would be told all the time that the other end has gone.
  if (events != 0) waiting_.push_back({process_.channel(), static_cast<short>(events), 0});
  names_.add_to(waiting_);
  const int at_most = paused_ ? kPausedPollMs : more_ ? 0 : poll_ms(next_look_);
  if (::poll(waiting_.data(), waiting_.size(), names_.wait_ms(at_most)) <= 0) return;
  if (waiting_[0].revents == 0) return;
  uint64_t count = 0;
  std::ignore = uninterrupted([&] { return ::read(wake_fd_, &count, sizeof(count)); });
}

Gate::End Gate::read_channel() {
  more_ = true;
  for (int n = 0; n < kMessagesPerTurn; ++n) {
    if (!may_read()) return End::kStopped;
    ChannelMessage message;
    switch (reader_->next(message)) {
      case ChannelReader::Got::kNothing: more_ = false; return End::kStopped;
      case ChannelReader::Got::kEnd: return End::kChannelEnded;
      case ChannelReader::Got::kBroken: return End::kBroken;
      case ChannelReader::Got::kMessage: break;
    }
    heard_ = true;
    if (const End end = treat(message); end != End::kStopped) return end;
  }
  return End::kStopped;
}

Gate::End Gate::treat(ChannelMessage& message) {
  switch (message.kind) {
    case ChannelKind::kFrame: deliver(message); break;
    case ChannelKind::kConnected:
      if (is_let_in(message)) handlers_.on_connected(message.peer);
      break;
    case ChannelKind::kReady: {
      have_started({});
      const std::lock_guard lock(mutex_);
      down_since_.reset();
      break;
    }
    case ChannelKind::kFailed:
      log_line(message);
      have_started(fail(Errc::kIo, "the gate cannot work: " + plain(message.body)));
      break;
    case ChannelKind::kPeerFigures: {
      const auto figures = decode_transport_stats(message.body);
      if (!figures) return End::kBroken;
      const std::lock_guard lock(mutex_);
      if (known_.contains(message.peer)) peers_[message.peer].now = *figures;
      break;
    }
    case ChannelKind::kListenerFigures: {
      const auto figures = decode_listener_stats(message.body);
      if (!figures) return End::kBroken;
      const std::lock_guard lock(mutex_);
      listener_figures_.now = *figures;
      break;
    }
    case ChannelKind::kLog: log_line(message); break;
    case ChannelKind::kTaken: {
      const auto taken = decode_numbers(message.body);
      if (!taken) return End::kBroken;
      let_go(*taken);
      break;
    }
    case ChannelKind::kStart:
    case ChannelKind::kPeers: return End::kBroken;
  }
  return End::kStopped;
}

// By the directory of this moment: the gate may not have been told of it yet.
bool Gate::is_let_in(const ChannelMessage& message) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(message.peer);
  return known != known_.end() && message.version >= known->second.since;
}

void Gate::deliver(ChannelMessage& message) {
  if (is_let_in(message)) {
    return handlers_.on_frame(message.peer, message.lane, std::move(message.body));
  }
  const std::lock_guard lock(mutex_);
  ++listener_figures_.before.frames_refused;
}

// The gate's own words, and few of them: it may have become somebody else's.
void Gate::log_line(const ChannelMessage& message) {
  if (++lines_ > kLinesMax) return;
  const auto level = message.lane == Lane::kForward ? spdlog::level::info : spdlog::level::warn;
  spdlog::log(level, "gate: {}", plain(message.body));
}

// Of a gate that has gone, what it said last is read all the same.
void Gate::flush() {
  const std::lock_guard lock(out_mutex_);
  if (!is_deaf_) is_deaf_ = writer_->flush() == ChannelWriter::Flushed::kBroken;
}

// False: the gate hangs.
bool Gate::tend() {
  const SteadyTime now = steady_clock::now();
  if (names_.tend(waiting_, now)) peers_changed_ = true;
  if (now < next_look_) return true;
  next_look_ = now + kLookEvery;
  lines_ = 0;
  silent_looks_ = heard_ || paused_ ? 0 : silent_looks_ + 1;
  heard_ = false;
  look_at_names(now);
  return silent_looks_ < kSilentLooksMax;
}

void Gate::look_at_names(SteadyTime now) {
  for (auto& [peer, named] : named_) {
    const bool up = stats(peer).connection == ConnectionState::kUp;
    named.looks_down = up ? 0 : named.looks_down + 1;
    if (named.looks_down < kLooksPerAddress) continue;
    named.looks_down = 0;
    names_.has_failed(named.host, now);
  }
}

void Gate::tell_peers() {
  std::shared_ptr<const Directory> directory;
  uint64_t version = 0;
  {
    const std::lock_guard lock(mutex_);
    directory = directory_;
    version = version_;
  }
  std::set<std::string> hosts;
  std::map<AgencyId, Named> named;
  for (const Agency& agency : directory->agencies()) {
    if (agency.by_mail || agency.id == options_.self) continue;
    const std::string host = host_of(agency.endpoint);
    if (Names::is_address(host)) continue;
    hosts.insert(host);
    const auto before = named_.find(agency.id);
    named[agency.id] = {host, before == named_.end() ? 0 : before->second.looks_down};
  }
  named_ = std::move(named);
  names_.want(hosts, steady_clock::now());
  std::vector<Agency> agencies;
  for (const Agency& agency : directory->agencies()) {
    if (agency.by_mail) continue;
    Agency& told = agencies.emplace_back();
    told.id = agency.id;
    told.transport_key = agency.transport_key;
    told.endpoint = resolved(agency);
  }
  const std::lock_guard lock(out_mutex_);
  writer_->push(message_of(ChannelKind::kPeers, version, encode_peers(agencies)));
}

// Empty: where it is is not known yet.
std::string Gate::resolved(const Agency& agency) {
  const auto named = named_.find(agency.id);
  if (named == named_.end()) return agency.endpoint;
  const std::optional<std::string> address = names_.address(named->second.host);
  if (!address) return "";
  return "tcp://" + *address + agency.endpoint.substr(agency.endpoint.rfind(':'));
}

}  // namespace jiexu
