// Bank lines: each has one outcome, and a line that comes again gets its old one.
#include <catch2/catch.hpp>

#include "daemon/rules/letter_number.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace bank_test {
namespace {

// A transfer-in agency whose case has heard these messages.
struct Office {
  explicit Office(std::initializer_list<EventKind> heard) {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      site.act(action, id, sound_input(Case(), action));
    }
    Forger out(out_site(), site);
    for (const EventKind kind : heard) {
      out.deliver(sound_message(site.subject(id), kind));
      site.commit();
    }
    letter = site.subject(id).letter_number;
    REQUIRE(site.quarantine().empty());
  }

  std::string import(const std::string& reference, int64_t fen, const std::string& sequence = "1") {
    return site.bank({bank_line(reference, fen, sequence)}).bank.results(0).outcome();
  }
  Funds funds() const { return site.subject(id).funds; }
  int64_t balance(LedgerAccount account) const { return site.balance(out_site(), account); }

  Site site{in_site(), kNow};
  CaseId id = case_number(1);
  std::string letter;
};

const std::initializer_list<EventKind> kAccepted = {EventKind::kLetterAcceptIn};
const std::initializer_list<EventKind> kWithForm = {EventKind::kLetterAcceptIn,
                                                    EventKind::kInfoFormIn};

}  // namespace

TEST_CASE("a line of the amount that is due matches") {
  Office office(kWithForm);
  const Answer answer = office.site.bank({bank_line(office.letter, kBalance, "1")});
  CHECK(answer.bank.results(0).outcome() == "matched");
  CHECK(answer.bank.results(0).case_id() == office.id.str());
  CHECK(answer.bank.results(0).host_sequence() == "1");
  CHECK(office.funds() == Funds::kMatched);
  CHECK(office.balance(LedgerAccount::kBank) == kBalance);
  CHECK(office.balance(LedgerAccount::kReceivable) == 0);
}

TEST_CASE("a line before the form is parked with its case (X24)") {
  Office office(kAccepted);
  CHECK(office.import(office.letter, kBalance) == "early");
  CHECK(office.funds() == Funds::kSuspense);
  CHECK(office.balance(LedgerAccount::kSuspense) == -kBalance);
}

TEST_CASE("a line of another amount is parked with its case (X23)") {
  Office office(kWithForm);
  CHECK(office.import(office.letter, kBalance - 1) == "amount_differs");
  CHECK(office.import(office.letter, 1, "2") == "matched");
}

TEST_CASE("a line without a known reference waits under our own code (X29)") {
  Office office(kWithForm);
  CHECK(office.import("nothing", 700) == "no_case");
  const std::string unknown = LetterNumber::make(in_site(), {2026, 11, 20}, 999)->text();
  CHECK(office.import(unknown, 700, "2") == "unknown_reference");
  CHECK(office.site.balance(in_site(), LedgerAccount::kSuspense) == -1400);
  CHECK(office.funds() == Funds::kExpected);
  CHECK(office.site.ledger_sum() == 0);
}

TEST_CASE(
    "a line for a case that has ended opens its funds, so that the money is sent back (X13)") {
  Office office({});
  const auto act = [&](EventKind action) {
    v1::ActionInput input;
    input.set_reason("the person stays");
    return office.site.act(action, office.id, input);
  };
  REQUIRE_FALSE(act(EventKind::kWithdraw).rejection);
  v1::Message reply = sound_message(office.site.subject(office.id), EventKind::kWithdrawReplyIn);
  Forger(out_site(), office.site).deliver(reply);
  office.site.commit();
  REQUIRE(office.site.subject(office.id).closed());
  const Answer answer = office.site.bank({bank_line(office.letter, 700, "1")});
  CHECK(answer.bank.results(0).outcome() == "amount_differs");
  CHECK(answer.bank.results(0).case_id() == office.id.str());
  CHECK_FALSE(office.site.subject(office.id).closed());
  CHECK(office.site.balance(out_site(), LedgerAccount::kSuspense) == -700);
  REQUIRE_FALSE(act(EventKind::kReturnFunds).rejection);
  CHECK(office.site.subject(office.id).closed());
  CHECK(office.site.balance(out_site(), LedgerAccount::kBank) == 0);
}

TEST_CASE("a line for a case whose account is not ours waits under our own code, with it named") {
  Site out(out_site(), kNow);
  Case fresh = Party(Side::kOut).subject;
  Forger(in_site(), out).deliver(sound_message(fresh, EventKind::kLetterIn));
  out.commit();
  const std::string letter = out.subject(fresh.id).letter_number;
  const Answer answer = out.bank({bank_line(letter, 700, "1")});
  CHECK(answer.bank.results(0).outcome() == "may_be_sent_back");
  CHECK(answer.bank.results(0).case_id() == fresh.id.str());
  CHECK(out.balance(out_site(), LedgerAccount::kSuspense) == -700);
}

TEST_CASE("a line imported again is a duplicate of its old outcome and moves no money") {
  Office office(kWithForm);
  CHECK(office.import(office.letter, kBalance) == "matched");
  CHECK(office.import(office.letter, kBalance) == "duplicate, matched");
  CHECK(office.import("nothing", 700, "2") == "no_case");
  office.site.restart();
  CHECK(office.import(office.letter, kBalance) == "duplicate, matched");
  CHECK(office.import("nothing", 700, "2") == "duplicate, no_case");
  CHECK(office.balance(LedgerAccount::kBank) == kBalance);
  CHECK(office.site.balance(in_site(), LedgerAccount::kBank) == 700);
}

TEST_CASE("a line twice in one file is two bookings") {
  Office office(kWithForm);
  const v1::BankLine line = bank_line(office.letter, kBalance, "1");
  const Answer answer = office.site.bank({line, line});
  CHECK(answer.bank.results(0).outcome() == "matched");
  CHECK(answer.bank.results(1).outcome() == "amount_differs");
  CHECK(office.balance(LedgerAccount::kBank) == 2 * kBalance);
}

TEST_CASE("lines that differ in number or amount are two lines") {
  Office office(kAccepted);
  CHECK(office.import(office.letter, 5) == "early");
  CHECK(office.import(office.letter, 5, "2") == "early");
  CHECK(office.import(office.letter, 6) == "early");
  CHECK(office.site.subject(office.id).moved == Fen{16});
}

TEST_CASE(
    "lines without amount, account or sequence, or of more than any form holds, are invalid") {
  Office office(kWithForm);
  CHECK(office.import(office.letter, 0) == "invalid");
  CHECK(office.import(office.letter, 5, "") == "invalid");
  CHECK(office.import(office.letter, INT64_MAX) == "invalid");
  CHECK(office.import("nothing", INT64_MAX, "2") == "invalid");
  CHECK(office.import("nothing", INT64_MAX, "3") == "invalid");
  CHECK(office.site.ledger_sum() == 0);
  CHECK(office.funds() == Funds::kExpected);
}

TEST_CASE("the reference is found between other text and in full width") {
  Office office(kWithForm);
  std::string wide;
  for (const char digit : office.letter) {
    wide += "\xef\xbc";
    wide += static_cast<char>(0x90 + digit - '0');
  }
  CHECK(office.import(wide, kBalance) == "matched");
}

}  // namespace bank_test
