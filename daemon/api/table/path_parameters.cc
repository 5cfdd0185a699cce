#include "daemon/api/table/path_parameters.h"

#include "daemon/cases/event.h"

namespace jiexu {
namespace {

std::vector<std::string> actions() {
  std::vector<std::string> out;
  for (int number = 1; number < 256; ++number) {
    const auto kind = static_cast<EventKind>(number);
    // A new case is made by POST /v1/cases.
    if (kind == EventKind::kApply || action_from_name(name(kind)) != kind) continue;
    out.emplace_back(name(kind));
  }
  return out;
}

std::vector<std::string> other_acts() {
  return {"set-aside", "another", "undo"};
}

constexpr std::string_view kDigest = "^[0-9a-f]{64}$";
constexpr std::string_view kNumber = "^[1-9][0-9]*$";

// clang-format off
constexpr PathParameter kPathParameters[] = {
    {"id", "A case: its id, enough of it to be the only one, or its letter number", "^[0-9a-f-]+$"},
    {"kind", "application, letter, form for the newest form, form-2 for its second version",
     "^(application|letter|form(-[1-9][0-9]*)?)$"},
    {"file", "The SHA-256 of the file, in hex; its number in the case will do to read it",
     "^[0-9a-f]+$"},
    {"n", "The number of it in the case, from 1", kNumber},
    {"action", "What is to be done: one of the case's `actions`", "", actions},
    {"month", "A month of China Standard Time", "^[0-9]{4}-[0-9]{2}$"},
    {"agency", "The code of an agency", "^S[0-9]{11}$"},
    {"number", "The number of a certificate, percent-encoded", "^[^/]+$"},
    {"place", "`place` of the list's entry, as it is", "^[0-9a-f]+$"},
    {"batch", "The number of a batch", "^[0-9]{21}$"},
    {"payment", "The EndToEndId of a payment: letter number and attempt",
     "^[0-9]{20}-[1-9][0-9]*$"},
    {"digest", "The SHA-256 of the file's bytes, in hex", kDigest},
    {"line", "`line_id` of a bank line", kDigest},
    {"act", "What is proposed", "", other_acts},
    {"asset", "The name of the file", "^[A-Za-z0-9._-]+$"},
    {"page", "The name of the page", "^[a-z]+$"},
    {"item", "What it is about, such as an agency's code", "^[^/]+$"},
};
// clang-format on

}  // namespace

std::span<const PathParameter> path_parameters() {
  return kPathParameters;
}

}  // namespace jiexu
