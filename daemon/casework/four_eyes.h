// Four eyes: actions that need a second person (Offer.second_person) are proposed by one user and
// done when another approves.
//
//   * A proposal lies in its case's record, so that it is as durable as the case, and its making,
//     approval, retraction and lapse are entries of the timeline, each with its user.
//   * With it lies all that the action would send and move (shown.h), which people are shown. The
//     approval names a SHA-256 over that and what was entered, and is of exactly that: if something
//     else would leave by then, nothing does (proposal_changed).
//   * Nobody approves what he proposed. A proposal of the same action replaces the earlier one.
//   * A proposal whose action can no longer be taken lapses, and so does one that would send
//     something else because the case has changed: nobody has proposed that. What is proposed anew
//     has a new number.
// Dates that were left out are those of the approval, because the action happens then.
//
// Who may propose and approve by role is the API's business. CaseService has the writes.
#pragma once

#include "daemon/base/ids.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"

namespace jiexu {

// Of what the proposal would do.
Digest proposal_digest(const Case& subject, const Proposal& proposal);

// The action that was proposed.
EventKind action_of(const Proposal& proposal);

// nullptr if no such proposal waits.
const Proposal* find_proposal(const Case& subject, uint32_t number);

}  // namespace jiexu
