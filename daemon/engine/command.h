// What the local side (HTTP API, tests, simulator) asks of an agency, and how it is answered.
//
// Each domain has types of its own for what can be asked of it: `Ask` says what, `Ask::Reply` what
// comes back, which can hold a Rejection. A command is answered once, on the kernel's thread: acts
// only after the commit that holds them is durable, questions at once (engine/kernel.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <utility>

#include "daemon/base/idempotency_key.h"
#include "daemon/base/result.h"
#include "daemon/cases/refusal.h"

namespace jiexu {

// What was asked for, or why it was not done.
template <class T>
using Answered = tl::expected<T, Rejection>;

// Something asked, of a type that only the asker and its handler know.
class Request {
 public:
  virtual ~Request() = default;
  virtual std::type_index type() const = 0;
  virtual void refuse(Rejection why) = 0;
  // What whoever repeats the request is to be told; nullopt: the act was refused. REQUIRES: there
  // is a reply, and the asker has said how to repeat it.
  virtual std::optional<std::string> kept() = 0;
  // Replies what was kept.
  virtual void repeat(std::string kept) = 0;
  // Hands the reply over. Once; REQUIRES: there is one.
  virtual void deliver() = 0;
};

template <class Ask>
class RequestFor final : public Request {
 public:
  using Reply = typename Ask::Reply;
  using Done = std::function<void(Reply&&)>;

  // Of a request with an idempotency key. All are called on the kernel's thread.
  struct Repeating {
    std::function<std::optional<std::string>(const Reply&)> keep;
    std::function<void(std::string kept)> repeat;
  };

  RequestFor(Ask ask, Done done, Repeating repeating = {})
      : ask_(std::move(ask)), done_(std::move(done)), repeating_(std::move(repeating)) {}

  std::type_index type() const override { return typeid(Ask); }
  const Ask& ask() const { return ask_; }
  void answer(Reply reply) { reply_.emplace(std::move(reply)); }
  void refuse(Rejection why) override { reply_.emplace(tl::unexpected(std::move(why))); }
  std::optional<std::string> kept() override { return repeating_.keep(*reply_); }
  void repeat(std::string kept) override { kept_ = std::move(kept); }
  void deliver() override {
    if (kept_) return repeating_.repeat(std::move(*kept_));
    if (done_) done_(std::move(*reply_));
  }

 private:
  Ask ask_;
  Done done_;  // called once, on the kernel's thread; must not block
  Repeating repeating_;
  std::optional<Reply> reply_;
  std::optional<std::string> kept_;
};

struct Command {
  std::string user;  // name of the authenticated user, goes into the timeline
  std::unique_ptr<Request> request;
  std::optional<IdempotencyKey> key = std::nullopt;  // the request can then repeat()
};

template <class Ask>
Command make_command(std::string user, Ask ask, typename RequestFor<Ask>::Done done) {
  return {std::move(user), std::make_unique<RequestFor<Ask>>(std::move(ask), std::move(done))};
}

// The agency as the API sees it.
class CommandPort {
 public:
  virtual ~CommandPort() = default;
  // False if the inbox is full: answer 429 and a retry hint. From any thread.
  [[nodiscard]] virtual bool post(Command command) = 0;
};

}  // namespace jiexu
