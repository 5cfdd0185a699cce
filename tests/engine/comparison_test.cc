// The daily comparison between two agencies: they agree whatever is on its way or was lost and
// came back, and what differs is named at the side that sees it.
#include "daemon/funds/comparison.h"

#include <functional>
#include <set>

#include "daemon/trust/chain.h"
#include "tests/engine/recovery_pair.h"

using namespace jiexu;

namespace {

using Names = std::set<std::string>;

// Two agencies and the ends of their days.
struct Days : RecoveryPair {
  Date day = date_of(kNow);

  Site& other(Who who) { return who == Who::kIn ? out : in; }

  // The story up to and with this act.
  void play(EventKind last) {
    for (const Act& act : kStory) {
      const Answer answer = this->act(act);
      INFO(name(act.kind) << (answer.rejection ? ": " + answer.rejection->detail : ""));
      REQUIRE_FALSE(answer.rejection);
      // The second form follows on a query.
      if (act.kind == last && (last != EventKind::kIssueForm || forms++ == 1)) return;
    }
  }

  // It is shortly after the end of `day`, on which the two then speak.
  void turn() {
    for (Site* site : {&in, &out}) site->now = end_of(day).plus_ms(1'000);
  }
  // The day ends, and both tell each other.
  Date end_day() {
    turn();
    settle({&in, &out});
    const Date ended = day;
    day = Date::from_days(day.days() + 1);
    return ended;
  }

  std::optional<v1::ComparisonRecord> found(Who who, Date of) {
    const auto record = site(who).records().get_message<v1::ComparisonRecord>(
        Family::kFunds, layout::comparison_key(other(who).self, of));
    REQUIRE(record);
    return *record;
  }
  v1::ComparisonRecord seen(Who who, Date of) {
    const auto record = found(who, of);
    REQUIRE(record);
    return *record;
  }
  Names differences(Who who, Date of) {
    Names names;
    const v1::ComparisonRecord record = seen(who, of);
    for (const auto& difference : record.differences()) {
      names.emplace(name(static_cast<Difference>(difference.kind())));
    }
    return names;
  }
  void check_agree(Date of) {
    for (const Who who : {Who::kIn, Who::kOut}) {
      const v1::ComparisonRecord record = seen(who, of);
      INFO(site(who).self.str() << ": " << record.ShortDebugString());
      CHECK(record.outcome() == static_cast<uint32_t>(ComparisonOutcome::kAgrees));
      CHECK(record.sums_judged());
      CHECK(site(who).quarantine().empty());
    }
  }

  // Changes a record of that site behind its back and starts it again.
  template <class T>
  void tamper(Who who, Family family, std::string_view key, const std::function<void(T&)>& change) {
    Site& at = site(who);
    auto record = at.records().get_message<T>(family, key);
    REQUIRE(record);
    if (!*record) record->emplace();
    change(**record);
    Batch batch;
    Records writer(*at.store, *at.vault);
    writer.put_message(batch, family, key, **record);
    REQUIRE(at.store->commit(batch));
    at.restart();
  }
  void tamper_case(Who who, const std::function<void(v1::CaseRecord&)>& change) {
    const bool closed = site(who).subject(id).closed();
    tamper<v1::CaseRecord>(who, Family::kCase, layout::case_key(id, closed), change);
  }

  // Hands over what `from` has sent, and nothing that comes of it.
  void carry(Site& from, Site& to) {
    while (from.commit()) {
    }
    for (const SentFrame& frame : std::exchange(from.sent, {})) {
      if (frame.peer == to.self) to.hear(from.self, frame.lane, frame.bytes);
    }
    while (to.commit()) {
    }
  }

  int forms = 0;
};

// A statement of OUT's that says nothing, made by hand at IN's mark.
v1::Message empty_statement(Days& days, Date of) {
  const ReceiverMark& mark = days.in.peer(out_site()).receiver().ahead();
  v1::Message message;
  message.set_case_id(std::string(16, '\0'));
  v1::DailyStatement& statement = *message.mutable_daily_statement();
  statement.set_day(of.yyyymmdd());
  statement.set_part(1);
  statement.set_last(true);
  statement.set_sent_seq(mark.through);
  statement.set_sent_head(std::string(view(mark.head)));
  const Peer& peer = days.in.peer(out_site());
  statement.set_received_seq(peer.last_seq());
  statement.set_received_head(std::string(view(peer.head())));
  statement.set_counted_from(mark.through + 1);
  return message;
}

}  // namespace

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
      {"refunded", [](auto& record) { record.set_refunded_fen(1); }},
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
  days.in.restart();
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

TEST_CASE("a statement that the peer refuses is an alarm, and not a message set aside") {
  Days days;
  days.play(EventKind::kAcceptLetter);
  days.end_day();
  v1::Message fault;
  fault.set_case_id(std::string(16, '\0'));
  fault.mutable_fault()->set_code(v1::FAULT_CODE_BAD_CONTENT);
  fault.mutable_fault()->set_seq(days.in.peer(out_site()).said().last_part_seq);
  fault.mutable_fault()->set_text("rows: too many");
  Forger(out_site(), days.in).deliver(fault);
  days.in.commit();
  CHECK(days.in.quarantine().empty());
  REQUIRE(days.in.alarms.size() == 1);
  CHECK(days.in.alarms[0].find("rows: too many") != std::string::npos);
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
  days.turn();
  days.out.wake();
  while (days.out.commit()) {
  }
  const Said& said = days.out.peer(in_site()).said();
  CHECK_FALSE(said.whole);
  CHECK(said.part == static_cast<uint32_t>(limits::kStatementPartsPerWake));
  days.out.restart();
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
