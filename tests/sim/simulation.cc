#include "tests/sim/simulation.h"

#include <algorithm>

#include "daemon/casework/case_documents.h"
#include "tests/sim/cashier.h"
#include "tests/sim/clerk.h"
#include "tests/sim/operator.h"
#include "tests/sim/teller.h"
#include "tests/sim/trouble.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kSurveyEveryMs = 25'000;
constexpr int64_t kFinishLookMs = 2'000;
// What was asked of a disk that hung then is answered by now.
constexpr int64_t kSettleMs = 20'000;
constexpr int64_t kFinishMsMax = 1'800'000;
// A stopped link asks again after 30 s and some jitter, on a clock that may have stepped back
// since.
constexpr int64_t kRestMs = 180'000;
constexpr int kLastLooks = 10;
constexpr int64_t kDayMs = 86'400'000;
constexpr uint32_t kChainsPermille = 250;  // worlds in which people move on
constexpr uint32_t kFollowPermille = 600;  // of their papers

Agency make_agency(int index, const Signer& signer, Random& random) {
  static constexpr std::string_view kCodes[] = {"S41132810207", "S35050000101", "S11010500103",
                                                "S44030000112"};
  Agency agency;
  agency.id = *AgencyId::parse(kCodes[index]);
  agency.name = "Agency " + std::to_string(index + 1);
  agency.endpoint = "tcp://127.0.0.1:" + std::to_string(7401 + index);
  agency.transport_key = random.bytes(32);
  agency.signing_keys = {signer.public_key()};
  agency.bank = {"医疗保障基金财政专户", "6200" + agency.id.str().substr(1), "中国建设银行",
                 "105100000017"};
  agency.contact = {"", "0377-00000000", "政务路1号", "473000"};
  return agency;
}

class Simulation {
 public:
  Simulation(const Plan& plan, bool readable)
      : world_(plan, readable), trouble_(world_, nodes_, world_.random.fork()) {
    make_agencies();
    make_papers();
    world_.printed = [this](AgencyId writer, const CaseId& id, uint32_t after) {
      return print(writer, id, after);
    };
    for (const auto& node : nodes_) {
      for (int i = 0; i < plan.clerks; ++i) {
        clerks_.push_back(std::make_unique<Clerk>(world_, *node, papers_, world_.random.fork()));
      }
      tellers_.push_back(std::make_unique<Teller>(world_, *node, world_.random.fork()));
      cashiers_.push_back(std::make_unique<Cashier>(world_, *node, world_.random.fork()));
      operators_.push_back(std::make_unique<Operator>(world_, *node, world_.random.fork()));
    }
  }

  Outcome run() {
    for (const auto& node : nodes_) node->start();
    for (const auto& clerk : clerks_) clerk->start();
    for (const auto& teller : tellers_) teller->start();
    for (const auto& cashier : cashiers_) cashier->start();
    for (const auto& person : operators_) person->start();
    trouble_.start();
    live();
    world_.mood = Mood::kFinish;
    world_.bank.heal();
    trouble_.heal();
    finish();
    if (!failed()) survey(true);
    return outcome();
  }

 private:
  void make_agencies();
  void make_papers();
  void make_chains();
  std::vector<v1::Message> print(AgencyId writer, const CaseId& id, uint32_t after) const;
  void live();
  void finish();
  bool getting_back() const;
  // False if the run is over.
  bool advance(int64_t ms);
  void survey(bool ended);
  bool all_closed();
  bool all_told();
  bool money_rests();
  bool no_payment_waits();
  bool closed_at(const Node& node, const Paper& paper);
  void meddle();
  bool failed() const { return world_.watch.failed(); }
  Outcome outcome();

  World world_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Paper> papers_;
  Trouble trouble_;
  std::vector<std::unique_ptr<Clerk>> clerks_;
  std::vector<std::unique_ptr<Teller>> tellers_;
  std::vector<std::unique_ptr<Cashier>> cashiers_;
  std::vector<std::unique_ptr<Operator>> operators_;
  Coverage coverage_;
};

