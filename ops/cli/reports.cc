// jiexu statistics, ageing, overdue.
#include <iostream>

#include "daemon/base/ids.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/printing.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

std::string number(uint64_t n) {
  return std::to_string(n);
}

void print_statistics(const std::string& body) {
  v1::StatisticsView view;
  if (!from_json(body, &view)) return;
  warn_unreadable(view.unreadable());
  Table table({"DIRECTION", "COUNTY", "BEGUN", "DONE", "E-E", "E-R", "R-E", "R-R", "ENDED WITHOUT",
               "TRANSFERRED", "PAID AT ORIGIN"});
  const auto add = [&](const v1::StatisticsRow& row, const std::string& of) {
    table.add({called("side.", row.direction()), of, number(row.begun()), number(row.done()),
               number(row.employee_to_employee()), number(row.employee_to_resident()),
               number(row.resident_to_employee()), number(row.resident_to_resident()),
               number(row.ended_without()), yuan(row.transferred_fen()), yuan(row.refunded_fen())});
  };
  for (const v1::StatisticsRow& row : view.rows()) add(row, row.county());
  for (const v1::StatisticsRow& row : view.totals()) add(row, called("group.", row.group()));
  std::cout << table.text();
}

void print_ageing(const std::string& body) {
  v1::AgeingView view;
  if (!from_json(body, &view)) return;
  warn_unreadable(view.unreadable());
  Table table({"PEER", "LATE", "1-5 DAYS", "6-10", "11-30", "ABOVE 30", "OLDEST"});
  for (const v1::AgeingRow& row : view.rows()) {
    table.add({row.peer(), say(row.ours() ? "we" : "they"), number(row.days_to_5()),
               number(row.days_to_10()), number(row.days_to_30()), number(row.days_above_30()),
               row.oldest_due_on()});
  }
  std::cout << table.text();
}

void print_silent(const v1::OverdueViews& views) {
  if (views.batches().empty()) return;
  std::cout << "\n"
            << say("The bank has said nothing of these batches; ask it whether it has their files:")
            << "\n";
  Table table({"BATCH", "TO", "EXPORTED", "WAS DUE", "DAYS", "OPEN"});
  for (const v1::SilentBatchView& batch : views.batches()) {
    table.add({batch.batch(), batch.payee_holder(), day_and_time(batch.exported_at()),
               batch.due_on(), std::to_string(batch.days_over()),
               say("{part} of {all}", {{"part", std::to_string(batch.open())},
                                       {"all", std::to_string(batch.payments())}})},
              Stress::kLate);
  }
  std::cout << table.text();
}

void print_overdue(const std::string& body) {
  v1::OverdueViews views;
  if (!from_json(body, &views)) return;
  warn_unreadable(views.unreadable());
  Table table({"PEER", "CASE", "LATE", "MUST", "WAS DUE", "DAYS", "EXPECTED"});
  for (const v1::OverdueView& duty : views.duties()) {
    const bool has_letter = !duty.letter_number().empty();
    table.add({duty.peer(), has_letter ? duty.letter_number() : short_case(duty.case_id()),
               say(duty.ours() ? "we" : "they"), plain_deadline(duty.kind()), duty.due_on(),
               std::to_string(duty.days_over()), duty.expected_on()},
              duty.ours() ? Stress::kLate : Stress::kNone);
  }
  std::cout << table.text();
  print_silent(views);
  print_more(views.next());
}

int statistics(const Session& session, const std::string& month, bool csv) {
  const std::string target = "/v1/statistics/" + percent(month);
  if (!csv) return session.show("GET", target, "", print_statistics);
  const Result<Reply> reply = session.ask("GET", target + "?format=csv");
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  print_as_it_is();
  std::cout << reply->body;
  return EX_OK;
}

}  // namespace

void add_reports(Command app, Session& session) {
  Command figures = app.add_command("statistics", "A month's figures by direction and county",
                                    "jiexu statistics 2026-11 --csv > 2026-11.csv");
  const auto month = std::make_shared<std::string>();
  const auto csv = std::make_shared<bool>(false);
  figures.add_option("month", *month, "Such as 2026-11").required();
  figures.add_flag("--csv", *csv, "Comma-separated, with amounts in yuan");
  figures.callback([&session, month, csv] {
    session.run = [&session, month, csv] { return statistics(session, *month, *csv); };
  });

  app.add_command("ageing", "Duties whose day is over, summed up by counterpart", "jiexu ageing")
      .callback([&session] {
        session.run = [&session] { return session.show("GET", "/v1/ageing", "", print_ageing); };
      });

  Command overdue = app.add_command("overdue", "Duties whose day is over, one by one",
                                    "jiexu overdue --peer S41132810207");
  const auto peer = std::make_shared<std::string>();
  const auto after = std::make_shared<std::string>();
  overdue.add_option("--peer", *peer, "Only with this agency");
  overdue.add_option("--after", *after, "Go on after this case");
  overdue.callback([&session, peer, after] {
    session.run = [&session, peer, after] {
      if (!peer->empty() && !AgencyId::parse(*peer)) {
        return report(EX_USAGE, "An agency's code is 'S' and 11 digits.");
      }
      std::string target = "/v1/overdue?limit=200";
      if (!peer->empty()) target += "&peer=" + percent(*peer);
      if (!after->empty()) target += "&after=" + percent(*after);
      return session.show("GET", target, "", print_overdue);
    };
  });
}

}  // namespace jiexu::cli
