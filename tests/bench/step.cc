// How fast step() decides: the straight life of a case at both agencies, again and again, on one
// core and without a store. Also how many allocations a step makes, and that this does not grow
// with what happened before.
#include "daemon/cases/step.h"

#include <unistd.h>

#include <deque>

#include "daemon/base/check.h"
#include "daemon/rules/history.h"
#include "daemon/rules/letter_number.h"
#include "ops/cli/command_line.h"
#include "tests/bench/count_new.h"
#include "tests/bench/measure.h"
#include "tests/rules/sample_forms.h"

using namespace jiexu;

namespace {

// 2026-11-20, 10:00 in China.
constexpr Instant kNow{1795140000000};

struct Happened {
  Event event;
  size_t side;  // 0: IN, 1: OUT
};

// Both sides of one case, and everything that happens to them, with what it points to.
class Life {
 public:
  explicit Life(int form_rows) {
    const AgencyId in = *AgencyId::parse("S41132810207");
    const AgencyId out = *AgencyId::parse("S35050000101");
    number_ = LetterNumber::make(in, {2026, 11, 20}, 7)->text();
    const v1::ContactLetter sample = sample_letter();
    own_entry_ = OwnEntry(sample.payee(), sample.contact());
    for (const size_t side : {0, 1}) {
      contexts_[side].self = side == 0 ? in : out;
      contexts_[side].own_entry = &own_entry_;
      contexts_[side].calendar = &calendar_;
      contexts_[side].profile = default_profile(date_of(kNow))->name;
      contexts_[side].letter_number = number_;
      fresh_[side].id = *CaseId::parse("019a0000-0000-7000-8000-000000000001");
      fresh_[side].peer = side == 0 ? out : in;
    }
    record(form_rows);
  }

  // Lives it once. `copies`: of the case before each step, as the engine makes.
  size_t live(bool copies) {
    std::array<Case, 2> cases = fresh_;
    for (const Happened& happened : story_) take(cases[happened.side], happened, copies);
    CHECK(cases[0].closed() && cases[1].closed());
    return story_.size();
  }

  // Allocations of one more status query after `before` of them.
  uint64_t allocations_after(size_t before) {
    std::array<Case, 2> cases = fresh_;
    for (size_t i = 0; i < 3; ++i) take(cases[0], story_[i], false);
    v1::Message query = header(cases[0]);
    query.mutable_status_query();
    uint64_t last = 0;
    for (size_t i = 0; i <= before; ++i) {
      query.set_case_seq(cases[0].received_case_seq + 1);
      Event event;
      event.kind = EventKind::kStatusQueryIn;
      event.at = kNow;
      event.message = &query;
      const uint64_t now = bench::allocations();
      take(cases[0], {event, 0}, false);
      last = bench::allocations() - now;
    }
    return last;
  }

  // Allocations of all steps but those that hold the form.
  uint64_t allocations_without_form() {
    std::array<Case, 2> cases = fresh_;
    uint64_t sum = 0;
    for (const Happened& happened : story_) {
      const uint64_t before = bench::allocations();
      take(cases[happened.side], happened, false);
      const EventKind kind = happened.event.kind;
      const bool form = kind == EventKind::kIssueForm || kind == EventKind::kInfoFormIn;
      if (!form) sum += bench::allocations() - before;
    }
    return sum;
  }

 private:
  v1::Message header(const Case& to) const {
    v1::Message message;
    message.set_case_id(std::string(to.id.bytes()));
    message.set_case_seq(to.received_case_seq + 1);
    message.set_sent_at_ms(kNow.ms);
    message.set_seen_case_seq(to.sent_case_seq);
    return message;
  }

  std::vector<v1::Message*> take(Case& subject, const Happened& happened, bool copies) {
    Context& context = contexts_[happened.side];
    arena_.Reset();
    context.arena = &arena_;
    if (copies) copy_ = subject;
    auto stepped = step(subject, happened.event, context);
    CHECK(stepped.has_value());
    return std::move(stepped->messages);
  }

  // Adds the event and lives it; what it sends is kept for the other side.
  void happen(size_t side, EventKind kind, v1::ActionInput input = {}, int64_t fen = 0) {
    Event event;
    event.kind = kind;
    event.at = kNow;
    event.actor = user_actor("clerk");
    event.amount = Fen{fen};
    event.input = &inputs_.emplace_back(std::move(input));
    keep({event, side});
  }

