#include "daemon/api/table/tables.h"
#include "daemon/cases/step.h"

namespace jiexu {
namespace {

using WorkType = QueryParameter::Type;

std::vector<std::string> sides() {
  return {"IN", "OUT"};
}

std::vector<std::string> duties() {
  std::vector<std::string> out;
  for (uint32_t n = 1; !deadline_name(static_cast<DeadlineKind>(n)).empty(); ++n) {
    out.emplace_back(deadline_name(static_cast<DeadlineKind>(n)));
  }
  return out;
}

std::vector<std::string> states() {
  std::vector<std::string> out;
  for (int number = 1; number < 256; ++number) {
    const std::string_view state = name(static_cast<Relationship>(number));
    if (!state.empty()) out.emplace_back(state);
  }
  return out;
}

constexpr QueryParameter kOfWork[] = {
    {"mine", WorkType::kFlag, "Only what the user who asks sees to"},
    {"ours", WorkType::kFlag, "Only where this agency must act"},
    {"due_before", WorkType::kDay, "Only what is due on an earlier day"},
    {"side", WorkType::kChoice, "Which side of the transfer this agency is", 0, 0, sides},
    {"peer", WorkType::kAgency, "The other agency"},
    {"state", WorkType::kChoices, "Any of these states of the relationship", 0, 0, states},
    {"duty", WorkType::kChoice, "The kind of the deadline", 0, 0, duties},
    {"text", WorkType::kText, "Part of a letter number or a name"},
    kLimit,
    kAfter};

// clang-format off
constexpr Route kWorkRows[] = {
    {"GET", "/v1/work", Right::kSeeCases, &Api::list_work,
     {.name = "list_work", .summary = "What is to be done, by its day",
      .output = {of<v1::WorkViews>}, .query = kOfWork}},
    {"GET", "/v1/proposals", Right::kSeeCases, &Api::list_proposals,
     {.name = "list_proposals", .summary = "What waits for a second person",
      .output = {of<v1::CaseViews>}, .query = kPaged}},
};
// clang-format on

}  // namespace

RouteTable work_table() {
  return {"work", "What waits for people", kWorkRows};
}

}  // namespace jiexu
