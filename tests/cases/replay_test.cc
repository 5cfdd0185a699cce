// What our own messages prove that had happened before them.
#include "daemon/cases/replay.h"

#include <catch2/catch.hpp>

#include "tests/cases/party.h"

using namespace jiexu;

namespace replay_test {

// Seed 10305: the bank's line of what had come back was lost with the store.
TEST_CASE("a refund proves that what was at the peer beyond its due had come back") {
  Party out(Side::kOut);
  out.play("letter-received accept-letter stop-insurance issue-form remit");
  out.subject.due = Fen{};
  out.subject.refund = Fen{kBalance};
  Party older = out;
  const Outcome refunded = out.play("bank-credit:" + std::to_string(kBalance) + " refund");
  REQUIRE(refunded.messages.size() == 1);
  for (const Replay& replay : acts_behind(older.subject, refunded.messages[0])) {
    Event event;
    event.kind = replay.kind;
    event.at = kNow;
    event.input = &replay.input;
    event.amount = replay.amount;
    event.replayed = true;
    REQUIRE_FALSE(older.apply(event).rejection);
  }
  CHECK(older.subject.moved == out.subject.moved);
  CHECK(state_text(older.subject) == state_text(out.subject));
}

}  // namespace replay_test
