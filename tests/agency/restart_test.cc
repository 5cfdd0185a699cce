// A scripted case at two agencies, with one of them killed at one commit: before it was written, or
// after it was written and before anyone was told. For every commit of both agencies the end must
// be the same, record by record, as without the crash.
#include <catch2/catch.hpp>

#include "daemon/casework/case_store.h"
#include "tests/agency/site.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace restart_test {
namespace {

enum class Kill { kNever, kBeforeWrite, kAfterWrite };

// When to kill which agency.
struct Plan {
  Kill kill = Kill::kNever;
  AgencyId whom;
  size_t at = 0;  // number of the commit, from 0
};

struct Step {
  bool at_in;
  EventKind action;  // kBankCredit: the bank's line
};

constexpr Step kScript[] = {
    {true, EventKind::kApply},          {true, EventKind::kAccept},
    {true, EventKind::kSendLetter},     {false, EventKind::kAcceptLetter},
    {false, EventKind::kStopInsurance}, {false, EventKind::kIssueForm},
    {false, EventKind::kRemit},         {true, EventKind::kConfirmForm},
    {true, EventKind::kBankCredit},     {true, EventKind::kCredit},
    {true, EventKind::kClose},
};

class Run {
 public:
  explicit Run(const Plan& plan) : plan_(plan) {}

