#include "daemon/api/reply.h"

#include <charconv>

#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/views.h"
#include "daemon/base/text.h"

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

HttpResponse bad_query(std::string_view name, std::string_view text) {
  v1::Problem problem;
  problem.set_status(400);
  problem.set_code("bad_query");
  problem.set_title(word_of("problem.", "bad_query", Language::kEnglish));
  problem.set_detail(std::string(name) + ": " + std::string(text));
  v1::Finding* finding = problem.add_findings();
  finding->set_field(show_hidden(name, true));
  finding->set_text(std::string(text));
  return problem_response(std::move(problem));
}

HttpResponse bad_cursor() {
  return bad_query("after", "is not from `next` of this list");
}

HttpResponse no_such_peer() {
  return problem_response(404, "unknown_agency", "the agency is not in the directory");
}

HttpResponse peer_response(const Answered<v1::PeerView>& peer) {
  if (peer) return {200, "application/json", to_json(*peer), {}};
  if (peer.error().refusal == Refusal::kUnknownAgency) return no_such_peer();
  return refusal_response(peer.error(), nullptr);
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

Page page_of(const Call& call) {
  Page page;
  page.after = place_in(text_of(call.query, "after")).value_or("");
  const std::string limit = text_of(call.query, "limit");
  std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
  return page;
}

}  // namespace jiexu
