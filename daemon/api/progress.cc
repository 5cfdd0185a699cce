#include "daemon/api/progress.h"

#include <openssl/crypto.h>

#include "daemon/base/bytes.h"
#include "daemon/casework/case_service.h"
#include "daemon/trust/suite.h"

namespace jiexu {

std::string_view stage(const Case& subject) {
  if (is_dead(subject.relationship)) return "ENDED";
  switch (subject.relationship) {
    case Relationship::kLetterSent:
    case Relationship::kLetterDelivered:
    case Relationship::kLetterReceived: return "AT_ORIGIN";
    case Relationship::kLetterAccepted:
    case Relationship::kOutAccepted:
    case Relationship::kStopped: return "IN_WORK_AT_ORIGIN";
    case Relationship::kInfoReceived:
    case Relationship::kInfoDisputed:
    case Relationship::kFormIssued:
    case Relationship::kFormDisputed: return "RECORD_SENT";
    case Relationship::kInfoConfirmed:
    case Relationship::kFormConfirmed: return "RECORD_TAKEN_OVER";
    case Relationship::kDone:
    case Relationship::kPaper:
    case Relationship::kOutDone: return subject.closed() ? "DONE" : "RECORD_TAKEN_OVER";
    default: return "APPLIED";
  }
}

std::string progress_hash(const Case& subject) {
  const std::string document = document_text(subject.person);  // "type:number"
  const std::string_view number = std::string_view(document).substr(document.find(':') + 1);
  return to_hex(view(sha256({subject.letter_number, ":", number})));
}

bool same_hash(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

uint32_t ProgressGate::Window::count(const std::string& key, Instant now) {
  if (const int64_t current = now.ms / length_ms; current != number) {
    number = current;
    counts.clear();
  }
  return ++counts[key];
}

bool ProgressGate::admit(const std::string& user, const std::string& letter_number, Instant now) {
  // A user who asks too often is not counted for letters, so that their table stays small.
  if (users_.count(user, now) > kPerUserAMinute) return false;
  return letters_.count(letter_number, now) <= kPerLetterAnHour;
}

}  // namespace jiexu
