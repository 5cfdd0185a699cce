// The rules of the state of recoveries: which phase may follow on which, what must hold for a link,
// and what follows for the agency.
#include "daemon/peers/recovery_state.h"

#include <catch2/catch.hpp>

#include "daemon/peers/link_guard.h"
#include "tests/agency/site.h"

using namespace jiexu;

namespace recovery_state_test {
namespace {

using enum RecoveryPhase;

constexpr RecoveryPhase kPhases[] = {kNone,     kDoubted, kAsking,   kFetching,
                                     kDiverged, kFetched, kReplaying};

// The phases that may follow on each, by their first letters; Diverged is V.
std::string followers(RecoveryPhase from) {
  std::string text;
  for (size_t i = 0; i < std::size(kPhases); ++i) {
    if (may_follow(from, kPhases[i])) text += "NDAFVHR"[i];
  }
  return text;
}

// A link in this phase, in good order.
struct SoundLink {
  explicit SoundLink(RecoveryPhase phase) {
    if (phase == kFetched || phase == kDiverged) state.move(out_site(), kFetching);
    link = state.move(out_site(), phase);
    link->fetch.next = link->fetch.asked = phase == kFetched ? 6 : 3;
    link->fetch.target = phase == kDoubted ? 0 : 5;
    recover_from = phase == kDoubted ? 0 : 3;
    REQUIRE(broken() == "");
  }
  std::string broken() const { return std::string(check_invariants(link, recover_from)); }

