#include "daemon/api/http/http_head.h"

#include <algorithm>
#include <array>

#include "daemon/api/http/http_fields.h"

namespace jiexu {
namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

bool starts_with_text(std::string_view text, std::string_view beginning) {
  return same_text(text.substr(0, beginning.size()), beginning);
}

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "name" of "name:port" and "[::1]" of "[::1]:port"; empty if it is neither.
std::string_view name_of(std::string_view authority) {
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const size_t colon = authority.find(':', bracket);
  if (colon == std::string_view::npos) return authority;
  return is_port(authority.substr(colon + 1)) ? authority.substr(0, colon) : std::string_view();
}

bool is_loopback_name(std::string_view name) {
  if (same_text(name, "localhost") || name == "[::1]") return true;
  if (!name.starts_with("127.")) return false;
  const auto address = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
  return name.size() <= 15 && std::ranges::all_of(name, address);
}

// Without the scheme of http or https; nullopt: it has another one, or none.
std::optional<std::string_view> without_scheme(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (starts_with_text(url, scheme)) return url.substr(scheme.size());
  }
  return std::nullopt;
}

HeadRefusal malformed(std::string_view what) {
  return {400, "malformed_request", std::string(what)};
}

std::optional<HeadRefusal> refuse_length(const HeadFacts& head) {
  if (head.transfer_encodings.empty()) return std::nullopt;
  if (head.has_length) return malformed("Content-Length and Transfer-Encoding are two lengths");
  if (head.version < 11) return malformed("HTTP/1.0 knows no Transfer-Encoding");
  if (head.transfer_encodings.size() == 1 && same_text(head.transfer_encodings[0], "chunked")) {
    return std::nullopt;
  }
  return HeadRefusal{501, "unknown_transfer_encoding", "Transfer-Encoding may be chunked alone"};
}

std::optional<HeadRefusal> refuse_host(const HeadFacts& head, std::string_view authority,
                                       const HostNames& names) {
  const bool needed = head.version >= 11;
  if (head.hosts.size() > 1 || (needed && head.hosts.empty())) {
    return HeadRefusal{400, "bad_host", "send one Host"};
  }
  if (head.hosts.empty() && authority.empty()) return std::nullopt;
  if (names.knows(authority)) return std::nullopt;
  return HeadRefusal{421, "unknown_host",
                     "this daemon is not asked for under that name; `api.hosts` in the "
                     "configuration lists names besides those of loopback"};
}

std::optional<HeadRefusal> refuse_origin(const HeadFacts& head, std::string_view authority,
                                         const HostNames& names) {
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (reads || head.origins.empty()) return std::nullopt;
  if (head.origins.size() == 1 && names.same_site(head.origins[0], authority)) return std::nullopt;
  return HeadRefusal{403, "foreign_origin", "a page of another site may not write here"};
}

}  // namespace

HeadEnd find_head_end(std::string_view bytes) {
  using State = HeadEnd::State;
  size_t line = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    const bool last = at + 1 == bytes.size();
    if (c == '\0') return {State::kBroken, 0, "a 0 byte stands in the head"};
    if (c == '\r' && !last && bytes[at + 1] != '\n') {
      return {State::kBroken, 0, "a carriage return stands alone"};
    }
    if (c != '\n') continue;
    if (at == line || bytes[at - 1] != '\r') {
      return {State::kBroken, 0, "a line ends without a carriage return"};
    }
    if (at == line + 1) return {State::kWhole, at + 1};
    line = at + 1;
    const bool folded = !last && (bytes[line] == ' ' || bytes[line] == '\t');
    if (folded) return {State::kBroken, 0, "a field goes on in the next line"};
  }
  return {};
}

bool names_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  constexpr std::string_view kShape = " HTTP/1.1";
  if (line.size() < kShape.size()) return false;
  const std::string_view end = line.substr(line.size() - kShape.size());
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return end.starts_with(" HTTP/") && digit(end[6]) && end[7] == '.' && digit(end[8]);
}

size_t empty_lines(std::string_view bytes) {
  size_t size = 0;
  while (bytes.substr(size).starts_with("\r\n")) size += 2;
  return size;
}

bool HostNames::configured(std::string_view name) const {
  return std::ranges::any_of(configured_,
                             [&](const auto& known) { return same_text(known, name); });
}

bool HostNames::knows(std::string_view authority) const {
  const std::string_view name = name_of(authority);
  return !name.empty() && (is_loopback_name(name) || configured(name));
}

bool HostNames::same_site(std::string_view origin, std::string_view authority) const {
  const auto from = without_scheme(origin);
  return from && (same_text(*from, authority) || configured(name_of(*from)));
}

std::optional<std::string_view> path_of_target(std::string_view target,
                                               std::optional<std::string_view>& authority) {
  if (target.starts_with('/')) return target;
  const auto rest = without_scheme(target);
  if (!rest) return std::nullopt;
  const size_t end = std::min(rest->find_first_of("/?"), rest->size());
  authority = rest->substr(0, end);
  const std::string_view path = rest->substr(end);
  if (path.starts_with('?')) return std::nullopt;
  return path.empty() ? "/" : path;
}

std::optional<HeadRefusal> refuse_head(const HeadFacts& head, const HostNames& names) {
  if (auto refused = refuse_length(head)) return refused;
  if (std::ranges::find(kMethods, head.method) == kMethods.end()) {
    return HeadRefusal{501, "unknown_method", "methods are GET, HEAD, POST, PUT and DELETE"};
  }
  std::optional<std::string_view> absolute;
  if (!path_of_target(head.target, absolute)) {
    return malformed("the target is no path and no URL of http");
  }
  const std::string_view host = head.hosts.empty() ? std::string_view() : head.hosts[0];
  const std::string_view authority = absolute.value_or(host);
  if (auto refused = refuse_host(head, authority, names)) return refused;
  if (auto refused = refuse_origin(head, authority, names)) return refused;
  if (!head.expect.empty() && !same_text(head.expect, "100-continue")) {
    return HeadRefusal{417, "unknown_expectation", "Expect may be 100-continue"};
  }
  return std::nullopt;
}

}  // namespace jiexu
