#include "daemon/peers/link_watch.h"

#include <cstdlib>
#include <utility>

namespace jiexu {

namespace {

Change change_of(const Peer& peer, Topic topic, uint8_t what) {
  Change out;
  out.topic = topic;
  out.what = what;
  out.peer = peer.id();
  return out;
}

}  // namespace

// As its sentence says.
static_assert(LinkWatch::kUnreceiptedMs == 60'000);

LinkWatch::LinkWatch(const Peers& peers, const LinkGuard& guard, EngineObserver& observer,
                     ChangeLog& changes, ConnectionView connections)
    : peers_(peers),
      guard_(guard),
      observer_(observer),
      changes_(changes),
      connections_(std::move(connections)) {}

int64_t LinkWatch::wait_ms(Steady now) const {
  return next_look_.ms - now.ms;
}

LinkWatch::Watched LinkWatch::of(AgencyId peer) const {
  const auto it = entries_.find(peer);
  return it == entries_.end() ? Watched() : it->second.watched;
}

Result<void> LinkWatch::look(const Directory& directory, Moment now) {
  next_look_ = now.steady.plus_ms(kLookMs);
  for (const auto& [id, peer] : peers_.all()) {
    const bool known = directory.find(id) != nullptr;
    Entry& entry = entries_[id];
    look_at_link(*peer, entry, known, now);
    TRY_DO(look_at_alarms(*peer, entry, known, now));
  }
  return {};
}

LinkSurroundings LinkWatch::surroundings(AgencyId peer, Entry& entry, bool known,
                                         Steady now) const {
  LinkSurroundings around{guard_.recovers(peer), known, {}, false};
  if (connections_) around.connection = connections_(peer);
  const uint64_t failed = around.connection.handshakes_failed;
  if (failed > std::exchange(entry.handshakes_failed, failed)) {
    const Steady before = std::exchange(entry.failed_at, now);
    if (now <= before.plus_ms(kRefusalsMs)) entry.refused_until = now.plus_ms(kRefusalMs);
  }
  around.keys_refused = !around.connection.up && now < entry.refused_until;
  return around;
}

void LinkWatch::look_at_link(const Peer& peer, Entry& entry, bool known, Moment now) {
  const LinkSurroundings around = surroundings(peer.id(), entry, known, now.steady);
  const LinkStatus before = entry.watched.status;
  const LinkStatus status = status_of(peer, around, before.condition, now.steady);
  const bool first = entry.watched.since.ms == 0;
  if (status == before && !first) return;
  const bool silent = status.condition == LinkCondition::kSilent;
  if (first || status.condition != before.condition) {
    // Silence began with the question that nobody has answered.
    const int64_t ago = silent ? now.steady.ms - peer.sender().asked_at().ms : 0;
    entry.watched.since = now.wall.plus_ms(-ago);
  }
  entry.watched.status = status;
  observer_.link_changed(peer.id(), name(status.condition), explain(status.cause),
                         entry.watched.since);
  changes_.note(change_of(peer, Topic::kLink, static_cast<uint8_t>(status.condition)));
}

Result<void> LinkWatch::look_at_alarms(Peer& peer, Entry& entry, bool known, Moment now) {
  const auto [condition, cause] = entry.watched.status;
  const auto when = [&](bool holds, std::string text) {
    return holds ? std::optional(std::move(text)) : std::nullopt;
  };
  const auto set = [&](AlarmKind kind, std::optional<std::string> text) {
    put(peer, entry, kind, std::move(text), now.wall);
  };
  // Who has left the directory is missed only while something waits for it.
  const bool missed = known || peer.sender().queued() > 0;
  set(AlarmKind::kSilent,
      when(condition == LinkCondition::kSilent && missed, std::string(explain(cause))));
  set(AlarmKind::kStopped, when(condition == LinkCondition::kStopped, std::string(explain(cause))));
  const int64_t skew = peer.skew_ms().value_or(0);
  set(AlarmKind::kClock, when(std::abs(skew) > kSkewMs, skew > 0 ? "its clock is ahead of ours"
                                                                 : "its clock is behind ours"));
  set(AlarmKind::kRecovery,
      when(guard_.is_recovering(peer.id()),
           "messages that our store has lost are to come back from it; its cases wait"));
  set(AlarmKind::kQuarantine,
      when(peer.quarantined() > 0, "messages of it were of no use and wait for a person"));
  TRY(const auto oldest, peer.oldest_unreceipted());
  const bool waits = oldest && now.wall.ms - oldest->ms > kUnreceiptedMs;
  set(AlarmKind::kUnreceipted, when(waits && !peer.stands_still(),
                                    "its oldest message without a receipt is older than 60 s"));
  return {};
}

void LinkWatch::put(const Peer& peer, Entry& entry, AlarmKind kind, std::optional<std::string> text,
                    Instant now) {
  const auto it = entry.alarms.find(kind);
  const bool stands = it != entry.alarms.end();
  if (!text && !stands) return;
  if (text && stands && it->second == *text) return;
  if (!text || !stands) {
    Change change = change_of(peer, Topic::kAlarm, static_cast<uint8_t>(kind));
    change.gone = !text;
    changes_.note(change);
  }
  if (text) {
    entry.alarms.insert_or_assign(kind, *text);
  } else {
    entry.alarms.erase(it);
  }
  observer_.alarm_changed(peer.id(), kind, std::move(text), now);
}

}  // namespace jiexu
