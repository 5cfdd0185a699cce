// What the engine does with frames of a peer: batches of messages, and the answers to our own link.
#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/agency/engine.h"
#include "daemon/attachments/attachment_store.h"
#include "daemon/base/check.h"
#include "daemon/casework/case_store.h"
#include "daemon/link/message_number.h"
#include "daemon/trust/chain.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// Every refusal is named, so that a new one has to say what the peer is told.
v1::FaultCode fault_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kReplayed: return v1::FAULT_CODE_REPLAYED;
    case Refusal::kOutOfOrder: return v1::FAULT_CODE_OUT_OF_ORDER;
    case Refusal::kWrongPeer:
    case Refusal::kUnknownCase: return v1::FAULT_CODE_UNKNOWN_CASE;
    case Refusal::kCaseExists:
    case Refusal::kCaseClosed:
    case Refusal::kNotAllowedNow:
    case Refusal::kGuardFailed: return v1::FAULT_CODE_NOT_ALLOWED;
    // clang-format off
    case Refusal::kNone: case Refusal::kInputMissing: case Refusal::kApplicationInvalid:
    case Refusal::kLetterInvalid: case Refusal::kFormInvalid: case Refusal::kFormNotOfLetter:
    case Refusal::kFormVersion: case Refusal::kAmountNotPositive: case Refusal::kAmountDiffers:
    case Refusal::kUnknownAgency: case Refusal::kOwnAgency: case Refusal::kDuplicateOpenCase:
    case Refusal::kClaimedByOther: case Refusal::kDateInvalid: case Refusal::kRejectCodeMissing:
    case Refusal::kLetterNumbersExhausted: case Refusal::kLetterNumberTaken:
    case Refusal::kAmountTooLarge: case Refusal::kInputTooLarge:
    case Refusal::kRecovering: case Refusal::kPayeeInvalid: case Refusal::kPaperInvalid:
    case Refusal::kRefundPaid: case Refusal::kTooManyAttachments:
    case Refusal::kAttachmentInvalid: case Refusal::kAttachmentUnknown:
    case Refusal::kTooManyPayments: case Refusal::kLetterNumberForeign:
    case Refusal::kLetterNumberDiffers: case Refusal::kBatchNumberForeign:
    case Refusal::kStorageLow: case Refusal::kBankLineUnknown: case Refusal::kBankLineSettled:
    case Refusal::kBankLineNotUnsure: case Refusal::kBankLineNotDecided:
    case Refusal::kBankLineOfPayment: case Refusal::kBankLineMoneyGone:
    case Refusal::kBankLineCaseClosed: case Refusal::kBankFileNotHeld:
    case Refusal::kAllotmentSum: case Refusal::kUnknownProposal: case Refusal::kOwnProposal:
    case Refusal::kProposalChanged: case Refusal::kBatchUnknown: case Refusal::kBatchState:
    case Refusal::kBatchNotApproved: case Refusal::kSamePerson: case Refusal::kBatchChanged:
    case Refusal::kFileUnwritable: case Refusal::kPaymentUnknown: case Refusal::kPaymentNotHeld:
    case Refusal::kPayeeListed: case Refusal::kPayeeNotAsSeen: case Refusal::kPaymentAcknowledged:
    case Refusal::kPaymentAtBank: case Refusal::kStatementDay: case Refusal::kStatementOrder:
    case Refusal::kStatementContent: case Refusal::kIdempotencyReused:
    case Refusal::kTextHidden: case Refusal::kIdempotencyTooMany: case Refusal::kPaymentNotOut:
    case Refusal::kFieldNotTaken: case Refusal::kBankFileUnknown: case Refusal::kProposalOpen:
    case Refusal::kNoticeAttempt: case Refusal::kNoticeContradicts: case Refusal::kNoticePayee:
    case Refusal::kUnconfirmed: case Refusal::kNothingToMail: case Refusal::kCertificateInvalid:
    case Refusal::kNotSetAside:
      return v1::FAULT_CODE_BAD_CONTENT;
      // clang-format on
  }
  return v1::FAULT_CODE_BAD_CONTENT;
}

// The agency that was merged has woken up and forwards a letter that the directory had us send on
// already: the link's log keeps the message, and the case knows what it says.
bool told_before(const Case& subject, AgencyId peer, const v1::Message& message) {
  return message.letter_forwarded().to_agency() == subject.peer.text() && subject.was_with(peer);
}

