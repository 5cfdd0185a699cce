// Old backups after thousands of letters: the sender is set back to an early one, then the
// receiver. However much either has forgotten, each letter has exactly one effect at each end.
#include <set>

#include "ops/cli/client.h"
#include "tests/faults/process_tests.h"

namespace jiexu::faults {
namespace {

constexpr size_t kRestoredAtOnce = 500;
constexpr double kRestoreSeconds = 120;

class Letters {
 public:
  Letters(TracedWorld& traced, Failure& fault) : world_(traced.world()), fault_(fault) {}

  // Hands in applications at agency 0 until so many letters have gone to agency 1.
  void send_until(size_t total) {
    while (sent_ < total && !fault_.failed()) submit(std::min(kRestoredAtOnce, total - sent_));
    const auto arrived = wait_until(kRestoreSeconds, [&] { return in_step(total); });
    if (!arrived) fault_(fmt::format("{} letters did not arrive", total));
  }

  void back_up(size_t at) {
    if (auto done = world_.agency(at).backup(); !done) return fault_(done.error().text);
    ready();
  }

  void set_back(size_t at) {
    const char* const who = at == 0 ? "the sender" : "the receiver";
    if (auto done = world_.agency(at).restore(); !done) return fault_(done.error().text);
    const auto took = wait_until(kRestoreSeconds, [&] { return world_.agency(at).ready(); });
    if (!took) return fault_(std::string(who) + " did not get ready after its restore");
    if (!wait_until(kRestoreSeconds, [&] { return in_step(sent_); })) {
      fault_(std::string("the links are not in step after a restore at ") + who);
    }
    fmt::print("restore: {} of {} letters set back at {}, ready again after {:.1f} s\n",
               sent_ - kept_, sent_, who, *took);
    judge(who);
  }
  void remember() { kept_ = sent_; }

 private:
  void ready() {
    if (auto done = world_.wait_ready(60); !done) fault_(done.error().text);
  }

  void submit(size_t count) {
    submit_letters(world_, 0, people_, next_, count, fault_);
    sent_ += count;
  }

  bool in_step(size_t total) {
    const v1::PeerView out = link_of(world_, 0), in = link_of(world_, 1);
    return out.state() == "flowing" && in.state() == "flowing" && out.queued() == 0 &&
           in.queued() == 0 && out.out_last_seq() == total && in.in_last_seq() == total &&
           out.out_head() == in.in_head();
  }

  // One case for each letter at each end, and nothing besides. What came back is replayed into
  // cases after the links are in step.
  void judge(const std::string& after) {
    for (size_t at = 0; at < 2; ++at) {
      std::string found;
      if (wait_until(kRestoreSeconds, [&] { return (found = count(at)) == all_once(); })) continue;
      fault_(fmt::format("after a restore at {}, agency {} has {}", after, at, found));
    }
    for (size_t at = 0; at < 2; ++at) {
      v1::QuarantineViews quarantine;
      if (!world_.agency(at).get("/v1/quarantine", &quarantine)) return fault_("no quarantine");
      if (quarantine.entries_size() > 0) fault_("there is something in quarantine");
    }
  }

  static std::string counts(size_t cases, size_t letters, size_t people) {
    return fmt::format("{} cases, {} letters, {} people", cases, letters, people);
  }
  std::string all_once() const { return counts(sent_, sent_, sent_); }
  std::string count(size_t at) {
    const auto cases = world_.agency(at).cases(false);
    if (!cases) return cases.error().text;
    std::set<std::string> letters, people;
    for (const v1::CaseView& view : *cases) {
      letters.insert(view.letter_number());
      people.insert(view.person().document_number());
    }
    return counts(cases->size(), letters.size(), people.size());
  }

  e2e::World& world_;
  Failure& fault_;
  e2e::People people_;
  size_t next_ = 0;
  size_t sent_ = 0;
  size_t kept_ = 0;
};

}  // namespace

void test_restore(const Setup& setup, Failure& fault) {
  TracedWorld traced(setup.bin, setup.folder, setup.port_base);
  if (auto done = traced.init(); !done) return fault(done.error().text);
  traced.without_second_person();
  if (auto done = traced.world().start(); !done) return fault(done.error().text);
  Letters letters(traced, fault);
  letters.send_until(setup.cases / 10);
  for (const size_t at : {0, 1}) letters.back_up(at);
  letters.remember();
  letters.send_until(setup.cases);
  for (const size_t at : {0, 1}) {
    if (!fault.failed()) letters.set_back(at);
  }
  if (!fault.failed()) letters.send_until(setup.cases + 10);
}

}  // namespace jiexu::faults
