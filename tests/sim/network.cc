#include "tests/sim/network.h"

namespace jiexu::sim {

void Network::send(AgencyId from, AgencyId to, Lane lane, const FrameBytes& frame) {
  trace_.add(from.text(), lane == Lane::kForward ? "send" : "reply", to.text(), *frame);
  if (cuts_.contains({from, to})) return trace_.add("network", "cut");
  if (random_.chance(plan_.loss_permille)) return trace_.add("network", "lost");
  deliver_later(from, to, lane, *frame);
  if (random_.chance(plan_.duplicate_permille)) deliver_later(from, to, lane, *frame);
}

void Network::deliver_later(AgencyId from, AgencyId to, Lane lane, std::string bytes) {
  if (random_.chance(plan_.corrupt_permille)) {
    trace_.add("network", "corrupt");
    bytes[random_.below(bytes.size())] ^= static_cast<char>(1 + random_.below(255));
  }
  const int64_t delay = random_.between(plan_.delay_ms_min, plan_.delay_ms_max);
  schedule_.after(delay, [this, from, to, lane, bytes = std::move(bytes)]() mutable {
    receivers_.at(to)(from, lane, std::move(bytes));
  });
}

void Network::heal() {
  plan_ = NetworkPlan();
  cuts_.clear();
}

}  // namespace jiexu::sim
