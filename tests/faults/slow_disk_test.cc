// A disk that takes its time, under the engine with its threads.
#include <catch2/catch.hpp>
#include <chrono>
#include <future>
#include <thread>

#include "daemon/engine/loop.h"
#include "tests/faults/victim.h"

using namespace jiexu;
using namespace jiexu::faults;
using namespace std::chrono_literals;

namespace slow_disk_test {
namespace {

constexpr auto kLong = 30s;  // for what happens at once on any machine

// Holds syncs back until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = true;
};

Command application(const std::function<void(bool)>& done) {
  e2e::People people;
  v1::ActionInput input;
  *input.mutable_application() = e2e::application_of(people.make(0), agency_b().str(),
                                                     date_of(SystemClock().now()).yyyymmdd());
  ActionCommand apply{EventKind::kApply, CaseId::make(SystemClock().now().ms, {}),
                      std::make_shared<const v1::ActionInput>(input)};
  return make_command("clerk", std::move(apply),
                      [done](const CaseReply& reply) { done(!reply.rejection); });
}

bool wait_for_age(const EngineLoop& loop, int64_t ms) {
  const auto until = std::chrono::steady_clock::now() + kLong;
  while (loop.commit_age_ms() < ms) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

}  // namespace

TEST_CASE(
    "while a sync hangs the commit's age grows and nobody is answered; then the answer comes") {
  const Scratch scratch;
  Gate gate;
  FaultEnv disk(scratch.path(), {});
  disk.fs->set_before_sync([&] { gate.pass(); });
  auto store = RocksStore::create(settings_at(scratch.path() / "store", disk.env.get())).value();
  Batch batch;
  fill_new_store(batch, agency_a(), *store);
  REQUIRE(store->commit(batch));
  const SystemClock clock;
  Station station(agency_a());
  REQUIRE(station.start({*store, [] { return true; }}, clock.now()));

  std::promise<bool> told;
  auto answer = told.get_future();
  gate.set(false);
  EngineLoop loop(station.engine().kernel(), *store, clock,
                  {[](const Error&) {}, [](int64_t) {}, [] {}});
  REQUIRE(loop.post(application([&](bool good) { told.set_value(good); })));
  CHECK(wait_for_age(loop, 50));
  CHECK(answer.wait_for(0s) == std::future_status::timeout);
  gate.set(true);
  REQUIRE(answer.wait_for(kLong) == std::future_status::ready);
  CHECK(answer.get());
  loop.stop();
  station.stop();
}

}  // namespace slow_disk_test