// Not in the peer's: they may be long, forge lines of a log, and name a person.
std::string in_our_words(const v1::Fault& fault) {
  const std::string& code = v1::FaultCode_Name(fault.code());
  const std::string_view why = fault.refusal() <= std::numeric_limits<uint16_t>::max()
                                   ? explain(static_cast<Refusal>(fault.refusal()))
                                   : "";
  return (code.empty() ? std::to_string(fault.code()) : code) + (why.empty() ? "" : ": ") +
         std::string(why);
}

}  // namespace

Result<void> Engine::received(const PeerFrame& in, Moment moment) {
  const Instant now = moment.wall;
  Peer* peer = peers_.find(in.peer);
  if (peer == nullptr) return {};
  peer->heard(now);
  return in.lane == Lane::kReply ? receive_reply(*peer, in.frame, now)
                                 : receive_forward(*peer, in.frame, now);
}

Result<void> Engine::receive_forward(Peer& peer, const Frame& frame, Instant now) {
  if (const auto* batch = std::get_if<BatchFrame>(&frame)) {
    TRY_DO(receive(peer, *batch, now));
    return try_lines_again(now);
  }
  if (const auto* open = std::get_if<OpenFrame>(&frame)) {
    TRY_DO(answer_open(peer, *open, now));
  }
  if (const auto* probe = std::get_if<ProbeFrame>(&frame)) {
    peer.note_clock(probe->at, kernel_.moment());
    reply(peer, encode(make_alive({options_.self, peer.id()}, probe->session, now, world_.signer)));
  }
  if (const auto* want = std::get_if<WantFrame>(&frame)) return answer_want(peer, *want, now);
  if (const auto* fetch = std::get_if<FetchFrame>(&frame)) {
    give_back_.asked(peer.id(), *fetch);
    give_back_.go_on(kernel_.steady());
  }
  // The peer is alive: if our own link to it waits for an answer, now is a good time.
  follow(peer, peer.sender().nudge(kernel_.steady()));
  return {};
}

void Engine::connected(AgencyId id, Moment now) {
  Peer* peer = peers_.find(id);
  if (peer != nullptr) follow(*peer, peer->sender().connected(now.steady));
}

Result<void> Engine::receive(Peer& peer, const BatchFrame& batch, Instant now) {
  const Standing standing = guard_.standing_of(peer.id());
  if (standing == Standing::kClosed) {
    reply_busy(peer, v1::BUSY_CAUSE_RECOVERY, "recovering from a loss of data");
    return {};
  }
  switch (peer.receiver().judge(batch, peer.incoming_log())) {
    case BatchVerdict::kDuplicate:
      world_.observer.frame_refused(peer.id(), "duplicate");
      if (peer.receiver().receipt()) reply(peer, encode(peer.receiver().word()));
      return {};
    case BatchVerdict::kGap:
      world_.observer.frame_refused(peer.id(), "gap");
      reply(peer, encode(peer.receiver().gap()));
      return {};
    case BatchVerdict::kRefused:
      world_.observer.frame_refused(peer.id(), peer.receiver().refusal().text);
      reply(peer, encode(peer.receiver().refusal()));
      return {};
    case BatchVerdict::kNext: break;
  }
  if (put_off_by_clock(peer, batch, now)) return {};
  if (standing == Standing::kReplaying) recovery_.delivers(peer.id());
  if (kernel_.room() == Room::kShort) {
    world_.observer.frame_refused(peer.id(), "the disk is nearly full");
    reply_busy(peer, v1::BUSY_CAUSE_DISK, "the disk is nearly full");
    return {};
  }
  if (standing != Standing::kOpen) {
    TRY(const auto early, recovery_.comes_too_early(peer, batch, now));
    if (early) {
      reply_busy(peer, v1::BUSY_CAUSE_RECOVERY,
                 "recovering from a loss of data, another agency first");
      return {};
    }
  }
  for (size_t i = 0; i < batch.messages.size(); ++i) {
    TRY_DO(receive_message(peer, batch, i, standing, now));
    TRY_DO(tx_.end_step());
  }
  if (unreadable_ > 0) quarantine_unreadable(peer, batch, now);
  peer.receiver().accept(batch);
  peer.received(batch, now);
  peers_.touch(peer.id());
  request_commit(true);
  return standing == Standing::kReplaying ? recovery_.end_if_done(peer, now) : Result<void>();
}

