// Which booking a bank's line is: what tells two lines apart, and how many of a file are known.
#include "daemon/bank/rules/line_identity.h"

#include <catch2/catch.hpp>
#include <vector>

#include "daemon/rules/batch_number.h"
#include "daemon/rules/letter_number.h"

using namespace jiexu;

namespace line_identity_test {
namespace {

using Kind = Identity::Kind;

std::string letter(uint32_t sequence) {
  return LetterNumber::make(*AgencyId::parse("S41132810207"), {2026, 11, 20}, sequence)->text();
}

v1::BankLine line_of(const std::string& remark) {
  v1::BankLine line;
  line.set_account_number("41001500000000000001");
  line.set_host_sequence("R1");
  line.set_amount_fen(10'000);
  line.set_booked_on(20261120);
  line.set_counterparty_account("32001500000000000002");
  line.set_counterparty_name("Nanjing fund");
  line.set_remark(remark);
  return line;
}

// How a line that is changed looks beside the one that names letter 1.
template <class Change>
Likeness changed(const Change& change) {
  const v1::BankLine known = line_of(letter(1));
  v1::BankLine line = known;
  change(line);
  const Likeness likeness = compare(known, line);
  CHECK(compare(line, known) == likeness);  // whichever came first
  return likeness;
}

struct Change {
  const char* fact;
  void (*change)(v1::BankLine&);
  Likeness likeness;
};

const Change kChanges[] = {
    {"nothing", [](v1::BankLine&) {}, Likeness::kSame},
    {"the payer's name is spelled otherwise",
     [](v1::BankLine& l) { l.set_counterparty_name("NANJING FUND"); }, Likeness::kSame},
    {"other words around the number", [](v1::BankLine& l) { l.set_remark("x " + letter(1)); },
     Likeness::kSame},
    {"the payer is left out",
     [](v1::BankLine& l) {
       l.clear_counterparty_account();
       l.clear_counterparty_name();
     },
     Likeness::kAlike},
    {"the letter is left out", [](v1::BankLine& l) { l.clear_remark(); }, Likeness::kAlike},
    {"an EndToEndId besides", [](v1::BankLine& l) { l.set_end_to_end_id(letter(1) + "-1"); },
     Likeness::kAlike},
    {"another letter", [](v1::BankLine& l) { l.set_remark(letter(2)); }, Likeness::kOther},
    {"the EndToEndId of another letter",
     [](v1::BankLine& l) { l.set_end_to_end_id(letter(2) + "-1"); }, Likeness::kOther},
    {"another day", [](v1::BankLine& l) { l.set_booked_on(20261121); }, Likeness::kUnsure},
    {"no day", [](v1::BankLine& l) { l.clear_booked_on(); }, Likeness::kUnsure},
    {"another account of the payer", [](v1::BankLine& l) { l.set_counterparty_account("3"); },
     Likeness::kUnsure},
    {"stars for digits of the payer's account",
     [](v1::BankLine& l) { l.set_counterparty_account("3200****0002"); }, Likeness::kAlike},
    {"stars for digits of another account",
     [](v1::BankLine& l) { l.set_counterparty_account("3200****0003"); }, Likeness::kUnsure},
    {"another day and account of the payer",
     [](v1::BankLine& l) {
       l.set_booked_on(20261121);
       l.set_counterparty_account("3");
     },
     Likeness::kOther},
    {"a day that is not of the booking", [](v1::BankLine& l) { l.set_made_day(true); },
     Likeness::kUnsure},
    {"another day that is not of the booking",
     [](v1::BankLine& l) {
       l.set_booked_on(20261121);
       l.set_made_day(true);
     },
     Likeness::kUnsure},
    {"a day that is not of the booking, and another letter",
     [](v1::BankLine& l) {
       l.set_made_day(true);
       l.set_remark(letter(2));
     },
     Likeness::kOther},
    {"another number of the bank", [](v1::BankLine& l) { l.set_host_sequence("R2"); },
     Likeness::kOther},
    {"no number of the bank", [](v1::BankLine& l) { l.set_made_number(true); }, Likeness::kUnsure},
    {"no number of the bank, and other words around the letter",
     [](v1::BankLine& l) {
       l.set_made_number(true);
       l.set_remark("x " + letter(1));
     },
     Likeness::kOther},
    {"no number of the bank, and white space in the words",
     [](v1::BankLine& l) {
       l.set_made_number(true);
       l.set_remark(" " + letter(1) + "\n");
     },
     Likeness::kUnsure},
    {"no number of the bank, and another day",
     [](v1::BankLine& l) {
       l.set_made_number(true);
       l.set_booked_on(20261121);
     },
     Likeness::kOther},
    {"no number of the bank, and another payer",
     [](v1::BankLine& l) {
       l.set_made_number(true);
       l.set_counterparty_account("3");
     },
     Likeness::kOther},
    {"another day and letter",
     [](v1::BankLine& l) {
       l.set_booked_on(20261121);
       l.set_remark(letter(2));
     },
     Likeness::kOther},
    {"another day, and no letter",
     [](v1::BankLine& l) {
       l.set_booked_on(20261121);
       l.clear_remark();
     },
     Likeness::kOther},
};

KnownLine known(Likeness likeness, bool in_file = false, bool loosely = false) {
  return {likeness, in_file, loosely};
}

Identity among(const std::vector<KnownLine>& lines) {
  return identify(lines);
}

}  // namespace

TEST_CASE("what a line says otherwise tells whether it is another booking") {
  for (const Change& one : kChanges) {
    INFO(one.fact);
    CHECK(changed(one.change) == one.likeness);
  }
}

TEST_CASE("two payments of one letter and one reference are told apart by their EndToEndIds") {
  v1::BankLine first = line_of("");
  first.set_end_to_end_id(letter(1) + "-1");
  v1::BankLine second = first;
  second.set_end_to_end_id(letter(1) + "-2");
  CHECK(compare(first, second) == Likeness::kOther);
  second.set_end_to_end_id("somebody's own id");
  CHECK(compare(first, second) == Likeness::kOther);
}

TEST_CASE("two batches under one reference are two bookings") {
  const AgencyId payer = *AgencyId::parse("S32010000101");
  const v1::BankLine first = line_of(BatchNumber::make(payer, {2026, 11, 20}, 1)->text());
  const v1::BankLine second = line_of(BatchNumber::make(payer, {2026, 11, 20}, 2)->text());
  CHECK(compare(first, second) == Likeness::kOther);
  CHECK(compare(first, first) == Likeness::kSame);
}

TEST_CASE("where the number is only a place in a statement, another text is another booking") {
  v1::BankLine first = line_of("rent");
  v1::BankLine second = line_of("wages");
  CHECK(compare(first, second) == Likeness::kSame);  // the bank's number counts
  for (v1::BankLine* line : {&first, &second}) line->set_made_number(true);
  CHECK(compare(first, second) == Likeness::kOther);
  CHECK(compare(first, first) == Likeness::kUnsure);  // a statement may be told again
}

TEST_CASE("of k equal lines of a file and m of the store the first min(k, m) are known") {
  const KnownLine same = known(Likeness::kSame);
  const KnownLine used = known(Likeness::kSame, true);
  CHECK(among({}).kind == Kind::kNew);
  CHECK(among({same}).kind == Kind::kRepeated);
  CHECK(among({used}).kind == Kind::kNew);
  CHECK(among({used, same}).kind == Kind::kRepeated);
  CHECK(among({used, same}).of == 1);
  CHECK(among({used, used}).kind == Kind::kNew);
}

TEST_CASE("a line that leaves something out repeats the only one that it can be") {
  const KnownLine alike = known(Likeness::kAlike);
  CHECK(among({known(Likeness::kOther), alike}).kind == Kind::kRepeated);
  CHECK(among({known(Likeness::kOther), alike}).loosely);
  CHECK(among({alike, alike}).kind == Kind::kUnsure);
  CHECK(among({alike, known(Likeness::kUnsure)}).kind == Kind::kUnsure);
  CHECK(among({alike, known(Likeness::kSame)}).of == 1);
}

TEST_CASE("a line waits if it may be known, or if a looser one has been taken for it") {
  CHECK(among({known(Likeness::kUnsure)}).kind == Kind::kUnsure);
  CHECK(among({known(Likeness::kUnsure, true)}).kind == Kind::kNew);
  CHECK(among({known(Likeness::kSame, true, true)}).kind == Kind::kUnsure);
  CHECK(among({known(Likeness::kAlike, true, true)}).kind == Kind::kNew);
  CHECK(among({known(Likeness::kOther)}).kind == Kind::kNew);
}

}  // namespace line_identity_test
