// A store that has lost acknowledged commits: what the peers kept comes back, nothing happens
// twice.
#include <algorithm>
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace recovery_test {
namespace {

enum class Who { kIn, kOut };

struct Act {
  Who who;
  EventKind
      kind;      // kBankCredit, kBankReversal: a line of the bank; kNone: what is ordered, is paid
  int line = 0;  // number of the bank's line
};

const std::vector<Act> kStory = {
    {Who::kIn, EventKind::kApply},          {Who::kIn, EventKind::kAccept},
    {Who::kIn, EventKind::kSendLetter},     {Who::kOut, EventKind::kAcceptLetter},
    {Who::kOut, EventKind::kStopInsurance}, {Who::kOut, EventKind::kIssueForm},
    {Who::kIn, EventKind::kQueryForm},      {Who::kOut, EventKind::kIssueForm},
    {Who::kOut, EventKind::kRemit},         {Who::kIn, EventKind::kConfirmForm},
    {Who::kIn, EventKind::kBankCredit, 1},  {Who::kIn, EventKind::kCredit},
    {Who::kIn, EventKind::kClose},
};

// After the end the bank takes the money back, and it is paid again.
std::vector<Act> with_reversal() {
  std::vector<Act> story = kStory;
  const auto order = std::find_if(story.begin(), story.end(),
                                  [](const Act& act) { return act.kind == EventKind::kRemit; });
  story.insert(order + 1, {Who::kOut, EventKind::kNone});
  for (const Act& act : std::initializer_list<Act>{{Who::kIn, EventKind::kBankReversal, 2},
                                                   {Who::kOut, EventKind::kBankReversal, 3},
                                                   {Who::kOut, EventKind::kRemit},
                                                   {Who::kIn, EventKind::kBankCredit, 4},
                                                   {Who::kIn, EventKind::kCredit}}) {
    story.push_back(act);
  }
  return story;
}

struct Pair {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  CaseId id = case_number(1);
  std::string letter;

  Site& site(Who who) { return who == Who::kIn ? in : out; }

  void run_for(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      settle({&in, &out});
      for (Site* site : {&in, &out}) {
        site->now = site->now.plus_ms(1000);
        site->wake();
      }
    }
    settle({&in, &out});
  }

  Answer act(const Act& act) {
    Site& at = site(act.who);
    Answer answer;
    if (act.kind == EventKind::kNone) return pay();
    if (act.line != 0) {
      if (letter.empty()) letter = at.subject(id).letter_number;
      answer = at.bank({line_of(act)});
    } else {
      const Case subject = act.kind == EventKind::kApply ? Case() : at.subject(id);
      v1::ActionInput input = sound_input(subject, act.kind);
      if (act.kind == EventKind::kIssueForm && subject.form_version > 0) {
        input.mutable_form()->set_reason("corrected");
      }
      answer = at.act(act.kind, id, input);
    }
    settle({&in, &out});
    return answer;
  }

  v1::BankLine line_of(const Act& act) const {
    const bool reversal = act.kind == EventKind::kBankReversal;
    const bool taken = reversal && act.who == Who::kIn;
    v1::BankLine line = bank_line(letter, taken ? -kBalance : kBalance, std::to_string(act.line));
    line.set_reversal(taken);
    if (reversal && !taken) line.set_return_reason("AC04");
    return line;
  }

  // All that waits goes into a batch, and to the bank.
  Answer pay() {
    const auto run = [&](const std::string& user, decltype(Asking::what) what) {
      const size_t before = out.answers.size();
      out.user = user;
      out.post(std::move(what));
      while (out.answers.size() == before) REQUIRE(out.commit());
      return out.answers.back();
    };
    const Answer made = run("maker", MakeBatchesCommand{});
    for (const auto& batch : dynamic_cast<const v1::MadeBatchesView&>(*made.view).batches()) {
      run("approver", ApproveBatchCommand{batch.batch(), batch.content()});
      run("cashier", ExportBatchCommand{batch.batch()});
    }
    out.user = "clerk";
    return {};
  }

  void restore(Who who, const MemoryStore& backup) {
    Site& at = site(who);
    at.engine.reset();
    at.store = backup.clone();
    at.store_complete = false;
    at.sent.clear();
    at.restart();
    at.store_complete = true;
  }

  std::string states() const {
    std::string text;
    for (const Site* at : {&in, &out}) {
      const auto found = read_case(at->records(), id);
      REQUIRE(found);
      // A letter's delivery is noted when the case is next needed.
      std::string state = *found ? state_text(**found) : "-";
      if (state == "LETTER_DELIVERED / UNKNOWN") state = "LETTER_SENT / UNKNOWN";
      text += state + " : ";
    }
    return text;
  }

  void check_sound() const {
    for (const Site* at : {&in, &out}) {
      CHECK(at->ledger_sum() == 0);
      CHECK(at->quarantine().empty());
    }
    CHECK(in.engine->recovered(out_site()));
    CHECK(out.engine->recovered(in_site()));
    CHECK(in.peer(out_site()).sender().mark().head ==
          out.peer(in_site()).receiver().on_disk().head);
    CHECK(out.peer(in_site()).sender().mark().head ==
          in.peer(out_site()).receiver().on_disk().head);
    CHECK(in.peer(out_site()).sender().queued() == 0);
    CHECK(out.peer(in_site()).sender().queued() == 0);
  }
};

// Acts that send no message.
bool is_local(EventKind kind) {
  return kind == EventKind::kApply || kind == EventKind::kAccept ||
         kind == EventKind::kStopInsurance || kind == EventKind::kBankCredit;
}

// Plays the story; the backup is taken behind `backup_at` acts and restored behind `restore_at`.
void play(const std::vector<Act>& story, Who who, size_t backup_at, size_t restore_at) {
  Pair pair;
  std::unique_ptr<MemoryStore> backup;
  for (size_t i = 0; i < story.size(); ++i) {
    if (i == backup_at) backup = pair.site(who).store->clone();
    if (i == restore_at) {
      const std::string before = pair.states();
      pair.restore(who, *backup);
      // Statements are imported again at once, while the link is being recovered, and afterwards.
      for (size_t again = backup_at; again < i && i % 2 == 0; ++again) {
        if (story[again].who == who && story[again].line != 0) pair.act(story[again]);
      }
      pair.run_for(20);
      INFO("before the loss: " << before << ", after: " << pair.states());
      // What was only local is gone, and is done again by its clerk.
      for (size_t again = backup_at; again < i; ++again) {
        if (story[again].who != who) continue;
        const bool local = is_local(story[again].kind) && pair.states() != before;
        if (local || story[again].line != 0) pair.act(story[again]);
      }
      CHECK(pair.states() == before);
    }
    const Answer answer = pair.act(story[i]);
    INFO("act " << i);
    CHECK_FALSE(answer.rejection);
  }
  CHECK(pair.states() == "DONE / CREDITED : OUT_DONE / ACKED_BY_IN : ");
  CHECK(pair.out.balance(in_site(), LedgerAccount::kSettled) == -kBalance);
  CHECK(pair.in.balance(out_site(), LedgerAccount::kCredited) == -kBalance);
  CHECK(pair.in.balance(out_site(), LedgerAccount::kBank) == kBalance);
  pair.check_sound();
}

}  // namespace

