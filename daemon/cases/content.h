// The content of actions and messages: what must hold of it before the table is asked, one rule a
// line, one named refusal a rule; absorb.h has what the case takes over from it. Internal to
// daemon/cases.
#pragma once

#include <optional>
#include <string>

#include "daemon/cases/step.h"

namespace jiexu {

// An event with what was made of its content.
struct Content {
  const Event* event = nullptr;
  const Context* context = nullptr;
  const v1::InformationForm* form =
      nullptr;                        // kIssueForm: completed and checked; kInfoFormIn: as it came
  std::vector<v1::Finding> findings;  // about `form`
  Fen amount;                         // of events that move money
  uint32_t attempt = 0;               // kBankReturned, kRemitNoticeIn: which payment
  int32_t date = 0;                   // of the act, yyyymmdd
};

// When the event's message was written, for days that may not lie in the future: what its writer
// took for now counts, also if that clock was ahead then. REQUIRES: it has a message.
Instant written_at(const Event& event);

// Checks the event against the case and completes it. The states have been checked already.
tl::expected<Content, Rejection> read_content(const Case& subject, const Event& event,
                                              const Context& context);

}  // namespace jiexu
