#include "daemon/api/router.h"

#include "daemon/base/bytes.h"

namespace jiexu {
namespace {

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
  return out;
}

// Takes the part up to `separator` off `rest`, and the separator too.
std::string_view cut(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
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
  path.remove_prefix(1);
  while (!path.empty()) {
    auto segment = decode(cut(path, '/'));
    if (!segment || segment->empty()) return std::nullopt;
    out.segments.push_back(std::move(*segment));
  }
  while (!target.empty()) {
    std::string_view pair = cut(target, '&');
    auto key = decode(cut(pair, '='));
    auto value = decode(pair);
    if (!key || !value) return std::nullopt;
    out.query[std::move(*key)] = std::move(*value);
  }
  return out;
}

Match match(std::span<const Route> table, std::string_view method, const Target& target) {
  Match out;
  std::vector<std::string> args;
  for (const Route& route : table) {
    if (!fits(route.pattern, target.segments, args)) continue;
    out.allowed += (out.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (route.method != method) continue;
    out.route = &route;
    out.args = args;
    return out;
  }
  return out;
}

}  // namespace jiexu
