// /v1/remittances and /v1/payments: what cases have ordered, on its way to the bank.
#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/payments/payment_queries.h"
#include "daemon/payments/payment_record.h"
#include "daemon/payments/remit_views.h"
#include "daemon/rules/batch_number.h"

namespace jiexu {
namespace {

// Of a list that the engine has read.
template <class Views>
HttpResponse page_response(const Answered<Views>& views) {
  if (!views) return refusal_response(views.error(), nullptr);
  Views page = *views;
  page.set_next(cursor_text(page.next()));
  return {200, "application/json", to_json(page), {}};
}

HttpResponse file_response(const Answered<std::string>& file) {
  if (!file) return refusal_response(file.error(), nullptr);
  const bool xml = file->starts_with("<?xml");
  return {200, xml ? "application/xml" : "application/octet-stream", *file, {}};
}

}  // namespace

void Api::make_batches(Call call) {
  v1::MakeBatchesInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto place = place_in(input.after());
  const auto after = place_of(place.value_or("?"), parse_payment_place);
  if (!after) return reply(call, bad_body(after.error()));
  ask(call, MakeBatchesCommand{*after}, page_response<v1::MadeBatchesView>);
}

std::optional<v1::RemittanceBatchRecord> Api::find_batch(const Call& call) const {
  const auto number = BatchNumber::parse(call.args[0]);
  auto batch = number ? read_remittance_batch(records_, *number)
                      : Result<std::optional<v1::RemittanceBatchRecord>>();
  if (!batch) reply(call, store_failure(batch.error()));
  if (batch && !*batch) reply(call, refusal_response({Refusal::kBatchUnknown, ""}, nullptr));
  return batch ? std::move(*batch) : std::nullopt;
}

v1::PaymentView Api::payment_view(const PaymentEntry& payment) const {
  // As far as the payment's own record says.
  const Instant now = ports_.clock.now();
  Readiness readiness;
  readiness.contradicted = payment.record.contradicted();
  readiness.out_after_all = is_out_after_all(payment.record);
  readiness.awaits_debit = awaits_debit(payment.record);
  readiness.debit_overdue = is_debit_overdue(payment.record, now);
  return view_payment(payment.id, payment.attempt, payment.record, obstacle_to(readiness), now);
}

// How the bank has answered is in the payments.
Result<void> Api::add_payments(const v1::RemittanceBatchRecord& batch,
                               v1::RemittanceBatchView& view) const {
  TRY(const auto payments, jiexu::list_payments(records_, batch));
  for (size_t i = 0; i < payments.size(); ++i) {
    const PaymentEntry& payment = (payments)[i];
    const auto state = static_cast<PaymentState>(payment.record.state());
    view.set_paid(view.paid() + (state == PaymentState::kPaid));
    view.set_returned(view.returned() + (state == PaymentState::kReturned));
    v1::PaymentView* out = view.add_payments();
    *out = payment_view(payment);
    out->set_amount_fen(batch.payments(static_cast<int>(i)).amount_fen());
  }
  return {};
}

// Newest first.
void Api::list_batches(Call call) {
  const Page page = page_of(call);
  const auto after = place_of(page.after, BatchNumber::parse);
  if (!after) return reply(call, bad_cursor());
  const size_t limit = std::min(page.limit, limits::kBatchPageMax);
  const Records listing = own_records(ports_.store);
  const auto found = list_remittance_batches(listing, *after, limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::RemittanceBatchViews views;
  for (const auto& [number, record] : found->batches) {
    v1::RemittanceBatchView view = view_batch(number.text(), record, false);
    if (auto done = add_payments(record, view); !done) {
      return reply(call, store_failure(done.error()));
    }
    view.clear_payments();
    *views.add_batches() = std::move(view);
  }
  if (found->next) views.set_next(cursor_text(found->next->text()));
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

void Api::show_batch(Call call) {
  const auto batch = find_batch(call);
  if (!batch) return;
  v1::RemittanceBatchView view = view_batch(BatchNumber::parse(call.args[0])->text(), *batch, true);
  if (auto done = add_payments(*batch, view); !done) {
    return reply(call, store_failure(done.error()));
  }
  reply(call, view);
}

void Api::approve_batch(Call call) {
  v1::ApproveBatchInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto number = BatchNumber::parse(call.args[0]);
  if (!number) return reply(call, refusal_response({Refusal::kBatchUnknown, ""}, nullptr));
  ask_for_view(call, ApproveBatchCommand{number->text(), input.content()});
}

void Api::export_batch(Call call) {
  v1::ExportBatchInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto number = BatchNumber::parse(call.args[0]);
  if (!number) return reply(call, refusal_response({Refusal::kBatchUnknown, ""}, nullptr));
  const auto format =
      input.format().empty() ? PaymentFormat::kPain001 : payment_format(input.format());
  if (!format) {
    return reply(call, bad_body({Errc::kInvalid, "format: must be pain.001 or delimited"}));
  }
  // Exported again, a batch gives the same file: no key needs to keep it.
  call.key.reset();
  ask(call, ExportBatchCommand{number->text(), *format}, file_response);
}

// What the bank does not have yet, and what waits for a person; oldest first.
void Api::list_payments(Call call) {
  const Page page = page_of(call);
  const auto after = place_of(page.after, parse_payment_place);
  if (!after) return reply(call, bad_cursor());
  ask(call, PaymentsQuery{*after, page.limit}, page_response<v1::PaymentViews>);
}

void Api::show_payee(Call call) {
  const auto subject = find_case(call);
  if (subject) ask_for_view(call, PayeeQuery{subject->id});
}

void Api::confirm_payee(Call call) {
  v1::ConfirmPayeeInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto subject = find_case(call);
  if (subject) {
    ask_for_view(call, ConfirmPayeeCommand{subject->id, input.content(), input.note()});
  }
}

void Api::take_payment_report(Call call) {
  auto fates = std::make_shared<std::vector<PaymentFate>>();
  const auto read = read_payment_report(call.request.body, [&](const PaymentFate& fate) {
    if (fates->size() == limits::kPaymentReportLinesMax) {
      return Result<void>(fail(
          Errc::kInvalid, "too many lines: a report has at most " + std::to_string(fates->size())));
    }
    fates->push_back(fate);
    return Result<void>();
  });
  if (!read) return reply(call, problem_response(400, "bad_report", read.error().text));
  ask_for_view(call, PaymentReportCommand{std::move(fates)});
}

void Api::propose_release(Call call) {
  v1::ReleasePaymentInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_about_release(call, ReleasePaymentCommand::Act::kPropose, input.note(), input.went_out());
}

void Api::approve_release(Call call) {
  v1::ApproveReleaseInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_about_release(call, ReleasePaymentCommand::Act::kApprove, input.content());
}

void Api::retract_release(Call call) {
  ask_about_release(call, ReleasePaymentCommand::Act::kRetract, "");
}

void Api::ask_about_release(const Call& call, ReleasePaymentCommand::Act act, std::string said,
                            bool went_out) {
  const auto payment = EndToEndId::parse(call.args[0]);
  if (!payment) return reply(call, refusal_response({Refusal::kPaymentUnknown, ""}, nullptr));
  ask_for_view(call, ReleasePaymentCommand{*payment, act, std::move(said), went_out});
}

// What waits for a second person; a few at most, for they are made one by one.
Result<void> Api::add_releases(size_t limit, v1::CaseViews& views) const {
  TRY(const auto releases, list_proposed_releases(records_, limit));
  for (const PaymentEntry& payment : releases) *views.add_releases() = payment_view(payment);
  return {};
}

}  // namespace jiexu
