// The TCP socket to which other agencies connect. The daemon opens it once and hands it to each of
// its gates: while there is none for a moment, peers wait in its queue instead of being refused,
// and nobody else can take the port.
#pragma once

#include <string>

#include "daemon/base/result.h"

namespace jiexu {

class ListenSocket {
 public:
  // `endpoint`: "tcp://ADDRESS:PORT"; the address as numbers, an interface's name, or * for all;
  // the port * for any that is free. A port that is in use is waited for, for a second: the gate of
  // a daemon that was killed may be on its way out. Errors: kIo, which says why.
  static Result<ListenSocket> open(const std::string& endpoint);

  ListenSocket() = default;
  ~ListenSocket();
  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&& other) noexcept;

  int fd() const { return fd_; }
  // With address and port as numbers.
  const std::string& endpoint() const { return endpoint_; }

 private:
  int fd_ = -1;
  std::string endpoint_;
};

}  // namespace jiexu
