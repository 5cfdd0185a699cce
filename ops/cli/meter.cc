#include "ops/cli/meter.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "daemon/base/columns.h"
#include "ops/cli/layout.h"

namespace jiexu::cli {
namespace {

constexpr uint64_t kBar = 20;
constexpr std::chrono::milliseconds kPause{100};
constexpr size_t kMeterColumns = 78;

// Past the streams, which show control characters instead of sending them.
void write_raw(const std::string& text) {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t n = ::write(STDERR_FILENO, text.data() + written, text.size() - written);
    if (n <= 0) return;
    written += static_cast<size_t>(n);
  }
}

}  // namespace

std::string meter_line(const std::string& what, uint64_t done, uint64_t total, size_t columns) {
  std::string line = what + "  " + std::to_string(done);
  if (total > 0) {
    done = std::min(done, total);
    const uint64_t full = done * kBar / total;
    const std::string percent = std::to_string(done * 100 / total);
    line = "[" + std::string(full, '#') + std::string(kBar - full, '.') + "] " +
           std::string(3 - std::min<size_t>(percent.size(), 3), ' ') + percent + " %  " + what;
  }
  std::string out;
  for (std::string_view rest = line; !rest.empty();) {
    const Character next = first_character(rest);
    if (columns_of(out) + next.columns > columns) break;
    out += next.bytes;
    rest.remove_prefix(next.bytes.size());
  }
  return out;
}

Meter::Meter(std::string what, uint64_t total)
    : what_(std::move(what)), total_(total), shown_(::isatty(STDERR_FILENO) != 0) {}

Meter::~Meter() {
  clear();
}

void Meter::show(uint64_t done) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return;
  next_ = now + kPause;
  drawn_ = true;
  write_raw("\r\x1b[K" + meter_line(what_, done, total_, kMeterColumns));
}

void Meter::clear() {
  if (std::exchange(drawn_, false)) write_raw("\r\x1b[K");
}

Elapsed::Elapsed(const std::string& what)
    : thread_([what](const std::stop_token& stop) {
        Meter meter(what, 0);
        std::mutex lock;
        std::condition_variable_any changed;
        std::unique_lock held(lock);
        for (uint64_t second = 1; !changed.wait_for(held, stop, std::chrono::seconds(1),
                                                    [&] { return stop.stop_requested(); });
             ++second) {
          meter.show(second);
        }
      }) {}

}  // namespace jiexu::cli
