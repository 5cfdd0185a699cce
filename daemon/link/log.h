// The port through which the link protocol sees our stored copy of a directed link.
#pragma once

#include <optional>

#include "daemon/link/frame.h"

namespace jiexu {

// One frame of a link's log, durable.
struct LoggedFrame {
  Epoch epoch = 0;
  Seq first_seq = 0;
  Seq last_seq = 0;
  Digest prev_head{};
  Digest head{};
  FrameBytes bytes;
};

class LinkLog {
 public:
  virtual ~LinkLog() = default;
  // The frame that holds `seq`; nullopt if the log has no such number. Errors: as the store's.
  virtual Result<std::optional<LoggedFrame>> frame_with(Seq seq) const = 0;
};

}  // namespace jiexu
