#include "tests/bench/exchange/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "daemon/base/check.h"

namespace jiexu::bench {
namespace {

int open_connection(uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return -1;
  }
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

size_t content_length(std::string_view head) {
  const std::string_view label = "Content-Length: ";
  const size_t at = head.find(label);
  CHECK(at != std::string_view::npos);
  return std::strtoul(head.data() + at + label.size(), nullptr, 10);
}

}  // namespace

HttpConnection::HttpConnection(uint16_t port, std::string token)
    : HttpConnection(open_connection(port), std::move(token)) {
  CHECK(fd_ >= 0);
}

std::unique_ptr<HttpConnection> HttpConnection::connect(uint16_t port, std::string token) {
  const int fd = open_connection(port);
  if (fd < 0) return nullptr;
  return std::unique_ptr<HttpConnection>(new HttpConnection(fd, std::move(token)));
}

HttpConnection::~HttpConnection() {
  ::close(fd_);
}

std::string HttpConnection::ask(std::string_view method, std::string_view target,
                                std::string_view content_type, std::string_view body, int* status) {
  auto answer = try_ask(method, target, content_type, body, status);
  CHECK(answer.has_value());
  return std::move(*answer);
}

std::optional<std::string> HttpConnection::try_ask(std::string_view method, std::string_view target,
                                                   std::string_view content_type,
                                                   std::string_view body, int* status) {
  std::string head(method);
  head.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ");
  head.append(token_).append("\r\nContent-Type: ").append(content_type);
  head.append("\r\nContent-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
  if (!send_all(fd_, head.append(body))) return std::nullopt;
  size_t head_end = std::string::npos;
  size_t whole = 0;
  while (head_end == std::string::npos || in_.size() < whole) {
    char buffer[1 << 16];
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return std::nullopt;
    in_.append(buffer, static_cast<size_t>(got));
    if (head_end != std::string::npos) continue;
    head_end = in_.find("\r\n\r\n");
    if (head_end != std::string::npos) whole = head_end + 4 + content_length(in_);
  }
  if (status != nullptr) *status = std::atoi(in_.c_str() + 9);
  std::string answer = in_.substr(head_end + 4, whole - head_end - 4);
  in_.erase(0, whole);
  return answer;
}

bool is_ready(uint16_t port) {
  const auto at = HttpConnection::connect(port, "");
  int status = 0;
  return at != nullptr && at->try_ask("GET", "/readyz", "text/plain", "", &status) && status == 200;
}

}  // namespace jiexu::bench
