// GET /v1/cases/{id}/documents/{kind}: what people wrote in a case.
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/casework/case_documents.h"

namespace jiexu {
namespace {

constexpr std::string_view kVersioned = "form-";

// The version that "form" (0: the newest) or "form-2" names.
std::optional<uint32_t> version_of(std::string_view kind) {
  if (kind == "form") return 0;
  if (!kind.starts_with(kVersioned)) return std::nullopt;
  kind.remove_prefix(kVersioned.size());
  uint32_t version = 0;
  const auto [end, wrong] = std::from_chars(kind.data(), kind.data() + kind.size(), version);
  if (wrong != std::errc() || end != kind.data() + kind.size()) return std::nullopt;
  return version == 0 ? std::nullopt : std::optional(version);
}

template <class Document>
void reply_with(const Call& call, const Result<std::optional<Document>>& document) {
  if (!document) return reply(call, store_failure(document.error()));
  if (!*document) {
    return reply(
        call, problem_response(404, "no_document_yet", "the case has no " + call.args[1] + " yet"));
  }
  reply(call, **document);
}

}  // namespace

void Api::show_document(Call call) {
  const std::string& kind = call.args[1];
  const std::optional<uint32_t> version = version_of(kind);
  if (kind != "application" && kind != "letter" && !version) {
    return reply(call, problem_response(404, "no_such_document",
                                        "there are: application, letter, form, form-VERSION"));
  }
  const std::optional<Case> subject = find_case(call);
  if (!subject) return;
  if (version) return reply_with(call, read_form(records_, *subject, *version));
  if (kind == "letter") return reply_with(call, read_letter(records_, *subject));
  reply_with(call, read_application(records_, *subject));
}

}  // namespace jiexu
