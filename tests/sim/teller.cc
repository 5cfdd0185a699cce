#include "tests/sim/teller.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kPatienceMs = 6'000;
constexpr int64_t kThinkMsMax = 1'500;
constexpr uint32_t kAgainPermille = 30;
constexpr uint32_t kStrangerPermille = 5;

}  // namespace

void Teller::look_later() {
  if (world_.mood == Mood::kRest) return;
  world_.schedule.after(random_.between(1, kThinkMsMax), [this, turn = ++turn_] {
    if (turn == turn_) look();
  });
}

std::vector<size_t> Teller::pick() {
  std::vector<size_t> out;
  const auto& credits = world_.bank.credits();
  for (size_t i = 0; i < credits.size() && out.size() < 3; ++i) {
    if (credits[i].in != node_.id()) continue;
    if (!credits[i].imported || random_.chance(kAgainPermille)) out.push_back(i);
  }
  return out;
}

void Teller::look() {
  if (world_.mood == Mood::kLife && random_.chance(kStrangerPermille)) {
    world_.bank.credit_stranger(node_.id());
  }
  const std::vector<size_t> picked = node_.up() ? pick() : std::vector<size_t>();
  if (picked.empty()) return look_later();
  world_.trace.add(node_.id().text(), "import", std::to_string(picked.size()));
  BankCommand lines;
  for (const size_t i : picked) lines.lines.push_back(world_.bank.credits()[i].line);
  const uint64_t turn = ++turn_;
  world_.schedule.after(kPatienceMs, [this, turn] {
    if (turn == turn_) look_later();
  });
  Command command;
  command.user = "teller";
  command.what = std::move(lines);
  command.done = [this, picked, turn](const Answer& answer) {
    for (const size_t i : picked) world_.bank.credits()[i].imported = true;
    for (const auto& result : answer.bank.results()) {
      world_.trace.add(node_.id().text(), "imported", result.outcome());
    }
    if (turn == turn_) look_later();
  };
  if (!node_.post(std::move(command)) && turn == turn_) look_later();
}

}  // namespace jiexu::sim
