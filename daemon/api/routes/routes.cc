// Routes about the daemon as a whole: lines of the bank, the ledger, health, the API itself.
#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/bankfiles/bank_sink.h"
#include "daemon/reconciliation/ledger_check.h"
#include "daemon/reconciliation/reconciliation_queries.h"

namespace jiexu {
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
