// A recovery puts each case's messages back into the order that they had, whatever comes back
// first, and does nothing in the meantime that it would have to take back.
#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace recovery_order_test {
namespace {

using Pair = RecoveryPair;

void play(Pair& pair, size_t from, size_t to) {
  for (size_t i = from; i < to; ++i) CHECK_FALSE(pair.act(kStory[i]).rejection);
}

bool is_batch(const SentFrame& frame) {
  const auto decoded = decode_frame(std::make_shared<const std::string>(frame.bytes));
  return decoded && std::holds_alternative<BatchFrame>(*decoded);
}

// As settle(), but messages from `silent` do not arrive.
void settle_without_messages(const Site& silent, std::vector<Site*> sites) {
  for (int turns = 0; turns < 50; ++turns) {
    for (Site* site : sites) {
      site->wake();
      while (site->commit()) {
      }
      for (; !site->sent.empty(); site->sent.pop_front()) {
        const SentFrame& frame = site->sent.front();
        if (site == &silent && is_batch(frame)) continue;
        for (Site* other : sites) {
          if (other->self == frame.peer) other->hear(site->self, frame.lane, frame.bytes);
        }
      }
    }
  }
}

bool alarmed(const Site& site, const std::string& words) {
  return std::ranges::any_of(
      site.alarms, [&](const std::string& alarm) { return alarm.find(words) != alarm.npos; });
}

}  // namespace

// Seeds 142, 174 and 261: the refusal came back first, and the withdrawal did not fit any more.
TEST_CASE("messages that crossed are replayed in the order that they had here") {
  for (const Who who : {Who::kIn, Who::kOut}) {
    Pair pair;
    play(pair, 0, 3);
    const auto backup = pair.site(who).store->clone();
    pair.in.act(EventKind::kWithdraw, pair.id,
                sound_input(pair.in.subject(pair.id), EventKind::kWithdraw));
    pair.out.act(EventKind::kRejectLetter, pair.id,
                 sound_input(pair.out.subject(pair.id), EventKind::kRejectLetter));
    settle({&pair.in, &pair.out});
    const std::string before = pair.states();
    pair.restore(who, *backup);
    pair.run_for(20);
    CHECK(pair.states() == before);
    CHECK_FALSE(alarmed(pair.site(who), "does not fit"));
    pair.check_sound();
  }
}

// Seeds 128, 174 and 177: after a crash, the peer's word was that it held no receipts of ours.
TEST_CASE(
    "a message of ours waits for what it answered, also when a crash forgets what was missing") {
  Pair pair;
  const auto backup = pair.out.store->clone();
  play(pair, 0, 6);
  const std::string before = pair.states();
  pair.restore(Who::kOut, *backup);
  pair.out.store_complete = false;
  for (int seconds = 0; seconds < 10; ++seconds) {
    settle_without_messages(pair.in, {&pair.in, &pair.out});
    for (Site* site : {&pair.in, &pair.out}) site->now = site->now.plus_ms(1000);
  }
  REQUIRE(pair.in.peer(out_site()).sender().mark().receipted_seq == 0);
  pair.out.sent.clear();
  pair.out.restart();
  settle_without_messages(pair.in, {&pair.in, &pair.out});
  CHECK_FALSE(pair.out.engine->recovered(in_site()));
  pair.run_for(20);
  CHECK(pair.states() == before);
  CHECK_FALSE(alarmed(pair.out, "does not fit"));
  pair.check_sound();
}

// Both have lost the letter: then the answer to it is all that there is.
TEST_CASE("what the peer has lost too is not waited for, and is named to the operator") {
  Pair pair;
  const auto nothing_here = pair.out.store->clone();
  play(pair, 0, 4);
  pair.in.engine.reset();
  MemoryStore& store = *pair.in.store;
  Batch batch;  // the letter vanishes from the peer's log, as if it had never been written
  REQUIRE(store.scan(Family::kLinkLog, "", std::string(Key::kSizeMax, '\xff'),
                     [&](std::string_view key, std::string_view) {
                       const bool sent = key[AgencyId::kSize] == 0;
                       if (sent) batch.remove(Family::kLinkLog, key);
                       return true;
                     }));
  batch.remove(Family::kLink, layout::link_key(out_site(), layout::Direction::kOut));
  REQUIRE(store.commit(batch));
  pair.in.restart();
  pair.restore(Who::kOut, *nothing_here);
  pair.run_for(60);
  CHECK(pair.out.engine->recovered(in_site()));
  CHECK(alarmed(pair.out,
                "message 1 of ours came back and does not fit: accept-letter, unknown_case"));
}

