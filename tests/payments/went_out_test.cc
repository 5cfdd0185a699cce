// The bank refuses a payment and pays it all the same: what transfer-out learns of it from its
// statements, what two people say of it, and how its case ends.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "daemon/payments/remit_views.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace went_out_test {
namespace {

using Outcomes = std::vector<std::string>;

// Case 1's payment is refused by the bank's report.
struct Refused : Payer {
  Refused() : Payer(1) {
    pay();
    REQUIRE(report(payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
  }

  std::string debit(const std::string& sequence, uint32_t attempt = 1) {
    v1::BankLine line = bank_line("", -kBalance, sequence);
    line.set_end_to_end_id(payment(1, attempt));
    return site.bank({line}).bank.results(0).outcome();
  }
  Answer propose(const std::string& user = "wang") {
    ReleasePaymentCommand asked{*EndToEndId::parse(payment(1)), Act::kPropose, "the bank says so"};
    asked.went_out = true;
    return run(user, asked);
  }
  Refusal say_out() {
    const Answer proposed = propose();
    if (proposed.rejection) return proposed.rejection->refusal;
    const auto& shown = dynamic_cast<const v1::PaymentView&>(*proposed.view);
    CHECK(shown.releases().rbegin()->went_out());
    const Answer done =
        about_release("li", payment(1), Act::kApprove, shown.releases().rbegin()->content());
    return done.rejection ? done.rejection->refusal : Refusal::kNone;
  }
  v1::PaymentRecord record(uint32_t attempt) const {
    return **site.records().get_message<v1::PaymentRecord>(
        Family::kFunds, layout::payment_key(Payer::id(1), attempt));
  }
  Case subject() const { return site.subject(Payer::id(1)); }
  int64_t suspense() { return site.balance(out_site(), LedgerAccount::kSuspense); }
};

}  // namespace

TEST_CASE("what was refused and shows as debited says what people may do about it") {
  Refused payer;
  REQUIRE(payer.debit("1") == "paid_out");
  CHECK(payer.waiting() ==
        std::vector{payer.payment(1) + " returned: " + std::string(kOutAfterAll)});
}

TEST_CASE("what was refused and went out is a payment that stands for it, and none replaces it") {
  Refused payer;
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  const bool batched = GENERATE(true, false);
  const std::string batch = batched ? payer.make_one() : "";
  if (batched) REQUIRE_FALSE(payer.approve(batch).rejection);
  REQUIRE(payer.debit("1") == "paid_out");
  REQUIRE(payer.say_out() == Refusal::kNone);
  CHECK(payer.state(1, 1) == "returned");
  CHECK(payer.record(1).went_out_as() == 3);
  CHECK(payer.state(1, 2) == "taken_back");
  CHECK(payer.state(1, 3) == "paid");
  CHECK(payer.record(3).again_of() == 1);
  CHECK(payer.record(3).debit_line() == payer.record(1).debit_line());
  CHECK(payer.subject().moved == Fen{kBalance});
  CHECK(payer.subject().funds == Funds::kPaid);
  CHECK(payer.waiting().empty());
  CHECK(payer.make().batches().empty());
  if (batched) CHECK(payer.order(batch).rejection);
  CHECK(payer.suspense() == 0);
  CHECK(payer.site.ledger_sum() == 0);
  SECTION("the same approval again changes nothing") {
    const auto before = payer.site.contents();
    const std::string content = to_hex(payer.record(1).releases(0).content());
    CHECK_FALSE(
        payer.about_release("li", payer.payment(1), Payer::Act::kApprove, content).rejection);
    CHECK(payer.site.contents() == before);
  }
  SECTION("the bank sends it back in the end: that is what stands for it") {
    CHECK(payer.site.bank({payer.returned(1, "2")}).bank.results(0).outcome() ==
          "returned_by_bank");
    CHECK(payer.state(1, 3) == "returned");
    CHECK(payer.subject().moved == Fen{});
    CHECK(payer.subject().funds == Funds::kBankReturned);
    REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
    CHECK(payer.make().batches_size() == 1);
  }
  SECTION("the bank's report repeats that it was refused: that is known") {
    CHECK(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"known"});
    CHECK(payer.subject().funds == Funds::kPaid);
  }
  SECTION("a second debit of it is one more") {
    CHECK(payer.debit("2") == "paid_again");
    CHECK(payer.subject().moved == Fen{2 * kBalance});
    CHECK(payer.subject().funds == Funds::kOverpaid);
  }
}

TEST_CASE(
    "if what replaces it has left, both are out, both debits show, and the case is overpaid") {
  Refused payer;
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  payer.pay();
  REQUIRE(payer.debit("1") == "paid_out");
  REQUIRE(payer.debit("2", 2) == "paid_out");
  REQUIRE(payer.say_out() == Refusal::kNone);
  CHECK(payer.state(1, 2) == "paid");
  CHECK(payer.state(1, 3) == "paid");
  CHECK(payer.subject().moved == Fen{2 * kBalance});
  CHECK(payer.subject().funds == Funds::kOverpaid);
  CHECK(payer.waiting().empty());
  CHECK(payer.suspense() == 0);
}

TEST_CASE("the other agency may have credited what went out before anybody here says so") {
  Refused payer;
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  REQUIRE(payer.debit("1") == "paid_out");
  payer.hear(1, EventKind::kInfoConfirmIn);
  payer.hear(1, EventKind::kFundsAckIn);
  REQUIRE(payer.say_out() == Refusal::kNone);
  CHECK(payer.state(1, 2) == "taken_back");
  CHECK(payer.subject().moved == Fen{kBalance});
  CHECK(payer.subject().funds == Funds::kAckedByIn);
  CHECK(payer.waiting().empty());
}

TEST_CASE("only what a line shows as debited, and the case has back, can be said to be out") {
  Refused payer;
  CHECK(payer.say_out() == Refusal::kPaymentNotOut);
  REQUIRE(payer.debit("1") == "paid_out");
  SECTION("it has come back by a line") {
    payer.site.bank({payer.returned(1, "2")});
    CHECK(payer.say_out() == Refusal::kPaymentNotOut);
  }
  SECTION("it was said before") {
    REQUIRE(payer.say_out() == Refusal::kNone);
    CHECK(payer.say_out() == Refusal::kPaymentNotOut);
  }
  SECTION("by one person alone nothing is done, and another proposal does not take its place") {
    REQUIRE_FALSE(payer.propose().rejection);
    CHECK(payer.propose("zhao").rejection->refusal == Refusal::kProposalOpen);
    CHECK(payer.release(payer.payment(1), "it comes back") == Refusal::kProposalOpen);
    CHECK(payer.subject().moved == Fen{});
    REQUIRE_FALSE(
        payer.about_release("zhao", payer.payment(1), Payer::Act::kRetract, "").rejection);
    CHECK(payer.release(payer.payment(1), "it comes back") == Refusal::kNone);
  }
}

}  // namespace went_out_test
