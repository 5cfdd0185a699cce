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

void fill_links(const Peer& peer, bool recovers, v1::PeerView& out) {
  const Sender& sender = peer.sender();
  const bool paused = sender.state() == Sender::State::kPaused;
  out.set_state(recovers && !paused ? "recovering" : std::string(name(sender.state())));
  if (!recovers && sender.stop_reason() != v1::REFUSE_REASON_UNSPECIFIED) {
    out.set_stop_reason(v1::RefuseReason_Name(sender.stop_reason()));
  }
  out.set_out_epoch(sender.mark().epoch);
  out.set_out_last_seq(sender.mark().last_seq);
  out.set_out_receipted_seq(sender.mark().receipted_seq);
  out.set_out_head(to_hex(view(sender.mark().head)));
  out.set_queued(sender.queued());
  const ReceiverMark& in = peer.receiver().on_disk();
  out.set_in_epoch(in.epoch);
  out.set_in_last_seq(in.through);
  out.set_in_head(to_hex(view(in.head)));
  if (peer.last_heard().ms != 0) out.set_last_heard(peer.last_heard().str());
}

}  // namespace

Result<v1::PeerViews> view_peers(const Peers& peers, const Directory& directory, CaseService& cases,
                                 const LinkGuard& guard, Instant now) {
  v1::PeerViews views;
  for (const auto& [id, peer] : peers.all()) {
    v1::PeerView& out = *views.add_peers();
    out.set_agency(id.str());
    if (const Agency* agency = directory.find(id)) out.set_name(agency->name);
    fill_links(*peer, guard.recovers(id), out);
    TRY(const auto oldest, peer->oldest_unreceipted());
    if (oldest) out.set_oldest_unreceipted_ms(std::max<int64_t>(0, now.ms - oldest->ms));
    TRY_DO(fill_funds(id, cases, out));
  }
  return views;
}

}  // namespace jiexu
