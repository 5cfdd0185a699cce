// jiexu ledger: money as the books see it, and as another agency's do.
#include <algorithm>
#include <iostream>
#include <set>

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
    table.add({account.peer(), called("account.", account.account()), yuan(account.balance_fen())});
  }
  std::cout << table.text();
  if (view.sum_fen() != 0) {
    std::cout << say("The balances add up to {amount} and not to 0: stop and call for help.",
                     {{"amount", yuan(view.sum_fen())}})
              << "\n";
  }
}

void print_differences_total(uint64_t count) {
  std::cout << "\n" << say("{n} differences:", {{"n", std::to_string(count)}}) << "\n";
}

void print_check(const v1::LedgerCheckView& view) {
  std::cout << say(view.sound()
                       ? "Checked {cases} cases and {postings} postings: the books are right."
                       : "Checked {cases} cases and {postings} postings: THE BOOKS ARE WRONG.",
                   {{"cases", std::to_string(view.cases())},
                    {"postings", std::to_string(view.postings())}})
            << "\n";
  warn_unreadable(view.unreadable());
  Table table({"PEER", "ACCOUNT", "BALANCE", "BY POSTINGS", "BY CASES AND LINES", ""});
  for (const v1::LedgerAccountCheck& account : view.accounts()) {
    table.add({account.peer(), called("account.", account.account()), yuan(account.balance_fen()),
               yuan(account.posted_fen()), yuan(account.told_fen()),
               account.agrees() ? "" : say("differs")},
              account.agrees() ? Stress::kNone : Stress::kLate);
  }
  std::cout << table.text();
  if (view.differences_total() == 0) return;
  Table differences({"CASE OR LINE", "PEER", "ACCOUNT", "BY POSTINGS", "BY ITS AMOUNTS"});
  for (const v1::LedgerDifferenceView& difference : view.differences()) {
    differences.add({difference.case_id() + difference.line_id(), difference.peer(),
                     called("account.", difference.account()), yuan(difference.posted_fen()),
                     yuan(difference.told_fen())});
  }
  print_differences_total(view.differences_total());
  std::cout << differences.text();
}