void Simulation::make_agencies() {
  const SuiteId suite = world_.plan.real_signatures ? SuiteId::kEd25519 : SuiteId::kSimulated;
  std::vector<Agency> agencies;
  std::vector<std::unique_ptr<Signer>> signers;
  for (int i = 0; i < world_.plan.agencies; ++i) {
    auto signer = make_signer(suite, world_.random.bytes(32));
    CHECK(signer.has_value());
    agencies.push_back(make_agency(i, **signer, world_.random));
    signers.push_back(std::move(*signer));
  }
  const auto directory = Directory::make(agencies);
  CHECK(directory.has_value());
  world_.directory = *directory;
  for (int i = 0; i < world_.plan.agencies; ++i) {
    nodes_.push_back(std::make_unique<Node>(world_, agencies[static_cast<size_t>(i)].id,
                                            std::move(signers[static_cast<size_t>(i)]),
                                            world_.random.fork()));
  }
}

void Simulation::make_papers() {
  Random& random = world_.random;
  for (int i = 0; i < world_.plan.cases; ++i) {
    const size_t in = random.below(nodes_.size());
    const size_t out = (in + 1 + random.below(nodes_.size() - 1)) % nodes_.size();
    const auto person =
        static_cast<uint32_t>(random.below(static_cast<uint64_t>(world_.plan.persons)));
    papers_.push_back(make_paper({nodes_[in]->id(), nodes_[out]->id()}, make_person(person + 1),
                                 world_.wall(), random));
    papers_.back().apply_at_ms = random.between(0, world_.plan.trouble_ms * 2 / 3);
  }
  make_chains();
}

// Some people move on. Drawn apart, so that the other worlds are as they would be without them.
void Simulation::make_chains() {
  Random random(world_.plan.seed ^ 0x61'6761'696e);
  if (!random.chance(kChainsPermille)) return;
  for (size_t i = 1; i < papers_.size(); ++i) {
    if (!random.chance(kFollowPermille)) continue;
    const size_t first = random.below(i);
    const AgencyId out = papers_[first].in;
    AgencyId in = out;
    while (in == out) in = nodes_[random.below(nodes_.size())]->id();
    follow(papers_[first], first, in, papers_[i]);
  }
}

std::vector<v1::Message> Simulation::print(AgencyId writer, const CaseId& id,
                                           uint32_t after) const {
  std::vector<v1::Message> out;
  for (const auto& node : nodes_) {
    if (node->id() != writer) continue;
    const Records records(node->store(), node->vault());
    const auto subject = read_case(records, id);
    if (!subject || !*subject) return out;
    auto messages = list_messages(records, **subject);
    if (!messages) return out;
    for (CaseMessage& message : *messages) {
      const bool new_to_it = message.ours && message.message.case_seq() > after;
      if (new_to_it) out.push_back(std::move(message.message));
    }
  }
  return out;
}

bool Simulation::advance(int64_t ms) {
  const int64_t until = world_.schedule.now() + ms;
  while (!failed() && world_.schedule.run_next(until)) {
  }
  return !failed();
}

void Simulation::live() {
  for (int64_t left = world_.plan.trouble_ms; left > 0; left -= kSurveyEveryMs) {
    if (!advance(std::min(left, kSurveyEveryMs))) return;
    meddle();
    if (!getting_back()) survey(false);
  }
}

// Somebody's store was set back, and not all of it is there again.
bool Simulation::getting_back() const {
  const auto& entries = world_.bank.entries();
  return std::ranges::any_of(nodes_, [](const auto& node) { return !node->whole(); }) ||
         std::ranges::any_of(entries, [](const Entry& entry) { return entry.forgotten; });
}

void Simulation::finish() {
  for (int64_t waited = 0; waited < kFinishMsMax; waited += kFinishLookMs) {
    if (!advance(kFinishLookMs)) return;
    if (waited >= kSettleMs && !getting_back() && all_closed() && all_told() && money_rests()) {
      break;
    }
  }
  // Receipts and late answers of the last messages.
  world_.mood = Mood::kRest;
  if (!advance(kRestMs)) return;
  // Two days end: after a recovery, the first only begins a count that both sides share.
  for (int day = 0; day < 2; ++day) {
    world_.jumped_ms += kDayMs;
    for (const auto& node : nodes_) node->look_around();
    if (!advance(kRestMs)) return;
  }
  // Another midnight may have come a moment ago, and with it another statement.
  for (int looks = 0; looks < kLastLooks && !all_told(); ++looks) {
    if (!advance(kFinishLookMs)) return;
  }
}

// A case is nowhere if it never began, and only where its letter has been. The files that it names
// are here.
bool Simulation::closed_at(const Node& node, const Paper& paper) {
  const auto found = read_case(Records(node.store(), node.vault()), paper.case_id);
  const bool never = found && !*found && (node.id() != paper.in || paper.given_up);
  if (never || !found || !*found || !(*found)->closed()) return never;
  return std::ranges::all_of((*found)->attachments, [](const Attachment& file) {
    return file.content == Attachment::Content::kHere;
  });
}

