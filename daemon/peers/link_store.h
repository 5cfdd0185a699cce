// Links in the store: the log of a directed link, where its two halves stand, and the receipts that
// we hold as evidence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/link/log.h"
#include "daemon/link/receiver.h"
#include "daemon/link/sender.h"
#include "daemon/peers/tally.h"
#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu {

// One direction of the log with one peer, as stored.
class StoredLog final : public LinkLog {
 public:
  // Frames of epochs above `epoch` are not seen.
  StoredLog(const Records& records, AgencyId peer, layout::Direction direction, Epoch epoch)
      : records_(records), peer_(peer), direction_(direction), epoch_(epoch) {}

  Result<std::optional<LoggedFrame>> frame_with(Seq seq) const override;

 private:
  const Records& records_;
  AgencyId peer_;
  layout::Direction direction_;
  Epoch epoch_;
};

// Frames of ours that a recovery has taken out of the log and not yet written again, oldest first.
Result<std::vector<BatchFrame>> read_aside(const Records& records, AgencyId peer);

// The frame as the log's port shows it.
LoggedFrame to_logged(const BatchFrame& batch);

// What is stored of a link's two halves. A link without a record starts at its beginning.
struct OutgoingState {
  SenderMark mark;
  std::optional<v1::PauseRecord> pause;
  Seq recover_from = 0;  // a recovery from here was not finished; 0: none
  Said said;
  std::optional<v1::KnownKinds> known;  // as the peer has announced
};
Result<OutgoingState> read_outgoing(const Records& records, const LinkName& link, Epoch epoch);
v1::LinkRecord to_record(const SenderMark& mark, bool paused, Seq recover_from);

struct IncomingState {
  ReceiverMark mark;
  std::optional<Receipt> receipt;  // the last one given
  Heard heard;
};
Result<IncomingState> read_incoming(const Records& records, const LinkName& link);
v1::LinkRecord to_record(const ReceiverMark& mark, const Receipt& receipt);

// When the peer received message `seq` of our log: the time in its first receipt that covers it;
// nullopt if none does.
Result<std::optional<Instant>> receipted_at(const Records& records, AgencyId peer, Seq seq);

}  // namespace jiexu
