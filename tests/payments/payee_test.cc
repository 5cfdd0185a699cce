// An account that is not in the directory gets no money before two people have confirmed it.
#include <catch2/catch.hpp>
#include <functional>

#include "tests/agency/payer.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace payee_test {
namespace {

Refusal confirm(Payer& payer, const std::string& user, const std::string& content,
                const std::string& note = "by telephone") {
  const Answer answer = payer.run(user, ConfirmPayeeCommand{Payer::id(1), content, note});
  return answer.rejection ? answer.rejection->refusal : Refusal::kNone;
}

std::string waits_for(Payer& payer) {
  const Answer answer = payer.run("clerk", PaymentsQuery{{}, 10});
  const auto& views = dynamic_cast<const v1::PaymentViews&>(*answer.view);
  REQUIRE(views.payments_size() == 1);
  return views.payments(0).waits_for();
}

}  // namespace

TEST_CASE("a payment to an account that is not in the directory waits for two people") {
  Payer payer(1);
  CHECK(payer.payee(1).listed());
  CHECK(waits_for(payer).empty());
  payer.hear(1, EventKind::kPayeeChangeIn);
  const v1::PayeeView seen = payer.payee(1);
  CHECK_FALSE(seen.listed());
  CHECK(payer.make().held_size() == 1);
  CHECK(waits_for(payer).find("not the one in the directory") != std::string::npos);
  CHECK(confirm(payer, "caller", seen.content()) == Refusal::kNone);
  CHECK(confirm(payer, "caller", seen.content()) == Refusal::kNone);
  CHECK(payer.payee(1).second_by().empty());
  CHECK(payer.make().held_size() == 1);
  CHECK(confirm(payer, "witness", seen.content()) == Refusal::kNone);
  CHECK(payer.payee(1).first_by() == "caller");
  CHECK(payer.payee(1).second_by() == "witness");
  payer.site.restart();
  CHECK(payer.make().batches_size() == 1);
}

TEST_CASE(
    "an account is the directory's if holder, bank and number are, however they are spelled") {
  Payer payer(1);
  const auto listed_with = [&](const std::function<void(v1::Payee&)>& change) {
    v1::Message message =
        sound_message(payer.site.subject(Payer::id(1)), EventKind::kPayeeChangeIn);
    v1::Payee& payee = *message.mutable_payee_change()->mutable_payee();
    payee = sample_letter().payee();
    change(payee);
    Forger(in_site(), payer.site).deliver(message);
    payer.site.commit();
    return payer.payee(1).listed();
  };
  CHECK_FALSE(listed_with([](v1::Payee& p) { p.set_account_holder("Somebody"); }));
  CHECK_FALSE(listed_with([](v1::Payee& p) { p.set_bank_name("Another bank"); }));
  CHECK_FALSE(listed_with([](v1::Payee& p) { p.set_account_number("41001500000000000002"); }));
  CHECK(listed_with([](v1::Payee& p) { p.set_account_number("4100 1500 0000 0000 0001"); }));
}

TEST_CASE("a confirmation is of the account that was seen, and says how") {
  Payer payer(1);
  CHECK(confirm(payer, "caller", payer.payee(1).content()) == Refusal::kPayeeListed);
  payer.hear(1, EventKind::kPayeeChangeIn);
  const std::string seen = payer.payee(1).content();
  CHECK(confirm(payer, "caller", std::string(64, '0')) == Refusal::kPayeeNotAsSeen);
  CHECK(confirm(payer, "caller", seen, "") == Refusal::kInputMissing);
  CHECK(confirm(payer, "caller", seen) == Refusal::kNone);
}

TEST_CASE("another change of the account makes confirmations void, also of a batch that is made") {
  Payer payer(1);
  payer.move_account(1, "First");
  const std::string number = payer.make_one();
  REQUIRE_FALSE(payer.approve(number).rejection);
  v1::Message change = sound_message(payer.site.subject(Payer::id(1)), EventKind::kPayeeChangeIn);
  change.mutable_payee_change()->mutable_payee()->set_account_holder("Second");
  Forger(in_site(), payer.site).deliver(change);
  payer.site.commit();
  const Answer refused = payer.order(number);
  REQUIRE(refused.rejection);
  CHECK(refused.rejection->refusal == Refusal::kBatchChanged);
  CHECK(payer.payee(1).first_by().empty());
  CHECK(payer.make().held_size() == 1);
}

}  // namespace payee_test
