// Routes of cases: apply, look, act.
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/conventions.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/lacking.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/base/bytes.h"
#include "daemon/cases/step.h"
#include "daemon/casework/case_queries.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/case_store.h"
#include "daemon/payments/payment_queries.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

// Some half a millisecond.
constexpr size_t kCasesInATurn = 10;

constexpr size_t kFoundMax = 100;  // of one name

std::string_view outcome(const CaseReply& answer) {
  return answer.rejection ? name(answer.rejection->refusal) : std::string_view("done");
}

// Those of `ids` that exist, as they are shown.
Result<std::vector<Case>> read_shown(const Records& records, const std::vector<CaseId>& ids) {
  std::vector<Case> out;
  for (const CaseId& id : ids) {
    TRY(auto subject, read_listed_case(records, id));
    if (!subject) continue;
    TRY_DO(show_delivery(records, *subject));
    out.push_back(std::move(*subject));
  }
  return out;
}

HttpResponse precondition_failed() {
  return problem_response(412, "case_changed",
                          "the case is not as If-Match says; look at it again before you act");
}

const Offer* find_offer(const std::vector<Offer>& all, EventKind action) {
  for (const Offer& offer : all) {
    if (offer.action == action) return &offer;
  }
  return nullptr;
}

}  // namespace

// A list of cases on its way.
struct Api::CaseListing {
  Call call;
  bool open = false;
  std::optional<CaseId> after;
  size_t left = 0;
  std::string cases;  // those so far, as JSON
  uint64_t unreadable = 0;
};

// A clerk's action that is not on offer is refused here, because the engine does not know roles and
// the case could come to allow it, to a reviewer, before the engine decides.
// Under four eyes a clerk may propose what a reviewer then approves.
std::optional<HttpResponse> Api::refused_by_role(const Case& subject, EventKind action,
                                                 const User& user) const {
  const std::vector<Offer> all = offers(subject);
  const Offer* offer = find_offer(all, action);
  if (offer == nullptr && may(user, Right::kDecide)) return std::nullopt;
  if (offer == nullptr) {
    const Refusal why = subject.closed() ? Refusal::kCaseClosed : Refusal::kNotAllowedNow;
    return refusal_response({why, ""}, &subject);
  }
  if (ports_.four_eyes && offer->second_person && works_on(user, subject.side)) {
    return std::nullopt;
  }
  const Right needed = right_of(*offer, subject.side);
  if (may(user, needed)) return std::nullopt;
  if (!works_on(user, subject.side)) return lacks_side(subject.side);
  return problem_response(403, "role_too_low",
                          "this action needs the role " + std::string(offer->role));
}

std::optional<Case> Api::find_case(const Call& call) const {
  const auto ids = find_named(records_, call.args[0]);
  if (!ids) {
    reply(call, store_failure(ids.error()));
    return std::nullopt;
  }
  if (ids->size() > 1) {
    reply(call, problem_response(409, "ambiguous_case",
                                 "several cases are called so; name one by its whole id"));
    return std::nullopt;
  }
  Result<std::optional<Case>> found =
      ids->empty() ? std::optional<Case>() : read_case(records_, ids->front());
  if (!found) {
    reply(call, store_failure(found.error()));
    return std::nullopt;
  }
  if (!*found) {
    reply(call, refusal_response({Refusal::kUnknownCase, ""}, nullptr));
    return std::nullopt;
  }
  if (Result<void> shown = show_delivery(records_, **found); !shown) {
    reply(call, store_failure(shown.error()));
    return std::nullopt;
  }
  return std::move(*found);
}

void Api::ask_for_action(const Call& call, ActionCommand command, int status_done) {
  const std::string action(name(command.action));
  const bool on_match = !call.request.if_match.empty();
  ask(call, std::move(command), [this, action, status_done, on_match](const CaseReply& answer) {
    ports_.metrics.actions.Add({{"action", action}, {"outcome", std::string(outcome(answer))}})
        .Increment();
    if (on_match && answer.rejection && answer.rejection->detail.starts_with("if_revision: ")) {
      return precondition_failed();
    }
    return action_response(answer, status_done);
  });
}

