// Two agencies with one case between them, one of which loses its store to an older copy.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "daemon/casework/case_store.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

namespace jiexu {

enum class Who { kIn, kOut };

struct Act {
  Who who;
  EventKind kind;  // kBankCredit: the bank's line arrives
};

inline const std::vector<Act> kStory = {
    {Who::kIn, EventKind::kApply},          {Who::kIn, EventKind::kAccept},
    {Who::kIn, EventKind::kSendLetter},     {Who::kOut, EventKind::kAcceptLetter},
    {Who::kOut, EventKind::kStopInsurance}, {Who::kOut, EventKind::kIssueForm},
    {Who::kIn, EventKind::kQueryForm},      {Who::kOut, EventKind::kIssueForm},
    {Who::kOut, EventKind::kRemit},         {Who::kIn, EventKind::kConfirmForm},
    {Who::kIn, EventKind::kBankCredit},     {Who::kIn, EventKind::kCredit},
    {Who::kIn, EventKind::kClose},
};

struct RecoveryPair {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  CaseId id = case_number(1);

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
    const Case subject = act.kind == EventKind::kApply ? Case() : at.subject(id);
    Answer answer;
    if (act.kind == EventKind::kBankCredit) {
      answer = at.bank({bank_line(subject.letter_number, kBalance, "1")});
    } else {
      v1::ActionInput input = sound_input(subject, act.kind);
      if (act.kind == EventKind::kIssueForm && subject.form_version > 0) {
        input.mutable_form()->set_reason("corrected");
      }
      answer = at.act(act.kind, id, input);
    }
    settle({&in, &out});
    return answer;
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

}  // namespace jiexu
