// The bank pays one payment twice: what transfer-out learns of it from its statements, and how it
// is put right.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "storage/layout.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace paid_again_test {
namespace {

// Case 1 is paid; the lines of its account name it by the EndToEndId, or by the letter alone.
struct PaidTwice : Payer {
  PaidTwice() : Payer(1) { pay(); }

  std::string debit(const std::string& sequence, bool named = true) {
    v1::BankLine line = bank_line("", -kBalance, sequence);
    if (named) line.set_end_to_end_id(payment(1));
    if (!named) line.set_remark(EndToEndId::parse(payment(1))->letter_number);
    return site.bank({line}).bank.results(0).outcome();
  }
  Case subject() const { return site.subject(Payer::id(1)); }
  v1::RemittanceNotice last_notice() {
    const auto timeline = site.timeline(Payer::id(1));
    const LogPlace place{true, timeline.back().sent(0).epoch(), timeline.back().sent(0).seq()};
    const auto message = read_message(site.records(), in_site(), place);
    REQUIRE(message);
    return message->remittance_notice();
  }
};

}  // namespace

TEST_CASE("a second debit is a payment that nobody ordered, and the other agency is told of it") {
  const bool named = GENERATE(true, false);
  PaidTwice payer;
  CHECK(payer.debit("1", named) == "paid_out");
  CHECK(payer.debit("2", named) == "paid_again");
  CHECK(payer.debit("2", named) == "duplicate, paid_again");
  const Case subject = payer.subject();
  CHECK(subject.funds == Funds::kOverpaid);
  CHECK(subject.moved == Fen{2 * kBalance});
  CHECK(subject.attempt == 2);
  CHECK(payer.state(1, 2) == "paid");
  const v1::RemittanceNotice notice = payer.last_notice();
  CHECK(notice.attempt() == 2);
  CHECK(notice.again_of() == 1);
  CHECK(notice.amount_fen() == kBalance);
  CHECK(payer.make().batches().empty());
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a debit under the letter alone, while its next payment is not at the bank, waits") {
  PaidTwice payer;
  CHECK(payer.debit("1") == "paid_out");
  CHECK(payer.site.bank({payer.returned(1, "2")}).bank.results(0).outcome() == "returned_by_bank");
  payer.act(1, EventKind::kRemit);
  REQUIRE(payer.state(1, 2) == "ordered");
  CHECK(payer.debit("3", false) == "early");
  CHECK(payer.state(1, 2) == "ordered");
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) != 0);
}

