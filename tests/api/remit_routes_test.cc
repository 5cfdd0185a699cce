// Routes of payments and their batches.
#include "daemon/payments/payment_service.h"
#include "daemon/payments/remit_views.h"
#include "storage/layout.h"
#include "tests/api/api_world.h"

namespace jiexu::remit_routes_test {
namespace {

const std::string kBatch =
    BatchNumber::make(*AgencyId::parse("S41132810207"), {2026, 9, 21}, 7)->text();
constexpr const char* kLetter = "41132807260921000016";

// A batch of one payment, and the payment.
void put_batch(ApiWorld& world, const std::string& number, PaymentState state) {
  v1::RemittanceBatchRecord batch;
  batch.set_state(static_cast<uint32_t>(BatchState::kExported));
  batch.mutable_payee()->set_account_number("41001500000000001234");
  v1::BatchPaymentRecord* place = batch.add_payments();
  place->set_case_id(std::string(world.draft().id.bytes()));
  place->set_attempt(1);
  place->set_letter_number(kLetter);
  place->set_amount_fen(700);
  v1::PaymentRecord payment;
  payment.set_letter_number(kLetter);
  payment.set_amount_fen(700);
  payment.set_ordered_at_ms(5);
  payment.set_state(static_cast<uint32_t>(state));
  Batch writes;
  Records records(world.store, *world.vault);
  records.put_message(writes, Family::kFunds, layout::remittance_batch_key(number), batch);
  records.put_message(writes, Family::kFunds, layout::payment_key(world.draft().id, 1), payment);
  records.put(writes, Family::kIndex, layout::waiting_payment_key(Instant{5}, world.draft().id, 1),
              "");
  REQUIRE(world.store.commit(writes));
}

TEST_CASE("batches are listed with how the bank has answered, their account masked") {
  ApiWorld world;
  put_batch(world, kBatch, PaymentState::kPaid);
  const auto list = world.ask("GET", "/v1/remittances", As::kAuditor).json();
  REQUIRE(list["batches"].size() == 1);
  CHECK(list["batches"][0]["batch"] == kBatch);
  CHECK(list["batches"][0]["paid"] == 1);
  CHECK(list["batches"][0]["payee_account"] == "*1234");
  CHECK_FALSE(list["batches"][0].contains("payments"));
  const auto shown = world.ask("GET", "/v1/remittances/" + kBatch, As::kAuditor).json();
  CHECK(shown["payee_account"] == "41001500000000001234");
  CHECK(shown["payments"][0]["payment"] == std::string(kLetter) + "-1");
  CHECK(shown["payments"][0]["state"] == "paid");
}

TEST_CASE("a case that has paid shows each of its payments, as the bank's answer has left it") {
  ApiWorld world;
  put_batch(world, kBatch, PaymentState::kPaid);
  Case subject = world.draft();
  subject.side = Side::kOut;
  subject.relationship = Relationship::kOutAccepted;
  subject.funds = Funds::kNotComputed;
  subject.attempt = 2;  // the second one is known from its message alone
  world.put(subject);
  const auto shown = world.ask("GET", "/v1/cases/" + subject.id.str(), As::kAuditor).json();
  REQUIRE(shown["payments"].size() == 1);
  CHECK(shown["payments"][0]["attempt"] == 1);
  CHECK(shown["payments"][0]["payment"] == std::string(kLetter) + "-1");
  CHECK(shown["payments"][0]["amount_fen"] == "700");
  CHECK(shown["payments"][0]["state"] == "paid");
}

TEST_CASE("batches come in pages, newest first") {
  ApiWorld world;
  const AgencyId agency = *AgencyId::parse("S41132810207");
  for (uint32_t n = 1; n <= 3; ++n) {
    put_batch(world, BatchNumber::make(agency, {2026, 9, 21}, n)->text(), PaymentState::kExported);
  }
  const auto first = world.ask("GET", "/v1/remittances?limit=2", As::kAuditor).json();
  REQUIRE(first["batches"].size() == 2);
  CHECK(first["batches"][0]["batch"] == BatchNumber::make(agency, {2026, 9, 21}, 3)->text());
  const std::string next = first["next"];
  const auto second =
      world.ask("GET", "/v1/remittances?limit=2&after=" + next, As::kAuditor).json();
  REQUIRE(second["batches"].size() == 1);
  CHECK(second["batches"][0]["batch"] == BatchNumber::make(agency, {2026, 9, 21}, 1)->text());
  CHECK(second["next"] == "");
}

TEST_CASE("what waits and whose account it goes to is asked of the engine") {
  ApiWorld world;
  const std::string path = "/v1/cases/" + world.draft().id.str() + "/payee";
  CHECK(world.ask("GET", path, As::kAuditor).status() == 404);
  world.put(world.draft());
  CHECK(world.ask("GET", "/v1/payments?limit=7", As::kAuditor).status() == 200);
  CHECK(world.ask("GET", "/v1/payments?after=x", As::kAuditor).status() == 400);
  CHECK(world.ask("GET", path, As::kAuditor).status() == 200);
  CHECK(world.ask("POST", path + "/confirm", As::kReviewer, R"({"content":"c","note":"n"})")
            .status() == 200);
  REQUIRE(world.engine.commands.size() == 3);
  CHECK(std::get<PaymentsQuery>(world.engine.commands[0].what).limit == 7);
  CHECK(std::get<PayeeQuery>(world.engine.commands[1].what).case_id == world.draft().id);
  CHECK(std::get<ConfirmPayeeCommand>(world.engine.commands[2].what).note == "n");
}

TEST_CASE("what people do with batches goes to the engine as they said it") {
  ApiWorld world;
  const std::string path = "/v1/remittances/" + kBatch;
  CHECK(world.ask("POST", "/v1/remittances", As::kClerk, "{}").status() == 200);
  CHECK(world.ask("POST", "/v1/remittances", As::kClerk, R"({"after":"zz"})").status() == 400);
  CHECK(world.ask("POST", path + "/approve", As::kReviewer, R"({"content":"ab"})").status() == 200);
  const Got file = world.ask("POST", path + "/export", As::kReviewer, R"({"format":"delimited"})");
  CHECK(file.response.body == "file");
  CHECK(world.ask("POST", path + "/export", As::kReviewer, R"({"format":"xls"})").status() == 400);
  CHECK(world.ask("POST", "/v1/remittances/7/export", As::kReviewer, "{}").status() == 404);
  REQUIRE(world.engine.commands.size() == 3);
  CHECK(std::get<ApproveBatchCommand>(world.engine.commands[1].what).content == "ab");
  CHECK(std::get<ExportBatchCommand>(world.engine.commands[2].what).format ==
        PaymentFormat::kDelimited);
}

TEST_CASE("what two people say of a payment that waits goes to the engine as they said it") {
  ApiWorld world;
  const AgencyId agency = *AgencyId::parse("S41132810207");
  const EndToEndId id{LetterNumber::make(agency, {2026, 9, 21}, 1)->text(), 1};
  const std::string path = "/v1/payments/" + id.text() + "/release";
  CHECK(world.ask("POST", path, As::kClerk, R"({"note":"asked"})").status() == 200);
  CHECK(world.ask("POST", path + "/approve", As::kClerk, R"({"content":"ab"})").status() == 403);
  CHECK(world.ask("POST", path + "/approve", As::kReviewer, R"({"content":"ab"})").status() == 200);
  CHECK(world.ask("POST", path + "/retract", As::kClerk, "{}").status() == 200);
  CHECK(world.ask("POST", "/v1/payments/7/release/approve", As::kReviewer, "{}").status() == 404);
  using Act = ReleasePaymentCommand::Act;
  REQUIRE(world.engine.commands.size() == 3);
  const auto said = [&](size_t n) -> const ReleasePaymentCommand& {
    return std::get<ReleasePaymentCommand>(world.engine.commands[n].what);
  };
  CHECK(said(0).act == Act::kPropose);
  CHECK(said(0).said == "asked");
  CHECK(said(1).act == Act::kApprove);
  CHECK(said(1).said == "ab");
  CHECK(said(2).act == Act::kRetract);
  CHECK(said(2).payment == id);
}

TEST_CASE("what waits for a second person is listed with the releases of payments") {
  ApiWorld world;
  v1::PaymentRecord payment;
  payment.set_letter_number(kLetter);
  payment.set_amount_fen(700);
  payment.set_state(static_cast<uint32_t>(PaymentState::kOrdered));
  v1::ReleaseRecord release;
  release.set_proposed_by("asker");
  release.set_note("not at the bank");
  release.set_content(std::string(view(release_content(world.draft().id, 1, payment, release))));
  *payment.add_releases() = release;
  Batch writes;
  Records records(world.store, *world.vault);
  records.put_message(writes, Family::kFunds, layout::payment_key(world.draft().id, 1), payment);
  records.put(writes, Family::kIndex, layout::proposed_release_key(world.draft().id, 1), "");
  REQUIRE(world.store.commit(writes));
  const auto list = world.ask("GET", "/v1/proposals", As::kAuditor).json();
  REQUIRE(list["releases"].size() == 1);
  const auto& shown = list["releases"][0];
  CHECK(shown["payment"] == std::string(kLetter) + "-1");
  CHECK(shown["releases"][0]["proposed_by"] == "asker");
  CHECK(shown["releases"][0]["note"] == "not at the bank");
  CHECK(shown["releases"][0]["content"] == to_hex(release.content()));
}

TEST_CASE("a bank's report is read before the engine sees it") {
  ApiWorld world;
  const std::string line = std::string(kLetter) + "-1|rejected|AC04\n";
  CHECK(world.ask("POST", "/v1/payments:report", As::kSystem, line).status() == 200);
  const auto& report = std::get<PaymentReportCommand>(world.engine.commands.at(0).what);
  REQUIRE(report.fates->size() == 1);
  CHECK(report.fates->at(0).reason == "AC04");
  const Got bad = world.ask("POST", "/v1/payments:report", As::kSystem, line + "nonsense\n");
  CHECK(bad.status() == 400);
  CHECK(bad.json()["detail"].get<std::string>().starts_with("line 2"));
  CHECK(world.engine.commands.size() == 1);
}

// A line on our account that `to` names cases of, as an import has left it.
void put_line(ApiWorld& world, const Digest& digest, BankOutcome outcome,
              const std::vector<Allocation>& to, const std::string& batch) {
  v1::BankLineRecord record;
  record.mutable_line()->set_host_sequence("H1");
  record.mutable_line()->set_amount_fen(-1407);
  record.set_outcome(static_cast<uint32_t>(outcome));
  record.set_at_ms(5);
  record.set_batch(batch);
  record.set_suspense_fen(to.empty() ? -1407 : 0);
  for (const Allocation& part : to) {
    v1::AllocationRecord* out = record.add_to();
    out->set_case_id(std::string(part.id.bytes()));
    out->set_amount_fen(part.amount.value);
    out->set_attempt(part.attempt);
  }
  const bool waits = rule_of(outcome).waits;
  record.set_queued_at_ms(waits ? 5 : 0);
  Batch writes;
  Records records(world.store, *world.vault);
  records.put_message(writes, Family::kFunds, layout::bank_line_key(digest), record);
  if (waits) {
    const Key queue = layout::exception_key(static_cast<uint8_t>(outcome), Instant{5}, digest);
    records.put(writes, Family::kIndex, queue, "");
  }
  REQUIRE(world.store.commit(writes));
}

TEST_CASE(
    "X27: a transfer whose batch comes to something else waits in an exception queue of its own") {
  ApiWorld world;
  put_line(world, Digest{1}, BankOutcome::kBatchDiffers, {}, kBatch);
  const auto queue =
      world.ask("GET", "/v1/bank/lines?queue=batch_total_differs", As::kAuditor).json();
  REQUIRE(queue["lines"].size() == 1);
  const auto& line = queue["lines"][0];
  CHECK(line["batch"] == kBatch);
  CHECK(line["suspense_fen"] == "-1407");
  CHECK_THAT(line["what_to_do"].get<std::string>(), Catch::Contains("match the good cases"));
  CHECK(line["message"] == "FUNDS_DIFF");
  const auto others = world.ask("GET", "/v1/bank/lines?queue=early", As::kAuditor).json();
  CHECK(others["lines"].empty());
}

TEST_CASE("a line says of which payments of its cases it is") {
  ApiWorld world;
  put_line(world, Digest{2}, BankOutcome::kPaidAgain, {{world.draft().id, Fen{-1407}, 2}}, "");
  const std::string path = "/v1/bank/lines/" + to_hex(view(Digest{2}));
  const auto line = world.ask("GET", path, As::kAuditor).json();
  CHECK(line["outcome"] == "paid_again");
  CHECK(line["to"][0]["attempt"] == 2);
  CHECK(line["to"][0]["amount_fen"] == "-1407");
}

}  // namespace
}  // namespace jiexu::remit_routes_test
