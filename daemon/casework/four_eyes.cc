#include "daemon/casework/four_eyes.h"

#include <algorithm>
#include <utility>

#include "daemon/base/bytes.h"
#include "daemon/casework/case_service.h"
#include "daemon/casework/shown.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr std::string_view kDomain = "jiexu proposal 2";
constexpr size_t kDigestShown = 8;  // bytes of it in notes of the timeline

// What the digest covers.
class Facts {
 public:
  Facts() : bytes_(kDomain) {}
  void add(std::string_view piece) {
    append_u64(bytes_, piece.size());
    bytes_ += piece;
  }
  void add(uint64_t number) { append_u64(bytes_, number); }
  Digest digest() const { return sha256(bytes_); }

 private:
  std::string bytes_;
};

std::string words(const Proposal& proposal) {
  return std::string(name(action_of(proposal))) + ", proposal " + std::to_string(proposal.number);
}

std::string short_hex(const Digest& digest) {
  return to_hex(view(digest).substr(0, kDigestShown));
}

CaseService::Outcome refused(Refusal refusal, uint32_t number) {
  return tl::unexpected(Rejection{refusal, "proposal " + std::to_string(number)});
}

Result<v1::ActionInput> input_of(const Case& subject, const Proposal& proposal) {
  v1::ActionInput input;
  if (input.ParseFromString(proposal.input)) return input;
  return fail(Errc::kCorrupt, "a proposal of " + subject.id.str() + " is unreadable");
}

bool is_offered(const std::vector<Offer>& all, const Proposal& proposal) {
  return std::ranges::any_of(
      all, [&](const Offer& offer) { return offer.action == action_of(proposal); });
}

}  // namespace

Digest proposal_digest(const Case& subject, const Proposal& proposal) {
  Facts facts;
  facts.add(proposal.number);
  facts.add(proposal.action);
  facts.add(proposal.user);
  facts.add(proposal.input);
  facts.add(subject.id.bytes());
  facts.add(proposal.shown);
  return facts.digest();
}

EventKind action_of(const Proposal& proposal) {
  return static_cast<EventKind>(proposal.action);
}

const Proposal* find_proposal(const Case& subject, uint32_t number) {
  for (const Proposal& proposal : subject.proposals) {
    if (proposal.number == number) return &proposal;
  }
  return nullptr;
}

void CaseService::note(Decision& decision, const Event& event, std::string text) {
  Case& after = *decision.after;
  after.revision += 1;
  after.timeline_count += 1;
  after.updated_at = event.at;
  decision.steps.push_back({event, after.relationship, after.funds, after.overlays, std::move(text),
                            decision.messages.size()});
}

Result<tl::expected<void, Rejection>> CaseService::add_proposal(Decision& decision,
                                                                const Event& event) {
  TRY(auto would_be, try_out_shown(*decision.after, event));
  if (!would_be) return tl::expected<void, Rejection>(tl::unexpected(would_be.error()));

  Proposal proposal;
  proposal.number = decision.after->timeline_count + 1;
  proposal.action = static_cast<uint8_t>(event.kind);
  proposal.user = event.actor.name;
  proposal.at = event.at;
  if (event.input != nullptr) {
    v1::ActionInput input = *event.input;
    input.clear_if_revision();
    proposal.input = input.SerializeAsString();
  }
  proposal.shown = std::move(*would_be);
  auto& all = decision.after->proposals;
  std::erase_if(all, [&](const Proposal& other) { return other.action == proposal.action; });
  all.push_back(proposal);
  Event made = event;
  made.kind = EventKind::kPropose;
  note(decision, made,
       words(proposal) + ", digest " + short_hex(proposal_digest(*decision.after, proposal)));
  return tl::expected<void, Rejection>();
}