// Whether the peer must keep the batch because its clock is too far ahead of ours: frames come in
// order, so that its whole link waits, and all of it is taken when the clocks agree. A frame that
// was written ahead, of a peer whose clock was not looked at just now, makes it say what it shows.
bool Engine::put_off_by_clock(Peer& peer, const BatchFrame& batch, Instant now) {
  if (peer.clock_ahead()) {
    world_.observer.frame_refused(peer.id(), "its clock is ahead");
    reply_clock(peer, now);
    return true;
  }
  const Instant written = read_number(batch.messages.back()).sent_at;
  const bool ahead = written > now.plus_ms(limits::kClockSkewMsMax);
  if (!ahead || !peer.announced() || peer.knows_clock_of(kernel_.steady())) return false;
  world_.observer.frame_refused(peer.id(), "written ahead of our clock");
  reply(peer, encode(peer.receiver().gap()));
  return true;
}

Result<void> Engine::receive_message(Peer& peer, const BatchFrame& batch, size_t index,
                                     Standing standing, Instant now) {
  const std::string_view bytes = batch.messages[index];
  const LogPlace place{false, batch.epoch, batch.first_seq + index};
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  auto& message = *google::protobuf::Arena::CreateMessage<v1::Message>(&arena_.fresh());
  if (!message.ParseFromCodedStream(&in) || !CaseId::from_bytes(message.case_id())) {
    return receive_unreadable(peer, bytes, place, now);
  }
  world_.observer.message_received(peer.id(), message.body_case());
  if (const auto taken = receive_statement(peer, message, batch, place, now); !taken || *taken) {
    return taken ? Result<void>() : tl::unexpected(taken.error());
  }
  peer.heard_of().tally.add(message.body_case());
  if (event_of(message.body_case()) == EventKind::kNone) {
    quarantine(peer, message, place, v1::FAULT_CODE_UNKNOWN_KIND, {}, now);
    return consume_number(peer, message, now);
  }
  return decide_message(peer, message, place, standing, now);
}

Result<void> Engine::receive_unreadable(Peer& peer, std::string_view bytes, const LogPlace& place,
                                        Instant now) {
  const MessageNumber number = read_number(bytes);
  peer.heard_of().tally.add(v1::Message::BODY_NOT_SET);
  if (!number.is_of_case()) {
    note_set_aside(peer, place.seq, 0, v1::FAULT_CODE_UNREADABLE);
    if (unreadable_++ == 0) unreadable_from_ = place.seq;
    return {};
  }
  v1::Message known;
  known.set_case_id(std::string(number.id.bytes()));
  known.set_case_seq(number.case_seq);
  quarantine(peer, known, place, v1::FAULT_CODE_UNREADABLE, {}, now);
  return consume_number(peer, known, now);
}

Result<bool> Engine::receive_statement(Peer& peer, const v1::Message& message,
                                       const BatchFrame& batch, const LogPlace& place,
                                       Instant now) {
  if (message.has_fault()) {
    const v1::Fault& fault = message.fault();
    if (!statements_.refused(peer, fault.seq(), fault.code())) return false;
    peer.heard_of().tally.add(message.body_case());
    peers_.touch(peer.id());
    if (fault.code() != v1::FAULT_CODE_UNKNOWN_KIND) {
      world_.observer.alarm(peer.id(), "our daily statement was refused, " + in_our_words(fault));
    }
    return true;
  }
  if (!message.has_daily_statement()) return false;
  Digest head = batch.prev_head;
  for (Seq seq = batch.first_seq; seq < place.seq; ++seq) {
    head = chain_next(head, seq, batch.messages[seq - batch.first_seq]);
  }
  const OurBooks books = guard_.is_recovering(peer.id())  ? OurBooks::kRecovering
                         : guard_.has_compared(peer.id()) ? OurBooks::kSound
                                                          : OurBooks::kUncertain;
  TRY(const auto refused,
      comparer_.take(peer, message.daily_statement(), place.seq, head, books, now));
  if (message.daily_statement().last()) peer.heard_of().begin_day(place.seq);
  peer.set_unknown_there(false);
  if (refused) quarantine(peer, message, place, v1::FAULT_CODE_BAD_CONTENT, *refused, now);
  return true;
}

