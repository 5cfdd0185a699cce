// Four eyes: actions that need a second person (Offer.second_person) are proposed by one user and
// done when another approves.
//
//   * A proposal lies in its case's record, so that it is as durable as the case, and its making,
//     approval, retraction and lapse are entries of the timeline, each with its user.
//   * The approval names a SHA-256 over all that the action would do: what was entered, and the
//     facts of the case that the action uses (person, account, letter, amounts). If any of these
//     has changed since the second person looked, the approval is refused and must be given anew.
//   * Nobody approves what he proposed. A proposal of the same action replaces the earlier one.
//   * A proposal whose action can no longer be taken lapses.
// Dates that were left out are those of the approval, because the action happens then.
//
// Who may propose and approve by role is the API's business. CaseService has the writes.
#pragma once

#include "daemon/base/ids.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"

namespace jiexu {

// Of what the proposal would do to the case as it stands.
Digest proposal_digest(const Case& subject, const Proposal& proposal);

// The action that was proposed.
EventKind action_of(const Proposal& proposal);

// nullptr if no such proposal waits.
const Proposal* find_proposal(const Case& subject, uint32_t number);

}  // namespace jiexu
