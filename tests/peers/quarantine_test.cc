// Messages that cannot be used: each is set aside with its reason, its number is used up, the
// sender is told, and everything else goes on.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "daemon/rules/letter_number.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace quarantine_test {
namespace {

// A transfer-out agency that has heard one good letter from a peer.
struct Office {
  Office() {
    in.deliver(letter);
    site.commit();
    REQUIRE(site.quarantine().empty());
  }

  // Delivers the message with a good one for another case behind it, and returns what was set
  // aside.
  v1::QuarantineRecord deliver(const std::string& bytes) {
    const Seq before = through();
    const Case subject_before = site.subject(id);
    in.deliver({bytes, other_letter().SerializeAsString()});
    site.commit();
    CHECK(through() == before + 2);
    CHECK(site.subject(case_number(99)).relationship == Relationship::kLetterReceived);
    CHECK(site.subject(id).relationship == subject_before.relationship);
    CHECK(site.subject(id).timeline_count == subject_before.timeline_count);
    const auto quarantine = site.quarantine();
    REQUIRE(quarantine.size() == 1);
    CHECK(quarantine[0].ref().seq() == before + 1);
    return quarantine[0];
  }
  v1::QuarantineRecord deliver(const v1::Message& message) {
    return deliver(message.SerializeAsString());
  }

  Seq through() const { return site.peer(in_site()).receiver().on_disk().through; }

  v1::Message next(EventKind kind) const { return sound_message(site.subject(id), kind); }

  // The faults that the site wrote to the peer.
  std::vector<v1::Fault> faults() const {
    std::vector<v1::Fault> out;
    for (Seq seq = 1; seq <= site.peer(in_site()).sender().mark().last_seq; ++seq) {
      const auto message = read_message(site.records(), in_site(), {true, 1, seq});
      REQUIRE(message);
      if (message->has_fault()) out.push_back(message->fault());
    }
    return out;
  }

  static v1::Message other_letter() {
    v1::Message message = sound_message(Case(), EventKind::kLetterIn);
    message.set_case_id(std::string(case_number(99).bytes()));
    message.mutable_letter()->set_letter_number(
        LetterNumber::make(in_site(), {2026, 11, 2}, 43)->text());
    return message;
  }

  Site site{out_site(), kNow};
  Forger in{in_site(), site};
  v1::Message letter = sound_message(Party(Side::kOut).subject, EventKind::kLetterIn);
  CaseId id = Party(Side::kOut).subject.id;
};

}  // namespace

TEST_CASE("a text that is not UTF-8 makes the message unreadable, so that no rule ever meets it") {
  Office office;
  v1::Message letter = Office::other_letter();
  letter.mutable_letter()->mutable_contact()->set_address("政务路1号");
  std::string bytes = letter.SerializeAsString();
  const size_t at = bytes.find("政务路1号");
  REQUIRE(at != std::string::npos);
  bytes[at] = '\xc0';
  CHECK(office.deliver(bytes).code() == v1::FAULT_CODE_UNREADABLE);
}

TEST_CASE("bytes that are no message are set aside as unreadable") {
  Office office;
  const v1::QuarantineRecord record = office.deliver(std::string("\xff\xff\xff"));
  CHECK(record.code() == v1::FAULT_CODE_UNREADABLE);
  CHECK(record.case_id().empty());
  const auto faults = office.faults();
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code() == v1::FAULT_CODE_UNREADABLE);
  CHECK(faults[0].seq() == 2);
  CHECK(faults[0].epoch() == 1);
}

TEST_CASE("a message of a kind that nobody here knows takes its number: what follows is in order") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.clear_body();
  // A body that a later version has.
  CHECK(office.deliver(message.SerializeAsString() + "\xfa\x07\x02\x08\x01").code() ==
        v1::FAULT_CODE_UNKNOWN_KIND);
  CHECK(office.site.subject(office.id).received_case_seq == 2);
  office.site.restart();
  office.in.deliver(office.next(EventKind::kWithdrawIn));
  office.site.commit();
  CHECK(office.site.subject(office.id).relationship == Relationship::kOutWithdrawn);
}

