// One case through both agencies, from the application to the close, with its money.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace case_flow_test {
namespace {

struct Two {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  CaseId id = case_number(1);

  void settle() { jiexu::settle({&in, &out}); }
  Answer act(Site& site, EventKind action) {
    const Case subject = action == EventKind::kApply ? Case() : site.subject(id);
    const Answer answer = site.act(action, id, sound_input(subject, action));
    INFO(name(action));
    CHECK_FALSE(answer.rejection);
    settle();
    return answer;
  }
  void to_letter() {
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      act(in, action);
    }
  }
  void to_form() {
    to_letter();
    for (const EventKind action :
         {EventKind::kAcceptLetter, EventKind::kStopInsurance, EventKind::kIssueForm}) {
      act(out, action);
    }
  }
  std::string states() const {
    return state_text(in.subject(id)) + " : " + state_text(out.subject(id));
  }
};

}  // namespace

TEST_CASE("a case goes from application to close at both agencies, to the fen") {
  Two two;
  two.to_letter();
  CHECK(two.states() == "LETTER_SENT / UNKNOWN : LETTER_RECEIVED / NOT_COMPUTED");
  two.act(two.out, EventKind::kAcceptLetter);
  two.act(two.out, EventKind::kStopInsurance);
  two.act(two.out, EventKind::kIssueForm);
  CHECK(two.states() == "INFO_RECEIVED / EXPECTED : FORM_ISSUED / COMPUTED");
  two.act(two.out, EventKind::kRemit);
  two.act(two.in, EventKind::kConfirmForm);
  CHECK(two.states() == "INFO_CONFIRMED / NOTICED : FORM_CONFIRMED / PAID");
  const std::string letter = two.in.subject(two.id).letter_number;
  CHECK(two.in.bank({bank_line(letter, kBalance, "1")}).bank.results(0).outcome() == "matched");
  two.act(two.in, EventKind::kCredit);
  CHECK(two.states() == "INFO_CONFIRMED / CREDITED : FORM_CONFIRMED / ACKED_BY_IN");
  two.act(two.in, EventKind::kClose);
  CHECK(two.states() == "DONE / CREDITED : OUT_DONE / ACKED_BY_IN");

  CHECK(two.in.ledger_sum() == 0);
  CHECK(two.out.ledger_sum() == 0);
  CHECK(two.out.balance(in_site(), LedgerAccount::kSettled) == -kBalance);
  CHECK(two.in.balance(out_site(), LedgerAccount::kCredited) == -kBalance);
  CHECK(two.in.balance(out_site(), LedgerAccount::kBank) == kBalance);
  for (const LedgerAccount account : {LedgerAccount::kPayable, LedgerAccount::kInTransit}) {
    CHECK(two.out.balance(in_site(), account) == 0);
  }
  for (const LedgerAccount account :
       {LedgerAccount::kReceivable, LedgerAccount::kSuspense, LedgerAccount::kOwedPersons}) {
    CHECK(two.in.balance(out_site(), account) == 0);
  }
  CHECK(two.in.quarantine().empty());
  CHECK(two.out.quarantine().empty());
}

TEST_CASE("both agencies end with the same logs and nothing without a receipt") {
  Two two;
  two.to_form();
  const auto check_link = [](const Site& from, const Site& to) {
    const SenderMark& sent = from.peer(to.self).sender().mark();
    const ReceiverMark& got = to.peer(from.self).receiver().on_disk();
    CHECK(sent.last_seq == got.through);
    CHECK(sent.head == got.head);
    CHECK(sent.receipted_seq == sent.last_seq);
  };
  check_link(two.in, two.out);
  check_link(two.out, two.in);
  CHECK(two.in.alarms.empty());
  CHECK(two.out.alarms.empty());
}

