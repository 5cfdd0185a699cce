// After a start no payment file leaves before the agencies have said what they know of it.
#include <catch2/catch.hpp>

#include "daemon/payments/remit_views.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace remit_confirm_test {
namespace {

Refusal order(Payer& payer, const std::string& number) {
  const Answer answer = payer.order(number);
  return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
}

// The other agency answers, and gives a receipt for all that was written to it.
void answer(Payer& payer) {
  payer.site.wake();
  payer.site.commit();
  Forger(in_site(), payer.site).receipt(kNow);
  payer.site.commit();
}

// The process starts again; nobody has answered it yet.
void restart(Payer& payer) {
  payer.site.sent.clear();
  payer.site.restart();
}

}  // namespace

TEST_CASE("after a start a payment file waits for the agency that had receipted us") {
  Payer payer(2);
  const std::string first = payer.make_one();
  REQUIRE_FALSE(payer.approve(first).rejection);
  answer(payer);

  restart(payer);
  CHECK(order(payer, first) == Refusal::kUnconfirmed);
  CHECK(payer.batch(first).state() == "approved");  // and stays so
  answer(payer);
  const Answer exported = payer.order(first);
  REQUIRE_FALSE(exported.rejection);

  // A file that has left is the same again; that needs nobody.
  restart(payer);
  const Answer again = payer.order(first);
  REQUIRE_FALSE(again.rejection);
  CHECK(*again.file == *exported.file);
}

TEST_CASE("a machine that knows its store for the newest one lets a payment file leave at once") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  answer(payer);
  payer.site.store_proved = true;
  restart(payer);
  CHECK(order(payer, number) == Refusal::kNone);
}

TEST_CASE("after a start no batch gets a number before a peer has answered") {
  Payer payer(1);
  answer(payer);
  restart(payer);
  const auto held = payer.make();
  CHECK(held.batches().empty());
  REQUIRE(held.held_size() == 1);
  CHECK(held.held(0).waits_for() == kUnconfirmedStore);
  answer(payer);
  CHECK(payer.make().batches_size() == 1);
}

TEST_CASE("batches are not collected by the clock before a peer has answered, and are then") {
  BatchRules rules;
  rules.collect_minute = 15 * 60;
  Payer payer(1, rules);
  answer(payer);
  restart(payer);
  payer.site.now = kNow.plus_ms(20 * 3'600'000);
  payer.site.wake();
  payer.site.commit();
  CHECK(payer.state(1) == "ordered");
  answer(payer);
  payer.site.wake();
  payer.site.commit();
  CHECK(payer.state(1) == "batched");
}

// No peer had heard of what is missing: the agency was down when the file left.
TEST_CASE("from a folder that is a copy a payment file leaves when two people have made sure") {
  Payer payer(1);
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  answer(payer);
  payer.site.store_copied = true;
  restart(payer);
  payer.site.store_copied = false;
  answer(payer);
  CHECK(order(payer, number) == Refusal::kUnconfirmed);
  // Also after the next start, which finds the folder where it was.
  restart(payer);
  answer(payer);
  CHECK(order(payer, number) == Refusal::kUnconfirmed);
  using Act = ConfirmStoreCommand::Act;
  const Answer proposed =
      payer.run("li", ConfirmStoreCommand{Act::kPropose, "moved to another disk"});
  const auto& view = dynamic_cast<const v1::StoreView&>(*proposed.view);
  CHECK_FALSE(view.copied_at().empty());
  const std::string content = view.proposal().content();
  REQUIRE_FALSE(payer.run("wu", ConfirmStoreCommand{Act::kApprove, content}).rejection);
  CHECK(order(payer, number) == Refusal::kNone);
}

TEST_CASE("a batch number is not given again within a day that is set back, also by the clock") {
  Payer payer(1);
  const auto backup = payer.site.store->clone();
  const std::string first = payer.make_one();
  payer.site.engine.reset();
  payer.site.store = backup->clone();
  payer.site.restart();  // at the same tenth of a second
  CHECK(payer.make_one() != first);
}

}  // namespace remit_confirm_test
