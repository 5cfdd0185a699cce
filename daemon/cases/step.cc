#include "daemon/cases/step.h"

#include <algorithm>

#include "daemon/base/check.h"
#include "daemon/cases/absorb.h"
#include "daemon/cases/attachments.h"
#include "daemon/cases/books.h"
#include "daemon/cases/content.h"
#include "daemon/cases/deadlines.h"
#include "daemon/cases/effects.h"
#include "daemon/cases/guards.h"
#include "daemon/cases/invariants.h"
#include "daemon/cases/money_check.h"
#include "daemon/cases/paper.h"
#include "daemon/cases/table.h"

namespace jiexu {
namespace {

Side side_of(const Case& subject, EventKind kind) {
  if (subject.exists()) return subject.side;
  return kind == EventKind::kApply ? Side::kIn : Side::kOut;
}

std::optional<Rejection> check_order(const Case& subject, const Event& event) {
  if (!is_numbered(event)) return std::nullopt;
  const uint32_t seq = event.message->case_seq();
  if (seq <= subject.received_case_seq) return Rejection{Refusal::kReplayed, ""};
  if (seq > subject.received_case_seq + 1) return Rejection{Refusal::kOutOfOrder, ""};
  return std::nullopt;
}

// What was set aside may be let pass only as long as it still speaks of the case as it stands: not
// an agreement to what was asked for before, nor a hold that was lifted since. Words on money say
// how it stands in all (money_check.cc).
std::optional<Rejection> check_released(const Case& subject, const Event& event) {
  if (!event.released) return std::nullopt;
  if (event.message->case_seq() > subject.received_case_seq) {
    return Rejection{Refusal::kOutOfOrder, ""};
  }
  if (is_about_money(event.kind) || event.message->seen_case_seq() >= subject.turn) {
    return std::nullopt;
  }
  return Rejection{Refusal::kReplayed, "our own message has overtaken it"};
}

Rejection wrong_state(const Case& subject, EventKind kind) {
  if (!subject.exists()) return {Refusal::kUnknownCase, ""};
  if (kind == EventKind::kApply || kind == EventKind::kLetterIn) return {Refusal::kCaseExists, ""};
  std::string where = std::string(name(kind)) + " in " + std::string(name(subject.relationship)) +
                      " / " + std::string(name(subject.funds));
  if (!subject.overlays.empty()) where += " / " + text(subject.overlays);
  return {subject.closed() ? Refusal::kCaseClosed : Refusal::kNotAllowedNow, std::move(where)};
}

// What was decided when the peer's files were here is replayed also if they were lost with the
// store; they are on their way again.
Overlays overlooked(const Event& event) {
  return event.replayed ? Overlays(Overlay::kIncomplete) : Overlays();
}

// Whether any row fits; the guard is for later.
std::optional<Rejection> check_states(const Case& subject, const Event& event) {
  for (const Row& row : rows(side_of(subject, event.kind))) {
    if (fits(row, subject, event.kind, overlooked(event))) return std::nullopt;
  }
  return wrong_state(subject, event.kind);
}

tl::expected<const Row*, Rejection> find_row(const Case& subject, const Content& content) {
  const EventKind kind = content.event->kind;
  std::string missing;
  for (const Row& row : rows(side_of(subject, kind))) {
    if (!fits(row, subject, kind, overlooked(*content.event))) continue;
    if (holds(row.guard, subject, content)) return &row;
    if (row.guard == Guard::kOvertaken) continue;  // that would have been an excuse, no condition
    missing += missing.empty() ? "needs that " : ", or that ";
    missing += name(row.guard);
  }
  if (missing.empty() || subject.closed()) return tl::unexpected(wrong_state(subject, kind));
  return refuse(Refusal::kGuardFailed, missing);
}

void move(const Row& row, Case& subject) {
  if (row.to != kSameRelationship) subject.relationship = row.to;
  subject.overlays.remove(row.clear);
  subject.overlays.add(row.set);
  if (is_terminal(subject.relationship)) subject.overlays.keep(kOutliveTheEnd);
  if (!is_dead(subject.relationship)) return;
  subject.due = Fen{};
  subject.refund = subject.refunded;
}

void stamp(const Event& event, Case& subject) {
  if (subject.revision == 0) subject.created_at = event.at;
  subject.revision += 1;
  subject.timeline_count += 1;
  subject.updated_at = event.at;
  if (is_numbered(event)) subject.received_case_seq = event.message->case_seq();
}

void note_closing(const Event& event, Case& subject) {
  if (!subject.closed()) subject.closed_at.reset();
  if (subject.closed() && !subject.closed_at) subject.closed_at = event.at;
}

tl::expected<Step, Rejection> decide(Case& subject, const Event& event, const Context& context) {
  if (auto wrong = check_states(subject, event)) return tl::unexpected(*wrong);
  TRY(const auto content, read_content(subject, event, context));
  TRY(const auto row, find_row(subject, content));

  Step result;
  const Books before = books_of(subject);
  result.row = row;
  result.note = event.note;
  result.amount = content.amount;
  stamp(event, subject);
  if (row->guard == Guard::kOvertaken) {
    result.note = "overtaken by our own message";
  } else {
    absorb(content, subject);
  }
  move(*row, subject);
  subject.funds = judge_funds(subject);
  subject.overlays.put(Overlay::kIncomplete, lacks_attachment(subject));
  apply_effect(row->effect, content, subject, result);
  post_changes(before, books_of(subject), result.postings);
  update_deadlines(event, context, subject);
  note_closing(event, subject);
  return result;
}

// We had reminded the peer, and so a term of its duty was over or nearly so. The dates from which
// the term ran may be lost; that we had reminded is not.
Step remind_again(Case& subject, const Event& event, const Context& context) {
  Step result;
  stamp(event, subject);
  result.note = event.note;
  const Deadline* open = skip_to_reminder(event, subject);
  Deadline none;
  none.kind = event.deadline;
  send_reminder(open != nullptr ? *open : none, 0, event, context, subject, result);
  show_deadlines(subject);
  return result;
}

// A step of a deadline's ladder.
tl::expected<Step, Rejection> climb(Case& subject, const Event& event, const Context& context) {
  Step result;
  if (event.replayed) return remind_again(subject, event, context);
  const auto climbed = climb_ladder(event, subject);
  if (!climbed) return refuse(Refusal::kNotAllowedNow, "no such deadline is open");
  stamp(event, subject);
  result.note = climbed->note;
  if (climbed->remind) {
    send_reminder(*climbed->remind, climbed->day, event, context, subject, result);
  }
  show_deadlines(subject);
  return result;
}

// Whether the files that the twin of a paper names could be taken note of.
bool take_attachments_of(const v1::Message& message, Case& subject) {
  const v1::InformationForm& form = message.information_form();
  const NamedAttachments& named =
      message.has_letter() ? message.letter().attachments() : form.attachments();
  if (check_named(subject, named)) return false;
  take_attachments(named, form.version(), subject);
  return true;
}

// The electronic twin of what was keyed in has come: it is kept as evidence, and moves nothing. The
// files that it names are fetched.
Step meet_twin(Case& subject, const Event& event) {
  Step result;
  stamp(event, subject);
  const bool same =
      take_twin(*event.message, subject) && take_attachments_of(*event.message, subject);
  subject.overlays.put(Overlay::kIncomplete, lacks_attachment(subject));
  if (event.kind == EventKind::kLetterIn) subject.letter_place = event.place;
  if (event.kind == EventKind::kInfoFormIn) subject.form_place = event.place;
  subject.overlays.put(Overlay::kUnclear, !same || subject.overlays.has(Overlay::kUnclear));
  result.note = same ? "was keyed in from paper before" : "differs from what was keyed in";
  return result;
}

// The twin of what was keyed in has not come yet, so that the peer wrote this message before that
// one: the paper was faster, and what the message asked for is over. Not so of money, which is
// counted whenever it is told.
bool is_overtaken_by_paper(const Case& subject, const Event& event, Refusal refusal) {
  static constexpr EventSet kWords = {
      EventKind::kLetterAcceptIn,  EventKind::kHoldIn,          EventKind::kResumeIn,
      EventKind::kClarifyIn,       EventKind::kClarifyReplyIn,  EventKind::kInvalidateIn,
      EventKind::kInfoQueryIn,     EventKind::kInfoConfirmIn,   EventKind::kReminderIn,
      EventKind::kReminderReplyIn, EventKind::kStatusQueryIn,   EventKind::kStatusReplyIn,
      EventKind::kWithdrawReplyIn, EventKind::kCancelRequestIn, EventKind::kCancelReplyIn};
  const bool late = refusal == Refusal::kNotAllowedNow || refusal == Refusal::kGuardFailed ||
                    refusal == Refusal::kCaseClosed || refusal == Refusal::kFormVersion;
  return is_numbered(event) && kWords.has(event.kind) && !subject.papers.empty() && late;
}

// What was keyed in about a form was written after this end of the case, which is open again.
bool ended_before_paper(const Case& subject, const Event& event) {
  return is_numbered(event) && event.kind == EventKind::kCloseIn && answers_form_on_paper(subject);
}

// It is kept as evidence, and moves nothing.
Step pass_over(Case& subject, const Event& event) {
  Step result;
  stamp(event, subject);
  result.note = "overtaken by what was keyed in";
  return result;
}

// An agency without Jiexu names no profile of deadlines on its letter, and numbers it in its own
// way.
const v1::Message& with_our_terms(const v1::Message& paper, const Context& context) {
  if (!paper.has_letter()) return paper;
  auto* filled = google::protobuf::Arena::CreateMessage<v1::Message>(context.arena);
  *filled = paper;
  v1::ContactLetter& letter = *filled->mutable_letter();
  if (letter.policy_profile().empty()) letter.set_policy_profile(std::string(context.profile));
  letter.clear_paper_number();
  if (!context.letter_number.empty()) {
    letter.set_paper_number(letter.letter_number());
    letter.set_letter_number(std::string(context.letter_number));
  }
  return *filled;
}

tl::expected<Step, Rejection> key_paper(Case& subject, const Event& event, const Context& context) {
  if (event.input == nullptr || !event.input->has_paper()) {
    return refuse(Refusal::kInputMissing, "paper: is missing");
  }
  Event inner = event;
  inner.kind = event_of(event.input->paper().body_case());
  if (inner.kind == EventKind::kNone || inner.kind == EventKind::kFaultIn) {
    return refuse(Refusal::kPaperInvalid, "paper");
  }
  if (auto wrong = check_paper(subject, *event.input)) return tl::unexpected(*wrong);
  inner.message = &with_our_terms(event.input->paper(), context);
  inner.input = nullptr;
  inner.on_paper = true;
  auto decided = decide(subject, inner, context);
  if (!decided) return decided;
  keep_paper(*inner.message, subject);
  decided->note = paper_note(name(inner.kind), event.input->paper_sha256());
  return decided;
}

}  // namespace

bool is_numbered(const Event& event) {
  return event.message != nullptr && event.kind != EventKind::kFaultIn && !event.on_paper &&
         !event.released;
}

namespace {

tl::expected<Step, Rejection> take_step(Case& subject, const Event& event, const Context& context) {
  if (event.kind == EventKind::kDeadlinePassed) return climb(subject, event, context);
  if (event.kind == EventKind::kKeyPaper) return key_paper(subject, event, context);
  if (auto wrong = check_order(subject, event)) return tl::unexpected(*wrong);
  if (auto wrong = check_released(subject, event)) return tl::unexpected(*wrong);
  if (is_numbered(event) && has_twin(*event.message, subject)) return meet_twin(subject, event);
  if (ended_before_paper(subject, event)) return pass_over(subject, event);
  auto decided = decide(subject, event, context);
  if (decided || !is_overtaken_by_paper(subject, event, decided.error().refusal)) return decided;
  return pass_over(subject, event);
}

}  // namespace

tl::expected<Step, Rejection> step(Case& subject, const Event& event, const Context& context) {
  const bool sound = !check_invariants(subject);
  auto taken = take_step(subject, event, context);
  if (taken && sound) must_hold(check_invariants(subject));
  return taken;
}

}  // namespace jiexu
