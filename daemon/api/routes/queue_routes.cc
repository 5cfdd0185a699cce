// GET /v1/queues: what waits, for how long, and where.
#include <chrono>

#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/bank/bank_queries.h"
#include "daemon/casework/case_store.h"
#include "daemon/payments/payment_queries.h"
#include "jiexu/v1/queues.pb.h"

namespace jiexu {
namespace {

// What is looked at for one answer. More of it waits than a person sees through in a day.
constexpr size_t kCountMax = 1'000;
constexpr size_t kCasesPage = 100;
constexpr std::chrono::milliseconds kCountingMax{20};

void show_queue(const v1::PeerView& peer, v1::PeerQueueView& out) {
  out.set_agency(peer.agency());
  out.set_name(peer.name());
  out.set_state(peer.state());
  out.set_since(peer.since());
  out.set_queued(peer.queued());
  out.set_oldest_unreceipted_ms(peer.oldest_unreceipted_ms());
  out.set_out_last_seq(peer.out_last_seq());
  out.set_out_receipted_seq(peer.out_receipted_seq());
  out.set_quarantined(peer.quarantined());
}

Result<void> count_exceptions(const Records& records, v1::QueueViews& out) {
  for (const OutcomeRule& rule : outcome_rules()) {
    if (!rule.waits) continue;
    TRY(const auto found, count_waiting_lines(records, rule.outcome, kCountMax));
    if (!found.since) continue;
    v1::ExceptionQueueView& queue = *out.add_exceptions();
    queue.set_outcome(std::string(rule.name));
    queue.set_lines(found.lines);
    queue.set_more(found.more);
    queue.set_since(found.since->str());
  }
  return {};
}

// Cases with a proposal are found by looking at all that are open.
Result<void> count_proposals(const Records& records, v1::ProposalCounts& out) {
  TRY(const auto lines, list_proposed_acts(records, kCountMax));
  TRY(const auto payments, list_proposed_releases(records, kCountMax));
  out.set_lines(lines.size());
  out.set_payments(payments.size());
  const auto end = std::chrono::steady_clock::now() + kCountingMax;
  std::optional<CaseId> after;
  do {
    TRY(const CasePage page, list_cases(records, true, after, kCasesPage));
    for (const Case& subject : page.cases) {
      if (!subject.proposals.empty()) out.set_cases(out.cases() + 1);
    }
    after = page.next;
  } while (after && std::chrono::steady_clock::now() < end);
  out.set_more(after.has_value());
  return {};
}

}  // namespace

void Api::show_queues(Call call) {
  ask(call, PeersQuery(), [this](const PeersQuery::Reply& peers) -> HttpResponse {
    if (!peers) return refusal_response(peers.error(), nullptr);
    v1::QueueViews views;
    for (const v1::PeerView& peer : peers->peers()) show_queue(peer, *views.add_peers());
    const Records counting = own_records(ports_.store);
    if (auto done = count_exceptions(counting, views); !done) return store_failure(done.error());
    if (auto done = count_proposals(counting, *views.mutable_proposals()); !done) {
      return store_failure(done.error());
    }
    views.set_unreadable(counting.passed_over());
    return {200, "application/json", to_json(views), {}};
  });
}

}  // namespace jiexu
