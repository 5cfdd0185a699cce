#include "daemon/api/problem.h"

#include "daemon/api/json.h"
#include "daemon/base/check.h"
#include "daemon/base/text.h"
#include "daemon/cases/step.h"

namespace jiexu {
namespace {

constexpr std::string_view kProblemType = "application/problem+json";

// Behind the field that a part of a detail begins with; 0: it names none.
size_t behind_field(std::string_view part) {
  const size_t colon = part.find(": ");
  return colon != part.npos && part.find(' ') > colon ? colon + 2 : 0;
}

bool has_words(std::string_view sentence) {
  return translated(sentence, Language::kChinese) != sentence;
}

// Takes the first part off a detail, which is "field: text; field: text". A sentence of the
// catalogue may have a semicolon of its own.
std::string_view take_part(std::string_view& detail) {
  size_t end = std::min(detail.find("; "), detail.size());
  const size_t next = std::min(detail.find("; ", std::min(end + 2, detail.size())), detail.size());
  const std::string_view shorter = detail.substr(0, end), longer = detail.substr(0, next);
  const std::string_view sentence = longer.substr(behind_field(longer));
  const bool whole = has_words(shorter.substr(behind_field(shorter)));
  if (find_word(sentence) != nullptr || (!whole && has_words(sentence))) end = next;
  const std::string_view part = detail.substr(0, end);
  detail.remove_prefix(std::min(end + 2, detail.size()));
  return part;
}

void add_findings(std::string_view detail, v1::Problem& problem) {
  while (!detail.empty()) {
    const std::string_view part = take_part(detail);
    const size_t text = behind_field(part);
    v1::Finding* finding = problem.add_findings();
    if (text != 0) finding->set_field(std::string(part.substr(0, text - 2)));
    finding->set_text(std::string(part.substr(text)));
  }
}

// Each part of a detail by itself: those that are sentences of the catalogue have words.
std::string translated_detail(std::string_view detail, Language language) {
  std::string out;
  while (!detail.empty()) {
    const std::string_view part = take_part(detail);
    const size_t colon = part.find(": ");
    const size_t text = has_words(part) || colon == part.npos ? 0 : colon + 2;
    out += out.empty() ? "" : "; ";
    out += part.substr(0, text);
    out += translated(part.substr(text), language);
  }
  return out;
}

}  // namespace

HttpResponse in_language(HttpResponse response, Language language) {
  if (response.content_type == kProblemType) response.headers.push_back(vary_by_language());
  v1::Problem problem;
  const bool translates = language != Language::kEnglish && response.content_type == kProblemType;
  if (!translates || !from_json(response.body, &problem)) return response;
  problem.set_title(find_word(problem.title()) != nullptr
                        ? std::string(word(problem.title(), language))
                        : word_of("problem.", problem.code(), language));
  problem.set_detail(has_words(problem.detail()) ? translated(problem.detail(), language)
                                                 : translated_detail(problem.detail(), language));
  for (v1::Finding& finding : *problem.mutable_findings()) {
    finding.set_text(translated(finding.text(), language));
  }
  response.body = to_json(problem);
  response.headers.emplace_back("Content-Language", std::string(tag(language)));
  return response;
}

std::pair<std::string, std::string> vary_by_language() {
  return {"Vary", "Accept, Accept-Encoding, Accept-Language, Authorization, Cookie"};
}

HttpResponse problem_response(v1::Problem problem) {
  // What is quoted may be no UTF-8, such as a piece of a bank's file.
  problem.set_detail(show_hidden(problem.detail(), true));
  problem.set_type("urn:jiexu:problem:" + problem.code());
  return {problem.status(), std::string(kProblemType), to_json(problem), {}};
}

HttpResponse problem_response(int status, std::string_view code, std::string_view detail) {
  v1::Problem problem;
  problem.set_status(status);
  problem.set_code(std::string(code));
  problem.set_title(word_of("problem.", code, Language::kEnglish));
  problem.set_detail(std::string(detail));
  return problem_response(std::move(problem));
}

// Every refusal is listed, so that a new one does not compile until it has its status.
int status_of(Refusal refusal) {
  switch (refusal) {
    // clang-format off
    case Refusal::kUnknownCase: case Refusal::kBankLineUnknown: case Refusal::kBatchUnknown:
    case Refusal::kPaymentUnknown: case Refusal::kUnknownProposal:
    case Refusal::kBankFileUnknown: case Refusal::kNotSetAside: return 404;
    case Refusal::kIdempotencyReused: case Refusal::kProposalChanged: case Refusal::kNothingToMail:
    case Refusal::kBankLineNotUnsure: case Refusal::kBankLineNotDecided:
    case Refusal::kBankLineOfPayment: case Refusal::kBankLineMoneyGone: case Refusal::kReplayed:
    case Refusal::kBankLineCaseClosed: case Refusal::kBankFileNotHeld: case Refusal::kOutOfOrder:
    case Refusal::kProposalOpen: case Refusal::kPaymentNotOut: return 409;
    case Refusal::kUnconfirmed: case Refusal::kRecovering: return 503;
    // clang-format on
    case Refusal::kOwnProposal: return 403;
    case Refusal::kStorageLow: return 507;
    case Refusal::kIdempotencyTooMany: return 429;
    case Refusal::kWrongPeer:
    case Refusal::kCaseExists:
    case Refusal::kCaseClosed:
    case Refusal::kNotAllowedNow:
    case Refusal::kGuardFailed:
    case Refusal::kFormVersion:
    case Refusal::kDuplicateOpenCase:
    case Refusal::kClaimedByOther:
    case Refusal::kLetterNumbersExhausted:
    case Refusal::kLetterNumberTaken:
    case Refusal::kTooManyAttachments:
    case Refusal::kAttachmentUnknown:
    case Refusal::kTooManyPayments:
    case Refusal::kBankLineSettled:
    case Refusal::kBatchState:
    case Refusal::kBatchNotApproved:
    case Refusal::kSamePerson:
    case Refusal::kBatchChanged:
    case Refusal::kPaymentNotHeld:
    case Refusal::kPayeeListed:
    case Refusal::kPayeeNotAsSeen:
    case Refusal::kPaymentAcknowledged:
    case Refusal::kPaymentAtBank: return 409;
    case Refusal::kNone:
    case Refusal::kInputMissing:
    case Refusal::kApplicationInvalid:
    case Refusal::kCertificateInvalid:
    case Refusal::kLetterInvalid:
    case Refusal::kFormInvalid:
    case Refusal::kFormNotOfLetter:
    case Refusal::kAmountNotPositive:
    case Refusal::kAmountDiffers:
    case Refusal::kUnknownAgency:
    case Refusal::kOwnAgency:
    case Refusal::kDateInvalid:
    case Refusal::kRejectCodeMissing:
    case Refusal::kAmountTooLarge:
    case Refusal::kInputTooLarge:
    case Refusal::kPayeeInvalid:
    case Refusal::kPaperInvalid:
    case Refusal::kRefundPaid:
    case Refusal::kAttachmentInvalid:
    // clang-format off
    case Refusal::kLetterNumberForeign: case Refusal::kLetterNumberDiffers:
    case Refusal::kBatchNumberForeign: case Refusal::kTextHidden: case Refusal::kFieldNotTaken:
    case Refusal::kNoticeAttempt: case Refusal::kNoticeContradicts: case Refusal::kNoticePayee:
      // clang-format on
    case Refusal::kAllotmentSum:
    case Refusal::kFileUnwritable:
    case Refusal::kStatementDay:
    case Refusal::kStatementOrder:
    case Refusal::kStatementContent: return 400;
  }
  CHECK(false && "a refusal without a status");
}

HttpResponse refusal_response(const Rejection& rejection, const Case* subject) {
  v1::Problem problem;
  problem.set_status(status_of(rejection.refusal));
  problem.set_code(std::string(name(rejection.refusal)));
  problem.set_title(std::string(explain(rejection.refusal)));
  problem.set_detail(rejection.detail);
  if (problem.status() == 400) {
    add_findings(rejection.detail, problem);
  }
  if (problem.status() == 409 && subject != nullptr) {
    for (const Offer& offer : offers(*subject)) {
      problem.add_allowed(std::string(name(offer.action)));
    }
  }
  const int status = problem.status();
  HttpResponse response = problem_response(std::move(problem));
  if (status == 503) response.headers.emplace_back("Retry-After", "2");
  // The daemon sees within a second that there is room again.
  if (status == 507) response.headers.emplace_back("Retry-After", "10");
  if (status == 429) response.headers.emplace_back("Retry-After", "60");
  return response;
}

}  // namespace jiexu
