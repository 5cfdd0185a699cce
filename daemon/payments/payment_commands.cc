#include "daemon/payments/payment_commands.h"

#include "daemon/payments/payment_service.h"

namespace jiexu {
namespace {

// What is never refused.
template <class View>
Result<Answered<View>> shown(Result<View> view) {
  if (!view) return tl::unexpected(view.error());
  return Answered<View>(std::move(*view));
}

Result<Answered<v1::PaymentView>> release(PaymentService& payments,
                                          const ReleasePaymentCommand& asked,
                                          const std::string& user, Instant now) {
  using Act = ReleasePaymentCommand::Act;
  switch (asked.act) {
    case Act::kPropose:
      return payments.propose_release(asked.payment, asked.said, asked.went_out, user, now);
    case Act::kApprove: return payments.approve_release(asked.payment, asked.said, user, now);
    case Act::kRetract: break;
  }
  return payments.retract_release(asked.payment, now);
}

void register_batches(Kernel& kernel, PaymentService& payments) {
  kernel.answer<MakeBatchesCommand>(
      CommandKind::kAct,
      [&payments](const MakeBatchesCommand& make, const std::string& user, Moment now) {
        return shown(payments.make(make.after, user, now.wall));
      });
  kernel.answer<ApproveBatchCommand>(
      CommandKind::kAct,
      [&payments](const ApproveBatchCommand& approve, const std::string& user, Moment now) {
        return payments.approve(approve.batch, approve.content, user, now.wall);
      });
  kernel.answer<ExportBatchCommand>(
      CommandKind::kAct,
      [&payments](const ExportBatchCommand& order, const std::string& user, Moment now) {
        return payments.export_file(order.batch, order.format, user, now.wall);
      });
}

void register_payees(Kernel& kernel, PaymentService& payments) {
  kernel.answer<PayeeQuery>(CommandKind::kRelief,
                            [&payments](const PayeeQuery& query, const std::string&, Moment now) {
                              return payments.show_payee(query.case_id, now.wall);
                            });
  kernel.answer<ConfirmPayeeCommand>(CommandKind::kAct, [&payments](
                                                            const ConfirmPayeeCommand& confirm,
                                                            const std::string& user, Moment now) {
    return payments.confirm_payee(confirm.case_id, confirm.content, confirm.note, user, now.wall);
  });
}

}  // namespace

void register_payment_commands(Kernel& kernel, PaymentService& payments,
                               std::function<void()> news) {
  register_batches(kernel, payments);
  register_payees(kernel, payments);
  kernel.answer<PaymentsQuery>(CommandKind::kRelief, [&payments](const PaymentsQuery& query,
                                                                 const std::string&, Moment now) {
    return shown(payments.waiting(query.after, query.limit, now.wall));
  });
  kernel.answer<PaymentReportCommand>(
      CommandKind::kAct,
      [&payments, news](const PaymentReportCommand& report, const std::string& user, Moment now) {
        auto view = payments.report(*report.fates, user, now.wall);
        if (view) news();
        return shown(std::move(view));
      });
  kernel.answer<ReleasePaymentCommand>(
      CommandKind::kAct,
      [&payments, news](const ReleasePaymentCommand& asked, const std::string& user, Moment now) {
        auto outcome = release(payments, asked, user, now.wall);
        if (outcome && asked.act == ReleasePaymentCommand::Act::kApprove) news();
        return outcome;
      });
}

}  // namespace jiexu