TEST_CASE(
    "a message whose case and number alone can be read takes its number, and names its case") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.mutable_withdraw()->set_reason("错了");
  std::string bytes = message.SerializeAsString();
  bytes[bytes.find("错了")] = '\xc0';  // no UTF-8
  CHECK(office.deliver(bytes).code() == v1::FAULT_CODE_UNREADABLE);
  CHECK(office.site.subject(office.id).received_case_seq == 2);
  REQUIRE(office.faults().size() == 1);
  CHECK(office.site.quarantine()[0].case_id() == office.id.bytes());
  office.in.deliver(office.next(EventKind::kWithdrawIn));
  office.site.commit();
  CHECK(office.site.subject(office.id).relationship == Relationship::kOutWithdrawn);
}

TEST_CASE("what nobody can read takes no number of another agency's case") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.clear_body();
  Forger third(third_site(), office.site);
  third.deliver(message);
  office.site.commit();
  REQUIRE(office.site.quarantine().size() == 1);
  CHECK(office.site.subject(office.id).received_case_seq == 1);
}

TEST_CASE("a message without a case id is set aside as unreadable") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.set_case_id("short");
  CHECK(office.deliver(message).code() == v1::FAULT_CODE_UNREADABLE);
}

TEST_CASE("a message nested too deep is set aside as unreadable") {
  Office office;
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += '\x7b';
  for (int i = 0; i < 100; ++i) deep += '\x7c';
  CHECK(office.deliver(office.next(EventKind::kWithdrawIn).SerializeAsString() + deep).code() ==
        v1::FAULT_CODE_UNREADABLE);
}

TEST_CASE("a body that this version does not know is set aside") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.clear_body();
  CHECK(office.deliver(message).code() == v1::FAULT_CODE_UNKNOWN_KIND);
}

TEST_CASE("a message for no case is set aside, and names the refusal") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.set_case_id(std::string(case_number(50).bytes()));
  message.set_case_seq(1);
  const v1::QuarantineRecord record = office.deliver(message);
  CHECK(record.code() == v1::FAULT_CODE_UNKNOWN_CASE);
  CHECK(record.refusal() == static_cast<uint32_t>(Refusal::kUnknownCase));
  CHECK(record.body_kind() == v1::Message::kWithdraw);
}

TEST_CASE("a message for a case with another agency is set aside and does not touch it") {
  Office office;
  Forger third(third_site(), office.site);
  third.deliver(office.next(EventKind::kWithdrawIn));
  office.site.commit();
  const auto quarantine = office.site.quarantine();
  REQUIRE(quarantine.size() == 1);
  CHECK(quarantine[0].refusal() == static_cast<uint32_t>(Refusal::kWrongPeer));
  CHECK(quarantine[0].code() == v1::FAULT_CODE_UNKNOWN_CASE);
  CHECK(office.site.subject(office.id).relationship == Relationship::kLetterReceived);
  CHECK(office.site.subject(office.id).received_case_seq == 1);
}

TEST_CASE("a message that the state does not allow is set aside, and its case number is used up") {
  Office office;
  const v1::QuarantineRecord record = office.deliver(office.next(EventKind::kCloseIn));
  CHECK(record.code() == v1::FAULT_CODE_NOT_ALLOWED);
  CHECK(record.refusal() == static_cast<uint32_t>(Refusal::kNotAllowedNow));
  CHECK(office.site.subject(office.id).received_case_seq == 2);
  office.in.deliver(office.next(EventKind::kWithdrawIn));
  office.site.commit();
  CHECK(office.site.subject(office.id).relationship == Relationship::kOutWithdrawn);
}

TEST_CASE("a replayed message is set aside") {
  Office office;
  CHECK(office.deliver(office.letter).code() == v1::FAULT_CODE_REPLAYED);
  CHECK(office.site.subject(office.id).received_case_seq == 1);
}

