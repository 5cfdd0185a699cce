// What the two halves of a link remember for daily statements: how many messages of each kind it
// has carried since the sender's last one, and how far the statements themselves are.
//
// Both ends begin to count anew at the same message, the last part of a statement, so that their
// counts are of the same messages although others are on their way. The counts go into the link's
// record, which each commit writes anyway: nothing is read for them at the end of the day.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "jiexu/v1/message.pb.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

class Tally {
 public:
  // Nothing is counted yet; the next message is `from`.
  explicit Tally(Seq from = 1) : from_(from) {}
  // From the link's record.
  explicit Tally(const v1::TallyRecord& record);

  void add(v1::Message::BodyCase kind) {
    const auto at = static_cast<size_t>(kind);
    ++counts_[at < counts_.size() ? at : 0];
  }
  Seq from() const { return from_; }
  // Kinds that have come, by number.
  std::vector<v1::KindCount> counts() const;
  void write(v1::TallyRecord* record) const;

 private:
  static constexpr size_t kKinds = 64;  // field numbers of Message.body are below

  Seq from_;
  std::array<uint64_t, kKinds> counts_{};
};

// Our statements to a peer. Follows from our messages alone, so that messages of ours that come
// back after a loss bring it back.
struct Said {
  Tally tally;
  Seq last_seq = 0;  // of our messages that are no statements, or above it
  int32_t day = 0;   // of the newest statement; 0: none is known
  uint32_t part = 0;
  bool whole = true;
  CaseId through;  // not whole: told up to here
  Seq first_part_seq = 0;
  Seq last_part_seq = 0;
  bool unknown_there = false;

  // The link begins, or its record is of a program that did not count.
  explicit Said(Seq next = 1) : tally(next), last_seq(next - 1) {}
  explicit Said(const v1::SaidRecord& record);
  v1::SaidRecord to_record() const;

  void wrote(const v1::Message& message, Seq seq);
  // Our messages behind `seq` are given up; nobody has seen them. What is not known any more of
  // counts and statements is forgotten.
  void gave_up_after(Seq seq);
  // Whether message `seq` of ours is the newest statement, or a part of it.
  bool is_statement(Seq seq) const {
    return first_part_seq != 0 && seq >= first_part_seq && seq <= last_part_seq;
  }
};

// A peer's statements to us.
struct Heard {
  struct SetAside {
    Seq seq = 0;
    uint32_t kind = 0;
    v1::FaultCode code{};
  };
  Tally tally;
  std::vector<SetAside> set_aside;  // the first of them
  uint64_t set_aside_total = 0;
  int32_t whole_day = 0;
  int32_t day = 0;  // of the statement that is coming; 0: none is
  uint32_t part = 0;
  CaseId through;

  explicit Heard(Seq next = 1) : tally(next) {}
  explicit Heard(const v1::HeardRecord& record);
  v1::HeardRecord to_record() const;

  void add_set_aside(Seq seq, uint32_t kind, v1::FaultCode code);
  // A statement's last part was message `seq`: the next day begins behind it.
  void begin_day(Seq seq);
};

}  // namespace jiexu
