// What the engine tells of itself to metrics and logs. Called on the engine's thread after the
// fact; must not block. No argument holds personal data.
#pragma once

#include <cstddef>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/cases/event.h"
#include "jiexu/v1/link.pb.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  // A person should look: a link stopped, a peer lost data.
  virtual void alarm(AgencyId /*peer*/, std::string_view /*text*/) {}
  virtual void message_sent(AgencyId /*peer*/, v1::Message::BodyCase /*kind*/) {}
  virtual void message_received(AgencyId /*peer*/, v1::Message::BodyCase /*kind*/) {}
  virtual void quarantined(AgencyId /*peer*/, v1::FaultCode /*code*/) {}
  // A frame that the link protocol did not take: refused, duplicate, out of sequence.
  virtual void frame_refused(AgencyId /*peer*/, std::string_view /*why*/) {}
  virtual void receipt_received(AgencyId /*peer*/, uint64_t /*messages*/) {}
  virtual void case_closed(Side /*side*/, Relationship /*end*/) {}
  virtual void committed(size_t /*operations*/, size_t /*bytes*/) {}
};

}  // namespace jiexu
