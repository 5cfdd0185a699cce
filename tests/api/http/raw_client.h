// A client that sends whatever bytes a test wants, over loopback or a unix socket, and reads
// answers. Waits at most ten seconds for anything; the tests do not depend on how long it took.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace jiexu {

struct RawAnswer {
  int status = 0;  // 0: the connection ended before a whole answer
  std::string head;
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(uint16_t port);
  explicit RawClient(const std::filesystem::path& unix_socket);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False if the peer has closed.
  bool send(std::string_view bytes);
  RawAnswer read();
  // The answer to HEAD, which has no body whatever its length says.
  RawAnswer read_head();
  // An answer whose body goes on until the server closes, as it comes: chunks with their sizes.
  RawAnswer read_to_end();
  // Sends nothing more, and goes on to read.
  void close_sending();
  // True if the server closes, or resets, without sending a further byte.
  bool closed_by_server();

 private:
  bool receive();

  int fd_;
  std::string buffer_;
};

}  // namespace jiexu
