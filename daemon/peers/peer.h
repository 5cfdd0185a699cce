// One counterpart agency as the engine sees it: both directed links, the frame that is being filled
// for it, and what of this has to go into the next commit.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/cases/case.h"
#include "daemon/engine/transaction.h"
#include "daemon/link/frame.h"
#include "daemon/link/receiver.h"
#include "daemon/link/sender.h"
#include "daemon/peers/link_store.h"
#include "daemon/peers/tally.h"

namespace jiexu {

class Peer {
 public:
  // Reads where both links stand. Links without history begin here.
  static Result<std::unique_ptr<Peer>> load(const Records& durable, AgencyId self, AgencyId id,
                                            Epoch epoch, const SenderTiming& timing, uint64_t seed,
                                            const Signer& signer, Instant now,
                                            uint64_t window_bytes, bool by_mail = false);

  const AgencyId& id() const { return id_; }
  Sender& sender() { return *sender_; }
  const Sender& sender() const { return *sender_; }
  Receiver& receiver() { return *receiver_; }
  const Receiver& receiver() const { return *receiver_; }
  // The outgoing log: frames on their way from memory, the rest from the store.
  const LinkLog& log() const { return log_; }
  const LinkLog& incoming_log() const { return incoming_log_; }

  // When the oldest message without a receipt was sent, by the message itself; nullopt if all have
  // theirs.
  Result<std::optional<Instant>> oldest_unreceipted();

  // What the peer says of itself in Open and Opened; nothing if it is of an earlier version.
  void take_announcement(const std::optional<Announcement>& announcement);
  // Whether it can read messages of this kind. New kinds go only to who has announced them; what
  // was there before announcements were, everybody knows.
  bool knows(v1::Message::BodyCase kind) const;

  // Gives the message the next number of the outgoing link.
  LogPlace append(const v1::Message& message);
  // A frame has been accepted: it belongs into the next commit, and so does its receipt.
  void received(const BatchFrame& frame, Instant now);
  // Something of the sender's mark is worth storing.
  void mark_moved() { mark_moved_ = true; }

  // Writes what has gathered into the commit: frames closed and signed, received frames, marks, the
  // receipts for and from the peer.
  void write(Transaction& tx, const Signer& signer);
  // What write() wrote is durable: gives out the receipt to send, if there is one, and lets the
  // sender go on.
  struct Released {
    std::optional<FrameBytes> receipt;
    SenderStep step;
  };
  Released durable(Steady now);

  // Recovery (link_recovery.h), which decides; here is what it does to the log. Takes our own
  // messages behind `seq`, which nobody has seen, out of the log; `head` is the head there. In the
  // same commit they are laid aside, so that they outlive a crash until they are written again.
  void rewind(Seq seq, const Digest& head);
  // Of an earlier run.
  void found_aside(const BatchFrame& frame);
  bool has_aside() const { return !aside_.empty(); }
  // What was laid aside has been written again, or needs not be.
  void drop_aside();
  // Takes back a frame of ours that the peer held. REQUIRES: it follows on the log.
  void restore(const BatchFrame& frame);
  // Where the recovery began that is going on; 0: none is.
  void set_recover_from(Seq seq);
  Seq recover_from() const { return recover_from_; }
  // The last message given a number, durable or not, and the head there.
  Seq last_seq() const { return last_seq_; }
  const Digest& head() const { return head_; }
  // Whether our log is on the disk as it is, and nothing of it has still to be written.
  bool log_is_durable() const;
  Epoch epoch() const { return epoch_; }
  // For what is written from now on. The peer is told when it is durable.
  void raise_epoch(Epoch epoch);
  // The receiver's mark changed without a message: it and a receipt belong into the next commit.
  void receiver_moved(Instant now);

  // Daily statements: ours to the peer, and the peer's to us. What is changed in the latter goes
  // into the next commit with the frame that changed it.
  const Said& said() const { return said_; }
  void set_unknown_there(bool unknown);
  const Heard& heard_of() const { return heard_; }
  Heard& heard_of() { return heard_; }

