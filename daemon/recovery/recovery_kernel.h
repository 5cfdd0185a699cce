// What a recovery (link_recovery.h) asks of the kernel.
#pragma once

#include <string>

#include "daemon/base/time.h"
#include "daemon/link/transport.h"
#include "daemon/peers/peer.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

class RecoveryKernel {
 public:
  virtual ~RecoveryKernel() = default;
  // To the peer, at once.
  virtual void send(const Peer& peer, Lane lane, std::string frame) = 0;
  // Does what a step of the peer's sender says.
  virtual void follow(Peer& peer, SenderStep step) = 0;
  // Something was written into the open commit; `urgent`: it must not wait.
  virtual void request_commit(bool urgent) = 0;
  // Into the open commit.
  virtual void write(const v1::StoreRecord& record) = 0;
  // Payments ordered up to then may be with the bank already.
  virtual void doubt_payments(Instant until) = 0;
  // Numbers of letters, batches and commits that were given may be forgotten.
  virtual void skip_numbers(Instant now) = 0;
  // Something is another way with the links; `freed`: somebody who waited for one may go on.
  virtual void links_changed(bool freed) = 0;
};

}  // namespace jiexu
