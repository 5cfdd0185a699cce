#include "daemon/api/idempotency.h"

#include "daemon/api/problem.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr std::string_view kZero("\0", 1);

bool undecided(int status) {
  return status == 429 || status >= 500;
}

}  // namespace

std::optional<HttpRespond> Idempotency::begin(const std::string& user, const HttpRequest& request,
                                              const HttpRespond& respond) {
  const Digest key = sha256({user, kZero, request.idempotency_key});
  const Digest what = sha256({request.method, kZero, request.target, kZero, request.body});
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    Entry& entry = *found->second;
    if (entry.request != what) {
      respond([] {
        return problem_response(409, "idempotency_key_reused",
                                "this Idempotency-Key was used for another request; take a new "
                                "one for each new request");
      });
    } else if (entry.answer) {
      respond([answer = *entry.answer] { return answer; });
    } else {
      entry.waiting.push_back(respond);
    }
    return std::nullopt;
  }
  by_age_.push_back({key, what, std::nullopt, {}});
  by_key_[key] = std::prev(by_age_.end());
  shrink();
  return [this, key, respond](std::function<HttpResponse()> make) {
    respond([this, key, make = std::move(make)] {
      HttpResponse answer = make();
      finish(key, answer);
      return answer;
    });
  };
}

void Idempotency::finish(const Digest& key, const HttpResponse& answer) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end() || found->second->answer) return;
  const std::vector<HttpRespond> waiting = std::move(found->second->waiting);
  if (undecided(answer.status)) {
    by_age_.erase(found->second);
    by_key_.erase(found);
  } else {
    found->second->answer = answer;
    bytes_ += answer.body.size();
    shrink();
  }
  for (const HttpRespond& respond : waiting) respond([answer] { return answer; });
}

void Idempotency::shrink() {
  while (by_age_.size() > 1 && (by_age_.size() > entries_max_ || bytes_ > bytes_max_)) {
    const Entry& oldest = by_age_.front();
    if (oldest.answer) bytes_ -= oldest.answer->body.size();
    by_key_.erase(oldest.key);
    by_age_.pop_front();
  }
}

}  // namespace jiexu
