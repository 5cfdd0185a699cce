// The daily comparison between two agencies: they agree whatever is on its way or was lost and
// came back, and what differs is named at the side that sees it.
#include "tests/agency/days.h"

using namespace jiexu;

namespace comparison_test {

TEST_CASE("after each act of a case's life the day's comparison agrees at both sides") {
  Days days;
  for (const Act& act : kStory) {
    REQUIRE_FALSE(days.act(act).rejection);
    if (days.in.peer(out_site()).last_seq() == 0) continue;
    const Date ended = days.end_day();
    INFO("after " << name(act.kind));
    days.check_agree(ended);
  }
  CHECK(days.in.alarms.empty());
  CHECK(days.out.alarms.empty());
  // The case was settled before, and no later day lists it.
  const Date last = days.end_day();
  CHECK(days.seen(Who::kIn, last).rows() == 0);
  CHECK(days.seen(Who::kIn, last).accounts_size() > 0);
}

TEST_CASE("messages of a day are counted by kind, and statements are not") {
  Days days;
  days.play(EventKind::kClose);
  const v1::ComparisonRecord first = days.seen(Who::kOut, days.end_day());
  CHECK(first.counts_judged());
  uint64_t messages = 0;
  for (const v1::CountComparedRecord& count : first.counts()) {
    CHECK(count.ours() == count.theirs());
    CHECK(count.kind() != v1::Message::kDailyStatement);
    messages += count.ours();
  }
  CHECK(messages == 5);  // letter, query, confirmation, acknowledgement, close
  const v1::ComparisonRecord second = days.seen(Who::kOut, days.end_day());
  CHECK(second.counts_judged());
  CHECK(second.counts_size() == 0);
}

TEST_CASE("a message on its way is no difference, and is compared the next day") {
  Days days;
  days.play(EventKind::kBankCredit);
  const Answer credited = days.in.act(EventKind::kCredit, days.id);
  REQUIRE_FALSE(credited.rejection);
  const auto acknowledgement = std::exchange(days.in.sent, {});
  days.turn();
  days.out.wake();
  days.carry(days.out, days.in);
  const v1::ComparisonRecord record = days.seen(Who::kIn, days.day);
  CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kAgrees));
  CHECK(record.on_the_way() == 1);
  CHECK_FALSE(record.sums_judged());
  for (const SentFrame& frame : acknowledgement) {
    days.out.hear(in_site(), frame.lane, frame.bytes);
  }
  days.end_day();
  days.run_for(5);
  days.check_agree(days.end_day());
}

TEST_CASE("what was changed behind one side's back is named at both") {
  struct Change {
    const char* difference;
    std::function<void(v1::CaseRecord&)> change;
  };
  const Change changes[] = {
      {"due", [](auto& record) { record.set_due_fen(record.due_fen() + 1); }},
      {"ordered", [](auto& record) { record.set_moved_fen(record.moved_fen() + 1); }},
      {"credited", [](auto& record) { record.set_credited_fen(1); }},
      {"refunded",
       [](auto& record) {
         record.set_refund_fen(1);
         record.set_refunded_fen(1);
       }},
      {"form-version", [](auto& record) { record.set_form_version(1); }}};
  for (const auto& [difference, change] : changes) {
    DYNAMIC_SECTION(difference) {
      Days days;
      days.play(EventKind::kRemit);
      days.check_agree(days.end_day());
      days.tamper_case(Who::kOut, change);
      const Date ended = days.end_day();
      for (const Who who : {Who::kIn, Who::kOut}) {
        CHECK(days.differences(who, ended) == Names{difference});
        const v1::ComparisonRecord record = days.seen(who, ended);
        CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kDiffers));
        CHECK(record.differences(0).case_id() == days.id.bytes());
        CHECK(record.differences(0).ours() != record.differences(0).theirs());
        CHECK(days.site(who).alarms.size() == 1);
      }
    }
  }
}