  // Sending to it was paused by the operator; nullopt: it goes on.
  void set_pause(std::optional<v1::PauseRecord> pause);
  const std::optional<v1::PauseRecord>& pause() const { return pause_; }
  // It has no Jiexu: what is written to it waits in the log until it is printed and sent by mail.
  // The sender stands still.
  bool by_mail() const { return by_mail_; }
  void set_by_mail(bool by_mail) { by_mail_ = by_mail; }
  // Whether the sender has to stand still, by the operator's will or because there is no link.
  bool stands_still() const { return by_mail_ || pause_.has_value(); }
  bool announced() const { return known_.has_value(); }
  // What the peer's clock shows, by its own signature.
  void note_clock(Instant theirs, Moment now);
  // Whether it has shown that just now.
  bool knows_clock_of(Steady now) const;
  // Its clock less ours, when it last spoke of it; nullopt: it has not.
  std::optional<int64_t> skew_ms() const { return skew_ms_; }
  // Too far for messages to be taken: they would be of a time that is still to come.
  bool clock_ahead() const;
  // Messages of it that are set aside.
  uint64_t quarantined() const { return quarantined_; }
  void count_quarantined(int64_t more) { quarantined_ += static_cast<uint64_t>(more); }
  Instant last_heard() const { return last_heard_; }
  void heard(Instant now) { last_heard_ = now; }
  // Forgets frames kept in memory that the sender will not ask for soon.
  void trim();

 private:
  // The outgoing log with its newest frames in memory.
  class OutLog final : public LinkLog {
   public:
    OutLog(const Peer& peer, const Records& records) : peer_(peer), records_(records) {}
    Result<std::optional<LoggedFrame>> frame_with(Seq seq) const override;

   private:
    const Peer& peer_;
    const Records& records_;
  };

  Peer(const Records& durable, AgencyId self, AgencyId id, Epoch epoch);
  void close_frame(Transaction& tx, const Signer& signer);
  void write_outgoing(Transaction& tx, const Signer& signer);
  void write_incoming(Transaction& tx, const Signer& signer);

  AgencyId id_;
  LinkName out_;
  LinkName in_;
  Epoch epoch_;
  OutLog log_;
  StoredLog incoming_log_;
  std::optional<Sender> sender_;
  std::optional<Receiver> receiver_;
  std::optional<v1::PauseRecord> pause_;
  bool by_mail_ = false;
  std::optional<int64_t> skew_ms_;
  Steady clock_seen_;
  uint64_t quarantined_ = 0;
  Instant last_heard_;
  Said said_;
  Heard heard_;
  std::optional<v1::KnownKinds> known_;  // as the peer has announced

  // Ahead of the disk.
  Seq last_seq_ = 0;
  Digest head_{};
  std::vector<FrameWriter> writers_;  // frames to be closed, the last one still open
  std::deque<LoggedFrame> recent_;    // frames that the sender may ask for next
  size_t recent_bytes_ = 0;
  std::vector<FrameBytes> received_;  // frames to be stored as they came
  std::vector<RecordKey> received_keys_;
  Instant received_at_;
  bool receiver_moved_ = false;
  std::vector<RecordKey> forgotten_;  // keys of frames that rewind() gave up
  std::vector<FrameBytes> given_up_;  // the same frames, to be laid aside
  std::vector<RecordKey> aside_;      // keys of all that are aside, also in the open commit
  std::vector<FrameBytes> restored_;  // frames of ours that come back, and their keys
  std::vector<RecordKey> restored_keys_;
  Seq recover_from_ = 0;
  bool mark_moved_ = false;
  Seq stored_receipt_ = 0;  // through of the newest receipt in the store
  // Found once for each message that becomes the oldest: it stands in a frame of the log, which is
  // long to read for one number.
  Seq oldest_seq_ = 0;
  std::optional<Instant> oldest_at_;

  // In the commit in flight.
  struct InFlight {
    std::optional<Receipt> receipt;
    ReceiverMark received;
    Epoch epoch = 0;  // 0: nothing of the outgoing link is in it
    Seq last_seq = 0;
    Digest head{};
    bool wrote = false;
  };
  InFlight in_flight_;
};

}  // namespace jiexu
