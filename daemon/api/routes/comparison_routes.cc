// /v1/ledger/comparisons: a peer's daily statement against our own books.
#include "daemon/api/api.h"
#include "daemon/api/comparison_view.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/reconciliation/reconciliation_queries.h"

namespace jiexu {

void Api::show_comparison(Call call) {
  const std::optional<AgencyId> peer = AgencyId::parse(call.args[0]);
  if (!peer) {
    return reply(call, problem_response(400, "bad_agency", "an agency is 'S' and 11 digits"));
  }
  const Date today = date_of(ports_.clock.now());
  std::optional<Date> day = Date::from_days(today.days() - 1);
  if (const std::string asked = text_of(call.query, "day"); !asked.empty()) {
    day = Date::parse(asked);
  }
  const auto view = view_comparison(records_, *peer, *day);
  if (!view) return reply(call, store_failure(view.error()));
  if (!*view) {
    return reply(
        call, problem_response(404, "unknown_agency", "there has been no link with this agency"));
  }
  reply(call, **view);
}

void Api::measure_comparisons() {
  const auto newest = newest_comparisons(records_);
  if (!newest) return;
  for (const NewestComparison& comparison : *newest) {
    const prometheus::Labels label = peer_label(comparison.peer);
    ports_.metrics.comparison_differences.Add(label).Set(
        static_cast<double>(comparison.differences));
    ports_.metrics.comparison_day.Add(label).Set(
        static_cast<double>(end_of(comparison.day).ms / 1000));
  }
}

}  // namespace jiexu
