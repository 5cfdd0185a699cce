// What comes back of an act in a case.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "daemon/cases/case.h"
#include "daemon/cases/refusal.h"
#include "daemon/engine/command.h"

namespace jiexu {

// The case after the action, or as it is if the action was refused.
struct CaseReply {
  CaseReply() = default;
  // Refused without a look at the case.
  CaseReply(tl::unexpected<Rejection> why) : rejection(std::move(why.value())) {}

  static CaseReply refused(std::shared_ptr<const Case> subject, Rejection why) {
    CaseReply reply(tl::unexpected(std::move(why)));
    reply.subject = std::move(subject);
    return reply;
  }
  static CaseReply done(std::shared_ptr<const Case> subject) {
    CaseReply reply;
    reply.subject = std::move(subject);
    return reply;
  }

  std::optional<Rejection> rejection;
  std::shared_ptr<const Case> subject;
};

}  // namespace jiexu
