// What waits for the engine, and whose turn it is. Everybody who sends has a queue of its own: each
// peer, and the local side (people, the bank's files, the daemon itself). A round takes a share of
// each, so that a peer that sends without end, or asks for what is long to do, takes its share of
// the engine and no more; the order within a queue is that of arrival.
//
// Bounded in all, and for each peer by what one that heeds the window can have on its way. Not
// thread-safe.
#pragma once

#include <map>
#include <memory>
#include <variant>
#include <vector>

#include "daemon/engine/command.h"
#include "daemon/engine/peer_frame.h"

namespace jiexu {

class Inbox {
 public:
  // An AgencyId: our connection to that peer came up.
  using Event = std::variant<Command, PeerFrame, AgencyId>;

  // Whether more may come at all.
  bool has_room() const;
  // Whether this peer may send more. One that goes on all the same is not heard.
  bool has_room_for(AgencyId peer) const;
  bool empty() const { return events_ == 0; }

  // `bytes` is what it takes in memory.
  void push(Event event, size_t bytes);
  // Moves the next round to the end of `out`.
  void take_round(std::vector<Event>& out);

 private:
  struct Arrival {
    Event event;
    size_t bytes;
  };
  struct Queue {
    std::vector<Arrival> waiting;  // from `next` on; its memory is used again
    size_t next = 0;
    size_t bytes = 0;
    bool in_turn = false;  // stands in turn_

    size_t size() const { return waiting.size() - next; }
  };

  Queue& queue_of(const Event& event);
  void take_share(Queue& queue, std::vector<Event>& out);

  Queue local_;
  std::map<AgencyId, Queue> peers_;
  std::vector<Queue*> turn_;  // those that hold something, in the order of turns
  size_t events_ = 0;
  size_t bytes_ = 0;
};

}  // namespace jiexu
