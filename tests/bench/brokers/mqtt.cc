#include "tests/bench/brokers/mqtt.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace jiexu::bench {
namespace {

constexpr uint8_t kQos2 = 2;
// What is buffered before it is sent without being asked to.
constexpr size_t kSendBytes = 64 << 10;

void append_u16(std::string& out, size_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value));
}

void append_text(std::string& out, std::string_view text) {
  append_u16(out, text.size());
  out.append(text);
}

}  // namespace

MqttConnection::~MqttConnection() {
  if (fd_ >= 0) ::close(fd_);
}

bool MqttConnection::connect(const std::string& port, const std::string& client_id,
                             bool clean_session) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  std::string rest;
  append_text(rest, "MQTT");
  rest.push_back(4);  // protocol level of 3.1.1
  rest.push_back(clean_session ? 2 : 0);
  append_u16(rest, 0);  // no keep-alive
  append_text(rest, client_id);
  append(MqttPacket::kConnect, 0, rest);
  for (int i = 0; i < 500 && !accepted_; ++i) {
    if (!turn(std::chrono::milliseconds(10))) return false;
  }
  return accepted_;
}

void MqttConnection::append(MqttPacket kind, uint8_t flags, std::string_view rest) {
  out_.push_back(static_cast<char>(static_cast<uint8_t>(kind) << 4 | flags));
  size_t left = rest.size();
  do {
    const auto seven_bits = static_cast<uint8_t>(left % 128);
    left /= 128;
    out_.push_back(static_cast<char>(left > 0 ? seven_bits | 128 : seven_bits));
  } while (left > 0);
  out_.append(rest);
}

void MqttConnection::subscribe(std::string_view topic) {
  std::string rest;
  append_u16(rest, 1);
  append_text(rest, topic);
  rest.push_back(kQos2);
  append(MqttPacket::kSubscribe, 2, rest);
}

void MqttConnection::publish(std::string_view topic, uint16_t packet_id, std::string_view message) {
  std::string rest;
  append_text(rest, topic);
  append_u16(rest, packet_id);
  rest.append(message);
  append(MqttPacket::kPublish, kQos2 << 1, rest);
  if (out_.size() - sent_ > kSendBytes) send_some();
}

void MqttConnection::answer(MqttPacket kind, uint16_t packet_id) {
  std::string rest;
  append_u16(rest, packet_id);
  append(kind, kind == MqttPacket::kPubRel ? 2 : 0, rest);
}

bool MqttConnection::send_some() {
  const ssize_t sent =
      ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  sent_ += static_cast<size_t>(sent);
  if (sent_ < out_.size()) return true;
  out_.clear();
  sent_ = 0;
  return true;
}

bool MqttConnection::receive_some() {
  char buffer[1 << 16];
  const ssize_t got = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  in_.append(buffer, static_cast<size_t>(got));
  hear_packets();
  return got > 0;
}

void MqttConnection::hear_packets() {
  size_t at = 0;
  while (in_.size() - at >= 2) {
    size_t size = 0, head = 1;
    bool whole = false;
    for (int shift = 0; at + head < in_.size() && !whole; shift += 7) {
      const auto byte = static_cast<uint8_t>(in_[at + head++]);
      size |= static_cast<size_t>(byte & 127) << shift;
      whole = (byte & 128) == 0;
    }
    if (!whole || in_.size() - at - head < size) break;
    const auto kind = static_cast<MqttPacket>(static_cast<uint8_t>(in_[at]) >> 4);
    const std::string_view rest = std::string_view(in_).substr(at + head, size);
    if (kind == MqttPacket::kConnAck) accepted_ = rest.size() == 2 && rest[1] == 0;
    hear_(kind, rest);
    at += head + size;
  }
  in_.erase(0, at);
}

bool MqttConnection::turn(std::chrono::microseconds wait) {
  if (sent_ < out_.size() && !send_some()) return false;
  const bool more = sent_ < out_.size();
  pollfd poll_fd{fd_, static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0};
  const timespec limit{wait.count() / 1'000'000, wait.count() % 1'000'000 * 1000};
  if (::ppoll(&poll_fd, 1, &limit, nullptr) <= 0) return true;
  if ((poll_fd.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive_some()) return false;
  return sent_ == out_.size() || send_some();
}

}  // namespace jiexu::bench