TEST_CASE("a message that skips a case number is set aside and uses up none") {
  Office office;
  v1::Message message = office.next(EventKind::kWithdrawIn);
  message.set_case_seq(7);
  CHECK(office.deliver(message).code() == v1::FAULT_CODE_OUT_OF_ORDER);
  CHECK(office.site.subject(office.id).received_case_seq == 1);
}

TEST_CASE("content that breaks a rule is set aside with the rule's text") {
  Office office;
  v1::Message message = Office::other_letter();
  message.set_case_id(std::string(case_number(51).bytes()));
  message.mutable_letter()->clear_payee();
  const v1::QuarantineRecord record = office.deliver(message);
  CHECK(record.code() == v1::FAULT_CODE_BAD_CONTENT);
  CHECK(record.refusal() == static_cast<uint32_t>(Refusal::kLetterInvalid));
  CHECK(record.text().find("payee") != std::string::npos);
}

TEST_CASE("a letter number of another case is set aside") {
  Office office;
  v1::Message message = office.letter;
  message.set_case_id(std::string(case_number(52).bytes()));
  const v1::QuarantineRecord record = office.deliver(message);
  CHECK(record.refusal() == static_cast<uint32_t>(Refusal::kLetterNumberTaken));
}

TEST_CASE("a letter under another agency's number is set aside, and that agency's own is taken") {
  Office office;
  const std::string number =
      LetterNumber::make(GENERATE(third_site(), out_site()), {2026, 11, 2}, 44)->text();
  v1::Message letter = office.letter;
  letter.set_case_id(std::string(case_number(53).bytes()));
  letter.mutable_letter()->set_letter_number(number);
  const v1::QuarantineRecord record = office.deliver(letter);
  CHECK(record.code() == v1::FAULT_CODE_BAD_CONTENT);
  CHECK(record.refusal() == static_cast<uint32_t>(Refusal::kLetterNumberForeign));
  REQUIRE(office.faults().size() == 1);
  CHECK(office.faults()[0].refusal() == static_cast<uint32_t>(Refusal::kLetterNumberForeign));
  if (!LetterNumber::parse(number)->is_of(third_site())) return;
  Forger(third_site(), office.site).deliver(letter);
  office.site.commit();
  CHECK(office.site.quarantine().size() == 1);
  CHECK(office.site.subject(case_number(53)).letter_number == number);
}

TEST_CASE("a letter under the number of an agency that its writer took over is taken") {
  Office office;
  std::vector<Agency> agencies = test_directory()->agencies();
  for (Agency& agency : agencies) {
    if (agency.id == third_site()) agency.successor = Succession{in_site(), date_of(kNow)};
  }
  const auto merged = Directory::make(std::move(agencies)).value();
  v1::Message letter = office.letter;
  letter.set_case_id(std::string(case_number(53).bytes()));
  letter.mutable_letter()->set_letter_number(
      LetterNumber::make(third_site(), {2026, 11, 2}, 44)->text());
  office.in.deliver(letter);
  office.site.commit();
  CHECK(office.site.quarantine().size() == 1);
  REQUIRE(office.site.engine->set_directory(merged, at(kNow)));
  office.in.deliver(letter);
  office.site.commit();
  CHECK(office.site.quarantine().size() == 1);
  CHECK(office.site.subject(case_number(53)).letter_number == letter.letter().letter_number());
}

