// /v1/remittances and /v1/payments: what cases have ordered, on its way to the bank.
#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/engine/remit_views.h"
#include "daemon/funds/batch_number.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

const Error kPaymentUnreadable{Errc::kCorrupt, "a payment is unreadable; run jiexu doctor"};

// As far as the payment's own record says.
std::string_view why_held(const v1::PaymentRecord& record) {
  return record.contradicted() ? kContradictedPayment : "";
}

HttpResponse file_response(const Answer& answer) {
  if (answer.rejection) return refusal_response(*answer.rejection, nullptr);
  const bool xml = answer.file->starts_with("<?xml");
  return {200, xml ? "application/xml" : "application/octet-stream", *answer.file, {}};
}

}  // namespace

void Api::ask_for_view(const Call& call, decltype(Command::what) what) {
  ask(call, std::move(what), [](const Answer& answer) -> HttpResponse {
    if (answer.rejection) return refusal_response(*answer.rejection, nullptr);
    return {200, "application/json", to_json(*answer.view), {}};
  });
}

void Api::make_batches(Call call) {
  v1::MakeBatchesInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto after = place_of(input.after(), layout::parse_waiting_payment_key);
  if (!after) return reply(call, bad_body(after.error()));
  ask_for_view(call, MakeBatchesCommand{*after});
}

std::optional<v1::RemittanceBatchRecord> Api::find_batch(const Call& call) const {
  const auto number = BatchNumber::parse(call.args[0]);
  Result<std::optional<v1::RemittanceBatchRecord>> batch =
      std::optional<v1::RemittanceBatchRecord>();
  if (number) {
    batch = records_.get_message<v1::RemittanceBatchRecord>(
        Family::kFunds, layout::remittance_batch_key(number->text()));
  }
  if (!batch) reply(call, store_failure(batch.error()));
  if (batch && !*batch) reply(call, refusal_response({Refusal::kBatchUnknown, ""}, nullptr));
  return batch ? std::move(*batch) : std::nullopt;
}

// How the bank has answered is in the payments.
Result<void> Api::add_payments(const v1::RemittanceBatchRecord& batch,
                               v1::RemittanceBatchView& view) const {
  for (const v1::BatchPaymentRecord& place : batch.payments()) {
    const auto id = CaseId::from_bytes(place.case_id());
    if (!id) return tl::unexpected(kPaymentUnreadable);
    const auto record = records_.get_message<v1::PaymentRecord>(
        Family::kFunds, layout::payment_key(*id, place.attempt()));
    if (!record) return tl::unexpected(record.error());
    if (!*record) return tl::unexpected(kPaymentUnreadable);
    const auto state = static_cast<PaymentState>((*record)->state());
    view.set_paid(view.paid() + (state == PaymentState::kPaid));
    view.set_returned(view.returned() + (state == PaymentState::kReturned));
    v1::PaymentView* payment = view.add_payments();
    *payment = view_payment(*id, place.attempt(), **record, why_held(**record), ports_.clock.now());
    payment->set_amount_fen(place.amount_fen());
  }
  return {};
}

// Newest first.
void Api::list_batches(Call call) {
  const auto page = page_of(call, {});
  const auto after = BatchNumber::parse(page ? page->after : "");
  if (!page || (!page->after.empty() && !after)) {
    return reply(call, bad_query("limit (1 to 500) and after (a batch number, from `next`)"));
  }
  const size_t limit = std::min(page->limit, limits::kBatchPageMax);
  std::vector<std::pair<std::string, v1::RemittanceBatchRecord>> found;
  bool readable = true;
  const std::string upper = after ? layout::remittance_batch_key(after->text()).str()
                                  : layout::prefix_end(layout::kRemittanceBatches);
  const auto visit = [&](std::string_view key, std::string_view value) {
    auto& [number, record] = found.emplace_back();
    number = key.substr(1);
    readable = record.ParseFromArray(value.data(), static_cast<int>(value.size()));
    return readable && found.size() <= limit;
  };
  const auto read = records_.scan_back(Family::kFunds, layout::kRemittanceBatches, upper, visit);
  if (!read) return reply(call, store_failure(read.error()));
  if (!readable) return reply(call, store_failure(kPaymentUnreadable));
  v1::RemittanceBatchViews views;
  for (const auto& [number, record] : found) {
    if (static_cast<size_t>(views.batches_size()) == limit) {
      views.set_next(views.batches(views.batches_size() - 1).batch());
      break;
    }
    v1::RemittanceBatchView view = view_batch(number, record, false);
    if (auto done = add_payments(record, view); !done) {
      return reply(call, store_failure(done.error()));
    }
    view.clear_payments();
    *views.add_batches() = std::move(view);
  }
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
  ask(call, ExportBatchCommand{number->text(), *format}, file_response);
}

// What the bank does not have yet, and what waits for a person; oldest first.
void Api::list_payments(Call call) {
  const auto page = page_of(call, {});
  const auto after = place_of(page ? page->after : "", layout::parse_waiting_payment_key);
  if (!page || !after) return reply(call, bad_query("limit (1 to 500) and after (from `next`)"));
  ask_for_view(call, PaymentsQuery{*after, page->limit});
}

void Api::show_payee(Call call) {
  const auto id = CaseId::parse(call.args[0]);
  if (!id) return reply(call, refusal_response({Refusal::kUnknownCase, ""}, nullptr));
  ask_for_view(call, PayeeQuery{*id});
}

void Api::confirm_payee(Call call) {
  v1::ConfirmPayeeInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  const auto id = CaseId::parse(call.args[0]);
  if (!id) return reply(call, refusal_response({Refusal::kUnknownCase, ""}, nullptr));
  ask_for_view(call, ConfirmPayeeCommand{*id, input.content(), input.note()});
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
  ask_about_release(call, ReleasePaymentCommand::Act::kPropose, input.note());
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

void Api::ask_about_release(const Call& call, ReleasePaymentCommand::Act act, std::string said) {
  const auto payment = EndToEndId::parse(call.args[0]);
  if (!payment) return reply(call, refusal_response({Refusal::kPaymentUnknown, ""}, nullptr));
  ask_for_view(call, ReleasePaymentCommand{*payment, act, std::move(said)});
}

// What waits for a second person; a few at most, for they are made one by one.
Result<void> Api::add_releases(size_t limit, v1::CaseViews& views) const {
  std::vector<layout::ProposedRelease> found;
  constexpr std::string_view kPrefix = layout::kProposedReleases;
  const auto done = records_.scan(Family::kIndex, kPrefix, layout::prefix_end(kPrefix),
                                  [&](std::string_view key, std::string_view) {
                                    const auto place = layout::parse_proposed_release_key(key);
                                    if (place) found.push_back(*place);
                                    return found.size() < limit;
                                  });
  if (!done) return tl::unexpected(done.error());
  for (const layout::ProposedRelease& place : found) {
    const auto record = records_.get_message<v1::PaymentRecord>(
        Family::kFunds, layout::payment_key(place.id, place.attempt));
    if (!record) return tl::unexpected(record.error());
    if (!*record) return tl::unexpected(kPaymentUnreadable);
    *views.add_releases() =
        view_payment(place.id, place.attempt, **record, why_held(**record), ports_.clock.now());
  }
  return {};
}

}  // namespace jiexu
