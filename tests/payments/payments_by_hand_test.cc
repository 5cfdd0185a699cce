// A person says of which payment a bank line is; and how payments of a case are kept.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "tests/agency/payer.h"

using namespace jiexu;

namespace payments_by_hand_test {
namespace {

// Case 1 with two payments of one half each at the bank; the lines name the letter alone.
struct Twice : Payer {
  Twice() : Payer(1) {
    REQUIRE_FALSE(come_back(1, 1, kBalance / 2).rejection);
    pay();
    REQUIRE_FALSE(act(1, EventKind::kRemit).rejection);
    pay();
  }

  v1::BankLine line(int64_t fen, const std::string& sequence) const {
    v1::BankLine line = bank_line("", fen, sequence);
    if (fen > 0) line.set_return_reason("AC04");
    return line;
  }
  Answer match(const v1::BankLine& line, uint32_t attempt, Fen fee = {}) {
    const Answer imported = site.bank({line});
    const auto id = *to_array<32>(*from_hex(imported.bank.results(0).line_id()));
    const Fen amount{std::abs(line.amount_fen()) - fee.value};
    return site.decide({id, LineAct::kMatch, {{Payer::id(1), amount, attempt}}, "asked", {}, fee});
  }
  int64_t suspense() { return site.balance(out_site(), LedgerAccount::kSuspense); }
};

}  // namespace

TEST_CASE("a return that names nothing is matched to the payment that a person names") {
  Twice payer;
  const v1::BankLine back = payer.line(kBalance / 2, "1");
  const Answer which = payer.match(back, 0);
  REQUIRE(which.rejection);
  CHECK(which.rejection->refusal == Refusal::kInputMissing);
  CHECK(which.rejection->detail.find("1 (617.28, exported), 2 (617.28, exported)") !=
        std::string::npos);
  const Answer none = payer.match(back, 3);
  REQUIRE(none.rejection);
  CHECK(none.rejection->refusal == Refusal::kPaymentUnknown);
  CHECK(payer.suspense() != 0);
  REQUIRE_FALSE(payer.match(back, 2).rejection);
  CHECK(payer.state(1, 1) == "exported");
  CHECK(payer.state(1, 2) == "returned");
  CHECK(payer.suspense() == 0);
  // Of what is left there is only one that a second one can be of.
  REQUIRE_FALSE(payer.match(payer.line(kBalance / 2, "2"), 0).rejection);
  CHECK(payer.state(1, 1) == "returned");
  CHECK(payer.site.subject(Payer::id(1)).moved == Fen{});
}

TEST_CASE("what a person has said to be back comes back once, also with its line") {
  Twice payer;
  REQUIRE_FALSE(payer.come_back(1, 2).rejection);
  REQUIRE_FALSE(payer.match(payer.line(kBalance / 2, "1"), 2).rejection);
  CHECK(payer.site.subject(Payer::id(1)).moved == Fen{kBalance / 2});
  CHECK(payer.state(1, 1) == "exported");
  CHECK(payer.suspense() == 0);
  CHECK(payer.match(payer.line(kBalance / 2, "2"), 2).rejection);
}

TEST_CASE("a return in parts is matched to one payment, part by part") {
  Twice payer;
  const int64_t part = kBalance / 2 / 4;
  REQUIRE_FALSE(payer.match(payer.line(part, "1"), 2).rejection);
  CHECK(payer.site.subject(Payer::id(1)).payment(2)->open == Fen{kBalance / 2 - part});
  REQUIRE_FALSE(payer.match(payer.line(kBalance / 2 - part, "2"), 2).rejection);
  CHECK(payer.state(1, 2) == "returned");
  CHECK(payer.suspense() == 0);
}

TEST_CASE("a debit that names nothing is matched to the payment that a person names") {
  Twice payer;
  const v1::BankLine debit = payer.line(-kBalance / 2, "1");
  CHECK(payer.match(debit, 0).rejection->refusal == Refusal::kInputMissing);
  REQUIRE_FALSE(payer.match(debit, 2).rejection);
  CHECK(payer.state(1, 1) == "exported");
  CHECK(payer.state(1, 2) == "paid");
  CHECK(payer.suspense() == 0);
  CHECK(payer.match(payer.line(-kBalance / 2 - 1, "2"), 2).rejection->refusal ==
        Refusal::kPaymentUnknown);
}

// Payment 1 was refused by the bank's list, payment 2 stands for it; a second debit of that amount
// may be of the one or the other.
TEST_CASE("a person may say that the bank has paid a payment again, which a line does not tell") {
  Payer payer(1);
  payer.pay();
  REQUIRE(payer.report(payer.payment(1) + "|rejected|AC04\n") ==
          std::vector<std::string>{"rejected"});
  REQUIRE_FALSE(payer.act(1, EventKind::kRemit).rejection);
  payer.pay();
  const std::string letter = EndToEndId::parse(payer.payment(1))->letter_number;
  const auto debit = [&](const std::string& sequence) {
    v1::BankLine line = bank_line("", -kBalance, sequence);
    line.set_remark(letter);
    return payer.site.bank({line}).bank.results(0);
  };
  CHECK(debit("1").outcome() == "paid_out");
  const auto second = debit("2");
  CHECK(second.outcome() == "early");
  const auto id = *to_array<32>(*from_hex(second.line_id()));
  const auto said = [&](uint32_t attempt) {
    return payer.site.decide(
        {id, LineAct::kMatch, {{Payer::id(1), Fen{kBalance}, attempt}}, "asked", {}, {}});
  };
  // Not once and again in one breath.
  const Answer both = payer.site.decide(
      {id,
       LineAct::kMatch,
       {{Payer::id(1), Fen{kBalance / 2}, 2}, {Payer::id(1), Fen{kBalance - kBalance / 2}, 2}},
       "asked",
       {},
       {}});
  CHECK(both.rejection->refusal == Refusal::kPaymentUnknown);
  REQUIRE_FALSE(said(2).rejection);
  CHECK(payer.state(1, 1) == "returned");
  CHECK(payer.state(1, 3) == "paid");
  CHECK(payer.site.subject(Payer::id(1)).funds == Funds::kOverpaid);
  CHECK(payer.site.subject(Payer::id(1)).moved == Fen{2 * kBalance});
  CHECK(payer.site.balance(out_site(), LedgerAccount::kSuspense) == 0);
}

TEST_CASE("a debit of a payment and the bank's fee is matched with its payment's own amount") {
  Twice payer;
  const v1::BankLine debit = payer.line(-kBalance / 2 - 500, "1");
  CHECK(payer.match(debit, 2).rejection->refusal == Refusal::kPaymentUnknown);
  CHECK(payer.match(debit, 2, Fen{499}).rejection->refusal == Refusal::kPaymentUnknown);
  CHECK(payer.match(debit, 2, Fen{-1}).rejection->refusal == Refusal::kAllotmentSum);
  const Answer matched = payer.match(debit, 2, Fen{500});
  REQUIRE_FALSE(matched.rejection);
  CHECK(matched.bank.results(0).outcome() == "matched_by_hand");
  CHECK(payer.state(1, 2) == "paid");
  CHECK(payer.suspense() == 500);
  CHECK(payer.site.ledger_sum() == 0);
  const v1::BankLine back = payer.line(kBalance / 2 + 500, "2");
  CHECK(payer.match(back, 1, Fen{500}).rejection->refusal == Refusal::kAllotmentSum);
}

TEST_CASE("a record from before payments were listed has all of it with the last one") {
  Twice payer;
  const Case subject = payer.site.subject(Payer::id(1));
  v1::CaseRecord record;
  CaseScratch scratch;
  std::string bytes;
  append_case(subject, &scratch, &bytes);
  REQUIRE(record.ParseFromString(bytes));
  CHECK(record.payments_size() == 2);
  record.clear_payments();
  const auto old = decode_case(subject.id, record);
  REQUIRE(old);
  REQUIRE(old->payments.size() == 1);
  CHECK(old->payments[0].attempt == 2);
  CHECK(old->payments[0].open == subject.moved);
}

}  // namespace payments_by_hand_test
