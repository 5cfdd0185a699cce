// Every event into the case machine: from a new case or from any cell of the table, a run of events
// whose content is sound, or sound with changes, or plain bytes. See case_oracle.h for what is
// checked.
#include <google/protobuf/arena.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>

#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/cases/payments.h"
#include "daemon/cases/table.h"
#include "tests/cases/party.h"
#include "tests/fuzz/case_oracle.h"
#include "tests/fuzz/mutate.h"

using namespace jiexu;

namespace {

constexpr int kEventsMax = 24;
constexpr int64_t kYearMs = 365LL * 86'400'000;

// Content as it reaches step(): what a frame or a request held, read by protobuf.
template <class T>
bool reread(T& content) {
  const std::string bytes = content.SerializeAsString();
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  return content.ParseFromCodedStream(&in);
}

template <class T>
bool vary(T& content, FuzzedDataProvider& in) {
  switch (in.ConsumeIntegralInRange(0, 3)) {
    case 0:
    case 1: return true;
    case 2: mutate(&content, in); return reread(content);
    default: return content.ParseFromString(in.ConsumeRandomLengthString(4096));
  }
}

const Party& party(Side side) {
  static const auto* const kIn = new Party(Side::kIn);
  static const auto* const kOut = new Party(Side::kOut);
  return side == Side::kIn ? *kIn : *kOut;
}

Case first_case(FuzzedDataProvider& in) {
  const Side side = in.ConsumeBool() ? Side::kOut : Side::kIn;
  const auto relationship = static_cast<Relationship>(in.ConsumeIntegralInRange(0, 31));
  const auto funds = static_cast<Funds>(in.ConsumeIntegralInRange(0, 29));
  const bool out = static_cast<int>(relationship) >= 20;
  const bool names = !name(relationship).empty() && !name(funds).empty();
  if (!names || out != (side == Side::kOut) || out != (static_cast<int>(funds) >= 20)) {
    return party(side).subject;
  }
  Case subject = case_in(side, relationship, funds);
  if (side == Side::kOut || funds == Funds::kMatched) {
    subject.due = subject.moved.value > 0 ? subject.moved : subject.due;
  }
  list_old_payments(subject);  // as the store lists them when it reads such a case
  return subject;
}

class Run {
 public:
  explicit Run(FuzzedDataProvider& in)
      : in_(in), subject_(first_case(in)), ledger_(money_fits(subject_)) {}

  void go() {
    for (int i = 0; i < kEventsMax && in_.remaining_bytes() > 0; ++i) one();
  }

 private:
  void one() {
    static const std::vector<EventKind>& kEvents = *new std::vector<EventKind>(all_events());
    const EventKind kind = kEvents[in_.ConsumeIntegralInRange<size_t>(0, kEvents.size() - 1)];
    Event event = sound_event(subject_, kind, input_, message_);
    if (event.input != nullptr) {
      if (!vary(input_, in_)) return;
      if (in_.ConsumeIntegralInRange(0, 15) == 15) event.input = nullptr;
    }
    if (event.message != nullptr) {
      if (!vary(message_, in_)) return;
      event.kind = event_of(message_.body_case());
      if (event.kind == EventKind::kNone) return;
    }
    now_ = std::min(now_ + in_.ConsumeIntegralInRange<int64_t>(0, 3) *
                               in_.ConsumeIntegralInRange<int64_t>(0, kYearMs / 4),
                    kNow.ms + 60 * kYearMs);
    event.at = Instant{now_};
    const bool bank = kind == EventKind::kBankCredit || kind == EventKind::kBankReversal;
    if (bank && in_.ConsumeBool()) event.amount = Fen{odd_number(in_)};
    if (kind == EventKind::kDeadlinePassed) {
      event.deadline = static_cast<DeadlineKind>(in_.ConsumeIntegralInRange(0, 6));
    }
    decide(event);
  }

  void decide(const Event& event) {
    google::protobuf::Arena arena;
    Context context = party(subject_.side).context;
    context.arena = &arena;
    const uint8_t odds = in_.ConsumeIntegral<uint8_t>();
    if (odds >= 250) context.letter_number = "";
    context.peer_known = odds != 249;
    if (odds == 248) context.duplicate_of = CaseId::make(1, {});
    if (odds == 247) context.claimed_by = CaseId::make(1, {});
    context.letter_number_taken = odds == 246;
    context.agency_known = odds != 245;
    context.upstream_open = odds == 244;
    context.number_foreign = odds == 243;
    const Case before = subject_;
    auto step = jiexu::step(subject_, event, context);
    if (!step) {
      check_unchanged(before, subject_);
      CHECK(!name(step.error().refusal).empty());
      CHECK(!explain(step.error().refusal).empty());
      return;
    }
    check_step(before, event, subject_, *step, ledger_);
    for (const Offer& offer : offers(subject_)) CHECK(is_action(offer.action));
  }

  FuzzedDataProvider& in_;
  Case subject_;
  const bool ledger_;
  int64_t now_ = kNow.ms;
  v1::ActionInput input_;
  v1::Message message_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  [[maybe_unused]] static auto* const kQuiet = new google::protobuf::LogSilencer;
  FuzzedDataProvider in(data, size);
  Run(in).go();
  return 0;
}
