// What operators ask for with a link, and what is looked at by itself once a second.
#include <string>
#include <utility>

#include "daemon/agency/engine.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

Answered<v1::PeerView> unknown(AgencyId peer) {
  return Answered<v1::PeerView>(tl::unexpected(Rejection{Refusal::kUnknownAgency, peer.str()}));
}

std::string words_of(const v1::PauseRecord& pause) {
  std::string out = " was paused by " + pause.by();
  if (pause.until_ms() != 0) out += " until " + Instant{pause.until_ms()}.str();
  return pause.why().empty() ? out : out + ": " + pause.why();
}

}  // namespace

void Engine::set_pause(Peer& peer, std::optional<v1::PauseRecord> pause) {
  peer.set_pause(std::move(pause));
  follow(peer, peer.sender().pause(peer.stands_still(), kernel_.steady()));
  peers_.touch(peer.id());
  request_commit(true);
}

Result<Answered<v1::PeerView>> Engine::show(AgencyId peer, Moment now) {
  TRY_DO(watch_.look(*directory_, now));
  TRY(const auto views, view_peers(peers_, *directory_, cases_, watch_, now));
  for (const v1::PeerView& view : views.peers()) {
    if (view.agency() == peer.text()) return Answered<v1::PeerView>(view);
  }
  return unknown(peer);
}

Result<Answered<v1::PeerView>> Engine::pause(const PauseCommand& asked, const std::string& user,
                                             Moment now) {
  Peer* peer = peers_.find(asked.peer);
  if (peer == nullptr) return unknown(asked.peer);
  const std::string link = "the link to " + asked.peer.str();
  if (!asked.pause) {
    world_.observer.noted(link + " was resumed by " + user);
    set_pause(*peer, std::nullopt);
    return show(asked.peer, now);
  }
  v1::PauseRecord record;
  record.set_by(user);
  record.set_at_ms(now.wall.ms);
  record.set_why(asked.why);
  if (asked.until) record.set_until_ms(asked.until->ms);
  world_.observer.noted(link + words_of(record));
  set_pause(*peer, std::move(record));
  return show(asked.peer, now);
}

Result<Answered<v1::PeerView>> Engine::mailed(const MailedCommand& asked, const std::string& user,
                                              Moment now) {
  Peer* peer = peers_.find(asked.peer);
  if (peer == nullptr) return unknown(asked.peer);
  const SenderMark& mark = peer->sender().mark();
  const bool waits = asked.through > mark.receipted_seq && asked.through <= mark.last_seq;
  if (!peer->by_mail() || !waits) {
    return Answered<v1::PeerView>(refuse(Refusal::kNothingToMail, std::to_string(asked.through)));
  }
  world_.observer.noted("messages " + std::to_string(mark.receipted_seq + 1) + " to " +
                        std::to_string(asked.through) + " for " + asked.peer.str() +
                        " were sent by mail, says " + user +
                        (asked.by_what.empty() ? "" : ": " + asked.by_what));
  follow(*peer, peer->sender().mailed(asked.through, now.wall));
  request_commit(true);
  return show(asked.peer, now);
}

Result<Answered<v1::PeerView>> Engine::ask(const AskPeerCommand& asked, Moment now) {
  Peer* peer = peers_.find(asked.peer);
  if (peer == nullptr) return unknown(asked.peer);
  follow(*peer, peer->sender().ask(kernel_.steady()));
  return show(asked.peer, now);
}

Result<void> Engine::look_at_links(Moment now) {
  for (const auto& [id, peer] : peers_.all()) {
    const auto& pause = peer->pause();
    if (!pause || pause->until_ms() == 0 || now.wall.ms < pause->until_ms()) continue;
    world_.observer.noted("the link to " + id.str() + " goes on: its pause by " + pause->by() +
                          " is over");
    set_pause(*peer, std::nullopt);
  }
  return watch_.look(*directory_, now);
}

// Keys alone: how many there are, not what they say.
Result<void> Engine::count_quarantined() {
  Result<void> read;
  TRY_DO(tx_.store().scan(Family::kQuarantine, "", layout::prefix_end(""),
                          [&](std::string_view key, std::string_view) {
                            const auto place = layout::parse_quarantine_key(key);
                            if (!place) {
                              read = tl::unexpected(place.error());
                            } else if (Peer* peer = peers_.find(place->peer)) {
                              peer->count_quarantined(1);
                            }
                            return read.has_value();
                          }));
  return read;
}

}  // namespace jiexu
