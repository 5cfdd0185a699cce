// What the operator does with links, and what the daemon has read anew.
#pragma once

#include <memory>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/engine/change.h"
#include "daemon/engine/command.h"
#include "daemon/peers/peer_queries.h"
#include "daemon/rules/calendar.h"
#include "daemon/trust/directory.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// What was asked is done; there is no more to say.
struct Done {};

// Sending to one peer stops or goes on.
struct PauseCommand {
  using Reply = Answered<v1::PeerView>;
  AgencyId peer;
  bool pause = true;
  std::string why;               // for people; may be empty
  std::optional<Instant> until;  // then it goes on by itself
};

// What waits for an agency without Jiexu has been printed and given to the mail, up to a number of
// the link. Refused: no message of this number waits.
struct MailedCommand {
  using Reply = Answered<v1::PeerView>;
  AgencyId peer;
  Seq through = 0;
  std::string by_what;  // such as the number of a registered letter; may be empty
};

// A question to the peer now, that its engine answers.
struct AskPeerCommand {
  using Reply = Answered<v1::PeerView>;
  AgencyId peer;
};

// What two people do with messages that were set aside (quarantine_desk.h).
struct QuarantineListQuery {
  using Reply = Answered<v1::QuarantineListView>;
};
struct ProposeQuarantineCommand {
  using Reply = Answered<v1::QuarantineListView>;
  bool release = true;  // false: they are discarded
  std::vector<QuarantinePlace> places;
  std::string note;
};
struct ApproveQuarantineCommand {
  using Reply = Answered<v1::QuarantineListView>;
  std::string content;  // digest of the list as it was shown, in hex
};
struct RetractQuarantineCommand {
  using Reply = Answered<v1::QuarantineListView>;
};

// The directory or the calendar has changed.
struct UseDirectory {
  using Reply = Answered<Done>;
  std::shared_ptr<const Directory> directory;
};
struct UseCalendar {
  using Reply = Answered<Done>;
  std::shared_ptr<const Calendar> calendar;
};

// Something has changed that those are told of who follow the agency, and that no domain sees.
struct NoteChange {
  using Reply = Answered<Done>;
  Change change;
};

// Where all links stand.
struct PeersQuery {
  using Reply = Answered<v1::PeerViews>;
};

}  // namespace jiexu
