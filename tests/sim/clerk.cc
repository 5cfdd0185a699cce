#include "tests/sim/clerk.h"

#include "daemon/engine/case_store.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kPatienceMs = 6'000;
constexpr int64_t kFinishThinkMsMax = 300;
constexpr uint32_t kWildPermille = 30;       // of actions that are not offered
constexpr uint32_t kRevisionPermille = 200;  // of actions that name the revision seen
constexpr uint32_t kFormVersionsMax = 4;

constexpr EventKind kActions[] = {
    EventKind::kApply,        EventKind::kAccept,        EventKind::kSendLetter,
    EventKind::kWithdraw,     EventKind::kConfirmForm,   EventKind::kQueryForm,
    EventKind::kCredit,       EventKind::kClose,         EventKind::kAcceptLetter,
    EventKind::kRejectLetter, EventKind::kStopInsurance, EventKind::kIssueForm,
    EventKind::kRemit};

}  // namespace

Clerk::Clerk(World& world, Node& node, std::vector<Paper>& papers, Random random)
    : world_(world), node_(node), papers_(papers), random_(random) {
  for (size_t i = 0; i < papers_.size(); ++i) {
    if (papers_[i].in == node.id() || papers_[i].out == node.id()) ours_.push_back(i);
  }
  closed_.resize(ours_.size());
}

void Clerk::look_later() {
  if (ours_.empty() || world_.mood == Mood::kRest) return;
  const bool finishing = world_.mood == Mood::kFinish;
  const int64_t think =
      random_.between(1, finishing ? kFinishThinkMsMax : world_.plan.think_ms_max);
  world_.schedule.after(think, [this, turn = ++turn_] {
    if (turn == turn_) look();
  });
}

void Clerk::look() {
  const size_t i = random_.below(ours_.size());
  Paper& paper = papers_[ours_[i]];
  if (!node_.up() || closed_[i] || paper.apply_at_ms > world_.schedule.now()) return look_later();
  const auto found = read_case(Records(node_.store(), node_.vault()), paper.case_id);
  if (!found) {
    world_.watch.report("engine", "a case cannot be read: " + found.error().text);
    return look_later();
  }
  if (*found && (*found)->closed()) closed_[i] = true;
  consider(paper, *found);
}

void Clerk::consider(Paper& paper, const std::optional<Case>& found) {
  if (!found) {
    if (paper.in != node_.id() || paper.given_up) return look_later();
    Case fresh;
    fresh.id = paper.case_id;
    return act(paper, EventKind::kApply, fresh);
  }
  take_to_bank(paper, *found);
  const auto action = choose(paper, *found);
  if (!action) return look_later();
  act(paper, *action, *found);
}

void Clerk::take_to_bank(const Paper& paper, const Case& subject) {
  if (subject.side != Side::kOut || subject.attempt == 0) return;
  if (world_.bank.knows(subject.id, subject.attempt)) return;
  world_.bank.order(
      {subject.id, subject.attempt, subject.letter_number, subject.moved, paper.out, paper.in});
}

std::optional<EventKind> Clerk::choose(const Paper& paper, const Case& subject) {
  if (world_.mood == Mood::kLife && random_.chance(kWildPermille)) {
    return kActions[random_.below(std::size(kActions))];
  }
  uint64_t sum = 0;
  std::vector<std::pair<EventKind, uint32_t>> choices;
  for (const Offer& offer : offers(subject)) {
    choices.emplace_back(offer.action, weight(offer.action, paper, subject));
    sum += choices.back().second;
  }
  if (sum == 0) return std::nullopt;
  uint64_t drawn = random_.below(sum);
  for (const auto& [action, share] : choices) {
    if (drawn < share) return action;
    drawn -= share;
  }
  return std::nullopt;
}

uint32_t Clerk::weight(EventKind action, const Paper& paper, const Case& subject) const {
  const bool finishing = world_.mood == Mood::kFinish;
  switch (action) {
    case EventKind::kWithdraw: return finishing ? 0 : 1;
    case EventKind::kQueryForm:
      if (!subject.findings.empty()) return 1;
      return finishing || subject.form_version >= kFormVersionsMax ? 0 : 3;
    case EventKind::kAcceptLetter: return paper.claimed ? 0 : 6;
    case EventKind::kRejectLetter:
      if (paper.claimed) return 6;
      return finishing ? 0 : 1;
    case EventKind::kRemit:
      if (subject.form_version > 0) return 6;
      return finishing || subject.scheme_from == v1::SCHEME_RESIDENT ? 0 : 3;
    default: return 6;
  }
}

void Clerk::act(Paper& paper, EventKind action, const Case& subject) {
  auto input = make_input(action, subject, paper, node_.now(), random_);
  if (subject.exists() && random_.chance(kRevisionPermille)) {
    auto careful = std::make_shared<v1::ActionInput>(*input);
    careful->set_if_revision(subject.revision);
    input = careful;
  }
  world_.trace.add(node_.id().text(), "clerk",
                   std::string(name(action)) + " " + subject.id.str().substr(24));
  const uint64_t turn = ++turn_;
  world_.schedule.after(kPatienceMs, [this, turn] {
    if (turn == turn_) look_later();
  });
  Command command;
  command.user = "clerk";
  command.what = ActionCommand{action, paper.case_id, input};
  command.done = [this, &paper, action, turn](const Answer& answer) {
    hear(paper, action, answer);
    if (turn == turn_) look_later();
  };
  if (!node_.post(std::move(command)) && turn == turn_) look_later();
}

void Clerk::hear(Paper& paper, EventKind action, const Answer& answer) {
  if (answer.rejection) {
    world_.trace.add(node_.id().text(), "refused",
                     std::string(name(answer.rejection->refusal)) + " " + answer.rejection->detail);
    if (answer.rejection->refusal == Refusal::kClaimedByOther) paper.claimed = true;
    if (answer.rejection->refusal == Refusal::kDuplicateOpenCase && world_.mood != Mood::kLife) {
      paper.given_up = true;
    }
    return;
  }
  world_.trace.add(node_.id().text(), "answered",
                   std::string(name(answer.subject->relationship)) + " / " +
                       std::string(name(answer.subject->funds)));
  if (action == EventKind::kRemit) take_to_bank(paper, *answer.subject);
}

}  // namespace jiexu::sim
