#include "daemon/api/table/tables.h"
#include "daemon/bank/rules/bank_outcome.h"

namespace jiexu {
namespace {

using BankType = QueryParameter::Type;

std::vector<std::string> outcomes() {
  std::vector<std::string> out;
  for (const OutcomeRule& rule : outcome_rules()) out.emplace_back(rule.name);
  return out;
}

std::vector<std::string> queues() {
  std::vector<std::string> out;
  for (const OutcomeRule& rule : outcome_rules()) {
    if (rule.waits) out.emplace_back(rule.name);
  }
  return out;
}

constexpr QueryParameter kOfLines[] = {
    {"queue", BankType::kChoice, "One exception queue; without it all that waits", 0, 0, queues},
    {"all", BankType::kFlag, "All lines, whatever became of them; what follows looks among them"},
    {"outcome", BankType::kChoice, "What became of the line", 0, 0, outcomes},
    {"fen", BankType::kNumber, "The amount in fen, without a sign", 0, INT64_MAX},
    {"day", BankType::kDay, "The day of the booking"},
    {"payer", BankType::kText, "Part of the other's name or account"},
    {"text", BankType::kText, "Part of the remark, the bank's number or an id"},
    {"starts", BankType::kHex, "The beginning of the line's id", 0, 64},
    kLimit,
    kAfter};

// clang-format off
constexpr Route kBankRows[] = {
    {"POST", "/v1/bank/lines", Right::kTellBank, &Api::book_bank_lines,
     {.name = "book_bank_lines", .summary = "Books lines that the bank has told of by itself",
      .input = of<v1::BankLineInput>, .output = {of<v1::BankLineResults>}}},
    {"GET", "/v1/bank/lines", Right::kSeeCases, &Api::list_bank_lines,
     {.name = "list_bank_lines", .summary = "Bank lines that wait for a person, or all of them",
      .output = {of<v1::BankLineViews>}, .query = kOfLines}},
    {"GET", "/v1/bank/lines/{line}", Right::kSeeCases, &Api::show_bank_line,
     {.name = "show_bank_line", .summary = "A bank line, and what may be done with it now",
      .output = {of<v1::BankLineView>}, .statuses = {200, 404}}},
    {"POST", "/v1/bank/lines/{line}/match", Right::kProposeMoney, &Api::match_bank_line,
     {.name = "match_bank_line", .summary = "Proposes where a line's money belongs",
      .input = of<v1::MatchInput>, .output = {of<v1::BankLineResults>}, .statuses = {200, 404}}},
    {"POST", "/v1/bank/lines/{line}/same", Right::kProposeMoney, &Api::repeat_bank_line,
     {.name = "repeat_bank_line", .summary = "Proposes that a line is a known one, reported again",
      .input = of<v1::SameLineInput>, .output = {of<v1::BankLineResults>}, .statuses = {200, 404}}},
    {"POST", "/v1/bank/lines/{line}/approve", Right::kDecideMoney, &Api::approve_bank_line,
     {.name = "approve_bank_line", .summary = "Approves what another has proposed of a line",
      .input = of<v1::ApproveLineInput>, .output = {of<v1::BankLineResults>},
      .statuses = {200, 404}}},
    {"POST", "/v1/bank/lines/{line}/retract", Right::kProposeMoney, &Api::retract_bank_line,
     {.name = "retract_bank_line", .summary = "Takes a proposal of a line back, or turns it down",
      .output = {of<v1::BankLineResults>}, .statuses = {200, 404}}},
    {"POST", "/v1/bank/lines/{line}/{act}", Right::kProposeMoney, &Api::explain_bank_line,
     {.name = "explain_bank_line",
      .summary = "Proposes another act on a line: set-aside, another or undo",
      .input = of<v1::SetAsideInput>, .output = {of<v1::BankLineResults>}, .statuses = {200, 404}}},
    {"GET", "/v1/bank/files", Right::kSeeCases, &Api::list_bank_files,
     {.name = "list_bank_files", .summary = "Bank files that were imported",
      .output = {of<v1::BankFileViews>}, .query = kPaged}},
    {"GET", "/v1/bank/files/{digest}/lines", Right::kSeeCases, &Api::list_file_lines,
     {.name = "list_file_lines", .summary = "Where each line of a bank file has its place",
      .output = {of<v1::BankLineViews>}, .query = kPaged}},
    {"POST", "/v1/bank/files/{digest}", Right::kProposeMoney, &Api::take_bank_file,
     {.name = "take_bank_file", .summary = "Imports a bank file, part by part",
      .input = of<v1::BankFileInput>, .output = {of<v1::BankFileView>},
      .takes = "application/json, application/x-protobuf"}},
    {"POST", "/v1/bank/files/{digest}/take", Right::kProposeMoney, &Api::take_held_file,
     {.name = "take_held_file", .summary = "Proposes to take a held file, or to put it aside",
      .input = of<v1::TakeFileInput>, .output = {of<v1::BankFileView>}, .statuses = {200, 404}}},
    {"POST", "/v1/bank/files/{digest}/take/approve", Right::kDecideMoney, &Api::approve_held_file,
     {.name = "approve_held_file", .summary = "Approves what another has proposed of such a file",
      .input = of<v1::ApproveLineInput>, .output = {of<v1::BankFileView>}, .statuses = {200, 404}}},
    {"POST", "/v1/bank/files/{digest}/take/retract", Right::kProposeMoney, &Api::retract_held_file,
     {.name = "retract_held_file", .summary = "Takes that proposal back, or turns it down",
      .output = {of<v1::BankFileView>}, .statuses = {200, 404}}},
};
// clang-format on

}  // namespace

RouteTable bank_table() {
  return {"bank", "What the bank has told, and where it belongs", kBankRows};
}

}  // namespace jiexu
