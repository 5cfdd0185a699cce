#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

// clang-format off
constexpr Route kPaperRows[] = {
    {"GET", "/v1/cases/{id}/messages", Right::kSeeCases, &Api::list_messages,
     {.name = "list_messages", .summary = "All that either agency wrote in a case",
      .output = {of<v1::PaperViews>}, .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/papers", Right::kSeeCases, &Api::list_papers,
     {.name = "list_papers", .summary = "Our messages of a case, as they can be printed",
      .output = {of<v1::PaperViews>}, .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/papers/{n}", Right::kSeeCases, &Api::show_paper,
     {.name = "show_paper", .summary = "One of our messages, whole, to be printed",
      .output = {of<v1::PaperView>}, .statuses = {200, 404, 409}}},
    {"POST", "/v1/papers", Right::kWork, &Api::key_paper,
     {.name = "key_paper", .summary = "Keys in what came from the other agency on paper",
      .input = of<v1::PaperView>, .output = {of<v1::CaseView>}, .statuses = {200, 201, 202, 404}}},
    {"GET", "/v1/peers/{agency}/mail", Right::kWork, &Api::list_mail,
     {.name = "list_mail", .summary = "What waits to be sent by mail to an agency without Jiexu",
      .output = {of<v1::PaperViews>}}},
    {"POST", "/v1/peers/{agency}/mail", Right::kWork, &Api::mark_mailed,
     {.name = "mark_mailed", .summary = "Says that it is in the post, up to a sheet",
      .input = of<v1::MailedInput>, .output = {of<v1::PeerView>}, .statuses = {200, 404}}},
    {"GET", "/v1/certificates", Right::kSeeCases, &Api::list_certificates,
     {.name = "list_certificates", .summary = "Certificates of insurance that were issued",
      .output = {of<v1::CertificateViews>}, .query = kPaged}},
    {"POST", "/v1/certificates", Right::kWork, &Api::issue_certificate,
     {.name = "issue_certificate", .summary = "Issues a certificate of insurance",
      .input = of<v1::Certificate>, .output = {of<v1::CertificateView>}, .statuses = {201}}},
    {"GET", "/v1/certificates/{number}", Right::kSeeCases, &Api::show_certificate,
     {.name = "show_certificate", .summary = "A certificate of insurance, to be printed",
      .output = {of<v1::CertificateView>}, .statuses = {200, 404}}},
};
// clang-format on

}  // namespace

RouteTable paper_table() {
  return {"papers", "Messages as sheets of paper", kPaperRows};
}

}  // namespace jiexu
