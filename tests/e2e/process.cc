#include "tests/e2e/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

namespace jiexu::e2e {
namespace {

// Those that nobody has ended yet. A program that gives up with std::exit, on whatever thread, runs
// no destructor of a Process, and would leave them behind with their ports.
class Children {
 public:
  void add(pid_t pid) {
    const std::lock_guard lock(mutex_);
    pids_.insert(pid);
  }
  // Waits for its end and returns its status, as waitpid does; nullopt if it still runs and
  // `options` say not to wait. It is one of ours until the moment before its number is free again.
  std::optional<int> wait(pid_t pid, int options) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT | options) != 0) return -1;
    if (info.si_pid == 0) return std::nullopt;
    const std::lock_guard lock(mutex_);
    pids_.erase(pid);
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
  }
  void kill_all() {
    const std::lock_guard lock(mutex_);
    for (const pid_t pid : pids_) kill(pid, SIGKILL);
  }

 private:
  std::mutex mutex_;
  std::set<pid_t> pids_;
};

// Never destroyed: other threads may go on while the process exits.
Children& children() {
  static Children* const made = [] {
    std::atexit([] { children().kill_all(); });
    return new Children;
  }();
  return *made;
}

[[noreturn]] void exec(const std::vector<std::string>& argv) {
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execv(args[0], args.data());
  _exit(127);
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string read_all(int fd) {
  std::string out;
  char buffer[4096];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) out.append(buffer, static_cast<size_t>(got));
  return out;
}

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& argv) {
  int out[2];
  // Closed in what other threads start meanwhile: a daemon that held it would keep us waiting for
  // the end of the text as long as it lives.
  if (pipe2(out, O_CLOEXEC) != 0) return fail(Errc::kIo, std::strerror(errno));
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(out[1], 1);
    dup2(out[1], 2);
    close(out[0]);
    exec(argv);
  }
  close(out[1]);
  std::string text = read_all(out[0]);
  close(out[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  if (code_of(status) != 0) {
    return fail(Errc::kInvalid,
                argv[0] + " ended with " + std::to_string(code_of(status)) + ": " + text);
  }
  return text;
}

Result<void> Process::start(const std::vector<std::string>& argv,
                            const std::filesystem::path& log) {
  const int fd = open(log.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Errc::kIo, log.string() + ": " + std::strerror(errno));
  pid_ = fork();
  if (pid_ == 0) {
    dup2(fd, 1);
    dup2(fd, 2);
    exec(argv);
  }
  close(fd);
  if (pid_ < 0) return fail(Errc::kIo, std::strerror(errno));
  children().add(pid_);
  return {};
}

void Process::kill_now() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  children().wait(pid_, 0);
  pid_ = 0;
}

int Process::stop() {
  if (pid_ <= 0) return 0;
  kill(pid_, SIGTERM);
  const auto status = children().wait(pid_, 0);
  pid_ = 0;
  return code_of(*status);
}

std::optional<int> Process::ended() {
  if (pid_ <= 0) return std::nullopt;
  const auto status = children().wait(pid_, WNOHANG);
  if (!status) return std::nullopt;
  pid_ = 0;
  return code_of(*status);
}

}  // namespace jiexu::e2e
