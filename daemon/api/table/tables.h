// The rows of the API, one file a subject. To add a route: a row in the file of its subject, an
// example in examples.cc if it takes anything, its handler in api.h and routes/, and the Chinese of
// its summary in daemon/words/route_words.cc.
// Rows of one path are tried in their order: a row whose path has a name in a place stands before
// one that has a brace there. Internal to router.h's route_tables().
#pragma once

#include "daemon/api/api.h"
#include "daemon/api/router.h"
#include "daemon/base/limits.h"

namespace jiexu {

inline constexpr QueryParameter kLimit = {"limit", QueryParameter::Type::kNumber,
                                          "How many at most", 1, limits::kPageSizeMax};
inline constexpr QueryParameter kAfter = {"after", QueryParameter::Type::kCursor,
                                          "Go on here: `next` of the answer before, as it is"};
// Of a list that is only paged through.
inline constexpr QueryParameter kPaged[] = {kLimit, kAfter};

RouteTable case_table();
RouteTable paper_table();
RouteTable work_table();
RouteTable bank_table();
RouteTable money_table();
RouteTable link_table();
RouteTable store_table();
RouteTable event_table();
RouteTable report_table();
RouteTable console_table();
RouteTable health_table();

}  // namespace jiexu
