#include "daemon/api/reply.h"

#include <algorithm>
#include <charconv>

#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/views.h"
#include "daemon/base/limits.h"

namespace jiexu {

void reply(const Call& call, HttpResponse response) {
  call.respond([response = std::move(response)] { return response; });
}

void reply(const Call& call, const google::protobuf::Message& message) {
  reply(call, {200, "application/json", to_json(message), {}});
}

HttpResponse action_response(const CaseReply& answer, int status_done) {
  if (answer.rejection) return refusal_response(*answer.rejection, answer.subject.get());
  const v1::CaseView view = case_view(*answer.subject);
  HttpResponse response{status_done, "application/json", to_json(view), {}};
  if (status_done == 201) {
    response.headers.emplace_back("Location", "/v1/cases/" + view.case_id());
  }
  return response;
}

HttpResponse text_response(int status, std::string text) {
  return {status, "text/plain; version=0.0.4; charset=utf-8", std::move(text), {}};
}

HttpResponse bad_body(const Error& error) {
  return problem_response(400, "bad_body", error.text);
}

HttpResponse bad_json(const JsonError& error) {
  const bool malformed = error.code == Errc::kCorrupt;
  v1::Problem problem;
  problem.set_status(400);
  problem.set_code(malformed ? "malformed_json" : "bad_body");
  problem.set_title(malformed ? "the body is not JSON" : "the body does not fit");
  problem.set_detail(error.text);
  for (const JsonFinding& finding : error.findings) {
    v1::Finding* out = problem.add_findings();
    out->set_field(finding.field);
    out->set_text("line " + std::to_string(finding.line) + ", column " +
                  std::to_string(finding.column) + ": " + finding.text);
  }
  return problem_response(std::move(problem));
}

HttpResponse bad_query(std::string_view known) {
  return problem_response(400, "bad_query", "the query may hold " + std::string(known));
}

HttpResponse store_failure(const Error& error) {
  return problem_response(500, error.code == Errc::kCorrupt ? "store_corrupt" : "store_failed",
                          error.text);
}

HttpResponse busy() {
  HttpResponse response =
      problem_response(429, "busy", "other reports are being computed; try again");
  response.headers.emplace_back("Retry-After", "2");
  return response;
}

std::optional<Page> page_of(const Call& call, std::initializer_list<std::string_view> others) {
  Page page;
  for (const auto& [key, value] : call.query) {
    if (key == "after") {
      page.after = value;
    } else if (key == "limit") {
      const char* end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, page.limit);
      if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
      if (page.limit < 1 || page.limit > limits::kPageSizeMax) return std::nullopt;
    } else if (std::ranges::find(others, key) == others.end()) {
      return std::nullopt;
    }
  }
  return page;
}

}  // namespace jiexu
