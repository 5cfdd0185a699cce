// A letter number names its case from the moment it is decided, though ten numbers share a record.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "daemon/rules/letter_number.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace letter_index_test {
namespace {

// Letters of the cases 1 to `last` from IN to OUT, in one commit at either.
struct Pair {
  explicit Pair(int last) {
    settle({&in, &out});
    auto input = std::make_shared<v1::SubmitInput>();
    SubmitCommand command;
    for (int n = 1; n <= last; ++n) {
      v1::Application& application = *input->add_applications();
      application = sound_input(Case(), EventKind::kApply).application();
      application.mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
      application.mutable_person()->set_document_number("P" + std::to_string(n));
      command.case_ids.push_back(case_number(n));
    }
    command.input = std::move(input);
    in.post(std::move(command));
    settle({&in, &out});
  }

  static std::string number(uint32_t sequence) {
    return LetterNumber::make(in_site(), date_of(kNow), sequence)->text();
  }

  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
};

std::vector<CaseId> found(const Site& site, uint32_t sequence) {
  return *site.engine->cases().find_letter(Pair::number(sequence));
}

}  // namespace

TEST_CASE("letters that share a record are found at both ends, each with its case, and no others") {
  Pair pair(12);
  for (Site* site : {&pair.in, &pair.out}) {
    site->restart();
    for (int n = 1; n <= 12; ++n) {
      REQUIRE(site->subject(case_number(n)).letter_number == Pair::number(n));
      CHECK(found(*site, n) == std::vector<CaseId>{case_number(n)});
    }
    CHECK(found(*site, 13).empty());
    std::string mistyped = Pair::number(3);
    mistyped.back() = mistyped.back() == '9' ? '0' : static_cast<char>(mistyped.back() + 1);
    CHECK(site->engine->cases().find_letter(mistyped)->empty());
    CHECK(site->engine->cases().find_letter("3")->empty());
  }
}

TEST_CASE("a letter number is found before its commit is durable, beside those before it") {
  Pair pair(3);
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept}) {
    pair.in.act(action, case_number(4), sound_input(Case(), action));
  }
  pair.in.post(ActionCommand{EventKind::kSendLetter, case_number(4),
                             std::make_shared<const v1::ActionInput>()});
  CHECK(found(pair.in, 4) == std::vector<CaseId>{case_number(4)});
  CHECK(found(pair.in, 3) == std::vector<CaseId>{case_number(3)});
  CHECK(find_by_letter(pair.in.records(), *LetterNumber::parse(Pair::number(4)))->empty());
  pair.in.commit();
  CHECK(*find_by_letter(pair.in.records(), *LetterNumber::parse(Pair::number(4))) ==
        std::vector<CaseId>{case_number(4)});
  CHECK(find_by_letter(pair.in.records(), *LetterNumber::parse(Pair::number(3)))->size() == 1);
}

}  // namespace letter_index_test
