#include "daemon/peers/link_status.h"

#include "daemon/base/limits.h"

namespace jiexu {
namespace {

LinkCause cause_of(v1::RefuseReason reason) {
  switch (reason) {
    case v1::REFUSE_REASON_PROTOCOL: return LinkCause::kRefusedProtocol;
    case v1::REFUSE_REASON_WRONG_AGENCY: return LinkCause::kRefusedAgency;
    case v1::REFUSE_REASON_BAD_SIGNATURE: return LinkCause::kRefusedSignature;
    case v1::REFUSE_REASON_DIVERGED: return LinkCause::kDiverged;
    case v1::REFUSE_REASON_SENDER_BEHIND: return LinkCause::kBehind;
    case v1::REFUSE_REASON_EPOCH: return LinkCause::kEpoch;
    case v1::REFUSE_REASON_PAUSED: return LinkCause::kPausedThere;
    case v1::REFUSE_REASON_UNPROVEN: return LinkCause::kUnproven;
    case v1::REFUSE_REASON_UNSPECIFIED: return LinkCause::kLogUnreadable;
    default: return LinkCause::kRefusedMalformed;
  }
}

LinkCause cause_of(v1::BusyCause busy) {
  switch (busy) {
    case v1::BUSY_CAUSE_WINDOW: return LinkCause::kPeerWindow;
    case v1::BUSY_CAUSE_DISK: return LinkCause::kPeerDisk;
    case v1::BUSY_CAUSE_RECOVERY: return LinkCause::kPeerRecovers;
    default: return LinkCause::kPeerBusy;
  }
}

LinkCause cause_of_silence(const LinkSurroundings& around) {
  if (!around.known) return LinkCause::kNotInDirectory;
  if (around.keys_refused) return LinkCause::kKeysRefused;
  if (!around.connection.known) return LinkCause::kNoAnswer;
  return around.connection.up ? LinkCause::kNoEngine : LinkCause::kNotReached;
}

}  // namespace

std::string_view name(LinkCondition condition) {
  switch (condition) {
    case LinkCondition::kPaused: return "paused";
    case LinkCondition::kRecovering: return "recovering";
    case LinkCondition::kStopped: return "stopped";
    case LinkCondition::kSilent: return "silent";
    case LinkCondition::kClock: return "clock";
    case LinkCondition::kBusy: return "busy";
    case LinkCondition::kOpening: return "opening";
    case LinkCondition::kFlowing: return "flowing";
    case LinkCondition::kByMail: return "by_mail";
  }
  return "";
}

std::string_view explain(LinkCause cause) {
  switch (cause) {
    case LinkCause::kNone: return "";
    case LinkCause::kNotInDirectory: return "it is not in the directory";
    case LinkCause::kNoAnswer: return "it does not answer";
    case LinkCause::kNoEngine:
      return "there is a connection, but its daemon does not answer: it is stopped, or hangs, or "
             "what it says is turned away here";
    case LinkCause::kNotReached:
      return "there is no connection: its daemon or its machine is down or hangs, or the way to "
             "the "
             "endpoint in the directory is not open";
    case LinkCause::kKeysRefused:
      return "the connection is refused: it does not know our transport key, or its own is not the "
             "one in our directory";
    case LinkCause::kPeerClockAhead:
      return "its clock is more than 5 minutes ahead of ours: its messages wait with it";
    case LinkCause::kOurClockAhead:
      return "it finds our clock more than 5 minutes ahead of its own: our messages wait here";
    case LinkCause::kPeerWindow: return "its disk is slower than what we send";
    case LinkCause::kPeerDisk: return "its disk is nearly full";
    case LinkCause::kPeerRecovers: return "it gets back what its store has lost";
    case LinkCause::kPeerBusy: return "it takes nothing now, and does not say why";
    case LinkCause::kRefusedProtocol: return "it does not speak this version of the protocol";
    case LinkCause::kRefusedAgency: return "it takes us for another agency";
    case LinkCause::kRefusedSignature:
      return "it cannot verify our signature: its directory lacks our signing key";
    case LinkCause::kDiverged: return "its copy of our log differs from ours: compare them";
    case LinkCause::kBehind: return "it holds messages of ours that our store has lost";
    case LinkCause::kEpoch:
      return "it has heard us in a later epoch: this store, or another copy of it, is an old one";
    case LinkCause::kRefusedMalformed: return "it takes our frames for malformed";
    case LinkCause::kPausedThere: return "its operator has paused the link";
    case LinkCause::kUnproven:
      return "it claims to hold messages of ours that we do not know, and shows no signature of "
             "ours";
    case LinkCause::kLogUnreadable: return "our own log cannot be read at the next number to send";
    case LinkCause::kOperator: return "an operator of ours has paused it";
    case LinkCause::kNoJiexu: return "it has no Jiexu: what is for it is printed and sent by mail";
  }
  return "";
}

LinkStatus status_of(const Peer& peer, const LinkSurroundings& around, LinkCondition before,
                     Steady now) {
  using enum LinkCondition;
  const Sender& sender = peer.sender();
  const bool silent = sender.is_silent(now);
  const auto busy = sender.busy();
  if (peer.by_mail()) return {kByMail, LinkCause::kNoJiexu};
  if (sender.state() == Sender::State::kPaused) return {kPaused, LinkCause::kOperator};
  if (around.recovers) {
    return {kRecovering, silent ? cause_of_silence(around) : LinkCause::kNone};
  }
  if (sender.state() == Sender::State::kStopped) return {kStopped, cause_of(sender.stop_reason())};
  if (silent) return {kSilent, cause_of_silence(around)};
  if (busy == v1::BUSY_CAUSE_CLOCK) return {kClock, LinkCause::kOurClockAhead};
  if (peer.clock_ahead()) return {kClock, LinkCause::kPeerClockAhead};
  if (sender.state() == Sender::State::kFlowing) return {kFlowing, LinkCause::kNone};
  if (busy) return {kBusy, cause_of(*busy)};
  return {before == kFlowing ? kFlowing : kOpening, LinkCause::kNone};
}

}  // namespace jiexu
