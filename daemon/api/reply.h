// The answers that many handlers give, and reading the query of a list.
#pragma once

#include <google/protobuf/message.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/api/http_server.h"
#include "daemon/api/router.h"
#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/engine/command.h"

namespace jiexu {

void reply(const Call& call, HttpResponse response);
// The case after an action or the refusal; 201 also says where the case is.
HttpResponse action_response(const Answer& answer, int status_done);
void reply(const Call& call, const google::protobuf::Message& message);

HttpResponse bad_body(const Error& error);
HttpResponse bad_query(std::string_view known);
// A read of the store failed: 500. The reason is the operator's, not the client's.
HttpResponse store_failure(const Error& error);
// The worker is at another report: 429.
HttpResponse busy();

struct Page {
  size_t limit = 100;
  std::string after;
};
// nullopt if the query has a key besides limit, after and `others`, or a limit that is none.
std::optional<Page> page_of(const Call& call, std::initializer_list<std::string_view> others);

// Where a list goes on: `after` is the store's key of the last entry in hex, as `next` gave it.
// `parse` reads such a key and refuses any other, so that no request chooses what is
// read. An empty `after` is the beginning: no place. Error kInvalid.
template <class Parse>
auto place_of(std::string_view after, const Parse& parse)
    -> Result<std::optional<typename decltype(parse(std::string_view()))::value_type>> {
  if (after.empty()) return std::nullopt;
  const auto key = from_hex(after);
  if (key) {
    if (const auto place = parse(std::string_view(*key))) return *place;
  }
  return fail(Errc::kInvalid, "after: is not from `next` of this list");
}

}  // namespace jiexu