Result<void> Engine::decide_message(Peer& peer, const v1::Message& message, const LogPlace& place,
                                    Standing standing, Instant now) {
  const CaseId id = *CaseId::from_bytes(message.case_id());
  auto loaded = cases_.load(id, now);
  if (!loaded) return tl::unexpected(loaded.error());
  if (standing == Standing::kReplaying) {
    const auto past = recovery_.is_past(peer, loaded->get(), message, now);
    if (!past || *past) return past ? Result<void>() : tl::unexpected(past.error());
    loaded = cases_.load(id, now);
    if (!loaded) return tl::unexpected(loaded.error());
  }
  Case fresh;
  fresh.id = id;
  fresh.peer = peer.id();
  const Case& subject = *loaded != nullptr ? **loaded : fresh;
  if (subject.peer != peer.id() && told_before(subject, peer.id(), message)) return {};
  if (subject.peer != peer.id()) {
    const Rejection why{Refusal::kWrongPeer, ""};
    quarantine(peer, message, place, fault_of(why.refusal), why, now);
    return {};
  }
  Event event;
  event.kind = event_of(message.body_case());
  event.at = standing == Standing::kReplaying
                 ? recovery_.came_at(peer, subject, message, place.seq, now)
                 : now;
  event.actor = {ActorKind::kPeer, peer.id().text()};
  event.message = &message;
  event.place = place;
  // Terms run from when we took it, as our receipt says.
  const bool ahead = message.sent_at_ms() > now.plus_ms(limits::kClockSkewMsMax).ms;
  std::string note = message.has_fault() ? in_our_words(message.fault()) : "";
  if (ahead) note += (note.empty() ? "" : "; ") + std::string("written by a clock ahead of ours");
  event.note = note;
  TRY(const auto refused, take_message(subject, event));
  if (!refused) return {};
  if (subject.exists() && event.kind != EventKind::kFaultIn) {
    cases_.consume_number(subject, message);
  }
  quarantine(peer, message, place, fault_of(refused->refusal), *refused, now);
  return {};
}

// Why the case refuses what came; nullopt: it has taken it.
Result<std::optional<Rejection>> Engine::take_message(const Case& subject, const Event& event) {
  const v1::Message& message = *event.message;
  TRY(const auto outcome, cases_.apply(subject, event));
  if (!outcome) return outcome.error();
  if (message.has_remittance_notice()) {
    // The bank service's part is a step of its own, on what it has heard of the case.
    TRY_DO(tx_.end_step());
    TRY_DO(bank_.noticed(subject.id, subject.peer, message.remittance_notice(), event.at));
  }
  if (message.has_letter()) TRY_DO(cases_.follow_successor(**outcome, event.at));
  return std::nullopt;
}

SenderStep Engine::to_sender(Peer& peer, const Frame& frame) {
  Sender& sender = peer.sender();
  if (const auto* receipt = std::get_if<Receipt>(&frame)) {
    return sender.receive(*receipt, kernel_.steady(), peer.log());
  }
  if (const auto* gap = std::get_if<GapFrame>(&frame))
    return sender.receive(*gap, kernel_.steady());
  if (const auto* refuse = std::get_if<RefuseFrame>(&frame))
    return sender.receive(*refuse, kernel_.steady());
  if (const auto* alive = std::get_if<AliveFrame>(&frame)) {
    if (alive->session == sender.probed()) peer.note_clock(alive->at, kernel_.moment());
    return sender.receive(*alive, kernel_.steady());
  }
  return {};
}

Result<void> Engine::receive_reply(Peer& peer, const Frame& frame, Instant now) {
  if (const auto* back = std::get_if<FetchedFrame>(&frame)) {
    // Asked for again with the next Open.
    if (kernel_.room() == Room::kShort) return {};
    return recovery_.fetched(peer, *back, {now, kernel_.steady()});
  }
  if (const auto* piece = std::get_if<PieceFrame>(&frame)) return receive_piece(peer, *piece, now);
  if (const auto* opened = std::get_if<OpenedFrame>(&frame)) {
    return receive_opened(peer, *opened, now);
  }
  const Seq receipted = peer.sender().mark().receipted_seq;
  SenderStep step = to_sender(peer, frame);
  note_receipts(peer, receipted);
  follow(peer, std::move(step));
  if (const auto* refuse = std::get_if<RefuseFrame>(&frame)) {
    recovery_.refused(peer, *refuse, {now, kernel_.steady()});
  }
  return {};
}