Result<tl::expected<std::string, Rejection>> CaseService::try_out_shown(const Case& subject,
                                                                        const Event& event) {
  using Shown = tl::expected<std::string, Rejection>;
  Decision trial;
  trial.after = std::make_shared<Case>(subject);
  TRY(const auto decided, decide(trial, event));
  if (!decided) return Shown(tl::unexpected(decided.error()));
  return Shown(shown(*trial.after, event.input, trial.messages, trial.amount));
}

Result<CaseService::Outcome> CaseService::propose(const Case& subject, const Event& event) {
  Decision& decision = begin(subject);
  TRY(const auto added, add_proposal(decision, event));
  if (!added) return Outcome(tl::unexpected(added.error()));
  return finish(subject, decision);
}

Result<CaseService::Outcome> CaseService::approve(const Case& subject, uint32_t number,
                                                  const Digest& digest, std::string_view user,
                                                  Instant now) {
  const Proposal* found = find_proposal(subject, number);
  if (found == nullptr) return refused(Refusal::kUnknownProposal, number);
  if (found->user == user) return refused(Refusal::kOwnProposal, number);
  if (proposal_digest(subject, *found) != digest) return refused(Refusal::kProposalChanged, number);
  const Proposal proposal = *found;
  TRY(const auto input, input_of(subject, proposal));
  Decision& decision = begin(subject);
  std::erase_if(decision.after->proposals,
                [&](const Proposal& other) { return other.number == number; });
  Event event;
  event.kind = EventKind::kApprove;
  event.at = now;
  event.actor = user_actor(user);
  note(decision, event, words(proposal) + ", digest " + short_hex(digest));
  event.kind = action_of(proposal);
  event.actor = user_actor(proposal.user);
  event.input = &input;
  TRY(const auto decided, decide(decision, event));
  if (!decided) return Outcome(tl::unexpected(decided.error()));
  if (shown(*decision.after, &input, decision.messages, decision.amount) != proposal.shown) {
    return refused(Refusal::kProposalChanged, number);
  }
  return finish(subject, decision);
}

Result<CaseService::Outcome> CaseService::retract(const Case& subject, uint32_t number,
                                                  std::string_view user, Instant now) {
  const Proposal* found = find_proposal(subject, number);
  if (found == nullptr) return refused(Refusal::kUnknownProposal, number);
  Decision& decision = begin(subject);
  std::erase_if(decision.after->proposals,
                [&](const Proposal& other) { return other.number == number; });
  Event event;
  event.kind = EventKind::kRetract;
  event.at = now;
  event.actor = user_actor(user);
  note(decision, event, words(*found));
  return finish(subject, decision);
}

// Why the proposal no longer stands; empty: it does.
Result<std::string> CaseService::lapse_reason(const Case& subject, const Proposal& proposal,
                                              Instant now) {
  if (!is_offered(offers(subject), proposal)) return std::string("it can no longer be done");
  TRY(const auto input, input_of(subject, proposal));
  Event event;
  event.kind = action_of(proposal);
  event.at = now;
  event.actor = user_actor(proposal.user);
  event.input = &input;
  TRY(const auto would_be, try_out_shown(subject, event));
  if (!would_be) return std::string(name(would_be.error().refusal));
  return std::string(*would_be == proposal.shown ? "" : "it would send something else now");
}

Result<void> CaseService::lapse_proposals(const Case& before, Decision& decision) {
  Case& after = *decision.after;
  if (after.proposals.empty()) return {};
  const Instant now = decision.steps.back().event.at;
  std::vector<Proposal> left;
  for (Proposal& proposal : std::exchange(after.proposals, {})) {
    Result<std::string> reason = std::string();  // one that was just made stands
    if (proposal.number <= before.timeline_count) reason = lapse_reason(after, proposal, now);
    TRY(const auto why, std::move(reason));
    if (why.empty()) {
      left.push_back(std::move(proposal));
      continue;
    }
    std::string& text = decision.steps.back().note;
    text += (text.empty() ? "" : "; ") + ("lapsed: " + words(proposal)) + ": " + why;
  }
  after.proposals = std::move(left);
  return {};
}

}  // namespace jiexu
