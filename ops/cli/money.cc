// jiexu ledger: money as the books see it.
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

void print_ledger(const std::string& body) {
  v1::LedgerView view;
  if (!from_json(body, &view)) return;
  Table table({"PEER", "ACCOUNT", "BALANCE"});
  for (const v1::AccountView& account : view.accounts()) {
    table.add({account.peer(), account.account(), yuan(account.balance_fen())});
  }
  std::cout << table.text();
  if (view.sum_fen() != 0) {
    std::cout << "The balances add up to " << yuan(view.sum_fen())
              << " and not to 0: stop and call for help.\n";
  }
}

}  // namespace

void add_money(CLI::App& app, Session& session) {
  CLI::App* ledger = add_command(app, "ledger", "Balances of the books, by agency", "jiexu ledger");
  ledger->callback([&session] {
    session.run = [&session] { return session.show("GET", "/v1/ledger", "", print_ledger); };
  });
}

}  // namespace jiexu::cli