TEST_CASE("all messages of a frame that nobody can read are set aside as one") {
  Office office;
  const Seq before = office.through();
  office.in.deliver({"", Office::other_letter().SerializeAsString(), "\xff", "\xff\xff", ""});
  office.site.commit();
  CHECK(office.through() == before + 5);
  CHECK(office.site.subject(case_number(99)).exists());
  REQUIRE(office.site.quarantine().size() == 1);
  CHECK(office.site.quarantine()[0].code() == v1::FAULT_CODE_UNREADABLE);
  CHECK(office.site.quarantine()[0].ref().seq() == before + 1);
  CHECK(office.site.quarantine()[0].more() == 3);
  REQUIRE(office.faults().size() == 1);
  CHECK(office.faults()[0].seq() == before + 1);
  CHECK(office.faults()[0].more() == 3);
  office.in.deliver({"\xff"});
  office.site.commit();
  REQUIRE(office.faults().size() == 2);
  CHECK(office.faults()[1].seq() == before + 6);
  CHECK(office.faults()[1].more() == 0);
}

// What a frame of the smallest messages of a kind makes us write, in bytes for each of its own.
TEST_CASE("junk costs our disk a bounded multiple of what it costs its sender") {
  Office office;
  v1::Message nameless, unknown = office.next(EventKind::kWithdrawIn), numbered;
  unknown.Clear();
  unknown.set_case_id(std::string(case_number(77).bytes()));
  numbered.set_case_id(std::string(office.id.bytes()));
  numbered.mutable_funds_ack();
  const struct {
    const char* what;
    const v1::Message* message;
    size_t times_max;
  } kinds[] = {{"without a case", &nameless, 2},
               {"of no kind", &unknown, 8},
               {"that the case refuses, each using up a number", &numbered, 8}};
  for (const auto& [what, message, times_max] : kinds) {
    std::vector<std::string> messages;
    for (uint32_t n = 0; n < limits::kFrameMessagesMax; ++n) {
      v1::Message copy = *message;
      if (message == &numbered) copy.set_case_seq(n + 2);
      messages.push_back(copy.SerializeAsString());
    }
    office.in.deliver(messages);
    const Batch& batch = office.site.engine->kernel().begin_commit();
    const size_t written = batch.bytes();
    REQUIRE(office.site.store->commit(batch));
    office.site.engine->kernel().commit_done(at(kNow));
    const auto frame = office.site.peer(in_site()).incoming_log().frame_with(office.through());
    REQUIRE(frame);
    INFO(what << ": " << written << " bytes for " << (*frame)->bytes->size());
    CHECK(written < times_max * (*frame)->bytes->size());
    office.site.sent.clear();
  }
  CHECK(office.site.subject(office.id).received_case_seq == limits::kFrameMessagesMax + 1);
}

TEST_CASE("no fault is given about a fault") {
  Office office;
  v1::Message message = office.next(EventKind::kFaultIn);
  message.set_case_id(std::string(case_number(53).bytes()));
  office.deliver(message);
  CHECK(office.faults().empty());
}

TEST_CASE("a fault about a message of ours is shown in the case") {
  Office office;
  office.in.deliver(office.next(EventKind::kFaultIn));
  office.site.commit();
  CHECK(office.site.subject(office.id).last_fault == v1::FAULT_CODE_NOT_ALLOWED);
  CHECK(office.site.quarantine().empty());
}

TEST_CASE("what is set aside can be read again, byte for byte") {
  Office office;
  const v1::Message message = office.next(EventKind::kCloseIn);
  const v1::QuarantineRecord record = office.deliver(message);
  const auto read = read_message(office.site.records(), in_site(), {false, 1, record.ref().seq()});
  REQUIRE(read);
  CHECK(read->SerializeAsString() == message.SerializeAsString());
}

TEST_CASE("a duplicate frame is answered with the same receipt and decides nothing") {
  Office office;
  const auto logged = office.site.peer(in_site()).incoming_log().frame_with(1);
  REQUIRE(logged);
  office.site.trace.clear();
  office.site.hear(in_site(), Lane::kForward, *(*logged)->bytes);
  REQUIRE_FALSE(office.site.trace.empty());
  CHECK(office.site.trace[0] == "send receipt");
  CHECK(office.site.quarantine().empty());
  CHECK(office.site.subject(office.id).timeline_count == 1);
}

}  // namespace quarantine_test
