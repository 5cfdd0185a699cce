#include "tests/sim/operator.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kThinkMsMin = 5'000;
constexpr int64_t kThinkMsMax = 30'000;
constexpr int64_t kPauseMsMax = 20'000;
constexpr uint32_t kPausePermille = 300;

}  // namespace

void Operator::look_later() {
  world_.schedule.after(random_.between(kThinkMsMin, kThinkMsMax), [this] { look(); });
}

AgencyId Operator::any_peer() {
  const auto& agencies = world_.directory->agencies();
  AgencyId peer = node_.id();
  while (peer == node_.id()) peer = agencies[random_.below(agencies.size())].id;
  return peer;
}

void Operator::look() {
  look_later();
  if (world_.mood != Mood::kLife) {
    for (const Agency& agency : world_.directory->agencies()) {
      if (agency.id != node_.id()) pause(agency.id, false);
    }
    return;
  }
  Asking command;
  command.what = PeersQuery{};
  command.done = [this](const Answer& answer) {
    for (const auto& peer : answer.peers.peers()) {
      world_.trace.add(node_.id().text(), "link",
                       peer.agency() + " " + peer.state() + " " + std::to_string(peer.queued()));
    }
  };
  if (!node_.post(std::move(command)) || !random_.chance(kPausePermille)) return;
  const AgencyId peer = any_peer();
  pause(peer, true);
  world_.schedule.after(random_.between(1, kPauseMsMax), [this, peer] { pause(peer, false); });
}

void Operator::pause(AgencyId peer, bool pause) {
  Asking command;
  command.user = "operator";
  command.what = PauseCommand{peer, pause};
  command.done = [](const Answer&) {};
  if (!node_.post(std::move(command))) return;
  world_.trace.add(node_.id().text(), pause ? "pause" : "resume", peer.text());
}

}  // namespace jiexu::sim
