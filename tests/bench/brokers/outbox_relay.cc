// jiexu-outbox-relay: what an engineer would write instead of buying a broker. Takes up to 500 rows
// out of A's outbox, puts them into B's inbox in one transaction, then commits their removal at A.
// A crash between the two commits sends rows once more, and the inbox's key ignores them. When the
// outbox is empty it looks again after 2 ms.
#include <signal.h>

#include <atomic>
#include <thread>

#include "ops/cli/command_line.h"
#include "tests/bench/brokers/pg.h"

namespace jiexu::bench {
namespace {

using namespace std::chrono_literals;

struct Options {
  std::string from, to;
  size_t workers = 2;
  size_t batch = 500;
};

std::atomic<bool> stopping{false};

class Relay {
 public:
  explicit Relay(const Options& options) : from_(options.from), to_(options.to) {
    if (!from_.good() || !to_.good()) return;
    // Rows that another worker holds are its own. The ids are made an array, so that their rows are
    // found by the index; for a set the planner scans the whole outbox.
    const std::string take =
        "DELETE FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM outbox ORDER BY id LIMIT " +
        std::to_string(options.batch) + " FOR UPDATE SKIP LOCKED)) RETURNING id, body";
    ready_ = from_.prepare("take", take.c_str()) &&
             to_.prepare("put",
                         "INSERT INTO inbox (id, body) SELECT * FROM "
                         "unnest($1::int8[], $2::bytea[]) ON CONFLICT (id) DO NOTHING");
  }

  // Moves one batch. False: a connection is lost; what was taken from A comes back there.
  bool turn() {
    if (!ready_ || from_.ask("BEGIN") == nullptr) return false;
    const PgResult rows = from_.run("take");
    if (rows == nullptr) return false;
    const int count = PQntuples(rows.get());
    ids_.clear();
    bodies_.clear();
    for (int row = 0; row < count; ++row) {
      ids_.append(pg_bytes(rows.get(), row, 0));
      bodies_.append(pg_bytes(rows.get(), row, 1));
    }
    if (count > 0 && to_.run("put", {ids_.bytes(), bodies_.bytes()}) == nullptr) return false;
    if (from_.ask("COMMIT") == nullptr) return false;
    if (count == 0) std::this_thread::sleep_for(2ms);
    return true;
  }

 private:
  PgConnection from_, to_;
  bool ready_ = false;
  PgArray ids_{PgArray::Of::kInt8}, bodies_{PgArray::Of::kBytea};
};

void work(const Options& options) {
  while (!stopping) {
    Relay relay(options);
    while (!stopping && relay.turn()) continue;
    if (!stopping) std::this_thread::sleep_for(100ms);
  }
}

}  // namespace
}  // namespace jiexu::bench

int main(int argc, char** argv) {
  using namespace jiexu::bench;
  Options options;
  jiexu::cli::CommandLine line("Moves rows of an outbox table to an inbox table of another server");
  jiexu::cli::Command app = line.command();
  app.add_option("--from", options.from, "Connection string of the outbox's server").required();
  app.add_option("--to", options.to, "Of the inbox's server").required();
  app.add_option("--workers", options.workers, "Batches under way").shows_default();
  app.add_option("--batch", options.batch, "Rows a transaction").shows_default();
  if (const auto ends = line.parse(argc, argv)) return *ends;
  signal(SIGTERM, [](int) { stopping = true; });
  signal(SIGPIPE, SIG_IGN);
  std::vector<std::thread> workers;
  for (size_t i = 0; i < options.workers; ++i) workers.emplace_back(work, options);
  for (std::thread& worker : workers) worker.join();
  return 0;
}
