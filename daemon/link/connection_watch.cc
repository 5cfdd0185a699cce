#include "daemon/link/connection_watch.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"

namespace jiexu {
namespace {

// What is received besides messages: greeting and handshake, and then heartbeats, one each way
// every 5 s with less than 64 bytes.
constexpr uint64_t kHandshakeBytes = 4096;
constexpr uint64_t kHeartbeatBytesPerSecond = 32;

// All zeros if there is none.
sockaddr_storage other_end(int fd) {
  sockaddr_storage out{};
  socklen_t size = sizeof(out);
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&out), &size) != 0) return {};
  return out;
}

std::string text(const sockaddr_storage& address) {
  char ip[INET6_ADDRSTRLEN] = "?";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, ip, sizeof(ip));
    return std::string(ip) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, ip, sizeof(ip));
    return "[" + std::string(ip) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  return ip;
}

// Payload bytes that the kernel has received in order; 0 if the descriptor is no such socket.
uint64_t bytes_received(int fd) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) return 0;
  return info.tcpi_bytes_received;
}

}  // namespace

std::optional<ConnectionWatch::Cut> ConnectionWatch::opened(int fd, Side side, SteadyTime now) {
  closed(fd);
  Connection connection;
  connection.side = side;
  connection.since = now;
  // One that is gone again already has no other end; then it is not cut, and its end is told soon.
  connection.other_end = other_end(fd);
  if (side == Side::kTheirs) {
    connection.stranger = next_stranger_++;
    strangers_.emplace(*connection.stranger, fd);
  }
  connections_.emplace(fd, connection);
  if (strangers_.size() <= limits::kStrangersMax) return std::nullopt;
  return cut(strangers_.begin()->second, 0, Reason::kStrangers);
}

bool ConnectionWatch::closed(int fd) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return false;
  const bool stranger = found->second.stranger.has_value();
  forget(found);
  return stranger;
}

void ConnectionWatch::forget(std::map<int, Connection>::iterator connection) {
  if (connection->second.stranger) strangers_.erase(*connection->second.stranger);
  connections_.erase(connection);
}

void ConnectionWatch::message_read(int fd, uint64_t wire_bytes) {
  const auto found = connections_.find(fd);
  if (found == connections_.end()) return;
  found->second.read_bytes += wire_bytes;
  if (!found->second.stranger) return;
  strangers_.erase(*found->second.stranger);
  found->second.stranger.reset();
}

uint64_t ConnectionWatch::unread(int fd, const Connection& connection, SteadyTime now) const {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - connection.since);
  const uint64_t expected = connection.read_bytes + kHandshakeBytes +
                            kHeartbeatBytesPerSecond * static_cast<uint64_t>(age.count());
  const uint64_t received = bytes_received(fd);
  return received > expected ? received - expected : 0;
}

std::vector<ConnectionWatch::Cut> ConnectionWatch::look(SteadyTime now) {
  std::vector<Held> held;
  uint64_t sum = 0;
  for (const auto& [fd, connection] : connections_) {
    const uint64_t bytes = unread(fd, connection, now);
    if (bytes == 0) continue;
    held.push_back({bytes, fd});
    sum += bytes;
  }
  std::ranges::sort(held, std::greater(), &Held::bytes);
  std::vector<Cut> cuts;
  for (const auto& [bytes, fd] : held) {
    const bool alone = bytes > limits::kUnreadBytesMax;
    if (!alone && sum <= limits::kUnreadBytesSumMax) break;
    cuts.push_back(cut(fd, bytes, alone ? Reason::kUnread : Reason::kUnreadInSum));
    sum -= bytes;
  }
  return cuts;
}

ConnectionWatch::Cut ConnectionWatch::cut(int fd, uint64_t unread_bytes, Reason reason) {
  const auto found = connections_.find(fd);
  CHECK(found != connections_.end());
  const sockaddr_storage then = found->second.other_end, now = other_end(fd);
  const bool same = now.ss_family != 0 && std::memcmp(&then, &now, sizeof(now)) == 0;
  // libzmq finds the connection closed, as if the other end had done it.
  if (same) ::shutdown(fd, SHUT_RDWR);
  Cut out{reason, text(then), unread_bytes};
  forget(found);
  return out;
}

const char* name(ConnectionWatch::Reason reason) {
  switch (reason) {
    case ConnectionWatch::Reason::kUnread: return "unread";
    case ConnectionWatch::Reason::kUnreadInSum: return "unread_in_sum";
    case ConnectionWatch::Reason::kStrangers: return "strangers";
  }
  CHECK(false);
}

}  // namespace jiexu
