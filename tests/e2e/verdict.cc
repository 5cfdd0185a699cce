#include "tests/e2e/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/time.h"
#include "tests/e2e/clerk.h"

namespace jiexu::e2e {
namespace {

class Judge {
 public:
  explicit Judge(World& world) : world_(world) {}

  Verdict run() {
    for (size_t i = 0; i < 2; ++i) load(i);
    for (const Applicant* applicant : world_.people().all()) judge_applicant(*applicant);
    for (size_t i = 0; i < 2; ++i) judge_direction(i);
    for (size_t i = 0; i < 2; ++i) judge_books(i);
    for (const std::string& text : world_.surprises()) fault("surprise: " + text);
    measure_latencies();
    return std::move(verdict_);
  }

 private:
  void fault(std::string text) { verdict_.faults.push_back(std::move(text)); }

  void load(size_t agency) {
    const auto all = world_.agency(agency).cases(false);
    if (!all) return fault("cases of agency " + std::to_string(agency) + ": " + all.error().text);
    for (const v1::CaseView& view : *all) {
      cases_[agency][view.person().document_number()].push_back(view);
      verdict_.endings[agency][view.side() + " " + view.relationship() + " / " + view.funds()]++;
    }
  }

  void judge_applicant(const Applicant& applicant) {
    for (const bool in_side : {true, false}) {
      const size_t agency = in_side ? applicant.destination : 1 - applicant.destination;
      const auto& views = cases_[agency][applicant.person.document_number()];
      if (views.size() != 1) {
        fault(fmt::format("an applicant has {} cases at one side instead of one", views.size()));
        continue;
      }
      judge_case(views.front(), applicant, in_side);
    }
  }

  void judge_case(const v1::CaseView& view, const Applicant& applicant, bool in_side) {
    const Ending ending = expected_ending(applicant.story, in_side);
    if (view.relationship() != ending.relationship || view.funds() != ending.funds ||
        !view.closed() || view.overlay() != "NONE") {
      fault(fmt::format("case {} {} ended in {} / {} (overlay {}) instead of {} / {}",
                        view.case_id(), view.side(), view.relationship(), view.funds(),
                        view.overlay(), ending.relationship, ending.funds));
    }
    if (view.funds() == "CREDITED") {
      if (view.credited_fen() != applicant.balance.value) fault("credited is not the balance");
      credited_[1 - applicant.destination] += applicant.balance.value;
    }
  }

  void judge_direction(size_t from) {
    const auto sender = world_.agency(from).peer(world_.agency(1 - from).spec().code);
    const auto receiver = world_.agency(1 - from).peer(world_.agency(from).spec().code);
    if (!sender || !receiver) return fault("/v1/peers does not answer");
    const v1::PeerView& out = *sender;
    const v1::PeerView& in = *receiver;
    Direction& direction = verdict_.directions[from];
    direction = {out.out_last_seq(), out.sent_fen(), in.received_fen(), in.credited_fen(),
                 out.out_head() == in.in_head() && out.out_last_seq() == in.in_last_seq()};
    if (!direction.heads_equal) fault(fmt::format("logs from agency {} differ", from));
    if (out.queued() != 0) fault(fmt::format("{} messages without receipt", out.queued()));
    const bool sums_agree = out.sent_fen() == in.received_fen() &&
                            out.sent_fen() == in.credited_fen() &&
                            out.sent_fen() == credited_[from];
    if (!sums_agree) {
      fault(fmt::format("fen from agency {}: sent {}, received {}, credited {}, due {}", from,
                        out.sent_fen(), in.received_fen(), in.credited_fen(), credited_[from]));
    }
  }

  void judge_books(size_t agency) {
    v1::LedgerView ledger;
    if (!world_.agency(agency).get("/v1/ledger", &ledger)) return fault("no ledger");
    if (ledger.sum_fen() != 0) fault("a ledger does not add up to zero");
    if (const auto sound = world_.agency(agency).cli({"ledger", "--check"}); !sound) {
      fault("ledger --check: " + sound.error().text);
    }
    v1::BankLineViews queues;
    if (!world_.agency(agency).get("/v1/bank/lines", &queues)) return fault("no bank lines");
    for (const v1::BankLineView& line : queues.lines()) {
      fault(fmt::format("a bank line of {} waits: {}", Fen{line.amount_fen()}.yuan(),
                        line.outcome()));
    }
    v1::PaymentViews payments;
    if (!world_.agency(agency).get("/v1/payments", &payments)) return fault("no payments");
    // Without cashiers there are no files: nothing says that the bank has what was ordered.
    if (!world_.has_cashiers()) payments.Clear();
    for (const v1::PaymentView& payment : payments.payments()) {
      fault(fmt::format("payment {} is {} and waits: {}; {}", payment.payment(), payment.state(),
                        payment.waits_for(), payment.reason()));
    }
    v1::QuarantineViews quarantine;
    if (!world_.agency(agency).get("/v1/quarantine", &quarantine)) return fault("no quarantine");
    if (quarantine.entries_size() != 0) {
      fault(fmt::format("{} messages in quarantine: {}", quarantine.entries_size(),
                        quarantine.entries(0).text()));
    }
  }

