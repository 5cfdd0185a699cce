// Loaded into a program under test (LD_PRELOAD): its wall clock is ahead of the machine's by as
// many seconds as the file says, which may change while it runs; its steady clock is not touched.
//
//   JIEXU_CLOCK_AHEAD=FILE   a file of one int64, mapped: seconds
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

std::atomic<int64_t> none{0};
std::atomic<int64_t>* ahead = &none;

__attribute__((constructor)) void start() {
  const char* file = std::getenv("JIEXU_CLOCK_AHEAD");
  if (file == nullptr) return;
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  void* mapped = ::mmap(nullptr, sizeof(*ahead), PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  if (mapped == MAP_FAILED) std::abort();
  ahead = static_cast<std::atomic<int64_t>*>(mapped);
}

bool is_wall(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

}  // namespace

extern "C" {
int clock_gettime(clockid_t clock, timespec* now) {
  static const auto real =
      reinterpret_cast<int (*)(clockid_t, timespec*)>(::dlsym(RTLD_NEXT, "clock_gettime"));
  const int done = real(clock, now);
  if (done == 0 && is_wall(clock)) now->tv_sec += ahead->load();
  return done;
}
int gettimeofday(timeval* now, void*) {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  *now = {exact.tv_sec, exact.tv_nsec / 1000};
  return 0;
}
time_t time(time_t* out) {
  timespec exact{};
  clock_gettime(CLOCK_REALTIME, &exact);
  if (out != nullptr) *out = exact.tv_sec;
  return exact.tv_sec;
}
}