TEST_CASE("whatever backup is restored at whatever moment, the case ends once and to the fen") {
  const bool reversed = GENERATE(false, true);
  const std::vector<Act> story = reversed ? with_reversal() : kStory;
  for (const Who who : {Who::kIn, Who::kOut}) {
    for (size_t backup_at = 1; backup_at < story.size(); ++backup_at) {
      for (size_t restore_at = backup_at; restore_at < story.size(); ++restore_at) {
        INFO("at " << (who == Who::kIn ? "IN" : "OUT") << ", backup before act " << backup_at
                   << ", restored before act " << restore_at << (reversed ? ", reversed" : ""));
        play(story, who, backup_at, restore_at);
      }
    }
  }
}

TEST_CASE("while messages come back, actions are refused and nothing new goes out") {
  Pair pair;
  for (size_t i = 0; i < 6; ++i) pair.act(kStory[i]);
  const auto backup = pair.out.store->clone();
  pair.act(kStory[6]);
  pair.restore(Who::kOut, *backup);
  const Answer answer = pair.out.act(EventKind::kRemit, pair.id);
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kRecovering);
  CHECK_FALSE(pair.out.engine->recovered(in_site()));
  pair.run_for(20);
  CHECK(pair.out.engine->recovered(in_site()));
  CHECK_FALSE(pair.out.engine->recovered());  // a third agency has not been heard of yet
  CHECK(pair.out.subject(pair.id).relationship == Relationship::kFormDisputed);
}

TEST_CASE("after a recovery the link goes on in a new epoch and an old copy is refused") {
  Pair pair;
  for (size_t i = 0; i < 4; ++i) pair.act(kStory[i]);
  const auto backup = pair.out.store->clone();
  for (size_t i = 4; i < 6; ++i) pair.act(kStory[i]);
  pair.restore(Who::kOut, *backup);
  pair.run_for(20);
  pair.act(kStory[6]);
  pair.act(kStory[7]);
  CHECK(pair.out.peer(in_site()).sender().mark().epoch == 2);
  CHECK(pair.in.peer(out_site()).receiver().on_disk().epoch == 2);

  pair.out.engine.reset();
  pair.out.store = backup->clone();
  pair.out.sent.clear();
  pair.out.restart();  // believes itself complete, in epoch 1
  pair.run_for(10);
  CHECK(pair.out.peer(in_site()).sender().state() == Sender::State::kStopped);
  CHECK(pair.out.peer(in_site()).sender().stop_reason() == v1::REFUSE_REASON_EPOCH);
}