TEST_CASE(
    "a term that ends before the peer is heard from again sends no reminder under a used number") {
  Pair pair;
  play(pair, 0, 4);
  const auto backup = pair.in.store->clone();
  const CaseId id = pair.id;
  CHECK_FALSE(pair.in.act(EventKind::kAsk, id, sound_input(pair.in.subject(id), EventKind::kAsk))
                  .rejection);
  settle({&pair.in, &pair.out});
  pair.restore(Who::kIn, *backup);
  pair.in.now = pair.out.now = kNow.plus_ms(40 * int64_t{86'400'000});
  for (int i = 0; i < 5; ++i) {  // nobody answers
    pair.in.wake();
    while (pair.in.commit()) {
    }
    pair.in.now = pair.in.now.plus_ms(1000);
  }
  CHECK(pair.in.subject(id).sent_case_seq == 1);
  pair.in.sent.clear();
  pair.run_for(20);
  CHECK(pair.in.subject(id).overlays.has(Overlay::kAsking));
  CHECK(pair.in.subject(id).overlays.has(Overlay::kReminding));
  CHECK(pair.out.subject(id).overlays.has(Overlay::kReminded));
  pair.check_sound();
}

// Seeds 460 and 493: the day from which the term ran was that of a receipt which is lost.
TEST_CASE("a reminder of ours is replayed although its day seems not to have come") {
  Pair pair;
  play(pair, 0, 3);
  const auto backup = pair.in.store->clone();
  play(pair, 3, 4);
  pair.in.now = pair.out.now = kNow.plus_ms(40 * int64_t{86'400'000});
  pair.run_for(2);
  REQUIRE(pair.in.subject(pair.id).overlays.has(Overlay::kReminding));
  const uint32_t sent = pair.in.subject(pair.id).sent_case_seq;
  pair.restore(Who::kIn, *backup);
  pair.run_for(20);
  CHECK(pair.in.subject(pair.id).sent_case_seq == sent);
  CHECK(pair.in.subject(pair.id).overlays.has(Overlay::kReminding));
  CHECK_FALSE(pair.in.subject(pair.id).overlays.has(Overlay::kUnclear));
  pair.check_sound();
}

