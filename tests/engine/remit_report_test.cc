// What the bank says of payments, and payments of which the store has lost what became of them.
#include <catch2/catch.hpp>

#include "daemon/engine/case_store.h"
#include "tests/engine/payer.h"

using namespace jiexu;

namespace {

v1::BankLine returned(const Payer& payer, int n, const std::string& sequence) {
  v1::BankLine line = bank_line("", kBalance, sequence);
  line.set_end_to_end_id(payer.payment(n));
  line.set_return_reason("AC04");
  return line;
}

}  // namespace

namespace {

using Outcomes = std::vector<std::string>;

v1::BankReturned last_bounce(const Payer& payer, int n) {
  const v1::TimelineRecord last = payer.site.timeline(Payer::id(n)).back();
  REQUIRE(last.sent_size() == 1);
  const auto message = read_message(payer.site.records(), in_site(),
                                    {true, last.sent(0).epoch(), last.sent(0).seq()});
  REQUIRE(message);
  return message->bank_returned();
}

Refusal release(Payer& payer, const std::string& payment, const std::string& note) {
  const Answer answer =
      payer.run("approver", ReleasePaymentCommand{*EndToEndId::parse(payment), note});
  return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
}

// The site over an older state of its store.
void restore(Site& site, const MemoryStore& backup) {
  site.engine.reset();
  site.store = backup.clone();
  site.store_complete = false;
  site.restart();
}

}  // namespace

TEST_CASE("the bank's list says which payments are paid and which it rejects") {
  Payer payer(2);
  payer.pay();
  const std::string report =
      payer.payment(1) + "|paid\n" + payer.payment(2) + "|rejected|AC04 closed account\n";
  CHECK(payer.report(report) == Outcomes{"paid", "rejected"});
  CHECK(payer.state(1) == "paid");
  CHECK(payer.state(2) == "returned");
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kPaid);
  CHECK(payer.site.subject(Payer::id(2)).funds == Funds::kBankReturned);
  CHECK(last_bounce(payer, 2).reason() == "AC04 closed account");
  CHECK(last_bounce(payer, 2).attempt() == 1);
  CHECK(payer.site.ledger_sum() == 0);
}

TEST_CASE("a report that is handed in twice changes nothing the second time") {
  Payer payer(2);
  payer.pay();
  const std::string report = payer.payment(1) + "|paid\n" + payer.payment(2) + "|rejected|AC04\n";
  payer.report(report);
  const auto before = payer.site.contents();
  CHECK(payer.report(report) == Outcomes{"known", "known"});
  CHECK(payer.site.contents() == before);
}

TEST_CASE("X22: a rejected payment is ordered anew under the next number, and only that is paid") {
  Payer payer(1);
  payer.pay();
  payer.report(payer.payment(1) + "|rejected|AC04\n");
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  const Answer exported = payer.order(number);
  REQUIRE(exported.file);
  CHECK(exported.file->find(payer.payment(1, 2)) != std::string::npos);
  CHECK(exported.file->find(payer.payment(1, 1)) == std::string::npos);
  CHECK(payer.report(payer.payment(1, 1) + "|rejected|AC04\n") == Outcomes{"known"});
  CHECK(payer.state(1, 2) == "exported");
}

TEST_CASE("a payment that bounces after it was reported as paid goes back to its case") {
  Payer payer(1);
  payer.pay();
  payer.report(payer.payment(1) + "|paid\n");
  CHECK(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
  CHECK(payer.state(1) == "returned");
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kBankReturned);
}

TEST_CASE("of a bounce without a number, what the bank has had comes back first") {
  Payer payer(1);
  payer.pay();
  v1::ActionInput half;
  half.set_amount_fen(kBalance / 2);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), half).rejection);
  CHECK(payer.state(1) == "exported");
  REQUIRE_FALSE(payer.site.act(EventKind::kRemit, Payer::id(1)).rejection);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), half).rejection);
  CHECK(payer.state(1, 1) == "returned");
  CHECK(payer.state(1, 2) == "ordered");
}

