#include "daemon/api/router.h"

#include <initializer_list>
#include <set>

#include "daemon/api/http/http_fields.h"
#include "daemon/base/bytes.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

// nullopt also for what is not UTF-8: it goes into answers and records as text.
std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const auto byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    out += *byte;
    i += 2;
  }
  return is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

bool fits(std::string_view pattern, const std::vector<std::string>& segments,
          std::vector<std::string>& args) {
  args.clear();
  pattern.remove_prefix(1);
  for (const std::string& segment : segments) {
    if (pattern.empty()) return false;
    const std::string_view wanted = cut(pattern, '/');
    if (wanted.front() == '{') {
      args.push_back(segment);
    } else if (wanted != segment) {
      return false;
    }
  }
  return pattern.empty();
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  if (!target.starts_with('/')) return std::nullopt;
  Target out;
  std::string_view path = cut(target, '?');
  if (path.size() > 1 && path.ends_with('/') && !path.ends_with("//")) path.remove_suffix(1);
  while (path.size() > 1) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    auto segment = decode(path.substr(0, end));
    path.remove_prefix(end);
    if (!segment || segment->empty()) return std::nullopt;
    out.segments.push_back(std::move(*segment));
  }
  if (!path.empty() && !out.segments.empty()) return std::nullopt;  // a slash and nothing behind it
  while (!target.empty()) {
    std::string_view pair = cut(target, '&');
    auto key = decode(cut(pair, '='));
    auto value = decode(pair);
    if (!key || !value) return std::nullopt;
    if (!out.query.try_emplace(*key, std::move(*value)).second) out.twice = std::move(key);
  }
  return out;
}

bool has_body(const Route& route) {
  return route.shape.input != nullptr || route.shape.takes != "application/json";
}

std::vector<int> statuses_of(const Route& route) {
  std::set<int> all = {400, 500};
  const auto add = [&](std::initializer_list<int> some) { all.insert(some); };
  if (route.right != Right::kNone) add({401, 403, 429});
  if (route.method == "GET") add({406});
  if (route.method == "GET" && route.shape.gives == "application/json") add({304});
  if (route.method != "GET") add({409, 413, 415, 429, 503, 507});
  for (const int status : route.shape.statuses) all.insert(status);
  all.erase(0);  // a place of the row that is empty
  return {all.begin(), all.end()};
}

bool takes(const Route& route, const HttpRequest& request) {
  if (route.shape.takes == "*/*" || request.content_type.empty() || request.body.empty())
    return true;
  std::string_view sent = request.content_type;
  const std::string_view type = trimmed(cut(sent, ';'));
  std::string_view known = route.shape.takes;
  while (!known.empty()) {
    if (same_text(trimmed(cut(known, ',')), type)) return true;
  }
  return false;
}

Match match(std::span<const Route> table, std::string_view method, const Target& target) {
  Match out;
  std::vector<std::string> args;
  for (const Route& route : table) {
    if (!fits(route.pattern, target.segments, args)) continue;
    out.allowed += (out.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method == "GET") out.allowed += ", HEAD";
    if (route.method != method) continue;
    out.route = &route;
    out.args = args;
    return out;
  }
  return out;
}

}  // namespace jiexu
