// Routes of certificates of insurance that this agency issues.
#include <charconv>

#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/casework/certificates.h"

namespace jiexu {
namespace {

std::optional<uint64_t> certificate_place(std::string_view text) {
  uint64_t stamp = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), stamp);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(stamp) : std::nullopt;
}

}  // namespace

void Api::issue_certificate(Call call) {
  auto certificate = std::make_shared<v1::Certificate>();
  if (const auto read = from_json(call.request.body, certificate.get()); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask(call, IssueCertificateCommand{std::move(certificate)},
      [](const IssueCertificateCommand::Reply& issued) -> HttpResponse {
        if (!issued) return refusal_response(issued.error(), nullptr);
        return {201, "application/json", to_json(*issued), {}};
      });
}

void Api::list_certificates(Call call) {
  const Page page = page_of(call);
  const auto after = place_of(page.after, certificate_place);
  if (!after) return reply(call, bad_cursor());
  const auto found = jiexu::list_certificates(records_, *after, page.limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::CertificateViews views;
  for (const v1::CertificateView& view : found->certificates) *views.add_certificates() = view;
  if (found->next) views.set_next(cursor_text(std::to_string(*found->next)));
  reply(call, views);
}

void Api::show_certificate(Call call) {
  const auto found = find_certificate(records_, call.args[0]);
  if (!found) return reply(call, store_failure(found.error()));
  if (*found) return reply(call, **found);
  reply(call, problem_response(404, "no_such_certificate",
                               "this agency has issued no certificate of this number"));
}

}  // namespace jiexu