  void play() {
    settle();
    for (const Step& step : kScript) {
      in.now = out.now = in.now.plus_ms(60'000);
      Site& site = step.at_in ? in : out;
      if (!command(site, step.action)) command(site, step.action);
      settle();
    }
  }

  size_t commits(const Site& site) const {
    return site.self == in_site() ? in_commits_ : out_commits_;
  }

  Site in{in_site(), kNow};
  Site out{out_site(), kNow};

 private:
  // False if the crash took the command with it, so that whoever gave it gives it again.
  bool command(Site& site, EventKind action) {
    const uint64_t before = revision(site);
    if (action == EventKind::kBankCredit) {
      const std::string letter = site.subject(id_).letter_number;
      site.post(BankCommand{{bank_line(letter, kBalance, "1")}});
    } else {
      const Case subject = before > 0 ? site.subject(id_) : Case();
      site.post(ActionCommand{
          action, id_, std::make_shared<const v1::ActionInput>(sound_input(subject, action))});
    }
    while (commit(site)) {
    }
    return revision(site) > before;
  }

  uint64_t revision(const Site& site) const {
    const auto found = read_case(site.records(), id_);
    return found && *found ? (*found)->revision : 0;
  }

  // One commit; true if there was one to do. The kill of the plan happens here.
  bool commit(Site& site) {
    if (!site.engine->kernel().wants_commit(at(site.now.plus_ms(1000)))) return false;
    size_t& count = site.self == in_site() ? in_commits_ : out_commits_;
    const bool kill = plan_.kill != Kill::kNever && plan_.whom == site.self && plan_.at == count;
    ++count;
    if (!kill) return site.commit();
    const Batch& batch = site.engine->kernel().begin_commit();
    if (plan_.kill == Kill::kAfterWrite) REQUIRE(site.store->commit(batch));
    site.sent.clear();  // what was in its queues is gone
    // Else the letter had another number than without a kill, and so all that names it.
    site.numbers = MemoryNumbers();
    site.restart();
    Site& other = site.self == in_site() ? out : in;
    other.engine->kernel().connected(site.self, at(other.now));
    return true;
  }

  bool deliver(Site& from, Site& to) {
    bool any = false;
    while (!from.sent.empty()) {
      const SentFrame frame = from.sent.front();
      from.sent.pop_front();
      if (frame.peer != to.self) continue;
      to.hear(from.self, frame.lane, frame.bytes);
      any = true;
    }
    return any;
  }

  void settle() {
    for (bool busy = true; busy;) {
      busy = false;
      for (Site* site : {&in, &out}) {
        site->wake();
        busy |= commit(*site);
      }
      busy |= deliver(in, out);
      busy |= deliver(out, in);
    }
  }

  Plan plan_;
  CaseId id_ = case_number(1);
  size_t in_commits_ = 0;
  size_t out_commits_ = 0;
};

// The case's changes that are told to those who follow the agency.
std::vector<uint32_t> told(const Site& site) {
  std::vector<uint32_t> out;
  const std::string_view all = layout::kAllChanges;
  REQUIRE(site.store->scan(Family::kAudit, all, layout::prefix_end(all), [&](auto, auto record) {
    const auto changes = ChangesView::parse(record);
    REQUIRE(changes);
    for (uint32_t n = 0; n < changes->size(); ++n) {
      if ((*changes)[n]->topic == Topic::kCase) out.push_back((*changes)[n]->what);
    }
    return true;
  }));
  return out;
}

// Steps that were written together are told once, by the last of them.
bool tells_its_timeline(const Site& site) {
  const auto changes = told(site);
  auto next = changes.begin();
  uint32_t last = 0;
  for (const auto& entry : site.timeline(case_number(1))) {
    last = entry.event();
    if (next != changes.end() && *next == last) ++next;
  }
  return next == changes.end() && !changes.empty() && changes.back() == last;
}

}  // namespace

TEST_CASE("a kill at any commit ends in the same state as no kill") {
  Run calm{Plan()};
  calm.play();
  const auto in_end = calm.in.contents();
  const auto out_end = calm.out.contents();
  REQUIRE(calm.in.subject(case_number(1)).closed());
  REQUIRE(calm.out.subject(case_number(1)).closed());
  for (const AgencyId whom : {in_site(), out_site()}) {
    const size_t commits = calm.commits(whom == in_site() ? calm.in : calm.out);
    CHECK(commits > 10);
    for (size_t at = 0; at < commits; ++at) {
      for (const Kill kill : {Kill::kBeforeWrite, Kill::kAfterWrite}) {
        INFO("kill of " << whom.str() << " at commit " << at
                        << (kill == Kill::kAfterWrite ? ", after" : ", before") << " the write");
        Run run({kill, whom, at});
        run.play();
        CHECK((run.in.contents() == in_end));
        CHECK((run.out.contents() == out_end));
        CHECK(tells_its_timeline(run.in));
        CHECK(tells_its_timeline(run.out));
        CHECK(run.in.alarms.empty());
        CHECK(run.out.alarms.empty());
      }
    }
  }
}

// No case above the greatest is looked for.
TEST_CASE("after a restart the last case is known, open or closed") {
  const auto apply = [](Site& site) {
    return !site.act(EventKind::kApply, case_number(1), sound_input(Case(), EventKind::kApply))
                .rejection;
  };
  Site open{in_site(), kNow};
  CHECK(apply(open));  // for the first time
  open.restart();
  CHECK_FALSE(apply(open));
  Run closed{Plan()};
  closed.play();
  REQUIRE(closed.in.subject(case_number(1)).closed());
  closed.in.restart();
  CHECK_FALSE(apply(closed.in));
}

TEST_CASE("the greatest case is found among open and closed ones") {
  for (const bool closed : {false, true}) {
    MemoryStore store;
    CHECK(greatest_case(store).value() == CaseId());
    Batch batch;
    batch.put(Family::kCase, layout::case_key(case_number(3), closed), "");
    batch.put(Family::kCase, layout::case_key(case_number(1), closed), "");
    batch.put(Family::kCase, layout::case_key(case_number(2), !closed), "");
    REQUIRE(store.commit(batch));
    CHECK(greatest_case(store).value() == case_number(3));
  }
}

TEST_CASE("a frame under another number than its own is corruption, not a message") {
  MemoryStore store;
  VaultKeys keys;
  keys.ring = {{1, {}}};
  keys.current = 1;
  keys.person_key.fill(1);
  const auto vault = Vault::create(std::move(keys)).value();
  Records records(store, *vault);
  FrameWriter writer({out_site(), in_site()}, 1, 5, {});
  writer.add(v1::Message());
  Batch batch;
  records.put(batch, Family::kLinkLog,
              layout::link_log_key(out_site(), layout::Direction::kIn, 1, 3),
              writer.close(*signer_of(out_site())));
  REQUIRE(store.commit(batch));
  const auto message = read_message(records, out_site(), {false, 1, 4});
  REQUIRE_FALSE(message);
  CHECK(message.error().code == Errc::kCorrupt);
}

}  // namespace restart_test
