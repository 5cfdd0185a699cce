// The channel between the daemon and its gate (gate.h): one stream socket between two processes of
// one build, on which messages go each way, each a header and a body.
//
// What comes out of the gate may be a lie, since whoever has taken the gate over writes it: the
// reader takes nothing for granted, keeps no more than one message of the allowed size, and shows a
// message only when it is whole. Neither end ever waits for the other: what the socket does not
// take stays in the writer, whose owner bounds it.
//
// Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>

#include "daemon/base/ids.h"
#include "daemon/link/transport.h"

namespace jiexu {

// The descriptors with which the gate begins.
inline constexpr int kGateChannelFd = 3;
inline constexpr int kGateListenerFd = 4;
inline constexpr int kGateProgramFd = 5;  // the program itself, of no more use once it runs

enum class ChannelKind : uint8_t {
  // Both ways. Of a peer: `version` is that of the peers by which it was let in. For a peer: its
  // number, if the daemon wants to hear when it has been taken; else 0.
  kFrame = 1,

  // To the gate.
  kStart = 2,  // the first; `version` is kChannelVersion
  kPeers = 3,  // all of them; `version` rises with each directory

  // From the gate.
  kReady = 4,      // it listens
  kFailed = 5,     // it cannot go on; why
  kConnected = 6,  // our connection to the peer came up
  kPeerFigures = 7,
  kListenerFigures = 8,  // once a second at least, so that silence means that it hangs
  kLog = 9,              // a line, lane: 0 info, 1 warning or worse
  kTaken = 10,           // numbers of frames that peers have taken, or that were dropped
};

// Of the channel's own form. Both ends are of one build, but for a moment of an upgrade.
inline constexpr uint64_t kChannelVersion = 1;

struct ChannelMessage {
  ChannelKind kind = ChannelKind::kFrame;
  Lane lane = Lane::kForward;
  AgencyId peer;
  uint64_t version = 0;
  std::string body;
};

class ChannelReader {
 public:
  enum class Got : uint8_t {
    kMessage,
    kNothing,  // yet
    kEnd,      // the other end has closed it, or is gone; what it began is dropped
    kBroken,   // what came is no message
  };

  // `fd` stays the caller's, does not block. A body of more than `body_bytes_max` is none.
  ChannelReader(int fd, size_t body_bytes_max);

  // The next message that has come in as a whole. After kNothing, ask when `fd` is readable.
  Got next(ChannelMessage& out);

 private:
  Got begin_message();
  Got fill();

  const int fd_;
  const size_t body_bytes_max_;
  std::string buffer_;
  size_t begin_ = 0, end_ = 0;  // of what is in buffer_ and not taken
  bool emptied_ = false;        // the last read has taken all that there was
  bool in_body_ = false;
  ChannelMessage open_;
  size_t filled_ = 0;  // of its body
};

class ChannelWriter {
 public:
  enum class Flushed : uint8_t { kAll, kSome, kBroken };

  // `fd` stays the caller's, does not block.
  explicit ChannelWriter(int fd) : fd_(fd) {}

  // REQUIRES: body is not null. Its own body is not looked at.
  void push(const ChannelMessage& head, FrameBytes body);
  void push(ChannelMessage message);
  // Writes what the socket takes.
  Flushed flush();
  size_t waiting_bytes() const { return bytes_; }

 private:
  static constexpr size_t kHeaderBytes = 32;
  struct Piece {
    std::array<char, kHeaderBytes> header;
    FrameBytes body;
  };

  void written(size_t bytes);

  const int fd_;
  std::deque<Piece> waiting_;
  size_t done_ = 0;   // of the first piece
  size_t bytes_ = 0;  // of all, less what is done
};

}  // namespace jiexu
