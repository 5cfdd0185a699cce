// What people and local systems do with payments and batches.
#include "daemon/engine/engine.h"

namespace jiexu {
namespace {

// The view, or the refusal.
template <class View>
Answer answer_with(tl::expected<View, Rejection> outcome) {
  Answer answer;
  if (outcome) {
    answer.view = std::make_shared<const View>(std::move(*outcome));
  } else {
    answer.rejection = std::move(outcome.error());
  }
  return answer;
}

}  // namespace

Result<void> Engine::run(const Command& command, const MakeBatchesCommand& make, Instant now) {
  auto made = remit_.make(make.after, command.user, now);
  if (!made) return tl::unexpected(made.error());
  Answer answer;
  answer.view = std::make_shared<const v1::MadeBatchesView>(std::move(*made));
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const ApproveBatchCommand& approve, Instant now) {
  auto outcome = remit_.approve(approve.batch, approve.content, command.user, now);
  if (!outcome) return tl::unexpected(outcome.error());
  answer_after_commit(command, answer_with(std::move(*outcome)));
  return {};
}

Result<void> Engine::run(const Command& command, const ExportBatchCommand& order, Instant now) {
  auto outcome = remit_.export_file(order.batch, order.format, command.user, now);
  if (!outcome) return tl::unexpected(outcome.error());
  Answer answer;
  if (*outcome) {
    answer.file = std::make_shared<const std::string>(std::move(**outcome));
  } else {
    answer.rejection = std::move(outcome->error());
  }
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const PaymentReportCommand& report, Instant now) {
  auto view = remit_.report(*report.fates, command.user, now);
  if (!view) return tl::unexpected(view.error());
  bank_.try_again_soon();
  Answer answer;
  answer.view = std::make_shared<const v1::PaymentReportView>(std::move(*view));
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const PaymentsQuery& query, Instant now) {
  auto views = remit_.waiting(query.after, query.limit, now);
  if (!views) return tl::unexpected(views.error());
  Answer answer;
  answer.view = std::make_shared<const v1::PaymentViews>(std::move(*views));
  answer_after_commit(command, std::move(answer));
  return {};
}

Result<void> Engine::run(const Command& command, const PayeeQuery& query, Instant now) {
  auto outcome = remit_.show_payee(query.case_id, now);
  if (!outcome) return tl::unexpected(outcome.error());
  answer_after_commit(command, answer_with(std::move(*outcome)));
  return {};
}

Result<void> Engine::run(const Command& command, const ConfirmPayeeCommand& confirm, Instant now) {
  auto outcome =
      remit_.confirm_payee(confirm.case_id, confirm.content, confirm.note, command.user, now);
  if (!outcome) return tl::unexpected(outcome.error());
  answer_after_commit(command, answer_with(std::move(*outcome)));
  return {};
}

Result<void> Engine::run(const Command& command, const ReleasePaymentCommand& release,
                         Instant now) {
  using Act = ReleasePaymentCommand::Act;
  auto outcome = release.act == Act::kPropose
                     ? remit_.propose_release(release.payment, release.said, command.user, now)
                 : release.act == Act::kApprove
                     ? remit_.approve_release(release.payment, release.said, command.user, now)
                     : remit_.retract_release(release.payment, now);
  if (!outcome) return tl::unexpected(outcome.error());
  if (release.act == Act::kApprove) bank_.try_again_soon();
  answer_after_commit(command, answer_with(std::move(*outcome)));
  return {};
}

}  // namespace jiexu
