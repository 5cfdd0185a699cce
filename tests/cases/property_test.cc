// Properties of step() against a naive model: any events in any order, with any amounts, and a
// model that knows nothing of tables. It only keeps a list of what was accepted and adds it up anew
// each time. RapidCheck shrinks a failing list to the shortest.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "daemon/cases/stated.h"
#include "daemon/cases/table.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace {

// One attempt: which event, and how large an amount, in thousandths of what is sound.
struct Try {
  uint8_t event = 0;
  uint16_t share = 0;
};

std::ostream& operator<<(std::ostream& out, const Try& one) {
  return out << static_cast<int>(one.event) << ':' << one.share;
}

// What was accepted, in order.
struct Movement {
  EventKind kind;
  int64_t fen;
  uint32_t sent;  // messages
};

// The sums that follow from the movements of one side, each by its own walk over all of them.
class Model {
 public:
  void add(EventKind kind, int64_t fen, size_t sent) {
    all_.push_back({kind, fen, static_cast<uint32_t>(sent)});
  }

  size_t steps() const { return all_.size(); }
  uint32_t sent() const {
    uint32_t out = 0;
    for (const Movement& one : all_) out += one.sent;
    return out;
  }
  int64_t sum(std::initializer_list<EventKind> kinds) const {
    int64_t out = 0;
    for (const Movement& one : all_) {
      for (const EventKind kind : kinds) out += one.kind == kind ? one.fen : 0;
    }
    return out;
  }
  // Money that is here (IN), or on its way and there (OUT).
  int64_t moved(Side side) const {
    const int64_t back =
        sum({EventKind::kBankReversal, EventKind::kBankReturned, EventKind::kMatchUndone});
    return side == Side::kIn ? sum({EventKind::kBankCredit}) - back - sum({EventKind::kReturnFunds})
                             : sum({EventKind::kRemit, EventKind::kBankPaidAgain}) - back -
                                   sum({EventKind::kBankCredit});
  }
  int64_t returned(Side side) const {
    return side == Side::kIn ? sum({EventKind::kReturnFunds}) : sum({EventKind::kBankCredit});
  }
  int64_t noticed() const {
    return sum({EventKind::kRemitNoticeIn}) - sum({EventKind::kBankReturnedIn});
  }

 private:
  std::vector<Movement> all_;
};

// The amount that an event moves, as its content says.
int64_t amount_in(const Event& event, const Case& before, const Case& after) {
  switch (event.kind) {
    case EventKind::kBankCredit:
    case EventKind::kMatchUndone:
    case EventKind::kBankReversal: return event.amount.value;
    case EventKind::kBankPaidAgain:
    case EventKind::kRemit: return after.last_order.value;
    // All that is open, if no amount was entered.
    case EventKind::kReturnFunds:
    case EventKind::kBankReturned: return before.moved.value - after.moved.value;
    case EventKind::kRemitNoticeIn: return event.message->remittance_notice().amount_fen();
    case EventKind::kBankReturnedIn: return event.message->bank_returned().amount_fen();
    default: return 0;
  }
}

void scale(const Try& one, Event& event, v1::ActionInput& input, v1::Message& message) {
  const auto scaled = [&](int64_t fen) { return fen * one.share / 1000; };
  event.amount = Fen{scaled(event.amount.value)};
  if (input.amount_fen() != 0) input.set_amount_fen(scaled(input.amount_fen()));
  if (message.has_remittance_notice()) {
    v1::RemittanceNotice& notice = *message.mutable_remittance_notice();
    notice.set_amount_fen(scaled(notice.amount_fen()));
  }
  if (one.share % 7 == 0) message.set_seen_case_seq(0);  // written without having heard anything
}

// The case without what the store keeps for itself.
std::string text_of(const Case& subject) {
  std::string out = state_text(subject);
  for (const uint64_t number :
       {subject.revision, uint64_t{subject.timeline_count}, uint64_t{subject.sent_case_seq},
        uint64_t{subject.received_case_seq}, uint64_t{subject.form_version},
        uint64_t{subject.attempt}, uint64_t{subject.turn}, uint64_t{subject.attachments.size()}}) {
    out += " " + std::to_string(number);
  }
  for (const Fen amount : {subject.due, subject.noticed, subject.moved, subject.returned,
                           subject.credited, subject.refund, subject.refunded}) {
    out += " " + amount.yuan();
  }
  return out;
}

