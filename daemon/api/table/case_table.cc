#include "daemon/api/table/tables.h"

namespace jiexu {
namespace {

constexpr auto kText = QueryParameter::Type::kText;

constexpr QueryParameter kOfCases[] = {
    {"open", QueryParameter::Type::kFlag, "Only cases that are not closed"}, kLimit, kAfter};
constexpr QueryParameter kOfUpload[] = {
    {"name", kText, "What people call the file", 0, 400},
    {"type", kText, "Its media type, such as application/pdf", 0, 200}};

// clang-format off
constexpr Route kCaseRows[] = {
    {"POST", "/v1/cases", Right::kWorkIn, &Api::apply,
     {.name = "apply", .summary = "Makes a case of a person's application",
      .input = of<v1::ActionInput>, .output = {of<v1::CaseView>}, .statuses = {201}}},
    {"GET", "/v1/cases", Right::kSeeCases, &Api::list_cases,
     {.name = "list_cases", .summary = "Cases, oldest first",
      .output = {of<v1::CaseViews>}, .query = kOfCases}},
    {"POST", "/v1/cases:find", Right::kSeeCases, &Api::find_cases,
     {.name = "find_cases",
      .summary = "Cases by letter number, document or name; a question that no log keeps",
      .input = of<v1::ContactLetter>, .output = {of<v1::CaseViews>}}},
    {"GET", "/v1/cases/{id}", Right::kSeeCases, &Api::show_case,
     {.name = "show_case", .summary = "A case, and what may be done in it now",
      .output = {of<v1::CaseView>}, .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/timeline", Right::kSeeCases, &Api::show_timeline,
     {.name = "show_timeline", .summary = "What has happened in a case",
      .output = {of<v1::TimelineView>}, .statuses = {200, 404, 409}}},
    {"POST", "/v1/cases/{id}/actions/{action}", Right::kWork, &Api::act,
     {.name = "act", .summary = "Does something in a case; under four eyes it is proposed",
      .input = of<v1::ActionInput>, .output = {of<v1::CaseView>},
      .statuses = {200, 202, 404, 412}}},
    {"POST", "/v1/cases/{id}/assign", Right::kWork, &Api::assign,
     {.name = "assign", .summary = "Says who sees to a case",
      .input = of<v1::AssignInput>, .output = {of<v1::CaseView>}, .statuses = {200, 404}}},
    {"GET", "/v1/cases/{id}/documents/{kind}", Right::kSeeCases, &Api::show_document,
     {.name = "show_document",
      .summary = "What people wrote in a case: application, letter or a form",
      .output = {of<v1::Application>, of<v1::ContactLetter>, of<v1::InformationForm>},
      .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/attachments", Right::kSeeCases, &Api::list_attachments,
     {.name = "list_attachments", .summary = "Files that go with a case's letter and forms",
      .output = {of<v1::AttachmentViews>}, .statuses = {200, 404, 409}}},
    {"GET", "/v1/cases/{id}/attachments/{file}", Right::kSeeCases, &Api::show_attachment,
     {.name = "show_attachment", .summary = "The bytes of a file",
      .statuses = {200, 404, 409}, .gives = "*/*"}},
    {"PUT", "/v1/cases/{id}/attachments/{file}", Right::kWork, &Api::put_attachment,
     {.name = "put_attachment", .summary = "Brings the bytes of a file that an action is to attach",
      .output = {of<v1::CaseView>}, .query = kOfUpload, .statuses = {200, 404, 411},
      .takes = "*/*"}},
    {"POST", "/v1/cases/{id}/proposals/{n}/approve", Right::kWork, &Api::approve,
     {.name = "approve_proposal",
      .summary = "Approves, as a second person, what another has proposed",
      .input = of<v1::ApprovalInput>, .output = {of<v1::CaseView>}, .statuses = {200, 404}}},
    {"POST", "/v1/cases/{id}/proposals/{n}/retract", Right::kWork, &Api::retract,
     {.name = "retract_proposal", .summary = "Takes a proposal back, or turns it down",
      .output = {of<v1::CaseView>}, .statuses = {200, 404}}},
    {"GET", "/v1/cases/{id}/payee", Right::kSeeCases, &Api::show_payee,
     {.name = "show_payee",
      .summary = "The account that a case's money is to go to, and whether it may",
      .output = {of<v1::PayeeView>}, .statuses = {200, 404, 409}}},
    {"POST", "/v1/cases/{id}/payee/confirm", Right::kDecide, &Api::confirm_payee,
     {.name = "confirm_payee",
      .summary = "Confirms an account that is not the other agency's listed one",
      .input = of<v1::ConfirmPayeeInput>, .output = {of<v1::PayeeView>}, .statuses = {200, 404}}},
    {"POST", "/v1/letters:submit", Right::kSendBulk, &Api::submit_letters,
     {.name = "submit_letters",
      .summary = "Applications in bulk, one a line, from a system that has accepted them",
      .input = of<v1::Application>, .output = {of<v1::SubmitResult>},
      .takes = "application/x-ndjson, application/x-protobuf, application/json",
      .gives = "application/x-ndjson, application/x-protobuf"}},
    {"POST", "/v1/progress", Right::kAskProgress, &Api::show_progress,
     {.name = "show_progress", .summary = "How far a person's transfer is, for a portal",
      .input = of<v1::ProgressInput>, .output = {of<v1::ProgressView>}, .statuses = {200, 404}}},
};
// clang-format on

}  // namespace

RouteTable case_table() {
  return {"cases", "Transfers, and what is done in them", kCaseRows};
}

}  // namespace jiexu
