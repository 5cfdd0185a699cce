// Two agencies and the ends of their days, on which they compare their books.
#pragma once

#include <functional>
#include <set>

#include "daemon/reconciliation/rules/comparison.h"
#include "tests/recovery/recovery_pair.h"

namespace jiexu {

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
    reconnect();
  }
  // After a start both see each other's connection come, and compare what each holds.
  void reconnect() {
    in.engine->kernel().connected(out_site(), at(in.now));
    out.engine->kernel().connected(in_site(), at(out.now));
    settle({&in, &out});
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
inline v1::Message empty_statement(Days& days, Date of) {
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

}  // namespace jiexu
