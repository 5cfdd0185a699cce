// One side of a case with all that step() needs, and scripts that bring it to a state.
//
// A script is a line of events by name, such as "apply accept send-letter letter-accept-received
// form-received:refund bank-credit:5000". Their content is sound: it breaks no rule and fits what
// the case knows; what stands behind a colon changes it. Behind '~', the peer wrote the message
// without having heard anything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cases/step.h"
#include "daemon/cases/table.h"

namespace jiexu {

// 2026-11-20, 10:00 in China, a Friday.
inline constexpr Instant kNow{1795140000000};
// What the sound form transfers, in fen.
inline constexpr int64_t kBalance = 123'456;

// The transfer-in and the transfer-out agency of every test.
AgencyId in_agency();
AgencyId out_agency();
// To which letters are forwarded.
AgencyId third_agency();

// What came of an event; the messages are copies.
struct Outcome {
  std::optional<Rejection> rejection;
  std::vector<v1::Message> messages;
  std::vector<Posting> postings;
  const Row* row = nullptr;

  Refusal refusal() const { return rejection ? rejection->refusal : Refusal::kNone; }
};

// Copying it copies the whole side.
class Party {
 public:
  explicit Party(Side side);

  // Accepted events move `subject` on; refused ones leave it.
  Outcome apply(Event event);
  Outcome act(EventKind action, const v1::ActionInput& input);
  Outcome hear(const v1::Message& message);
  Outcome bank(int64_t fen, EventKind kind = EventKind::kBankCredit);
  Outcome pass(DeadlineKind kind);

  // Plays the script. All but the last event must be accepted. Returns what came of the last one.
  Outcome play(std::string_view script);

  Case subject;
  Context context;
  Instant now = kNow;
  int64_t ledger_sum() const;  // of all balances
  int64_t balance(LedgerAccount account) const;

 private:
  Outcome play_token(const std::string& token);

  std::vector<Posting> posted_;
};

// Sound content for a case in this state. `variant` is what stands behind the colon in scripts.
v1::ActionInput sound_input(const Case& subject, EventKind action, const std::string& variant = "");
v1::Message sound_message(const Case& subject, EventKind kind, const std::string& variant = "");
// The event of any kind with sound content. The returned event points into `input` and `message`.
Event sound_event(const Case& subject, EventKind kind, v1::ActionInput& input,
                  v1::Message& message);

std::vector<EventKind> all_events();

// A case in the cell, with the amounts and versions that such a case has.
Case case_in(Side side, Relationship relationship, Funds funds);

// "INFO_RECEIVED / EXPECTED", with the overlay if there is one.
std::string state_text(const Case& subject);

}  // namespace jiexu
