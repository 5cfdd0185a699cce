// Files that go with letters and forms: what the case knows of them, and what its messages name.
#include "daemon/cases/attachments.h"

#include <catch2/catch.hpp>

#include "daemon/cases/replay.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace attachments_test {
namespace {

constexpr const char* kStopped = "letter-received accept-letter stop-insurance ";
constexpr const char* kAccepted = "apply accept send-letter letter-accept-received ";

const v1::InformationForm& form_in(const Outcome& outcome) {
  REQUIRE(outcome.messages.size() == 1);
  return outcome.messages[0].information_form();
}

// "1 waiting here", one for each.
std::string files(const Case& subject) {
  std::string out;
  for (const Attachment& file : subject.attachments) {
    if (!out.empty()) out += ", ";
    out += to_hex(view(file.sha256)).substr(0, 1) + (is_waiting(file) ? " waiting " : " bound ") +
           std::string(name(file.content));
  }
  return out;
}

}  // namespace

TEST_CASE("a form names the files that wait, and binds them") {
  Party out(Side::kOut);
  const Outcome issued = out.play(std::string(kStopped) + "attach:1 attach:2 issue-form");
  REQUIRE(form_in(issued).attachments_size() == 2);
  CHECK(form_in(issued).attachments(0).sha256() == std::string(32, '\x11'));
  CHECK(form_in(issued).attachments(0).size() == 1'000);
  CHECK(form_in(issued).attachments(0).name() == "scan 1.pdf");
  CHECK(files(out.subject) == "1 bound here, 2 bound here");
}

TEST_CASE("the next form names only what was attached since, and what its input names again") {
  Party out(Side::kOut);
  const Outcome first = out.play(std::string(kStopped) + "attach:1 issue-form");
  const Outcome second = out.play("attach:2 supplement-form");
  REQUIRE(form_in(second).attachments_size() == 1);
  CHECK(form_in(second).attachments(0).sha256() == std::string(32, '\x22'));
  v1::ActionInput input = sound_input(out.subject, EventKind::kSupplementForm);
  *input.mutable_form()->add_attachments() = form_in(first).attachments(0);
  const Outcome third = out.act(EventKind::kSupplementForm, input);
  REQUIRE(form_in(third).attachments_size() == 1);
  CHECK(form_in(third).attachments(0).sha256() == std::string(32, '\x11'));
  CHECK(out.subject.attachments.back().version == 3);
}

TEST_CASE("a letter names the files that wait") {
  Party in(Side::kIn);
  const Outcome sent = in.play("apply attach:1 accept attach:2 detach:1 send-letter");
  REQUIRE(sent.messages.size() == 1);
  REQUIRE(sent.messages[0].letter().attachments_size() == 1);
  CHECK(sent.messages[0].letter().attachments(0).sha256() == std::string(32, '\x22'));
}

TEST_CASE("a file that is here already is not missing when the next form names it again") {
  Party in(Side::kIn);
  in.play(std::string(kAccepted) + "form-received:file attachment-complete");
  v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
  v1::Attachment& again = *message.mutable_information_form()->add_attachments();
  again.set_sha256(std::string(view(in.subject.attachments[0].sha256)));
  again.set_size(300'000);
  again.set_name("again.pdf");
  again.set_media_type("application/pdf");
  REQUIRE_FALSE(in.hear(message).rejection);
  CHECK(in.subject.attachments.size() == 2);
  CHECK_FALSE(in.subject.overlays.has(Overlay::kIncomplete));
}

TEST_CASE("a file of an older form does not keep the newest from being confirmed") {
  Party in(Side::kIn);
  in.play(std::string(kAccepted) + "form-received:file query-form form-received");
  CHECK(is_wanted(in.subject.attachments[0]));
  CHECK_FALSE(in.play("confirm-form").rejection);
}

TEST_CASE("an ended case lacks nothing, and its files may still come") {
  Party out(Side::kOut);
  out.play("letter-received:file reject-letter");
  CHECK_FALSE(out.subject.overlays.has(Overlay::kIncomplete));
  CHECK_FALSE(out.play("attachment-complete").rejection);
  CHECK(files(out.subject).ends_with("bound here"));
}

TEST_CASE("paper brings no files; its twin's are fetched") {
  Party in(Side::kIn);
  in.play(std::string(kAccepted) + "key-paper:form-received");
  CHECK(in.subject.attachments.empty());
  Case before = in.subject;
  before.form_version = 0;  // what the peer had written the form for
  v1::Message twin = sound_message(before, EventKind::kInfoFormIn, "file");
  twin.set_case_seq(in.subject.received_case_seq + 1);
  REQUIRE_FALSE(in.hear(twin).rejection);
  CHECK_FALSE(in.subject.overlays.has(Overlay::kUnclear));
  REQUIRE(in.subject.attachments.size() == 1);
  CHECK(is_wanted(in.subject.attachments[0]));
}

TEST_CASE("acts behind a form that came back attach its files, and their bytes may be lost") {
  Party out(Side::kOut);
  out.play(kStopped);
  Party again = out;
  const Outcome issued = out.play("attach:1 issue-form");
  for (const Replay& replay : acts_behind(again.subject, issued.messages.at(0))) {
    Event event;
    event.kind = replay.kind;
    event.at = kNow;
    event.actor = kRecoveryActor;
    event.input = &replay.input;
    event.replayed = true;
    REQUIRE_FALSE(again.apply(event).rejection);
  }
  CHECK(again.subject.form_version == 1);
  CHECK(files(again.subject) == "1 bound missing");
  CHECK(is_wanted(again.subject.attachments[0]));
}

TEST_CASE("a confirmed form is replayed although the file that it names was lost with the store") {
  Party in(Side::kIn);
  in.play(std::string(kAccepted) + "form-received:file");
  REQUIRE(in.subject.overlays.has(Overlay::kIncomplete));
  const v1::ActionInput input = sound_input(in.subject, EventKind::kConfirmForm);
  Event event;
  event.kind = EventKind::kConfirmForm;
  event.at = kNow;
  event.actor = kRecoveryActor;
  event.input = &input;
  CHECK(in.apply(event).rejection->refusal == Refusal::kNotAllowedNow);
  event.replayed = true;
  CHECK_FALSE(in.apply(event).rejection);
  CHECK(in.subject.relationship == Relationship::kInfoConfirmed);
  CHECK(in.subject.overlays.has(Overlay::kIncomplete));
}

TEST_CASE("a form is not issued while bytes of a file that it names are lost") {
  Party out(Side::kOut);
  out.play(std::string(kStopped) + "attach:1 issue-form");
  out.subject.attachments[0].content = Attachment::Content::kMissing;
  v1::ActionInput input = sound_input(out.subject, EventKind::kSupplementForm);
  v1::Attachment& again = *input.mutable_form()->add_attachments();
  again.set_sha256(std::string(32, '\x11'));
  CHECK(out.act(EventKind::kSupplementForm, input).refusal() == Refusal::kAttachmentUnknown);
}

}  // namespace attachments_test