TEST_CASE("a case that was given up takes back what waits, not what the bank has") {
  Payer payer(1);
  payer.pay();
  v1::ActionInput half;
  half.set_amount_fen(kBalance / 2);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), half).rejection);
  REQUIRE_FALSE(payer.site.act(EventKind::kRemit, Payer::id(1)).rejection);
  REQUIRE_FALSE(payer.act(1, EventKind::kCancel).rejection);
  payer.hear(1, EventKind::kCancelReplyIn);
  REQUIRE(payer.site.subject(Payer::id(1)).relationship == Relationship::kOutFailed);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), half).rejection);
  CHECK(payer.state(1, 1) == "exported");
  CHECK(payer.state(1, 2) == "taken_back");
}

TEST_CASE("an amount that only a waiting payment has is taken back of that one") {
  Payer payer(1);
  payer.pay();
  v1::ActionInput quarter;
  quarter.set_amount_fen(kBalance / 4);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), quarter).rejection);
  REQUIRE_FALSE(payer.site.act(EventKind::kRemit, Payer::id(1)).rejection);
  REQUIRE_FALSE(payer.site.act(EventKind::kBankReturned, Payer::id(1), quarter).rejection);
  CHECK(payer.state(1, 1) == "exported");
  CHECK(payer.state(1, 2) == "taken_back");
}

TEST_CASE("a debit that names the letter alone is not of the payment that was rejected") {
  Payer payer(1);
  payer.pay();
  payer.report(payer.payment(1) + "|rejected|AC04\n");
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  payer.pay();
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_remark(EndToEndId::parse(payer.payment(1))->letter_number);
  CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
  CHECK(payer.state(1, 1) == "returned");
  CHECK(payer.state(1, 2) == "paid");
  CHECK(payer.make().held().empty());
}

TEST_CASE("a payment that went out and came back is known as paid") {
  Payer payer(1);
  payer.pay();
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  payer.site.bank({debit});
  payer.site.bank({returned(payer, 1, "2")});
  REQUIRE(payer.state(1) == "returned");
  CHECK(payer.report(payer.payment(1) + "|paid\n") == Outcomes{"known"});
  CHECK(payer.make().held().empty());
}

TEST_CASE("pain.002 speaks of a whole batch") {
  Payer payer(2);
  const std::string number = payer.pay();
  const std::string report =
      "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>" + number +
      "</OrgnlMsgId><GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>";
  CHECK(payer.report(report) == Outcomes{"paid", "paid"});
  CHECK(payer.state(2) == "paid");
}

TEST_CASE("what the bank says against the case is kept and waits for a person") {
  Payer payer(1);
  payer.pay();
  payer.hear(1, EventKind::kInfoConfirmIn);
  payer.hear(1, EventKind::kFundsAckIn);
  const std::string report = payer.payment(1) + "|rejected|AC04\n";
  CHECK(payer.report(report) == Outcomes{"contradicts"});
  CHECK(payer.report(report) == Outcomes{"contradicts"});
  CHECK(payer.state(1) == "exported");
  CHECK(release(payer, payer.payment(1), "") == Refusal::kInputMissing);
  CHECK(release(payer, payer.payment(1), "asked the bank") == Refusal::kNone);
  CHECK(release(payer, payer.payment(1), "asked the bank") == Refusal::kPaymentNotHeld);
  const std::string other = payer.payment(1, 7);
  CHECK(release(payer, other, "asked the bank") == Refusal::kPaymentUnknown);
}

TEST_CASE("a payment that the bank has without our export is not ordered again") {
  Payer payer(2);
  const std::string number = payer.make_one();
  CHECK(payer.report(payer.payment(1) + "|paid\n") == Outcomes{"contradicts"});
  CHECK(payer.state(1) == "paid");
  CHECK(payer.batch(number).count() == 1);
  CHECK(payer.report(payer.payment(2) + "|rejected|AC04\n") == Outcomes{"contradicts"});
  CHECK(payer.state(2) == "batched");
  CHECK(payer.site.subject(Payer::id(2)).funds == Funds::kPaid);
}