TEST_CASE("the timeline leads to the very messages, at both agencies") {
  Two two;
  two.to_form();
  const auto read = [&](const Site& site, const std::optional<LogPlace>& place) {
    REQUIRE(place);
    const auto message = read_message(site.records(), site.subject(two.id).peer, *place);
    REQUIRE(message);
    return message->SerializeAsString();
  };
  const Case in = two.in.subject(two.id);
  const Case out = two.out.subject(two.id);
  CHECK(in.letter_place->outgoing);
  CHECK_FALSE(out.letter_place->outgoing);
  CHECK(read(two.in, in.letter_place) == read(two.out, out.letter_place));
  CHECK(read(two.in, in.form_place) == read(two.out, out.form_place));
  CHECK(two.in.timeline(two.id).size() == in.timeline_count);
  CHECK(two.out.timeline(two.id).size() == out.timeline_count);
}

TEST_CASE("delivery is noted with the time in the receipt, when the case is next needed") {
  Site in(in_site(), kNow);
  Forger out(out_site(), in);
  const CaseId id = case_number(1);
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    in.act(action, id, sound_input(Case(), action));
  }
  in.wake();
  const Instant received = kNow.plus_ms(90'000);
  in.now = kNow.plus_ms(3'600'000);
  out.receipt(received);
  in.commit();
  CHECK(in.subject(id).relationship == Relationship::kLetterSent);
  v1::Message accept;
  accept.set_case_id(std::string(id.bytes()));
  accept.set_case_seq(1);
  accept.mutable_letter_accept();
  out.deliver(accept);
  in.commit();
  CHECK(in.subject(id).relationship == Relationship::kLetterAccepted);
  const auto timeline = in.timeline(id);
  REQUIRE(timeline.size() == 5);
  CHECK(timeline[3].event() == static_cast<uint32_t>(EventKind::kDelivered));
  CHECK(timeline[3].at_ms() == received.ms);
  CHECK(timeline[4].at_ms() == in.now.ms);
}

TEST_CASE("a receipt from a clock that cannot be right does not date the delivery") {
  for (const int64_t wrong : {INT64_MAX, INT64_MIN, int64_t{0} - 1}) {
    Site in(in_site(), kNow);
    Forger out(out_site(), in);
    const CaseId id = case_number(1);
    for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
      in.act(action, id, sound_input(Case(), action));
    }
    in.wake();
    out.receipt(Instant{wrong});
    in.commit();
    in.act(EventKind::kWithdraw, id, sound_input(Case(), EventKind::kWithdraw));
    const auto timeline = in.timeline(id);
    REQUIRE(timeline.size() == 5);
    CHECK(timeline[3].at_ms() == kNow.ms);
  }
}

TEST_CASE("a second open case of the person with the same agency is refused (X31)") {
  Two two;
  two.to_letter();
  const Answer answer =
      two.in.act(EventKind::kApply, case_number(2), sound_input(Case(), EventKind::kApply));
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kDuplicateOpenCase);
  CHECK(answer.rejection->detail == "case " + two.id.str());
  two.act(two.in, EventKind::kWithdraw);
  CHECK(two.in.subject(two.id).closed());
  CHECK_FALSE(two.in.act(EventKind::kApply, case_number(2), sound_input(Case(), EventKind::kApply))
                  .rejection);
}

TEST_CASE("a person claimed by one destination is not accepted for another (X32)") {
  Two two;
  Site third(third_site(), kNow);
  two.to_letter();
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    REQUIRE_FALSE(third.act(action, case_number(2), sound_input(Case(), action)).rejection);
  }
  settle({&two.in, &two.out, &third});
  CHECK_FALSE(two.out.act(EventKind::kAcceptLetter, case_number(2)).rejection);
  const Answer answer = two.out.act(EventKind::kAcceptLetter, two.id);
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->refusal == Refusal::kClaimedByOther);
}

TEST_CASE("an action on the wrong revision is refused and says the right one") {
  Two two;
  two.act(two.in, EventKind::kApply);
  v1::ActionInput input;
  input.set_if_revision(9);
  const Answer answer = two.in.act(EventKind::kAccept, two.id, input);
  REQUIRE(answer.rejection);
  CHECK(answer.rejection->detail == "if_revision: the case is at 1");
  input.set_if_revision(1);
  CHECK_FALSE(two.in.act(EventKind::kAccept, two.id, input).rejection);
}

