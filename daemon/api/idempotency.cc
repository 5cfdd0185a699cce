#include "daemon/api/idempotency.h"

#include <utility>

#include "daemon/api/problem.h"
#include "daemon/base/limits.h"
#include "daemon/trust/suite.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {
namespace {

constexpr std::string_view kZero("\0", 1);
constexpr int kRefusals = 300;  // from this status on nothing was done

HttpResponse unreadable() {
  return problem_response(500, "store_failed", "what was answered before cannot be read");
}

HttpResponse left_out() {
  return problem_response(409, "answer_not_kept",
                          "this request was done before, but its answer was too large to keep; "
                          "look at what it has made");
}

}  // namespace

IdempotencyKey idempotency_key_of(const std::string& user, const HttpRequest& request) {
  return {.act = sha256({user, kZero, request.idempotency_key}),
          .user = sha256({user}),
          .request = sha256({request.method, kZero, request.target, kZero, request.body})};
}

std::optional<std::string> keep_response(const HttpResponse& response) {
  if (response.status >= kRefusals) return std::nullopt;
  v1::HttpReplyRecord record;
  record.set_status(response.status);
  record.set_content_type(response.content_type);
  record.set_body_left_out(response.body.size() > limits::kIdempotencyBodyBytesMax);
  if (!record.body_left_out()) record.set_body(response.body);
  for (const auto& [name, value] : response.headers) {
    v1::HttpHeaderRecord* header = record.add_headers();
    header->set_name(name);
    header->set_value(value);
  }
  return record.SerializeAsString();
}

HttpResponse kept_response(std::string_view kept) {
  v1::HttpReplyRecord record;
  if (!record.ParseFromArray(kept.data(), static_cast<int>(kept.size()))) return unreadable();
  if (record.body_left_out()) return left_out();
  HttpResponse response{record.status(), record.content_type(), record.body(), {}};
  for (const v1::HttpHeaderRecord& header : record.headers()) {
    response.headers.emplace_back(header.name(), header.value());
  }
  return response;
}

HttpResponse key_reused() {
  return refusal_response({Refusal::kIdempotencyReused, ""}, nullptr);
}

std::optional<HttpRespond> Idempotency::begin(const IdempotencyKey& key,
                                              const HttpRespond& respond) {
  std::unique_lock lock(mutex_);
  const auto [entry, fresh] = entries_.try_emplace(key.act);
  if (!fresh && entry->second.request != key.request) {
    lock.unlock();
    respond(key_reused);
    return std::nullopt;
  }
  if (!fresh) {
    entry->second.waiting.push_back(respond);
    return std::nullopt;
  }
  entry->second.request = key.request;
  lock.unlock();
  return [this, act = key.act, respond](std::function<HttpResponse()> make) {
    respond([this, act, make = std::move(make)] {
      HttpResponse answer = make();
      finish(act, answer);
      return answer;
    });
  };
}

void Idempotency::finish(const Digest& act, const HttpResponse& answer) {
  std::unique_lock lock(mutex_);
  const auto found = entries_.extract(act);
  lock.unlock();
  if (found.empty()) return;
  for (const HttpRespond& respond : found.mapped().waiting) respond([answer] { return answer; });
}

}  // namespace jiexu
