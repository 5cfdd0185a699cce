#include "daemon/cases/paper.h"

#include <algorithm>

#include "daemon/base/text.h"

namespace jiexu {
namespace {

constexpr size_t kHashDigits = 64;
constexpr size_t kHashShown = 16;

uint32_t number_of(const v1::Message& message) {
  switch (message.body_case()) {
    case v1::Message::kInformationForm: return message.information_form().version();
    case v1::Message::kInformationConfirm: return message.information_confirm().version();
    case v1::Message::kInformationQuery: return message.information_query().version();
    case v1::Message::kInvalidate: return message.invalidate().version();
    case v1::Message::kRemittanceNotice: return message.remittance_notice().attempt();
    case v1::Message::kBankReturned: return message.bank_returned().attempt();
    case v1::Message::kPayeeChange: return message.payee_change().version();
    default: return 0;
  }
}

// FNV-1a, to see a slip of the keyboard; it protects against nobody, and need not: the electronic
// message is signed.
// Files that go with it are not keyed in.
uint64_t digest_of(const v1::Message& whole) {
  v1::Message message = whole;
  if (message.has_letter()) message.mutable_letter()->clear_attachments();
  if (message.has_information_form()) message.mutable_information_form()->clear_attachments();
  const auto* body = v1::Message::descriptor()->FindFieldByNumber(message.body_case());
  uint64_t digest = 14695981039346656037ull;
  for (const char byte : message.GetReflection()->GetMessage(message, body).SerializeAsString()) {
    digest = (digest ^ static_cast<uint8_t>(byte)) * 1099511628211ull;
  }
  return digest;
}

bool is_hash(const std::string& text) {
  return text.size() == kHashDigits && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

auto find(const v1::Message& message, const std::vector<PaperTwin>& papers) {
  return std::find_if(papers.begin(), papers.end(), [&](const PaperTwin& paper) {
    return paper.body == message.body_case() && paper.number == number_of(message);
  });
}

// A notice counts money, and a second one of the same payment would count it twice. Of the other
// messages that a state cannot tell from a repetition, a repetition says nothing new. An agency
// that has no Jiexu gives its payments no numbers.
bool is_here(const v1::Message& message, const Case& subject) {
  const uint32_t number = number_of(message);
  if (number == 0) return false;
  if (message.has_remittance_notice()) return number <= subject.attempt;
  return message.has_payee_change() && number <= subject.payee_version;
}

}  // namespace

std::optional<Rejection> check_paper(const Case& subject, const v1::ActionInput& input) {
  if (is_here(input.paper(), subject)) {
    return Rejection{Refusal::kPaperInvalid, "paper: this number is here already"};
  }
  if (subject.papers.size() >= kPapersMax) return Rejection{Refusal::kPaperInvalid, "too many"};
  if (subject.exists() && !input.agency().empty() && input.agency() != subject.peer.text()) {
    return Rejection{Refusal::kPaperInvalid, "agency: the case is with another one"};
  }
  if (utf8_length(input.paper().letter().letter_number()) > kPaperNumberMax) {
    return Rejection{Refusal::kPaperInvalid,
                     "letter_number: at most " + std::to_string(kPaperNumberMax) + " characters"};
  }
  if (!input.paper_sha256().empty() && !is_hash(input.paper_sha256())) {
    return Rejection{Refusal::kPaperInvalid, "paper_sha256: 64 digits and letters a to f"};
  }
  return std::nullopt;
}

std::string paper_note(std::string_view kind, const std::string& sha256) {
  std::string note = "keyed in from paper: " + std::string(kind);
  if (!sha256.empty()) note += ", SHA-256 " + sha256.substr(0, kHashShown);
  return note;
}

void keep_paper(const v1::Message& message, Case& subject) {
  subject.papers.push_back({message.body_case(), number_of(message), digest_of(message)});
}

bool has_twin(const v1::Message& message, const Case& subject) {
  return !subject.papers.empty() && find(message, subject.papers) != subject.papers.end();
}

bool answers_form_on_paper(const Case& subject) {
  return std::ranges::any_of(subject.papers, [](const PaperTwin& paper) {
    return paper.body == v1::Message::kInformationConfirm ||
           paper.body == v1::Message::kInformationQuery;
  });
}

bool take_twin(const v1::Message& message, Case& subject) {
  const auto paper = find(message, subject.papers);
  const bool same = paper->digest == digest_of(message);
  subject.papers.erase(paper);
  return same;
}

}  // namespace jiexu
