// The states of all links for the API: judged by proof of progress, not by "connected".
#include <algorithm>

#include "daemon/agency/engine.h"

namespace jiexu {
namespace {

Result<void> fill_funds(AgencyId id, CaseService& cases, v1::PeerView& out) {
  int64_t amounts[4];
  static constexpr LedgerAccount kAccounts[] = {LedgerAccount::kInTransit, LedgerAccount::kSettled,
                                                LedgerAccount::kBank, LedgerAccount::kCredited};
  for (size_t i = 0; i < 4; ++i) {
    TRY(const auto balance, cases.balance(id, kAccounts[i]));
    amounts[i] = balance;
  }
  out.set_sent_fen(-(amounts[0] + amounts[1]));
  out.set_received_fen(amounts[2]);
  out.set_credited_fen(-amounts[3]);
  return {};
}

void fill_status(const LinkWatch::Watched& watched, const Sender& sender, v1::PeerView& out) {
  const auto [condition, cause] = watched.status;
  out.set_state(std::string(name(condition)));
  out.set_condition(static_cast<uint32_t>(condition));
  out.set_since(watched.since.str());
  out.set_cause(std::string(explain(cause)));
  const bool recovers = condition == LinkCondition::kRecovering;
  if (!recovers && sender.stop_reason() != v1::REFUSE_REASON_UNSPECIFIED) {
    out.set_stop_reason(v1::RefuseReason_Name(sender.stop_reason()));
  }
}

// What was heard of the peer, and what is asked next.
void fill_words(const Peer& peer, Moment now, v1::PeerView& out) {
  const Sender& sender = peer.sender();
  const auto wall = [&](Steady at) { return now.wall.plus_ms(at.ms - now.steady.ms).str(); };
  if (sender.next_wake().ms != INT64_MAX) {
    out.set_next_try(wall(std::max(now.steady, sender.next_wake())));
  }
  out.set_window_bytes(sender.window_bytes());
  if (sender.mark().receipted_at.ms != 0) out.set_last_receipt(sender.mark().receipted_at.str());
  if (peer.last_heard().ms != 0) out.set_last_heard(peer.last_heard().str());
  if (const auto& answer = sender.last_answer()) {
    out.set_last_answer(wall(answer->at));
    out.set_answer_ms(answer->took_ms);
  }
  out.set_clock_known(peer.skew_ms().has_value());
  out.set_skew_ms(peer.skew_ms().value_or(0));
  out.set_quarantined(peer.quarantined());
  if (!peer.pause()) return;
  out.set_paused_by(peer.pause()->by());
  out.set_pause_why(peer.pause()->why());
  if (peer.pause()->until_ms() != 0) {
    out.set_pause_until(Instant{peer.pause()->until_ms()}.str());
  }
}

void fill_links(const Peer& peer, v1::PeerView& out) {
  const Sender& sender = peer.sender();
  out.set_out_epoch(sender.mark().epoch);
  out.set_out_last_seq(sender.mark().last_seq);
  out.set_out_receipted_seq(sender.mark().receipted_seq);
  out.set_out_head(to_hex(view(sender.mark().head)));
  out.set_queued(sender.queued());
  const ReceiverMark& in = peer.receiver().on_disk();
  out.set_in_epoch(in.epoch);
  out.set_in_last_seq(in.through);
  out.set_in_head(to_hex(view(in.head)));
}

}  // namespace

Result<v1::PeerViews> view_peers(const Peers& peers, const Directory& directory, CaseService& cases,
                                 const LinkWatch& watch, Moment now) {
  v1::PeerViews views;
  for (const auto& [id, peer] : peers.all()) {
    v1::PeerView& out = *views.add_peers();
    out.set_agency(id.str());
    if (const Agency* agency = directory.find(id)) out.set_name(agency->name);
    fill_status(watch.of(id), peer->sender(), out);
    fill_words(*peer, now, out);
    fill_links(*peer, out);
    TRY(const auto oldest, peer->oldest_unreceipted());
    if (oldest) out.set_oldest_unreceipted_ms(std::max<int64_t>(0, now.wall.ms - oldest->ms));
    TRY_DO(fill_funds(id, cases, out));
  }
  return views;
}

}  // namespace jiexu