  void hear(size_t side) {
    CHECK(sent_.has_value());
    v1::Message& message = messages_.emplace_back(std::move(*sent_));
    sent_.reset();
    Event event;
    event.at = kNow;
    event.actor = {ActorKind::kPeer, now_[side].peer.text()};
    event.message = &message;
    event.kind = event_of(message.body_case());
    event.place = {false, 1, 1};
    keep({event, side});
  }

  void keep(const Happened& happened) {
    story_.push_back(happened);
    for (const v1::Message* message : take(now_[happened.side], happened, true)) sent_ = *message;
  }

  void record(int form_rows) {
    now_ = fresh_;
    v1::ActionInput apply;
    *apply.mutable_application() = sample_application();
    happen(0, EventKind::kApply, apply);
    happen(0, EventKind::kAccept);
    happen(0, EventKind::kSendLetter);
    hear(1);
    happen(0, EventKind::kDelivered);
    happen(1, EventKind::kAcceptLetter);
    hear(0);
    v1::ActionInput stop;
    stop.set_date(20260915);
    happen(1, EventKind::kStopInsurance, stop);
    happen(1, EventKind::kIssueForm, form(form_rows));
    hear(0);
    happen(0, EventKind::kConfirmForm);
    hear(1);
    happen(1, EventKind::kRemit);
    hear(0);
    happen(0, EventKind::kBankCredit, {}, now_[0].due.value);
    happen(0, EventKind::kCredit);
    hear(1);
    happen(0, EventKind::kClose);
    hear(1);
  }

  // A history of one row after the other, without gaps.
  static v1::ActionInput form(int rows) {
    v1::ActionInput input;
    v1::InformationForm& form = *input.mutable_form();
    form = sample_form();
    form.clear_segments();
    form.clear_gaps();
    for (int i = 0; i < rows; ++i) {
      const int month = (2026 * 12 + 7) - (rows - 1 - i);
      const int32_t yyyymm = month / 12 * 100 + month % 12 + 1;
      add_row(form, yyyymm, yyyymm);
    }
    fill_derived(form);
    form.clear_issued_on();
    return input;
  }

  Calendar calendar_ = Calendar::shipped();
  OwnEntry own_entry_;
  std::string number_;
  std::array<Context, 2> contexts_;
  std::array<Case, 2> fresh_;
  std::array<Case, 2> now_;
  std::deque<v1::ActionInput> inputs_;
  std::deque<v1::Message> messages_;
  std::optional<v1::Message> sent_;
  std::vector<Happened> story_;
  Case copy_;
  google::protobuf::Arena arena_;
};

// Steps a second of CPU.
double rate(Life& life, uint64_t lives, bool copies) {
  uint64_t steps = 0;
  const bench::Usage before = bench::Usage::of({getpid()});
  for (uint64_t i = 0; i < lives; ++i) steps += life.live(copies);
  const bench::Usage used = bench::Usage::of({getpid()}) - before;
  return static_cast<double>(steps) / used.cpu_s;
}

}  // namespace

int main(int argc, char** argv) {
  cli::CommandLine line("Decides the straight life of a case again and again");
  cli::Command app = line.command();
  uint64_t lives = 100'000;
  int rows = 20;
  app.add_option("--lives", lives);
  app.add_option("--rows", rows, "Of the form's history");
  if (const auto ends = line.parse(argc, argv)) return *ends;
  Life life(rows);
  Life long_form(480);
  const double moved = rate(life, lives, false);
  const double copied = rate(life, lives, true);
  const double with_480_rows = rate(long_form, lives / 20, false);
  const uint64_t before = bench::allocations();
  const size_t steps = life.live(false);
  const auto each = static_cast<double>(bench::allocations() - before) / static_cast<double>(steps);
  bench::print_row(
      "step",
      {{"rows", rows},
       {"steps_of_a_life", static_cast<double>(steps)},
       {"per_second", moved},
       {"per_second_with_copy", copied},
       {"per_second_480_rows", with_480_rows},
       {"allocations", each},
       {"allocations_first", static_cast<double>(life.allocations_after(0))},
       {"allocations_1000th", static_cast<double>(life.allocations_after(1000))},
       {"allocations_short_form", static_cast<double>(life.allocations_without_form())},
       {"allocations_long_form", static_cast<double>(long_form.allocations_without_form())}});
  return 0;
}
