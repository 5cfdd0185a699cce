#include "daemon/api/table/tables.h"

namespace jiexu {

std::span<const RouteTable> route_tables() {
  static const RouteTable kTables[] = {
      case_table(),  paper_table(), work_table(),   bank_table(),    money_table(), link_table(),
      store_table(), event_table(), report_table(), console_table(), health_table()};
  return kTables;
}

std::span<const Route> routes() {
  static const std::vector<Route>* const kRows = [] {
    auto* rows = new std::vector<Route>;
    for (const RouteTable& table : route_tables()) {
      rows->insert(rows->end(), table.rows.begin(), table.rows.end());
    }
    return rows;
  }();
  return *kRows;
}

}  // namespace jiexu
