// Daily statements as messages of the link: when they are written, in how many parts, and what
// becomes of those that a peer should not have written.
#include "tests/agency/days.h"

using namespace jiexu;

namespace statement_test {

TEST_CASE("a statement that comes again, or is stated again, changes nothing") {
  Days days;
  days.play(EventKind::kRemit);
  const Date ended = days.end_day();
  const v1::ComparisonRecord before = days.seen(Who::kIn, ended);
  Forger(out_site(), days.in).deliver(empty_statement(days, ended));
  days.in.commit();
  CHECK(days.seen(Who::kIn, ended).SerializeAsString() == before.SerializeAsString());
  REQUIRE(days.in.quarantine().size() == 1);
  CHECK(days.in.quarantine()[0].code() == v1::FAULT_CODE_BAD_CONTENT);
  CHECK(days.in.quarantine()[0].refusal() == static_cast<uint32_t>(Refusal::kStatementDay));
}

TEST_CASE("a clock that was two years ahead for a moment does not end the statements") {
  Days days;
  days.play(EventKind::kRemit);
  const Instant now = days.out.now;
  days.out.now = now.plus_ms(int64_t{730} * 24 * 3600 * 1000);
  days.out.wake();
  while (days.out.commit()) {
  }
  days.out.now = now.plus_ms(20'000);
  days.end_day();  // the links see that the clocks agree again
  const Date ended = days.end_day();
  CHECK(days.found(Who::kIn, ended));
}

TEST_CASE("a statement that cannot be is refused by name and changes nothing") {
  struct Lie {
    Refusal refusal;
    std::function<void(v1::DailyStatement&)> change;
  };
  const Lie lies[] = {
      {Refusal::kStatementDay, [](auto& s) { s.set_day(0); }},
      {Refusal::kStatementDay, [](auto& s) { s.set_day(-20261120); }},
      {Refusal::kStatementDay, [](auto& s) { s.set_day(20261131); }},
      {Refusal::kStatementDay, [](auto& s) { s.set_day(20261121); }},  // not over
      {Refusal::kStatementDay, [](auto& s) { s.set_day(99991231); }},
      {Refusal::kStatementOrder, [](auto& s) { s.set_part(0); }},
      {Refusal::kStatementOrder, [](auto& s) { s.set_part(2); }},
      {Refusal::kStatementOrder, [](auto& s) { s.set_last(false); }},
      {Refusal::kStatementContent, [](auto& s) { s.clear_received_head(); }},
      {Refusal::kStatementContent, [](auto& s) { s.add_rows()->set_case_id("1"); }}};
  Days days;
  days.play(EventKind::kRemit);
  days.turn();
  size_t refused = 0;
  for (const auto& [refusal, change] : lies) {
    v1::Message message = empty_statement(days, days.day);
    change(*message.mutable_daily_statement());
    Forger(out_site(), days.in).deliver(message);
    days.in.commit();
    REQUIRE(days.in.quarantine().size() == ++refused);
    CHECK(days.in.quarantine().back().refusal() == static_cast<uint32_t>(refusal));
  }
  CHECK_FALSE(days.found(Who::kIn, days.day));
}

TEST_CASE("heads that are not those of the logs are shown by name") {
  struct Lie {
    const char* difference;
    std::function<void(v1::DailyStatement&)> change;
  };
  const Lie lies[] = {{"sent-head", [](auto& s) { s.set_sent_head(std::string(32, 'x')); }},
                      {"sent-head", [](auto& s) { s.set_sent_seq(UINT64_MAX); }},
                      {"received-head", [](auto& s) { s.set_received_head(std::string(32, 'x')); }},
                      {"received-head", [](auto& s) { s.set_received_seq(0); }},
                      {"received-beyond", [](auto& s) { s.set_received_seq(UINT64_MAX); }}};
  for (const auto& [difference, change] : lies) {
    Days days;
    days.play(EventKind::kAcceptLetter);
    days.turn();
    v1::Message message = empty_statement(days, days.day);
    change(*message.mutable_daily_statement());
    Forger(out_site(), days.in).deliver(message);
    days.in.commit();
    CHECK(days.differences(Who::kIn, days.day) == Names{difference});
  }
}

TEST_CASE("sums that overflow are shown as sums that differ") {
  Days days;
  days.play(EventKind::kRemit);
  days.turn();
  v1::Message message = empty_statement(days, days.day);
  for (const LedgerAccount account : {LedgerAccount::kPayable, LedgerAccount::kSettled}) {
    v1::AccountBalance* balance = message.mutable_daily_statement()->add_accounts();
    balance->set_account(static_cast<uint32_t>(account));
    balance->set_balance_fen(INT64_MIN);
  }
  Forger(out_site(), days.in).deliver(message);
  days.in.commit();
  const Names names = days.differences(Who::kIn, days.day);
  CHECK(names.contains("sum-due-from-them"));
  CHECK(names.contains("case-not-listed"));
}

TEST_CASE("a peer whose program does not know statements is told no more until it writes one") {
  Days days;
  days.play(EventKind::kAcceptLetter);
  days.turn();
  days.in.wake();
  while (days.in.commit()) {
  }
  Forger out(out_site(), days.in);
  v1::Message fault;
  fault.set_case_id(std::string(16, '\0'));
  fault.mutable_fault()->set_code(v1::FAULT_CODE_UNKNOWN_KIND);
  fault.mutable_fault()->set_epoch(1);
  fault.mutable_fault()->set_seq(days.in.peer(out_site()).last_seq());
  out.receipt(days.in.now);
  out.deliver(fault);
  days.in.commit();
  CHECK(days.in.quarantine().empty());
  CHECK(days.in.peer(out_site()).said().unknown_there);
  const auto link = days.in.records().get_message<v1::LinkRecord>(
      Family::kLink, layout::link_key(out_site(), layout::Direction::kOut));
  REQUIRE(link);
  CHECK((*link)->said().unknown_there());
  const Seq told = days.in.peer(out_site()).last_seq();
  const auto next_day = [&] {
    days.day = Date::from_days(days.day.days() + 1);
    days.turn();
    days.in.wake();
    while (days.in.commit()) {
    }
  };
  next_day();
  CHECK(days.in.peer(out_site()).last_seq() == told);
  Forger(out_site(), days.in).deliver(empty_statement(days, days.day));
  days.in.commit();
  next_day();
  CHECK(days.in.peer(out_site()).last_seq() == told + 1);
}

TEST_CASE("after a clock that was wrong by years, statements go on") {
  Days days;
  days.play(EventKind::kRemit);
  days.check_agree(days.end_day());
  days.out.now = end_of(Date{2031, 1, 1});
  settle({&days.in, &days.out});
  CHECK(days.in.quarantine().empty());  // it waits with its writer
  days.out.now = days.in.now;
  days.out.restart();
  days.reconnect();
  CHECK_FALSE(days.in.quarantine().empty());
  CHECK_FALSE(days.out.alarms.empty());
  days.end_day();
  CHECK(days.found(Who::kIn, Date::from_days(days.day.days() - 1)));
}

TEST_CASE("a statement that the peer refuses is an alarm, and not a message set aside") {
  Days days;
  days.play(EventKind::kAcceptLetter);
  days.end_day();
  v1::Message fault;
  fault.set_case_id(std::string(16, '\0'));
  fault.mutable_fault()->set_code(v1::FAULT_CODE_BAD_CONTENT);
  fault.mutable_fault()->set_seq(days.in.peer(out_site()).said().last_part_seq);
  fault.mutable_fault()->set_refusal(static_cast<uint32_t>(Refusal::kStatementDay));
  // What a peer writes may be as long as a frame, forge a line, and name a person.
  fault.mutable_fault()->set_text(std::string(500'000, 'x') + "\n2026 forged");
  Forger(out_site(), days.in).deliver(fault);
  days.in.commit();
  CHECK(days.in.quarantine().empty());
  REQUIRE(days.in.alarms.size() == 1);
  const std::string& alarm = days.in.alarms[0];
  CHECK(alarm.contains("FAULT_CODE_BAD_CONTENT"));
  CHECK(alarm.contains(explain(Refusal::kStatementDay)));
  CHECK(alarm.size() < 250);
  CHECK_FALSE(alarm.contains("xxx"));
  CHECK_FALSE(alarm.contains('\n'));
}

TEST_CASE("a refusal of our statement by numbers that we do not know is an alarm of a few words") {
  Days days;
  days.play(EventKind::kAcceptLetter);
  days.end_day();
  v1::Message fault;
  fault.set_case_id(std::string(16, '\0'));
  fault.mutable_fault()->set_code(static_cast<v1::FaultCode>(1'000'000));
  fault.mutable_fault()->set_seq(days.in.peer(out_site()).said().last_part_seq);
  fault.mutable_fault()->set_refusal(1'000'000);
  Forger(out_site(), days.in).deliver(fault);
  days.in.commit();
  REQUIRE(days.in.alarms.size() == 1);
  CHECK(days.in.alarms[0] == "our daily statement was refused, 1000000");
}

TEST_CASE("a peer that is away gets one statement, and when it is back one of all the days since") {
  Days days;
  days.play(EventKind::kRemit);
  const Seq before = days.in.peer(out_site()).last_seq();
  for (int i = 0; i < 5; ++i) {
    days.turn();
    days.in.wake();
    while (days.in.commit()) {
    }
    days.in.sent.clear();
    days.day = Date::from_days(days.day.days() + 1);
  }
  CHECK(days.in.peer(out_site()).last_seq() == before + 1);
  days.run_for(60);
  CHECK(days.in.peer(out_site()).said().day == Date::from_days(days.day.days() - 1).yyyymmdd());
  CHECK(days.found(Who::kOut, date_of(kNow)));
  CHECK_FALSE(days.found(Who::kOut, Date::from_days(date_of(kNow).days() + 1)));
  days.check_agree(days.end_day());
}

TEST_CASE("a statement of thousands of cases comes in parts, also across a restart") {
  constexpr int kCases = 5'500;
  Days days;
  days.play(EventKind::kRemit);
  days.check_agree(days.end_day());
  for (const Who who : {Who::kIn, Who::kOut}) {
    Site& site = days.site(who);
    Case subject = site.subject(days.id);
    Batch batch;
    Records writer(*site.store, *site.vault);
    for (int i = 0; i < kCases; ++i) {
      std::string bytes(12, '\1');
      append_u32(bytes, static_cast<uint32_t>(i));
      subject.id = *CaseId::from_bytes(bytes);
      v1::CaseRecord record;
      encode_case(subject, &record);
      writer.put_message(batch, Family::kCase, layout::case_key(subject.id, false), record);
      writer.put(batch, Family::kIndex, layout::open_money_key(subject.peer, subject.id), "");
    }
    for (const LedgerAccount account :
         {LedgerAccount::kFund, LedgerAccount::kPayable, LedgerAccount::kInTransit,
          LedgerAccount::kReceivable, LedgerAccount::kOwedPersons}) {
      v1::AccountRecord balance;
      const AgencyId peer = days.other(who).self;
      balance.set_balance_fen(site.balance(peer, account) * (kCases + 1));
      const Key key = layout::account_key(peer, static_cast<uint8_t>(account));
      writer.put_message(batch, Family::kFunds, key, balance);
    }
    REQUIRE(site.store->commit(batch));
    site.restart();
  }
  days.reconnect();
  days.turn();
  days.out.wake();
  while (days.out.commit()) {
  }
  const Said& said = days.out.peer(in_site()).said();
  CHECK_FALSE(said.whole);
  CHECK(said.part == static_cast<uint32_t>(limits::kStatementPartsPerWake));
  days.out.restart();
  days.reconnect();
  days.run_for(5);
  const v1::ComparisonRecord record = days.seen(Who::kIn, days.day);
  CHECK(record.part() == 6);
  CHECK(record.rows() == kCases + 1);
  days.check_agree(days.day);
}

TEST_CASE("comparisons are kept for so many days") {
  Days days;
  days.play(EventKind::kAcceptLetter);
  const Date first = days.end_day();
  days.day = Date::from_days(first.days() + limits::kComparisonDaysMax);
  days.end_day();
  CHECK(days.found(Who::kIn, first));
  days.end_day();
  CHECK_FALSE(days.found(Who::kIn, first));
}

}  // namespace statement_test
