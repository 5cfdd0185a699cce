// The head of an answer: what every answer says, whoever made it. Internal to http_session.cc.
#pragma once

#include <boost/beast/http.hpp>
#include <string>
#include <string_view>

#include "daemon/api/http/http_message.h"

namespace jiexu {

// What an answer has to know of its request.
struct HttpAsked {
  std::string id;          // of the request, to find it in logs
  bool head_only = false;  // HEAD: no body comes (RFC 9110, 9.3.2)
  bool gzip = false;       // may be packed
  bool old = false;        // HTTP/1.0, whose connections end unless both say otherwise
  bool keep_alive = false;
};

// The body of a problem+json answer, of the same shape as those of the routes.
std::string http_problem(int status, std::string_view code, std::string_view detail);
HttpResponse problem_answer(int status, std::string_view code, std::string_view detail);

// Whether `accept_encoding` takes gzip (RFC 9110, 12.5.3).
bool takes_gzip(std::string_view accept_encoding);
// Whether the answer gets smaller enough to be worth it.
bool is_packable(const HttpResponse& answer);
// The answer, packed.
void set_packed(HttpResponse& answer, std::string body);

// The client's id if it is a plain one, else a new one.
std::string request_id(std::string_view wanted);

using HttpFields = boost::beast::http::response_header<>;
void fill_head(const HttpResponse& answer, const HttpAsked& asked, bool keep_alive,
               HttpFields& out);

}  // namespace jiexu
