// Routes of reports: monthly statistics, ageing by counterpart, the overdue list.
#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/silence.h"
#include "daemon/api/statistics.h"
#include "daemon/cases/step.h"
#include "daemon/casework/case_store.h"

namespace jiexu {
namespace {

constexpr size_t kScanMax = 5'000;
constexpr size_t kScanPage = 500;

void add_overdue(const Case& subject, Date today, v1::OverdueViews& views) {
  for (const Deadline& deadline : subject.deadlines) {
    if (!deadline.due || *deadline.due >= today) continue;
    v1::OverdueView& out = *views.add_duties();
    out.set_peer(subject.peer.str());
    out.set_case_id(subject.id.str());
    out.set_letter_number(subject.letter_number);
    out.set_kind(std::string(deadline_name(deadline.kind)));
    out.set_ours(is_ours(subject.side, deadline.kind));
    out.set_due_on(deadline.due->str());
    out.set_days_over(today.days() - deadline.due->days());
    out.set_reminded(deadline.reminded);
    if (deadline.expected) out.set_expected_on(deadline.expected->str());
  }
}

}  // namespace

void Api::show_statistics(Call call) {
  const std::optional<Month> month = Month::parse(call.args[0]);
  if (!month) {
    return reply(call,
                 problem_response(400, "bad_month", "the path ends in a month such as 2026-11"));
  }
  const bool csv = text_of(call.query, "format") == "csv";
  const bool begun = worker_.start(call.respond, [this, month, csv](const std::stop_token& stop) {
    auto view = std::make_shared<Result<v1::StatisticsView>>(
        compute_statistics(own_records(ports_.store), ports_.self, *month, stop));
    return [view, csv]() -> HttpResponse {
      if (!*view) return store_failure(view->error());
      if (csv) return {200, "text/csv; charset=utf-8", to_csv(**view), {}};
      return {200, "application/json", to_json(**view), {}};
    };
  });
  if (!begun) reply(call, busy());
}

void Api::show_ageing(Call call) {
  const Date today = date_of(ports_.clock.now());
  const bool begun = worker_.start(call.respond, [this, today](const std::stop_token& stop) {
    auto view = std::make_shared<Result<v1::AgeingView>>(
        compute_ageing(own_records(ports_.store), today, stop));
    return [view]() -> HttpResponse {
      if (!*view) return store_failure(view->error());
      return {200, "application/json", to_json(**view), {}};
    };
  });
  if (!begun) reply(call, busy());
}

Result<std::vector<v1::SilentBatchView>> Api::silent_batches() const {
  std::shared_ptr<const Calendar> calendar;
  {
    const std::lock_guard lock(calendar_mutex_);
    calendar = calendar_;
  }
  return jiexu::silent_batches(records_, *calendar, ports_.bank_silent_days,
                               date_of(ports_.clock.now()));
}

void Api::list_overdue(Call call) {
  const Page page = page_of(call);
  std::optional<CaseId> after = CaseId::parse(page.after);
  if (!page.after.empty() && !after) return reply(call, bad_cursor());
  const std::string peer = text_of(call.query, "peer");
  const Date today = date_of(ports_.clock.now());
  v1::OverdueViews views;
  if (!after && peer.empty()) {
    const auto silent = silent_batches();
    if (!silent) return reply(call, store_failure(silent.error()));
    for (const v1::SilentBatchView& batch : *silent) *views.add_batches() = batch;
  }
  const Records listing = own_records(ports_.store);
  for (size_t seen = 0; seen < kScanMax; seen += kScanPage) {
    const Result<CasePage> found = jiexu::list_cases(listing, true, after, kScanPage);
    if (!found) return reply(call, store_failure(found.error()));
    views.set_unreadable(listing.passed_over());
    for (const Case& subject : found->cases) {
      if (static_cast<size_t>(views.duties_size()) >= page.limit) {
        views.set_next(cursor_text(after->str()));
        return reply(call, views);
      }
      after = subject.id;
      if (peer.empty() || subject.peer.text() == peer) add_overdue(subject, today, views);
    }
    views.clear_next();
    if (!found->next) return reply(call, views);
    views.set_next(cursor_text(found->next->str()));
  }
  reply(call, views);
}

}  // namespace jiexu
