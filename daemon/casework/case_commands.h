// What people and local systems do with cases.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/casework/action_guards.h"
#include "daemon/casework/case_reply.h"
#include "daemon/casework/case_service.h"
#include "daemon/engine/command.h"
#include "daemon/engine/kernel.h"
#include "jiexu/v1/api.pb.h"

namespace jiexu {

// An action of a person on a case. For kApply, `case_id` is the new id, made by the caller.
struct ActionCommand {
  using Reply = CaseReply;
  EventKind action = EventKind::kNone;
  CaseId case_id;
  std::shared_ptr<const v1::ActionInput> input;
};

// A second person's word about a proposal.
struct ProposalCommand {
  using Reply = CaseReply;
  CaseId case_id;
  uint32_t number = 0;
  std::optional<Digest> approve;  // digest of what that person has seen; nullopt: to retract it
};

// Who is to see to a case. It is refused if that was changed since the asker looked.
struct AssignCommand {
  using Reply = CaseReply;
  CaseId case_id;
  std::string to;    // empty: nobody
  std::string seen;  // who saw to it when the asker looked
};

// A new case and its letter. Not the whole case: a thousand of them would be kept until the answer.
struct SubmittedLetter {
  CaseId case_id;
  std::string letter_number;             // empty while it waits for a second person
  std::shared_ptr<const Case> proposed;  // only then
};
// Or why there is none.
using Submitted = Answered<SubmittedLetter>;

// Applications that a core system of the agency has accepted already: each becomes a case, is
// accepted and its letter sent, or is refused and leaves no trace. One commit holds them all.
struct SubmitCommand {
  using Reply = Answered<std::vector<Submitted>>;  // one for each application
  std::shared_ptr<const v1::SubmitInput> input;
  std::vector<CaseId> case_ids;  // one for each application, made by the caller
};

// Hears of a remittance notice that came on paper as of one that came as a message.
class NoticeListener {
 public:
  virtual ~NoticeListener() = default;
  virtual Result<void> noticed(const CaseId& id, AgencyId peer, const v1::RemittanceNotice& notice,
                               Instant now) = 0;
};

class CaseCommands {
 public:
  struct Options {
    // Actions that need a second person are proposed, and done when that person approves.
    bool four_eyes = false;
    std::vector<std::string> trusted_submitters;  // users whose bulk letters need no second person
  };

  // All must outlive this object.
  CaseCommands(Options options, CaseService& cases, const ActionGuards& guards,
               NoticeListener& notices)
      : options_(std::move(options)), cases_(cases), guards_(guards), notices_(notices) {}

  // Once, at start.
  void register_with(Kernel& kernel);

 private:
  Result<CaseReply> act(const ActionCommand& action, const std::string& user, Instant now);
  Result<CaseReply> decide(const ProposalCommand& proposal, const std::string& user, Instant now);
  Result<CaseReply> assign(const AssignCommand& asked, const std::string& user, Instant now);
  Result<SubmitCommand::Reply> submit(const SubmitCommand& submit, const std::string& user,
                                      Instant now);
  Result<std::shared_ptr<const Case>> subject_of(const ActionCommand& action, Instant now);
  Result<std::optional<Rejection>> hindrance(const Case& subject, const ActionCommand& action);
  Result<CaseService::Outcome> take(const Case& subject, const ActionCommand& action,
                                    const std::string& user, Instant now);
  Result<CaseService::Outcome> submit_one(const CaseId& id, const v1::ActionInput& input,
                                          const std::string& user, CaseService::Letter letter,
                                          Instant now);
  Result<void> keyed_in(const CaseService::Outcome& outcome, const v1::ActionInput& input,
                        Instant now);

  Options options_;
  CaseService& cases_;
  const ActionGuards& guards_;
  NoticeListener& notices_;
};

}  // namespace jiexu
