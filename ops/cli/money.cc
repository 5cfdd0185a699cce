// jiexu bank, ledger: money as the bank and the books see it.
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

void print_results(const std::string& body) {
  v1::BankLineResults results;
  if (!from_json(body, &results)) return;
  Table table({"BANK'S NUMBER", "OUTCOME", "CASE"});
  for (const v1::BankLineResult& result : results.results()) {
    table.add({result.host_sequence(), result.outcome(), result.case_id()});
  }
  std::cout << table.text();
}

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

int add_lines(const Session& session, const std::string& file) {
  const Result<std::string> body = read_input(file);
  if (!body) return report(body.error());
  return session.show("POST", "/v1/bank/lines", *body, print_results);
}

}  // namespace

void add_money(CLI::App& app, Session& session) {
  CLI::App* group =
      add_command(app, "bank", "Credits on our bank account", "jiexu bank add --file lines.json");
  group->require_subcommand(1);
  CLI::App* add = add_command(*group, "add", "Enter bank lines; one that is known already is named",
                              "jiexu bank add --file lines.json");
  const auto file = std::make_shared<std::string>();
  add->add_option("--file", *file, "{\"lines\": [...]} as JSON; - for standard input")->required();
  add->callback(
      [&session, file] { session.run = [&session, file] { return add_lines(session, *file); }; });

  CLI::App* ledger = add_command(app, "ledger", "Balances of the books, by agency", "jiexu ledger");
  ledger->callback([&session] {
    session.run = [&session] { return session.show("GET", "/v1/ledger", "", print_ledger); };
  });
}

}  // namespace jiexu::cli
