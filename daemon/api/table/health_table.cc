#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

constexpr QueryParameter kOfReady[] = {
    {"verbose", QueryParameter::Type::kFlag, "Why not, and which alarms stand; needs a token"}};

// clang-format off
constexpr Route kHealthRows[] = {
    {"GET", "/livez", Right::kNone, &Api::live,
     {.name = "live", .summary = "Whether the daemon runs", .gives = "text/plain"}},
    {"GET", "/readyz", Right::kNone, &Api::ready,
     {.name = "ready", .summary = "Whether the daemon takes work", .query = kOfReady,
      .statuses = {200, 503}, .gives = "text/plain"}},
    {"GET", "/metrics", Right::kNone, &Api::show_metrics,
     {.name = "show_metrics", .summary = "Counters and gauges, in the format of Prometheus",
      .statuses = {200, 403}, .gives = "text/plain"}},
    {"GET", "/openapi.json", Right::kNone, &Api::show_openapi,
     {.name = "show_openapi", .summary = "This description, for programs"}},
    {"GET", "/reference", Right::kNone, &Api::show_reference,
     {.name = "show_reference", .summary = "This description, for people", .gives = "text/html"}},
};
// clang-format on

}  // namespace

RouteTable health_table() {
  return {"health", "The daemon itself", kHealthRows};
}

}  // namespace jiexu
