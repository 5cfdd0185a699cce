// What is read about processes, from processes whose cost is known.
#include "tests/bench/measure.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

namespace jiexu::bench::measure_test {
namespace {

// A child that has a child; both wait for the pipe to close.
class Family {
 public:
  Family() {
    REQUIRE(pipe(end_) == 0);
    REQUIRE(pipe(born_) == 0);
    child_ = fork();
    if (child_ == 0) live();
    REQUIRE(read(born_[0], &grandchild_, sizeof grandchild_) == sizeof grandchild_);
  }
  ~Family() {
    for (const int fd : {end_[0], end_[1], born_[0], born_[1]}) close(fd);
    waitpid(child_, nullptr, 0);
  }
  pid_t child() const { return child_; }
  pid_t grandchild() const { return grandchild_; }

 private:
  [[noreturn]] void live() {
    close(end_[1]);
    const pid_t own = fork();
    char nothing = 0;
    if (own > 0 && write(born_[1], &own, sizeof own) != sizeof own) _exit(1);
    _exit(read(end_[0], &nothing, 1) == 0 ? 0 : 1);
  }

  int end_[2], born_[2];
  pid_t child_ = 0, grandchild_ = 0;
};

TEST_CASE("descendants are found, each once, also when they are named already") {
  const Family family;
  std::vector<pid_t> found = with_children({family.child()});
  CHECK(std::ranges::count(found, family.child()) == 1);
  CHECK(std::ranges::count(found, family.grandchild()) == 1);
  found = with_children({family.child(), family.grandchild()});
  CHECK(found.size() == 2);
}

TEST_CASE("the CPU time of a child counts once it has ended and was waited for") {
  const Usage before = Usage::of({getpid()});
  const pid_t child = fork();
  if (child == 0) {
    while (Usage::of({getpid()}).cpu_s < 0.2) continue;
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  CHECK((Usage::of({getpid()}) - before).cpu_s >= 0.19);
}

TEST_CASE("a process that has ended costs nothing and is no error") {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);
  CHECK(Usage::of({child}).cpu_s == 0);
  CHECK(pss_bytes({child}) == 0);
  CHECK(pss_bytes({getpid()}) > 0);
}

}  // namespace
}  // namespace jiexu::bench::measure_test
