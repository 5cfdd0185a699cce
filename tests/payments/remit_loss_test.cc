// What the bank says of payments of which the store has lost what became of them.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_loss_test {
namespace {

using Outcomes = std::vector<std::string>;

}  // namespace

TEST_CASE("after a loss of commits no payment is ordered that the bank may have") {
  Payer payer(1);
  const auto backup = payer.site.store->clone();
  payer.pay();
  payer.site.now = payer.site.now.plus_ms(60'000);
  set_back(payer.site, *backup);
  auto made = payer.make();
  CHECK(made.batches().empty());
  REQUIRE(made.held_size() == 1);
  CHECK(made.held(0).state() == "ordered");
  SECTION("the bank has it") {
    CHECK(payer.report(payer.payment(1) + "|paid\n") == Outcomes{"paid"});
    CHECK(payer.state(1) == "paid");
    CHECK(payer.make().held().empty());
  }
  SECTION("the bank has it, and takes it no second time") {
    CHECK(payer.report(payer.payment(1) + "|rejected|DU04\n") == Outcomes{"contradicts"});
    CHECK(payer.state(1) == "exported");
    CHECK(payer.make().held().empty());
    CHECK(payer.waiting().size() == 1);
  }
  SECTION("the bank has rejected it") {
    ask_everybody(payer.site);
    CHECK(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
    CHECK(payer.state(1) == "returned");
  }
  SECTION("the bank does not have it") {
    ask_everybody(payer.site);
    CHECK(payer.release(payer.payment(1), "not at the bank") == Refusal::kNone);
    CHECK(payer.make().batches_size() == 1);
  }
}

TEST_CASE("a batch that was approved before a loss of commits is not exported after it") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  const auto backup = payer.site.store->clone();
  REQUIRE_FALSE(payer.order(number).rejection);
  set_back(payer.site, *backup);
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

  // The bank sends back so much of a payment.
  void come_back(int64_t fen, uint32_t attempt = 1) {
    REQUIRE_FALSE(payer.come_back(1, attempt, fen).rejection);
    jiexu::settle({&in, &out});
  }

  void remit() {
    REQUIRE_FALSE(out.act(EventKind::kRemit, id).rejection);
    jiexu::settle({&in, &out});
  }

  void recover() {
    set_back(out, *backup);
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

TEST_CASE("after a loss the debit of what was refused and went out is of what stands for it") {
  Recovering world;
  Payer& payer = world.payer;
  REQUIRE(payer.report(payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
  world.remit();
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(payer.payment(1));
  REQUIRE(world.out.bank({debit}).bank.results(0).outcome() == "paid_out");
  ReleasePaymentCommand asked{*EndToEndId::parse(payer.payment(1)), Payer::Act::kPropose, "so"};
  asked.went_out = true;
  const Answer proposed = payer.run("wang", asked);
  REQUIRE_FALSE(proposed.rejection);
  const auto& shown = dynamic_cast<const v1::PaymentView&>(*proposed.view);
  REQUIRE_FALSE(
      payer.about_release("li", payer.payment(1), Payer::Act::kApprove, shown.releases(0).content())
          .rejection);
  jiexu::settle({&world.in, &world.out});
  REQUIRE(payer.state(1, 3) == "paid");
  world.recover();
  REQUIRE(world.out.subject(world.id).attempt == 3);
  CHECK(world.out.subject(world.id).moved == Fen{kBalance});
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "paid_out");
  CHECK(payer.state(1, 3) == "paid");
  CHECK(payer.waiting().empty());
  CHECK(world.out.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a debit of a payment that is still being replayed is tried again when it is there") {
  Recovering world;
  world.come_back(kBalance / 2);
  world.backup = world.out.store->clone();
  world.remit();
  const std::string letter = EndToEndId::parse(world.payer.payment(1))->letter_number;
  set_back(world.out, *world.backup);
  v1::BankLine debit = bank_line("", -kBalance / 2, "1");
  debit.set_remark(letter);
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "early");
  world.run();
  REQUIRE(world.out.subject(world.id).attempt == 2);
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "duplicate, paid_out");
  CHECK(world.payer.state(1, 2) == "paid");
}

TEST_CASE("a debit of a payment that is still being replayed is not taken for an earlier one's") {
  Recovering world;
  world.come_back(kBalance);
  world.backup = world.out.store->clone();
  world.remit();
  v1::BankLine first = bank_line("", -kBalance, "1");
  first.set_end_to_end_id(world.payer.payment(1));
  v1::BankLine second = bank_line("", -kBalance, "2");
  second.set_end_to_end_id(EndToEndId::parse(first.end_to_end_id())->letter_number + "-2");
  set_back(world.out, *world.backup);
  CHECK(world.out.bank({second}).bank.results(0).outcome() == "early");
  world.run();
  CHECK(world.out.bank({first}).bank.results(0).outcome() == "paid_out");
  CHECK(world.out.bank({second}).bank.results(0).outcome() == "duplicate, paid_out");
  CHECK(world.payer.state(1, 2) == "paid");
}

TEST_CASE("what came back of several payments is replayed to each of them") {
  Recovering world;
  world.come_back(kBalance / 2);
  world.remit();
  world.come_back(kBalance / 4, 2);
  world.come_back(kBalance / 2, 1);
  world.come_back(kBalance / 4, 2);
  world.recover();
  REQUIRE(world.out.subject(world.id).attempt == 2);
  CHECK(world.payer.state(1, 1) == "taken_back");
  CHECK(world.payer.state(1, 2) == "taken_back");
}

TEST_CASE("a case that was given up takes back what waits also if the bank may have it") {
  Recovering world;
  world.come_back(kBalance / 4);
  world.remit();
  world.backup = world.out.store->clone();
  REQUIRE_FALSE(world.payer.act(1, EventKind::kAskStatus).rejection);
  jiexu::settle({&world.in, &world.out});
  world.recover();
  REQUIRE(world.payer.make().held_size() == 1);
  REQUIRE_FALSE(world.payer.act(1, EventKind::kCancel).rejection);
  jiexu::settle({&world.in, &world.out});
  REQUIRE_FALSE(world.in.act(EventKind::kAgree, world.id).rejection);
  jiexu::settle({&world.in, &world.out});
  REQUIRE(world.out.subject(world.id).relationship == Relationship::kOutFailed);
  world.come_back(kBalance / 4, 2);
  CHECK(world.payer.state(1, 1) == "exported");
  CHECK(world.payer.state(1, 2) == "taken_back");
}

TEST_CASE("a payment that is forgotten and had come back was with the bank, if its list says so") {
  Recovering world;
  world.come_back(kBalance);
  world.recover();
  REQUIRE(world.payer.state(1) == "taken_back");
  CHECK(world.payer.report(world.payer.payment(1) + "|rejected|AC04\n") == Outcomes{"known"});
  CHECK(world.payer.state(1) == "returned");
}

TEST_CASE(
    "lines without a number wait until it is known which of two forgotten payments they are of") {
  Recovering world;
  CHECK(world.payer.report(world.payer.payment(1) + "|rejected|AC04\n") == Outcomes{"rejected"});
  jiexu::settle({&world.in, &world.out});
  world.remit();
  world.payer.pay();
  jiexu::settle({&world.in, &world.out});
  const std::string report =
      world.payer.payment(1) + "|rejected|AC04\n" + world.payer.payment(1, 2) + "|paid\n";
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_remark(EndToEndId::parse(world.payer.payment(1))->letter_number);
  v1::BankLine back = bank_line("", kBalance, "2");
  back.set_remark(debit.remark());
  back.set_return_reason("AC04");
  world.recover();
  CHECK(world.out.bank({debit, back}).bank.results(0).outcome() == "early");
  world.payer.report(report);
  world.run();
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "duplicate, paid_out");
  CHECK(world.out.bank({back}).bank.results(0).outcome() == "duplicate, returned_by_bank");
  CHECK(world.payer.state(1, 1) == "returned");
  CHECK(world.payer.state(1, 2) == "returned");
  CHECK(world.out.subject(world.id).moved == Fen{});
  CHECK(world.out.balance(out_site(), LedgerAccount::kSuspense) == 0);
  CHECK(world.payer.make().held_size() == 0);
}

TEST_CASE("a debit without a number waits if it may be of a forgotten payment or of a new one") {
  Recovering world;
  world.come_back(kBalance / 2);
  world.backup = world.out.store->clone();
  world.remit();
  world.payer.pay();
  jiexu::settle({&world.in, &world.out});
  // Of the payments, of one half each, the second one is with the bank, and forgotten here.
  world.recover();
  REQUIRE(world.out.subject(world.id).attempt == 2);
  REQUIRE_FALSE(world.payer.come_back(1, 1).rejection);
  world.remit();
  REQUIRE(world.payer.release(world.payer.payment(1, 3), "new") == Refusal::kNone);
  world.payer.pay();
  REQUIRE(world.payer.state(1, 3) == "exported");
  v1::BankLine debit = bank_line("", -kBalance / 2, "1");
  debit.set_remark(EndToEndId::parse(world.payer.payment(1))->letter_number);
  const Answer imported = world.out.bank({debit});
  CHECK(imported.bank.results(0).outcome() == "early");
  const auto id = *to_array<32>(*from_hex(imported.bank.results(0).line_id()));
  const auto match = [&](uint32_t attempt) {
    return world.out.decide(
        {id, LineAct::kMatch, {{world.id, Fen{kBalance / 2}, attempt}}, "asked the bank", {}});
  };
  SECTION("a person says which one it is of") {
    const Answer which = match(0);
    REQUIRE(which.rejection);
    CHECK(which.rejection->refusal == Refusal::kInputMissing);
    REQUIRE_FALSE(match(2).rejection);
    CHECK(world.payer.state(1, 2) == "paid");
    CHECK(world.payer.state(1, 3) == "exported");
  }
  SECTION("a person says that the bank does not have the forgotten one") {
    CHECK(world.payer.release(world.payer.payment(1, 2), "not at the bank") == Refusal::kNone);
    world.run();
    CHECK(world.payer.state(1, 3) == "paid");
    CHECK(world.payer.state(1, 2) == "ordered");
  }
  SECTION("the bank's list has the forgotten one") {
    world.payer.report(world.payer.payment(1, 2) + "|paid\n");
    world.run();
    CHECK(world.payer.state(1, 2) == "paid");
    CHECK(world.payer.state(1, 3) == "exported");
  }
  CHECK(world.out.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE(
    "what the bank has paid twice is replayed from our notice, and its lines change nothing") {
  Recovering world;
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(world.payer.payment(1));
  v1::BankLine second = debit;
  second.set_host_sequence("2");
  CHECK(world.out.bank({debit, second}).bank.results(1).outcome() == "paid_again");
  jiexu::settle({&world.in, &world.out});
  CHECK(world.in.subject(world.id).noticed == Fen{2 * kBalance});
  world.recover();
  CHECK(world.out.subject(world.id).attempt == 2);
  CHECK(world.out.subject(world.id).moved == Fen{2 * kBalance});
  CHECK(world.payer.state(1, 1) == "paid");
  CHECK(world.payer.state(1, 2) == "paid");
  const Answer again = world.out.bank({second, debit});
  CHECK(again.bank.results(0).outcome() == "paid_out");
  CHECK(again.bank.results(1).outcome() == "paid_again");
  CHECK(world.out.subject(world.id).attempt == 2);
  CHECK(world.out.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a forgotten payment that its case has taken back is released, and holds up no line") {
  Recovering world;
  world.come_back(kBalance);
  world.recover();
  REQUIRE(world.payer.state(1) == "taken_back");
  world.remit();
  REQUIRE(world.payer.release(world.payer.payment(1, 2), "new") == Refusal::kNone);
  world.payer.pay();
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_remark(EndToEndId::parse(world.payer.payment(1))->letter_number);
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "early");
  CHECK(world.payer.release(world.payer.payment(1), "never at the bank") == Refusal::kNone);
  world.run();
  CHECK(world.payer.state(1, 2) == "paid");
  CHECK(world.payer.state(1, 1) == "taken_back");
  CHECK(world.payer.release(world.payer.payment(1), "again") == Refusal::kPaymentNotHeld);
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
    const Answer answer = world.payer.run("clerk", PaymentsQuery{{}, 10});
    return dynamic_cast<const v1::PaymentViews&>(*answer.view).payments_size();
  };
  CHECK(waiting() == 1);
  const v1::BankLine back = world.payer.returned(1, "2");
  CHECK(world.out.bank({back}).bank.results(0).outcome() == "returned_by_bank");
  CHECK(waiting() == 0);
  CHECK(world.out.subject(world.id).moved == Fen{});
}

TEST_CASE("a forgotten payment that came back asks nobody, however the bank tells of it") {
  Recovering world;
  const bool was_told = GENERATE(false, true);  // before the loss
  if (was_told) world.come_back(kBalance);
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(world.payer.payment(1));
  const v1::BankLine back = world.payer.returned(1, "2");
  const std::string list = world.payer.payment(1) + "|paid\n";
  SECTION("while the link is being recovered: the return is looked at first then") {
    const bool reversed = GENERATE(false, true);
    set_back(world.out, *world.backup);
    world.out.bank({reversed ? back : debit});
    world.out.bank({reversed ? debit : back});
    world.run();
  }
  SECTION("afterwards") {
    const std::string order = GENERATE("dbl", "dlb", "bdl", "bld", "ldb", "lbd");
    world.recover();
    REQUIRE(world.payer.state(1) == (was_told ? "taken_back" : "ordered"));
    for (const char what : order) {
      if (what == 'd') world.out.bank({debit});
      if (what == 'b') world.out.bank({back});
      if (what == 'l') world.payer.report(list);
    }
  }
  CHECK(world.out.bank({debit}).bank.results(0).outcome() == "duplicate, paid_out");
  CHECK(world.out.bank({back}).bank.results(0).outcome() == "duplicate, returned_by_bank");
  CHECK(world.payer.state(1) == "returned");
  CHECK(world.payer.waiting().empty());
  CHECK(world.payer.make().held_size() == 0);
  CHECK(world.out.subject(world.id).moved == Fen{});
  CHECK(world.out.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

}  // namespace remit_loss_test
