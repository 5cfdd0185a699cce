#include "daemon/link/zmq_mailbox.h"

#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>

#include "daemon/base/check.h"
#include "daemon/base/retry.h"

namespace jiexu {
namespace {

// The thread empties the queue each time round, so that this is only reached if it hangs.
constexpr size_t kWaitingBytesMax = 256 << 20;

}  // namespace

ZmqMailbox::ZmqMailbox(std::shared_ptr<const Directory> directory)
    : wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), directory_(std::move(directory)) {}

ZmqMailbox::~ZmqMailbox() {
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

// One wake-up for a whole queue: who finds frames waiting knows that the thread was woken for them.
bool ZmqMailbox::push(OutgoingFrame frame) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || bytes_ + frame.bytes->size() > kWaitingBytesMax) return false;
    first = frames_.empty();
    bytes_ += frame.bytes->size();
    frames_.push_back(std::move(frame));
  }
  if (first) wake();
  return true;
}

void ZmqMailbox::set_directory(std::shared_ptr<const Directory> directory) {
  {
    const std::lock_guard lock(mutex_);
    directory_ = std::move(directory);
    directory_version_.fetch_add(1, std::memory_order_release);
  }
  wake();
}

void ZmqMailbox::stop() {
  stopped_.store(true, std::memory_order_release);
  wake();
}

void ZmqMailbox::wake() {
  const uint64_t one = 1;
  const ssize_t size = uninterrupted([&] { return ::write(wake_fd_, &one, sizeof(one)); });
  // EAGAIN: so many wake-ups are waiting that one more changes nothing. After any other failure the
  // thread looks by itself, within kSleepMax.
  if (size >= 0 || errno == EAGAIN) return;
  if (wake_failed_.exchange(true)) return;
  spdlog::error("the transport's thread cannot be woken and looks once a second: {}",
                std::strerror(errno));
}

void ZmqMailbox::clear_wake() {
  uint64_t count = 0;
  // Nothing to read is no failure: the descriptor does not block.
  std::ignore = uninterrupted([&] { return ::read(wake_fd_, &count, sizeof(count)); });
}

void ZmqMailbox::take(std::vector<OutgoingFrame>& frames) {
  CHECK(frames.empty());
  const std::lock_guard lock(mutex_);
  frames.swap(frames_);
  bytes_ = 0;
}

std::shared_ptr<const Directory> ZmqMailbox::directory() const {
  const std::lock_guard lock(mutex_);
  return directory_;
}

void ZmqMailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  frames_.clear();
}

TransportStats ZmqStats::peer(AgencyId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(id);
  return found == peers_.end() ? TransportStats{} : found->second;
}

std::map<AgencyId, TransportStats> ZmqStats::peers() const {
  const std::lock_guard lock(mutex_);
  return peers_;
}

ListenerStats ZmqStats::listener() const {
  const std::lock_guard lock(mutex_);
  return listener_;
}

}  // namespace jiexu
