// A request as Beast has read it, for those who do not know Beast. Internal to http_session.cc.
#pragma once

#include <boost/beast/http.hpp>
#include <optional>
#include <string_view>

#include "daemon/api/http/http_head.h"
#include "daemon/api/http/http_message.h"

namespace jiexu {

using HttpHead = boost::beast::http::request_header<>;

inline std::string_view text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// The views live as long as `head`.
HeadFacts facts_of(const HttpHead& head);
// Of the head alone: fields behind a body in chunks are not looked at.
HttpRequest request_of(const HttpHead& head);
// What is wrong with a request that the parser refused; nullopt: say nothing, just close.
std::optional<HttpResponse> problem_of(const boost::system::error_code& error);

}  // namespace jiexu
