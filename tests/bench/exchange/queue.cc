#include "tests/bench/exchange/queue.h"

#include <algorithm>

#include "daemon/agency/engine.h"
#include "daemon/base/check.h"
#include "tests/bench/exchange/home.h"
#include "tests/bench/exchange/site.h"

namespace jiexu::bench {
namespace {

constexpr size_t kQueueBatch = 1000;
constexpr size_t kLettersPerDay = 99'000;
constexpr int64_t kDayMs = 86'400'000;

class Nowhere final : public Transport, public EngineObserver {
 public:
  void send(AgencyId, Lane, FrameBytes) override {}
};

SubmitCommand batch_of(size_t first, size_t count, const std::string& to, Instant now) {
  auto input = std::make_shared<v1::SubmitInput>();
  SubmitCommand command;
  for (size_t n = first; n < first + count; ++n) {
    v1::Application& form = *input->add_applications();
    form = application(n, to);
    form.set_applied_on(date_of(now).yyyymmdd());
    std::string random(2, '\0');
    append_u64(random, n);
    command.case_ids.push_back(CaseId::make(now.ms, *to_array<10>(random)));
  }
  command.input = std::move(input);
  return command;
}

void submit(Engine& engine, Store& store, SubmitCommand what, Instant now) {
  const size_t count = what.case_ids.size();
  size_t sent = 0;
  const auto count_sent = [&](const SubmitCommand::Reply& answer) {
    CHECK(answer.has_value());
    for (const Submitted& one : *answer) {
      if (!one) give_up(std::string(name(one.error().refusal)) + ": " + one.error().detail);
      ++sent;
    }
  };
  Kernel& kernel = engine.kernel();
  const Moment moment{now, {now.ms}};
  CHECK(kernel.handle(make_command("bench", std::move(what), count_sent), moment).has_value());
  while (kernel.wants_commit(moment)) {
    CHECK(store.commit(kernel.begin_commit()).has_value());
    kernel.commit_done(moment);
  }
  CHECK(sent == count);
}

}  // namespace

void queue_letters(const std::filesystem::path& agency_folder, const std::string& to, size_t count,
                   size_t first_person) {
  const Home home = open_home(agency_folder);
  const auto directory = Directory::load(home.config.directory);
  CHECK(directory.has_value());
  Nowhere nowhere;
  EngineOptions options;
  options.self = home.config.agency;
  options.seed = 1;
  const size_t days = (count + kLettersPerDay - 1) / kLettersPerDay;
  const Instant first_day = SystemClock().now().plus_ms(-static_cast<int64_t>(days) * kDayMs);
  const auto engine = Engine::open(
      options, {*home.store, *home.vault, *home.keyring.signer, *home.numbers, nowhere, nowhere},
      *directory, {first_day, {first_day.ms}});
  CHECK(engine.has_value());
  for (size_t n = 0; n < count; n += kQueueBatch) {
    const Instant now = first_day.plus_ms(static_cast<int64_t>(n / kLettersPerDay) * kDayMs +
                                          static_cast<int64_t>(n % kLettersPerDay));
    const size_t batch = std::min(kQueueBatch, count - n);
    submit(**engine, *home.store, batch_of(first_person + n, batch, to, now), now);
  }
}

}  // namespace jiexu::bench
