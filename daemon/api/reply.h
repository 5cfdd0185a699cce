// The answers that many handlers give, and reading the query of a list.
#pragma once

#include <google/protobuf/message.h>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/api/http/http_message.h"
#include "daemon/api/json.h"
#include "daemon/api/router.h"
#include "daemon/base/result.h"
#include "daemon/casework/case_reply.h"
#include "daemon/engine/command.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

void reply(const Call& call, HttpResponse response);
// The case after an action or the refusal; 201 also says where the case is.
HttpResponse action_response(const CaseReply& answer, int status_done);
void reply(const Call& call, const google::protobuf::Message& message);

HttpResponse text_response(int status, std::string text);
HttpResponse bad_body(const Error& error);
// With its findings as data. A template, so that a list in braces is an Error.
HttpResponse bad_json(const JsonError& error);
template <std::same_as<JsonError> Wrong>
HttpResponse bad_body(const Wrong& error) {
  return bad_json(error);
}
// A parameter of the query is not what it must be: `text` says what. 400, with it as a finding.
HttpResponse bad_query(std::string_view name, std::string_view text);
// `after` is none of this list's.
HttpResponse bad_cursor();
// The agency of the path is not in the directory: 404.
HttpResponse no_such_peer();
// The agency's link after what was asked for, or the refusal.
HttpResponse peer_response(const Answered<v1::PeerView>& peer);
// A read of the store failed: 500. The reason is the operator's, not the client's.
HttpResponse store_failure(const Error& error);
// As many reports are being computed as may be at once: 429.
HttpResponse busy();

struct Page {
  size_t limit = 100;
  std::string after;  // the place that the cursor holds; empty: the beginning
};
Page page_of(const Call& call);

// Where a list goes on: `after` is as a cursor held it. `parse` is the list's own and gives nullopt
// for any other text, so that no request chooses what is read. An empty `after` is the beginning:
// no place. Error kInvalid.
template <class Parse>
auto place_of(std::string_view after, const Parse& parse)
    -> Result<std::optional<typename decltype(parse(std::string_view()))::value_type>> {
  if (after.empty()) return std::nullopt;
  auto place = parse(after);
  if (!place) return fail(Errc::kInvalid, "after: is not from `next` of this list");
  return place;
}

}  // namespace jiexu