void Api::apply(Call call) {
  auto input = std::make_shared<v1::ActionInput>();
  if (const auto read = from_json(call.request.body, input.get()); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto random = to_array<10>(random_bytes(10));
  const CaseId id = CaseId::make(ports_.clock.now().ms, *random);
  ask_for_action(call, {EventKind::kApply, id, std::move(input)}, 201);
}

void Api::act(Call call) {
  const std::optional<EventKind> action = action_from_name(call.args[1]);
  if (!action || *action == EventKind::kApply) {
    return reply(
        call, problem_response(404, "unknown_action",
                               call.args[1] + ": there is no such action; the case's "
                                              "`actions` names those that are allowed now; a new "
                                              "case is made by POST /v1/cases"));
  }
  auto input = std::make_shared<v1::ActionInput>();
  if (const auto read = from_json(call.request.body, input.get()); !read) {
    return reply(call, bad_body(read.error()));
  }
  const std::optional<uint64_t> revision = revision_of(call.request.if_match);
  if (!revision) return reply(call, precondition_failed());
  if (*revision != 0) input->set_if_revision(*revision);
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  if (auto refused = refused_by_role(*subject, *action, call.user)) {
    return reply(call, std::move(*refused));
  }
  const bool proposes = ports_.four_eyes && needs_second_person(*action);
  ask_for_action(call, {*action, subject->id, std::move(input)}, proposes ? 202 : 200);
}

void Api::list_cases(Call call) {
  const Page page = page_of(call);
  const std::optional<CaseId> after = CaseId::parse(page.after);
  if (!page.after.empty() && !after) return reply(call, bad_cursor());
  auto listing = std::make_shared<CaseListing>();
  listing->open = is_set(call.query, "open");
  listing->after = after;
  listing->left = page.limit;
  listing->call = std::move(call);
  list_on(listing);
}

// Five hundred cases take a processor for long: some are read and written at a time, and others
// have their turn between them.
void Api::list_on(const std::shared_ptr<CaseListing>& listing) {
  const Call& call = listing->call;
  const size_t some = std::min(listing->left, kCasesInATurn);
  const Records records = own_records(ports_.store);
  const auto found = jiexu::list_cases(records, listing->open, listing->after, some);
  if (!found) return reply(call, store_failure(found.error()));
  listing->unreadable += records.passed_over();
  for (const Case& subject : found->cases) {
    if (!listing->cases.empty()) listing->cases += ',';
    append_element(case_view(subject), listing->cases);
  }
  listing->left -= found->cases.size();
  listing->after = found->next;
  if (found->next && listing->left > 0) {
    return call.request.later ? call.request.later([this, listing] { list_on(listing); })
                              : list_on(listing);
  }
  v1::CaseViews rest;
  if (found->next) rest.set_next(cursor_text(found->next->str()));
  rest.set_unreadable(listing->unreadable);
  std::string body = to_json(rest);  // of which the list is the first field
  body.insert(body.find('[') + 1, listing->cases);
  reply(call, {200, "application/json", std::move(body), {}});
}

// Cases by what is known of a letter; kInvalid: too little is.
Result<std::vector<CaseId>> Api::find_by_letter_or_person(const v1::ContactLetter& known) const {
  if (!known.letter_number().empty()) {
    const auto letter = LetterNumber::parse(known.letter_number());
    if (letter) return find_by_letter(records_, *letter);
    return fail(Errc::kInvalid, "letter_number: " + std::string(describe(letter.error())));
  }
  if (!known.person().document_number().empty()) {
    return find_by_person(records_, ports_.vault.person_hash(document_text(known.person())));
  }
  if (!known.person().name().empty()) {
    return find_by_name(records_, name_hash(ports_.vault, known.person().name()), kFoundMax);
  }
  return fail(Errc::kInvalid,
              "letter_number, or person with document_type and document_number, or with a name");
}

// A question, not a GET, so that no proxy writes a person's number into its log. The body is what
// is known of the letter: its number, or the person, of whom several origins may have cases.
void Api::find_cases(Call call) {
  v1::ContactLetter known;
  if (const auto read = from_json(call.request.body, &known); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto ids = find_by_letter_or_person(known);
  if (!ids && ids.error().code == Errc::kInvalid) {
    const bool by_letter = !known.letter_number().empty();
    return reply(call, problem_response(400, by_letter ? "bad_letter_number" : "bad_question",
                                        ids.error().text));
  }
  if (!ids) return reply(call, store_failure(ids.error()));
  CasePage page;
  auto found = read_shown(records_, *ids);
  if (!found) return reply(call, store_failure(found.error()));
  page.cases = std::move(*found);
  reply(call, case_views(page));
}

// What was ordered, so that who says what became of a payment can name it.
Result<void> Api::add_payments(const Case& subject, v1::CaseView& view) const {
  if (subject.side != Side::kOut) return {};
  TRY(const auto payments, jiexu::list_payments(records_, subject.id, subject.attempt));
  for (const PaymentEntry& payment : payments) *view.add_payments() = payment_view(payment);
  return {};
}

// What another part of the agency holds back, whatever the case itself would allow.
void Api::hold_actions(const Case& subject, v1::CaseView& view) const {
  const Refusal away = ports_.out_of_reach ? ports_.out_of_reach(subject.peer) : Refusal::kNone;
  const bool confirmed = !ports_.confirmed || ports_.confirmed();
  for (v1::ActionView& action : *view.mutable_actions()) {
    const bool unnumbered = !confirmed && action.action() == name(EventKind::kSendLetter);
    const Refusal why = away == Refusal::kNone && unnumbered ? Refusal::kUnconfirmed : away;
    if (why == Refusal::kNone) continue;
    action.set_held(std::string(name(why)));
    action.set_held_because(std::string(explain(why)));
  }
}

// With the person's other cases, so that nobody decides about one link of a chain alone (X32-X34).
void Api::show_case(Call call) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  v1::CaseView view = case_view(*subject);
  hold_actions(*subject, view);
  auto ids = find_by_person(records_, subject->person_hash);
  if (!ids) return reply(call, store_failure(ids.error()));
  std::erase(*ids, subject->id);
  const auto others = read_shown(records_, *ids);
  if (!others) return reply(call, store_failure(others.error()));
  for (const Case& other : *others) add_related(other, view);
  if (auto done = add_payments(*subject, view); !done) {
    return reply(call, store_failure(done.error()));
  }
  HttpResponse response{200, "application/json", to_json(view), {}};
  response.headers.emplace_back("ETag", tag_of_case(view.revision(), response.body));
  reply(call, std::move(response));
}

void Api::show_timeline(Call call) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  const auto records = read_timeline(records_, subject->id);
  if (!records) return reply(call, store_failure(records.error()));
  reply(call, timeline_view(*records));
}

}  // namespace jiexu
