#include "daemon/api/event_filter.h"
#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

using EventType = QueryParameter::Type;

std::vector<std::string> topics() {
  std::vector<std::string> out;
  for (const Topic topic : kTopics) out.emplace_back(name(topic));
  return out;
}

std::vector<std::string> event_sides() {
  return {"IN", "OUT"};
}

constexpr QueryParameter kOfEvents[] = {
    {"topic", EventType::kChoices, "Only of these topics", 0, 0, topics},
    {"peer", EventType::kAgency, "Only about this agency"},
    {"side", EventType::kChoice, "Only of cases on this side", 0, 0, event_sides},
    {"case", EventType::kText, "Only of the case with this id", 0, 36},
    {"after", EventType::kText,
     "Go on behind the event with this id; `first`: from the oldest that is kept", 0, 64},
    {"wait", EventType::kNumber,
     "Lines of JSON, for which so many seconds are waited, instead of a stream", 0, 60}};

// clang-format off
constexpr Route kEventRows[] = {
    {"GET", "/v1/events", Right::kSeeExchange, &Api::follow_events,
     {.name = "follow_events", .summary = "What has changed, as it changes",
      .output = {of<v1::EventView>}, .query = kOfEvents, .statuses = {200, 503},
      .gives = "text/event-stream, application/x-ndjson"}},
};
// clang-format on

}  // namespace

RouteTable event_table() {
  return {"events", "Changes, for who follows the agency", kEventRows};
}

}  // namespace jiexu
