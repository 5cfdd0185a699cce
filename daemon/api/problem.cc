#include "daemon/api/problem.h"

#include <sstream>

#include "daemon/api/json.h"
#include "daemon/cases/step.h"

namespace jiexu {

HttpResponse problem_response(v1::Problem problem) {
  problem.set_type("urn:jiexu:problem:" + problem.code());
  return {problem.status(), "application/problem+json", to_json(problem), {}};
}

HttpResponse problem_response(int status, std::string_view code, std::string_view detail) {
  v1::Problem problem;
  problem.set_status(status);
  problem.set_code(std::string(code));
  problem.set_title(std::string(code));
  problem.set_detail(std::string(detail));
  return problem_response(std::move(problem));
}

int status_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kUnknownCase:
      return 404;
    case Refusal::kReplayed:
    case Refusal::kOutOfOrder:
    case Refusal::kWrongPeer:
    case Refusal::kCaseExists:
    case Refusal::kCaseClosed:
    case Refusal::kNotAllowedNow:
    case Refusal::kGuardFailed:
    case Refusal::kFormVersion:
    case Refusal::kDuplicateOpenCase:
    case Refusal::kClaimedByOther:
    case Refusal::kLetterNumbersExhausted:
    case Refusal::kLetterNumberTaken:
    case Refusal::kClockSkew:
      return 409;
    default:
      return 400;
  }
}

HttpResponse refusal_response(const Rejection& rejection, const Case* subject) {
  v1::Problem problem;
  problem.set_status(status_of(rejection.refusal));
  problem.set_code(std::string(name(rejection.refusal)));
  problem.set_title(std::string(explain(rejection.refusal)));
  problem.set_detail(rejection.detail);
  if (problem.status() == 400) {
    std::istringstream lines(rejection.detail);
    for (std::string line; std::getline(lines, line);) problem.add_findings()->set_text(line);
  }
  if (problem.status() == 409 && subject != nullptr) {
    for (const Offer& offer : offers(*subject)) {
      problem.add_allowed(std::string(name(offer.action)));
    }
  }
  return problem_response(std::move(problem));
}

}  // namespace jiexu