TEST_CASE("what comes back of it under the only number that the bank knows is the second payment") {
  PaidTwice payer;
  payer.debit("1");
  payer.debit("2");
  CHECK(payer.site.bank({payer.returned(1, "3")}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(payer.state(1, 1) == "paid");
  CHECK(payer.state(1, 2) == "returned");
  CHECK(payer.subject().funds == Funds::kPaid);
  // And after it the first.
  CHECK(payer.site.bank({payer.returned(1, "4")}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(payer.state(1, 1) == "returned");
  CHECK(payer.subject().moved == Fen{});
}

TEST_CASE("money that the other agency sends back of it leaves what is due as paid") {
  PaidTwice payer;
  payer.hear(1, EventKind::kFundsAckIn);
  payer.debit("1");
  payer.debit("2");
  const std::string letter = EndToEndId::parse(payer.payment(1))->letter_number;
  const Answer back = payer.site.bank({bank_line(letter, kBalance, "3")});
  CHECK(back.bank.results(0).outcome() == "may_be_sent_back");
  v1::Message word = sound_message(payer.subject(), EventKind::kFundsReturnedIn);
  word.mutable_funds_returned()->set_amount_fen(kBalance);
  word.mutable_funds_returned()->set_kept_fen(kBalance);
  word.mutable_funds_returned()->set_credited_fen(kBalance);
  Forger(in_site(), payer.site).deliver(word);
  do payer.site.wake();
  while (payer.site.commit());
  CHECK(payer.subject().moved == Fen{kBalance});
  CHECK(payer.subject().returned == Fen{kBalance});
  CHECK(payer.subject().funds == Funds::kAckedByIn);
}

TEST_CASE("a line as large as a payment is not taken for a part of a larger sum sent back") {
  PaidTwice payer;
  payer.hear(1, EventKind::kFundsAckIn);
  payer.debit("1");
  payer.debit("2");
  const std::string letter = EndToEndId::parse(payer.payment(1))->letter_number;
  const auto import = [&](int64_t amount, const std::string& number) {
    return payer.site.bank({bank_line(letter, amount, number)}).bank.results(0).outcome();
  };
  CHECK(import(kBalance, "3") == "may_be_sent_back");
  v1::Message word = sound_message(payer.subject(), EventKind::kFundsReturnedIn);
  word.mutable_funds_returned()->set_amount_fen(kBalance + 700);
  word.mutable_funds_returned()->set_kept_fen(kBalance - 700);
  word.mutable_funds_returned()->set_credited_fen(kBalance - 700);
  Forger(in_site(), payer.site).deliver(word);
  do payer.site.wake();
  while (payer.site.commit());
  CHECK(payer.subject().returned == Fen{});
  CHECK(import(kBalance, "3") == "duplicate, may_be_sent_back");
  CHECK(import(700, "4") == "came_back");
  CHECK(import(kBalance + 700, "5") == "may_be_sent_back");  // of which 700 has come
  CHECK(import(kBalance, "6") == "came_back");
  CHECK(payer.subject().returned == Fen{kBalance + 700});
}

TEST_CASE("a whole batch that is debited twice is told of case by case") {
  Payer payer(2);
  v1::BankLine debit = bank_line("", -2 * kBalance, "1");
  debit.set_batch_reference(payer.pay());
  CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
  debit.set_host_sequence("2");
  CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_again");
  for (const int n : {1, 2}) CHECK(payer.site.subject(Payer::id(n)).moved == Fen{2 * kBalance});
}

TEST_CASE("a line that waits is tried again when its own case changes, not when others do") {
  Payer payer(6);
  payer.pay();
  // The other agency holds the money of the last three as credited: their returns wait.
  for (int n = 4; n <= 6; ++n) {
    payer.hear(n, EventKind::kFundsAckIn);
    CHECK(payer.site.bank({payer.returned(n, std::to_string(n))}).bank.results(0).outcome() ==
          "not_expected");
  }
  size_t lines_written = 0;
  payer.site.store->set_fault_hook([&](const Batch& batch) {
    for (size_t i = 0; i < batch.size(); ++i) {
      const Batch::Op op = batch.op(i);
      lines_written += op.family == Family::kFunds && op.key.starts_with(layout::kBankLines);
    }
    return CommitFault::kNone;
  });
  const auto rest = [&] {
    for (int i = 0; i < 3; ++i) {
      payer.site.wake();
      payer.site.commit();
    }
  };
  for (int n = 1; n <= 3; ++n) {
    v1::BankLine debit = bank_line("", -kBalance, "debit " + std::to_string(n));
    debit.set_end_to_end_id(payer.payment(n));
    CHECK(payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
    rest();
  }
  CHECK(lines_written == 3);
  v1::Message taken_back = sound_message(payer.site.subject(Payer::id(4)), EventKind::kFundsDiffIn);
  taken_back.mutable_funds_diff()->set_received_fen(0);
  taken_back.mutable_funds_diff()->set_reversed_fen(kBalance);
  Forger(in_site(), payer.site).deliver(taken_back);
  payer.site.commit();
  rest();
  CHECK(payer.state(4) == "returned");
  CHECK(payer.state(5) == "exported");
  CHECK(lines_written == 4);
}

TEST_CASE("what another agency than the case's sends is not taken for money sent back") {
  PaidTwice payer;
  payer.debit("1");
  payer.debit("2");  // so that the case would take some back
  v1::BankLine line = bank_line(payer.subject().letter_number, kBalance, "3");
  line.set_counterparty_account(std::string(kThirdAccount));
  const Answer answer = payer.site.bank({line});
  CHECK(answer.bank.results(0).outcome() == "foreign_payer");
  CHECK(answer.bank.results(0).case_id() == Payer::id(1).str());
  CHECK(payer.subject().moved == Fen{2 * kBalance});
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) != 0);
  CHECK(payer.site.ledger_sum() == 0);
}

}  // namespace paid_again_test
