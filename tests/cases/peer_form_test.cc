// Forms of peers that are odd, and taken.
#include <catch2/catch.hpp>

#include "daemon/base/limits.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace peer_form_test {
namespace {

Party accepted() {
  Party in(Side::kIn);
  REQUIRE(in.play("apply accept send-letter letter-accept-received").refusal() == Refusal::kNone);
  return in;
}

}  // namespace

TEST_CASE("a form from a peer whose day has begun is not in the future") {
  Party in = accepted();
  in.now = Instant{kNow.ms + 14 * 3'600'000 - 60'000};  // 23:59 in China
  v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
  message.mutable_information_form()->set_issued_on(20261121);
  REQUIRE_FALSE(in.hear(message).rejection);
  CHECK(in.subject.findings.empty());
}

TEST_CASE("a form with thousands of wrong cells leaves a case of bounded size") {
  Party in = accepted();
  v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
  v1::InformationForm& form = *message.mutable_information_form();
  while (form.segments_size() < 20'000) form.add_segments()->set_from_month(1);
  REQUIRE_FALSE(in.hear(message).rejection);
  CHECK_FALSE(in.subject.findings.empty());
  const Outcome query = in.play("query-form");
  REQUIRE_FALSE(query.rejection);
  CHECK(query.messages.at(0).ByteSizeLong() < limits::kMessageBytesMax);
}

TEST_CASE("a form whose text holds what nobody sees is taken, and its clerk asks") {
  Party in = accepted();
  v1::Message message = sound_message(in.subject, EventKind::kInfoFormIn);
  message.mutable_information_form()->mutable_person()->set_household_type("\u202e城镇");
  REQUIRE_FALSE(in.hear(message).rejection);
  REQUIRE(in.subject.findings.size() == 1);
  CHECK(in.subject.findings[0].field() == "person.household_type");
}

}  // namespace peer_form_test
