#include "tests/sim/teller.h"

#include "daemon/bank/bank_queries.h"
#include "daemon/bank/bank_service.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kTellerPatienceMs = 6'000;
constexpr int64_t kTellerThinkMsMax = 1'500;
constexpr uint32_t kAgainPermille = 30;
constexpr uint32_t kStrangerPermille = 5;
// Of statements that come again: told in other words, and of those on another day.
constexpr uint32_t kRestatedPermille = 500;
constexpr uint32_t kOtherDayPermille = 300;
constexpr uint32_t kEarlyPermille = 20;  // of lines that would settle by themselves

// Whom the line is of can be told by a person; where a case has sent money back to, the bank
// service knows itself.
bool can_be_matched(const Entry& entry) {
  return entry.kind != Entry::Kind::kDebit || entry.shares.front().attempt != 0;
}

// The same booking as another system of the bank tells it.
void restate(Random& random, v1::BankLine& line) {
  line.set_counterparty_name("RESTATED");
  if (random.chance(500)) line.clear_counterparty_account();
  const References found = find_references(line);
  const bool named = !found.letters.empty() || found.end_to_end;
  if (named && random.chance(kOtherDayPermille)) line.set_booked_on(line.booked_on() + 1);
}

}  // namespace

void Teller::look_later() {
  if (world_.mood == Mood::kRest) return;
  world_.schedule.after(random_.between(1, kTellerThinkMsMax), [this, turn = ++turn_] {
    if (turn == turn_) look();
  });
}

std::vector<size_t> Teller::pick() {
  std::vector<size_t> out;
  const auto& entries = world_.bank.entries();
  for (size_t i = 0; i < entries.size() && out.size() < 3;) {
    const size_t first = i;
    bool wanted = false;
    for (; i < entries.size() && entries[i].statement == entries[first].statement; ++i) {
      wanted |= entries[i].holder == node_.id() && !entries[i].imported;
    }
    if (entries[first].holder != node_.id()) continue;
    if (!wanted && !random_.chance(kAgainPermille)) continue;
    for (size_t line = first; line < i; ++line) out.push_back(line);
  }
  return out;
}

void Teller::look() {
  if (world_.mood == Mood::kLife && random_.chance(kStrangerPermille)) {
    world_.bank.credit_stranger(node_.id());
  }
  if (!node_.up()) return look_later();
  if (const auto unsure = first_unsure(); unsure && random_.chance(500)) return answer(*unsure);
  const auto waiting = look_through_queue();
  if (waiting && random_.chance(500)) return match_by_hand(world_.bank.entries()[*waiting]);
  const std::vector<size_t> picked = pick();
  picked.empty() ? look_later() : import(picked);
}

void Teller::post(Asking command, const std::string& user) {
  const uint64_t turn = ++turn_;
  world_.schedule.after(kTellerPatienceMs, [this, turn] {
    if (turn == turn_) look_later();
  });
  command.user = user;
  command.done = [this, turn, done = std::move(command.done)](Answer&& answer) {
    done(std::move(answer));
    if (turn == turn_) look_later();
  };
  if (!node_.post(std::move(command)) && turn == turn_) look_later();
}

void Teller::import(const std::vector<size_t>& picked) {
  world_.trace.add(node_.id().text(), "import", std::to_string(picked.size()));
  BankCommand lines;
  // Not at the end: who would still be asked?
  const bool restated = world_.mood == Mood::kLife && random_.chance(kRestatedPermille);
  for (const size_t i : picked) {
    lines.lines.push_back(world_.bank.entries()[i].line);
    if (restated && is_booked(lines.lines.back())) restate(random_, lines.lines.back());
  }
  Asking command;
  command.what = std::move(lines);
  command.done = [this, picked](const Answer& answer) {
    for (int n = 0; n < answer.bank.results_size(); ++n) {
      world_.trace.add(node_.id().text(), "imported", answer.bank.results(n).outcome());
      world_.bank.entries()[picked[static_cast<size_t>(n)]].imported = true;
    }
  };
  post(std::move(command));
}

bool Teller::is_booked(const v1::BankLine& line) const {
  const Records records(node_.store(), node_.vault());
  const auto record = read_bank_line(records, digest_of(line));
  return record && *record;
}

// A line that may be one that is known.
std::optional<Digest> Teller::first_unsure() const {
  const Records records(node_.store(), node_.vault());
  const auto waiting = list_waiting_lines(records, BankOutcome::kMayRepeat, {}, 1);
  if (!waiting || waiting->lines.empty()) return std::nullopt;
  return waiting->lines.front().digest;
}

// All that this bank tells again it has told before.
void Teller::answer(const Digest& line) {
  propose({line, LineAct::kSame, {}, "the bank says so", {}});
}

std::optional<size_t> Teller::look_through_queue() {
  const Records records(node_.store(), node_.vault());
  auto& entries = world_.bank.entries();
  std::vector<size_t> waiting;
  for (size_t i = 0; i < entries.size(); ++i) {
    Entry& entry = entries[i];
    if (entry.holder != node_.id() || !entry.imported || entry.settled) continue;
    const Key key = layout::bank_line_key(digest_of(entry.line));
    const auto record = records.get_message<v1::BankLineRecord>(Family::kFunds, key);
    if (!record || !*record) continue;
    const bool stranger = entry.kind == Entry::Kind::kStranger;
    if ((*record)->suspense_fen() != 0 && !stranger) {
      const auto outcome = static_cast<BankOutcome>((*record)->outcome());
      const bool early = outcome == BankOutcome::kEarly || outcome == BankOutcome::kMayBeSentBack;
      if (can_be_matched(entry) && (!early || random_.chance(kEarlyPermille))) waiting.push_back(i);
      continue;
    }
    entry.settled = true;
    entry.forgotten = false;
  }
  if (waiting.empty()) return std::nullopt;
  return waiting[random_.below(waiting.size())];
}

void Teller::match_by_hand(const Entry& entry) {
  const int64_t sign = entry.line.amount_fen() > 0 ? 1 : -1;
  std::vector<Allocation> to;
  for (const Share& share : entry.shares) {
    to.push_back({share.case_id, Fen{sign * share.fen.value}, share.attempt});
  }
  propose({digest_of(entry.line), LineAct::kMatch, std::move(to), "asked the bank", {}});
}

void Teller::propose(SettleLineCommand act) {
  Asking command;
  command.done = [this, line = act.line, what = std::string(name(act.act))](const Answer& answer) {
    const std::string_view refused =
        answer.rejection ? name(answer.rejection->refusal) : "proposed";
    world_.trace.add(node_.id().text(), what, std::string(refused));
    if (!answer.rejection) approve(line, answer.bank.results(0).content());
  };
  command.what = std::move(act);
  post(std::move(command));
}

// Another person looks at what the first one has proposed.
void Teller::approve(const Digest& line, const std::string& content) {
  Asking command;
  command.what = DecideLineCommand{line, content};
  command.done = [this](const Answer& answer) {
    const std::string_view refused = answer.rejection ? name(answer.rejection->refusal) : "done";
    world_.trace.add(node_.id().text(), "approved", std::string(refused));
  };
  post(std::move(command), "second teller");
}

}  // namespace jiexu::sim