TEST_CASE("an application without content is refused by name") {
  Site in(in_site(), kNow);
  in.post(ActionCommand{EventKind::kApply, case_number(1), nullptr});
  REQUIRE(in.answers.size() == 1);
  CHECK(in.answers[0].rejection->refusal == Refusal::kInputMissing);
}

TEST_CASE("an action on no case is refused") {
  Site in(in_site(), kNow);
  CHECK(in.act(EventKind::kAccept, case_number(9)).rejection->refusal == Refusal::kUnknownCase);
}

TEST_CASE("a paused link keeps its messages and sends them when resumed") {
  Two two;
  two.settle();
  two.in.post(PauseCommand{out_site(), true});
  two.settle();
  two.to_letter();
  CHECK(two.in.peer(out_site()).sender().queued() == 1);
  two.in.restart();  // a pause outlives the process
  two.settle();
  CHECK(two.in.peer(out_site()).sender().queued() == 1);
  two.in.post(PauseCommand{out_site(), false});
  two.settle();
  CHECK(two.in.peer(out_site()).sender().queued() == 0);
  CHECK(two.out.subject(two.id).relationship == Relationship::kLetterReceived);
}

TEST_CASE("a pause of an unknown peer is refused") {
  Site in(in_site(), kNow);
  in.post(PauseCommand{*AgencyId::parse("S99999999999"), true});
  CHECK(in.answers.at(0).rejection->refusal == Refusal::kUnknownAgency);
}

TEST_CASE("peer views show queue, heads and money") {
  Two two;
  two.to_form();
  two.act(two.out, EventKind::kRemit);
  two.out.post(PeersQuery{});
  const v1::PeerViews& views = two.out.answers.back().peers;
  REQUIRE(views.peers_size() == 2);
  const v1::PeerView& view = views.peers(1);
  CHECK(view.agency() == in_site().str());
  CHECK(view.state() == "flowing");
  CHECK(view.queued() == 0);
  CHECK(view.out_last_seq() == 3);
  CHECK(view.sent_fen() == kBalance);
  CHECK(view.out_head() == to_hex(jiexu::view(two.in.peer(out_site()).receiver().on_disk().head)));
}

TEST_CASE("a queue is as old as its oldest message without a receipt") {
  Two two;
  two.settle();
  const auto age = [&] {
    two.in.post(PeersQuery{});
    const auto& peers = two.in.answers.back().peers.peers();
    const auto out = std::ranges::find(peers, out_site().str(), &v1::PeerView::agency);
    REQUIRE(out != peers.end());
    return out->oldest_unreceipted_ms();
  };
  CHECK(age() == 0);
  two.in.post(PauseCommand{out_site(), true});
  two.to_letter();
  const Instant sent = two.in.now;
  for (const int64_t later : {1'000, 60'000}) {
    two.in.now = sent.plus_ms(later);
    CHECK(age() == later);
  }
  two.in.post(PauseCommand{out_site(), false});
  two.settle();
  CHECK(age() == 0);
}

TEST_CASE("readers see a letter's delivery as soon as its receipt is stored") {
  Two two;
  two.to_letter();
  CHECK(two.in.subject(two.id).relationship == Relationship::kLetterSent);
  two.in.commit();
  Case shown = two.in.subject(two.id);
  REQUIRE(show_delivery(two.in.records(), shown));
  CHECK(shown.relationship == Relationship::kLetterDelivered);
  const auto page = list_cases(two.in.records(), true, std::nullopt, 10);
  REQUIRE(page);
  REQUIRE(page->cases.size() == 1);
  CHECK(page->cases[0].relationship == Relationship::kLetterDelivered);
}

TEST_CASE("a timeline names who acted: the clerk, the other agency") {
  Two two;
  two.to_letter();
  const auto in = two.in.timeline(two.id);
  const auto out = two.out.timeline(two.id);
  REQUIRE(!in.empty());
  REQUIRE(!out.empty());
  CHECK(in[0].actor() == "clerk");
  CHECK(out[0].actor() == in_site().str());
}

}  // namespace case_flow_test
