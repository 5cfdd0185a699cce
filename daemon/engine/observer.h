// What the engine tells of itself to metrics and logs. Called on the engine's thread after the
// fact; must not block. No argument holds personal data.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/cases/event.h"
#include "daemon/engine/alarm.h"
#include "jiexu/v1/link.pb.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {

class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  // A person should look: a link stopped, a peer lost data. It has happened, and is over.
  virtual void alarm(AgencyId /*peer*/, std::string_view /*text*/) {}
  // A condition has begun, or its sentence is another one; nullopt: it is over.
  virtual void alarm_changed(AgencyId /*peer*/, AlarmKind /*kind*/,
                             std::optional<std::string> /*text*/, Instant /*now*/) {}
  // Where the exchange with the peer stands, and why; no reason: it needs none.
  virtual void link_changed(AgencyId /*peer*/, std::string_view /*state*/, std::string_view /*why*/,
                            Instant /*since*/) {}
  // What a person, or time in a person's name, has done to the agency as a whole.
  virtual void noted(std::string_view /*text*/) {}
  virtual void message_sent(AgencyId /*peer*/, v1::Message::BodyCase /*kind*/) {}
  virtual void message_received(AgencyId /*peer*/, v1::Message::BodyCase /*kind*/) {}
  virtual void quarantined(AgencyId /*peer*/, v1::FaultCode /*code*/) {}
  // A frame that the link protocol did not take: refused, duplicate, out of sequence.
  virtual void frame_refused(AgencyId /*peer*/, std::string_view /*why*/) {}
  virtual void receipt_received(AgencyId /*peer*/, uint64_t /*messages*/) {}
  virtual void case_closed(Side /*side*/, Relationship /*end*/) {}
  virtual void committed(size_t /*operations*/, size_t /*bytes*/) {}
  // A person should look at what a bank says.
  virtual void bank_alarm(AgencyId /*self*/, std::string_view /*text*/) {}
};

}  // namespace jiexu
