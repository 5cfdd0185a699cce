// Nothing leaves before the commit that holds it is durable: no frame, no receipt, no answer.
#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace commit_order_test {
namespace {

using Trace = std::vector<std::string>;

ActionCommand command(EventKind action, int number = 1) {
  return {action, case_number(number),
          std::make_shared<const v1::ActionInput>(sound_input(Case(), action))};
}

// A site whose link to out_site() flows, with the trace empty.
std::unique_ptr<Site> flowing_site() {
  auto site = std::make_unique<Site>(in_site(), kNow);
  site->wake();
  Forger(out_site(), *site).receipt(kNow);
  site->post(PeersQuery{});  // takes note of how the link stands
  while (site->commit()) {
  }
  site->answers.clear();
  site->trace.clear();
  return site;
}

}  // namespace

TEST_CASE("an answer waits for its commit") {
  const auto site = flowing_site();
  site->post(command(EventKind::kApply));
  CHECK(site->trace.empty());
  const Batch& batch = site->engine->kernel().begin_commit();
  CHECK_FALSE(batch.empty());
  CHECK(site->trace.empty());
  REQUIRE(site->store->commit(batch));
  CHECK(site->trace.empty());
  site->engine->kernel().commit_done(at(kNow));
  CHECK(site->trace == Trace{"answer"});
}

TEST_CASE("a message leaves after the commit that holds it, before the answer to its command") {
  const auto site = flowing_site();
  site->act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply));
  site->act(EventKind::kAccept, case_number(1));
  site->trace.clear();
  site->act(EventKind::kSendLetter, case_number(1));
  CHECK(site->trace == Trace{"commit", "send batch", "answer"});
}

TEST_CASE("a receipt leaves after the commit that holds what it says") {
  Site out(out_site(), kNow);
  Forger in(in_site(), out);
  in.deliver(sound_message(Party(Side::kOut).subject, EventKind::kLetterIn));
  CHECK(std::find(out.trace.begin(), out.trace.end(), "send receipt") == out.trace.end());
  out.trace.clear();
  REQUIRE(out.commit());
  REQUIRE(out.trace.size() >= 2);
  CHECK(out.trace[0] == "commit");
  CHECK(out.trace[1] == "send receipt");
  CHECK(out.subject(Party(Side::kOut).subject.id).relationship == Relationship::kLetterReceived);
}

TEST_CASE("steps that come while a commit runs go into the next, and see what it holds") {
  const auto site = flowing_site();
  site->post(command(EventKind::kApply));
  const Batch& first = site->engine->kernel().begin_commit();
  CHECK_FALSE(site->engine->kernel().wants_commit(at(kNow)));
  site->post(command(EventKind::kAccept));  // sees the draft that is not durable yet
  REQUIRE(site->store->commit(first));
  site->engine->kernel().commit_done(at(kNow));
  REQUIRE(site->answers.size() == 1);
  CHECK(site->answers[0].subject->relationship == Relationship::kDraft);
  REQUIRE(site->commit());
  REQUIRE(site->answers.size() == 2);
  CHECK_FALSE(site->answers[1].rejection);
  CHECK(site->answers[1].subject->relationship == Relationship::kAccepted);
}

TEST_CASE("a refusal that rests on a step on its way to the disk waits for it") {
  const auto site = flowing_site();
  site->post(command(EventKind::kApply));
  const Batch& batch = site->engine->kernel().begin_commit();
  site->post(command(EventKind::kApply));
  CHECK(site->answers.empty());
  REQUIRE(site->store->commit(batch));
  site->engine->kernel().commit_done(at(kNow));
  REQUIRE(site->answers.size() == 2);
  CHECK(site->answers[1].rejection->refusal == Refusal::kCaseExists);
}

TEST_CASE("a refusal that shows a delivery just noted waits for its commit") {
  const auto site = flowing_site();
  const CaseId id = case_number(1);
  for (const EventKind action : {EventKind::kApply, EventKind::kAccept, EventKind::kSendLetter}) {
    site->act(action, id, sound_input(Case(), action));
  }
  Forger(out_site(), *site).receipt(kNow);
  site->commit();
  const size_t before = site->answers.size();
  site->post(command(EventKind::kAccept));
  CHECK(site->answers.size() == before);
  REQUIRE(site->commit());
  REQUIRE(site->answers.size() == before + 1);
  CHECK(site->answers.back().rejection->refusal == Refusal::kNotAllowedNow);
  CHECK(site->answers.back().subject->relationship == Relationship::kLetterDelivered);
  CHECK(site->subject(id).relationship == Relationship::kLetterDelivered);
}

TEST_CASE("a refusal and a question with nothing on its way are answered at once") {
  const auto site = flowing_site();
  site->post(command(EventKind::kAccept));
  site->post(PeersQuery{});
  CHECK(site->trace == Trace{"answer", "answer"});
  CHECK_FALSE(site->commit());
}

TEST_CASE("after a failed commit nothing was said and the store is as before") {
  const auto site = flowing_site();
  const auto before = site->contents();
  site->store->set_fault_hook([](const Batch&) { return CommitFault::kLost; });
  site->post(command(EventKind::kApply));
  CHECK_FALSE(site->store->commit(site->engine->kernel().begin_commit()));
  CHECK(site->trace.empty());
  CHECK(site->contents() == before);
}

TEST_CASE("all messages of one commit for one peer make one frame") {
  const auto site = flowing_site();
  for (int n = 1; n <= 3; ++n) {
    v1::ActionInput apply = sound_input(Case(), EventKind::kApply);
    apply.mutable_application()->mutable_person()->set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    apply.mutable_application()->mutable_person()->set_document_number("P" + std::to_string(n));
    REQUIRE_FALSE(site->act(EventKind::kApply, case_number(n), apply).rejection);
    site->act(EventKind::kAccept, case_number(n));
  }
  site->trace.clear();
  for (int n = 1; n <= 3; ++n) site->post(command(EventKind::kSendLetter, n));
  REQUIRE(site->commit());
  CHECK(site->trace == Trace{"commit", "send batch", "answer", "answer", "answer"});
}

TEST_CASE("a receipt alone makes a lazy commit") {
  const auto site = flowing_site();
  site->act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply));
  site->act(EventKind::kAccept, case_number(1));
  site->act(EventKind::kSendLetter, case_number(1));
  Forger(out_site(), *site).receipt(kNow);
  CHECK_FALSE(site->engine->kernel().wants_commit(at(kNow)));
  CHECK(site->engine->kernel().wait_ms(at(kNow)) == EngineOptions().lazy_commit_ms);
  CHECK(site->engine->kernel().wants_commit(at(kNow.plus_ms(EngineOptions().lazy_commit_ms))));
}

}  // namespace commit_order_test
