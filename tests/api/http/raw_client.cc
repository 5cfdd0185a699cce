#include "tests/api/http/raw_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <utility>

namespace jiexu {
namespace {

constexpr int kPatienceMs = 10'000;

}  // namespace

RawClient::RawClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

RawClient::RawClient(const std::filesystem::path& unix_socket)
    : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, unix_socket.c_str(), sizeof address.sun_path - 1);
  REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

RawClient::~RawClient() {
  ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

void RawClient::close_sending() {
  ::shutdown(fd_, SHUT_WR);
}

bool RawClient::receive() {
  pollfd wanted{fd_, POLLIN, 0};
  REQUIRE(::poll(&wanted, 1, kPatienceMs) == 1);
  char chunk[4096];
  const ssize_t n = ::recv(fd_, chunk, sizeof chunk, 0);
  if (n > 0) buffer_.append(chunk, static_cast<size_t>(n));
  return n > 0;
}

RawAnswer RawClient::read_head() {
  size_t head_end;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return {};
  }
  RawAnswer answer;
  answer.head = buffer_.substr(0, head_end);
  buffer_.erase(0, head_end + 4);
  answer.status = std::stoi(answer.head.substr(9, 3));
  return answer;
}

RawAnswer RawClient::read() {
  RawAnswer answer = read_head();
  if (answer.status == 0) return {};
  const size_t length_at = answer.head.find("Content-Length: ");
  const size_t length =
      length_at == std::string::npos ? 0 : std::stoul(answer.head.substr(length_at + 16));
  while (buffer_.size() < length) {
    if (!receive()) return {};
  }
  answer.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

RawAnswer RawClient::read_to_end() {
  RawAnswer answer = read_head();
  while (receive()) {
  }
  answer.body = std::exchange(buffer_, "");
  return answer;
}

bool RawClient::closed_by_server() {
  return buffer_.empty() && !receive();
}

}  // namespace jiexu
