// Routes of work: what is to be done, by its day, and who sees to it.
#include <algorithm>
#include <charconv>
#include <chrono>

#include "daemon/api/api.h"
#include "daemon/api/json.h"
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

bool is_flag(const std::string& text) {
  return text.empty() || text == "0" || text == "1";
}

bool is_state(std::string_view text) {
  for (int number = 1; number < 256; ++number) {
    const std::string_view known = name(static_cast<Relationship>(number));
    if (!known.empty() && known == text) return true;
  }
  return false;
}

// "LETTER_RECEIVED,STOPPED"; false: there is no such state, or an empty name among them.
bool take_states(const std::string& text, std::vector<std::string>& states) {
  for (size_t begin = 0; !text.empty() && begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    states.push_back(text.substr(begin, end - begin));
    if (!is_state(states.back())) return false;
    begin = end + 1;
  }
  return true;
}

// The filter of the query; nullopt if a part of it is none.
std::optional<WorkFilter> filter_of(const Call& call) {
  const auto given = [&](const char* key) {
    const auto found = call.query.find(key);
    return found == call.query.end() ? std::string() : found->second;
  };
  WorkFilter filter;
  const std::string side = given("side");
  const std::string peer = given("peer");
  const std::string due = given("due_before");
  const std::string duty = given("duty");
  if (!is_flag(given("mine")) || !is_flag(given("ours"))) return std::nullopt;
  if (given("mine") == "1") filter.owner = call.user.name;
  filter.ours = given("ours") == "1";
  if (side == "IN") filter.side = Side::kIn;
  if (side == "OUT") filter.side = Side::kOut;
  filter.peer = AgencyId::parse(peer);
  filter.due_before = Date::parse(due);
  filter.duty = duty_from_name(duty);
  filter.text = given("text");
  const bool sound = (side.empty() || filter.side) && (peer.empty() || filter.peer) &&
                     (due.empty() || filter.due_before) && (duty.empty() || filter.duty) &&
                     take_states(given("state"), filter.states);
  return sound ? std::optional(filter) : std::nullopt;
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
  const std::optional<Page> page =
      page_of(call, {"mine", "ours", "due_before", "side", "peer", "state", "duty", "text"});
  const std::optional<WorkFilter> filter = page ? filter_of(call) : std::nullopt;
  if (!filter) {
    return reply(
        call,
        bad_query(
            "mine and ours (0 or 1), due_before (YYYY-MM-DD), side (IN or "
            "OUT), peer (an agency's code), state (several with commas), duty (such as form-due), "
            "text, limit (1 to 500) and after (from `next`)"));
  }
  const auto end = std::chrono::steady_clock::now() + kLookMax;
  const Records listing = own_records(ports_.store);
  const auto found = jiexu::list_work(listing, *filter, page->after, page->limit,
                                      [end] { return std::chrono::steady_clock::now() > end; });
  if (!found && found.error().code == Errc::kInvalid) {
    return reply(call, bad_query(found.error().text));
  }
  if (!found) return reply(call, store_failure(found.error()));
  v1::WorkViews views;
  for (const WorkRow& row : found->rows) *views.add_rows() = row_view(row);
  views.set_next(found->next);
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
  const bool his = subject->assignee.empty() || subject->assignee == call.user.name;
  if (!his && !may(call.user.role, Role::kReviewer)) {
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
    return known.name == user && may(known.role, Role::kClerk) && known.role != Role::kSystem;
  });
}

}  // namespace jiexu