// What the peer says of our log decides whether the link goes on or has to be recovered.
Result<void> Engine::receive_opened(Peer& peer, const OpenedFrame& opened, Instant now) {
  if (recovery_.is_rewriting(peer)) return {};
  const Seq receipted = peer.sender().mark().receipted_seq;
  if (opened.session == peer.sender().session()) {
    take_announcement(peer, opened.announcement);
  }
  SenderStep step = peer.sender().receive(opened, kernel_.steady(), peer.log());
  note_receipts(peer, receipted);
  const std::optional<Seq> behind = step.behind;
  const bool unproven = step.unproven;
  follow(peer, std::move(step));
  if (behind) recovery_.proves_loss(peer, *behind, {now, kernel_.steady()});
  if (unproven) recovery_.proves_nothing(peer);
  if (peer.sender().state() != Sender::State::kFlowing) return {};
  TRY(const auto wanted, wants_files(tx_.durable(), peer.id()));
  if (wanted) fetch_.ready_again(peer.id());
  return recovery_.agreed(peer, {now, kernel_.steady()});
}

void Engine::note_receipts(const Peer& peer, Seq receipted_before) {
  const Seq through = peer.sender().mark().receipted_seq;
  if (through <= receipted_before) return;
  world_.observer.receipt_received(peer.id(), through - receipted_before);
  const Seq statement = peer.said().last_part_seq;
  if (statement > receipted_before && statement <= through) statements_.look_again();
}

Result<void> Engine::answer_open(Peer& peer, const OpenFrame& open, Instant now) {
  recovery_.heard_open(peer, open, {now, kernel_.steady()});
  take_announcement(peer, open.announcement);
  if (peer.clock_ahead()) {
    reply_clock(peer, now);
    return {};
  }
  if (peer.receiver().begins_epoch(open)) {
    // Durable before it is answered; the peer asks again.
    peer.receiver_moved(now);
    peers_.touch(peer.id());
    request_commit(true);
    return {};
  }
  if (auto answer = peer.receiver().receive(open, peer.incoming_log(), world_.signer, now)) {
    reply(peer, std::move(*answer));
  }
  return recovery_.end_if_done(peer, now);
}

void Engine::reply(Peer& peer, std::string frame) {
  send(peer, Lane::kReply, std::move(frame));
}

void Engine::reply_busy(Peer& peer, v1::BusyCause cause, std::string why) {
  RefuseFrame busy;
  busy.reason = v1::REFUSE_REASON_BUSY;
  busy.busy = cause;
  busy.text = std::move(why);
  reply(peer, encode(busy));
}

void Engine::reply_clock(Peer& peer, Instant now) {
  reply_busy(peer, v1::BUSY_CAUSE_CLOCK,
             "CLOCK: the sender's clock is more than 5 minutes ahead; here it is " + now.str());
}

void Engine::take_announcement(Peer& peer, const std::optional<Announcement>& announcement) {
  peer.take_announcement(announcement);
  if (announcement) peer.note_clock(announcement->at, kernel_.moment());
}

void Engine::follow(Peer& peer, SenderStep step) {
  const LinkName link{options_.self, peer.id()};
  const Instant now = kernel_.moment().wall;
  if (step.open) {
    sign(*step.open, world_.signer);
    step.open->announcement = announce(link, step.open->session, now, world_.signer);
    send(peer, Lane::kForward, encode(*step.open));
  }
  if (step.probe) {
    send(peer, Lane::kForward, encode(make_probe(link, *step.probe, now, world_.signer)));
  }
  for (FrameBytes& frame : step.out) {
    world_.transport.send(peer.id(), Lane::kForward, std::move(frame));
  }
  if (step.alarm) world_.observer.alarm(peer.id(), *step.alarm);
  if (!step.mark_moved) return;
  peer.mark_moved();
  peers_.touch(peer.id());
  request_commit(false);
}

// --- what a recovery asks for ---

void Engine::send(const Peer& peer, Lane lane, std::string frame) {
  world_.transport.send(peer.id(), lane, share(std::move(frame)));
}

void Engine::write(const v1::StoreRecord& record) {
  tx_.put_message(layout::store_key(), record);
}

void Engine::links_changed(bool freed) {
  if (freed) bank_.try_again_soon();
  statements_.look_again();
}

}  // namespace jiexu
