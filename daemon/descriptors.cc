#include "daemon/descriptors.h"

#include <sys/resource.h>

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

// Of libzmq, for another agency: its connection to us, ours to it while that is made anew, the
// socket and the two ends of its monitor.
constexpr uint64_t kPerAgency = 6;
// The log and the directories of the store, listeners, what threads are woken by, files that are
// read.
constexpr uint64_t kOthers = 128;
// Tables of the store: with fewer it would open and close them all the time.
constexpr uint64_t kStoreFilesMin = 256;
// With so many allowed, the tables of terabytes have room.
constexpr uint64_t kPlenty = 65'536;

uint64_t without_store(uint64_t agencies) {
  return limits::kStrangersMax + limits::kHttpConnectionsMax + kOthers + kPerAgency * agencies;
}

}  // namespace

uint64_t descriptors_needed(uint64_t agencies) {
  return without_store(agencies) + kStoreFilesMin;
}

uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kPlenty;
  const rlimit raised{limit.rlim_max, limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

Result<void> check_descriptors(uint64_t limit, uint64_t agencies) {
  const uint64_t needed = descriptors_needed(agencies);
  if (limit >= needed) return {};
  return fail(Errc::kInvalid,
              "only " + std::to_string(limit) + " file descriptors are allowed (RLIMIT_NOFILE); " +
                  std::to_string(agencies) + " other agencies need " + std::to_string(needed) +
                  ": raise LimitNOFILE= of the unit, or `ulimit -Hn`");
}

int store_files_max(uint64_t limit, uint64_t agencies) {
  if (limit >= kPlenty) return -1;
  return static_cast<int>(limit - without_store(agencies));
}

}  // namespace jiexu