TEST_CASE("of a case with two payments the one that was changed is named at both sides") {
  Days days;
  days.play(EventKind::kRemit);
  v1::ActionInput half;
  half.set_amount_fen(kBalance / 2);
  REQUIRE_FALSE(days.out.act(EventKind::kBankReturned, days.id, half).rejection);
  settle({&days.in, &days.out});
  REQUIRE_FALSE(days.out.act(EventKind::kRemit, days.id).rejection);
  settle({&days.in, &days.out});
  days.check_agree(days.end_day());
  days.tamper_case(Who::kOut, [](auto& record) {
    record.set_moved_fen(record.moved_fen() + 1);
    record.mutable_payments(1)->set_amount_fen(record.payments(1).amount_fen() + 1);
  });
  const Date ended = days.end_day();
  for (const Who who : {Who::kIn, Who::kOut}) {
    CHECK(days.differences(who, ended) == Names{"payment"});
    const v1::DifferenceRecord difference = days.seen(who, ended).differences(0);
    CHECK(difference.case_id() == days.id.bytes());
    CHECK(difference.attempt() == 2);
    const int64_t change = who == Who::kOut ? 1 : -1;
    CHECK(difference.ours() - difference.theirs() == change);
  }
}

TEST_CASE("messages of a case that one side has lost are named by their number") {
  Days days;
  days.play(EventKind::kRemit);
  days.check_agree(days.end_day());
  const uint32_t sent = days.out.subject(days.id).sent_case_seq;
  days.tamper_case(
      Who::kIn, [](auto& record) { record.set_received_case_seq(record.received_case_seq() - 1); });
  const Date ended = days.end_day();
  CHECK(days.differences(Who::kIn, ended) == Names{"their-messages"});
  CHECK(days.differences(Who::kOut, ended) == Names{"our-messages"});
  CHECK(days.seen(Who::kIn, ended).differences(0).ours() == sent - 1);
  CHECK(days.seen(Who::kIn, ended).differences(0).theirs() == sent);
}

TEST_CASE("a balance without its posting is found in the sums, also of settled cases") {
  Days days;
  days.play(EventKind::kClose);
  days.check_agree(days.end_day());
  days.tamper<v1::AccountRecord>(
      Who::kOut, Family::kFunds,
      layout::account_key(in_site(), static_cast<uint8_t>(LedgerAccount::kSettled)),
      [](auto& record) { record.set_balance_fen(0); });
  const Date ended = days.end_day();
  CHECK(days.differences(Who::kIn, ended) == Names{"sum-due-from-them", "sum-credited-from-them"});
  CHECK(days.differences(Who::kOut, ended) == Names{"sum-due-to-them", "sum-credited-to-them"});
  CHECK(days.seen(Who::kIn, ended).differences(0).ours() == kBalance);
  CHECK(days.seen(Who::kIn, ended).differences(0).theirs() == 0);
}

TEST_CASE("a case that one side no longer has, or does not list, is named") {
  Days days;
  days.play(EventKind::kRemit);
  days.check_agree(days.end_day());
  Batch batch;
  const auto remove = [&](Site& site, Family family, std::string_view key) {
    batch.remove(family, key);
    REQUIRE(site.store->commit(batch));
    site.restart();
    days.reconnect();
  };
  SECTION("gone") {
    remove(days.in, Family::kCase, layout::case_key(days.id, false));
    const Date ended = days.end_day();
    CHECK(days.differences(Who::kIn, ended) == Names{"case-not-here"});
    CHECK(days.differences(Who::kOut, ended) == Names{"case-not-listed"});
  }
  SECTION("not listed") {
    remove(days.out, Family::kIndex, layout::open_money_key(in_site(), days.id));
    const Date ended = days.end_day();
    CHECK(days.differences(Who::kIn, ended) == Names{"case-not-listed"});
    CHECK(days.differences(Who::kOut, ended).empty());
  }
}

