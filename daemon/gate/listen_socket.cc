#include "daemon/gate/listen_socket.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

namespace jiexu {
namespace {

constexpr int kBacklog = 1024;  // all peers at once, after a restart
constexpr std::chrono::milliseconds kPortPatience{1000}, kPortAskAgain{20};

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  int family() const { return bytes.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

SocketAddress v4(in_addr address) {
  SocketAddress out;
  auto& to = reinterpret_cast<sockaddr_in&>(out.bytes);
  to.sin_family = AF_INET;
  to.sin_addr = address;
  out.size = sizeof(to);
  return out;
}

SocketAddress v6(in6_addr address) {
  SocketAddress out;
  auto& to = reinterpret_cast<sockaddr_in6&>(out.bytes);
  to.sin6_family = AF_INET6;
  to.sin6_addr = address;
  out.size = sizeof(to);
  return out;
}

// The first address of an interface, an IPv4 one if there is.
std::optional<SocketAddress> of_interface(const std::string& name) {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return std::nullopt;
  std::optional<SocketAddress> found;
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || name != each->ifa_name) continue;
    const int family = each->ifa_addr->sa_family;
    if (family == AF_INET) found = v4(reinterpret_cast<sockaddr_in*>(each->ifa_addr)->sin_addr);
    if (family == AF_INET) break;
    if (family != AF_INET6 || found) continue;
    found = v6(reinterpret_cast<sockaddr_in6*>(each->ifa_addr)->sin6_addr);
    reinterpret_cast<sockaddr_in6&>(found->bytes).sin6_scope_id = ::if_nametoindex(name.c_str());
  }
  ::freeifaddrs(all);
  return found;
}

std::optional<SocketAddress> address_of(std::string host) {
  if (host == "*") return v6(in6addr_any);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return v4(four);
  if (::inet_pton(AF_INET6, host.c_str(), &six) == 1) return v6(six);
  return of_interface(host);
}

std::optional<uint16_t> port_of(std::string_view text) {
  if (text == "*") return 0;
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

void set_port(SocketAddress& address, uint16_t port) {
  // At the same place in both families.
  reinterpret_cast<sockaddr_in&>(address.bytes).sin_port = htons(port);
}

std::string text_of(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return "";
  char text[INET6_ADDRSTRLEN] = "";
  const auto& four = reinterpret_cast<const sockaddr_in&>(bound);
  const auto& six = reinterpret_cast<const sockaddr_in6&>(bound);
  const bool is_four = bound.ss_family == AF_INET;
  const void* address = is_four ? static_cast<const void*>(&four.sin_addr) : &six.sin6_addr;
  ::inet_ntop(bound.ss_family, address, text, sizeof(text));
  const std::string host = is_four ? text : "[" + std::string(text) + "]";
  return "tcp://" + host + ":" + std::to_string(ntohs(four.sin_port));
}

// A socket bound and listening; -1: see errno.
int listen_on(const SocketAddress& address) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int yes = 1, no = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (address.family() == AF_INET6) {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
  }
  if (::bind(fd, address.get(), address.size) == 0 && ::listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

// The same, with patience for a port in use.
int listen_patiently(const SocketAddress& address) {
  const auto until = std::chrono::steady_clock::now() + kPortPatience;
  while (true) {
    const int fd = listen_on(address);
    if (fd >= 0 || errno != EADDRINUSE || std::chrono::steady_clock::now() >= until) return fd;
    std::this_thread::sleep_for(kPortAskAgain);
  }
}

}  // namespace

Result<ListenSocket> ListenSocket::open(const std::string& endpoint) {
  constexpr std::string_view kScheme = "tcp://";
  const size_t colon = endpoint.rfind(':');
  if (!endpoint.starts_with(kScheme) || colon < kScheme.size()) {
    return fail(Errc::kIo, "cannot listen on " + endpoint + ": it must be tcp://ADDRESS:PORT");
  }
  const std::string host = endpoint.substr(kScheme.size(), colon - kScheme.size());
  const auto port = port_of(std::string_view(endpoint).substr(colon + 1));
  auto address = address_of(host);
  if (!address || !port) {
    return fail(Errc::kIo, "cannot listen on " + endpoint + ": no address of this machine");
  }
  set_port(*address, *port);
  ListenSocket out;
  out.fd_ = listen_patiently(*address);
  if (out.fd_ < 0 && host == "*" && errno == EAFNOSUPPORT) {  // a machine without IPv6
    address = v4({INADDR_ANY});
    set_port(*address, *port);
    out.fd_ = listen_patiently(*address);
  }
  if (out.fd_ < 0) {
    return fail(Errc::kIo, "cannot listen on " + endpoint + ": " + std::strerror(errno));
  }
  out.endpoint_ = text_of(out.fd_);
  return out;
}

ListenSocket::~ListenSocket() {
  if (fd_ >= 0) ::close(fd_);
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), endpoint_(std::move(other.endpoint_)) {}

ListenSocket& ListenSocket::operator=(ListenSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(endpoint_, other.endpoint_);
  return *this;
}

}  // namespace jiexu
