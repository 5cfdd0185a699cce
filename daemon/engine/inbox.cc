#include "daemon/engine/inbox.h"

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

// Of one queue in one round: so many events, and work worth so many bytes of letters, which is some
// milliseconds. At least one event.
constexpr size_t kEventsPerTurn = 32;
constexpr size_t kWorkPerTurn = 128 << 10;
// A queue that was long once does not keep its memory.
constexpr size_t kKeptMax = 1024;

// What it makes the engine do, in bytes that it has to look at.
size_t work_of(const Inbox::Event& event, size_t bytes) {
  const auto* in = std::get_if<PeerFrame>(&event);
  if (in == nullptr) return 0;
  if (std::holds_alternative<WantFrame>(in->frame)) return bytes + limits::kPieceBytes;
  if (std::holds_alternative<FetchFrame>(in->frame)) return bytes + limits::kFrameBytesTarget;
  return bytes;
}

}  // namespace

bool Inbox::has_room() const {
  return events_ < limits::kInboxEventsMax && bytes_ < limits::kInboxBytesMax;
}

bool Inbox::has_room_for(AgencyId peer) const {
  const auto it = peers_.find(peer);
  return it == peers_.end() || (it->second.size() < limits::kInboxPeerEventsMax &&
                                it->second.bytes < limits::kInboxPeerBytesMax);
}

Inbox::Queue& Inbox::queue_of(const Event& event) {
  if (const auto* in = std::get_if<PeerFrame>(&event)) return peers_[in->peer];
  if (const auto* peer = std::get_if<AgencyId>(&event)) return peers_[*peer];
  return local_;
}

void Inbox::push(Event event, size_t bytes) {
  Queue& queue = queue_of(event);
  if (!std::exchange(queue.in_turn, true)) turn_.push_back(&queue);
  queue.waiting.push_back({std::move(event), bytes});
  queue.bytes += bytes;
  events_ += 1;
  bytes_ += bytes;
}

void Inbox::take_round(std::vector<Event>& out) {
  size_t kept = 0;
  for (Queue* queue : turn_) {
    take_share(*queue, out);
    queue->in_turn = queue->size() > 0;
    if (queue->in_turn) turn_[kept++] = queue;
  }
  turn_.resize(kept);
}

void Inbox::take_share(Queue& queue, std::vector<Event>& out) {
  size_t work = 0;
  for (size_t n = 0; n < kEventsPerTurn && work < kWorkPerTurn && queue.size() > 0; ++n) {
    Arrival& arrival = queue.waiting[queue.next++];
    work += work_of(arrival.event, arrival.bytes);
    queue.bytes -= arrival.bytes;
    bytes_ -= arrival.bytes;
    events_ -= 1;
    out.push_back(std::move(arrival.event));
  }
  if (queue.size() > 0 && queue.next < kKeptMax) return;
  queue.waiting.erase(queue.waiting.begin(),
                      queue.waiting.begin() + static_cast<ptrdiff_t>(queue.next));
  queue.next = 0;
  if (queue.waiting.empty() && queue.waiting.capacity() > kKeptMax) {
    std::vector<Arrival>().swap(queue.waiting);
  }
}

}  // namespace jiexu
