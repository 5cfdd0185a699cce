// A disk that is getting full: first no new work, then no messages of peers, and always receipts.
#include <catch2/catch.hpp>

#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace room_test {
namespace {

struct Pair {
  Site in{in_site(), kNow};
  Site out{out_site(), kNow};
  Pair() {
    settle({&in, &out});
    in.act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply));
    in.act(EventKind::kAccept, case_number(1));
  }
  void send_letter() { in.act(EventKind::kSendLetter, case_number(1)); }
  void run_for(int64_t ms) {
    for (Site* site : {&in, &out}) {
      site->now = site->now.plus_ms(ms);
      site->wake();
    }
    settle({&in, &out});
  }
};

bool is_storage_low(const Answer& answer) {
  return answer.rejection && answer.rejection->refusal == Refusal::kStorageLow;
}

}  // namespace

TEST_CASE(
    "with the disk low, actions, bank lines and bulk submissions are refused and write nothing") {
  Pair pair;
  pair.in.engine->kernel().set_room(Room::kLow);
  const Lsn before = pair.in.store->lsn();
  CHECK(is_storage_low(pair.in.act(EventKind::kSendLetter, case_number(1))));
  CHECK(is_storage_low(pair.in.bank({bank_line("1", 1, "1")})));
  SubmitCommand submit;
  submit.input = std::make_shared<v1::SubmitInput>();
  pair.in.post(submit);
  CHECK(is_storage_low(pair.in.answers.back()));
  CHECK_FALSE(pair.in.commit());
  CHECK(pair.in.store->lsn() == before);
  pair.in.post(PauseCommand{out_site(), true});
  while (pair.in.commit()) {
  }
  CHECK_FALSE(pair.in.answers.back().rejection);
}

TEST_CASE("with the disk low, messages of peers are still taken and receipted") {
  Pair pair;
  pair.out.engine->kernel().set_room(Room::kLow);
  pair.send_letter();
  settle({&pair.in, &pair.out});
  CHECK(pair.in.peer(out_site()).sender().queued() == 0);
  CHECK(pair.out.subject(case_number(1)).relationship == Relationship::kLetterReceived);
}

TEST_CASE("with the disk short, a message stays with its sender until there is room again") {
  Pair pair;
  pair.out.engine->kernel().set_room(Room::kShort);
  const auto before =
      pair.out.contents();  // but for what followers are told, such as a link's state
  pair.send_letter();
  settle({&pair.in, &pair.out});
  for (int i = 0; i < 5; ++i) pair.run_for(3'000);
  CHECK(pair.in.peer(out_site()).sender().queued() == 1);
  CHECK((pair.out.contents() == before));
  CHECK(pair.in.alarms.empty());
  pair.out.engine->kernel().set_room(Room::kAmple);
  pair.run_for(3'000);  // a busy peer is asked again after 2 s and some
  CHECK(pair.in.peer(out_site()).sender().queued() == 0);
  CHECK(pair.out.subject(case_number(1)).relationship == Relationship::kLetterReceived);
}

TEST_CASE("with the disk short, receipts come and go") {
  Pair pair;
  pair.send_letter();
  settle({&pair.in, &pair.out});
  pair.out.act(EventKind::kAcceptLetter, case_number(1));
  pair.in.engine->kernel().set_room(Room::kShort);
  pair.out.engine->kernel().set_room(Room::kShort);
  pair.in.sent.clear();
  // A receipt that the peer gives is stored.
  Forger(in_site(), pair.out).receipt(kNow);
  while (pair.out.commit()) {
  }
  CHECK(pair.out.peer(in_site()).sender().queued() == 0);
  // A frame that is known already is answered with its receipt.
  const auto frame = pair.in.peer(out_site()).log().frame_with(1);
  REQUIRE(frame);
  REQUIRE(*frame);
  pair.out.trace.clear();
  pair.out.hear(in_site(), Lane::kForward, *(*frame)->bytes);
  CHECK(pair.out.trace == std::vector<std::string>{"send receipt"});
}

}  // namespace room_test
