// The life of a batch.
#include "daemon/payments/rules/batch_machine.h"

#include <catch2/catch.hpp>
#include <set>

using namespace jiexu;

namespace batch_machine_test {
namespace {

constexpr BatchState kStates[] = {BatchState::kMade, BatchState::kApproved, BatchState::kExported,
                                  BatchState::kVoid};

BatchAnswer answer(BatchFacts facts, BatchEvent event) {
  return step(facts, event).answer;
}

}  // namespace

TEST_CASE("every state of a batch has an answer to every event") {
  for (int i = 0; i <= static_cast<int>(BatchEvent::kLast); ++i) {
    for (const BatchState state : kStates) {
      bool whole = false;
      for (const BatchRow& row : batch_rows()) {
        whole |= row.event == static_cast<BatchEvent>(i) && row.from.has(state) &&
                 row.condition == BatchIf::kAlways;
      }
      INFO(name(static_cast<BatchEvent>(i)) << " in " << name(state));
      CHECK(whole);
    }
  }
}

TEST_CASE("each row of a batch can be reached, and a refusal moves nothing") {
  for (const BatchRow& row : batch_rows()) {
    INFO(name(row.event) << " if " << name(row.condition));
    bool shadowed = false;
    for (const BatchRow* before = batch_rows().data(); before != &row; ++before) {
      const bool covers = (row.from.bits & ~before->from.bits) == 0;
      shadowed |= before->event == row.event && covers && before->condition == BatchIf::kAlways;
    }
    CHECK_FALSE(shadowed);
    if (BatchStep{row.to, row.answer}.refused()) CHECK(row.to == kSameBatch);
  }
}

TEST_CASE("who has made a batch, or ordered in it, does not approve it") {
  CHECK(answer({.by_maker = true, .by_orderer = true}, BatchEvent::kApprove) ==
        BatchAnswer::kSamePersonMade);
  CHECK(answer({.by_orderer = true}, BatchEvent::kApprove) == BatchAnswer::kSamePersonOrdered);
  CHECK(answer({.as_seen = false}, BatchEvent::kApprove) == BatchAnswer::kChanged);
  CHECK(answer({}, BatchEvent::kApprove) == BatchAnswer::kDone);
}

TEST_CASE("a batch is exported once, approved, as it was approved") {
  const auto exported = [](BatchFacts facts) { return answer(facts, BatchEvent::kExport); };
  CHECK(exported({.state = BatchState::kMade}) == BatchAnswer::kNotApproved);
  CHECK(exported({.state = BatchState::kVoid}) == BatchAnswer::kNotApproved);
  CHECK(exported({.state = BatchState::kApproved}) == BatchAnswer::kDone);
  CHECK(exported({.state = BatchState::kApproved, .as_seen = false}) == BatchAnswer::kChanged);
  CHECK(exported({.state = BatchState::kApproved, .confirmed = false}) ==
        BatchAnswer::kUnconfirmed);
  CHECK(exported({.state = BatchState::kApproved, .reachable = false}) == BatchAnswer::kRecovering);
  CHECK(exported({.state = BatchState::kExported}) == BatchAnswer::kAsBefore);
  CHECK(exported({.state = BatchState::kExported, .same_format = false}) ==
        BatchAnswer::kFormatDiffers);
  CHECK(exported({.state = BatchState::kExported, .file_here = false}) == BatchAnswer::kFileGone);
}

TEST_CASE("nothing leads out of an exported or void batch, but that it has gone out") {
  for (const BatchState state : {BatchState::kExported, BatchState::kVoid}) {
    for (const bool empty : {false, true}) {
      for (const BatchEvent event :
           {BatchEvent::kLeft, BatchEvent::kApprove, BatchEvent::kExport}) {
        CHECK(step({.state = state, .empty = empty}, event).to == state);
      }
    }
  }
}

TEST_CASE("names of what happens to batches are distinct and not empty") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(BatchEvent::kLast); ++i) {
    CHECK(names.insert(name(static_cast<BatchEvent>(i))).second);
  }
  for (int i = 0; i <= static_cast<int>(BatchIf::kLast); ++i) {
    CHECK(names.insert(name(static_cast<BatchIf>(i))).second);
  }
  for (int i = 0; i <= static_cast<int>(BatchAnswer::kLast); ++i) {
    CHECK(names.insert(name(static_cast<BatchAnswer>(i))).second);
  }
  CHECK_FALSE(names.contains(""));
}

}  // namespace batch_machine_test
