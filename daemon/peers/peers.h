// All counterparts, in the order of their codes.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "daemon/peers/peer.h"
#include "daemon/trust/directory.h"

namespace jiexu {

class Peers {
 public:
  using Map = std::map<AgencyId, std::unique_ptr<Peer>>;

  // nullptr if the agency is no counterpart of ours.
  Peer* find(AgencyId id) {
    const auto it = map_.find(id);
    return it == map_.end() ? nullptr : it->second.get();
  }
  void add(std::unique_ptr<Peer> peer) {
    const AgencyId id = peer->id();
    map_.emplace(id, std::move(peer));
  }
  const Map& all() const { return map_; }

  // Gives the message a number on the link to `id`; it goes out with the next commit.
  // REQUIRES: find(id).
  LogPlace append(AgencyId id, const v1::Message& message) {
    touched_.insert(id);
    return map_.at(id)->append(message);
  }
  // Something of this peer has to go into the next commit.
  void touch(AgencyId id) { touched_.insert(id); }
  // The peers touched since the last call.
  std::set<AgencyId> take_touched() { return std::exchange(touched_, {}); }

 private:
  Map map_;
  std::set<AgencyId> touched_;
};

}  // namespace jiexu
