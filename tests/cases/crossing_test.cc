// Messages that cross on the way: two sides, a first-in-first-out channel in each direction, people
// at both sides and a bank. Every order in which all this can happen is played, and at its end both
// sides must agree. What a person can no longer do, because the other side was faster, is skipped,
// as on a screen that no longer offers it; what a peer sends must always be accepted.
#include <catch2/catch.hpp>
#include <deque>
#include <functional>
#include <set>

#include "tests/cases/party.h"

using namespace jiexu;

namespace crossing_test {
namespace {

struct World {
  Party in{Side::kIn};
  Party out{Side::kOut};
  std::deque<v1::Message> to_out;
  std::deque<v1::Message> to_in;
  std::deque<std::string> in_plan;  // what the people at each side will do, in this order
  std::deque<std::string> out_plan;
  std::deque<int64_t> bank_plan;  // what the bank credits, once it was ordered
  std::string history;
};

void send(const Outcome& outcome, std::deque<v1::Message>& channel) {
  for (const v1::Message& message : outcome.messages) channel.push_back(message);
}

void act(Party& party, std::deque<std::string>& plan, std::deque<v1::Message>& channel,
         std::string& history) {
  const std::string action = plan.front();
  plan.pop_front();
  history += " " + action;
  const Outcome outcome = party.play(action);
  if (outcome.rejection) history += "(refused)";
  send(outcome, channel);
}

void deliver(std::deque<v1::Message>& from, Party& party, std::deque<v1::Message>& answers,
             std::string& history) {
  const v1::Message message = from.front();
  from.pop_front();
  history += " " + std::string(name(event_of(message.body_case())));
  const Outcome outcome = party.hear(message);
  INFO(history);
  INFO(state_text(party.subject));
  REQUIRE(name(outcome.refusal()) == "none");
  send(outcome, answers);
}

void credit(World& world) {
  const int64_t fen = world.bank_plan.front();
  world.bank_plan.pop_front();
  world.history += " bank-credit";
  const Outcome outcome = world.in.bank(fen);
  INFO(world.history);
  REQUIRE(name(outcome.refusal()) == "none");
}

bool bank_may_credit(const World& world) {
  return !world.bank_plan.empty() && world.out.subject.moved.value > 0;
}

// Plays every order of what is left. Returns the number of ends.
size_t explore(const World& world, const std::function<void(const World&)>& at_end) {
  size_t ends = 0;
  const auto go = [&](const std::function<void(World&)>& choice) {
    World next = world;
    choice(next);
    ends += explore(next, at_end);
  };
  if (!world.to_out.empty()) {
    go([](World& w) { deliver(w.to_out, w.out, w.to_in, w.history); });
  }
  if (!world.to_in.empty()) go([](World& w) { deliver(w.to_in, w.in, w.to_out, w.history); });
  if (!world.in_plan.empty()) go([](World& w) { act(w.in, w.in_plan, w.to_out, w.history); });
  if (!world.out_plan.empty()) go([](World& w) { act(w.out, w.out_plan, w.to_in, w.history); });
  if (bank_may_credit(world)) go([](World& w) { credit(w); });
  if (ends > 0) return ends;
  INFO(world.history);
  at_end(world);
  return 1;
}

// The states of one side that go with the other's when nothing is on the way.
const std::set<std::pair<std::string_view, std::string_view>> kAgreeing = {
    {"LETTER_SENT", "LETTER_RECEIVED"},
    {"WITHDRAWN", "OUT_WITHDRAWN"},
    {"REFUSED_BY_OUT", "LETTER_REJECTED"},
    {"LETTER_ACCEPTED", "OUT_ACCEPTED"},
    {"LETTER_ACCEPTED", "STOPPED"},
    {"FAILED", "OUT_FAILED"},
    {"WITHDRAWN", "LETTER_FORWARDED"},
    {"INFO_RECEIVED", "FORM_ISSUED"},
    {"INFO_DISPUTED", "FORM_DISPUTED"},
    {"INFO_CONFIRMED", "FORM_CONFIRMED"},
    {"DONE", "OUT_DONE"}};

void check_agreement(const World& world) {
  const Case& in = world.in.subject;
  const Case& out = world.out.subject;
  INFO(state_text(in) << " against " << state_text(out));
  CHECK(kAgreeing.contains({name(in.relationship), name(out.relationship)}));
  CHECK(text(in.overlays) == "NONE");
  CHECK(text(out.overlays) == "NONE");
  CHECK(in.form_version == out.form_version);
  CHECK(in.received_case_seq == out.sent_case_seq);
  CHECK(out.received_case_seq == in.sent_case_seq);
  CHECK(in.noticed.value == out.moved.value + out.returned.value);
  CHECK(in.due == out.due);
  CHECK(in.closed() == out.closed());
  CHECK(world.in.ledger_sum() == 0);
  CHECK(world.out.ledger_sum() == 0);
  // What one has booked as acknowledged is what the other has credited.
  CHECK(world.out.balance(LedgerAccount::kSettled) == world.in.balance(LedgerAccount::kCredited));
}

// Both sides after the script, played without any crossing.
World begin(std::initializer_list<std::pair<char, const char*>> script) {
  World world;
  for (const auto& [side, word] : script) {
    auto& plan = side == 'i' ? world.in_plan : world.out_plan;
    plan.push_back(word);
    if (side == 'i') act(world.in, plan, world.to_out, world.history);
    if (side == 'o') act(world.out, plan, world.to_in, world.history);
    while (!world.to_out.empty()) deliver(world.to_out, world.out, world.to_in, world.history);
    while (!world.to_in.empty()) deliver(world.to_in, world.in, world.to_out, world.history);
  }
  world.history.clear();
  return world;
}

World with_letter() {
  return begin({{'i', "apply"}, {'i', "accept"}, {'i', "send-letter"}});
}

World with_form() {
  return begin({{'i', "apply"},
                {'i', "accept"},
                {'i', "send-letter"},
                {'o', "accept-letter"},
                {'o', "stop-insurance"},
                {'o', "issue-form"}});
}

}  // namespace

TEST_CASE("a withdrawal that crosses an acceptance: who was first at transfer-out, wins") {
  World world = with_letter();
  world.in_plan = {"withdraw"};
  world.out_plan = {"accept-letter"};
  std::set<std::string> ends;
  explore(world, [&](const World& end) {
    check_agreement(end);
    ends.insert(state_text(end.in.subject));
  });
  CHECK(ends == std::set<std::string>{"LETTER_ACCEPTED / UNKNOWN", "WITHDRAWN / NONE_DUE"});
}

TEST_CASE("a withdrawal that crosses a refusal ends the case either way") {
  World world = with_letter();
  world.in_plan = {"withdraw"};
  world.out_plan = {"reject-letter"};
  std::set<std::string> ends;
  explore(world, [&](const World& end) {
    check_agreement(end);
    CHECK(end.in.subject.closed());
    ends.insert(state_text(end.in.subject));
  });
  CHECK(ends == std::set<std::string>{"REFUSED_BY_OUT / NONE_DUE", "WITHDRAWN / NONE_DUE"});
}

TEST_CASE("a withdrawal that crosses acceptance, form and payment leaves the transfer standing") {
  World world = with_letter();
  world.in_plan = {"withdraw"};
  world.out_plan = {"accept-letter", "stop-insurance", "issue-form", "remit"};
  const size_t ends = explore(world, check_agreement);
  CHECK(ends > 50);
}

TEST_CASE("a query that crosses a remittance notice: the corrected form names what was paid") {
  World world = with_form();
  world.in_plan = {"query-form"};
  world.out_plan = {"remit", "issue-form"};
  world.bank_plan = {kBalance};
  const size_t ends = explore(world, [](const World& end) {
    check_agreement(end);
    if (end.out.subject.moved.value == 0) return;  // disputed before anything was paid
    const Funds funds = end.in.subject.funds;
    CHECK((funds == Funds::kMatched || !end.bank_plan.empty()));
  });
  CHECK(ends > 20);
}

TEST_CASE("form, remittance notice and bank credit in any order match to the fen") {
  World world = begin({{'i', "apply"},
                       {'i', "accept"},
                       {'i', "send-letter"},
                       {'o', "accept-letter"},
                       {'o', "stop-insurance"}});
  world.out_plan = {"remit:123456", "issue-form"};
  world.bank_plan = {kBalance};
  const size_t ends = explore(world, [](const World& end) {
    check_agreement(end);
    CHECK(end.in.subject.funds == Funds::kMatched);
    CHECK(end.in.balance(LedgerAccount::kSuspense) == 0);
    CHECK(end.in.balance(LedgerAccount::kReceivable) == 0);
  });
  CHECK(ends == 8);
}

TEST_CASE("money in two parts that cross form and notice matches when it is complete") {
  World world = begin({{'i', "apply"},
                       {'i', "accept"},
                       {'i', "send-letter"},
                       {'o', "accept-letter"},
                       {'o', "stop-insurance"}});
  world.out_plan = {"remit:123456", "issue-form"};
  world.bank_plan = {123'000, 456};
  explore(world, [](const World& end) {
    check_agreement(end);
    CHECK(end.in.subject.funds == Funds::kMatched);
  });
}

TEST_CASE("a whole case with people and bank in any order closes at both sides") {
  World world = with_form();
  world.in_plan = {"confirm-form", "credit", "close"};
  world.out_plan = {"remit"};
  world.bank_plan = {kBalance};
  size_t closed = 0;
  explore(world, [&](const World& end) {
    check_agreement(end);
    closed += end.in.subject.closed() ? 1 : 0;
  });
  CHECK(closed > 0);
}

TEST_CASE("a case without money closes at both sides whatever the order") {
  World world = with_letter();
  world.in_plan = {"withdraw"};
  world.out_plan = {"accept-letter", "stop-insurance", "issue-form:none"};
  explore(world, check_agreement);
  World late = begin({{'i', "apply"},
                      {'i', "accept"},
                      {'i', "send-letter"},
                      {'o', "accept-letter"},
                      {'o', "stop-insurance"},
                      {'o', "issue-form:none"}});
  late.in_plan = {"query-form", "confirm-form", "close"};
  late.out_plan = {"issue-form:none"};
  size_t closed = 0;
  explore(late, [&](const World& end) {
    check_agreement(end);
    closed += end.in.subject.closed() ? 1 : 0;
  });
  CHECK(closed > 0);
}

namespace {

World with_payment() {
  return begin({{'i', "apply"},
                {'i', "accept"},
                {'i', "send-letter"},
                {'o', "accept-letter"},
                {'o', "stop-insurance"},
                {'o', "issue-form"},
                {'o', "remit"},
                {'i', "confirm-form"}});
}

World with_close_ahead() {
  return begin({{'i', "apply"},
                {'i', "accept"},
                {'i', "send-letter"},
                {'o', "accept-letter"},
                {'o', "stop-insurance"},
                {'o', "issue-form:none"},
                {'i', "confirm-form"}});
}

World closed() {
  World world = with_close_ahead();
  world.in_plan = {"close"};
  act(world.in, world.in_plan, world.to_out, world.history);
  deliver(world.to_out, world.out, world.to_in, world.history);
  return world;
}

std::set<std::string> ends_of(const World& world) {
  std::set<std::string> ends;
  explore(world, [&](const World& end) {
    check_agreement(end);
    ends.insert(state_text(end.in.subject));
  });
  return ends;
}

// Whether a request of one side is still unanswered, because its answer was tried too early.
bool is_unanswered(const World& end) {
  return end.in.subject.overlays.has_any({Overlay::kCancelAsked, Overlay::kReopenAsked}) ||
         end.out.subject.overlays.has_any({Overlay::kCancelAsked, Overlay::kReopenAsked});
}

void check_answered(const World& end) {
  if (!is_unanswered(end)) check_agreement(end);
}

}  // namespace

TEST_CASE("a close that meets an invalidation opens the case again at both sides (X16)") {
  World world = with_close_ahead();
  world.in_plan = {"close"};
  world.out_plan = {"invalidate-form", "issue-form:none"};
  const auto ends = ends_of(world);
  CHECK(ends.contains("INFO_RECEIVED / NONE_DUE"));
  CHECK(ends.contains("DONE / NONE_DUE"));  // the close was there first
}

TEST_CASE("a close that meets a supplementary form opens the case again (X41)") {
  World world = with_close_ahead();
  world.in_plan = {"close"};
  world.out_plan = {"supplement-form:5000"};
  CHECK(ends_of(world) == std::set<std::string>{"DONE / NONE_DUE", "INFO_RECEIVED / EXPECTED"});
}

TEST_CASE("a confirmation or a query that meets the next version has lost its object") {
  World world = with_form();
  world.in_plan = {"confirm-form", "query-form"};
  world.out_plan = {"invalidate-form", "issue-form:5000", "supplement-form:6000"};
  const size_t ends = explore(world, [](const World& end) {
    // A form that was taken back after it was disputed is written by nobody here.
    if (end.out.subject.relationship != Relationship::kFormDisputed) check_agreement(end);
  });
  CHECK(ends > 20);
}

TEST_CASE("requests to give up that meet each other, payment and crediting end alike (X13)") {
  World world = with_payment();
  world.in_plan = {"cancel", "credit"};
  world.out_plan = {"cancel"};
  world.bank_plan = {kBalance};
  std::set<std::string> ends;
  explore(world, [&](const World& end) {
    check_answered(end);
    ends.insert(state_text(end.in.subject));
  });
  CHECK(ends.contains("FAILED / RECEIVED_DIFFERS"));
}

TEST_CASE("a request to give up, agreed to or declined, in any order with a close (X13)") {
  for (const char* answer : {"agree", "decline"}) {
    World world = with_close_ahead();
    world.in_plan = {"close", answer};
    world.out_plan = {"cancel"};
    explore(world, check_answered);
    World other = with_close_ahead();
    other.in_plan = {"cancel", "close"};
    other.out_plan = {answer};
    explore(other, check_answered);
  }
}

TEST_CASE("a refusal after the acceptance that meets a request to give up ends the case once") {
  World world =
      begin({{'i', "apply"}, {'i', "accept"}, {'i', "send-letter"}, {'o', "accept-letter"}});
  world.in_plan = {"cancel", "agree"};
  world.out_plan = {"cancel", "reject-letter", "agree"};
  explore(world, check_answered);
}

TEST_CASE("requests to open that meet each other open the case at both sides (X40)") {
  World world = closed();
  world.in_plan = {"reopen"};
  world.out_plan = {"reopen"};
  std::set<std::string> ends;
  explore(world, [&](const World& end) {
    if (is_unanswered(end)) return;
    CHECK(end.in.subject.relationship == Relationship::kInfoDisputed);
    check_agreement(end);
    ends.insert(state_text(end.in.subject));
  });
  CHECK(ends == std::set<std::string>{"INFO_DISPUTED / NONE_DUE"});
}

TEST_CASE("a request to open is answered in any order (X40)") {
  for (const char* answer : {"agree", "decline"}) {
    World world = closed();
    world.in_plan = {answer};
    world.out_plan = {"reopen"};
    explore(world, check_answered);
  }
}

TEST_CASE("questions and answers of both sides meet, and none is lost") {
  World world = with_form();
  world.in_plan = {"ask", "answer", "confirm-form"};
  world.out_plan = {"ask", "answer", "hold", "resume"};
  size_t settled = 0;
  explore(world, [&](const World& end) {
    const Overlays in = end.in.subject.overlays;
    const Overlays out = end.out.subject.overlays;
    settled += in.empty() && out.empty() ? 1 : 0;
    CHECK(in.has(Overlay::kAsking) == out.has(Overlay::kClarifying));
    CHECK(out.has(Overlay::kAsking) == in.has(Overlay::kClarifying));
    CHECK(in.has(Overlay::kSuspended) == out.has(Overlay::kSuspended));
  });
  CHECK(settled > 0);
}

TEST_CASE("a reminder that meets its reply or the form leaves nothing unanswered (X39)") {
  World world = begin({{'i', "apply"},
                       {'i', "accept"},
                       {'i', "send-letter"},
                       {'o', "accept-letter"},
                       {'o', "stop-insurance"}});
  world.in.now = end_of({2026, 12, 7}).plus_ms(1);
  world.out.now = world.in.now;
  const Outcome reminded = world.in.pass(DeadlineKind::kFormDue);
  REQUIRE(reminded.messages.size() == 1);
  send(reminded, world.to_out);
  world.out_plan = {"issue-form", "reply-reminder"};
  explore(world, [](const World& end) {
    CHECK_FALSE(end.in.subject.overlays.has(Overlay::kReminding));
    CHECK_FALSE(end.out.subject.overlays.has(Overlay::kReminded));
  });
}

}  // namespace crossing_test
