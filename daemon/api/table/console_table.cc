#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

// The page is for people: what stands in its address is its own.
// clang-format off
constexpr Route kConsoleRows[] = {
    {"POST", "/v1/console/links", Right::kUsePage, &Api::make_console_link,
     {.name = "make_console_link",
      .summary = "A link that signs who asks in at the console, once, within a minute",
      .output = {of<v1::ConsoleLinkView>}}},
    {"POST", "/v1/session", Right::kNone, &Api::begin_session,
     {.name = "begin_session",
      .summary = "Begins a session of the console; Authorization is `Basic` as of RFC 7617, or "
                 "`Link` and a link's secret",
      .output = {of<v1::SessionView>}, .statuses = {201, 403, 410}}},
    {"POST", "/v1/session/password", Right::kNone, &Api::change_password,
     {.name = "change_password",
      .summary = "Sets another password; Authorization is `Change` and, in base64, three lines: "
                 "the user, the password, the new one",
      .statuses = {204, 403}, .gives = ""}},
    {"GET", "/v1/session", Right::kUsePage, &Api::show_session,
     {.name = "show_session", .summary = "Whose session it is, and how long it lasts",
      .output = {of<v1::SessionView>}, .statuses = {200, 404}}},
    {"DELETE", "/v1/session", Right::kUsePage, &Api::end_session,
     {.name = "end_session", .summary = "Ends the session", .statuses = {204, 404},
      .gives = ""}},
    {"GET", "/", Right::kNone, &Api::lead_to_console,
     {.name = "lead_to_console", .summary = "Leads to the console", .statuses = {303},
      .gives = "", .any_query = true}},
    {"GET", "/console", Right::kNone, &Api::show_console,
     {.name = "show_console", .summary = "The console: a page for people",
      .statuses = {200, 404}, .gives = "text/html", .any_query = true}},
    {"GET", "/console/assets/{asset}", Right::kNone, &Api::show_console_file,
     {.name = "show_console_file", .summary = "A file of the console",
      .statuses = {200, 404}, .gives = "*/*"}},
    {"GET", "/console/{page}", Right::kNone, &Api::show_console,
     {.name = "show_console_page", .summary = "The console, at one of its pages",
      .statuses = {200, 404}, .gives = "text/html", .any_query = true}},
    {"GET", "/console/{page}/{item}", Right::kNone, &Api::show_console,
     {.name = "show_console_item", .summary = "The console, at what one of its pages is about",
      .statuses = {200, 404}, .gives = "text/html", .any_query = true}},
};
// clang-format on

}  // namespace

RouteTable console_table() {
  return {"console", "The page for people, and who sits before it", kConsoleRows};
}

}  // namespace jiexu
