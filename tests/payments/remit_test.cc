// Payments: collected, approved by a second person, exported once.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "storage/layout.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_test {
namespace {

Refusal refusal(const Answer& answer) {
  return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
}

size_t count_in(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("what cases have ordered is collected, approved and exported as pain.001") {
  Payer payer(2);
  const auto made = payer.make();
  REQUIRE(made.batches_size() == 1);
  CHECK(made.held().empty());
  const std::string number = made.batches(0).batch();
  CHECK(made.batches(0).count() == 2);
  CHECK(made.batches(0).total_fen() == 2 * kBalance);
  CHECK(payer.state(1) == "batched");
  const Answer approved = payer.approve(number);
  REQUIRE_FALSE(approved.rejection);
  CHECK(payer.batch(number).state() == "approved");
  const Answer exported = payer.order(number);
  REQUIRE(exported.file);
  for (int n = 1; n <= 2; ++n) {
    CHECK(count_in(*exported.file, "<EndToEndId>" + payer.payment(n) + "<") == 1);
    CHECK(payer.state(n) == "exported");
  }
  CHECK(exported.file->find("<CtrlSum>2469.12</CtrlSum>") != std::string::npos);
  CHECK(exported.file->find("<PmtInfId>" + number + "<") != std::string::npos);
  CHECK(payer.batch(number).exported_by() == "cashier");
}

TEST_CASE("an export tells the other agency in which batch each payment went, once") {
  Payer payer(2);
  const std::string number = payer.pay();
  payer.order(number);
  for (int n = 1; n <= 2; ++n) {
    const auto timeline = payer.site.timeline(Payer::id(n));
    REQUIRE(timeline.size() > 1);
    CHECK(timeline.back().event() == static_cast<uint32_t>(EventKind::kBatchExported));
    CHECK(timeline[timeline.size() - 2].event() == static_cast<uint32_t>(EventKind::kRemit));
    REQUIRE(timeline.back().sent_size() == 1);
    const LogPlace place{true, timeline.back().sent(0).epoch(), timeline.back().sent(0).seq()};
    const auto message = read_message(payer.site.records(), in_site(), place);
    REQUIRE(message);
    const v1::RemittanceNotice& notice = message->remittance_notice();
    CHECK(notice.batch_number() == number);
    CHECK(notice.batch_lines() == 2);
    CHECK(notice.batch_total_fen() == 2 * kBalance);
    CHECK(notice.amount_fen() == kBalance);
    CHECK(notice.attempt() == 1);
    CHECK(notice.end_to_end_id() == payer.payment(n));
  }
}

TEST_CASE("a payment is paid like any other, whatever the user is called who ordered it") {
  Payer payer(1, {}, GENERATE("recovery", "bank", "timer"));
  const auto timeline = payer.site.timeline(Payer::id(1));
  CHECK(timeline.back().actor_kind() == static_cast<uint32_t>(ActorKind::kUser));
  CHECK(timeline.front().actor_kind() == static_cast<uint32_t>(ActorKind::kPeer));
  const auto made = payer.make();
  CHECK(made.held().empty());
  REQUIRE(made.batches_size() == 1);
  const std::string number = made.batches(0).batch();
  REQUIRE_FALSE(payer.approve(number).rejection);
  CHECK_FALSE(payer.run("recovery", ExportBatchCommand{number}).rejection);
  CHECK(payer.batch(number).note().empty());
  CHECK(payer.state(1) == "exported");
}

TEST_CASE("a holder whose name GBK lacks goes out as pain.001, and not as a GBK file") {
  Payer payer(1);
  payer.move_account(1, "𠮷县医疗保障局");
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  const Answer refused = payer.order(number, PaymentFormat::kDelimited);
  CHECK(refusal(refused) == Refusal::kFileUnwritable);
  CHECK(refused.rejection->detail.find(payer.payment(1)) != std::string::npos);
  CHECK(payer.state(1) == "batched");
  CHECK(payer.order(number).file);
}

TEST_CASE("a payment goes into one batch only") {
  Payer payer(2);
  payer.make_one();
  CHECK(payer.make().batches().empty());
  payer.site.restart();
  CHECK(payer.make().batches().empty());
}

TEST_CASE("a second export gives the same bytes, another format is refused") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  const Answer first = payer.order(number, PaymentFormat::kDelimited);
  REQUIRE(first.file);
  payer.site.now = payer.site.now.plus_ms(3 * 86'400'000LL);
  payer.site.batch_rules.layout.header = true;
  payer.site.restart();
  const Answer again = payer.order(number, PaymentFormat::kDelimited);
  REQUIRE(again.file);
  CHECK(*again.file == *first.file);
  CHECK(refusal(payer.order(number, PaymentFormat::kPain001)) == Refusal::kBatchState);
}

TEST_CASE("who has made a batch or ordered a payment in it does not approve it") {
  Payer payer(1);
  const std::string number = payer.make_one();
  CHECK(refusal(payer.approve(number, "maker")) == Refusal::kSamePerson);
  CHECK(refusal(payer.approve(number, "orderer")) == Refusal::kSamePerson);
  CHECK(payer.batch(number).state() == "made");
  CHECK(refusal(payer.order(number)) == Refusal::kBatchNotApproved);
}

TEST_CASE("an approval is of what was seen; the same again changes nothing") {
  Payer payer(1);
  const std::string number = payer.make_one();
  const std::string other(64, '0');
  CHECK(refusal(payer.run("approver", ApproveBatchCommand{number, other})) ==
        Refusal::kBatchChanged);
  CHECK(refusal(payer.run("approver", ApproveBatchCommand{number, ""})) == Refusal::kBatchChanged);
  REQUIRE_FALSE(payer.approve(number).rejection);
  REQUIRE_FALSE(payer.approve(number).rejection);
  CHECK(refusal(payer.approve(number, "another")) == Refusal::kBatchState);
}

TEST_CASE("a payment that its case takes back leaves its batch, and the approval is lost") {
  Payer payer(2);
  const std::string number = payer.make_one();
  const std::string seen = payer.batch(number).content();
  REQUIRE_FALSE(payer.approve(number).rejection);
  REQUIRE_FALSE(payer.act(1, EventKind::kBankReturned).rejection);
  CHECK(payer.state(1) == "taken_back");
  CHECK(payer.batch(number).state() == "made");
  CHECK(payer.batch(number).count() == 1);
  CHECK(refusal(payer.order(number)) == Refusal::kBatchNotApproved);
  CHECK(refusal(payer.run("approver", ApproveBatchCommand{number, seen})) ==
        Refusal::kBatchChanged);
  REQUIRE_FALSE(payer.approve(number).rejection);
  const Answer exported = payer.order(number);
  REQUIRE(exported.file);
  CHECK(count_in(*exported.file, "<EndToEndId>") == 1);
  CHECK(count_in(*exported.file, payer.payment(1)) == 0);
}

TEST_CASE("a batch whose last payment is taken back is void") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.act(1, EventKind::kBankReturned).rejection);
  CHECK(payer.batch(number).state() == "void");
  CHECK(refusal(payer.approve(number)) == Refusal::kBatchState);
}

