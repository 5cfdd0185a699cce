// Two people let a payment go on that waits for them.
#include <catch2/catch.hpp>

#include "daemon/payments/remit_views.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_release_test {
namespace {

using Act = ReleasePaymentCommand::Act;

const v1::PaymentView& view_of(const Answer& answer) {
  REQUIRE(answer.view);
  return dynamic_cast<const v1::PaymentView&>(*answer.view);
}

// A payment that the store shows as waiting after a loss; the bank may have it.
struct Held {
  Payer payer{1};
  std::string payment = payer.payment(1);

  Held() {
    lose();
    REQUIRE(payer.waiting() == std::vector{payment + " ordered: " + std::string(kDoubtfulPayment)});
  }

  // Commits, noticed by the daemon at its start, and every peer asked since.
  void lose() {
    payer.site.now = payer.site.now.plus_ms(1000);
    payer.site.store_complete = false;
    payer.site.restart();
    payer.site.commit();
    ask_everybody(payer.site);
  }

  Answer propose(const std::string& user, const std::string& note = "not at the bank") {
    return payer.about_release(user, payment, Act::kPropose, note);
  }
  Refusal approve(const std::string& user, const std::string& content) {
    const Answer answer = payer.about_release(user, payment, Act::kApprove, content);
    return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
  }
  std::string proposed() { return view_of(propose("asker")).releases(0).content(); }
  bool goes_out() { return payer.make().batches_size() == 1; }
};

}  // namespace

TEST_CASE("a payment is released by two people, and their names stay with it") {
  Held held;
  const std::string content = held.proposed();
  CHECK_FALSE(held.goes_out());
  CHECK(held.approve("asker", content) == Refusal::kOwnProposal);
  CHECK_FALSE(held.goes_out());
  const Answer done = held.payer.about_release("other", held.payment, Act::kApprove, content);
  REQUIRE_FALSE(done.rejection);
  const v1::ReleaseView& release = view_of(done).releases(0);
  CHECK(release.proposed_by() == "asker");
  CHECK(release.approved_by() == "other");
  CHECK(release.note() == "not at the bank");
  CHECK(held.goes_out());
}

TEST_CASE("a proposal or an approval that comes again changes nothing") {
  Held held;
  const std::string content = held.proposed();
  const auto before = held.payer.site.contents();
  held.payer.site.now = held.payer.site.now.plus_ms(1000);
  CHECK(held.proposed() == content);
  CHECK(held.payer.site.contents() == before);
  CHECK(held.approve("other", content) == Refusal::kNone);
  const auto after = held.payer.site.contents();
  CHECK(held.approve("other", content) == Refusal::kNone);
  CHECK(held.payer.site.contents() == after);
  CHECK(held.approve("third", content) == Refusal::kUnknownProposal);
}

TEST_CASE("an approval binds what was shown") {
  Held held;
  CHECK(held.approve("other", std::string(64, '0')) == Refusal::kUnknownProposal);
  const std::string content = held.proposed();
  CHECK(held.approve("other", content.substr(0, 12)) == Refusal::kProposalChanged);
  CHECK(held.approve("other", "") == Refusal::kProposalChanged);
  SECTION("another proposal does not take its place") {
    const Answer newer = held.propose("third", "another note");
    REQUIRE(newer.rejection);
    CHECK(newer.rejection->refusal == Refusal::kProposalOpen);
    CHECK(held.approve("other", content) == Refusal::kNone);
    return;
  }
  SECTION("it was retracted") {
    REQUIRE_FALSE(held.payer.about_release("third", held.payment, Act::kRetract, "").rejection);
    CHECK(held.approve("other", content) == Refusal::kUnknownProposal);
  }
  SECTION("part of it has come back since") {
    REQUIRE_FALSE(held.payer.come_back(1, 1, kBalance / 2).rejection);
    CHECK(held.approve("other", content) == Refusal::kProposalChanged);
  }
  SECTION("the bank has it, says its report") {
    REQUIRE(held.payer.report(held.payment + "|paid\n") == std::vector<std::string>{"paid"});
    CHECK(held.approve("other", content) == Refusal::kPaymentNotHeld);
  }
  SECTION("the store has lost data once more") {
    held.lose();
    CHECK(held.approve("other", content) == Refusal::kProposalChanged);
    CHECK_FALSE(held.goes_out());
    CHECK(held.approve("other", held.proposed()) == Refusal::kNone);
    CHECK(held.goes_out());
    return;
  }
  CHECK_FALSE(held.goes_out());
}

TEST_CASE("a payment that the other agency has acknowledged is not doubted, and not released") {
  Held held;
  std::string content;
  SECTION("before anybody has asked the bank") {}
  SECTION("between proposal and approval") {
    content = held.proposed();
  }
  held.payer.hear(1, EventKind::kInfoConfirmIn);
  held.payer.hear(1, EventKind::kFundsAckIn);
  CHECK(held.payer.waiting().empty());
  CHECK(held.payer.state(1) == "paid");
  CHECK(held.propose("asker").rejection->refusal == Refusal::kPaymentNotHeld);
  CHECK(held.approve("other", content) != Refusal::kNone);
  CHECK_FALSE(held.goes_out());
  v1::BankLine debit = bank_line("", -kBalance, "1");
  debit.set_end_to_end_id(held.payment);
  CHECK(held.payer.site.bank({debit}).bank.results(0).outcome() == "paid_out");
}

TEST_CASE("a payment that was acknowledged before the store lost data is not released either") {
  Payer payer(1);
  payer.hear(1, EventKind::kInfoConfirmIn);
  payer.hear(1, EventKind::kFundsAckIn);
  REQUIRE(payer.state(1) == "ordered");
  payer.site.now = payer.site.now.plus_ms(1000);
  payer.site.store_complete = false;
  payer.site.restart();
  CHECK(payer.waiting() ==
        std::vector{payer.payment(1) + " ordered: " + std::string(kAcknowledgedPayment)});
  CHECK(payer.release(payer.payment(1), "not at the bank") == Refusal::kPaymentAcknowledged);
  CHECK(payer.make().batches().empty());
}

TEST_CASE("while messages of the other agency are still to come back nothing is released") {
  Payer payer(1);
  payer.site.now = payer.site.now.plus_ms(1000);
  payer.site.store_complete = false;
  payer.site.restart();
  CHECK(payer.release(payer.payment(1), "not at the bank") == Refusal::kRecovering);
}

}  // namespace remit_release_test
