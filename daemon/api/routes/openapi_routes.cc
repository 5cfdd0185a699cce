// GET /openapi.json and /reference: what the API is.
#include "daemon/api/api.h"
#include "daemon/api/openapi.h"
#include "daemon/api/problem.h"
#include "daemon/api/reference.h"
#include "daemon/api/reply.h"
#include "daemon/base/bytes.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

// Nothing but what stands in the page itself.
constexpr std::string_view kPagePolicy = "default-src 'none'; style-src 'unsafe-inline'";

HttpResponse in_words(std::string_view type, const std::string& text, Language language) {
  HttpResponse response{200, std::string(type), text, {}};
  response.headers.emplace_back("ETag", "\"" + to_hex(view(sha256(text)).substr(0, 12)) + "\"");
  response.headers.emplace_back("Content-Language", std::string(tag(language)));
  response.headers.push_back(vary_by_language());
  return response;
}

}  // namespace

Language Api::language_of(const Call& call) const {
  return accepted_language(call.request.accept_language).value_or(ports_.language);
}

void Api::show_openapi(Call call) {
  const Language language = language_of(call);
  reply(call, in_words("application/json", openapi_document(language), language));
}

void Api::show_reference(Call call) {
  const Language language = language_of(call);
  HttpResponse page = in_words("text/html; charset=utf-8", reference_page(language), language);
  page.headers.emplace_back("Content-Security-Policy", std::string(kPagePolicy));
  reply(call, std::move(page));
}

}  // namespace jiexu