TEST_CASE(
    "X22: another account named after the approval stops the export; the payment goes there") {
  Payer payer(2);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  payer.move_account(2, "Another holder");
  CHECK(refusal(payer.order(number)) == Refusal::kBatchChanged);
  CHECK(payer.batch(number).count() == 1);
  CHECK(payer.state(2) == "ordered");
  const std::string other = payer.make_one();
  CHECK(payer.batch(other).payee_account() ==
        payer.site.subject(Payer::id(2)).payee.account_number());
  CHECK(payer.batch(other).payee_account() != payer.batch(number).payee_account());
}

TEST_CASE("a case that is held or being given up holds its payment") {
  Payer payer(1);
  REQUIRE_FALSE(payer.act(1, EventKind::kHold).rejection);
  const auto made = payer.make();
  CHECK(made.batches().empty());
  REQUIRE(made.held_size() == 1);
  CHECK(made.held(0).payment() == payer.payment(1));
  REQUIRE_FALSE(payer.act(1, EventKind::kResume).rejection);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.act(1, EventKind::kCancel).rejection);
  CHECK(refusal(payer.approve(number)) == Refusal::kBatchChanged);
  CHECK(payer.batch(number).state() == "void");
}

TEST_CASE("a batch pays a case once: of two payments the other goes into the next batch") {
  Payer payer(1);
  v1::ActionInput half;
  half.set_amount_fen(kBalance / 2);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), half).rejection);
  REQUIRE_FALSE(payer.site.act(EventKind::kRemit, Payer::id(1)).rejection);
  const auto made = payer.make();
  REQUIRE(made.batches_size() == 2);
  CHECK(made.batches(0).count() == 1);
  CHECK(made.batches(1).count() == 1);
}

TEST_CASE("a batch keeps to the limits of count and sum") {
  BatchRules rules;
  rules.payments_max = 2;
  Payer by_count(3, rules);
  CHECK(by_count.make().batches_size() == 2);
  rules = {};
  rules.total_max = Fen{2 * kBalance - 1};
  Payer by_sum(2, rules);
  CHECK(by_sum.make().batches_size() == 2);
  rules.total_max = Fen{1};
  Payer above(1, rules);
  CHECK(above.make().batches_size() == 1);
}

