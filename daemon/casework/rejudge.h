// Open cases judged anew when the calendar, the profiles or the successions of agencies change:
// deadlines move, and letters for an agency that was merged go on to its successor (succession.cc).
//
// The store says by which edition its open cases were judged. When another one is in use, open
// cases are gone through in slices of bounded size, each in one commit with the place reached, so
// that a crash goes on where the last commit ended. New deadlines are judged by the new edition at
// once. Closed cases, and deadlines that were met, stay as they were judged.
//
// A day that was unknown, because its year was not published, becomes known this way.
#pragma once

#include <string>

#include "daemon/rules/calendar.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// Calendar years and profile versions as text. Equal editions judge equally. The edition in use
// ends with the successions in force.
std::string judging_edition(const Calendar& calendar);

// The edition of stores that have no record of one: the only one there was then.
extern const std::string_view kFirstEdition;

// Where the pass stands.
class Rejudge {
 public:
  // From the store's record, if it has one.
  explicit Rejudge(v1::JudgedRecord record);
  // The edition in use. `pending`: commits that hold deadlines judged by the old one may still be
  // on their way to the disk.
  void use(const std::string& edition, bool pending);

  // Some cases may have been passed over: the pass begins anew.
  void again(bool pending);

  bool running() const { return record_.edition() != record_.target(); }
  // One slice at a time: the next waits for the commit of the last.
  bool ready() const { return running() && !slice_open_ && waits_ == 0; }
  // Nothing is on its way to the disk.
  void settled() { waits_ = 0; }
  void landed();
  // After a slice: goes on after `last`, or has seen all.
  void moved(std::string_view last_case_id);
  void finished();
  const v1::JudgedRecord& record() const { return record_; }

 private:
  v1::JudgedRecord record_;
  bool slice_open_ = false;
  int waits_ = 0;  // commits that must land before the first slice
};

}  // namespace jiexu