  // "epoch/seq" to time, of what agency `from` sent and of what the other received.
  void measure_latencies() {
    static constexpr size_t kSample = 300;
    std::array<std::map<std::string, int64_t>, 2> sent, received;
    size_t looked_at = 0;
    for (const Applicant* applicant : world_.people().all()) {
      if (++looked_at > kSample) break;
      for (size_t agency = 0; agency < 2; ++agency) {
        for (const auto& view : cases_[agency][applicant->person.document_number()]) {
          read_timeline(agency, view.case_id(), sent[agency], received[1 - agency]);
        }
      }
    }
    for (size_t from = 0; from < 2; ++from) {
      for (const auto& [place, at] : sent[from]) {
        const auto it = received[from].find(place);
        if (it != received[from].end()) {
          verdict_.latencies_ms.push_back(static_cast<double>(it->second - at));
        }
      }
    }
    std::sort(verdict_.latencies_ms.begin(), verdict_.latencies_ms.end());
  }

  void read_timeline(size_t agency, const std::string& id, std::map<std::string, int64_t>& sent,
                     std::map<std::string, int64_t>& received) {
    v1::TimelineView timeline;
    if (!world_.agency(agency).get("/v1/cases/" + id + "/timeline", &timeline)) return;
    for (const v1::TimelineEntryView& entry : timeline.entries()) {
      const int64_t at = parse_ms(entry.at());
      for (const std::string& place : entry.sent()) sent[place] = at;
      if (!entry.received().empty()) received[entry.received()] = at;
    }
  }

  // RFC 3339 at +08:00 with milliseconds, as the API writes it.
  static int64_t parse_ms(const std::string& text) {
    const auto date = Date::parse(text.substr(0, 10));
    if (!date || text.size() < 23) return 0;
    const auto number = [&](size_t at, size_t size) { return std::stoll(text.substr(at, size)); };
    return date->days() * 86'400'000LL + number(11, 2) * 3'600'000 + number(14, 2) * 60'000 +
           number(17, 2) * 1000 + number(20, 3);
  }

  World& world_;
  Verdict verdict_;
  std::array<std::map<std::string, std::vector<v1::CaseView>>, 2> cases_;
  std::array<int64_t, 2> credited_{};  // by stories, from agency [i]
};

double percentile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<size_t>(p * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

size_t count_closed(World& world, size_t count) {
  std::map<std::string, std::pair<size_t, size_t>> by_person;  // cases, closed cases
  for (size_t i = 0; i < 2; ++i) {
    const auto all = world.agency(i).cases(false);
    if (!all) return 0;
    for (const v1::CaseView& view : *all) {
      auto& [cases, closed] = by_person[view.person().document_number()];
      ++cases;
      closed += view.closed() ? 1 : 0;
    }
  }
  size_t done = 0;
  for (const auto& [number, counts] : by_person) {
    if (counts.first == 2 && counts.second == 2) ++done;
  }
  return std::min(done, count);
}

Verdict judge(World& world) {
  return Judge(world).run();
}

void print(const Verdict& verdict, World& world) {
  for (size_t i = 0; i < 2; ++i) {
    fmt::print("\n{} ({})\n", world.agency(i).spec().code, world.agency(i).spec().name);
    for (const auto& [ending, count] : verdict.endings[i])
      fmt::print("  {:<44} {:>6}\n", ending, count);
  }
  fmt::print("\n{:<28} {:>9} {:>16} {:>16} {:>16}  {}\n", "direction", "messages", "yuan sent",
             "yuan received", "yuan credited", "chain heads");
  for (size_t i = 0; i < 2; ++i) {
    const Direction& of = verdict.directions[i];
    fmt::print("{:<28} {:>9} {:>16} {:>16} {:>16}  {}\n",
               world.agency(i).spec().code + "->" + world.agency(1 - i).spec().code, of.messages,
               Fen{of.sent_fen}.yuan(), Fen{of.received_fen}.yuan(), Fen{of.credited_fen}.yuan(),
               of.heads_equal ? "equal" : "DIFFERENT");
  }
  fmt::print("\nmessage, step to step: p50 {:.0f} ms, p99 {:.0f} ms ({} messages)\n",
             percentile(verdict.latencies_ms, 0.50), percentile(verdict.latencies_ms, 0.99),
             verdict.latencies_ms.size());
  for (size_t i = 0; i < verdict.faults.size() && i < 20; ++i) {
    fmt::print("FAULT: {}\n", verdict.faults[i]);
  }
}

}  // namespace jiexu::e2e
