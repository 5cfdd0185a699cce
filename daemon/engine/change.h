// What commits have changed, for those who follow the agency from outside: pages, clerks' systems,
// `jiexu events`. A change says of what it is and whose, in a few bytes and without personal data;
// whoever may, reads the rest.
//
// The changes of one commit are one record of the store under its epoch and LSN (FORMAT.md), which
// lies in the batch of the changes themselves: they are there together or not at all. Pure.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/ids.h"
#include "daemon/base/result.h"
#include "daemon/base/time.h"
#include "daemon/cases/case.h"

namespace jiexu {

// Numbers are on the disk and never reused.
enum class Topic : uint8_t {
  kCase = 1,
  kProposal = 2,  // four eyes: of a case, a bank line or a payment's release
  kPayment = 3,
  kBatch = 4,  // of payments
  kBankLine = 5,
  kBankFile = 6,
  kException = 7,  // a bank line has come into an exception queue, or left one
  kQuarantine = 8,
  kLink = 9,  // its state
  kAlarm = 10,
  kDirectory = 11,
  kUsers = 12,
  kStore = 13,  // it has lost commits, and an epoch begins
  kQueue = 14,  // how many messages wait for a peer; never on the disk
};

inline constexpr std::array kTopics = {
    Topic::kCase,      Topic::kProposal,  Topic::kPayment,    Topic::kBatch, Topic::kBankLine,
    Topic::kBankFile,  Topic::kException, Topic::kQuarantine, Topic::kLink,  Topic::kAlarm,
    Topic::kDirectory, Topic::kUsers,     Topic::kStore,      Topic::kQueue};

// Such as "bank_line".
std::string_view name(Topic topic);
std::optional<Topic> topic_from_name(std::string_view name);

struct Change {
  using Subject = std::array<uint8_t, 16>;

  Topic topic{};
  // Of a case: the EventKind. Of a payment: the attempt, 255 for later ones. Of an exception: the
  // outcome. Of a link: its condition. Of an alarm: its kind. Of a proposal: what it is about.
  uint8_t what = 0;
  // It is not there any more: the alarm is over, the proposal decided or lapsed, the line has left
  // the queue, the message the quarantine.
  bool gone = false;
  std::optional<Side> side;
  std::optional<AgencyId> peer;
  // Case and payment, proposals about these: the case. Bank line and exception: the first bytes of
  // the line's digest; file: of the file's. Batch: its 21 digits, two a byte, then F.
  // Quarantine: epoch u32, seq u64. Others: zeros.
  Subject subject{};

  bool operator==(const Change&) const = default;
};

// Change::what of a proposal.
inline constexpr uint8_t kAboutCase = 1;
inline constexpr uint8_t kAboutLine = 2;
inline constexpr uint8_t kAboutRelease = 3;

// The first bytes of what names it. REQUIRES: at most 16 bytes count.
Change::Subject subject_of(std::string_view bytes);
// 21 digits there and back.
Change::Subject pack_digits(std::string_view digits);
std::string unpack_digits(const Change::Subject& subject);

// A place among the changes: everything up to change `n` of the commit, this one included. As text
// it is the id of an event: "1790000000.5.0".
struct ChangePlace {
  // Begins anew when the store has lost commits (a backup was restored), for its numbers then come
  // a second time. It is the time at which that was noticed, in seconds: no other copy of the store
  // draws the same.
  uint32_t epoch = 0;
  Lsn lsn = 0;
  uint32_t n = 0;

  auto operator<=>(const ChangePlace&) const = default;
  std::string text() const;
  static std::optional<ChangePlace> parse(std::string_view text);
};

inline constexpr size_t kChangeBytes = 23;
inline constexpr size_t kChangesHeadBytes = 12;

// Writes a record: a head, then changes.
void append_changes_head(Instant at, uint64_t before, std::string& out);
void append_change(const Change& change, std::string& out);

// A record, read in place.
class ChangesView {
 public:
  // `record` must outlive this. Error kCorrupt.
  static Result<ChangesView> parse(std::string_view record);

  Instant at() const { return at_; }
  // How many changes the store has seen before these; kept or not.
  uint64_t before() const { return before_; }
  uint32_t size() const { return static_cast<uint32_t>(changes_.size() / kChangeBytes); }
  // nullopt: a later program has written it. REQUIRES: n < size().
  std::optional<Change> operator[](uint32_t n) const;

 private:
  Instant at_;
  uint64_t before_ = 0;
  std::string_view changes_;
};

}  // namespace jiexu
