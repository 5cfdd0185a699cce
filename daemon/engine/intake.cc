#include "daemon/engine/intake.h"

namespace jiexu {
namespace {

// A refusal without a place in the log; the sender will ask where it stands.
Turned turn(v1::RefuseReason reason, const std::string& why, Lane lane) {
  RefuseFrame refuse;
  refuse.reason = reason;
  refuse.text = why;
  // Only the forward lane is answered: refusing a refusal would never end.
  if (lane == Lane::kReply) return {reason, why, std::nullopt};
  return {reason, why, encode(refuse)};
}

bool lane_fits(Lane lane, const Frame& frame) {
  const bool forward =
      std::holds_alternative<OpenFrame>(frame) || std::holds_alternative<BatchFrame>(frame) ||
      std::holds_alternative<FetchFrame>(frame) || std::holds_alternative<WantFrame>(frame) ||
      std::holds_alternative<ProbeFrame>(frame);
  return forward == (lane == Lane::kForward);
}

std::optional<Turned> check_probe(const LinkName& link, Lane lane, const Frame& frame,
                                  const Directory& directory) {
  Result<void> good;
  if (const auto* probe = std::get_if<ProbeFrame>(&frame)) good = verify(*probe, link, directory);
  if (const auto* alive = std::get_if<AliveFrame>(&frame)) good = verify(*alive, link, directory);
  if (good) return std::nullopt;
  return turn(v1::REFUSE_REASON_BAD_SIGNATURE, good.error().text, lane);
}

std::optional<Turned> check(AgencyId self, AgencyId peer, Lane lane, const Frame& frame,
                            const Directory& directory) {
  const Receipt* receipt = std::get_if<Receipt>(&frame);
  if (const auto* opened = std::get_if<OpenedFrame>(&frame)) receipt = &opened->receipt;
  if (receipt != nullptr) {
    if (receipt->link != LinkName{self, peer}) {
      return turn(v1::REFUSE_REASON_WRONG_AGENCY, "receipt of another link", lane);
    }
    if (auto good = verify(*receipt, directory); !good) {
      return turn(v1::REFUSE_REASON_BAD_SIGNATURE, good.error().text, lane);
    }
  }
  if (const auto* open = std::get_if<OpenFrame>(&frame)) {
    if (open->link != LinkName{peer, self}) {
      return turn(v1::REFUSE_REASON_WRONG_AGENCY, "open of another link", lane);
    }
    if (open->protocol != kProtocolVersion) return std::nullopt;  // the receiver says so
    if (auto good = verify(*open, directory); !good) {
      return turn(v1::REFUSE_REASON_BAD_SIGNATURE, good.error().text, lane);
    }
  }
  if (auto turned = check_probe({peer, self}, lane, frame, directory)) return turned;
  if (const auto* back = std::get_if<FetchedFrame>(&frame); back != nullptr && back->batch) {
    // A frame of our own, given back: it must bear our own signature.
    if (back->batch->link != LinkName{self, peer}) {
      return turn(v1::REFUSE_REASON_WRONG_AGENCY, "a fetched batch of another link", lane);
    }
    if (auto good = verify(*back->batch, directory); !good) {
      return turn(v1::REFUSE_REASON_BAD_SIGNATURE, good.error().text, lane);
    }
  }
  const auto* batch = std::get_if<BatchFrame>(&frame);
  if (batch == nullptr) return std::nullopt;
  if (batch->link != LinkName{peer, self}) {
    return turn(v1::REFUSE_REASON_WRONG_AGENCY, "batch of another link", lane);
  }
  if (auto good = verify(*batch, directory); !good) {
    return turn(v1::REFUSE_REASON_BAD_SIGNATURE, good.error().text, lane);
  }
  return std::nullopt;
}

// An announcement counts only under the peer's own signature, of this session.
template <class Handshake>
void drop_false_announcement(Handshake& frame, AgencyId self, AgencyId peer,
                             const Directory& directory) {
  if (!frame.announcement) return;
  const LinkName link{peer, self};
  if (!verify(*frame.announcement, link, frame.session, directory)) frame.announcement.reset();
}

// What bears no good signature of our own proves nothing. The frame counts without it: an honest
// peer may show one of a key that our directory has lost, and mostly nothing hangs on it.
void drop_what_proves_nothing(Frame& frame, AgencyId self, AgencyId peer,
                              const Directory& directory) {
  if (auto* open = std::get_if<OpenFrame>(&frame)) {
    drop_false_announcement(*open, self, peer, directory);
  }
  if (auto* opened = std::get_if<OpenedFrame>(&frame)) {
    drop_false_announcement(*opened, self, peer, directory);
  }
  if (auto* open = std::get_if<OpenFrame>(&frame); open != nullptr && open->receipt) {
    const Receipt& receipt = *open->receipt;
    const bool good = receipt.link == open->link && receipt.through == open->receipted_seq &&
                      verify(receipt, directory).has_value();
    if (!good) open->receipt.reset();
  }
  if (auto* opened = std::get_if<OpenedFrame>(&frame); opened != nullptr && opened->proof) {
    if (!verify(*opened->proof, opened->receipt, directory)) opened->proof.reset();
  }
}

}  // namespace

tl::expected<PeerFrame, Turned> take_in(AgencyId self, AgencyId peer, Lane lane, std::string bytes,
                                        const Directory& directory) {
  auto frame = decode_frame(std::make_shared<const std::string>(std::move(bytes)));
  if (!frame) {
    return tl::unexpected(turn(v1::REFUSE_REASON_MALFORMED, frame.error().text, lane));
  }
  if (!lane_fits(lane, *frame)) {
    return tl::unexpected(turn(v1::REFUSE_REASON_MALFORMED, "frame on the wrong lane", lane));
  }
  if (auto turned = check(self, peer, lane, *frame, directory)) return tl::unexpected(*turned);
  drop_what_proves_nothing(*frame, self, peer, directory);
  return PeerFrame{peer, lane, std::move(*frame)};
}

}  // namespace jiexu
