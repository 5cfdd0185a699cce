// What a local client sends. The first byte says what the rest is: a request target, a head, a JSON
// body as text, or changes to a message whose JSON must read back as the same message.
#include <google/protobuf/stubs/logging.h>

#include "daemon/api/http/http_head.h"
#include "daemon/api/json.h"
#include "daemon/api/json_text.h"
#include "daemon/api/router.h"
#include "daemon/base/check.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "jiexu/v1/api.pb.h"
#include "tests/fuzz/mutate.h"

using namespace jiexu;

namespace {

constexpr Route kRoutes[] = {
    {"GET", "/v1/cases", Right::kSeeCases, nullptr},
    {"POST", "/v1/cases", Right::kWork, nullptr},
    {"GET", "/v1/cases/{id}", Right::kSeeCases, nullptr},
    {"POST", "/v1/cases/{id}/actions/{action}", Right::kWork, nullptr},
    {"GET", "/livez", Right::kNone, nullptr},
};

void take_target(const std::string& text) {
  const auto target = parse_target(text);
  if (!target) return;
  for (const std::string& segment : target->segments) CHECK(!segment.empty());
  const Match found = match(kRoutes, "GET", *target);
  if (found.route == nullptr) return;
  CHECK(!found.allowed.empty() && found.route->method == "GET");
  for (const std::string& arg : found.args) CHECK(!arg.empty());
}

// A whole head holds no line end but CRLF, and is whole whatever follows it.
void take_head(const std::string& text) {
  const HeadEnd end = find_head_end(text);
  std::optional<std::string_view> authority;
  const auto path = path_of_target(text, authority);
  CHECK(!path || path->starts_with('/'));
  if (authority) static_cast<void>(HostNames({}).knows(*authority));
  if (end.state != HeadEnd::State::kWhole) return;
  const std::string head = text.substr(0, end.size);
  CHECK(head.ends_with("\r\n"));
  for (size_t at = head.find('\n'); at != head.npos; at = head.find('\n', at + 1)) {
    CHECK(at > 0 && head[at - 1] == '\r');
  }
  CHECK(find_head_end(head).size == end.size);
}

// What was read prints, and reads back as the same.
template <class Body>
void check_same(const Body& body) {
  const std::string text = to_json(body);
  CHECK(is_utf8(text));
  Body again;
  const auto read = from_json(text, &again);
  CHECK(read.has_value());
  CHECK(to_json(again) == text);
}

// Two readers agree on what is JSON: the library, and the one that says where a fault is.
template <class Body>
void take_body(const std::string& text) {
  Body body;
  const auto read = from_json(text, &body);
  const auto fault = find_json_fault(text, limits::kProtoDepthMax);
  const bool malformed = !read && read.error().code == Errc::kCorrupt;
  CHECK(text.empty() || malformed == (fault && !fault->number_large));
  if (read) check_same(body);
}

template <class Body>
void make_body(FuzzedDataProvider& in) {
  Body body;
  mutate(&body, in, 24);
  // As a body gets here: strings that are UTF-8.
  if (body.ParseFromString(body.SerializeAsString())) check_same(body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  [[maybe_unused]] static auto* const kQuiet = new google::protobuf::LogSilencer;
  if (size == 0) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  FuzzedDataProvider in(data + 1, size - 1);
  switch (data[0] % 7) {
    case 0: take_target(rest); break;
    case 6: take_head(rest); break;
    case 1: take_body<v1::ActionInput>(rest); break;
    case 2: take_body<v1::BankLineInput>(rest); break;
    case 3: make_body<v1::ActionInput>(in); break;
    case 4: make_body<v1::CaseView>(in); break;
    default: make_body<v1::QuarantineView>(in); break;
  }
  return 0;
}
