// A peer that lies, or has gone wrong itself, while we recover from a loss: it can hold up its own
// link, and nothing else.
#include <catch2/catch.hpp>

#include "tests/recovery/recovery_pair.h"

using namespace jiexu;

namespace recovery_hostile_test {
namespace {

std::string refusal_of(Epoch epoch) {
  RefuseFrame refuse;
  refuse.reason = v1::REFUSE_REASON_EPOCH;
  refuse.epoch = epoch;
  return encode(refuse);
}

void commit_all(Site& site) {
  while (site.commit()) {
  }
}

}  // namespace

TEST_CASE("a peer that claims to have heard an absurd epoch does not move ours") {
  RecoveryPair pair;
  const auto backup = pair.out.store->clone();
  for (size_t i = 0; i < 4; ++i) pair.act(kStory[i]);
  pair.restore(Who::kOut, *backup);
  pair.run_for(20);
  const Epoch before = pair.out.peer(in_site()).epoch();
  for (const Epoch claimed : {UINT32_MAX, UINT32_MAX - 1, 1'000'000u, 5'000u}) {
    pair.out.hear(in_site(), Lane::kReply, refusal_of(claimed));
    commit_all(pair.out);
    CHECK(pair.out.peer(in_site()).epoch() == before);
    CHECK(pair.out.peer(third_site()).epoch() == before);
  }
  pair.out.hear(in_site(), Lane::kReply, refusal_of(before + 3));
  commit_all(pair.out);
  CHECK(pair.out.peer(third_site()).epoch() == before + 4);
}

TEST_CASE("what is being taken out of our log is not sent, whatever the peer says meanwhile") {
  RecoveryPair pair;
  const auto send_letter = [&](int number) {
    pair.id = case_number(number);
    for (size_t i = 0; i < 3; ++i) {
      const Case subject = i == 0 ? Case() : pair.in.subject(pair.id);
      v1::ActionInput input = sound_input(subject, kStory[i].kind);
      if (i == 0) {
        v1::Person& person = *input.mutable_application()->mutable_person();
        person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
        person.set_document_number("P" + std::to_string(number));
      }
      REQUIRE_FALSE(pair.in.act(kStory[i].kind, pair.id, input).rejection);
    }
  };
  // Hands over what waits, but of frames that come back only the first.
  const auto carry = [](Site& from, Site& to) {
    bool fetched = false;
    for (const SentFrame& frame : std::exchange(from.sent, {})) {
      const auto decoded = decode_frame(std::make_shared<const std::string>(frame.bytes));
      REQUIRE(decoded);
      const bool is_fetched = std::holds_alternative<FetchedFrame>(*decoded);
      if (frame.peer != to.self || (is_fetched && std::exchange(fetched, true))) continue;
      to.hear(from.self, frame.lane, frame.bytes);
    }
  };
  const auto backup = pair.in.store->clone();
  for (const int number : {1, 2}) {
    send_letter(number);
    settle({&pair.in, &pair.out});
  }
  pair.in.engine.reset();
  pair.in.store = backup->clone();  // silently: it takes itself for whole, and writes anew
  pair.in.restart();
  pair.in.now = pair.out.now = pair.in.now.plus_ms(86'400'000);
  for (const int number : {3, 4, 5}) send_letter(number);
  pair.in.sent.clear();
  pair.out.engine->kernel().connected(in_site(), at(pair.out.now));
  carry(pair.out, pair.in);
  pair.in.engine->kernel().connected(out_site(), at(pair.in.now));
  carry(pair.in, pair.out);
  carry(pair.out, pair.in);
  commit_all(pair.in);
  carry(pair.in, pair.out);
  carry(pair.out, pair.in);
  REQUIRE(pair.in.peer(out_site()).last_seq() == 1);
  REQUIRE_FALSE(pair.in.peer(out_site()).log_is_durable());

  const LinkName link{in_site(), out_site()};
  const Receipt none =
      make_receipt(link, 1, 0, chain_start(link), pair.out.now, *signer_of(out_site()));
  const uint64_t session = pair.in.peer(out_site()).sender().session();
  pair.in.trace.clear();
  pair.in.hear(out_site(), Lane::kReply, encode(OpenedFrame{session, none, 1 << 20}));
  CHECK(std::ranges::count(pair.in.trace, "send batch") == 0);
  commit_all(pair.in);
  pair.run_for(70);
  for (const int number : {1, 2, 3, 4, 5}) {
    INFO("letter " << number);
    CHECK(pair.out.subject(case_number(number)).exists());
  }
  pair.check_sound();
}

}  // namespace recovery_hostile_test
