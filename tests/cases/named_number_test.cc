// The numbers that messages name: of their own case, and of who may give them.
#include <catch2/catch.hpp>

#include "tests/cases/party.h"

using namespace jiexu;

namespace named_number_test {
namespace {

constexpr const char* kOtherLetter = "41132807261120000025";

// The number of the letter in a message about money.
std::string* letter_in(v1::Message& message) {
  switch (message.body_case()) {
    case v1::Message::kRemittanceNotice:
      return message.mutable_remittance_notice()->mutable_letter_number();
    case v1::Message::kFundsAck: return message.mutable_funds_ack()->mutable_letter_number();
    case v1::Message::kFundsDiff: return message.mutable_funds_diff()->mutable_letter_number();
    case v1::Message::kFundsReturned:
      return message.mutable_funds_returned()->mutable_letter_number();
    case v1::Message::kBankReturned:
      return message.mutable_bank_returned()->mutable_letter_number();
    case v1::Message::kRefundToPerson:
      return message.mutable_refund_to_person()->mutable_letter_number();
    default: return nullptr;
  }
}

struct Told {
  Side side;
  const char* script;
  EventKind kind;
};

constexpr const char* kAccepted = "apply accept send-letter letter-accept-received";
constexpr const char* kPaid = "letter-received accept-letter stop-insurance issue-form remit";

const Told kTold[] = {
    {Side::kIn, kAccepted, EventKind::kRemitNoticeIn},
    {Side::kIn, "apply accept send-letter letter-accept-received remittance-notice-received",
     EventKind::kBankReturnedIn},
    {Side::kIn, kAccepted, EventKind::kRefundToPersonIn},
    {Side::kOut, kPaid, EventKind::kFundsAckIn},
    {Side::kOut, kPaid, EventKind::kFundsDiffIn},
    {Side::kOut, kPaid, EventKind::kFundsReturnedIn},
};

}  // namespace

TEST_CASE("a message about money names its own case's letter") {
  for (const Told& told : kTold) {
    INFO(name(told.kind));
    Party party(told.side);
    REQUIRE(party.play(told.script).refusal() == Refusal::kNone);
    const v1::Message sound = sound_message(party.subject, told.kind);
    for (const char* number : {kOtherLetter, ""}) {
      v1::Message message = sound;
      *letter_in(message) = number;
      Party other = party;
      CHECK(other.hear(message).refusal() == Refusal::kLetterNumberDiffers);
    }
    CHECK(party.hear(sound).refusal() == Refusal::kNone);
  }
}

TEST_CASE("a sheet may leave its letter's number out, and may not name another") {
  Party in(Side::kIn);
  REQUIRE(in.play(kAccepted).refusal() == Refusal::kNone);
  v1::ActionInput sheet;
  *sheet.mutable_paper() = sound_message(in.subject, EventKind::kRemitNoticeIn);
  *letter_in(*sheet.mutable_paper()) = kOtherLetter;
  CHECK(in.act(EventKind::kKeyPaper, sheet).refusal() == Refusal::kLetterNumberDiffers);
  letter_in(*sheet.mutable_paper())->clear();
  CHECK(in.act(EventKind::kKeyPaper, sheet).refusal() == Refusal::kNone);
}

TEST_CASE("a letter and a batch bear a number of who writes, or pays") {
  Party out(Side::kOut);
  out.context.number_foreign = true;
  CHECK(out.play("letter-received").refusal() == Refusal::kLetterNumberForeign);
  CHECK_FALSE(out.subject.exists());
  Party in(Side::kIn);
  REQUIRE(in.play(kAccepted).refusal() == Refusal::kNone);
  in.context.number_foreign = true;
  CHECK(in.play("remittance-notice-received").refusal() == Refusal::kBatchNumberForeign);
  CHECK(in.subject.noticed == Fen{});
}

}  // namespace named_number_test
