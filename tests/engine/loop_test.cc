// The engine with its threads: when answers leave, what happens when the inbox is full, and what
// when the store fails. Nothing here waits for time: latches say when to go on.
#include "daemon/engine/loop.h"

#include <catch2/catch.hpp>
#include <future>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace loop_test {
namespace {

class FixedClock final : public Clock {
 public:
  Instant now() const override { return kNow; }
  Steady steady() const override { return {kNow.ms}; }
};

// A store whose commits wait until they are let through, or fail.
class GatedStore final : public Store {
 public:
  explicit GatedStore(MemoryStore& under) : under_(under) {}

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    return under_.get(family, key);
  }
  Result<void> scan(Family family, std::string_view lower, std::string_view upper,
                    const Visitor& visit) const override {
    return under_.scan(family, lower, upper, visit);
  }
  Result<void> scan_back(Family family, std::string_view lower, std::string_view upper,
                         const Visitor& visit) const override {
    return under_.scan_back(family, lower, upper, visit);
  }
  Result<void> commit(const Batch& batch) override {
    entered.set_value();
    open.get_future().wait();
    return under_.commit(batch);
  }
  Lsn lsn() const override { return under_.lsn(); }
  std::unique_ptr<Snapshot> snapshot() const override { return under_.snapshot(); }

  std::promise<void> entered;  // the first commit has begun
  std::promise<void> open;     // it may go on

 private:
  MemoryStore& under_;
};

Command apply_command(const std::function<void()>& done) {
  ActionCommand apply{
      EventKind::kApply, case_number(1),
      std::make_shared<const v1::ActionInput>(sound_input(Case(), EventKind::kApply))};
  return make_command("clerk", std::move(apply), [done](const CaseReply&) { done(); });
}

Command question(const std::function<void()>& done) {
  return make_command("", PeersQuery{}, [done](const PeersQuery::Reply&) { done(); });
}

bool is_ready(const std::future<void>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

TEST_CASE("an answer leaves only after the commit has come back") {
  Site site(in_site(), kNow);
  GatedStore store(*site.store);
  const FixedClock clock;
  EngineLoop loop(site.engine->kernel(), store, clock, {});
  std::promise<void> answered;
  auto answer = answered.get_future();
  REQUIRE(loop.post(apply_command([&] { answered.set_value(); })));
  store.entered.get_future().wait();
  CHECK_FALSE(is_ready(answer));
  // The engine goes on meanwhile: a question is answered.
  std::promise<void> asked;
  REQUIRE(loop.post(question([&] { asked.set_value(); })));
  asked.get_future().wait();
  CHECK_FALSE(is_ready(answer));
  store.open.set_value();
  answer.wait();
  loop.stop();
  CHECK(site.subject(case_number(1)).relationship == Relationship::kDraft);
}

TEST_CASE("a full inbox refuses commands and tells the transport to wait") {
  Site site(in_site(), kNow);
  const FixedClock clock;
  EngineLoop loop(site.engine->kernel(), *site.store, clock, {});
  std::promise<void> inside;
  std::promise<void> go_on;
  auto gate = go_on.get_future();
  REQUIRE(loop.post(question([&] {
    inside.set_value();
    gate.wait();
  })));
  inside.get_future().wait();
  size_t taken = 0;
  while (loop.post(question([] {}))) ++taken;
  CHECK(taken == limits::kInboxEventsMax);
  CHECK_FALSE(loop.may_receive());
  go_on.set_value();
  std::promise<void> last;
  while (!loop.post(question([&] { last.set_value(); }))) std::this_thread::yield();
  last.get_future().wait();
  CHECK(loop.may_receive());
}

TEST_CASE("a store that fails is reported once, and nobody is answered") {
  Site site(in_site(), kNow);
  GatedStore store(*site.store);
  site.store->set_fault_hook([](const Batch&) { return CommitFault::kKept; });
  const FixedClock clock;
  std::atomic<int> fatal = 0;
  std::promise<void> failed;
  LoopHandlers handlers;
  handlers.on_fatal = [&](const Error& error) {
    CHECK(error.code == Errc::kIo);
    if (++fatal == 1) failed.set_value();
  };
  std::atomic<int> answers = 0;
  EngineLoop loop(site.engine->kernel(), store, clock, handlers);
  REQUIRE(loop.post(apply_command([&] { ++answers; })));
  store.entered.get_future().wait();
  store.open.set_value();
  failed.get_future().wait();
  // A question needs no commit, but a loop that has failed says nothing at all.
  loop.post(question([&] { ++answers; }));
  loop.stop();
  CHECK(fatal == 1);
  CHECK(answers == 0);
}

TEST_CASE("the age of a commit shows a disk that hangs") {
  Site site(in_site(), kNow);
  GatedStore store(*site.store);
  const FixedClock clock;
  EngineLoop loop(site.engine->kernel(), store, clock, {});
  CHECK(loop.commit_age_ms() == 0);
  std::promise<void> answered;
  auto answer = answered.get_future();
  REQUIRE(loop.post(apply_command([&] { answered.set_value(); })));
  store.entered.get_future().wait();
  while (loop.commit_age_ms() == 0) std::this_thread::yield();
  store.open.set_value();
  answer.wait();
  CHECK(loop.commit_age_ms() == 0);
}

TEST_CASE("a loop stops while nothing happens, also twice") {
  Site site(in_site(), kNow);
  const FixedClock clock;
  EngineLoop loop(site.engine->kernel(), *site.store, clock, {});
  loop.stop();
  loop.stop();
  CHECK(site.answers.empty());
}

}  // namespace loop_test
