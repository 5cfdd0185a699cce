// What clients, proxies and browsers expect of every answer (RFC 9110): tags and what they save,
// and no other type of content than was asked for. Pure.
//
// A tag is a digest of the answer: it changes when anything that is shown does, also what hangs on
// other records than the case. A case's tag begins with its revision, "r17-...", so that If-Match
// on an action asks for exactly what if_revision in its body does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/api/http/http_message.h"

namespace jiexu {

// What a request asks of its answer, whatever the route.
struct Terms {
  bool reads = false;  // GET or HEAD
  std::string accept;
  std::string if_none_match;
};
Terms terms_of(const HttpRequest& request);
// The answer with its tag; or 304 if the client has it already; or 406 if it cannot take it. What
// is written has been done, and is answered with what there is.
HttpResponse on_terms(HttpResponse response, const Terms& terms);

std::string tag_of_case(uint64_t revision, std::string_view body);
// The revision that If-Match asks for: 0 is any. nullopt: a tag that no case has.
std::optional<uint64_t> revision_of(std::string_view if_match);

// Whether `accept` takes the type (12.5.1); empty takes all.
bool is_acceptable(std::string_view accept, std::string_view content_type);

}  // namespace jiexu
