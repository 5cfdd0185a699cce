#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

std::vector<std::string> formats() {
  return {"json", "csv"};
}

constexpr QueryParameter kOfStatistics[] = {
    {"format", QueryParameter::Type::kChoice, "json, or csv for a spreadsheet", 0, 0, formats}};
constexpr QueryParameter kOfOverdue[] = {
    {"peer", QueryParameter::Type::kAgency, "The other agency"}, kLimit, kAfter};

// clang-format off
constexpr Route kReportRows[] = {
    {"GET", "/v1/statistics/{month}", Right::kSeeFigures, &Api::show_statistics,
     {.name = "show_statistics", .summary = "Figures of a month, by direction and county",
      .output = {of<v1::StatisticsView>}, .query = kOfStatistics,
      .gives = "application/json, text/csv"}},
    {"GET", "/v1/ageing", Right::kSeeFigures, &Api::show_ageing,
     {.name = "show_ageing", .summary = "How long open duties are over, by agency",
      .output = {of<v1::AgeingView>}}},
    {"GET", "/v1/overdue", Right::kSeeCases, &Api::list_overdue,
     {.name = "list_overdue",
      .summary = "Open duties whose day is over, and batches of which the bank is silent",
      .output = {of<v1::OverdueViews>}, .query = kOfOverdue}},
};
// clang-format on

}  // namespace

RouteTable report_table() {
  return {"reports", "Figures", kReportRows};
}

}  // namespace jiexu
