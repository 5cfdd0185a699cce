// Orders that the store has forgotten: lines of the bank find their case, and nothing is paid
// twice.
#include <catch2/catch.hpp>

#include "daemon/payments/remit_views.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_forgotten_test {
namespace {

using Outcomes = std::vector<std::string>;

// A payer who has lost that case 1 ordered its money, or ordered it anew after it had come back
// (`attempt` 2), and of whom no peer knows more.
struct Forgetful {
  Payer payer{0};
  std::string payment;

  explicit Forgetful(uint32_t attempt = 1) {
    payer.begin(1);
    if (attempt == 2) {
      REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
      payer.pay();
      REQUIRE_FALSE(payer.come_back(1, 1).rejection);
    }
    const auto backup = payer.site.store->clone();
    REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
    payer.pay();
    payment = payer.payment(1, attempt);
    payer.site.now = payer.site.now.plus_ms(1000);
    set_back(payer.site, *backup);
    payer.site.commit();
    ask_everybody(payer.site);
    REQUIRE(payer.state(1, attempt) == "none");
  }

  v1::BankLine debit() const {
    v1::BankLine line = bank_line("", -kBalance, "1");
    line.set_end_to_end_id(payment);
    return line;
  }
  v1::BankLine back() const {
    v1::BankLine line = bank_line("", kBalance, "2");
    line.set_end_to_end_id(payment);
    line.set_return_reason("AC04");
    return line;
  }
  // The bank's line, handed in now.
  v1::BankLineResult import(const v1::BankLine& line) {
    return payer.site.bank({line}).bank.results(0);
  }
  void order_again() {
    payer.site.user = "orderer";
    REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
    payer.site.commit();
    payer.site.wake();
    payer.site.commit();
  }
  int64_t suspense() const { return payer.site.balance(out_site(), LedgerAccount::kSuspense); }
};

}  // namespace

TEST_CASE("a debit belongs to the case that it names, though the store has forgotten the order") {
  const auto attempt = GENERATE(1u, 2u);
  Forgetful world(attempt);
  v1::BankLine debit = world.debit();
  SECTION("by its EndToEndId") {}
  SECTION("by its letter") {
    if (attempt == 2) return;
    debit.clear_end_to_end_id();
    debit.set_remark(EndToEndId::parse(world.payment)->letter_number);
  }
  const v1::BankLineResult line = world.import(debit);
  CHECK(line.outcome() == "not_expected");
  CHECK(line.case_id() == Payer::id(1).str());
  CHECK(world.suspense() == kBalance);
  if (attempt == 2) CHECK(world.payer.state(1, 1) == "returned");
  world.order_again();
  CHECK(world.import(debit).outcome() == "duplicate, paid_out");
  CHECK(world.payer.state(1, attempt) == "paid");
  CHECK(world.payer.waiting().empty());
  CHECK(world.payer.make().batches().empty());
  CHECK(world.suspense() == 0);
}

TEST_CASE("a return belongs to the case that it names, though the store has forgotten the order") {
  Forgetful world;
  const v1::BankLineResult line = world.import(world.back());
  CHECK(line.outcome() == "not_expected");
  CHECK(line.case_id() == Payer::id(1).str());
  CHECK(world.payer.site.subject(Payer::id(1)).returned == Fen{});
  world.import(world.debit());
  world.order_again();
  CHECK(world.import(world.back()).outcome() == "duplicate, returned_by_bank");
  CHECK(world.import(world.debit()).outcome() == "duplicate, paid_out");
  CHECK(world.payer.state(1) == "returned");
  CHECK(world.payer.site.subject(Payer::id(1)).funds == Funds::kBankReturned);
  CHECK(world.suspense() == 0);
}

TEST_CASE("what a case from before a loss orders after it is held in doubt") {
  const auto attempt = GENERATE(1u, 2u);
  Forgetful world(attempt);
  Payer& payer = world.payer;
  world.order_again();
  CHECK(payer.waiting() == Outcomes{world.payment + " ordered: " + std::string(kDoubtfulPayment)});
  CHECK(payer.make().batches().empty());
  SECTION("the bank has it, says its report") {
    CHECK(payer.report(world.payment + "|paid\n") == Outcomes{"paid"});
    CHECK(payer.waiting().empty());
  }
  SECTION("the bank has it, and takes it no second time") {
    CHECK(payer.report(world.payment + "|rejected|DU04\n") == Outcomes{"contradicts"});
    CHECK(payer.state(1, attempt) == "exported");
    CHECK(world.import(world.debit()).outcome() == "paid_out");
    CHECK(payer.waiting().empty());
  }
  SECTION("two people have asked the bank, which does not have it") {
    CHECK(payer.release(world.payment, "not at the bank") == Refusal::kNone);
    payer.pay();
    CHECK(payer.state(1, attempt) == "exported");
  }
  SECTION("the daemon starts anew") {
    payer.site.restart();
    CHECK(payer.make().batches().empty());
  }
}

TEST_CASE("a case that begins after a loss is not doubted") {
  Forgetful world;
  world.payer.site.now = world.payer.site.now.plus_ms(24 * 3'600'000);
  world.payer.begin(2, date_of(world.payer.site.now));
  REQUIRE_FALSE(world.payer.act(2, EventKind::kRemit).rejection);
  CHECK(world.payer.waiting() == Outcomes{world.payer.payment(2) + " ordered: "});
  CHECK(world.payer.make().batches_size() == 1);
}

}  // namespace remit_forgotten_test