// Seed 127: the line was imported before the case had come back, and stayed in its queue.
TEST_CASE("money that is imported while its case is being fetched back finds it afterwards") {
  Pair pair;
  const auto backup = pair.in.store->clone();
  play(pair, 0, 9);
  const std::string letter = pair.in.subject(pair.id).letter_number;
  pair.restore(Who::kIn, *backup);
  CHECK(pair.in.bank({bank_line(letter, kBalance, "1")}).bank.results(0).outcome() ==
        "unknown_reference");
  CHECK(pair.in.balance(in_site(), LedgerAccount::kSuspense) == -kBalance);
  pair.run_for(20);
  CHECK(pair.in.subject(pair.id).funds == Funds::kMatched);
  CHECK(pair.in.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(pair.in.balance(out_site(), LedgerAccount::kBank) == kBalance);
  CHECK(pair.in.bank({bank_line(letter, kBalance, "1")}).bank.results(0).outcome() ==
        "duplicate, matched");
  pair.check_sound();
}

TEST_CASE("of a line that is more than the recovery has proved, the rest is booked") {
  Pair pair;
  play(pair, 0, 10);
  const auto backup = pair.in.store->clone();
  play(pair, 10, 13);
  pair.restore(Who::kIn, *backup);
  pair.run_for(20);
  const std::string letter = pair.in.subject(pair.id).letter_number;
  pair.in.bank({bank_line(letter, kBalance + 500, "2")});
  CHECK(pair.in.balance(out_site(), LedgerAccount::kBank) == kBalance + 500);
  CHECK(pair.in.ledger_sum() == 0);
}

// Seed 854: whoever starts from an older copy and does not know it must not give up a line.
TEST_CASE("a line imported before a peer tells us of our loss finds its case afterwards") {
  Pair pair;
  const auto backup = pair.in.store->clone();
  play(pair, 0, 9);
  const std::string letter = pair.in.subject(pair.id).letter_number;
  pair.in.engine.reset();
  pair.in.store = backup->clone();
  pair.in.sent.clear();
  pair.in.restart();
  CHECK(pair.in.engine->recovered());  // as it seems
  CHECK(pair.in.bank({bank_line(letter, kBalance, "1")}).bank.results(0).outcome() ==
        "unknown_reference");
  pair.run_for(20);
  CHECK(pair.in.subject(pair.id).funds == Funds::kMatched);
  CHECK(pair.in.balance(in_site(), LedgerAccount::kSuspense) == 0);
  pair.check_sound();
}

TEST_CASE("the debit of money sent back that waits for a recovery leaves suspense afterwards") {
  Pair pair;
  play(pair, 0, 10);
  const std::string letter = pair.in.subject(pair.id).letter_number;
  pair.in.bank({bank_line(letter, kBalance + 500, "1")});
  const auto backup = pair.in.store->clone();
  REQUIRE_FALSE(pair.act({Who::kIn, EventKind::kReturnFunds}).rejection);
  pair.restore(Who::kIn, *backup);
  CHECK(pair.in.bank({bank_line(letter, -500, "2")}).bank.results(0).outcome() == "not_expected");
  CHECK(pair.in.balance(in_site(), LedgerAccount::kSuspense) == 500);
  pair.run_for(20);
  CHECK(pair.in.subject(pair.id).returned == Fen{500});
  CHECK(pair.in.balance(in_site(), LedgerAccount::kSuspense) == 0);
  CHECK(pair.in.bank({bank_line(letter, -500, "2")}).bank.results(0).outcome() ==
        "duplicate, paid_out");
  pair.check_sound();
}

// Seeds 966 and 1355: the bank's line of what had come back was lost with the store, and what
// people had said of it.
TEST_CASE("a second payment order proves what had come back, and its line is booked once") {
  Pair pair;
  play(pair, 0, 9);
  const std::string letter = pair.in.subject(pair.id).letter_number;
  const auto backup = pair.out.store->clone();
  const auto bring = [&] { return pair.out.bank({bank_line(letter, 500, "7")}).bank.results(0); };
  const auto match = [&](const v1::BankLineResult& line) {
    const Digest digest = *to_array<kDigestSize>(*from_hex(line.line_id()));
    return pair.out.decide({digest, LineAct::kMatch, {{pair.id, Fen{500}, 1}}, "asked IN", {}});
  };
  REQUIRE_FALSE(match(bring()).rejection);
  REQUIRE_FALSE(pair.act({Who::kOut, EventKind::kRemit}).rejection);
  const Case before = pair.out.subject(pair.id);
  const int64_t bank = pair.out.balance(in_site(), LedgerAccount::kBank);
  pair.restore(Who::kOut, *backup);
  pair.run_for(20);
  CHECK(pair.out.subject(pair.id).moved == before.moved);
  CHECK(pair.out.subject(pair.id).attempt == before.attempt);
  const v1::BankLineResult again = bring();
  CHECK(again.outcome() == "may_be_sent_back");
  REQUIRE_FALSE(match(again).rejection);
  CHECK(pair.out.subject(pair.id).moved == before.moved);
  CHECK(pair.out.balance(in_site(), LedgerAccount::kBank) == bank);
  CHECK(pair.out.balance(out_site(), LedgerAccount::kSuspense) == 0);
  pair.check_sound();
}

// Seed 100: the recovery was called finished while an entry of the directory was missing.
TEST_CASE("an agency that is missing in the directory meanwhile is asked when it is there again") {
  Pair pair;
  play(pair, 0, 4);
  const auto backup = pair.out.store->clone();
  play(pair, 4, 6);
  const std::string before = pair.states();
  pair.restore(Who::kOut, *backup);
  pair.out.engine.reset();
  pair.out.store_complete = false;
  pair.out.restart();
  std::vector<Agency> others;
  for (const Agency& agency : test_directory()->agencies()) {
    if (agency.id == out_site()) others.push_back(agency);
  }
  const auto alone = Directory::make(others);
  REQUIRE(alone);
  REQUIRE(pair.out.engine->set_directory(*alone, at(pair.out.now)));
  CHECK_FALSE(pair.out.engine->recovered());  // that somebody is to be asked is not on the disk yet
  while (pair.out.commit()) {
  }
  CHECK(pair.out.engine->recovered());
  pair.out.store_complete = true;  // and so its daemon says at the next start
  pair.out.restart();
  CHECK_FALSE(pair.out.engine->recovered(in_site()));
  const Answer answer = pair.out.act(EventKind::kHold, pair.id);
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kRecovering);
  pair.out.sent.clear();
  pair.run_for(20);
  CHECK(pair.states() == before);
  pair.check_sound();
}

