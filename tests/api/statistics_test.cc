// Monthly figures, ageing and the overdue list.
#include "daemon/api/statistics.h"

#include "daemon/payments/rules/payment_state.h"
#include "storage/layout.h"
#include "tests/api/api_world.h"

namespace jiexu::statistics_test {
namespace {

const AgencyId kSelf = *AgencyId::parse("S41010000101");
const Instant kInMonth = end_of({2026, 11, 20});
const Instant kBefore = end_of({2026, 10, 31});  // the last millisecond of the month before

Case case_of(const ApiWorld& world, int n, Side side, Relationship relationship) {
  Case subject = world.draft();
  std::string bytes(subject.id.bytes());
  bytes.back() = static_cast<char>(n);
  subject.id = *CaseId::from_bytes(bytes);
  subject.side = side;
  subject.relationship = relationship;
  subject.funds = side == Side::kIn ? Funds::kCredited : Funds::kAckedByIn;
  subject.scheme_from = v1::SCHEME_EMPLOYEE;
  subject.scheme_to = v1::SCHEME_EMPLOYEE;
  subject.created_at = kBefore;
  if (is_terminal(relationship)) subject.closed_at = kInMonth;
  return subject;
}

v1::StatisticsView november(const ApiWorld& world) {
  const auto view =
      compute_statistics(Records(world.store, *world.vault), kSelf, {2026, 11}, std::stop_token());
  REQUIRE(view);
  return *view;
}

TEST_CASE("a month is YYYY-MM and belongs to China Standard Time") {
  CHECK(Month::parse("2026-11")->str() == "2026-11");
  for (const std::string_view wrong : {"", "2026", "2026-13", "2026-1", "2026-11-01", "x"}) {
    CHECK_FALSE(Month::parse(wrong));
  }
  CHECK(Month{2026, 10}.contains(kBefore));
  CHECK(Month{2026, 11}.contains(kBefore.plus_ms(1)));
}

TEST_CASE("cases closed in the month count by direction, schemes and the counterpart's county") {
  ApiWorld world;
  Case in = case_of(world, 1, Side::kIn, Relationship::kDone);
  in.credited = Fen{12345};
  world.put(in);
  Case resident = case_of(world, 2, Side::kIn, Relationship::kDone);
  resident.scheme_to = v1::SCHEME_RESIDENT;
  resident.funds = Funds::kNoneDue;
  world.put(resident);
  Case out = case_of(world, 3, Side::kOut, Relationship::kOutDone);
  out.refunded = Fen{700};
  out.peer = *AgencyId::parse("S35050000101");
  world.put(out);
  Case withdrawn = case_of(world, 4, Side::kIn, Relationship::kWithdrawn);
  withdrawn.funds = Funds::kNoneDue;
  withdrawn.created_at = kInMonth;
  world.put(withdrawn);

  const v1::StatisticsView view = november(world);
  REQUIRE(view.rows_size() == 2);
  CHECK(view.rows(0).direction() == "IN");
  CHECK(view.rows(0).county() == "411328");
  CHECK(view.rows(0).begun() == 1);
  CHECK(view.rows(0).done() == 2);
  CHECK(view.rows(0).ended_without() == 1);
  CHECK(view.rows(0).employee_to_employee() == 1);
  CHECK(view.rows(0).employee_to_resident() == 1);
  CHECK(view.rows(0).transferred_fen() == 12345);
  CHECK(view.rows(1).direction() == "OUT");
  CHECK(view.rows(1).county() == "350500");
  CHECK(view.rows(1).refunded_persons() == 1);
  CHECK(view.rows(1).refunded_fen() == 700);
}

TEST_CASE("totals tell other provinces and rural migrants apart, with their money") {
  ApiWorld world;
  Case near = case_of(world, 1, Side::kIn, Relationship::kDone);  // of our own province
  near.person.set_household_type("20");
  near.credited = Fen{100};
  world.put(near);
  Case far = case_of(world, 2, Side::kIn, Relationship::kDone);
  far.peer = *AgencyId::parse("S35050000101");
  far.credited = Fen{30};
  world.put(far);
  Case migrant = far;
  migrant.id = case_of(world, 3, Side::kIn, Relationship::kDone).id;
  migrant.person.set_household_type("22");
  migrant.credited = Fen{4};
  world.put(migrant);

  std::string seen;
  const v1::StatisticsView view = november(world);
  for (const v1::StatisticsRow& row : view.totals()) {
    seen += row.direction() + " " + row.group() + " " + std::to_string(row.done()) + " " +
            std::to_string(row.transferred_fen()) + "\n";
  }
  CHECK(seen ==
        "IN all 3 134\n"
        "IN outside-province 2 34\n"
        "IN migrants 2 104\n"
        "IN migrants-outside-province 1 4\n");
}

TEST_CASE("what was closed in another month, or is open, is not in the month's figures") {
  ApiWorld world;
  Case earlier = case_of(world, 1, Side::kIn, Relationship::kDone);
  earlier.closed_at = kBefore;
  world.put(earlier);
  world.put(case_of(world, 2, Side::kIn, Relationship::kAccepted));
  CHECK(november(world).rows().empty());
}

TEST_CASE("the figures as CSV: one header, one line a row, and nothing of a person") {
  ApiWorld world;
  Case done = case_of(world, 1, Side::kIn, Relationship::kDone);
  done.credited = Fen{123405};
  world.put(done);
  const Got got = world.ask("GET", "/v1/statistics/2026-11?format=csv", As::kAuditor);
  CHECK(got.status() == 200);
  CHECK(got.response.content_type == "text/csv; charset=utf-8");
  CHECK_THAT(got.response.body,
             Catch::Contains("\r\n2026-11,IN,county,411328,0,1,0,1,0,0,0,1234.05,0,0.00\r\n"));
  CHECK_THAT(got.response.body,
             Catch::Contains("\r\n2026-11,IN,all,,0,1,0,1,0,0,0,1234.05,0,0.00\r\n"));
  CHECK(got.response.body.find("Test Person") == std::string::npos);
}

TEST_CASE("a month that is none is refused") {
  ApiWorld world;
  for (const char* target : {"/v1/statistics/2026-13", "/v1/statistics/2026-11?format=xls"}) {
    CHECK(world.ask("GET", target, As::kAuditor).status() == 400);
  }
}

TEST_CASE("a batch of which the bank says nothing for three working days is overdue and counted") {
  ApiWorld world;
  const CaseId id = world.draft().id;
  const std::string number = "411328072609210000015";
  // The clock stands at 2026-09-21, a Monday after a Sunday that was a working day.
  const auto put = [&](Date exported) {
    const Instant at = end_of(exported);
    Batch batch;
    v1::PaymentRecord payment;
    payment.set_batch(number);
    payment.set_state(static_cast<uint32_t>(PaymentState::kExported));
    v1::RemittanceBatchRecord record;
    record.set_exported_at_ms(at.ms);
    record.mutable_payee()->set_account_holder("Payee");
    record.add_payments();
    record.add_payments();
    Records records(world.store, *world.vault);
    records.put_message(batch, Family::kFunds, layout::payment_key(id, 1), payment);
    records.put_message(batch, Family::kFunds, layout::remittance_batch_key(number), record);
    batch.put(Family::kIndex, layout::exported_payment_key(at, id, 1), "");
    REQUIRE(world.store.commit(batch));
  };
  const Date today = date_of(world.clock.now());
  const auto listed = [&] {
    return world.ask("GET", "/v1/overdue", As::kAuditor).json()["batches"];
  };
  const auto counted = [&](const std::string& n) {
    const std::string text = world.ask("GET", "/metrics", As::kNobody).response.body;
    return text.find("jiexu_batches_silent " + n) != std::string::npos;
  };
  put(Date::from_days(today.days() - 3));
  CHECK(listed().empty());
  CHECK(counted("0"));
  put(Date::from_days(today.days() - 7));
  REQUIRE(listed().size() == 1);
  CHECK(listed()[0]["batch"] == number);
  CHECK(listed()[0]["open"] == 1);
  CHECK(listed()[0]["payments"] == 2);
  CHECK(listed()[0]["due_on"] == "2026-09-17");
  CHECK(counted("1"));
}

TEST_CASE("overdue duties are listed and summed up by counterpart and side in duty") {
  ApiWorld world;
  const Date today = date_of(world.clock.now());
  Case late = case_of(world, 1, Side::kIn, Relationship::kLetterAccepted);
  late.funds = Funds::kUnknown;
  const auto deadline = [&](DeadlineKind kind, int days_over) {
    Deadline out;
    out.kind = kind;
    out.started = Date::from_days(today.days() - 60);
    out.due = Date::from_days(today.days() - days_over);
    return out;
  };
  late.deadlines = {deadline(DeadlineKind::kFormDue, 7), deadline(DeadlineKind::kLetterDue, 0)};
  world.put(late);
  Case later = case_of(world, 2, Side::kIn, Relationship::kInfoReceived);
  later.funds = Funds::kExpected;
  later.deadlines = {deadline(DeadlineKind::kIntakeDue, 31)};
  world.put(later);

  const nlohmann::json list = world.ask("GET", "/v1/overdue", As::kAuditor).json();
  REQUIRE(list["duties"].size() == 2);
  CHECK(list["duties"][0]["kind"] == "form-due");
  CHECK(list["duties"][0]["days_over"] == 7);
  CHECK(list["duties"][0]["ours"] == false);
  CHECK(world.ask("GET", "/v1/overdue?peer=S35050000101", As::kAuditor).json()["duties"].empty());

  const nlohmann::json rows = world.ask("GET", "/v1/ageing", As::kAuditor).json()["rows"];
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["ours"] == false);
  CHECK(rows[0]["days_to_10"] == "1");
  CHECK(rows[1]["ours"] == true);
  CHECK(rows[1]["days_above_30"] == "1");
}

TEST_CASE("a long report leaves room for others, one too many is refused, and the end stops all") {
  std::atomic<size_t> stopped{0};
  std::promise<bool> free_again;
  const auto nothing = [](const std::stop_token&) { return [] { return HttpResponse(); }; };
  const auto until_stopped = [&](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
    ++stopped;
    return nothing(stop);
  };
  const auto ignore = [](const std::function<HttpResponse()>&) {};
  {
    Worker worker;
    for (size_t i = 1; i < limits::kReportsAtOnceMax; ++i) {
      REQUIRE(worker.start(ignore, until_stopped));
    }
    const auto tell = [&](const std::function<HttpResponse()>&) {
      free_again.set_value(!worker.busy());
    };
    REQUIRE(worker.start(tell, nothing));
    CHECK(free_again.get_future().get());
    REQUIRE(worker.start(ignore, until_stopped));
    CHECK(worker.busy());
    CHECK_FALSE(worker.start(ignore, nothing));
  }
  CHECK(stopped == limits::kReportsAtOnceMax);
}

TEST_CASE("a report that is stopped says so") {
  ApiWorld world;
  world.put(case_of(world, 1, Side::kIn, Relationship::kDone));
  std::stop_source stop;
  stop.request_stop();
  const auto view =
      compute_statistics(Records(world.store, *world.vault), kSelf, {2026, 11}, stop.get_token());
  REQUIRE_FALSE(view);
  CHECK(view.error().code == Errc::kBusy);
}

}  // namespace
}  // namespace jiexu::statistics_test
