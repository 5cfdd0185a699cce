#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Route kPaperRows[] = {
    {"GET", "/v1/cases/{id}/messages", Role::kAuditor, &Api::list_messages,
     {.name = "list_messages", .summary = "All that either agency wrote in a case",
      .output = {of<v1::PaperViews>}, .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/papers", Role::kAuditor, &Api::list_papers,
     {.name = "list_papers", .summary = "Our messages of a case, as they can be printed",
      .output = {of<v1::PaperViews>}, .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/papers/{n}", Role::kAuditor, &Api::show_paper,
     {.name = "show_paper", .summary = "One of our messages, whole, to be printed",
      .output = {of<v1::PaperView>}, .statuses = {200, 404, 409}}},
    {"POST", "/v1/papers", Role::kClerk, &Api::key_paper,
     {.name = "key_paper", .summary = "Keys in what came from the other agency on paper",
      .input = of<v1::PaperView>, .output = {of<v1::CaseView>}, .statuses = {200, 201, 202, 404}}},
};
// clang-format on

}  // namespace

RouteTable paper_table() {
  return {"papers", "Messages as sheets of paper", kPaperRows};
}

}  // namespace jiexu
