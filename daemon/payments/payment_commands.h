// What people and local systems do with payments and batches.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/bank/rules/references.h"
#include "daemon/bankfiles/payment_report.h"
#include "daemon/base/ids.h"
#include "daemon/engine/command.h"
#include "daemon/engine/kernel.h"
#include "daemon/payments/rules/payment_state.h"
#include "jiexu/v1/api.pb.h"
#include "storage/layout.h"

namespace jiexu {

class PaymentService;

// Payments that wait are collected into batches; `after` goes on where an answer stopped.
struct MakeBatchesCommand {
  using Reply = Answered<v1::MadeBatchesView>;
  std::optional<layout::WaitingPayment> after;
};

// `content`: digest of the batch as the person has seen it, in hex.
struct ApproveBatchCommand {
  using Reply = Answered<v1::RemittanceBatchView>;
  std::string batch;
  std::string content;
};

// Answered with the file's bytes.
struct ExportBatchCommand {
  using Reply = Answered<std::string>;
  std::string batch;
  PaymentFormat format = PaymentFormat::kPain001;
};

// What the bank says became of payments, as one file says it.
struct PaymentReportCommand {
  using Reply = Answered<v1::PaymentReportView>;
  std::shared_ptr<const std::vector<PaymentFate>> fates;
};

// Two people say that a payment that waits for them may go on. `said`: of a proposal how it is
// known, of an approval the digest of what was shown, in hex.
struct ReleasePaymentCommand {
  using Reply = Answered<v1::PaymentView>;
  enum class Act : uint8_t { kPropose, kApprove, kRetract };
  EndToEndId payment;
  Act act = Act::kPropose;
  std::string said;
  bool went_out = false;  // of a proposal: it went out, though the case has it back
};

// Payments that the bank does not have yet, or that wait for a person, behind `after`.
struct PaymentsQuery {
  using Reply = Answered<v1::PaymentViews>;
  std::optional<layout::WaitingPayment> after;
  size_t limit = 0;
};

// The account that a case's money is to go to.
struct PayeeQuery {
  using Reply = Answered<v1::PayeeView>;
  CaseId case_id;
};

// A person has made sure of that account. `content`: digest of it as the person has seen it, in
// hex.
struct ConfirmPayeeCommand {
  using Reply = Answered<v1::PayeeView>;
  CaseId case_id;
  std::string content;
  std::string note;
};

// Once, at start. All must outlive the kernel. `news`: called when the bank or a person has said
// something of payments, for which others may have waited.
void register_payment_commands(Kernel& kernel, PaymentService& payments,
                               std::function<void()> news);

}  // namespace jiexu
