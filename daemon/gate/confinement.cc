#include "daemon/gate/confinement.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <tuple>

namespace jiexu {
namespace {

// What libzmq, libsodium, the C library and jemalloc need once they run.
constexpr const char* kAllowed[] = {
    // Sockets that are there, and waiting.
    "accept", "accept4", "connect", "getpeername", "getsockname", "getsockopt", "setsockopt",
    "shutdown", "recvfrom", "recvmsg", "sendto", "sendmsg", "read", "readv", "write", "writev",
    "close", "fcntl", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "poll", "ppoll",
    "eventfd2", "select", "pselect6",
    // Time, chance, threads that run.
    "clock_gettime", "clock_nanosleep", "nanosleep", "gettimeofday", "getrandom", "futex",
    "sched_yield", "sched_getaffinity", "getcpu", "gettid", "getpid", "rseq", "set_robust_list",
    "restart_syscall",
    // A thread of libzmq that was started and has not begun.
    "sched_getparam", "sched_getscheduler", "sched_setscheduler",
    // Memory. mmap and mprotect stand below.
    "brk", "munmap", "mremap", "madvise", "mlock", "munlock",
    // Ending.
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "exit", "exit_group"};

class Filter {
 public:
  Filter() : rules_(::seccomp_init(SCMP_ACT_ERRNO(EPERM)), ::seccomp_release) {}

  void allow(const char* call, std::initializer_list<scmp_arg_cmp> when = {}) {
    const int number = ::seccomp_syscall_resolve_name(call);
    if (number < 0 || !good()) return;  // this kind of machine has no such call
    failed_ |= ::seccomp_rule_add_array(rules_.get(), SCMP_ACT_ALLOW, number,
                                        static_cast<unsigned>(when.size()), when.begin()) != 0;
  }
  // On all threads. 0, or a negative errno.
  int load() {
    if (!good()) return -ENOMEM;
    const int all_threads = ::seccomp_attr_set(rules_.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    return all_threads != 0 ? all_threads : ::seccomp_load(rules_.get());
  }

 private:
  bool good() const { return rules_ != nullptr && !failed_; }

  std::unique_ptr<void, decltype(&::seccomp_release)> rules_;
  bool failed_ = false;
};

}  // namespace

void keep_memory_private() {
#ifndef __SANITIZE_ADDRESS__  // whose search for leaks looks in from outside
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void bound_memory() {
#ifndef __SANITIZE_ADDRESS__  // which takes all addresses there are
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) == 0) {
    limit.rlim_max = std::min<rlim_t>(limit.rlim_max, kGateAddressBytes);
    limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
    ::setrlimit(RLIMIT_AS, &limit);
  }
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score < 0) return;
  std::ignore = ::write(score, "1000", 4);
  ::close(score);
#endif
}

Result<void> confine_to_sockets() {
#ifndef __SANITIZE_ADDRESS__  // which maps and reads more than this
  Filter filter;
  for (const char* call : kAllowed) filter.allow(call);
  for (const uint64_t family : {AF_INET, AF_INET6}) {
    filter.allow("socket", {SCMP_A0(SCMP_CMP_EQ, family)});
  }
  filter.allow("prctl", {SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)});
  // Nothing that can be run is made of what came in.
  for (const char* call : {"mmap", "mprotect"}) {
    filter.allow(call, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)});
  }
  const auto self = static_cast<scmp_datum_t>(::getpid());
  filter.allow("tgkill", {SCMP_A0(SCMP_CMP_EQ, self)});  // an assertion of libzmq
  if (const int failed = filter.load(); failed < 0) {
    return fail(Errc::kIo, std::string("no filter of system calls: ") + std::strerror(-failed));
  }
#endif
  return {};
}

}  // namespace jiexu
