// A store that was set back together with all that could say so: after a start, new numbers and
// payment files wait until a peer, or two people, have said that it is not an older copy.
#include <algorithm>

#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace store_confirm_test {
namespace {

using Act = ConfirmStoreCommand::Act;

struct Pair : RecoveryPair {
  // A letter of another person, as far as it gets.
  Answer send_letter(int n) {
    v1::ActionInput apply = sound_input(Case(), EventKind::kApply);
    v1::Person& person = *apply.mutable_application()->mutable_person();
    person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    person.set_document_number("P" + std::to_string(n));
    const CaseId other = case_number(n);
    if (const Answer begun = in.act(EventKind::kApply, other, apply); begun.rejection) return begun;
    REQUIRE_FALSE(in.act(EventKind::kAccept, other).rejection);
    return in.act(EventKind::kSendLetter, other);
  }
  // A copy of the whole machine comes back: nothing on its disk says that it is old.
  void set_back_whole(const MemoryStore& store, const MemoryNumbers& numbers) {
    in.engine.reset();
    in.store = store.clone();
    in.numbers = numbers;
    in.sent.clear();
    in.restart();
  }
  v1::StoreView store_view() {
    in.post(StoreQuery{});
    return dynamic_cast<const v1::StoreView&>(*in.answers.back().view);
  }
  Answer confirm(const std::string& user, Act act, const std::string& said) {
    in.user = user;
    in.post(ConfirmStoreCommand{act, said});
    while (in.commit()) {
    }
    in.user = "clerk";
    return in.answers.back();
  }
};

bool waits(const Answer& answer) {
  return answer.rejection && answer.rejection->refusal == Refusal::kUnconfirmed;
}

}  // namespace

TEST_CASE("an agency that nobody has given a receipt waits for nobody") {
  Pair pair;
  CHECK_FALSE(pair.send_letter(2).rejection);
  pair.in.sent.clear();  // nothing arrives
  pair.in.restart();
  CHECK_FALSE(pair.send_letter(3).rejection);
  CHECK(pair.store_view().confirmed());
  CHECK(pair.store_view().waits_for().empty());
}

TEST_CASE("after a start no letter is numbered until one who had receipted us has answered") {
  Pair pair;
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  pair.in.restart();
  CHECK(waits(pair.send_letter(2)));
  const v1::StoreView view = pair.store_view();
  CHECK_FALSE(view.confirmed());
  CHECK_FALSE(view.waits_for().empty());
  REQUIRE(view.silent_size() == 1);
  CHECK(view.silent(0) == out_site().str());
  // One who had nothing of ours knows nothing.
  Site third{third_site(), kNow};
  settle({&pair.in, &third});
  CHECK(waits(pair.in.act(EventKind::kSendLetter, case_number(2))));
  pair.run_for(5);
  CHECK_FALSE(pair.in.act(EventKind::kSendLetter, case_number(2)).rejection);
  CHECK(pair.store_view().silent().empty());
}

TEST_CASE("where the machine knows that the store is the newest one, nobody has to be asked") {
  Pair pair;
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  pair.in.store_proved = true;
  pair.in.restart();
  CHECK_FALSE(pair.send_letter(2).rejection);
  CHECK(pair.store_view().proof() == "machine");
  CHECK(pair.in.engine->proved());
}

TEST_CASE("a run tells the next one that its store is the newest one when all have agreed") {
  Pair pair;
  CHECK(pair.in.engine->proved());  // nobody has anything
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  pair.in.restart();
  CHECK_FALSE(pair.in.engine->proved());
  CHECK(pair.store_view().proof().empty());
  pair.run_for(5);
  CHECK(pair.in.engine->proved());
  CHECK(pair.store_view().proof() == "agency");
}

TEST_CASE("what the machine has said falls with a peer's proof, and repeats no letter number") {
  Pair pair;
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  const auto first = pair.in.store->clone();
  const MemoryNumbers numbers = pair.in.numbers;
  REQUIRE_FALSE(pair.send_letter(2).rejection);
  settle({&pair.in, &pair.out});
  const std::string second = pair.in.subject(case_number(2)).letter_number;
  pair.in.store_proved = true;  // the machine with its memory was set back
  pair.set_back_whole(*first, numbers);
  CHECK(pair.in.engine->proved());
  pair.run_for(20);
  CHECK(pair.store_view().proof() == "agency");
  REQUIRE_FALSE(pair.send_letter(3).rejection);
  CHECK(pair.in.subject(case_number(3)).letter_number != second);
}

TEST_CASE("a loss that the last run had not made good leaves nothing to the machine's word") {
  Pair pair;
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  pair.in.store_complete = false;
  pair.in.restart();
  pair.in.commit();
  CHECK_FALSE(pair.in.engine->proved());
  pair.in.store_complete = true;
  pair.in.store_proved = true;
  pair.in.restart();
  CHECK(pair.store_view().proof().empty());
  CHECK_FALSE(pair.in.engine->proved());
  CHECK(pair.send_letter(2).rejection);  // and its link is recovering still
}

