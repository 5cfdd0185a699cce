#include "tests/faults/bad_path.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "daemon/base/check.h"

namespace jiexu::faults {
namespace {

constexpr int kLookMs = 20;  // how soon a thread hears that it should stop

sockaddr_in on_loopback(uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

int stream_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(fd >= 0);
  return fd;
}

int listening_socket(uint16_t port) {
  const int fd = stream_socket();
  const int yes = 1;
  const sockaddr_in here = on_loopback(port);
  CHECK(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0);
  CHECK(::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof(here)) == 0);
  CHECK(::listen(fd, 64) == 0);
  return fd;
}

// One step of a linear congruential generator (Knuth): where the harm is done.
size_t draw(uint64_t& random, size_t below) {
  random = random * 6364136223846793005u + 1442695040888963407u;
  return (random >> 33) % below;
}

}  // namespace

BadPath::BadPath(uint16_t port, uint16_t to_port)
    : to_port_(to_port), listener_(listening_socket(port)), thread_([this] { run(); }) {}

BadPath::~BadPath() {
  stop_ = true;
  thread_.join();
  ::close(listener_);
}

void BadPath::run() {
  while (!stop_) {
    pollfd caller{listener_, POLLIN, 0};
    if (::poll(&caller, 1, kLookMs) <= 0) continue;
    const int near = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (near >= 0) connections_.emplace_back([this, near] { relay(near); });
  }
  for (std::thread& connection : connections_) connection.join();
}

void BadPath::relay(int near) {
  const int far = stream_socket();
  const sockaddr_in to = on_loopback(to_port_);
  bool open = ::connect(far, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  auto random = static_cast<uint64_t>(near) * 2654435761u + harmed_;
  while (open && !stop_) {
    pollfd ends[2] = {{near, POLLIN, 0}, {far, POLLIN, 0}};
    if (::poll(ends, 2, kLookMs) < 0) break;
    if (ends[0].revents != 0) open = pass(near, far, random);
    if (open && ends[1].revents != 0) open = pass(far, near, random, true);
  }
  ::close(far);
  ::close(near);
}

// One way. False when the connection has ended.
bool BadPath::pass(int from, int to, uint64_t& random, bool back) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  std::string bytes(buffer.data(), static_cast<size_t>(got));
  const bool fits = next_ != Harm::kLength || (back && (bytes[0] == '\0' || bytes[0] == '\2'));
  const Harm harm = fits ? next_.exchange(Harm::kNone) : Harm::kNone;
  const size_t at = draw(random, bytes.size());
  if (harm != Harm::kNone) ++harmed_;
  if (harm == Harm::kCut) return false;
  if (harm == Harm::kFlip) bytes[at] ^= static_cast<char>(1 << draw(random, 8));
  // A long frame of ZMTP (RFC 23): flags, then eight bytes of length.
  if (harm == Harm::kLength) bytes.replace(0, 1, "\2" + std::string(8, '\x7f'));
  if (harm == Harm::kInsert) bytes.insert(at, 1, static_cast<char>(draw(random, 256)));
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t sent = ::send(to, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace jiexu::faults
