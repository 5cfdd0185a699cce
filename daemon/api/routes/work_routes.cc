// Routes of work: what is to be done, by its day, and who sees to it.
#include <algorithm>
#include <charconv>
#include <chrono>

#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/lacking.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/cases/step.h"
#include "daemon/casework/work_list.h"

namespace jiexu {
namespace {

// A page where a filter has no index; other requests wait for it.
constexpr std::chrono::milliseconds kLookMax{20};

std::optional<DeadlineKind> duty_from_name(std::string_view name) {
  for (uint32_t number = 1;; ++number) {
    const auto kind = static_cast<DeadlineKind>(number);
    if (deadline_name(kind).empty()) return std::nullopt;
    if (deadline_name(kind) == name) return kind;
  }
}

WorkFilter filter_of(const Call& call) {
  const auto given = [&](const char* name) { return text_of(call.query, name); };
  WorkFilter filter;
  if (is_set(call.query, "mine")) filter.owner = call.user.name;
  filter.ours = is_set(call.query, "ours");
  if (given("side") == "IN") filter.side = Side::kIn;
  if (given("side") == "OUT") filter.side = Side::kOut;
  filter.peer = AgencyId::parse(given("peer"));
  filter.due_before = Date::parse(given("due_before"));
  filter.states = names_of(call.query, "state");
  filter.duty = duty_from_name(given("duty"));
  filter.text = given("text");
  return filter;
}

// Enough to know a person by whose letter lies on the desk, and no more.
std::string masked(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool begins = (static_cast<uint8_t>(c) & 0xC0) != 0x80;
    const bool first = out.empty() || (!begins && out.find('*') == std::string::npos);
    if (first)
      out += c;
    else if (begins)
      out += '*';
  }
  return out;
}

v1::WorkRowView row_view(const WorkRow& row) {
  const Case& subject = row.subject;
  v1::WorkRowView out;
  out.set_case_id(subject.id.str());
  out.set_letter_number(subject.letter_number);
  out.set_side(std::string(name(subject.side)));
  out.set_peer(subject.peer.str());
  out.set_person(masked(subject.person.name()));
  out.set_relationship(std::string(name(subject.relationship)));
  out.set_funds(std::string(name(subject.funds)));
  out.set_overlay(text(subject.overlays));
  out.set_proposals(static_cast<uint32_t>(subject.proposals.size()));
  out.set_assignee(subject.assignee);
  if (!row.deadline) return out;
  const Deadline& deadline = *row.deadline;
  out.set_duty(std::string(deadline_name(deadline.kind)));
  if (deadline.due) out.set_due_on(deadline.due->str());
  out.set_ours(is_ours(subject.side, deadline.kind));
  out.set_passed(deadline.passed);
  if (deadline.expected) out.set_expected_on(deadline.expected->str());
  if (deadline.held_since) out.set_held_since(deadline.held_since->str());
  return out;
}

}  // namespace

void Api::list_work(Call call) {
  const Page page = page_of(call);
  const auto end = std::chrono::steady_clock::now() + kLookMax;
  const Records listing = own_records(ports_.store);
  const auto found = jiexu::list_work(listing, filter_of(call), page.after, page.limit,
                                      [end] { return std::chrono::steady_clock::now() > end; });
  if (!found && found.error().code == Errc::kInvalid) {
    return reply(call, bad_cursor());
  }
  if (!found) return reply(call, store_failure(found.error()));
  v1::WorkViews views;
  for (const WorkRow& row : found->rows) *views.add_rows() = row_view(row);
  views.set_next(cursor_text(found->next));
  views.set_out_of_time(found->out_of_time);
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

// Whoever works with cases takes what nobody sees to, and gives his own to others; of what another
// sees to, a reviewer decides.
void Api::assign(Call call) {
  v1::AssignInput input;
  if (const auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  if (!works_on(call.user, subject->side)) return reply(call, lacks_side(subject->side));
  const bool his = subject->assignee.empty() || subject->assignee == call.user.name;
  if (!his && !may(call.user, Right::kDecide)) {
    return reply(call, problem_response(403, "role_too_low",
                                        "another user sees to the case; this needs a reviewer"));
  }
  if (input.claim()) input.set_to(call.user.name);
  if (!input.to().empty() && !is_colleague(input.to())) {
    return reply(call, problem_response(400, "unknown_user",
                                        "to: no user who works with cases is called so"));
  }
  ask(call, AssignCommand{subject->id, input.to(), subject->assignee},
      [](const CaseReply& answer) { return action_response(answer, 200); });
}

bool Api::is_colleague(std::string_view user) const {
  std::shared_ptr<const Users> users;
  {
    const std::lock_guard lock(users_mutex_);
    users = users_;
  }
  return std::ranges::any_of(users->all(), [&](const User& known) {
    return known.name == user && may(known, Right::kWork) && !known.roles.has(Role::kSystem);
  });
}

}  // namespace jiexu