TEST_CASE(
    "a message that was written anew under a number of its case that was used is never sent") {
  Pair pair;
  for (size_t i = 0; i < 4; ++i) pair.act(kStory[i]);
  const auto backup = pair.out.store->clone();
  for (size_t i = 4; i < 6; ++i) pair.act(kStory[i]);
  const uint32_t sent = pair.out.subject(pair.id).sent_case_seq;

  pair.out.engine.reset();
  pair.out.store = backup->clone();
  pair.out.sent.clear();
  pair.out.restart();
  pair.out.now.ms += 1000;  // so that no byte is as it was
  // People do it again before anybody has told them: the case holds both messages, its log others.
  for (size_t i = 4; i < 6; ++i) {
    v1::ActionInput input = sound_input(pair.out.subject(pair.id), kStory[i].kind);
    REQUIRE_FALSE(pair.out.act(kStory[i].kind, pair.id, input).rejection);
  }
  REQUIRE(pair.out.subject(pair.id).sent_case_seq == sent);
  pair.run_for(20);
  CHECK(pair.in.quarantine().empty());
  CHECK(pair.in.subject(pair.id).received_case_seq == sent);
  CHECK(pair.out.subject(pair.id).overlays.has(Overlay::kUnclear));
  CHECK(pair.out.engine->recovered(in_site()));
  CHECK(pair.out.peer(in_site()).sender().queued() == 0);
}

TEST_CASE("a store that was set back with its watermark repeats no letter number") {
  Pair pair;
  const auto backup = pair.in.store->clone();
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  const auto first = pair.in.store->clone();
  const MemoryNumbers numbers = pair.in.numbers;
  REQUIRE_FALSE(pair.send_letter(2).rejection);
  settle({&pair.in, &pair.out});
  const std::string second = pair.in.subject(case_number(2)).letter_number;

  pair.set_back_whole(*first, numbers);
  CHECK(waits(pair.send_letter(3)));
  pair.run_for(20);
  CHECK(pair.in.subject(case_number(2)).letter_number == second);
  REQUIRE_FALSE(pair.in.act(EventKind::kSendLetter, case_number(3)).rejection);
  CHECK(pair.in.subject(case_number(3)).letter_number != second);
  pair.run_for(20);
  pair.check_sound();
}

TEST_CASE("when one peer proves a loss, every other one is asked before its cases go on") {
  Pair pair;
  Site third{third_site(), kNow};
  settle({&pair.in, &third});
  pair.run_for(5);
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  const auto backup = pair.in.store->clone();
  const MemoryNumbers numbers = pair.in.numbers;
  REQUIRE_FALSE(pair.send_letter(2).rejection);
  settle({&pair.in, &pair.out});
  pair.set_back_whole(*backup, numbers);
  CHECK(pair.in.engine->recovered(third_site()));
  pair.run_for(20);
  CHECK(pair.in.engine->recovered(out_site()));
  CHECK_FALSE(pair.in.engine->recovered(third_site()));
  const v1::StoreView view = pair.store_view();
  REQUIRE(view.recovering_size() == 1);
  CHECK(view.recovering(0) == third_site().str());
  // Its cases wait; the agency does not.
  CHECK(pair.in.engine->usable());
  for (int second = 0; second < 20; ++second) {
    settle({&pair.in, &third});
    for (Site* site : {&pair.in, &third}) {
      site->now = site->now.plus_ms(1000);
      site->wake();
    }
  }
  CHECK(pair.in.engine->recovered());
}

TEST_CASE("two people confirm a store in a peer's place, and that is kept") {
  Pair pair;
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  pair.in.restart();
  REQUIRE(waits(pair.send_letter(2)));
  CHECK(pair.confirm("li", Act::kPropose, "").rejection->refusal == Refusal::kInputMissing);
  CHECK(pair.confirm("li", Act::kApprove, "00").rejection->refusal == Refusal::kUnknownProposal);
  const Answer proposed = pair.confirm("li", Act::kPropose, "the disk was never copied");
  REQUIRE(proposed.view);
  const std::string content =
      dynamic_cast<const v1::StoreView&>(*proposed.view).proposal().content();
  CHECK(pair.confirm("li", Act::kApprove, content).rejection->refusal == Refusal::kOwnProposal);
  CHECK(pair.confirm("wu", Act::kApprove, "00").rejection->refusal == Refusal::kProposalChanged);
  CHECK(waits(pair.in.act(EventKind::kSendLetter, case_number(2))));
  CHECK_FALSE(pair.confirm("wu", Act::kApprove, content).rejection);
  CHECK_FALSE(pair.in.act(EventKind::kSendLetter, case_number(2)).rejection);
  // Once for each start; what was said is shown after it.
  pair.in.restart();
  CHECK(waits(pair.send_letter(3)));
  const v1::StoreView view = pair.store_view();
  REQUIRE(view.words_size() == 1);
  CHECK(view.words(0).what() == "confirmed");
  CHECK(view.words(0).note() == "the disk was never copied");
  CHECK(view.words(0).proposed_by() == "li");
  CHECK(view.words(0).approved_by() == "wu");
}

TEST_CASE("a proposal to confirm the store falls with the answer of an agency that was silent") {
  Pair pair;
  for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
  pair.in.restart();
  const Answer proposed = pair.confirm("li", Act::kPropose, "the peer is down");
  const std::string content =
      dynamic_cast<const v1::StoreView&>(*proposed.view).proposal().content();
  settle({&pair.in, &pair.out});
  CHECK(pair.confirm("wu", Act::kApprove, content).rejection->refusal == Refusal::kProposalChanged);
  CHECK(pair.store_view().confirmed());
}

}  // namespace store_confirm_test
