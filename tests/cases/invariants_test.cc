// Rules that hold of every case: for each of them cases that break it and no rule before it. That
// no sequence of events breaks one, step() checks itself in every other test, in the fuzzers and in
// the simulator.
#include "daemon/cases/invariants.h"

#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "daemon/base/limits.h"
#include "daemon/cases/paper.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace invariants_test {
namespace {

constexpr const char* kSent = "apply accept send-letter";
constexpr const char* kFormHere = "apply accept send-letter letter-accept-received form-received";
constexpr const char* kWithdrawn = "apply withdraw";
constexpr const char* kPaid = "letter-received accept-letter stop-insurance issue-form remit";

struct Breach {
  Side side;
  const char* script;
  std::function<void(Case&)> does;
};

Attachment waiting_file(char digit) {
  Attachment file;
  file.sha256.fill(static_cast<uint8_t>(digit));
  file.size = 1;
  file.name = "a";
  file.ours = true;
  file.content = Attachment::Content::kHere;
  return file;
}

Proposal proposal_of(EventKind action, uint32_t number) {
  return {number, static_cast<uint8_t>(action), "wang", kNow, ""};
}

// What each rule keeps out, by the rule's name.
const std::multimap<std::string_view, Breach>& breaches() {
  using R = Relationship;
  using O = Overlay;
  static const auto* const kAll = new std::multimap<std::string_view, Breach>{
      {"side-known", {Side::kIn, kSent, [](Case& c) { c.side = static_cast<Side>(3); }}},
      {"relationship-of-side",
       {Side::kIn, kSent, [](Case& c) { c.relationship = R::kOutAccepted; }}},
      {"relationship-of-side",
       {Side::kOut, kPaid, [](Case& c) { c.relationship = static_cast<R>(19); }}},
      {"funds-of-side", {Side::kIn, kSent, [](Case& c) { c.funds = Funds::kNotComputed; }}},
      {"overlays-of-side", {Side::kIn, kSent, [](Case& c) { c.overlays.add(O::kUpstreamOpen); }}},
      {"overlays-of-side", {Side::kOut, kPaid, [](Case& c) { c.overlays.add(O::kPayeeWanted); }}},
      {"overlays-of-side", {Side::kIn, kSent, [](Case& c) { c.overlays.bits |= 1u << 31; }}},
      {"requests-apart",
       {Side::kIn, kSent,
        [](Case& c) {
          c.overlays.add({O::kCancelPending, O::kCancelAsked});
        }}},
      {"requests-apart",
       {Side::kIn, kSent,
        [](Case& c) {
          c.overlays.add({O::kReopenPending, O::kReopenAsked});
        }}},
      {"overlays-of-end", {Side::kIn, kWithdrawn, [](Case& c) { c.overlays.add(O::kAsking); }}},
      {"closing-noted", {Side::kIn, kWithdrawn, [](Case& c) { c.closed_at.reset(); }}},
      {"closing-noted", {Side::kIn, kSent, [](Case& c) { c.closed_at = kNow; }}},
      {"letter-numbered", {Side::kIn, kSent, [](Case& c) { c.letter_number.clear(); }}},
      {"letter-numbered", {Side::kOut, kPaid, [](Case& c) { c.letter_number = "7"; }}},
      {"letter-numbered",
       {Side::kIn, "apply", [](Case& c) { c.letter_number = "41132807261120000079"; }}},
      {"form-there", {Side::kIn, kSent, [](Case& c) { c.form_version = 1; }}},
      {"form-there", {Side::kIn, kFormHere, [](Case& c) { c.form_version = 0; }}},
      {"findings-few",
       {Side::kIn, kFormHere, [](Case& c) { c.findings.resize(limits::kFindingsMax + 1); }}},
      {"amounts-not-negative", {Side::kIn, kSent, [](Case& c) { c.noticed = Fen{-1}; }}},
      {"amounts-bounded",
       {Side::kIn, kSent, [](Case& c) { c.noticed = Fen{limits::kCaseFenMax + 1}; }}},
      {"credited-was-here", {Side::kIn, kFormHere, [](Case& c) { c.credited = Fen{1}; }}},
      {"credited-was-here",
       {Side::kOut, kPaid, [](Case& c) { c.credited = Fen{c.moved.value + 1}; }}},
      {"refunded-was-due", {Side::kOut, kPaid, [](Case& c) { c.refunded = Fen{1}; }}},
      {"due-by-transfer",
       {Side::kIn, kFormHere, [](Case& c) { c.disposition = v1::DISPOSITION_NONE; }}},
      {"dead-owes-nothing", {Side::kIn, kWithdrawn, [](Case& c) { c.due = Fen{1}; }}},
      {"dead-owes-nothing", {Side::kIn, kWithdrawn, [](Case& c) { c.refund = Fen{1}; }}},
      {"funds-by-amounts", {Side::kIn, kFormHere, [](Case& c) { c.funds = Funds::kMatched; }}},
      {"payments-rise",
       {Side::kOut, kPaid, [](Case& c) { c.payments.push_back(c.payments.back()); }}},
      {"payments-rise", {Side::kOut, kPaid, [](Case& c) { c.payments[0].open = Fen{}; }}},
      {"payments-numbered", {Side::kOut, kPaid, [](Case& c) { c.attempt = 0; }}},
      {"payments-add-up", {Side::kOut, kPaid, [](Case& c) { c.payments[0].open.value += 1; }}},
      {"deadlines-of-side",
       {Side::kIn, kFormHere, [](Case& c) { c.deadlines.push_back(c.deadlines.at(0)); }}},
      {"deadlines-of-side",
       {Side::kOut, kPaid,
        [](Case& c) {
          c.deadlines = {{DeadlineKind::kCreditDue, {}, {}}};
        }}},
      {"deadlines-of-side",
       {Side::kIn, kSent,
        [](Case& c) {
          c.deadlines = {{static_cast<DeadlineKind>(99), {}, {}}};
        }}},
      {"deadlines-open",
       {Side::kIn, kSent,
        [](Case& c) {
          c.deadlines = {{DeadlineKind::kLetterDue, {}, {}}};
        }}},
      {"deadlines-shown", {Side::kIn, kSent, [](Case& c) { c.overlays.add(O::kReminded); }}},
      {"turn-was-sent", {Side::kIn, kSent, [](Case& c) { c.turn = c.sent_case_seq + 1; }}},
      {"former-peers-in-order",
       {Side::kIn, kSent,
        [](Case& c) {
          c.former_peers = {{third_agency(), c.timeline_count + 1}};
        }}},
      {"former-peers-in-order",
       {Side::kIn, kSent,
        [](Case& c) {
          c.former_peers = {{third_agency(), 2}, {third_agency(), 1}};
        }}},
      {"papers-few", {Side::kIn, kSent, [](Case& c) { c.papers.resize(kPapersMax + 1); }}},
      {"proposals-numbered",
       {Side::kIn, kSent,
        [](Case& c) { c.proposals = {proposal_of(EventKind::kWithdraw, c.timeline_count + 1)}; }}},
      {"proposals-numbered",
       {Side::kIn, kSent,
        [](Case& c) {
          c.proposals = {proposal_of(EventKind::kWithdraw, 1),
                         proposal_of(EventKind::kWithdraw, 2)};
        }}},
      {"proposals-numbered",
       {Side::kIn, kSent, [](Case& c) { c.proposals = {proposal_of(EventKind::kInfoFormIn, 1)}; }}},
      {"attachments-few",
       {Side::kIn, kSent,
        [](Case& c) {
          for (size_t i = 0; i <= limits::kAttachmentsMax; ++i) {
            c.attachments.push_back(waiting_file(static_cast<char>(i)));
          }
        }}},
      {"attachments-few",
       {Side::kIn, kSent,
        [](Case& c) { c.attachments.resize(limits::kAttachmentsOfCaseMax + 1); }}},
      {"attachments-named",
       {Side::kIn, kSent,
        [](Case& c) {
          c.attachments = {waiting_file('a')};
          c.attachments[0].size = 0;
        }}},
      {"attachments-named",
       {Side::kIn, kSent,
        [](Case& c) {
          c.attachments = {waiting_file('a')};
          c.attachments[0].bound = true;
          c.attachments[0].version = 1;
        }}},
      {"incompleteness-shown", {Side::kIn, kSent, [](Case& c) { c.overlays.add(O::kIncomplete); }}},
  };
  return *kAll;
}

Case case_after(Side side, const char* script) {
  Party party(side);
  REQUIRE_FALSE(party.play(script).rejection);
  return party.subject;
}

bool is_stored(std::string_view rule) {
  for (const Invariant& one : invariants()) {
    if (one.name == rule) return one.stored;
  }
  FAIL("there is no rule " << rule);
  return false;
}

}  // namespace

