#include "daemon/api/conventions.h"

#include <algorithm>
#include <charconv>

#include "daemon/api/http/http_fields.h"
#include "daemon/api/problem.h"
#include "daemon/base/bytes.h"
#include "daemon/trust/suite.h"

namespace jiexu {
namespace {

constexpr size_t kTagBytes = 12;
// What is larger is a list, and nobody has the same list again.
constexpr size_t kTaggedBytesMax = 64 << 10;

std::string digest_of(std::string_view body) {
  return to_hex(view(sha256(body)).substr(0, kTagBytes));
}

const std::string* header_of(const HttpResponse& response, std::string_view name) {
  for (const auto& [field, value] : response.headers) {
    if (field == name) return &value;
  }
  return nullptr;
}

std::string_view strong(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

// By weak comparison (8.8.3.2).
bool names_tag(std::string_view list, std::string_view tag) {
  if (list == "*") return true;
  while (!list.empty()) {
    if (strong(trimmed(cut(list, ','))) == strong(tag)) return true;
  }
  return false;
}

bool is_tagged(const HttpResponse& response) {
  return response.status == 200 && !response.pieces && response.body.size() <= kTaggedBytesMax &&
         response.content_type.starts_with("application/json");
}

HttpResponse not_modified(HttpResponse response) {
  HttpResponse out{304, "", "", {}};
  if (const std::string* tag = header_of(response, "ETag")) out.headers.emplace_back("ETag", *tag);
  return out;
}

HttpResponse not_acceptable(std::string_view content_type) {
  return problem_response(406, "not_acceptable",
                          "what there is comes as " + std::string(content_type));
}

}  // namespace

Terms terms_of(const HttpRequest& request) {
  return {request.method == "GET" || request.method == "HEAD", request.accept,
          request.if_none_match};
}

HttpResponse on_terms(HttpResponse response, const Terms& terms) {
  if (!terms.reads || response.status != 200) return response;
  if (!is_acceptable(terms.accept, response.content_type)) {
    return not_acceptable(response.content_type);
  }
  const bool has_tag = header_of(response, "ETag") != nullptr;
  if (!has_tag && !is_tagged(response)) return response;
  if (!has_tag) {
    response.headers.emplace_back("ETag", "\"" + digest_of(response.body) + "\"");
  }
  const bool known = names_tag(terms.if_none_match, *header_of(response, "ETag"));
  return known ? not_modified(std::move(response)) : response;
}

std::string tag_of_case(uint64_t revision, std::string_view body) {
  return "\"r" + std::to_string(revision) + "-" + digest_of(body) + "\"";
}

std::optional<uint64_t> revision_of(std::string_view if_match) {
  if (if_match.empty() || if_match == "*") return 0;
  std::string_view tag = strong(trimmed(if_match));
  if (!tag.starts_with("\"r")) return std::nullopt;
  tag.remove_prefix(2);
  uint64_t revision = 0;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), revision);
  const std::string_view rest(end, static_cast<size_t>(tag.data() + tag.size() - end));
  const bool sound = error == std::errc() && revision != 0 && rest.starts_with('-');
  return sound ? std::optional(revision) : std::nullopt;
}

bool is_acceptable(std::string_view accept, std::string_view content_type) {
  if (trimmed(accept).empty()) return true;
  const std::string_view type = trimmed(cut(content_type, ';'));
  const std::string_view family = type.substr(0, type.find('/'));
  while (!accept.empty()) {
    std::string_view one = trimmed(cut(accept, ','));
    const std::string_view range = trimmed(cut(one, ';'));
    if (is_forbidden(one)) continue;
    const bool whole_family =
        range.ends_with("/*") && same_text(range.substr(0, range.size() - 2), family);
    if (range == "*/*" || whole_family || same_text(range, type)) return true;
  }
  return false;
}

}  // namespace jiexu