// Seeds 142 and 1426: the second agency's link was recovered before the first one's.
TEST_CASE("a case that was forwarded comes back with its last agency, whichever link is first") {
  // Whether the last agency is heard first, and whether the backup knows the first letter.
  enum class Kept { kNothing, kAccepted, kLetter };
  for (const auto& [last_first, clock_back] :
       {std::pair{true, false}, {true, true}, {false, false}, {false, true}})
    for (const Kept kept : {Kept::kNothing, Kept::kAccepted, Kept::kLetter}) {
      INFO("last first: " << last_first << ", kept: " << static_cast<int>(kept)
                          << ", clock set back: " << clock_back);
      Site in{in_site(), kNow};
      Site first{out_site(), kNow};
      Site last{third_site(), kNow};
      const CaseId id = case_number(1);
      auto backup = in.store->clone();
      const auto both = [&](std::vector<Site*> sites) {
        for (int seconds = 0; seconds < 20; ++seconds) {
          settle(sites);
          for (Site* site : {&in, &first, &last}) site->now = site->now.plus_ms(1000);
        }
      };
      for (const EventKind kind : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
        if (kind == EventKind::kSendLetter && kept == Kept::kAccepted) backup = in.store->clone();
        CHECK_FALSE(in.act(kind, id, sound_input(Case(), kind)).rejection);
      }
      both({&in, &first, &last});
      if (kept == Kept::kLetter) backup = in.store->clone();
      // Seed 10551: the clock is set back between the two letters.
      if (clock_back) in.now = in.now.plus_ms(-60'000);
      first.act(EventKind::kHold, id, sound_input(first.subject(id), EventKind::kHold));
      v1::ActionInput to_last = sound_input(first.subject(id), EventKind::kForwardLetter);
      to_last.set_agency(third_site().str());
      CHECK_FALSE(first.act(EventKind::kForwardLetter, id, to_last).rejection);
      both({&in, &first, &last});
      CHECK_FALSE(last.act(EventKind::kAcceptLetter, id).rejection);
      both({&in, &first, &last});
      REQUIRE(in.subject(id).peer == third_site());

      in.engine.reset();
      in.store = std::move(backup);
      in.store_complete = false;
      in.sent.clear();
      in.restart();
      both({&in, last_first ? &last : &first});
      both({&in, &first, &last});
      CHECK(in.engine->recovered());
      CHECK(in.subject(id).peer == third_site());
      CHECK(in.subject(id).was_with(out_site()));
      CHECK(state_text(in.subject(id)) == "LETTER_ACCEPTED / UNKNOWN");
      for (const Site* site : {&in, &first, &last}) {
        CHECK(site->quarantine().empty());
        CHECK_FALSE(alarmed(*site, "does not fit"));
      }
      CHECK(last.peer(in_site()).receiver().on_disk().through == 1);
    }
}

TEST_CASE("a recovery does not wait for an agency that has left the directory") {
  Site in{in_site(), kNow};
  Site first{out_site(), kNow};
  Site last{third_site(), kNow};
  const CaseId id = case_number(1);
  const auto run_for = [&](int seconds) {
    for (int i = 0; i < seconds; ++i) {
      settle({&in, &first, &last});
      for (Site* site : {&in, &first, &last}) site->now = site->now.plus_ms(1000);
    }
  };
  const auto empty = in.store->clone();
  for (const EventKind kind : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    CHECK_FALSE(in.act(kind, id, sound_input(Case(), kind)).rejection);
  }
  run_for(20);
  v1::ActionInput to_last = sound_input(first.subject(id), EventKind::kForwardLetter);
  to_last.set_agency(third_site().str());
  CHECK_FALSE(first.act(EventKind::kForwardLetter, id, to_last).rejection);
  run_for(20);
  REQUIRE(in.subject(id).peer == third_site());

  in.engine.reset();
  in.store = empty->clone();
  in.store_complete = false;
  in.sent.clear();
  in.restart();
  std::vector<Agency> known;
  for (const Agency& agency : test_directory()->agencies()) {
    if (agency.id != third_site()) known.push_back(agency);
  }
  const auto smaller = Directory::make(known);
  REQUIRE(smaller);
  last.engine.reset();
  const auto without_last = [&](int seconds) {
    for (int i = 0; i < seconds; ++i) {
      settle({&in, &first});
      for (Site* site : {&in, &first}) site->now = site->now.plus_ms(1000);
    }
  };
  without_last(20);
  CHECK_FALSE(in.engine->recovered(out_site()));
  REQUIRE(in.engine->set_directory(*smaller, at(in.now)));
  without_last(40);
  CHECK(in.engine->recovered(out_site()));
}

namespace {

// A letter to the third agency.
void send_another(RecoveryPair& pair, const CaseId& id) {
  v1::ActionInput input = sound_input(Case(), EventKind::kApply);
  input.mutable_application()->set_origin_agency(third_site().str());
  input.mutable_application()->mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
  input.mutable_application()->mutable_person()->set_document_number("E00000002");
  CHECK_FALSE(pair.in.act(EventKind::kApply, id, input).rejection);
  CHECK_FALSE(pair.in.act(EventKind::kAccept, id).rejection);
  CHECK_FALSE(pair.in.act(EventKind::kSendLetter, id).rejection);
}

void run_without_out(RecoveryPair& pair, Site& third) {
  for (int seconds = 0; seconds < 10; ++seconds) {
    settle({&pair.in, &third});
    for (Site* site : {&pair.in, &third}) site->now = site->now.plus_ms(1000);
  }
}

}  // namespace

// Seed 932: the bank's line for one case named two.
TEST_CASE("a letter number that a loss has forgotten is not given to another letter") {
  Pair pair;
  Site third{third_site(), kNow};
  const auto backup = pair.in.store->clone();
  play(pair, 0, 3);
  const std::string first = pair.in.subject(pair.id).letter_number;
  pair.restore(Who::kIn, *backup);
  run_without_out(pair, third);  // the agency that has the letter is away
  REQUIRE(pair.in.engine->recovered(third_site()));
  const CaseId other = case_number(2);
  send_another(pair, other);
  CHECK(pair.in.subject(other).letter_number != first);
  pair.run_for(20);
  CHECK(pair.in.subject(pair.id).letter_number == first);
}

// Seed 14038: money for the one case was booked with the other.
TEST_CASE("two letters that a clock set back has given one number are told to the operator") {
  Pair pair;
  Site third{third_site(), kNow};
  const auto backup = pair.in.store->clone();
  const Instant loss = pair.in.now;
  pair.restore(Who::kIn, *backup);
  pair.run_for(10);
  play(pair, 0, 3);
  const std::string first = pair.in.subject(pair.id).letter_number;
  pair.in.now = loss;
  pair.in.numbers = MemoryNumbers();  // lost as well
  pair.restore(Who::kIn, *backup);
  run_without_out(pair, third);
  const CaseId other = case_number(2);
  send_another(pair, other);
  REQUIRE(pair.in.subject(other).letter_number == first);
  pair.run_for(20);
  REQUIRE(pair.in.subject(pair.id).letter_number == first);
  const std::string_view told = "one was numbered after a loss";
  CHECK(std::ranges::any_of(pair.in.alarms, [&](const std::string& alarm) {
    return alarm.find(told) != std::string::npos;
  }));
  const Answer answer = pair.in.bank({bank_line(first, kBalance, "1")});
  CHECK(answer.bank.results(0).outcome() == "unknown_reference");
}

}  // namespace recovery_order_test
