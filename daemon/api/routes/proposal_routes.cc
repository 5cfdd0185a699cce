// Routes of four eyes: what waits for a second person, and that person's word.
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/lacking.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/base/bytes.h"
#include "daemon/cases/step.h"
#include "daemon/casework/case_store.h"
#include "daemon/casework/four_eyes.h"

namespace jiexu {
namespace {

// Cases that one request for a list looks at; more of them are behind the cursor.
constexpr size_t kProposalScanMax = 5'000;
constexpr size_t kProposalScanPage = 500;

std::optional<uint32_t> parse_number(std::string_view text) {
  uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

// Why this user may not approve the proposal; nullopt: the engine decides.
std::optional<HttpResponse> approval_refused(const Case& subject, const Proposal& proposal,
                                             const User& user) {
  if (user.roles.has(Role::kSystem)) {
    return problem_response(403, "system_user", "a system is no second person; approve as a user");
  }
  for (const Offer& offer : offers(subject)) {
    if (offer.action != static_cast<EventKind>(proposal.action)) continue;
    if (!may(user, right_of(offer, subject.side))) {
      return problem_response(403, "role_too_low",
                              "this approval needs the role " + std::string(offer.role));
    }
  }
  return std::nullopt;
}

}  // namespace

void Api::ask_about_proposal(const Call& call, std::optional<Digest> approve) {
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  const std::optional<uint32_t> number = parse_number(call.args[1]);
  const Proposal* proposal = number ? find_proposal(*subject, *number) : nullptr;
  if (proposal == nullptr) {
    return reply(call, refusal_response({Refusal::kUnknownProposal, ""}, &*subject));
  }
  if (!works_on(call.user, subject->side)) return reply(call, lacks_side(subject->side));
  if (approve) {
    if (auto refused = approval_refused(*subject, *proposal, call.user)) {
      return reply(call, std::move(*refused));
    }
  }
  const std::string label = approve ? "approve" : "retract";
  ask(call, ProposalCommand{subject->id, *number, approve}, [this, label](const CaseReply& answer) {
    const std::string_view outcome =
        answer.rejection ? name(answer.rejection->refusal) : std::string_view("done");
    ports_.metrics.actions.Add({{"action", label}, {"outcome", std::string(outcome)}}).Increment();
    return action_response(answer, 200);
  });
}

void Api::approve(Call call) {
  v1::ApprovalInput input;
  if (const auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto bytes = from_hex(input.digest());
  const auto digest = bytes ? to_array<32>(*bytes) : std::nullopt;
  if (!digest) {
    return reply(call, problem_response(400, "bad_digest",
                                        "digest: 64 hex digits, as the case's `proposals` shows"));
  }
  ask_about_proposal(call, *digest);
}

void Api::retract(Call call) {
  ask_about_proposal(call, std::nullopt);
}

void Api::list_proposals(Call call) {
  const Page page = page_of(call);
  std::optional<CaseId> after = CaseId::parse(page.after);
  if (!page.after.empty() && !after) return reply(call, bad_cursor());
  v1::CaseViews views;
  if (!after) {
    const Result<void> added = add_releases(page.limit, views);
    const Result<void> acts = added ? add_line_acts(page.limit, views) : added;
    if (!acts) return reply(call, store_failure(acts.error()));
  }
  const Records listing = own_records(ports_.store);
  for (size_t seen = 0; seen < kProposalScanMax; seen += kProposalScanPage) {
    const Result<CasePage> found = jiexu::list_cases(listing, true, after, kProposalScanPage);
    if (!found) return reply(call, store_failure(found.error()));
    views.set_unreadable(listing.passed_over());
    for (const Case& subject : found->cases) {
      if (static_cast<size_t>(views.cases_size()) == page.limit) {
        views.set_next(cursor_text(after->str()));
        return reply(call, views);
      }
      after = subject.id;
      if (!subject.proposals.empty()) *views.add_cases() = case_view(subject);
    }
    views.clear_next();
    if (!found->next) return reply(call, views);
    views.set_next(cursor_text(found->next->str()));
  }
  reply(call, views);
}

}  // namespace jiexu