TEST_CASE("payments that nobody here has ordered are unknown, pending ones stay") {
  Payer payer(1);
  payer.pay();
  const std::string other = EndToEndId{payer.site.subject(Payer::id(1)).letter_number, 9}.text();
  CHECK(payer.report(other + "|paid\nREF-77|paid\n" + payer.payment(1) + "|pending\n") ==
        Outcomes{"unknown", "unknown", "pending"});
  CHECK(payer.state(1) == "exported");
}

TEST_CASE("after a loss of commits no payment is ordered that the bank may have") {
  Payer payer(1);
  const auto backup = payer.site.store->clone();
  payer.pay();
  payer.site.now = payer.site.now.plus_ms(60'000);
  restore(payer.site, *backup);
  auto made = payer.make();
  CHECK(made.batches().empty());
  REQUIRE(made.held_size() == 1);
  CHECK(made.held(0).state() == "ordered");
  SECTION("the bank has it") {
    CHECK(payer.report(payer.payment(1) + "|paid\n") == Outcomes{"paid"});
    CHECK(payer.state(1) == "paid");
    CHECK(payer.make().held().empty());
  }
  SECTION("the bank has rejected it") {
    // Every peer has been asked, and had nothing of ours.
    Batch asked;
    for (const AgencyId peer : {in_site(), out_site(), third_site()}) {
      asked.remove(Family::kLink, layout::link_key(peer, layout::Direction::kOut));
    }
    payer.site.engine.reset();
    REQUIRE(payer.site.store->commit(asked));
    payer.site.store_complete = true;
    payer.site.restart();
    CHECK(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
    CHECK(payer.state(1) == "taken_back");
  }
  SECTION("the bank does not have it") {
    CHECK(release(payer, payer.payment(1), "not at the bank") == Refusal::kNone);
    CHECK(payer.make().batches_size() == 1);
  }
}

TEST_CASE("a batch that was approved before a loss of commits is not exported after it") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  const auto backup = payer.site.store->clone();
  REQUIRE_FALSE(payer.order(number).rejection);
  restore(payer.site, *backup);
  const Answer again = payer.order(number);
  REQUIRE(again.rejection);
  CHECK(again.rejection->refusal == Refusal::kBatchChanged);
  CHECK(payer.batch(number).state() == "void");
  CHECK(payer.make().batches().empty());
}

namespace {

// Both agencies of case 1. OUT has a backup from before it took the letter up.
struct Recovering {
  Site in{in_site(), kNow};
  Payer payer{0};
  Site& out = payer.site;
  const CaseId id = case_number(1);
  std::unique_ptr<MemoryStore> backup;

  Recovering() {
    for (const EventKind kind : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      REQUIRE_FALSE(in.act(kind, id, sound_input(Case(), kind)).rejection);
      jiexu::settle({&in, &out});
    }
    backup = out.store->clone();
    for (const EventKind kind : {EventKind::kAcceptLetter, EventKind::kStopInsurance,
                                 EventKind::kIssueForm, EventKind::kRemit}) {
      REQUIRE_FALSE(payer.act(1, kind).rejection);
      jiexu::settle({&in, &out});
    }
    payer.pay();
  }

  // The bank sends back so much, and no one says of which payment.
  void come_back(int64_t fen) {
    v1::ActionInput input;
    input.set_amount_fen(fen);
    REQUIRE_FALSE(out.act(EventKind::kBankReturned, id, input).rejection);
    jiexu::settle({&in, &out});
  }

  void remit() {
    REQUIRE_FALSE(out.act(EventKind::kRemit, id).rejection);
    jiexu::settle({&in, &out});
  }

  void recover() {
    restore(out, *backup);
    run();
  }

  void run() {
    for (int i = 0; i < 60; ++i) {
      jiexu::settle({&in, &out});
      for (Site* site : {&in, &out}) {
        site->now = site->now.plus_ms(1000);
        site->wake();
      }
    }
  }
};

}  // namespace

TEST_CASE("a payment known only from the peer's copy of our notice is not ordered again") {
  Recovering world;
  world.recover();
  REQUIRE(world.out.subject(world.id).attempt == 1);
  CHECK(world.payer.state(1) == "ordered");
  const auto made = world.payer.make();
  CHECK(made.batches().empty());
  CHECK(made.held_size() == 1);
}

TEST_CASE("a debit that names only a batch that the store has lost is known from our notices") {
  Recovering world;
  const auto number = [&] {
    const auto timeline = world.out.timeline(world.id);
    const LogPlace place{true, timeline.back().sent(0).epoch(), timeline.back().sent(0).seq()};
    const auto message = read_message(world.out.records(), in_site(), place);
    REQUIRE(message);
    return message->remittance_notice().batch_number();
  }();
  jiexu::settle({&world.in, &world.out});
  world.recover();
  CHECK(world.payer.state(1) == "ordered");
  const Answer file = world.payer.order(number);
  REQUIRE(file.rejection);
  CHECK(file.rejection->refusal == Refusal::kBatchState);
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_batch_reference(number);
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "paid_out");
  CHECK(world.payer.state(1) == "paid");
}