TEST_CASE("an older copy beside the one that peers speak to gets nothing and shuts nobody out") {
  Pair pair;
  for (size_t i = 0; i < 4; ++i) pair.act(kStory[i]);
  const auto backup = pair.out.store->clone();
  for (size_t i = 4; i < 6; ++i) pair.act(kStory[i]);
  Site copy{out_site(), kNow};
  copy.engine.reset();
  copy.store = backup->clone();
  copy.store_complete = GENERATE(true, false);
  copy.restart();
  // What it sends over its connection to the peer arrives, and so come answers back; the peer is
  // connected to the original, where the directory says that this agency is.
  for (int second = 0; second < 60; ++second) {
    copy.now = pair.in.now = pair.in.now.plus_ms(1000);
    copy.wake();
    copy.commit();
    for (; !copy.sent.empty(); copy.sent.pop_front()) {
      if (copy.sent.front().peer != in_site() || copy.sent.front().lane == Lane::kReply) continue;
      pair.in.hear(out_site(), copy.sent.front().lane, copy.sent.front().bytes);
      pair.in.commit();
      for (; !pair.in.sent.empty(); pair.in.sent.pop_front()) {
        const SentFrame& frame = pair.in.sent.front();
        Site& to = frame.lane == Lane::kReply ? copy : pair.out;
        if (frame.peer == out_site()) to.hear(in_site(), frame.lane, frame.bytes);
      }
    }
  }
  CHECK(copy.peer(in_site()).sender().mark().epoch == 1);
  CHECK_FALSE(copy.engine->recovered());
  const Answer answer = copy.act(EventKind::kRemit, pair.id);
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kRecovering);
  for (size_t i = 6; i < kStory.size(); ++i) CHECK_FALSE(pair.act(kStory[i]).rejection);
  CHECK(pair.in.peer(out_site()).receiver().on_disk().epoch == 1);
  pair.check_sound();
}

TEST_CASE("a recovery that a crash interrupts goes on after the restart") {
  for (int commits = 1; commits < 8; ++commits) {
    Pair pair;
    for (size_t i = 0; i < 3; ++i) pair.act(kStory[i]);
    const auto backup = pair.out.store->clone();
    for (size_t i = 3; i < 9; ++i) pair.act(kStory[i]);
    const std::string before = pair.states();
    pair.restore(Who::kOut, *backup);
    pair.out.store_complete = false;
    const Lsn until = pair.out.store->lsn() + static_cast<Lsn>(commits);
    for (int i = 0; i < 100 && pair.out.store->lsn() < until; ++i) pair.run_for(1);
    pair.out.sent.clear();
    pair.out.restart();
    pair.out.store_complete = true;
    pair.run_for(20);
    INFO("crash after " << commits << " commits");
    CHECK(pair.states() == before);
    pair.check_sound();
  }
}

TEST_CASE("a line whose money the recovery has replayed is matched and booked no second time") {
  Pair pair;
  size_t act = 0;
  while (kStory[act].kind != EventKind::kBankCredit) pair.act(kStory[act++]);
  const auto backup = pair.in.store->clone();
  while (act < kStory.size()) pair.act(kStory[act++]);
  pair.restore(Who::kIn, *backup);
  pair.run_for(20);
  CHECK(pair.states() == "DONE / CREDITED : OUT_DONE / ACKED_BY_IN : ");
  const std::string letter = pair.in.subject(pair.id).letter_number;
  const v1::BankLine line = bank_line(letter, kBalance, "1");
  CHECK(pair.in.bank({line}).bank.results(0).outcome() == "matched");
  CHECK(pair.in.balance(out_site(), LedgerAccount::kBank) == kBalance);
  CHECK(pair.in.balance(in_site(), LedgerAccount::kSuspense) == 0);
  // Only that money was proved; the same again is more than is due.
  CHECK(pair.in.bank({bank_line(letter, kBalance, "2")}).bank.results(0).outcome() ==
        "amount_differs");
  CHECK(pair.in.balance(out_site(), LedgerAccount::kBank) == 2 * kBalance);
  CHECK(pair.in.ledger_sum() == 0);
}

TEST_CASE("messages written anew after an unseen loss get new numbers behind the old ones") {
  Pair pair;
  for (size_t i = 0; i < 6; ++i) pair.act(kStory[i]);
  const auto backup = pair.in.store->clone();
  const CaseId second = case_number(2);
  v1::ActionInput input = sound_input(Case(), EventKind::kApply);
  input.mutable_application()->mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
  input.mutable_application()->mutable_person()->set_document_number("E00000002");
  CHECK_FALSE(pair.in.act(EventKind::kApply, second, input).rejection);
  CHECK_FALSE(pair.in.act(EventKind::kAccept, second).rejection);
  CHECK_FALSE(pair.in.act(EventKind::kSendLetter, second).rejection);
  pair.run_for(1);

  pair.in.engine.reset();
  pair.in.store = backup->clone();
  pair.in.sent.clear();
  pair.in.restart();  // nobody has noticed that the end of the store is missing
  CHECK_FALSE(pair.in.act(EventKind::kConfirmForm, pair.id).rejection);
  pair.run_for(20);
  CHECK(state_text(pair.in.subject(second)) == "LETTER_SENT / UNKNOWN");
  CHECK(state_text(pair.out.subject(second)) == "LETTER_RECEIVED / NOT_COMPUTED");
  CHECK(state_text(pair.out.subject(pair.id)) == "FORM_CONFIRMED / COMPUTED");
  pair.check_sound();
}

}  // namespace recovery_test
