// The head of a request, held against RFC 9112 more strictly than Beast does: what two programs on
// the way could read in two ways is refused (request smuggling), and so is what a page of another
// site made a browser send. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jiexu {

// How far the head in `bytes` has come. Line ends are CRLF and nothing else (2.2), and no line goes
// on in the next one (5.2).
struct HeadEnd {
  enum class State : uint8_t { kMore, kWhole, kBroken } state = State::kMore;
  size_t size = 0;            // of a whole one, with the empty line behind it
  std::string_view why = {};  // of a broken one
};
HeadEnd find_head_end(std::string_view bytes);

// Whether its first line ends as one of HTTP does, whatever the version.
bool names_version(std::string_view head);

// Empty lines that stand before a request and mean nothing (2.2).
size_t empty_lines(std::string_view bytes);

// What a head says of its request. Repeated fields are given each.
struct HeadFacts {
  std::string_view method;
  std::string_view target;  // as sent
  unsigned version = 11;    // 10 or 11
  std::vector<std::string_view> hosts;
  std::vector<std::string_view> transfer_encodings;
  bool has_length = false;  // a Content-Length
  std::string_view expect;
  std::vector<std::string_view> origins;
};

struct HeadRefusal {
  int status = 400;
  std::string_view code;
  std::string detail;
};

// Names under which the server may be asked for.
class HostNames {
 public:
  // Loopback's names always are; `configured` besides, without ports.
  explicit HostNames(std::vector<std::string> configured) : configured_(std::move(configured)) {}

  // Whatever port it has: a tunnel has its own.
  bool knows(std::string_view authority) const;
  // Whether a page from `origin` may write through `authority`: it comes from there, or from a
  // configured name, as behind a proxy that asks under another one.
  bool same_site(std::string_view origin, std::string_view authority) const;

 private:
  bool configured(std::string_view name) const;
  std::vector<std::string> configured_;
};

// Path and query; `authority` is set if the target is an absolute URL (3.2.2). nullopt: neither.
std::optional<std::string_view> path_of_target(std::string_view target,
                                               std::optional<std::string_view>& authority);

// nullopt: nothing is wrong. A refused request ends its connection, as where its body ends may not
// be known.
std::optional<HeadRefusal> refuse_head(const HeadFacts& head, const HostNames& names);

}  // namespace jiexu
