#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

constexpr QueryParameter kOfComparison[] = {
    {"day", QueryParameter::Type::kDay, "Which day; without it yesterday"}};

// clang-format off
constexpr Route kMoneyRows[] = {
    {"POST", "/v1/remittances", Right::kProposeMoney, &Api::make_batches,
     {.name = "make_batches", .summary = "Puts payments that may go into batches",
      .input = of<v1::MakeBatchesInput>, .output = {of<v1::MadeBatchesView>},
      .may_be_empty = true}},
    {"GET", "/v1/remittances", Right::kSeeCases, &Api::list_batches,
     {.name = "list_batches", .summary = "Batches of payments, the newest first",
      .output = {of<v1::RemittanceBatchViews>}, .query = kPaged}},
    {"GET", "/v1/remittances/{batch}", Right::kSeeCases, &Api::show_batch,
     {.name = "show_batch", .summary = "A batch, its payments, and what the bank has said of them",
      .output = {of<v1::RemittanceBatchView>}, .statuses = {200, 404}}},
    {"POST", "/v1/remittances/{batch}/approve", Right::kDecideMoney, &Api::approve_batch,
     {.name = "approve_batch", .summary = "Approves a batch, as another person than who made it",
      .input = of<v1::ApproveBatchInput>, .output = {of<v1::RemittanceBatchView>},
      .statuses = {200, 404}}},
    {"POST", "/v1/remittances/{batch}/export", Right::kDecideMoney, &Api::export_batch,
     {.name = "export_batch", .summary = "The file that orders a batch from the bank",
      .input = of<v1::ExportBatchInput>, .statuses = {200, 404},
      .gives = "application/xml, application/octet-stream", .may_be_empty = true}},
    {"GET", "/v1/payments", Right::kSeeCases, &Api::list_payments,
     {.name = "list_payments",
      .summary = "Payments that have yet to go to the bank, or that wait for a person",
      .output = {of<v1::PaymentViews>}, .query = kPaged}},
    {"POST", "/v1/payments:report", Right::kTellBank, &Api::take_payment_report,
     {.name = "take_payment_report",
      .summary = "Takes the bank's word on payments: pain.002, or lines of its own",
      .output = {of<v1::PaymentReportView>}, .takes = "*/*"}},
    {"POST", "/v1/payments/{payment}/release", Right::kProposeMoney, &Api::propose_release,
     {.name = "propose_release", .summary = "Proposes that a payment that waits for people goes on",
      .input = of<v1::ReleasePaymentInput>, .output = {of<v1::PaymentView>},
      .statuses = {200, 404}}},
    {"POST", "/v1/payments/{payment}/release/approve", Right::kDecideMoney, &Api::approve_release,
     {.name = "approve_release", .summary = "Approves that it goes on, as another person",
      .input = of<v1::ApproveReleaseInput>, .output = {of<v1::PaymentView>},
      .statuses = {200, 404}}},
    {"POST", "/v1/payments/{payment}/release/retract", Right::kProposeMoney, &Api::retract_release,
     {.name = "retract_release", .summary = "Takes that proposal back, or turns it down",
      .output = {of<v1::PaymentView>}, .statuses = {200, 404}}},
    {"GET", "/v1/ledger", Right::kSeeFigures, &Api::show_ledger,
     {.name = "show_ledger", .summary = "Balances of all accounts",
      .output = {of<v1::LedgerView>}}},
    {"GET", "/v1/ledger/check", Right::kSeeFigures, &Api::check_books,
     {.name = "check_ledger", .summary = "Tells the whole ledger anew, and says where it differs",
      .output = {of<v1::LedgerCheckView>}}},
    {"GET", "/v1/ledger/comparisons/{agency}", Right::kSeeCases, &Api::show_comparison,
     {.name = "show_comparison",
      .summary = "The other agency's statement of a day against our books",
      .output = {of<v1::ComparisonView>}, .query = kOfComparison, .statuses = {200, 404}}},
};
// clang-format on

}  // namespace

RouteTable money_table() {
  return {"money", "Payments out, and the ledger", kMoneyRows};
}

}  // namespace jiexu
