#include "tests/sim/clerk.h"

#include <algorithm>

#include "daemon/attachments/attachment_store.h"
#include "daemon/base/limits.h"
#include "daemon/casework/case_documents.h"
#include "daemon/payments/rules/payment_state.h"
#include "daemon/trust/suite.h"
#include "storage/layout.h"
#include "storage/records.h"

namespace jiexu::sim {
namespace {

constexpr int64_t kClerkPatienceMs = 6'000;
constexpr int64_t kClerkFinishThinkMsMax = 300;
constexpr uint32_t kWildPermille = 30;       // of actions that are not offered
constexpr uint32_t kRevisionPermille = 200;  // of actions that name the revision seen
constexpr uint32_t kFormVersionsMax = 6;
constexpr uint32_t kPaperWhim = 10;
constexpr uint32_t kFormAlonePermille = 300;
constexpr uint32_t kLetterByHandPermille = 50;
constexpr uint32_t kAllByHandPermille = 500;  // of letters, where nothing else comes through
constexpr uint32_t kMistypedPermille = 150;
constexpr size_t kFilesMax = 4;             // of a case
constexpr uint32_t kIdlePermille = 60;      // of looks at cases that wait for somebody else
constexpr uint32_t kLookBackPermille = 20;  // into cases that are closed

// What a clerk may try although it is not offered. Not what somebody else has to have done first:
// a bank that sent a payment back, paper that has come.
constexpr EventKind kActions[] = {
    EventKind::kApply,          EventKind::kAccept,        EventKind::kSendLetter,
    EventKind::kWithdraw,       EventKind::kConfirmForm,   EventKind::kQueryForm,
    EventKind::kCredit,         EventKind::kClose,         EventKind::kChangePayee,
    EventKind::kAcceptLetter,   EventKind::kRejectLetter,  EventKind::kStopInsurance,
    EventKind::kIssueForm,      EventKind::kForwardLetter, EventKind::kHold,
    EventKind::kResume,         EventKind::kAsk,           EventKind::kAnswer,
    EventKind::kReplyReminder,  EventKind::kCancel,        EventKind::kReopen,
    EventKind::kAgree,          EventKind::kDecline,       EventKind::kMarkSeen,
    EventKind::kInvalidateForm, EventKind::kAskStatus,     EventKind::kSupplementForm,
    EventKind::kAttach,         EventKind::kDetach};

// What leads a case to its end is done sooner or later. The rest is done now and then.
constexpr uint32_t kDuty = 60;

std::optional<uint32_t> whim_of(EventKind action) {
  switch (action) {
    case EventKind::kWithdraw:
    case EventKind::kRejectLetter:
    case EventKind::kForwardLetter: return 10;
    case EventKind::kQueryForm:
    case EventKind::kReportDifference:
    case EventKind::kRemit: return 30;
    case EventKind::kAttach: return 8;
    case EventKind::kDetach: return 2;
    case EventKind::kHold:
    case EventKind::kInvalidateForm:
    case EventKind::kSupplementForm:
    case EventKind::kAsk: return 4;
    case EventKind::kCancel:
    case EventKind::kReopen:
    case EventKind::kChangePayee:
    case EventKind::kAskStatus: return 2;
    default: return std::nullopt;
  }
}

bool is_carried(v1::Message::BodyCase body) {
  switch (body) {
    case v1::Message::kLetter:
    case v1::Message::kLetterAccept:
    case v1::Message::kLetterReject:
    case v1::Message::kInformationForm:
    case v1::Message::kInformationConfirm:
    case v1::Message::kRemittanceNotice: return true;
    default: return false;
  }
}

// A day that stands on the sheet, as the one before it.
void mistype(v1::Message& message) {
  const auto day_before = [](int32_t day) {
    const auto date = Date::from_yyyymmdd(day);
    return date ? Date::from_days(date->days() - 1).yyyymmdd() : day;
  };
  if (message.has_letter()) {
    message.mutable_letter()->set_issued_on(day_before(message.letter().issued_on()));
  } else if (message.has_letter_accept()) {
    message.mutable_letter_accept()->set_accepted_on(
        day_before(message.letter_accept().accepted_on()));
  }
}

// After these the clerk takes something to the bank: the next one must have seen it.
bool orders_money(EventKind action) {
  return action == EventKind::kRemit || action == EventKind::kReturnFunds ||
         action == EventKind::kBankReturned;
}

bool has_ended(const Paper& paper, const std::optional<Case>& found) {
  return found ? is_terminal(found->relationship) : paper.given_up;
}

}  // namespace

Clerk::Clerk(World& world, Node& node, std::vector<Paper>& papers, Random random)
    : world_(world), node_(node), papers_(papers), random_(random) {}

void Clerk::look_later() {
  if (papers_.empty() || world_.mood == Mood::kRest) return;
  const bool finishing = world_.mood == Mood::kFinish;
  const int64_t think =
      random_.between(1, finishing ? kClerkFinishThinkMsMax : world_.plan.think_ms_max);
  world_.schedule.after(think, [this, turn = ++turn_] {
    if (turn == turn_) look();
  });
}

void Clerk::look() {
  // Nobody leafs through drawers of other agencies' cases for long.
  for (int tries = 0; tries < 8; ++tries) {
    Paper& paper = papers_[random_.below(papers_.size())];
    if (!node_.up() || paper.apply_at_ms > world_.schedule.now()) return look_later();
    const auto found = read_case(Records(node_.store(), node_.vault()), paper.case_id);
    if (!found) {
      world_.watch.report("engine", "a case cannot be read: " + found.error().text);
      return look_later();
    }
    if (paper.in == node_.id()) paper.ended |= has_ended(paper, *found);
    if (*found) take_to_bank(**found);
    if (auto lost = *found ? lost_scan(paper, **found) : nullptr) return upload(paper, lost);
    const bool mine = paper.in == node_.id() || paper.out == node_.id();
    const bool unclear = *found && (*found)->overlays.has(Overlay::kUnclear);
    if (*found ? !(*found)->closed() || unclear || looks_back() : mine) {
      return consider(paper, *found);
    }
  }
  look_later();
}

bool Clerk::looks_back() {
  return world_.mood == Mood::kLife && random_.chance(kLookBackPermille);
}

void Clerk::consider(Paper& paper, const std::optional<Case>& found) {
  if (!found) {
    const uint32_t by_hand =
        world_.plan.network.by_hand ? kAllByHandPermille : kLetterByHandPermille;
    if (paper.out == node_.id() && keys_paper() && random_.chance(by_hand)) {
      return act(paper, EventKind::kKeyPaper, Case());
    }
    const bool waits = paper.follows && !papers_[*paper.follows].ended;
    if (paper.in != node_.id() || paper.given_up || waits) return look_later();
    Case fresh;
    fresh.id = paper.case_id;
    return act(paper, EventKind::kApply, fresh);
  }
  const auto action = choose(paper, *found);
  if (!action) return look_later();
  act(paper, *action, *found);
}

void Clerk::take_to_bank(const Case& subject) {
  if (subject.side == Side::kIn) {
    const Fen known = world_.bank.sent_back(subject.id);
    if (subject.returned <= known) return;
    const Fen more{subject.returned.value - known.value};
    // Not by the timeline, which may be shorter after a recovery.
    const uint32_t nth = world_.bank.times_sent_back(subject.id) + 1;
    return world_.bank.order(
        {subject.id, true, nth, subject.letter_number, more, node_.id(), subject.peer, ""});
  }
  if (world_.plan.bank.files || subject.attempt == 0) return;
  if (world_.bank.find(subject.id, subject.attempt) != nullptr) return;
  world_.bank.order({subject.id, false, subject.attempt, subject.letter_number, subject.last_order,
                     node_.id(), subject.peer, ""});
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
  // Who has nothing that must be done does something else only now and then.
  const bool idle = std::none_of(choices.begin(), choices.end(),
                                 [](const auto& choice) { return choice.second >= kDuty; });
  if (sum == 0 || (idle && !random_.chance(kIdlePermille))) return std::nullopt;
  uint64_t drawn = random_.below(sum);
  for (const auto& [action, share] : choices) {
    if (drawn < share) return action;
    drawn -= share;
  }
  return std::nullopt;
}

uint32_t Clerk::weight(EventKind action, const Paper& paper, const Case& subject) const {
  const bool received = subject.relationship == Relationship::kLetterReceived;
  switch (action) {
    case EventKind::kQueryForm:
      if (!subject.findings.empty()) return kDuty;
      break;
    case EventKind::kAcceptLetter: return paper.claimed ? 0 : kDuty;
    case EventKind::kRejectLetter:
      if (paper.claimed && received) return kDuty;
      break;
    case EventKind::kForwardLetter:
      if (world_.plan.agencies < 3) return 0;
      break;
    case EventKind::kRemit:
      if (subject.form_version > 0) return kDuty;
      break;
    case EventKind::kAttach:
      if (subject.attachments.size() >= kFilesMax) return 0;
      break;
    case EventKind::kKeyPaper:
      if (!keys_paper()) return 0;
      return world_.plan.network.by_hand ? kDuty : kPaperWhim;
    case EventKind::kBankReturned: return bounced(subject).attempt != 0 ? 2 * kDuty : 0;
    case EventKind::kReturnFunds:
      // Before money is sent back the bank is asked whether it stays.
      if (world_.bank.corrects(subject.id)) return 0;
      break;
    default: break;
  }
  const std::optional<uint32_t> whim = whim_of(action);
  if (!whim) return kDuty;
  const bool many_versions = subject.form_version >= kFormVersionsMax;
  return world_.mood == Mood::kFinish || many_versions ? 0 : *whim;
}

// What was keyed in and lost with the store is keyed in again by people who know what they had;
// here nobody does.
bool Clerk::keys_paper() const {
  return world_.mood == Mood::kLife && world_.plan.disk.restore_every_ms == 0;
}

// The next message of the other agency after those that came, by either way, if a second one like
// it would be known.
std::shared_ptr<const v1::ActionInput> Clerk::sheet(const Paper& paper, const Case& subject) {
  const AgencyId writer = subject.exists() ? subject.peer : paper.in;
  std::vector<v1::Message> sheets =
      world_.printed(writer, paper.case_id, subject.received_case_seq);
  std::erase_if(sheets,
                [](const v1::Message& message) { return !is_carried(message.body_case()); });
  if (sheets.size() <= subject.papers.size()) return nullptr;
  // The form alone answers a letter, too.
  const auto form = std::ranges::find_if(sheets, &v1::Message::has_information_form);
  const bool alone = form != sheets.end() && subject.relationship == Relationship::kLetterSent &&
                     random_.chance(kFormAlonePermille);
  v1::Message& message = alone ? *form : sheets[subject.papers.size()];
  if (random_.chance(kMistypedPermille)) mistype(message);
  auto input = std::make_shared<v1::ActionInput>();
  *input->mutable_paper() = std::move(message);
  input->set_agency(writer.str());
  return input;
}

OpenPayment Clerk::bounced(const Case& subject) const {
  for (const OpenPayment& payment : subject.payments) {
    const Order* order = world_.bank.find(subject.id, payment.attempt);
    const bool back = world_.plan.bank.files ? never_paid(subject, payment.attempt)
                                             : order != nullptr && order->fate == Fate::kBounced;
    if (back) return payment;
  }
  return {};
}

// A case that was given up takes back what the bank has never had.
bool Clerk::never_paid(const Case& subject, uint32_t attempt) const {
  if (!is_dead(subject.relationship) || world_.bank.find(subject.id, attempt) != nullptr) {
    return false;
  }
  const auto payment =
      Records(node_.store(), node_.vault())
          .get_message<v1::PaymentRecord>(Family::kFunds, layout::payment_key(subject.id, attempt));
  return payment && *payment && is_waiting(static_cast<PaymentState>((*payment)->state()));
}

std::vector<EarlierForm> Clerk::earlier_forms(EventKind action, const Case& subject) const {
  if (action != EventKind::kIssueForm && action != EventKind::kSupplementForm) return {};
  auto found = read_earlier_forms(Records(node_.store(), node_.vault()), subject);
  return found ? std::move(*found) : std::vector<EarlierForm>();
}

std::shared_ptr<const std::string> Clerk::lost_scan(const Paper& paper, const Case& subject) const {
  for (const Attachment& file : subject.attachments) {
    if (!file.ours || file.content == Attachment::Content::kHere) continue;
    if (const auto known = paper.scans.find(file.sha256); known != paper.scans.end()) {
      return known->second;
    }
  }
  return nullptr;
}

void Clerk::upload(Paper& paper, std::shared_ptr<const std::string> content) {
  paper.scans.emplace(sha256(*content), content);
  upload(paper, content, 0, begin_turn(piece_count(content->size())));
}

void Clerk::upload(Paper& paper, std::shared_ptr<const std::string> content, uint32_t piece,
                   uint64_t turn) {
  auto file = std::make_shared<v1::AttachmentInput>();
  file->set_sha256(to_hex(view(sha256(*content))));
  file->set_size(content->size());
  file->set_name("scan.pdf");
  file->set_media_type("application/pdf");
  Asking command;
  command.user = "clerk";
  command.what = UploadCommand{paper.case_id, file, turn, piece,
                               content->substr(piece * limits::kPieceBytes, limits::kPieceBytes)};
  const bool last = piece + 1 == piece_count(content->size());
  command.done = [this, &paper, content, piece, turn, last](const Answer& answer) {
    if (!answer.rejection && !last) return upload(paper, content, piece + 1, turn);
    hear(paper, EventKind::kAttach, answer);
    if (turn == turn_) look_later();
  };
  if (!node_.post(std::move(command)) && turn == turn_) look_later();
}

uint64_t Clerk::begin_turn(uint32_t answers) {
  const uint64_t turn = ++turn_;
  world_.schedule.after(kClerkPatienceMs * answers, [this, turn] {
    if (turn == turn_) look_later();
  });
  return turn;
}

void Clerk::act(Paper& paper, EventKind action, const Case& subject) {
  auto input = action == EventKind::kKeyPaper
                   ? sheet(paper, subject)
                   : make_input(action, subject, paper,
                                {node_.now(), *world_.directory, node_.id(), bounced(subject),
                                 earlier_forms(action, subject)},
                                random_);
  if (!input) return look_later();
  if (subject.exists() && (orders_money(action) || random_.chance(kRevisionPermille))) {
    auto careful = std::make_shared<v1::ActionInput>(*input);
    careful->set_if_revision(subject.revision);
    input = careful;
  }
  world_.trace.add(node_.id().text(), "clerk",
                   std::string(name(action)) + " " + subject.id.str().substr(24));
  if (action == EventKind::kAttach && random_.chance(900)) {
    return upload(paper, std::make_shared<const std::string>(make_file(random_)));
  }
  const uint64_t turn = begin_turn();
  Asking command;
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
  if (orders_money(action)) take_to_bank(*answer.subject);
}

}  // namespace jiexu::sim
