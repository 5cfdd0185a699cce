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

void print_check(const v1::LedgerCheckView& view) {
  std::cout << "Checked " << view.cases() << " cases and " << view.postings() << " postings: "
            << (view.sound() ? "the books are right.\n" : "THE BOOKS ARE WRONG.\n");
  Table table({"PEER", "ACCOUNT", "BALANCE", "BY POSTINGS", "BY CASES AND LINES", ""});
  for (const v1::LedgerAccountCheck& account : view.accounts()) {
    table.add({account.peer(), account.account(), yuan(account.balance_fen()),
               yuan(account.posted_fen()), yuan(account.told_fen()),
               account.agrees() ? "" : "differs"});
  }
  std::cout << table.text();
  if (view.differences_total() == 0) return;
  Table differences({"CASE OR LINE", "PEER", "ACCOUNT", "BY POSTINGS", "BY ITS AMOUNTS"});
  for (const v1::LedgerDifferenceView& difference : view.differences()) {
    differences.add({difference.case_id() + difference.line_id(), difference.peer(),
                     difference.account(), yuan(difference.posted_fen()),
                     yuan(difference.told_fen())});
  }
  std::cout << "\n" << view.differences_total() << " differences:\n" << differences.text();
}

int check(const Session& session) {
  const auto reply = session.ask("GET", "/v1/ledger/check");
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  v1::LedgerCheckView view;
  if (!from_json(reply->body, &view)) return report(EX_PROTOCOL, "the answer cannot be read");
  if (session.json) {
    std::cout << reply->body << "\n";
  } else {
    print_check(view);
  }
  return view.sound() ? EX_OK : EX_DATAERR;
}

}  // namespace

void add_money(CLI::App& app, Session& session) {
  CLI::App* ledger = add_command(app, "ledger", "Balances of the books, by agency", "jiexu ledger");
  const auto anew = std::make_shared<bool>(false);
  ledger->add_flag("--check", *anew,
                   "Work them out anew from every posting and case, and name what differs");
  ledger->callback([&session, anew] {
    session.run = [&session, anew] {
      return *anew ? check(session) : session.show("GET", "/v1/ledger", "", print_ledger);
    };
  });
}

}  // namespace jiexu::cli
