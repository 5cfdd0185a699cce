#include "daemon/api/event_view.h"

#include <algorithm>

#include "daemon/bank/bank_queries.h"
#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/references.h"
#include "daemon/base/bytes.h"
#include "daemon/casework/case_store.h"
#include "daemon/engine/alarm.h"
#include "daemon/peers/link_status.h"
#include "daemon/peers/peer_queries.h"

namespace jiexu {
namespace {

bool is_of_payment(const Change& change) {
  return change.topic == Topic::kPayment ||
         (change.topic == Topic::kProposal && change.what == kAboutRelease);
}

CaseId case_of(const Change& change) {
  return *CaseId::from_bytes(view(change.subject));
}

// A case that is damaged is told of all the same, by its id.
std::optional<Case> case_behind(const Records& records, const Change& change) {
  auto found = read_case(records, case_of(change));
  return found ? std::move(*found) : std::nullopt;
}

// The record holds the first bytes of a digest; the key of what it names holds them all. What has
// been deleted meanwhile keeps what is known of it.
std::string whole(const Change& change, const Result<std::optional<Digest>>& found) {
  return to_hex(found && *found ? view(**found) : view(change.subject));
}

std::string line_of(const Records& records, const Change& change) {
  return whole(change, whole_line_digest(records, view(change.subject)));
}

std::string_view outcome_name(uint8_t number) {
  const auto rules = outcome_rules();
  const auto found =
      std::ranges::find(rules, static_cast<BankOutcome>(number), &OutcomeRule::outcome);
  return found == rules.end() ? "" : found->name;
}

std::string_view kind_of(const Change& change) {
  switch (change.topic) {
    case Topic::kCase: return name(static_cast<EventKind>(change.what));
    case Topic::kException: return outcome_name(change.what);
    case Topic::kLink: return name(static_cast<LinkCondition>(change.what));
    case Topic::kAlarm: return name(static_cast<AlarmKind>(change.what));
    case Topic::kProposal:
      return change.what == kAboutLine      ? name(Topic::kBankLine)
             : change.what == kAboutRelease ? name(Topic::kPayment)
                                            : name(Topic::kCase);
    default: return "";
  }
}

std::string quarantine_place(const Change& change) {
  const std::string_view subject = view(change.subject);
  return place_text({*change.peer, read_u32(subject), read_u64(subject.substr(4))});
}

void add_payment(const Records& records, const Change& change, v1::EventView& out) {
  const auto subject = case_behind(records, change);
  if (change.topic != Topic::kPayment || !subject || subject->letter_number.empty()) return;
  out.set_payment(EndToEndId{subject->letter_number, change.what}.text());
}

void add_subject(const Records& records, const Change& change, v1::EventView& out) {
  switch (change.topic) {
    case Topic::kProposal:
      if (change.what == kAboutLine) {
        out.set_line_id(line_of(records, change));
        break;
      }
      [[fallthrough]];
    case Topic::kCase:
    case Topic::kPayment: out.set_case_id(case_of(change).str()); break;
    case Topic::kBatch: out.set_batch(unpack_digits(change.subject)); break;
    case Topic::kBankLine:
    case Topic::kException: out.set_line_id(line_of(records, change)); break;
    case Topic::kBankFile:
      out.set_file(whole(change, whole_file_digest(records, view(change.subject))));
      break;
    case Topic::kQuarantine:
      if (change.peer) out.set_place(quarantine_place(change));
      break;
    default: break;
  }
}

}  // namespace

void complete(const Records& records, Change& change) {
  if (!is_of_payment(change) || change.peer) return;
  if (const auto subject = case_behind(records, change)) change.peer = subject->peer;
}

v1::EventView event_view(const Records& records, const Change& change) {
  v1::EventView out;
  out.set_topic(std::string(name(change.topic)));
  if (const auto kind = kind_of(change); !kind.empty()) out.set_kind(std::string(kind));
  if (change.gone) out.set_gone(true);
  if (change.side) out.set_side(std::string(name(*change.side)));
  if (change.peer) out.set_peer(change.peer->str());
  add_subject(records, change, out);
  if (is_of_payment(change)) add_payment(records, change, out);
  return out;
}

v1::EventView event_view(const ChangeFeed::Queue& queue) {
  v1::EventView out;
  out.set_topic(std::string(name(Topic::kQueue)));
  out.set_peer(queue.peer.str());
  out.set_queued(queue.queued);
  out.set_oldest_unreceipted_ms(queue.oldest_ms);
  return out;
}

}  // namespace jiexu
