// What the bank says of payments.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "daemon/payments/remit_views.h"
#include "storage/layout.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_report_test {
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

TEST_CASE("an entry of a report that names no payment costs the others nothing") {
  Payer payer(1);
  const std::string batch = payer.pay();
  const auto said = [&](const std::string& id) {
    return "<TxInfAndSts>" + id + "<TxSts>ACSC</TxSts></TxInfAndSts>";
  };
  const std::string report = "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>" + batch +
                             "</OrgnlMsgId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>" +
                             batch + "</OrgnlPmtInfId>" + said("") +
                             said("<OrgnlEndToEndId>" + payer.payment(1) + "</OrgnlEndToEndId>") +
                             "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
  CHECK(payer.report(report) == Outcomes{"unknown", "paid"});
  CHECK(payer.state(1) == "paid");
}

TEST_CASE("a report that names another amount than was ordered is asked about, not believed") {
  Payer payer(2);
  const std::string batch = payer.pay();
  const auto amount = [](const std::string& text, const std::string& currency = "CNY") {
    return "<OrgnlTxRef><Amt><InstdAmt Ccy=\"" + currency + "\">" + text +
           "</InstdAmt></Amt></OrgnlTxRef>";
  };
  const auto said = [&](int n, const std::string& status, const std::string& more) {
    return "<TxInfAndSts><OrgnlEndToEndId>" + payer.payment(n) + "</OrgnlEndToEndId><TxSts>" +
           status + "</TxSts>" + more + "</TxInfAndSts>";
  };
  const auto report = [&](const std::string& group, const std::string& body) {
    return "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>" + batch + "</OrgnlMsgId>" +
           group + "</OrgnlGrpInfAndSts>" +
           (body.empty() ? "" : "<OrgnlPmtInfAndSts>" + body + "</OrgnlPmtInfAndSts>") +
           "</CstmrPmtStsRpt></Document>";
  };
  const std::string ordered = Fen{kBalance}.yuan();
  const std::string asked = std::string(kOtherAmount) + ": 1.00 / " + ordered;
  const auto reason = [&](int n) {
    return (**payer.site.records().get_message<v1::PaymentRecord>(
                Family::kFunds, layout::payment_key(Payer::id(n), 1)))
        .reason();
  };
  SECTION("whatever became of it") {
    const std::string status = GENERATE("ACSC", "RJCT", "ACSP");
    const std::string text =
        report("", said(1, status, amount("1.00")) + said(2, status, amount("1.00")));
    CHECK(payer.report(text) == Outcomes{"contradicts", "contradicts"});
    CHECK(payer.state(1) == "exported");
    CHECK(payer.site.subject(Payer::id(1)).moved == Fen{kBalance});
    CHECK(reason(1) == asked);
    const auto before = payer.site.contents();
    CHECK(payer.report(text) == Outcomes{"contradicts", "contradicts"});
    CHECK(payer.site.contents() == before);
    CHECK(payer.release(payer.payment(1), "the bank has mistyped it") == Refusal::kNone);
    CHECK(payer.state(1) == "exported");
  }
  SECTION("the same in other digits is no other") {
    CHECK(payer.report(report("", said(1, "ACSC", amount("0" + ordered + "0")) +
                                      said(2, "ACSC", ""))) == Outcomes{"paid", "paid"});
  }
  SECTION("another currency is another amount") {
    CHECK(payer.report(report("", said(1, "ACSC", amount(ordered, "USD")))) ==
          Outcomes{"contradicts"});
    CHECK(reason(1).ends_with(ordered + " USD / " + ordered));
  }
  SECTION("what is no amount is another one") {
    CHECK(payer.report(report("", said(1, "ACSC", amount("much")))) == Outcomes{"contradicts"});
  }
  SECTION("a sum of the batch that is another one") {
    const auto sum = [](const std::string& text) {
      return "<OrgnlCtrlSum>" + text + "</OrgnlCtrlSum><GrpSts>ACSC</GrpSts>";
    };
    CHECK(payer.report(report(sum("1.00"), "")) == Outcomes{"contradicts", "contradicts"});
    CHECK(reason(2) == std::string(kOtherAmount) + ": 1.00 / " + Fen{2 * kBalance}.yuan());
    CHECK(payer.report(report(sum(Fen{2 * kBalance}.yuan()), "")) == Outcomes{"paid", "paid"});
  }
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

TEST_CASE("a rejected payment is ordered anew under the next number, and only that is paid (X22)") {
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

TEST_CASE("what the bank refuses after it has paid it waits for a person, and is not paid anew") {
  Payer payer(1);
  payer.pay();
  payer.report(payer.payment(1) + "|paid\n");
  const std::string refusal = payer.payment(1) + "|rejected|AC04\n";
  CHECK(payer.report(refusal) == Outcomes{"contradicts"});
  CHECK(payer.report(refusal) == Outcomes{"contradicts"});
  CHECK(payer.state(1) == "paid");
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kPaid);
  CHECK(payer.act(1, EventKind::kRemit).rejection);
  CHECK(payer.waiting() ==
        std::vector{payer.payment(1) + " paid: " + std::string(kContradictedPayment)});
  SECTION("a line brings it back") {
    CHECK(payer.site.bank({payer.returned(1, "1")}).bank.results(0).outcome() ==
          "returned_by_bank");
    CHECK(payer.state(1) == "returned");
  }
  SECTION("two people have looked") {
    CHECK(payer.release(payer.payment(1), "asked the bank") == Refusal::kNone);
    CHECK(payer.state(1) == "paid");
  }
  CHECK(payer.waiting().empty());
}

TEST_CASE("a return that says why in its text alone keeps that text as its reason") {
  Payer payer(1);
  payer.pay();
  v1::BankLine back = payer.returned(1, "1");
  back.clear_return_reason();
  back.set_remark("退汇 户名不符");
  CHECK(payer.site.bank({back}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(last_bounce(payer, 1).reason() == "退汇 户名不符");
}

TEST_CASE("what was refused and shows as debited is not paid anew before two people have looked") {
  Payer payer(1);
  payer.pay();
  REQUIRE(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
  const bool ordered_first = GENERATE(true, false);
  std::string batch;
  if (ordered_first) {
    REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
    batch = payer.make_one();
    REQUIRE_FALSE(payer.approve(batch).rejection);
  }
  v1::BankLine debit = payer.returned(1, "D1");
  debit.set_amount_fen(-debit.amount_fen());
  debit.clear_return_reason();
  CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
  if (!ordered_first) REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  if (ordered_first) CHECK(payer.order(batch).rejection);
  CHECK(payer.make().batches().empty());
  CHECK(payer.state(1, 2) == "ordered");
  const std::vector<std::string> both = {
      payer.payment(1) + " returned: " + std::string(kOutAfterAll),
      payer.payment(1, 2) + " ordered: " + std::string(kOtherContradicted)};
  auto waiting = payer.waiting();
  std::ranges::sort(waiting);
  CHECK(waiting == both);
  CHECK(payer.release(payer.payment(1), "the bank has it back") == Refusal::kNone);
  CHECK(payer.make().batches_size() == 1);
}

TEST_CASE("what a person says came back is of the payment that is named, and of no other") {
  Payer payer(1);
  payer.pay();
  REQUIRE_FALSE(payer.come_back(1, 0, kBalance / 2).rejection);
  CHECK(payer.state(1) == "exported");
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  const Answer which = payer.come_back(1, 0, kBalance / 2);
  REQUIRE(which.rejection);
  CHECK(which.rejection->refusal == Refusal::kInputMissing);
  SECTION("the bank has had it") {
    REQUIRE_FALSE(payer.come_back(1, 1).rejection);
    CHECK(payer.state(1, 1) == "returned");
    CHECK(payer.state(1, 2) == "ordered");
  }
  SECTION("it still waits") {
    REQUIRE_FALSE(payer.come_back(1, 2).rejection);
    CHECK(payer.state(1, 1) == "exported");
    CHECK(payer.state(1, 2) == "taken_back");
  }
  SECTION("it still waits, and the case was given up") {
    REQUIRE_FALSE(payer.act(1, EventKind::kCancel).rejection);
    payer.hear(1, EventKind::kCancelReplyIn);
    REQUIRE(payer.site.subject(Payer::id(1)).relationship == Relationship::kOutFailed);
    REQUIRE_FALSE(payer.come_back(1, 2).rejection);
    CHECK(payer.state(1, 1) == "exported");
    CHECK(payer.state(1, 2) == "taken_back");
  }
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

TEST_CASE("a return that names the letter alone is not of the payment that was rejected") {
  Payer payer(1);
  payer.pay();
  payer.report(payer.payment(1) + "|rejected|AC04\n");
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  payer.pay();
  v1::BankLine back = bank_line("", kBalance, "1");
  back.set_remark(EndToEndId::parse(payer.payment(1))->letter_number);
  back.set_return_reason("AC04");
  CHECK(payer.site.bank({back}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(payer.state(1, 2) == "returned");
  CHECK(payer.site.subject(Payer::id(1)).moved == Fen{});
  CHECK(payer.site.ledger_sum() == 0);
}

TEST_CASE("a payment that went out and came back is known as paid") {
  Payer payer(1);
  payer.pay();
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  payer.site.bank({debit});
  payer.site.bank({payer.returned(1, "2")});
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
  CHECK(payer.release(payer.payment(1), "") == Refusal::kInputMissing);
  CHECK(payer.release(payer.payment(1), "asked the bank") == Refusal::kNone);
  CHECK(payer.release(payer.payment(1), "asked the bank") == Refusal::kPaymentNotHeld);
  const std::string other = payer.payment(1, 7);
  CHECK(payer.release(other, "asked the bank") == Refusal::kPaymentUnknown);
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
  const v1::BankLine line = payer.returned(1, "1");
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
  CHECK(payer.site.bank({line}).bank.results(0).outcome() == "paid_again");
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 3 * kBalance - 1);
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
  CHECK(payer.site.bank({payer.returned(1, "1")}).bank.results(0).outcome() == "not_expected");
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
    const Answer answer = payer.run("clerk", PaymentsQuery{{}, 10});
    return dynamic_cast<const v1::PaymentViews&>(*answer.view).payments_size();
  };
  CHECK(waiting() == 1);
  CHECK(payer.site.bank({payer.returned(1, "2")}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(waiting() == 0);
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a line that names a payment is no money of the other agency, whoever matches it") {
  Payer payer(1);
  payer.pay();
  payer.hear(1, EventKind::kFundsAckIn);
  v1::BankLine back = payer.returned(1, "1");
  back.clear_return_reason();
  const v1::BankLineResult line = payer.site.bank({back}).bank.results(0);
  CHECK(line.outcome() == "may_be_sent_back");
  const Fen all{kBalance};
  const Digest digest = *to_array<32>(*from_hex(line.line_id()));
  const Answer settled =
      payer.site.decide({digest, LineAct::kMatch, {{Payer::id(1), all}}, "asked the bank", {}});
  CHECK(settled.bank.results(0).outcome() == "not_expected");
  CHECK(payer.site.subject(Payer::id(1)).returned.value == 0);
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == -kBalance);
}

TEST_CASE("a bounce that a clerk has recorded is matched by hand to the line that brings it") {
  Payer payer(1);
  payer.pay();
  REQUIRE_FALSE(payer.act(1, EventKind::kBankReturned).rejection);
  v1::BankLine back = payer.returned(1, "1");
  back.set_amount_fen(kBalance - 1);
  const v1::BankLineResult part = payer.site.bank({back}).bank.results(0);
  CHECK(part.outcome() == "amount_differs");
  const Digest digest = *to_array<32>(*from_hex(part.line_id()));
  const Answer settled = payer.site.decide(
      {digest, LineAct::kMatch, {{Payer::id(1), Fen{kBalance - 1}}}, "less a fee", {}});
  CHECK(settled.bank.results(0).outcome() == "matched_by_hand");
  CHECK(payer.site.subject(Payer::id(1)).returned.value == 0);
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

}  // namespace remit_report_test
