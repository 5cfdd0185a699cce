#include "daemon/gate/channel.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/base/check.h"
#include "daemon/base/retry.h"

namespace jiexu {
namespace {

// As it lies on the channel, in this machine's order.
struct ChannelHeader {
  uint64_t version;
  uint32_t body_bytes;
  uint8_t kind;
  uint8_t lane;
  uint8_t zero[6];
  char peer[AgencyId::kSize];
};
static_assert(sizeof(ChannelHeader) == 32);

constexpr size_t kReadAtOnce = 64 << 10;
constexpr size_t kPiecesAtOnce = 32;

// Bytes that are about to be overwritten need no zeros before. (g++ 12 hands on the capacity where
// the size should be.)
void make_room(std::string& out, size_t size) {
  out.resize_and_overwrite(size, [size](char*, size_t) { return size; });
}

bool is_of_peer(ChannelKind kind) {
  return kind == ChannelKind::kFrame || kind == ChannelKind::kConnected ||
         kind == ChannelKind::kPeerFigures || kind == ChannelKind::kStart;
}

}  // namespace

ChannelReader::ChannelReader(int fd, size_t body_bytes_max)
    : fd_(fd), body_bytes_max_(body_bytes_max) {
  make_room(buffer_, kReadAtOnce);
}

ChannelReader::Got ChannelReader::next(ChannelMessage& out) {
  while (true) {
    if (!in_body_ && end_ - begin_ >= sizeof(ChannelHeader)) {
      if (begin_message() == Got::kBroken) return Got::kBroken;
    }
    if (in_body_ && filled_ == open_.body.size()) {
      in_body_ = false;
      out = std::move(open_);
      return Got::kMessage;
    }
    if (const Got got = fill(); got != Got::kMessage) return got;
  }
}

ChannelReader::Got ChannelReader::begin_message() {
  ChannelHeader header{};
  std::memcpy(&header, buffer_.data() + begin_, sizeof(header));
  begin_ += sizeof(header);
  const auto last = static_cast<uint8_t>(ChannelKind::kTaken);
  if (header.kind == 0 || header.kind > last || header.lane > 1) return Got::kBroken;
  if (header.body_bytes > body_bytes_max_) return Got::kBroken;
  open_.kind = static_cast<ChannelKind>(header.kind);
  open_.lane = static_cast<Lane>(header.lane);
  open_.version = header.version;
  if (is_of_peer(open_.kind)) {
    const auto peer = AgencyId::parse({header.peer, sizeof(header.peer)});
    if (!peer) return Got::kBroken;
    open_.peer = *peer;
  }
  make_room(open_.body, header.body_bytes);
  filled_ = std::min<size_t>(header.body_bytes, end_ - begin_);
  std::memcpy(open_.body.data(), buffer_.data() + begin_, filled_);
  begin_ += filled_;
  in_body_ = true;
  return Got::kMessage;
}

// The rest of a body is read to its place, and what follows it behind. kMessage: there is more.
ChannelReader::Got ChannelReader::fill() {
  if (std::exchange(emptied_, false)) return Got::kNothing;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= std::exchange(begin_, 0);
  iovec places[2] = {{open_.body.data() + filled_, in_body_ ? open_.body.size() - filled_ : 0},
                     {buffer_.data() + end_, buffer_.size() - end_}};
  const size_t asked = places[0].iov_len + places[1].iov_len;
  const ssize_t got = uninterrupted([&] { return ::readv(fd_, places, 2); });
  if (got < 0 && errno == EAGAIN) return Got::kNothing;
  if (got <= 0) return Got::kEnd;
  const size_t bytes = static_cast<size_t>(got);
  emptied_ = bytes < asked;
  const size_t of_body = std::min(bytes, places[0].iov_len);
  filled_ += of_body;
  end_ += bytes - of_body;
  return Got::kMessage;
}

void ChannelWriter::push(const ChannelMessage& head, FrameBytes body) {
  CHECK(body != nullptr && body->size() <= UINT32_MAX);
  ChannelHeader header{};
  header.version = head.version;
  header.body_bytes = static_cast<uint32_t>(body->size());
  header.kind = static_cast<uint8_t>(head.kind);
  header.lane = static_cast<uint8_t>(head.lane);
  head.peer.text().copy(header.peer, sizeof(header.peer));
  Piece piece;
  static_assert(kHeaderBytes == sizeof(header));
  std::memcpy(piece.header.data(), &header, sizeof(header));
  bytes_ += kHeaderBytes + body->size();
  piece.body = std::move(body);
  waiting_.push_back(std::move(piece));
}

void ChannelWriter::push(ChannelMessage message) {
  FrameBytes body = share(std::move(message.body));
  push(message, std::move(body));
}

ChannelWriter::Flushed ChannelWriter::flush() {
  while (!waiting_.empty()) {
    iovec parts[2 * kPiecesAtOnce];
    const size_t pieces = std::min(waiting_.size(), kPiecesAtOnce);
    for (size_t i = 0; i < pieces; ++i) {
      Piece& piece = waiting_[i];
      parts[2 * i] = {piece.header.data(), kHeaderBytes};
      parts[2 * i + 1] = {const_cast<char*>(piece.body->data()), piece.body->size()};
    }
    for (size_t i = 0, skip = done_; i < 2 && skip > 0; ++i) {
      const size_t cut = std::min(skip, parts[i].iov_len);
      parts[i].iov_base = static_cast<char*>(parts[i].iov_base) + cut;
      parts[i].iov_len -= cut;
      skip -= cut;
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2 * pieces;
    const ssize_t sent =
        uninterrupted([&] { return ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
    if (sent < 0) {
      return errno == EAGAIN || errno == ENOBUFS ? Flushed::kSome : Flushed::kBroken;
    }
    written(static_cast<size_t>(sent));
  }
  return Flushed::kAll;
}

void ChannelWriter::written(size_t bytes) {
  bytes_ -= bytes;
  done_ += bytes;
  while (!waiting_.empty() && done_ >= kHeaderBytes + waiting_.front().body->size()) {
    done_ -= kHeaderBytes + waiting_.front().body->size();
    waiting_.pop_front();
  }
}

}  // namespace jiexu