  RecoveryState state;
  LinkState* link = nullptr;
  Seq recover_from = 0;
};

OwnMessage own(Seq seq, int of_case, uint32_t case_seq) {
  return {{true, 1, seq}, case_number(of_case), case_seq, 0};
}

}  // namespace

TEST_CASE("a recovery begins with doubt, a question or a proof, and ends after replaying") {
  CHECK(followers(kNone) == "DAFR");
  CHECK(followers(kDoubted) == "NAFR");
  CHECK(followers(kAsking) == "FR");
  CHECK(followers(kFetching) == "VHR");
  CHECK(followers(kDiverged) == "FR");
  CHECK(followers(kFetched) == "FR");
  CHECK(followers(kReplaying) == "NF");
}

TEST_CASE("a loss is noted with its link from its first proof to the end of its recovery") {
  CHECK(check_invariants(nullptr, 0).empty());
  CHECK_FALSE(check_invariants(nullptr, 7).empty());
  for (const RecoveryPhase phase : {kAsking, kFetching, kFetched, kDiverged, kReplaying}) {
    SoundLink it(phase);
    it.recover_from = 0;
    CHECK(it.broken() == "a loss is noted with its link, and nothing else is");
  }
  SoundLink doubted(kDoubted);
  doubted.recover_from = 3;
  CHECK_FALSE(doubted.broken().empty());
}

TEST_CASE("marks, claims and what is laid aside fit the phase") {
  SoundLink doubted(kDoubted);
  doubted.link->own.add(own(4, 1, 1));
  CHECK(doubted.broken() == "what a peer says without a proof begins nothing");

  SoundLink fetching(kFetching);
  fetching.link->orphans.emplace_back();
  fetching.state.set_stuck(out_site(), true);
  CHECK(fetching.broken().empty());
  fetching.link->fetch.next = 6;
  CHECK(fetching.broken() == "who fetches has something to fetch");
  fetching.link->fetch.next = 0;
  CHECK(fetching.broken() == "who fetches has something to fetch");

  SoundLink fetched(kFetched);
  fetched.link->fetch.target = 6;
  CHECK(fetched.broken() == "who has fetched has all of it");

  SoundLink asked(kReplaying);
  asked.link->fetch.asked = 4;
  CHECK(asked.broken() == "what was asked for is not beyond what comes next");

  SoundLink late(kReplaying);
  late.link->orphans.emplace_back();
  CHECK(late.broken() == "what was laid aside is written again");

  SoundLink stuck(kReplaying);
  stuck.state.set_stuck(out_site(), true);
  CHECK(stuck.broken() == "only who lacks something of our log is stuck");

  SoundLink patient(kReplaying);
  patient.link->claims.withheld = LinkState::kUnansweredMax;
  CHECK(patient.broken() == "nobody is waited for for ever");
}

TEST_CASE("a message of ours is found by its place and by its case, and is gone from both") {
  OwnMessages all;
  for (const OwnMessage& message : {own(4, 1, 1), own(5, 2, 1), own(6, 1, 2), own(9, 2, 2)}) {
    all.add(message);
  }
  REQUIRE(all.find(case_number(1), 2) != nullptr);
  CHECK(all.find(case_number(1), 2)->place.seq == 6);
  CHECK(all.first_of(case_number(2))->place.seq == 5);
  CHECK(all.first_from(7)->place.seq == 9);
  all.erase(*all.first_of(case_number(2)));
  CHECK(all.first_of(case_number(2))->place.seq == 9);
  all.erase_from(6);
  CHECK(all.first_of(case_number(2)) == nullptr);
  CHECK(all.find(case_number(1), 2) == nullptr);
  CHECK(all.is_consistent());
  all.erase_all_of(case_number(1));
  CHECK(all.empty());
}

// What the agency may say of itself, step by step.
TEST_CASE("an agency has recovered when nobody is waited for, and is whole when all have spoken") {
  const auto directory = test_directory();
  RecoveryState state;
  const auto freed = [&] { return state.recount(*directory, in_site()); };
  CHECK_FALSE(freed());
  CHECK(state.recovered());
  CHECK_FALSE(state.whole());

  state.move(out_site(), kAsking);
  CHECK_FALSE(freed());
  CHECK_FALSE(state.recovered());
  state.set_stuck(out_site(), true);
  CHECK(freed());  // who waited for it goes on
  CHECK(state.recovered());

  state.move(out_site(), kReplaying);
  state.set_stuck(out_site(), false);
  state.move(out_site(), kNone);
  for (const AgencyId peer : {out_site(), third_site()}) {
    CHECK(state.note_spoken_to(peer));
    CHECK_FALSE(state.has_compared(peer));
    CHECK(state.note_agreed(peer));
    CHECK_FALSE(state.note_agreed(peer));
  }
  state.note_loss();
  CHECK_FALSE(freed());
  CHECK_FALSE(state.recovered());  // the note is not on the disk
  state.launched();
  CHECK_FALSE(freed());
  CHECK_FALSE(state.recovered());
  state.landed();
  CHECK(state.changed());
  CHECK(freed());
  CHECK(state.recovered());
  CHECK(state.whole());
  CHECK(state.check_invariants().empty());
}

TEST_CASE("a witness or people confirm the store; of a peer's own payments it is asked itself") {
  const auto directory = test_directory();
  RecoveryState state;
  const auto confirmed = [&] {
    state.recount(*directory, in_site());
    return state.confirmed();
  };
  CHECK(confirmed());  // nobody had anything
  state.note_witness(*AgencyId::parse("S99999999999"));
  CHECK(confirmed());  // one who has left the directory can say nothing
  state.note_witness(out_site());
  state.note_witness(third_site());
  CHECK_FALSE(confirmed());
  state.note_agreed(third_site());
  CHECK(confirmed());
  CHECK(state.confirmed_by(third_site()));
  CHECK_FALSE(state.confirmed_by(out_site()));
  state.note_confirmed();
  CHECK(confirmed());
  CHECK(state.confirmed_by(out_site()));
}

TEST_CASE("other threads learn which cases nothing can be done in, and why") {
  const auto directory = test_directory();
  RecoveryState state;
  state.recount(*directory, in_site());
  CHECK(state.out_of_reach(out_site()) == Refusal::kNone);
  CHECK(state.out_of_reach(*AgencyId::parse("S99999999999")) == Refusal::kUnknownAgency);
  state.move(out_site(), kAsking);
  state.recount(*directory, in_site());
  CHECK(state.out_of_reach(out_site()) == Refusal::kRecovering);
  CHECK(state.out_of_reach(third_site()) == Refusal::kNone);
  state.move(out_site(), kReplaying);
  state.move(out_site(), kNone);
  state.recount(*directory, in_site());
  CHECK(state.out_of_reach(out_site()) == Refusal::kNone);
}

TEST_CASE("the guard says in one answer how a frame is to be treated") {
  const auto directory = test_directory();
  const Peers peers;
  RecoveryState state;
  const LinkGuard guard(state, peers);
  const auto standing = [&](AgencyId peer) {
    state.recount(*directory, in_site());
    return guard.standing_of(peer);
  };
  CHECK(standing(out_site()) == Standing::kOpen);
  state.move(third_site(), kAsking);
  CHECK(standing(third_site()) == Standing::kClosed);
  CHECK(standing(out_site()) == Standing::kOpenBeside);
  state.move(third_site(), kReplaying);
  CHECK(standing(third_site()) == Standing::kReplaying);
  CHECK(standing(out_site()) == Standing::kOpenBeside);
  state.move(third_site(), kFetching);
  state.move(third_site(), kDiverged);
  CHECK(standing(third_site()) == Standing::kClosed);
  CHECK(standing(out_site()) == Standing::kOpen);  // it is not waited for
  CHECK_FALSE(guard.may_write(out_site()));        // no peer of ours
}

}  // namespace recovery_state_test
