// How the transport's thread is woken when the system call for it is interrupted or fails. Writes
// of this program go through the function below, which is found before the C library's.
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "daemon/link/zmq_mailbox.h"
#include "tests/link/transport_fixture.h"

namespace {

// Of the writes of this thread: so many fail, with this error.
struct Failing {
  int count = 0;
  int error = 0;
};
thread_local Failing failing;

}  // namespace

extern "C" ssize_t write(int fd, const void* bytes, size_t size) {
  if (failing.count > 0) {
    --failing.count;
    errno = failing.error;
    return -1;
  }
  return ::syscall(SYS_write, fd, bytes, size);
}

using namespace jiexu;

namespace {

bool is_readable(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

OutgoingFrame frame() {
  return {kB, Lane::kForward, std::make_shared<const std::string>("frame")};
}

}  // namespace

TEST_CASE("a wake-up that a signal interrupts is done again") {
  ZmqMailbox mailbox(nullptr);
  failing = {3, EINTR};
  REQUIRE(mailbox.push(frame()));
  CHECK(failing.count == 0);
  CHECK(is_readable(mailbox.wake_fd()));
}

TEST_CASE("a wake-up among too many is none, and no error") {
  ZmqMailbox mailbox(nullptr);
  failing = {1, EAGAIN};
  REQUIRE(mailbox.push(frame()));
  CHECK(failing.count == 0);
}

TEST_CASE("what is sent goes out although the wake-up fails") {
  Node a(kA), b(kB);
  a.know({b.entry()});
  b.know({a.entry()});
  REQUIRE(eventually([&] { return a.is_connected_to(kB) && b.is_connected_to(kA); }));
  failing = {1, EIO};
  a.send(kB, Lane::kForward, "late");
  CHECK(failing.count == 0);
  CHECK(b.receives(1));
}

TEST_CASE("a transport whose wake-ups fail stops all the same") {
  auto a = std::make_unique<Node>(kA);
  failing = {1, EIO};
  a.reset();
  CHECK(failing.count == 0);
}
