#include "tests/link/holding_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "daemon/base/check.h"

namespace jiexu {
namespace {

constexpr int kLookMs = 20;  // how soon a relay hears that it should stop

sockaddr_in loopback(uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

int tcp_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  return fd;
}

// One way. False when this way has ended.
bool pass(int from, int to, uint64_t& left) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(from, buffer.data(), std::min<uint64_t>(buffer.size(), left), 0);
  if (got <= 0) return false;
  left -= static_cast<uint64_t>(got);
  for (ssize_t done = 0; done < got;) {
    const ssize_t sent = ::send(to, buffer.data() + done, got - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += sent;
  }
  return true;
}

}  // namespace

HoldingRelay::HoldingRelay(uint16_t to_port, uint64_t bytes_each_way, uint16_t port)
    : to_port_(to_port), bytes_each_way_(bytes_each_way), listener_(tcp_socket()) {
  const int yes = 1;
  CHECK(::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0);
  sockaddr_in here = loopback(port);
  socklen_t size = sizeof(here);
  CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&here), size) == 0);
  CHECK(::listen(listener_, 1) == 0);
  CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) == 0);
  port_ = ntohs(here.sin_port);
  thread_ = std::thread([this] { run(); });
}

HoldingRelay::~HoldingRelay() {
  stop_ = true;
  thread_.join();
}

void HoldingRelay::run() {
  pollfd caller{listener_, POLLIN, 0};
  while (!stop_ && ::poll(&caller, 1, kLookMs) == 0) {
  }
  const int near = stop_ ? -1 : ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  ::close(listener_);
  if (near < 0) return;
  const int far = tcp_socket();
  const sockaddr_in to = loopback(to_port_);
  if (::connect(far, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) relay(near, far);
  ::close(far);
  ::close(near);
}

void HoldingRelay::relay(int near, int far) const {
  uint64_t left_out = bytes_each_way_, left_back = bytes_each_way_;
  bool open = true;
  while (open && !stop_) {
    // Without POLLIN one is still told that the other end has gone.
    pollfd ends[2] = {{near, static_cast<short>(left_out > 0 ? POLLIN : 0), 0},
                      {far, static_cast<short>(left_back > 0 ? POLLIN : 0), 0}};
    if (::poll(ends, 2, kLookMs) < 0) return;
    if (ends[0].revents != 0) open = left_out > 0 && pass(near, far, left_out);
    if (open && ends[1].revents != 0) open = left_back > 0 && pass(far, near, left_back);
  }
}

}  // namespace jiexu
