// What the local side (HTTP API, tests, simulator) asks of the engine, and what it answers.
//
// A command is answered once, from the engine's thread: writes only after the commit that holds
// them is durable, refusals and questions at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/cases/case.h"
#include "daemon/cases/event.h"
#include "daemon/cases/refusal.h"
#include "daemon/funds/matcher.h"
#include "daemon/funds/payment_report.h"
#include "daemon/funds/payment_state.h"
#include "daemon/funds/references.h"
#include "jiexu/v1/api.pb.h"
#include "storage/layout.h"

namespace jiexu {

// An action of a person on a case. For kApply, `case_id` is the new id, made by the caller.
struct ActionCommand {
  EventKind action = EventKind::kNone;
  CaseId case_id;
  std::shared_ptr<const v1::ActionInput> input;
};

// A second person's word about a proposal.
struct ProposalCommand {
  CaseId case_id;
  uint32_t number = 0;
  std::optional<Digest> approve;  // digest of what that person has seen; nullopt: to retract it
};

// A piece of a file that is to go with the case's next letter or form. The last one attaches it.
struct UploadCommand {
  CaseId case_id;
  std::shared_ptr<const v1::AttachmentInput> file;  // size and hash are those of the whole file
  uint64_t session = 0;                             // one request; later ones have higher numbers
  uint32_t piece = 0;                               // from 0, of kPieceBytes but for the last
  std::string content;
};

// Applications that a core system of the agency has accepted already: each becomes a case, is
// accepted and its letter sent, or is refused and leaves no trace. One commit holds them all.
struct SubmitCommand {
  std::shared_ptr<const v1::SubmitInput> input;
  std::vector<CaseId> case_ids;  // one for each application, made by the caller
};

// Credits from the bank, together durable or not at all.
struct BankCommand {
  std::vector<v1::BankLine> lines;
};

// A part of a bank's file.
struct BankFileCommand {
  Digest file{};
  std::shared_ptr<const v1::BankFileInput> part;
};

// A person says where the money of a waiting bank line belongs, or that it goes to every case of
// its batch whose notice is here, or, without either, that it is no money of a case.
struct SettleLineCommand {
  Digest line{};
  std::vector<Allocation> to;
  std::string note;
  bool noticed = false;
};

// Payments that wait are collected into batches; `after` goes on where an answer stopped.
struct MakeBatchesCommand {
  std::optional<layout::WaitingPayment> after;
};

// `content`: digest of the batch as the person has seen it, in hex.
struct ApproveBatchCommand {
  std::string batch;
  std::string content;
};

// Answered with the file.
struct ExportBatchCommand {
  std::string batch;
  PaymentFormat format = PaymentFormat::kPain001;
};

// What the bank says became of payments, as one file says it.
struct PaymentReportCommand {
  std::shared_ptr<const std::vector<PaymentFate>> fates;
};

// Two people say that a payment that waits for them may go on. `said`: of a proposal how it is
// known, of an approval the digest of what was shown, in hex.
struct ReleasePaymentCommand {
  enum class Act : uint8_t { kPropose, kApprove, kRetract };
  EndToEndId payment;
  Act act = Act::kPropose;
  std::string said;
};

// Payments that the bank does not have yet, or that wait for a person, behind `after`.
struct PaymentsQuery {
  std::optional<layout::WaitingPayment> after;
  size_t limit = 0;
};

// The account that a case's money is to go to.
struct PayeeQuery {
  CaseId case_id;
};

// A person has made sure of that account. `content`: digest of it as the person has seen it, in
// hex.
struct ConfirmPayeeCommand {
  CaseId case_id;
  std::string content;
  std::string note;
};

// The operator stops or resumes sending to one peer.
struct PauseCommand {
  AgencyId peer;
  bool pause = true;
};

// Where all links stand.
struct PeersQuery {};

// A new case and its letter. Not the whole case: a thousand of them would be kept until the answer.
struct SubmittedLetter {
  CaseId case_id;
  std::string letter_number;             // empty while it waits for a second person
  std::shared_ptr<const Case> proposed;  // only then
};
// Or why there is none.
using Submitted = tl::expected<SubmittedLetter, Rejection>;

struct Answer {
  // Set if refused.
  std::optional<Rejection> rejection;
  // The case after the action, or as it is if the action was refused.
  std::shared_ptr<const Case> subject;
  v1::BankLineResults bank;          // BankCommand, SettleLineCommand
  v1::BankFileView bank_file;        // BankFileCommand
  std::vector<Submitted> submitted;  // SubmitCommand, one for each application
  v1::PeerViews peers;               // PeersQuery
  // Of commands about payments: what the API shows.
  std::shared_ptr<const google::protobuf::Message> view;
  std::shared_ptr<const std::string> file;  // ExportBatchCommand
};

struct Command {
  std::string user;  // name of the authenticated user, goes into the timeline
  std::variant<ActionCommand, ProposalCommand, UploadCommand, SubmitCommand, BankCommand,
               BankFileCommand, SettleLineCommand, MakeBatchesCommand, ApproveBatchCommand,
               ExportBatchCommand, PaymentReportCommand, ReleasePaymentCommand, PaymentsQuery,
               PayeeQuery, ConfirmPayeeCommand, PauseCommand, PeersQuery>
      what;
  std::function<void(Answer&&)> done;  // called once, on the engine's thread; must not block
};

// The engine as the API sees it.
class CommandPort {
 public:
  virtual ~CommandPort() = default;
  // False if the inbox is full: answer 429 and a retry hint. From any thread.
  [[nodiscard]] virtual bool post(Command command) = 0;
};

}  // namespace jiexu
