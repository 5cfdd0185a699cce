// The route table, and the routes about the daemon as a whole: peers, money, health.
#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/base/bytes.h"
#include "daemon/base/limits.h"
#include "daemon/base/money.h"
#include "daemon/engine/ledger_check.h"
#include "daemon/funds/bank_sink.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

constexpr Route kRoutes[] = {
    {"POST", "/v1/cases", Role::kClerk, &Api::apply},
    {"GET", "/v1/cases", Role::kAuditor, &Api::list_cases},
    {"POST", "/v1/cases:find", Role::kAuditor, &Api::find_cases},
    {"GET", "/v1/cases/{id}", Role::kAuditor, &Api::show_case},
    {"GET", "/v1/cases/{id}/timeline", Role::kAuditor, &Api::show_timeline},
    {"GET", "/v1/cases/{id}/messages", Role::kAuditor, &Api::list_messages},
    {"GET", "/v1/cases/{id}/documents/{kind}", Role::kAuditor, &Api::show_document},
    {"GET", "/v1/cases/{id}/attachments", Role::kAuditor, &Api::list_attachments},
    {"GET", "/v1/cases/{id}/attachments/{file}", Role::kAuditor, &Api::show_attachment},
    {"PUT", "/v1/cases/{id}/attachments/{file}", Role::kClerk, &Api::put_attachment},
    {"GET", "/v1/cases/{id}/papers", Role::kAuditor, &Api::list_papers},
    {"GET", "/v1/cases/{id}/papers/{n}", Role::kAuditor, &Api::show_paper},
    {"POST", "/v1/papers", Role::kClerk, &Api::key_paper},
    {"POST", "/v1/cases/{id}/actions/{action}", Role::kClerk, &Api::act},
    {"POST", "/v1/cases/{id}/proposals/{n}/approve", Role::kClerk, &Api::approve},
    {"POST", "/v1/cases/{id}/proposals/{n}/retract", Role::kClerk, &Api::retract},
    {"GET", "/v1/proposals", Role::kAuditor, &Api::list_proposals},
    {"GET", "/v1/statistics/{month}", Role::kAuditor, &Api::show_statistics},
    {"GET", "/v1/ageing", Role::kAuditor, &Api::show_ageing},
    {"GET", "/v1/overdue", Role::kAuditor, &Api::list_overdue},
    {"POST", "/v1/progress", Role::kInquirer, &Api::show_progress},
    {"GET", "/v1/cases/{id}/payee", Role::kAuditor, &Api::show_payee},
    {"POST", "/v1/cases/{id}/payee/confirm", Role::kReviewer, &Api::confirm_payee},
    {"POST", "/v1/letters:submit", Role::kSystem, &Api::submit_letters},
    {"POST", "/v1/bank/lines", Role::kSystem, &Api::book_bank_lines},
    {"GET", "/v1/bank/lines", Role::kAuditor, &Api::list_bank_lines},
    {"GET", "/v1/bank/lines/{id}", Role::kAuditor, &Api::show_bank_line},
    {"POST", "/v1/bank/lines/{id}/match", Role::kReviewer, &Api::match_bank_line},
    {"POST", "/v1/bank/lines/{id}/set-aside", Role::kReviewer, &Api::set_aside_bank_line},
    {"GET", "/v1/bank/files", Role::kAuditor, &Api::list_bank_files},
    {"POST", "/v1/bank/files/{digest}", Role::kSystem, &Api::take_bank_file},
    {"POST", "/v1/remittances", Role::kClerk, &Api::make_batches},
    {"GET", "/v1/remittances", Role::kAuditor, &Api::list_batches},
    {"GET", "/v1/remittances/{batch}", Role::kAuditor, &Api::show_batch},
    {"POST", "/v1/remittances/{batch}/approve", Role::kReviewer, &Api::approve_batch},
    {"POST", "/v1/remittances/{batch}/export", Role::kReviewer, &Api::export_batch},
    {"GET", "/v1/payments", Role::kAuditor, &Api::list_payments},
    {"POST", "/v1/payments:report", Role::kSystem, &Api::take_payment_report},
    {"POST", "/v1/payments/{payment}/release", Role::kClerk, &Api::propose_release},
    {"POST", "/v1/payments/{payment}/release/approve", Role::kReviewer, &Api::approve_release},
    {"POST", "/v1/payments/{payment}/release/retract", Role::kClerk, &Api::retract_release},
    {"GET", "/v1/ledger", Role::kAuditor, &Api::show_ledger},
    {"GET", "/v1/ledger/check", Role::kAuditor, &Api::check_books},
    {"GET", "/v1/ledger/comparisons/{agency}", Role::kAuditor, &Api::show_comparison},
    {"GET", "/v1/peers", Role::kAuditor, &Api::show_peers},
    {"GET", "/v1/queues", Role::kAuditor, &Api::show_peers},
    {"POST", "/v1/peers/{agency}/pause", Role::kOperator, &Api::pause_peer},
    {"POST", "/v1/peers/{agency}/resume", Role::kOperator, &Api::resume_peer},
    {"GET", "/v1/quarantine", Role::kAuditor, &Api::show_quarantine},
    {"GET", "/livez", Role::kNobody, &Api::live},
    {"GET", "/readyz", Role::kNobody, &Api::ready},
    {"GET", "/metrics", Role::kNobody, &Api::show_metrics},
};

