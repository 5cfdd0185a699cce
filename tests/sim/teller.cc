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
  for (size_t i = 0; i < credits.size() && out.size() < 3;) {
    const size_t first = i;
    bool wanted = false;
    for (; i < credits.size() && credits[i].statement == credits[first].statement; ++i) {
      wanted |= credits[i].in == node_.id() && !credits[i].imported;
    }
    if (credits[first].in != node_.id()) continue;
    if (!wanted && !random_.chance(kAgainPermille)) continue;
    for (size_t line = first; line < i; ++line) out.push_back(line);
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
    for (int n = 0; n < answer.bank.results_size(); ++n) {
      const v1::BankLineResult& result = answer.bank.results(n);
      world_.trace.add(node_.id().text(), "imported", result.outcome());
      Credit& credit = world_.bank.credits()[picked[static_cast<size_t>(n)]];
      credit.imported = !credit.misquoted || result.outcome().ends_with("matched_by_hand");
      credit.forgotten &= !credit.imported;
      if (!credit.imported) match_by_hand(credit, result);
    }
    if (turn == turn_) look_later();
  };
  if (!node_.post(std::move(command)) && turn == turn_) look_later();
}

// Until that is done, the line is imported again and again.
void Teller::match_by_hand(const Credit& credit, const v1::BankLineResult& result) {
  const auto line = to_array<std::tuple_size_v<Digest>>(*from_hex(result.line_id()));
  const std::vector<Allocation> to = {{credit.case_id, Fen{credit.line.amount_fen()}}};
  Command command;
  command.user = "teller";
  command.what = SettleLineCommand{*line, to, "asked the bank"};
  command.done = [this](const Answer& answer) {
    const std::string_view refused = answer.rejection ? name(answer.rejection->refusal) : "done";
    world_.trace.add(node_.id().text(), "matched by hand", std::string(refused));
  };
  if (node_.post(std::move(command))) return;
  world_.trace.add(node_.id().text(), "matched by hand", "the inbox is full");
}

}  // namespace jiexu::sim