TEST_CASE(
    "a message that could not be used is named by its number, and a wrong count by its kind") {
  Days days;
  days.play(EventKind::kIssueForm);
  v1::Message message = sound_message(days.in.subject(days.id), EventKind::kFundsAckIn);
  message.set_case_id(days.id.bytes().data(), CaseId::kSize);
  Forger(out_site(), days.in).deliver(message);
  days.in.commit();
  REQUIRE(days.in.quarantine().size() == 1);
  const Seq seq = days.in.peer(out_site()).receiver().ahead().through;
  v1::Message statement = empty_statement(days, days.day);
  statement.mutable_daily_statement()->set_counted_from(1);
  v1::KindCount* letters = statement.mutable_daily_statement()->add_counts();
  letters->set_kind(v1::Message::kLetter);
  letters->set_count(UINT32_MAX);
  days.turn();
  Forger(out_site(), days.in).deliver(statement);
  days.in.commit();
  const Names names = days.differences(Who::kIn, days.day);
  CHECK(names.contains("set-aside"));
  CHECK(names.contains("count"));
  const v1::ComparisonRecord record = days.seen(Who::kIn, days.day);
  for (const auto& difference : record.differences()) {
    if (difference.kind() != static_cast<uint32_t>(Difference::kSetAside)) continue;
    CHECK(difference.seq() == seq);
    CHECK(difference.body() == v1::Message::kFundsAck);
  }
}

TEST_CASE("a store set back to any moment comes back without a difference") {
  for (const Who who : {Who::kIn, Who::kOut}) {
    for (size_t lost = 3; lost < kStory.size(); ++lost) {
      Days days;
      std::unique_ptr<MemoryStore> backup;
      for (size_t i = 0; i < kStory.size(); ++i) {
        if (i == lost) backup = days.site(who).store->clone();
        if (i == 8) days.check_agree(days.end_day());
        REQUIRE_FALSE(days.act(kStory[i]).rejection);
      }
      INFO((who == Who::kIn ? "IN" : "OUT") << " lost all since act " << lost);
      days.restore(who, *backup);
      days.run_for(30);
      // The bank's file is imported again.
      if (who == Who::kIn && lost <= 10) days.act({Who::kIn, EventKind::kBankCredit});
      days.run_for(5);
      days.check_sound();
      days.end_day();
      const Date ended = days.end_day();
      days.check_agree(ended);
      for (Site* site : {&days.in, &days.out}) {
        for (const std::string& alarm : site->alarms) CHECK(alarm.find("differ") == alarm.npos);
      }
    }
  }
}

TEST_CASE("a statement that comes while our link is being recovered is not judged") {
  Days days;
  days.play(EventKind::kRemit);
  const auto backup = days.in.store->clone();
  days.act({Who::kIn, EventKind::kConfirmForm});
  days.turn();
  settle({&days.in, &days.out});
  days.restore(Who::kIn, *backup);
  days.run_for(30);
  days.check_sound();
  const v1::ComparisonRecord record = days.seen(Who::kIn, days.day);
  CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kNotJudged));
  // Its own statement of that day had been taken; it came back and is not written twice.
  CHECK(days.seen(Who::kOut, days.day).outcome() ==
        static_cast<uint32_t>(ComparisonOutcome::kAgrees));
  days.day = Date::from_days(days.day.days() + 1);
  days.check_agree(days.end_day());
}

TEST_CASE("right after a start, agreement is agreement and a difference is not judged") {
  for (const bool changed : {false, true}) {
    Days days;
    days.play(EventKind::kRemit);
    days.check_agree(days.end_day());
    if (changed) days.tamper_case(Who::kIn, [](auto& record) { record.set_due_fen(1); });
    days.in.restart();
    days.turn();
    days.out.wake();
    days.carry(days.out, days.in);
    const auto wanted = changed ? ComparisonOutcome::kNotJudged : ComparisonOutcome::kAgrees;
    CHECK(days.seen(Who::kIn, days.day).outcome() == static_cast<uint32_t>(wanted));
    CHECK(days.in.alarms.empty());
  }
}

}  // namespace comparison_test