int check_books(const Session& session) {
  const auto reply = session.ask_patiently("/v1/ledger/check", say("the books are checked, s:"));
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

std::string figure(const v1::DifferenceView& difference, int64_t value) {
  static constexpr std::string_view kNumbers[] = {
      "sent-head", "received-head",  "received-beyond", "count",
      "set-aside", "their-messages", "our-messages",    "form-version"};
  for (const std::string_view name : kNumbers) {
    if (difference.name() == name) return std::to_string(value);
  }
  return yuan(value);
}

// What the difference is about: a case, a payment of it, a message, a kind of messages.
std::string subject(const v1::DifferenceView& difference) {
  std::string text = difference.case_id();
  if (difference.attempt() != 0) {
    text += say(" payment {n}", {{"n", std::to_string(difference.attempt())}});
  }
  if (!difference.message().empty()) text += message_title(difference.message());
  if (difference.seq() != 0) text += " " + std::to_string(difference.seq());
  return text;
}

void print_differences(const v1::ComparisonView& view) {
  print_differences_total(view.differences_total());
  Table table({"DIFFERENCE", "MISSING AT", "CASE OR MESSAGE", "OURS", "THEIRS"});
  for (const v1::DifferenceView& difference : view.differences()) {
    const std::string at = difference.side() == "ours"     ? say("us")
                           : difference.side() == "theirs" ? say("them")
                                                           : "";
    table.add({called("difference.", difference.name()), at, subject(difference),
               figure(difference, difference.ours()), figure(difference, difference.theirs())});
  }
  std::cout << table.text();
  std::set<std::string> explained;
  for (const v1::DifferenceView& difference : view.differences()) {
    if (!explained.insert(difference.name()).second) continue;
    std::cout << called("difference.", difference.name()) << ": " << say(difference.text()) << "\n";
  }
}

void print_books(const v1::ComparisonView& view) {
  Table accounts({"ACCOUNT", "OURS", "THEIRS"});
  for (const v1::AccountCompared& account : view.accounts()) {
    accounts.add({called("account.", account.account()), yuan(account.ours_fen()),
                  yuan(account.theirs_fen())});
  }
  if (view.accounts_size() > 0) std::cout << "\n" << accounts.text();
  Table counts({"MESSAGES OF THEIRS", "TAKEN HERE", "SENT THERE"});
  for (const v1::CountCompared& count : view.counts()) {
    counts.add({message_title(count.message()), std::to_string(count.ours()),
                std::to_string(count.theirs())});
  }
  if (view.counts_size() > 0) std::cout << "\n" << counts.text();
}

void print_own(const v1::OwnStatement& own) {
  if (own.unknown_there()) {
    std::cout << say("Their program does not know our statements; it is too old.") << "\n";
  } else if (own.day().empty()) {
    std::cout << say("We have written them no statement yet.") << "\n";
  } else {
    std::cout
        << say(own.receipted()
                   ? "Our newest statement to them is of {day}, message {n}, and they have it."
                   : "Our newest statement to them is of {day}, message {n}; they have not "
                     "taken it yet.",
               {{"day", own.day()}, {"n", std::to_string(own.seq())}})
        << "\n";
  }
}

void print_comparison(const v1::ComparisonView& view) {
  const std::string outcome = called("comparison.", view.outcome());
  const std::string text = say(view.text());
  std::cout << view.day() << ", " << view.peer() << ": " << outcome << "\n";
  if (!text.starts_with(outcome)) std::cout << text << "\n";
  if (!view.next_day().empty()) {
    std::cout << say("Their statement of {day} speaks of this day too.", {{"day", view.next_day()}})
              << "\n";
  }
  if (view.outcome() != "silent") {
    std::cout << say("{n} cases with money, open or settled since their last statement, compared; "
                     "{later} left for the next day, {paper} in part on paper.",
                     {{"n", std::to_string(view.rows())},
                      {"later", std::to_string(view.on_the_way())},
                      {"paper", std::to_string(view.on_paper())}})
              << "\n";
  }
  if (view.outcome() == "agrees" && !view.sums_judged()) {
    std::cout << say("Sums were not compared: messages of ours were on their way.") << "\n";
  }
  if (view.outcome() == "agrees" && !view.counts_judged()) {
    std::cout << say("Counts were not compared: one side began to count later.") << "\n";
  }
  if (view.differences_total() > 0) print_differences(view);
  print_books(view);
  print_own(view.own());
}

// As of diff(1): the two differ.
constexpr int kDiffers = 1;

// EX_TEMPFAIL: nothing can be said of that day, or not yet.
int exit_code(const v1::ComparisonView& view) {
  if (view.outcome() == "agrees") return EX_OK;
  return view.outcome() == "differs" ? kDiffers : EX_TEMPFAIL;
}

int compare(const Session& session, const std::string& peer, const std::string& day) {
  const auto reply = session.ask("GET", "/v1/ledger/comparisons/" + percent(peer) +
                                            (day.empty() ? "" : "?day=" + percent(day)));
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  v1::ComparisonView view;
  if (!from_json(reply->body, &view)) return report(EX_PROTOCOL, "the answer cannot be read");
  if (session.json) {
    std::cout << reply->body << "\n";
  } else {
    print_comparison(view);
  }
  return exit_code(view);
}

void add_compare(Command ledger, Session& session) {
  Command command =
      ledger.add_command("compare", "Another agency's daily statement against our books",
                         "jiexu ledger compare S41132810207 --day 2026-11-21");
  const auto peer = std::make_shared<std::string>();
  const auto day = std::make_shared<std::string>();
  command.add_option("peer", *peer, "The agency's code").required();
  command.add_option("--day", *day, "In China (default: yesterday)").type_name("YYYY-MM-DD");
  command.callback([&session, peer, day] {
    session.run = [&session, peer, day] { return compare(session, *peer, *day); };
  });
}

}  // namespace

void add_money(Command app, Session& session) {
  Command ledger = app.add_command("ledger", "Balances of the books, by agency", "jiexu ledger");
  const auto anew = std::make_shared<bool>(false);
  ledger.add_flag("--check", *anew,
                  "Work them out anew from every posting and case, and name what differs");
  add_compare(ledger, session);
  ledger.callback([&session, ledger, anew] {
    if (ledger.called_subcommand()) return;
    session.run = [&session, anew] {
      return *anew ? check_books(session) : session.show("GET", "/v1/ledger", "", print_ledger);
    };
  });
}

}  // namespace jiexu::cli
