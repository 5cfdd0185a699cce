// The route table, and the routes about the daemon as a whole: peers, money, health.
#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/bankfiles/bank_sink.h"
#include "daemon/reconciliation/ledger_check.h"
#include "daemon/reconciliation/reconciliation_queries.h"

namespace jiexu {
namespace {

constexpr Route kRoutes[] = {
    {"POST", "/v1/cases", Role::kClerk, &Api::apply},
    {"GET", "/v1/cases", Role::kAuditor, &Api::list_cases},
    {"POST", "/v1/cases:find", Role::kAuditor, &Api::find_cases},
    {"GET", "/v1/work", Role::kAuditor, &Api::list_work},
    {"POST", "/v1/cases/{id}/assign", Role::kClerk, &Api::assign},
    {"GET", "/v1/cases/{id}", Role::kAuditor, &Api::show_case},
    {"GET", "/v1/cases/{id}/timeline", Role::kAuditor, &Api::show_timeline},
    {"GET", "/v1/cases/{id}/messages", Role::kAuditor, &Api::list_messages},
    {"GET", "/v1/cases/{id}/documents/{kind}", Role::kAuditor, &Api::show_document},
    {"GET", "/v1/cases/{id}/attachments", Role::kAuditor, &Api::list_attachments},
    {"GET", "/v1/cases/{id}/attachments/{file}", Role::kAuditor, &Api::show_attachment},
    {"PUT", "/v1/cases/{id}/attachments/{file}", Role::kClerk, &Api::put_attachment, "*/*"},
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
    {"POST", "/v1/letters:submit", Role::kSystem, &Api::submit_letters,
     "application/x-ndjson, application/x-protobuf, application/json"},
    {"POST", "/v1/bank/lines", Role::kSystem, &Api::book_bank_lines},
    {"GET", "/v1/bank/lines", Role::kAuditor, &Api::list_bank_lines},
    {"GET", "/v1/bank/lines/{id}", Role::kAuditor, &Api::show_bank_line},
    {"POST", "/v1/bank/lines/{id}/match", Role::kClerk, &Api::match_bank_line},
    {"POST", "/v1/bank/lines/{id}/same", Role::kClerk, &Api::repeat_bank_line},
    {"POST", "/v1/bank/lines/{id}/approve", Role::kReviewer, &Api::approve_bank_line},
    {"POST", "/v1/bank/lines/{id}/retract", Role::kClerk, &Api::retract_bank_line},
    {"POST", "/v1/bank/lines/{id}/{act}", Role::kClerk, &Api::explain_bank_line},
    {"GET", "/v1/bank/files", Role::kAuditor, &Api::list_bank_files},
    {"GET", "/v1/bank/files/{digest}/lines", Role::kAuditor, &Api::list_file_lines},
    {"POST", "/v1/bank/files/{digest}", Role::kClerk, &Api::take_bank_file,
     "application/json, application/x-protobuf"},
    {"POST", "/v1/bank/files/{digest}/take", Role::kClerk, &Api::take_held_file},
    {"POST", "/v1/bank/files/{digest}/take/approve", Role::kReviewer, &Api::approve_held_file},
    {"POST", "/v1/bank/files/{digest}/take/retract", Role::kClerk, &Api::retract_held_file},
    {"POST", "/v1/remittances", Role::kClerk, &Api::make_batches},
    {"GET", "/v1/remittances", Role::kAuditor, &Api::list_batches},
    {"GET", "/v1/remittances/{batch}", Role::kAuditor, &Api::show_batch},
    {"POST", "/v1/remittances/{batch}/approve", Role::kReviewer, &Api::approve_batch},
    {"POST", "/v1/remittances/{batch}/export", Role::kReviewer, &Api::export_batch},
    {"GET", "/v1/payments", Role::kAuditor, &Api::list_payments},
    {"POST", "/v1/payments:report", Role::kSystem, &Api::take_payment_report, "*/*"},
    {"POST", "/v1/payments/{payment}/release", Role::kClerk, &Api::propose_release},
    {"POST", "/v1/payments/{payment}/release/approve", Role::kReviewer, &Api::approve_release},
    {"POST", "/v1/payments/{payment}/release/retract", Role::kClerk, &Api::retract_release},
    {"GET", "/v1/ledger", Role::kAuditor, &Api::show_ledger},
    {"GET", "/v1/ledger/check", Role::kAuditor, &Api::check_books},
    {"GET", "/v1/ledger/comparisons/{agency}", Role::kAuditor, &Api::show_comparison},
    {"GET", "/v1/peers", Role::kAuditor, &Api::show_peers},
    {"GET", "/v1/queues", Role::kAuditor, &Api::show_peers},
    {"GET", "/v1/peers/{agency}", Role::kAuditor, &Api::show_peer},
    {"POST", "/v1/peers/{agency}/ask", Role::kOperator, &Api::ask_peer},
    {"GET", "/v1/alarms", Role::kAuditor, &Api::list_alarms},
    {"POST", "/v1/peers/{agency}/pause", Role::kOperator, &Api::pause_peer},
    {"POST", "/v1/peers/{agency}/resume", Role::kOperator, &Api::resume_peer},
    {"GET", "/v1/quarantine", Role::kAuditor, &Api::list_quarantine},
    {"GET", "/v1/quarantine/{place}", Role::kAuditor, &Api::show_quarantined},
    {"GET", "/v1/store", Role::kAuditor, &Api::show_store},
    {"GET", "/v1/store/verify", Role::kAuditor, &Api::verify_store},
    {"POST", "/v1/store/confirm", Role::kReviewer, &Api::propose_store_confirmation},
    {"POST", "/v1/store/confirm/approve", Role::kReviewer, &Api::approve_store_confirmation},
    {"POST", "/v1/console/links", Role::kAuditor, &Api::make_console_link},
    {"POST", "/v1/session", Role::kNobody, &Api::begin_session, "*/*"},
    {"GET", "/v1/session", Role::kAuditor, &Api::show_session},
    {"DELETE", "/v1/session", Role::kAuditor, &Api::end_session},
    {"GET", "/", Role::kNobody, &Api::lead_to_console},
    {"GET", "/console", Role::kNobody, &Api::show_console},
    {"GET", "/console/assets/{asset}", Role::kNobody, &Api::show_console_file},
    {"GET", "/console/{page}", Role::kNobody, &Api::show_console},
    {"GET", "/console/{page}/{item}", Role::kNobody, &Api::show_console},
    {"GET", "/livez", Role::kNobody, &Api::live},
    {"GET", "/readyz", Role::kNobody, &Api::ready},
    {"GET", "/metrics", Role::kNobody, &Api::show_metrics},
};

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

void Api::book_bank_lines(Call call) {
  v1::BankLineInput input;
  if (const auto read = from_json(call.request.body, &input); !read) {
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
  ask(call, std::move(command),
      [this](const Answered<v1::BankLineResults>& answer) -> HttpResponse {
        if (!answer) return refusal_response(answer.error(), nullptr);
        for (const v1::BankLineResult& result : answer->results()) {
          ports_.metrics.bank_lines.Add({{"outcome", result.outcome()}}).Increment();
        }
        return {200, "application/json", to_json(*answer), {}};
      });
}

void Api::show_ledger(Call call) {
  const auto balances = read_balances(records_);
  if (!balances) return reply(call, store_failure(balances.error()));
  v1::LedgerView view;
  for (const LedgerEntry& entry : balances->entries) *view.add_accounts() = account_view(entry);
  view.set_sum_fen(balances->sum.value);
  reply(call, view);
}

// Reads every case, so that it must not hold up the other requests.
void Api::check_books(Call call) {
  const bool begun = worker_.start(call.respond, [this](const std::stop_token& stop) {
    const auto snapshot = ports_.store.snapshot();
    auto checked = std::make_shared<Result<v1::LedgerCheckView>>(
        check_ledger(own_records(*snapshot), ports_.self, stop));
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

void Api::show_metrics(Call call) {
  if (const auto silent = silent_batches()) {
    ports_.metrics.batches_silent.Set(static_cast<double>(silent->size()));
  }
  measure_comparisons();
  reply(call, text_response(200, ports_.metrics.text()));
}

}  // namespace jiexu