TEST_CASE("a debit of a payment that is still being led back is tried again when it is there") {
  Recovering world;
  world.come_back(kBalance / 2);
  world.backup = world.out.store->clone();
  world.remit();
  const std::string letter = EndToEndId::parse(world.payer.payment(1))->letter_number;
  restore(world.out, *world.backup);
  v1::BankLine debit = bank_line("", -kBalance / 2, "1");
  debit.set_remark(letter);
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "early");
  world.run();
  REQUIRE(world.out.subject(world.id).attempt == 2);
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "duplicate, paid_out");
  CHECK(world.payer.state(1, 2) == "paid");
}

TEST_CASE("a debit of a payment that is still being led back is not taken for an earlier one's") {
  Recovering world;
  world.come_back(kBalance);
  world.backup = world.out.store->clone();
  world.remit();
  v1::BankLine first = bank_line("", -kBalance, "1");
  first.set_end_to_end_id(world.payer.payment(1));
  v1::BankLine second = bank_line("", -kBalance, "2");
  second.set_end_to_end_id(EndToEndId::parse(first.end_to_end_id())->letter_number + "-2");
  restore(world.out, *world.backup);
  CHECK(world.out.bank({second}).bank.results(0).outcome() == "early");
  world.run();
  CHECK(world.out.bank({first}).bank.results(0).outcome() == "paid_out");
  CHECK(world.out.bank({second}).bank.results(0).outcome() == "duplicate, paid_out");
  CHECK(world.payer.state(1, 2) == "paid");
}

TEST_CASE("what came back of several payments at once is led back to all of them") {
  Recovering world;
  world.come_back(kBalance / 2);
  world.remit();
  world.come_back(kBalance);
  world.recover();
  REQUIRE(world.out.subject(world.id).attempt == 2);
  CHECK(world.payer.state(1, 1) == "taken_back");
  CHECK(world.payer.state(1, 2) == "taken_back");
}

