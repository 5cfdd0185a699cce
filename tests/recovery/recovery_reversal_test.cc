// Money that the bank brought, took back and brought again before the store of its agency was lost.
#include <catch2/catch.hpp>

#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace recovery_reversal_test {
namespace {

constexpr int64_t kTooMuch = 1000;

// IN's backup is of the moment before the bank brings anything.
struct Reversed : RecoveryPair {
  std::unique_ptr<MemoryStore> backup;
  std::vector<v1::BankLine> lines;

  Reversed() {
    for (size_t i = 0; i < 6; ++i) REQUIRE_FALSE(RecoveryPair::act(kStory[i]).rejection);
  }

  std::string bring(int64_t fen) {
    const std::string sequence = std::to_string(lines.size() + 1);
    lines.push_back(bank_line(in.subject(id).letter_number, fen, sequence));
    lines.back().set_reversal(fen < 0);
    const std::string outcome = in.bank({lines.back()}).bank.results(0).outcome();
    settle({&in, &out});
    return outcome;
  }

  void act(Who who, EventKind kind, int64_t fen = 0) {
    v1::ActionInput input = sound_input(site(who).subject(id), kind);
    if (fen != 0) input.set_amount_fen(fen);
    REQUIRE_FALSE(site(who).act(kind, id, input).rejection);
    settle({&in, &out});
  }

  // The statements are imported again; nothing is left over, and nothing has changed.
  void lose_and_recover() {
    const std::string before = states();
    const Case was = in.subject(id);
    restore(Who::kIn, *backup);
    run_for(20);
    CHECK(states() == before);
    for (const v1::BankLine& line : lines) in.bank({line});
    run_for(2);
    CHECK(states() == before);
    CHECK(in.subject(id).moved == was.moved);
    CHECK(in.subject(id).overlays == was.overlays);
    CHECK(in.balance(in_site(), LedgerAccount::kSuspense) == 0);
    check_sound();
  }
};

}  // namespace

TEST_CASE("a difference that was told twice is replayed to what the bank did in between") {
  Reversed world;
  world.backup = world.in.store->clone();
  CHECK(world.bring(kBalance) == "matched");
  CHECK(world.bring(kTooMuch) == "amount_differs");
  world.act(Who::kIn, EventKind::kReportDifference);
  CHECK(world.bring(-kTooMuch) == "reversed");
  CHECK(world.states() == "INFO_RECEIVED / MATCHED : FORM_ISSUED / COMPUTED : ");
  CHECK(world.bring(kTooMuch) == "amount_differs");
  world.act(Who::kIn, EventKind::kReportDifference);
  world.lose_and_recover();
}

TEST_CASE("what the bank took back of a case that was given up is known after a loss") {
  Reversed world;
  world.act(Who::kIn, EventKind::kCancel);
  world.act(Who::kOut, EventKind::kAgree);
  world.backup = world.in.store->clone();
  CHECK(world.bring(kBalance) == "amount_differs");
  CHECK(world.bring(-kBalance) == "reversed");
  CHECK(world.bring(kBalance) == "amount_differs");
  world.act(Who::kIn, EventKind::kReturnFunds);
  CHECK(world.in.subject(world.id).moved == Fen{});
  world.lose_and_recover();
}

}  // namespace recovery_reversal_test
