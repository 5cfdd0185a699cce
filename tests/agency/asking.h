// Commands and their replies as one type each, for tests and simulated people who treat all alike.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/agency/peer_commands.h"
#include "daemon/attachments/attachment_uploads.h"
#include "daemon/bank/bank_commands.h"
#include "daemon/casework/case_commands.h"
#include "daemon/casework/certificates.h"
#include "daemon/payments/payment_commands.h"
#include "daemon/recovery/store_commands.h"

namespace jiexu {

// What of a reply there was; the rest is empty.
struct Answer {
  std::optional<Rejection> rejection;
  std::shared_ptr<const Case> subject;  // ActionCommand, ProposalCommand, UploadCommand
  v1::BankLineResults bank;             // BankCommand, SettleLineCommand, DecideLineCommand
  v1::BankFileView bank_file;           // BankFileCommand, TakeFileCommand
  std::vector<Submitted> submitted;     // SubmitCommand
  v1::PeerViews peers;                  // PeersQuery
  // Of commands about payments, and about the store.
  std::shared_ptr<const google::protobuf::Message> view;
  std::shared_ptr<const std::string> file;  // ExportBatchCommand
};

struct Asking {
  std::string user;
  std::variant<ActionCommand, ProposalCommand, AssignCommand, UploadCommand, SubmitCommand,
               BankCommand, BankFileCommand, TakeFileCommand, SettleLineCommand, DecideLineCommand,
               MakeBatchesCommand, ApproveBatchCommand, ExportBatchCommand, PaymentReportCommand,
               ReleasePaymentCommand, PaymentsQuery, PayeeQuery, ConfirmPayeeCommand, PauseCommand,
               AskPeerCommand, MailedCommand, IssueCertificateCommand, PeersQuery, StoreQuery,
               ConfirmStoreCommand, ProposeQuarantineCommand, ApproveQuarantineCommand,
               RetractQuarantineCommand, QuarantineListQuery>
      what;
  std::function<void(Answer&&)> done;
};

Command to_command(Asking asking);
// The other way, for who answers in the kernel's place. REQUIRES: one of the types above.
Asking to_asking(Command command);

}  // namespace jiexu
