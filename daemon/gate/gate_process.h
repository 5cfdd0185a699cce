// The gate's process, as the daemon starts and ends it.
//
// It inherits standard error, the descriptors of channel.h, and nothing else. Not thread-safe. The
// process ends with the thread that started it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "daemon/base/result.h"
#include "daemon/gate/channel.h"

namespace jiexu {

class GateProcess {
 public:
  // Where the gate's program is: beside our own.
  static std::filesystem::path program_beside_us();

  // Opens the program, so that it is the same one each time, whatever an upgrade puts in its place.
  // Errors: kIo.
  static Result<GateProcess> of(const std::filesystem::path& program);

  GateProcess() = default;
  // Ends it.
  ~GateProcess();
  GateProcess(GateProcess&& other) noexcept { swap(other); }
  GateProcess& operator=(GateProcess&& other) noexcept {
    swap(other);
    return *this;
  }

  // Errors: kIo, the system gives no process or no descriptors. REQUIRES: none runs.
  Result<void> start(int listener_fd);
  // Our end of the channel, which does not block; -1: none runs.
  int channel() const { return channel_; }
  pid_t pid() const { return pid_; }
  // Ends the process if it has not ended by itself, and says how it did: "signal 6 (Aborted)".
  std::string end();

 private:
  void swap(GateProcess& other);

  std::string name_;
  int program_ = -1;
  int channel_ = -1;
  pid_t pid_ = -1;
};

}  // namespace jiexu
