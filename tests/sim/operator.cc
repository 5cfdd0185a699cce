#include "tests/sim/operator.h"

#include "daemon/base/check.h"
#include "daemon/peers/peer_queries.h"
#include "storage/records.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kThinkMsMin = 5'000;
constexpr int64_t kThinkMsMax = 30'000;
constexpr int64_t kPauseMsMax = 20'000;
constexpr uint32_t kPausePermille = 300;
constexpr uint32_t kLetPassPermille = 250;
constexpr size_t kLetPassMax = 20;

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
  if (node_.up() && random_.chance(kLetPassPermille)) return let_pass();
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

// What is refused now may be taken later, when people have cleared up what the bank has done.
void Operator::let_pass() {
  const Records records(node_.store(), node_.vault());
  const auto page = list_quarantine(records, {}, {}, kLetPassMax);
  CHECK(page.has_value());
  if (page->entries.empty()) return;
  ProposeQuarantineCommand list;
  for (const QuarantineEntry& entry : page->entries) list.places.push_back(entry.place);
  list.note = "cleared up with the bank";
  Asking command;
  command.user = "operator";
  command.what = std::move(list);
  command.done = [this](const Answer& answer) {
    const auto* shown = dynamic_cast<const v1::QuarantineListView*>(answer.view.get());
    if (shown == nullptr) return;
    Asking approval;
    approval.user = "second operator";
    approval.what = ApproveQuarantineCommand{shown->content()};
    approval.done = [this](const Answer& done) {
      const auto* settled = dynamic_cast<const v1::QuarantineListView*>(done.view.get());
      if (settled == nullptr) return;
      for (const v1::QuarantineOutcome& one : settled->outcomes()) {
        world_.trace.add(node_.id().text(), "let pass", one.outcome() + " " + one.why());
      }
    };
    static_cast<void>(node_.post(std::move(approval)));
  };
  static_cast<void>(node_.post(std::move(command)));
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