TEST_CASE("payments are collected every day at their time, and wait for an approval") {
  BatchRules rules;
  rules.collect_minute = 10 * 60 + 30;  // kNow is 10:00 in China
  Payer payer(1, rules);
  payer.site.wake();
  CHECK(payer.state(1) == "ordered");
  CHECK(payer.site.engine->kernel().wait_ms(at(payer.site.now)) <= 30 * 60'000);
  payer.site.now = payer.site.now.plus_ms(30 * 60'000);
  payer.site.wake();
  payer.site.commit();
  CHECK(payer.state(1) == "batched");
  CHECK(payer.site.engine->kernel().wait_ms(at(payer.site.now)) > 0);
}

TEST_CASE("a clock that was two years ahead for a moment does not end the collection of payments") {
  BatchRules rules;
  rules.collect_minute = 10 * 60 + 30;  // kNow is 10:00 in China
  Payer payer(0, rules);
  const Instant now = payer.site.now;
  payer.site.now = now.plus_ms(int64_t{730} * 24 * 3600 * 1000);
  payer.site.wake();
  payer.site.now = now.plus_ms(20'000);
  payer.begin(1);
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  payer.site.now = now.plus_ms(31 * 60'000);
  payer.site.wake();
  payer.site.commit();
  CHECK(payer.state(1) == "batched");
}

TEST_CASE("what was to be collected while the daemon was down is collected when it starts") {
  BatchRules rules;
  rules.collect_minute = 10 * 60 + 30;  // kNow is 10:00 in China
  Payer payer(1, rules);
  payer.site.now = payer.site.now.plus_ms(int64_t{3} * 3600 * 1000);
  payer.site.restart();
  payer.site.wake();
  payer.site.commit();
  CHECK(payer.state(1) == "batched");
}

TEST_CASE(
    "a crash after the commit of an export and before its answer: the same file comes again") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  Site& site = payer.site;
  site.user = "cashier";
  SECTION("committed") {
    site.post(ExportBatchCommand{number, PaymentFormat::kPain001});
    REQUIRE(site.store->commit(site.engine->kernel().begin_commit()));
    site.restart();
    CHECK(payer.batch(number).state() == "exported");
    const std::string stored =
        **site.records().get(Family::kFunds, layout::payment_file_key(number));
    const Answer again = payer.order(number);
    REQUIRE(again.file);
    CHECK(*again.file == stored);
  }
  SECTION("not committed") {
    site.post(ExportBatchCommand{number, PaymentFormat::kPain001});
    site.restart();
    CHECK(payer.batch(number).state() == "approved");
    CHECK(payer.order(number).file);
  }
  CHECK(payer.state(1) == "exported");
  CHECK(payer.make().batches().empty());
}

TEST_CASE("a batch that was changed behind the approval is not exported") {
  Payer payer(2);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  const Key key = layout::remittance_batch_key(number);
  auto record = **payer.site.records().get_message<v1::RemittanceBatchRecord>(Family::kFunds, key);
  record.mutable_payments(0)->set_amount_fen(kBalance + 1);
  Batch batch;
  Records writer(*payer.site.store, *payer.site.vault);
  writer.put_message(batch, Family::kFunds, key, record);
  REQUIRE(payer.site.store->commit(batch));
  payer.site.restart();
  CHECK(refusal(payer.order(number)) == Refusal::kBatchChanged);
  CHECK(payer.state(1) == "batched");
}

TEST_CASE("no batch has that number") {
  Payer payer(0);
  const std::string number = BatchNumber::make(out_site(), {2026, 11, 20}, 5)->text();
  CHECK(refusal(payer.run("approver", ApproveBatchCommand{number, ""})) == Refusal::kBatchUnknown);
  CHECK(refusal(payer.order(number)) == Refusal::kBatchUnknown);
}

// Some banks book it as any credit, from an account of their own.
TEST_CASE("a return that only the bank's words call one is the payment's return") {
  const std::string words = GENERATE("退汇 户名不符 ", "退票 账号错误 ");
  Payer payer(1);
  payer.pay();
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  REQUIRE(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
  const std::string letter = payer.site.subject(Payer::id(1)).letter_number;
  v1::BankLine back = bank_line("", kBalance, "2");
  back.set_remark(words + letter);
  back.set_counterparty_name("待清算款项");
  CHECK(payer.site.bank({back}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(payer.state(1) == "returned");
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kBankReturned);
}

}  // namespace remit_test
