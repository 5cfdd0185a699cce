#include "daemon/gate/gate_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/base/check.h"
#include "daemon/base/retry.h"

extern char** environ;

namespace jiexu {
namespace {

using namespace std::chrono_literals;

constexpr const char* kProgramName = "jiexu-gate";
// What is handed over is copied to a number from here on first, so that none is in another's place.
constexpr int kAside = 64;
// One that has closed its channel is on its way out, or lies.
constexpr auto kEndPatience = 100ms;

// The system copies what waits, up to this: some frames. What it does not allow is not needed.
constexpr int kSocketBufferBytes = 1 << 20;

// The spawn of one child: what happens to its descriptors and signals.
class Spawn {
 public:
  Spawn() {
    CHECK(::posix_spawn_file_actions_init(&actions_) == 0);
    CHECK(::posix_spawnattr_init(&attributes_) == 0);
    // The daemon's threads block the signals that main waits for.
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Spawn() {
    for (const Move& move : moves_) ::close(move.from);
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  void give(int fd, int as) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, kAside);
    if (copy < 0) return add(errno);
    moves_.push_back({copy, as});
  }

  // 0, or an errno.
  int run(pid_t& pid) {
    for (const Move& move : moves_) {
      add(::posix_spawn_file_actions_adddup2(&actions_, move.from, move.to));
    }
    add(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    add(::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0));
    add(::posix_spawn_file_actions_addclosefrom_np(&actions_, kGateProgramFd + 1));
    if (error_ != 0) return error_;
    char name[] = "jiexu-gate";
    char* const args[] = {name, nullptr};
    const std::string path = "/proc/self/fd/" + std::to_string(kGateProgramFd);
    return ::posix_spawn(&pid, path.c_str(), &actions_, &attributes_, args, environ);
  }

 private:
  struct Move {
    int from, to;
  };
  void add(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  std::vector<Move> moves_;
  int error_ = 0;
};

std::string described(int status) {
  if (WIFEXITED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
  if (!WIFSIGNALED(status)) return "nobody knows how";
  const int signal = WTERMSIG(status);
  return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
}

}  // namespace

std::filesystem::path GateProcess::program_beside_us() {
  std::error_code none;
  const auto own = std::filesystem::read_symlink("/proc/self/exe", none);
  return own.parent_path() / kProgramName;
}

Result<GateProcess> GateProcess::of(const std::filesystem::path& program) {
  GateProcess out;
  out.name_ = program.string();
  out.program_ = ::open(program.c_str(), O_RDONLY | O_CLOEXEC);
  if (out.program_ < 0) {
    return fail(Errc::kIo, "cannot open the gate, " + out.name_ + ": " + std::strerror(errno));
  }
  return out;
}

GateProcess::~GateProcess() {
  end();
  if (program_ >= 0) ::close(program_);
}

void GateProcess::swap(GateProcess& other) {
  std::swap(name_, other.name_);
  std::swap(program_, other.program_);
  std::swap(channel_, other.channel_);
  std::swap(pid_, other.pid_);
}

Result<void> GateProcess::start(int listener_fd) {
  CHECK(pid_ < 0 && program_ >= 0);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return fail(Errc::kIo, std::string("no channel to the gate: ") + std::strerror(errno));
  }
  for (const int end : ends) {
    ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &kSocketBufferBytes, sizeof(kSocketBufferBytes));
  }
  Spawn spawn;
  spawn.give(ends[1], kGateChannelFd);
  spawn.give(listener_fd, kGateListenerFd);
  spawn.give(program_, kGateProgramFd);
  const int error = spawn.run(pid_);
  ::close(ends[1]);
  if (error == 0) {
    channel_ = ends[0];
    return {};
  }
  ::close(ends[0]);
  pid_ = -1;
  return fail(Errc::kIo, "cannot start the gate, " + name_ + ": " + std::strerror(error));
}

std::string GateProcess::end() {
  if (channel_ >= 0) ::close(std::exchange(channel_, -1));
  if (pid_ < 0) return "";
  const pid_t pid = std::exchange(pid_, -1);
  int status = 0;
  for (auto waited = 0ms; waited < kEndPatience; waited += 1ms) {
    const pid_t ended = uninterrupted([&] { return ::waitpid(pid, &status, WNOHANG); });
    if (ended == pid) return described(status);
    if (ended < 0) return "nobody knows how";  // whoever started us has its children reaped
    std::this_thread::sleep_for(1ms);
  }
  ::kill(pid, SIGKILL);
  if (uninterrupted([&] { return ::waitpid(pid, &status, 0); }) != pid) return "nobody knows how";
  return described(status);
}

}  // namespace jiexu