// A side that lives, and the model beside it.
class Pair {
 public:
  explicit Pair(Side side) : party_(side), side_(side) {}

  void attempt(const Try& one) {
    const EventKind kind = choose(one);
    v1::ActionInput input;
    v1::Message message;
    Event event = sound_event(party_.subject, kind, input, message);
    scale(one, event, input, message);
    const Case before = party_.subject;
    const Outcome outcome = party_.apply(event);
    if (outcome.rejection) {
      RC_ASSERT(text_of(before) == text_of(party_.subject));
      RC_ASSERT(!name(outcome.refusal()).empty());
      return;
    }
    // What our own message has overtaken is taken note of, and moves nothing.
    const bool moves = outcome.row == nullptr || outcome.row->guard != Guard::kOvertaken;
    const int64_t fen = moves ? amount_in(event, before, party_.subject) : 0;
    model_.add(kind, fen, outcome.messages.size());
    compare(before);
  }

  // Hears once more what it heard last.
  void repeat_is_refused() {
    if (party_.subject.received_case_seq == 0) return;
    v1::Message message = sound_message(party_.subject, EventKind::kStatusQueryIn);
    message.set_case_seq(party_.subject.received_case_seq);
    RC_ASSERT(party_.hear(message).refusal() == Refusal::kReplayed);
  }

 private:
  // Mostly one of those that the table knows here, so that lives become long.
  EventKind choose(const Try& one) const {
    if (!party_.subject.exists())
      return side_ == Side::kIn ? EventKind::kApply : EventKind::kLetterIn;
    std::vector<EventKind> events = all_events();
    if (one.share % 10 != 0) {
      std::erase_if(events, [&](EventKind kind) {
        return std::ranges::none_of(
            rows(side_), [&](const Row& row) { return fits(row, party_.subject, kind); });
      });
    }
    return events[one.event % events.size()];
  }

  void compare(const Case& before) {
    const Case& subject = party_.subject;
    RC_ASSERT(subject.revision == model_.steps());
    RC_ASSERT(subject.timeline_count == model_.steps());
    RC_ASSERT(subject.moved.value == model_.moved(side_));
    RC_ASSERT(subject.returned.value == model_.returned(side_));
    if (side_ == Side::kIn) RC_ASSERT(subject.noticed.value == model_.noticed());
    Fen listed;
    for (const OpenPayment& payment : subject.payments) listed.value += payment.open.value;
    RC_ASSERT(listed == ordered_by(subject));
    RC_ASSERT(subject.moved.value >= 0);
    RC_ASSERT(subject.credited.value >= 0);
    RC_ASSERT(party_.ledger_sum() == 0);
    if (side_ == Side::kIn) RC_ASSERT(party_.balance(LedgerAccount::kBank) == subject.moved.value);
    // A letter that goes on to another agency begins the numbering anew.
    if (subject.peer == before.peer && subject.former_peers.empty()) {
      RC_ASSERT(subject.sent_case_seq == model_.sent());
    }
    RC_ASSERT(subject.closed_at.has_value() == subject.closed());
    RC_ASSERT(judge_funds(subject) == subject.funds);
    for (const Offer& offer : offers(subject)) RC_ASSERT(!offer.title.empty());
  }

  Party party_;
  Side side_;
  Model model_;
};

}  // namespace

namespace rc {
template <>
struct Arbitrary<Try> {
  static Gen<Try> arbitrary() {
    return gen::build<Try>(gen::set(&Try::event, gen::inRange<uint8_t>(0, 255)),
                           gen::set(&Try::share, gen::inRange<uint16_t>(1, 2000)));
  }
};
}  // namespace rc

TEST_CASE("whatever happens, the case is what a naive model adds up") {
  for (const Side side : {Side::kIn, Side::kOut}) {
    const bool held = rc::check(std::string(name(side)), [side](const std::vector<Try>& tries) {
      Pair pair(side);
      for (const Try& one : tries) pair.attempt(one);
      pair.repeat_is_refused();
    });
    CHECK(held);
  }
}