bool Simulation::all_closed() {
  for (const Paper& paper : papers_) {
    for (const auto& node : nodes_) {
      if (!closed_at(*node, paper)) return false;
    }
  }
  return true;
}

// No message is on its way that may still give somebody something to do.
bool Simulation::all_told() {
  return std::ranges::all_of(nodes_, [&](const auto& node) {
    const Records records(node->store(), node->vault());
    return std::ranges::all_of(nodes_, [&](const auto& peer) {
      const auto link = records.get_message<v1::LinkRecord>(
          Family::kLink, layout::link_key(peer->id(), layout::Direction::kOut));
      return link && (!*link || (*link)->receipted_seq() == (*link)->last_seq());
    });
  });
}

// All that the bank was to do is done, and the agencies know.
bool Simulation::money_rests() {
  const bool known =
      std::ranges::all_of(world_.bank.entries(), [](const Entry& entry) { return entry.settled; });
  const bool said =
      std::ranges::none_of(tellers_, [](const auto& teller) { return teller->is_asked(); });
  return known && said && world_.bank.idle() && (!world_.plan.bank.files || no_payment_waits());
}

bool Simulation::no_payment_waits() {
  const std::string prefix = layout::waiting_payment_key({}, {}, 0).str().substr(0, 1);
  return std::ranges::none_of(nodes_, [&](const auto& node) {
    bool waits = false;
    const auto done = node->store().scan(Family::kIndex, prefix, layout::prefix_end(prefix),
                                         [&](auto, auto) { return !(waits = true); });
    return !done || waits;
  });
}

void Simulation::survey(bool ended) {
  Scene scene{{}, *world_.directory, world_.bank, world_.plan.bank, ended};
  for (const auto& node : nodes_) {
    auto taken = take_survey(node->store(), node->vault(), node->id(), node->now());
    if (!taken) return world_.watch.report("store", taken.error().text);
    taken->steady_ms = node->steady_ms();
    scene.surveys.emplace(node->id(), std::move(*taken));
  }
  world_.watch.surveyed(scene);
  coverage_ = Coverage();
  for (const auto& [agency, taken] : scene.surveys) coverage_.add(taken);
}

// The mistakes that are made on a disk behind the engine's back.
void Simulation::meddle() {
  Node& node = *nodes_[0];
  Batch batch;
  if (world_.plan.mutation == Mutation::kLoseFrame) {
    (void)node.store().scan(Family::kLinkLog, "", std::string(Key::kSizeMax, '\xff'),
                            [&](std::string_view key, std::string_view) {
                              batch.remove(Family::kLinkLog, key);
                              return false;
                            });
  } else if (world_.plan.mutation == Mutation::kMoveCase) {
    Records records(node.store(), node.vault());
    const auto page = list_cases(records, true, std::nullopt, 1);
    if (!page || page->cases.empty()) return;
    Case moved = page->cases.front();
    const bool in = moved.side == Side::kIn;
    // An end that any case can have, so that nobody takes the record for a damaged one.
    moved.relationship = in ? Relationship::kWithdrawn : Relationship::kOutFailed;
    if (moved.closed()) moved.closed_at = moved.updated_at;
    v1::CaseRecord record;
    encode_case(moved, &record);
    records.put_message(batch, Family::kCase, layout::case_key(moved.id, moved.closed()), record);
    if (moved.closed()) batch.remove(Family::kCase, layout::case_key(moved.id, false));
  }
  if (batch.empty()) return;
  node.store().set_fault_hook({});
  (void)node.store().commit(batch);
}

Outcome Simulation::outcome() {
  Outcome out;
  out.trace_hash = world_.trace.hash();
  out.events = world_.schedule.events();
  out.payments = world_.bank.orders().size();
  out.violations = world_.watch.found();
  out.coverage = coverage_;
  for (const Paper& paper : papers_) {
    for (const auto& node : nodes_) {
      if (node->id() != paper.in) continue;
      const auto found = read_case(Records(node->store(), node->vault()), paper.case_id);
      out.cases += found && *found ? 1 : 0;
    }
  }
  return out;
}

}  // namespace

Outcome simulate(const Plan& plan, bool readable) {
  return Simulation(plan, readable).run();
}

}  // namespace jiexu::sim