// A list that left out what it cannot read would be a lie about money or messages.
const Error kRecordUnreadable{Errc::kCorrupt, "a record is unreadable; run jiexu doctor"};

// A sum that no money comes to, let in by an older version.
Error beyond_all_bounds(const v1::AccountView& account) {
  return {Errc::kCorrupt, "the account " + account.account() + " with " + account.peer() +
                              " holds " + Fen{account.balance_fen()}.yuan() +
                              " yuan, which no money comes to; `jiexu ledger --check` names what "
                              "was booked wrongly"};
}

HttpResponse text_response(int status, std::string text) {
  return {status, "text/plain; version=0.0.4; charset=utf-8", std::move(text), {}};
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

void Api::book_bank_lines(Call call) {
  v1::BankLineInput input;
  if (Result<void> read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  if (input.lines().empty()) {
    return reply(call, problem_response(400, "no_lines", "`lines` holds the bank's credits"));
  }
  if (auto possible = check_amounts(input.lines()); !possible) {
    return reply(call, problem_response(400, "bad_amount", possible.error().text));
  }
  BankCommand command;
  command.lines.assign(input.lines().begin(), input.lines().end());
  ask(call, std::move(command), [this](const Answer& answer) -> HttpResponse {
    if (answer.rejection) return refusal_response(*answer.rejection, nullptr);
    for (const v1::BankLineResult& result : answer.bank.results()) {
      ports_.metrics.bank_lines.Add({{"outcome", result.outcome()}}).Increment();
    }
    return {200, "application/json", to_json(answer.bank), {}};
  });
}

void Api::show_peers(Call call) {
  ask(call, PeersQuery(), [](const Answer& answer) -> HttpResponse {
    return {200, "application/json", to_json(answer.peers), {}};
  });
}

void Api::pause_peer(Call call) {
  set_paused(call, true);
}

void Api::resume_peer(Call call) {
  set_paused(call, false);
}

void Api::set_paused(const Call& call, bool pause) {
  const std::optional<AgencyId> peer = AgencyId::parse(call.args[0]);
  if (!peer) {
    return reply(call, problem_response(400, "bad_agency", "an agency is 'S' and 11 digits"));
  }
  ask(call, PauseCommand{*peer, pause}, [](const Answer& answer) -> HttpResponse {
    if (!answer.rejection) return {200, "application/json", to_json(answer.peers), {}};
    if (answer.rejection->refusal == Refusal::kUnknownAgency) {
      return problem_response(404, "unknown_agency", "the agency is not in the directory");
    }
    return refusal_response(*answer.rejection, nullptr);
  });
}

void Api::show_quarantine(Call call) {
  const std::optional<Page> page = page_of(call, {});
  const auto after = place_of(page ? page->after : "", layout::parse_quarantine_key);
  if (!page || !after) return reply(call, bad_query("limit (1 to 500) and after (from `next`)"));
  v1::QuarantineViews views;
  std::string last;
  bool readable = true;
  const auto visit = [&](std::string_view key, std::string_view value) {
    if (static_cast<size_t>(views.entries_size()) == page->limit) {
      views.set_next(to_hex(last));
      return false;
    }
    last = key;
    v1::QuarantineRecord record;
    const auto place = layout::parse_quarantine_key(key);
    readable = place && record.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (readable) *views.add_entries() = quarantine_view(*place, record);
    return readable;
  };
  const std::string lower =
      *after ? layout::quarantine_key((*after)->peer, (*after)->epoch, (*after)->seq).str() + '\0'
             : "";
  const Result<void> read =
      records_.scan(Family::kQuarantine, lower, layout::prefix_end("S"), visit);
  if (!read) return reply(call, store_failure(read.error()));
  if (!readable) return reply(call, store_failure(kRecordUnreadable));
  reply(call, views);
}

void Api::show_ledger(Call call) {
  v1::LedgerView view;
  Fen sum;
  std::optional<Error> wrong;
  const auto visit = [&](std::string_view key, std::string_view value) {
    v1::AccountRecord record;
    const auto account = layout::parse_account_key(key);
    if (!account || !record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      wrong = kRecordUnreadable;
      return false;
    }
    const v1::AccountView& shown = *view.add_accounts() = account_view(*account, record);
    const std::optional<Fen> more = add(sum, {record.balance_fen()});
    if (!within(record.balance_fen(), limits::kAccountFenMax) || !more) {
      wrong = beyond_all_bounds(shown);
      return false;
    }
    sum = *more;
    return true;
  };
  const Result<void> read = records_.scan(Family::kFunds, layout::kAccounts,
                                          layout::prefix_end(layout::kAccounts), visit);
  if (!read) return reply(call, store_failure(read.error()));
  if (wrong) return reply(call, store_failure(*wrong));
  view.set_sum_fen(sum.value);
  reply(call, view);
}

// Reads every case, so that it must not hold up the other requests.
void Api::check_books(Call call) {
  const auto record = records_.get_message<v1::StoreRecord>(Family::kMeta, layout::kStoreKey);
  if (!record) return reply(call, store_failure(record.error()));
  const AgencyId self =
      AgencyId::parse(*record ? (*record)->agency() : std::string()).value_or(AgencyId());
  const bool begun = worker_.start(call.respond, [this, self](const std::stop_token& stop) {
    const auto snapshot = ports_.store.snapshot();
    auto checked = std::make_shared<Result<v1::LedgerCheckView>>(
        check_ledger(Records(*snapshot, ports_.vault), self, stop));
    return [checked]() -> HttpResponse {
      if (!*checked) return store_failure(checked->error());
      return {200, "application/json", to_json(**checked), {}};
    };
  });
  if (!begun) reply(call, busy());
}

void Api::live(Call call) {
  reply(call, text_response(200, "ok\n"));
}

void Api::ready(Call call) {
  const std::optional<std::string> reason = ports_.not_ready();
  reply(call, reason ? text_response(503, *reason + "\n") : text_response(200, "ok\n"));
}

void Api::show_metrics(Call call) {
  if (const auto silent = silent_batches()) {
    ports_.metrics.batches_silent.Set(static_cast<double>(silent->size()));
  }
  measure_comparisons();
  reply(call, text_response(200, ports_.metrics.text()));
}

}  // namespace jiexu
