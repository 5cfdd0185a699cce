// Gives peers back their own frames, which they have lost (Fetch, proto/README.md section 5). A
// short question is worth megabytes, so that it is answered a frame at a time: one at each wake,
// the peers in turn, each no faster than a recovery can use it, and never more than a burst that
// the carrier has not sent yet. One question of each peer counts, the newest.
//
// On the engine's thread.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "daemon/link/transport.h"
#include "daemon/peers/peers.h"

namespace jiexu {

class GiveBack {
 public:
  // All must outlive this object.
  GiveBack(Peers& peers, Transport& transport) : peers_(peers), transport_(transport) {}

  void asked(AgencyId peer, const FetchFrame& fetch);
  // Gives the next frame to a peer whose turn it is.
  void go_on(Steady now);
  // When go_on() has something to do; it may be earlier than now.
  Steady next_wake() const;

 private:
  struct Question {
    Seq next = 0;
    uint32_t frames = 0;  // that are still to be given; 0: none is open
    size_t bytes = 0;     // given of this question
    Steady due;           // when the next one may be
    std::vector<std::weak_ptr<const std::string>> sent;  // frames that the carrier may still hold
  };

  void give(Peer& peer, Question& question, Steady now);
  static size_t held(Question& question);

  Peers& peers_;
  Transport& transport_;
  std::map<AgencyId, Question> questions_;
  AgencyId last_;  // whose turn was the last
};

}  // namespace jiexu