TEST_CASE("of a payment that is forgotten and had come back, the bank's lines tell the rest") {
  Recovering world;
  world.come_back(kBalance);
  world.recover();
  REQUIRE(world.payer.state(1) == "taken_back");
  SECTION("a debit") {
    v1::BankLine debit = bank_line("", -kBalance, "1");
    debit.set_end_to_end_id(world.payer.payment(1));
    CHECK(world.out.bank({debit}).bank.results(0).outcome() == "paid_out");
  }
  SECTION("the bank's list") {
    CHECK(world.payer.report(world.payer.payment(1) + "|paid\n") == Outcomes{"contradicts"});
  }
  CHECK(world.payer.state(1) == "returned");
  CHECK(world.payer.make().held_size() == 0);
  const auto waiting = [&] {
    const Answer answer = world.payer.run("clerk", PaymentsQuery{"", 10});
    return dynamic_cast<const v1::PaymentViews&>(*answer.view).payments_size();
  };
  CHECK(waiting() == 1);
  const v1::BankLine back = returned(world.payer, 1, "2");
  CHECK(world.out.bank({back}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(waiting() == 0);
  CHECK(world.out.subject(world.id).moved == Fen{});
}

TEST_CASE(
    "a return that comes before the other agency takes its credit back waits, also through a "
    "restart") {
  Payer payer(1);
  payer.pay();
  for (const EventKind kind :
       {EventKind::kInfoConfirmIn, EventKind::kFundsAckIn, EventKind::kCloseIn}) {
    payer.hear(1, kind);
  }
  REQUIRE(payer.site.subject(Payer::id(1)).closed());
  const v1::BankLine line = returned(payer, 1, "1");
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "not_expected");
  payer.site.restart();
  v1::Message reversed =
      sound_message(payer.site.subject(Payer::id(1)), EventKind::kFundsDiffIn, "reversed");
  Forger(in_site(), payer.site).deliver(reversed);
  payer.site.commit();
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "duplicate, returned_by_bank");
  CHECK(payer.state(1) == "returned");
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kBankReturned);
  CHECK(payer.site.ledger_sum() == 0);
}

TEST_CASE("one debit for all payments of a batch says that each is paid; of another sum, nothing") {
  Payer payer(3);
  const std::string batch = payer.pay();
  v1::BankLine line = bank_line("", -3 * kBalance + 1, "1");
  line.set_remark("批量 " + batch);
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "amount_differs");
  CHECK(payer.state(2) == "exported");
  line.set_amount_fen(-3 * kBalance);
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "paid_out");
  for (int n = 1; n <= 3; ++n) CHECK(payer.state(n) == "paid");
  line.set_host_sequence("2");
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "not_expected");
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 6 * kBalance - 1);
  CHECK(payer.site.ledger_sum() == 0);
}

TEST_CASE("one debit for the payments of two letters says that both are paid") {
  Payer payer(3);
  payer.pay();
  v1::BankLine line = bank_line("", -2 * kBalance, "1");
  line.set_remark(payer.site.subject(Payer::id(1)).letter_number + " " +
                  payer.site.subject(Payer::id(3)).letter_number);
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "paid_out");
  CHECK(payer.state(1) == "paid");
  CHECK(payer.state(2) == "exported");
  CHECK(payer.state(3) == "paid");
}

TEST_CASE("the whole batch comes back in one credit") {
  Payer payer(2);
  const std::string batch = payer.pay();
  v1::BankLine line = bank_line("", 2 * kBalance, "1");
  line.set_remark(batch);
  line.set_return_reason("AC04");
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(payer.state(1) == "returned");
  CHECK(payer.state(2) == "returned");
  CHECK(payer.site.balance(in_site(), LedgerAccount::kInTransit) == 0);
}

TEST_CASE("a return of a payment that the bank never had is not believed") {
  Payer payer(1);
  CHECK(payer.site.bank({returned(payer, 1, "1")}).bank.results(0).outcome() == "not_expected");
  CHECK(payer.state(1) == "ordered");
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == -kBalance);
}

TEST_CASE("debited after a report has rejected it: a person looks, until its return comes") {
  Payer payer(1);
  payer.pay();
  CHECK(payer.report(payer.payment(1) + "|rejected|AC04") == std::vector<std::string>{"rejected"});
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
  const auto waiting = [&] {
    const Answer answer = payer.run("clerk", PaymentsQuery{"", 10});
    return dynamic_cast<const v1::PaymentViews&>(*answer.view).payments_size();
  };
  CHECK(waiting() == 1);
  CHECK(payer.site.bank({returned(payer, 1, "2")}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(waiting() == 0);
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 0);
}
