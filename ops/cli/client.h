// One HTTP request to the local daemon, over its unix socket if there is one, else over loopback.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "daemon/base/result.h"

namespace jiexu::cli {

struct Endpoint {
  std::string host;
  uint16_t port = 0;
  std::filesystem::path unix_socket;  // empty, or not there: host and port
};

struct Request {
  std::string method;
  std::string target;
  std::string body;
  std::string token;            // empty: none is sent
  std::string idempotency_key;  // empty: none is sent
  std::string content_type = "application/json";
  std::string accept_language = {};  // empty: none is asked for
  // How long each step may take. Longer than the daemon waits for its engine, so that it is the
  // daemon that says what happened.
  std::chrono::seconds patience{75};
};

struct Reply {
  int status = 0;
  std::string body;
};

// Sends `file` as the body instead, without reading it into memory.
Result<Reply> upload(const Endpoint& endpoint, const Request& request,
                     const std::filesystem::path& file);
// An answer of 200 goes into `file`, which is made or replaced, and not into the reply's body.
Result<Reply> download(const Endpoint& endpoint, const Request& request,
                       const std::filesystem::path& file);

// Errors: kBusy (nobody listens, or no answer to a GET), each with what to look at; kIo (no answer
// to what may have been done).
Result<Reply> send(const Endpoint& endpoint, const Request& request);

}  // namespace jiexu::cli
