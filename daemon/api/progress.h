// Progress for the person: how far a transfer is, told to whoever knows the letter's number and the
// hash of the person's document number together, and nothing else of the case.
//
//   id_hash = lower-case hex of SHA-256(letter number, ":", document number), where a citizen id
//   has 18 digits or an upper-case X at its end
//
// A wrong hash and an unknown letter get the same answer. Document numbers can be guessed, so that
// questions about one letter are few (PatienceFor). Pure but for SHA-256; of one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/base/time.h"
#include "daemon/cases/case.h"

namespace jiexu {

// APPLIED, AT_ORIGIN, IN_WORK_AT_ORIGIN, RECORD_SENT, RECORD_TAKEN_OVER, DONE, ENDED.
std::string_view stage(const Case& subject);

std::string progress_hash(const Case& subject);
// Takes the same time wherever they differ.
bool same_hash(std::string_view a, std::string_view b);

// Counts questions in windows of an hour (letters) and a minute (users). Memory is bounded: a new
// window forgets the old one's counts.
class ProgressGate {
 public:
  static constexpr uint32_t kPerLetterAnHour = 10;
  static constexpr uint32_t kPerUserAMinute = 600;

  // Whether the user may ask about the letter now; the question counts in any case.
  bool admit(const std::string& user, const std::string& letter_number, Instant now);

 private:
  struct Window {
    int64_t length_ms;
    int64_t number = 0;
    std::unordered_map<std::string, uint32_t> counts{};
    // How often `key` was counted in this window, this time included.
    uint32_t count(const std::string& key, Instant now);
  };
  Window letters_{3'600'000};
  Window users_{60'000};
};

}  // namespace jiexu
