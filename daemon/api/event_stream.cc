#include "daemon/api/event_stream.h"

#include <algorithm>
#include <utility>

#include "daemon/api/event_view.h"
#include "daemon/api/json.h"
#include "daemon/base/limits.h"
#include "daemon/engine/change_queries.h"

namespace jiexu {
namespace {

// How long a browser waits before it connects again, ms.
constexpr std::string_view kOpening = "retry: 2000\n";

v1::EventView word(std::string_view topic, std::string_view kind) {
  v1::EventView out;
  out.set_topic(std::string(topic));
  out.set_kind(std::string(kind));
  return out;
}

std::string id_line(ChangePlace place) {
  return "id: " + place.text() + "\n";
}

}  // namespace

// --- how many ---

std::shared_ptr<void> EventStreams::enter(const std::string& user, Full& full) {
  const std::lock_guard lock(mutex_);
  const auto of_user = of_user_.find(user);
  const size_t has = of_user == of_user_.end() ? 0 : of_user->second;
  full = has >= limits::kEventStreamsOfUserMax ? Full::kOfUser
         : all_ >= limits::kEventStreamsMax    ? Full::kOfAll
                                               : Full::kNo;
  if (full != Full::kNo) return nullptr;
  ++all_;
  ++of_user_[user];
  return {this, [user](void* all) { static_cast<EventStreams*>(all)->leave(user); }};
}

void EventStreams::leave(const std::string& user) {
  const std::lock_guard lock(mutex_);
  --all_;
  const auto of_user = of_user_.find(user);
  if (--of_user->second == 0) of_user_.erase(of_user);
}

// --- one ---

EventStream::EventStream(EventWorld world, Wanted wanted, std::shared_ptr<void> place)
    : world_(std::move(world)),
      wanted_(std::move(wanted)),
      place_held_(std::move(place)),
      records_(world_.store, world_.vault),
      place_(wanted_.after.value_or(world_.feed.reach().through)),
      told_(place_),
      waiter_(world_.feed) {}

void EventStream::wait(std::function<void()> wake) {
  waiter_.wait(seen_, std::move(wake));
}

std::string EventStream::last_words() {
  std::string out;
  tell(word("end", "shutdown"), out);
  return out;
}

HttpStream::Piece EventStream::end(std::string_view why) const {
  Piece out;
  tell(word("end", why), out.bytes);
  out.last = true;
  return out;
}

HttpStream::Piece EventStream::next() {
  const ChangeFeed::Reach reach = world_.feed.reach();
  seen_ = reach;
  if (!world_.still()) return end("not_allowed");
  std::string out;
  if (!std::exchange(begun_, true)) begin(out);
  const ChangePlace from = place_;
  std::string_view lost = why_lost(from, reach);
  std::vector<Found> found;
  bool all = true;
  if (lost.empty()) {
    const auto looked = look(reach, found);
    if (!looked && looked.error().code != Errc::kCorrupt) return end("failed");
    all = looked.value_or(true);
    // What was deleted while it was looked for was not found.
    lost = looked ? why_lost(from, world_.feed.reach()) : "damaged";
  }
  lost.empty() ? tell(std::move(found), out) : reset(lost, out);
  if (!wanted_.poll_ms) tell_queues(out);
  return piece(std::move(out), all);
}

void EventStream::begin(std::string& out) {
  said_ = began_ = world_.clock.steady();
  if (wanted_.poll_ms) return;
  out = kOpening;
  if (!wanted_.after) out += id_line(place_);
  out += '\n';
}

std::string_view EventStream::why_lost(ChangePlace place, const ChangeFeed::Reach& reach) {
  if (place.epoch != reach.through.epoch) return "other_epoch";
  if (place > reach.through) return "unknown";
  return place < reach.gone ? "forgotten" : "";
}

void EventStream::reset(std::string_view why, std::string& out) {
  place_ = told_ = world_.feed.reach().through;
  v1::EventView event = word("reset", why);
  event.set_id(place_.text());
  tell(event, out);
}

Result<bool> EventStream::look(const ChangeFeed::Reach& reach, std::vector<Found>& found) {
  size_t looked = 0;
  bool all = true;
  const auto visit = [&](const KeptChange& one) {
    all = looked++ < kLookedAtOnce && found.size() < kEventsAtOnce;
    if (!all) return false;
    place_ = one.place;
    if (one.change && wanted_.filter.wants(one.change->topic)) {
      found.push_back({one.place, one.at, *one.change});
    }
    return true;
  };
  TRY_DO(read_changes(world_.store, place_, reach.through, visit));
  if (all) place_ = reach.through;
  return all;
}

void EventStream::tell(std::vector<Found> found, std::string& out) {
  for (Found& one : found) {
    complete(records_, one.change);
    if (!wanted_.filter.wants(one.change)) continue;
    v1::EventView event = event_view(records_, one.change);
    event.set_id(one.place.text());
    event.set_at(one.at.str());
    tell(event, out);
    told_ = one.place;
  }
}

void EventStream::tell_queues(std::string& out) {
  for (const ChangeFeed::Queue& queue : world_.feed.queues_after(queues_)) {
    queues_ = std::max(queues_, queue.version);
    Change change;
    change.topic = Topic::kQueue;
    change.peer = queue.peer;
    if (wanted_.filter.wants(change)) tell(event_view(queue), out);
  }
}

void EventStream::tell(const v1::EventView& event, std::string& out) const {
  if (wanted_.poll_ms) {
    append_element(event, out);
    out += '\n';
    return;
  }
  if (event.has_id()) out.append("id: ").append(event.id()).append("\n");
  out.append("event: ").append(event.topic()).append("\ndata: ");
  append_element(event, out);
  out += "\n\n";
}

// Also how far the client is: behind what its filter has left out.
void EventStream::beat(std::string& out) {
  out = ": beat\n";
  if (told_ != place_) out += id_line(place_);
  out += '\n';
  told_ = place_;
}

HttpStream::Piece EventStream::piece(std::string out, bool all) {
  const Steady now = world_.clock.steady();
  if (wanted_.poll_ms) return answer_poll(std::move(out), all, now);
  if (out.empty() && now >= said_.plus_ms(kBeatMs)) beat(out);
  if (!out.empty()) said_ = now;
  const int64_t wait = all ? said_.plus_ms(kBeatMs).ms - now.ms : 0;
  return {std::move(out), false, std::chrono::milliseconds(std::max<int64_t>(wait, 0))};
}

// The last line says where to go on, and whether there is more already.
HttpStream::Piece EventStream::answer_poll(std::string out, bool all, Steady now) {
  const int64_t left = began_.plus_ms(*wanted_.poll_ms).ms - now.ms;
  if (out.empty() && left > 0) return {"", false, std::chrono::milliseconds(all ? left : 0)};
  v1::EventView event;
  event.set_topic("position");
  event.set_id(place_.text());
  if (!all) event.set_kind("more");
  tell(event, out);
  return {std::move(out), true};
}

}  // namespace jiexu
