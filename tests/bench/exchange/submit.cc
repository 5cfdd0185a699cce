#include "tests/bench/exchange/submit.h"

#include <chrono>
#include <thread>

#include "daemon/base/check.h"

namespace jiexu::bench {

std::string submission(size_t first, size_t count, const Site& site) {
  v1::SubmitInput input;
  for (size_t n = first; n < first + count; ++n) {
    *input.add_applications() = application(n, site.code(1 + n % (site.size() - 1)));
  }
  return input.SerializeAsString();
}

void submit(HttpConnection& at, const std::string& body, size_t count) {
  int status = 0;
  v1::SubmitResults results;
  do {
    const std::string answer =
        at.ask("POST", "/v1/letters:submit", "application/x-protobuf", body, &status);
    CHECK(status == 429 || status == 200);
    if (status == 200) CHECK(results.ParseFromString(answer));
  } while (status == 429);
  CHECK(static_cast<size_t>(results.results_size()) == count);
  for (const v1::SubmitResult& result : results.results()) {
    if (!result.refusal().empty()) give_up("a letter was refused: " + result.ShortDebugString());
  }
}

uint64_t received(HttpConnection& at, const Site& site) {
  return Site::peer(at, site.code(0)).in_last_seq();
}

void wait_received(const Site& site, size_t messages, int pause_ms) {
  for (size_t i = 1; i < site.size(); ++i) {
    const auto at = site.connect(i);
    const size_t others = site.size() - 1;
    const size_t share = messages / others + (i - 1 < messages % others ? 1 : 0);
    while (received(*at, site) < share) {
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
    }
    CHECK(at->ask("GET", "/v1/quarantine", "", "").find("\"refusal\"") == std::string::npos);
  }
}

}  // namespace jiexu::bench
