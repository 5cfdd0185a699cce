#include "daemon/api/http/http_request.h"

#include "daemon/api/http/http_answer.h"

namespace jiexu {
namespace {

namespace http = boost::beast::http;

std::vector<std::string_view> all_of(const HttpHead& fields, http::field name) {
  std::vector<std::string_view> out;
  for (auto [at, end] = fields.equal_range(name); at != end; ++at) {
    out.push_back(text_of(at->value()));
  }
  return out;
}

}  // namespace

std::optional<HttpResponse> problem_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) {
    return problem_answer(431, "header_too_large", "send fewer or shorter header fields");
  }
  if (error == http::error::body_limit) {
    return problem_answer(413, "body_too_large", "send less at once");
  }
  const bool closed = error == http::error::end_of_stream || error == http::error::partial_message;
  if (closed || error.category() != make_error_code(http::error::bad_method).category()) {
    return std::nullopt;
  }
  return problem_answer(400, "malformed_request", "this is not HTTP/1.1");
}

HeadFacts facts_of(const HttpHead& head) {
  HeadFacts facts;
  facts.method = text_of(head.method_string());
  facts.target = text_of(head.target());
  facts.version = head.version();
  facts.hosts = all_of(head, http::field::host);
  facts.transfer_encodings = all_of(head, http::field::transfer_encoding);
  facts.has_length = head.find(http::field::content_length) != head.end();
  facts.expect = text_of(head[http::field::expect]);
  facts.origins = all_of(head, http::field::origin);
  return facts;
}

HttpRequest request_of(const HttpHead& head) {
  std::optional<std::string_view> authority;
  const auto path = path_of_target(text_of(head.target()), authority);
  HttpRequest request{std::string(head.method_string()),
                      std::string(path.value_or("")),
                      std::string(head[http::field::authorization]),
                      std::string(head["Idempotency-Key"]),
                      "",
                      std::string(head[http::field::content_type])};
  request.accept = std::string(head[http::field::accept]);
  request.accept_language = std::string(head[http::field::accept_language]);
  request.if_match = std::string(head[http::field::if_match]);
  request.if_none_match = std::string(head[http::field::if_none_match]);
  request.last_event_id = std::string(head["Last-Event-ID"]);
  request.accept_encoding = std::string(head[http::field::accept_encoding]);
  request.origin = std::string(head[http::field::origin]);
  request.cookie = std::string(head[http::field::cookie]);
  request.session_key = std::string(head["X-Jiexu-Key"]);
  return request;
}

}  // namespace jiexu