TEST_CASE("a case that breaks a rule is known by the rule's name") {
  for (const auto& [rule, breach] : breaches()) {
    INFO(rule << " after " << breach.script);
    Case subject = case_after(breach.side, breach.script);
    REQUIRE(check_invariants(subject).value_or("") == "");
    breach.does(subject);
    CHECK(check_invariants(subject).value_or("") == rule);
    // What is not stored may have been written by another version.
    CHECK(check_stored(subject).value_or("") == (is_stored(rule) ? rule : ""));
  }
}

TEST_CASE("every rule has a case that breaks it") {
  for (const Invariant& rule : invariants()) {
    INFO(rule.name);
    CHECK(breaches().contains(rule.name));
  }
}

TEST_CASE("what does not exist yet breaks no rule, and is nothing that a store can hold") {
  CHECK_FALSE(check_invariants(Party(Side::kIn).subject));
  CHECK(check_stored(Party(Side::kIn).subject).has_value());
}

TEST_CASE("a change that takes back a number, or what was given for good, is known by its name") {
  const std::map<std::string_view, std::function<void(Case&)>> kChanges = {
      {"case-stays-itself", [](Case& c) { c.side = Side::kIn; }},
      {"letter-number-stays", [](Case& c) { c.letter_number.back() ^= 1; }},
      {"beginning-stays", [](Case& c) { c.created_at.ms += 1; }},
      {"revision-rises", [](Case& c) { c.revision -= 1; }},
      {"timeline-rises", [](Case& c) { c.timeline_count -= 1; }},
      {"form-version-rises", [](Case& c) { c.form_version -= 1; }},
      {"attempt-rises", [](Case& c) { c.attempt -= 1; }},
      {"sent-numbers-rise", [](Case& c) { c.sent_case_seq -= 1; }},
      {"received-numbers-rise", [](Case& c) { c.received_case_seq -= 1; }},
  };
  const Case before = case_after(Side::kOut, kPaid);
  CHECK_FALSE(check_change(before, before));
  for (const auto& [rule, change] : kChanges) {
    INFO(rule);
    Case after = before;
    change(after);
    CHECK(check_change(before, after).value_or("") == rule);
  }
  Case elsewhere = before;
  elsewhere.peer = third_agency();
  elsewhere.sent_case_seq = elsewhere.received_case_seq = 0;
  CHECK_FALSE(check_change(before, elsewhere));
}

}  // namespace invariants_test
