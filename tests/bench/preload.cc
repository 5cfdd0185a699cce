// Loaded into a program under measurement (LD_PRELOAD). Counts what it asks of the kernel's disk
// and of the heap, and can make every sync slower:
//
//   JIEXU_BENCH_COUNTERS=FILE   a file of three u64, mapped: syncs, allocations, bytes allocated
//   JIEXU_BENCH_SYNC_TIMES=FILE  sync_times.h, mapped: when each sync returned
//   JIEXU_BENCH_SYNC_MS=MS      each fsync and fdatasync takes so much longer
//
// Allocations are counted only if JIEXU_BENCH_ALLOCATIONS is set, because that costs time.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <new>

#include "tests/bench/sync_times.h"

namespace {

using jiexu::bench::SyncTimes;

struct Counters {
  std::atomic<uint64_t> syncs;
  std::atomic<uint64_t> allocations;
  std::atomic<uint64_t> bytes;
};

Counters nowhere;
Counters* counters = &nowhere;
SyncTimes* sync_times = nullptr;
long delay_ms = 0;
bool count_allocations = false;

// The file that the variable names, mapped; nullptr if there is none.
void* map(const char* variable, size_t size) {
  const char* file = std::getenv(variable);
  if (file == nullptr) return nullptr;
  const int fd = ::open(file, O_RDWR | O_CLOEXEC);
  void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  return mapped == MAP_FAILED ? nullptr : mapped;
}

__attribute__((constructor)) void start() {
  if (void* found = map("JIEXU_BENCH_COUNTERS", sizeof(Counters))) {
    counters = static_cast<Counters*>(found);
  }
  sync_times = static_cast<SyncTimes*>(map("JIEXU_BENCH_SYNC_TIMES", sizeof(SyncTimes)));
  if (const char* text = std::getenv("JIEXU_BENCH_SYNC_MS")) delay_ms = std::atol(text);
  count_allocations = std::getenv("JIEXU_BENCH_ALLOCATIONS") != nullptr;
}

void* count(void* block, size_t size) {
  if (count_allocations) {
    counters->allocations.fetch_add(1, std::memory_order_relaxed);
    counters->bytes.fetch_add(size, std::memory_order_relaxed);
  }
  return block;
}

int synced(int (*real)(int), int fd) {
  const int result = real(fd);
  counters->syncs.fetch_add(1, std::memory_order_relaxed);
  const timespec pause{delay_ms / 1000, delay_ms % 1000 * 1000000};
  if (delay_ms > 0) ::nanosleep(&pause, nullptr);
  if (sync_times != nullptr) sync_times->add();
  return result;
}

}  // namespace

// The allocator behind is the next one: the C library's, or the one that a daemon links.
extern "C" {
void* malloc(size_t size) {
  static const auto real = reinterpret_cast<void* (*)(size_t)>(::dlsym(RTLD_NEXT, "malloc"));
  return count(real(size), size);
}
void* calloc(size_t items, size_t size) {
  static const auto real =
      reinterpret_cast<void* (*)(size_t, size_t)>(::dlsym(RTLD_NEXT, "calloc"));
  return count(real(items, size), items * size);
}
void* realloc(void* block, size_t size) {
  static const auto real =
      reinterpret_cast<void* (*)(void*, size_t)>(::dlsym(RTLD_NEXT, "realloc"));
  return count(real(block, size), size);
}

int fsync(int fd) {
  static const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
  return synced(real, fd);
}
int fdatasync(int fd) {
  static const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fdatasync"));
  return synced(real, fd);
}
}

// An allocator that brings its own would not be asked through malloc().
void* operator new(size_t size) {
  if (void* const block = malloc(size)) return block;
  throw std::bad_alloc();
}
void* operator new[](size_t size) {
  return operator new(size);
}
