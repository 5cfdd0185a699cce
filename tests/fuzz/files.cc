// Files that an operator writes. The first byte picks the reader; whatever it says of the text, it
// says it in a Result, and what it accepts reads back from its own printing.
#include <string>

#include "daemon/base/check.h"
#include "daemon/config.h"
#include "daemon/rules/calendar.h"
#include "daemon/trust/directory.h"
#include "daemon/trust/key_text.h"
#include "daemon/users/users.h"

using namespace jiexu;

namespace {

void read_config(std::string_view text) {
  const auto config = parse_config(text, "/etc/jiexu/jiexu.toml");
  if (!config) CHECK(!config.error().text.empty());
}

void read_directory(std::string_view text) {
  const auto directory = Directory::parse(text, "directory.toml");
  if (!directory) {
    CHECK(!directory.error().text.empty());
    return;
  }
  std::string printed;
  for (const Agency& agency : (*directory)->agencies()) printed += to_toml(agency) + "\n";
  const auto again = Directory::parse(printed, "again.toml");
  CHECK(again.has_value());
  CHECK((*again)->agencies().size() == (*directory)->agencies().size());
  for (const Agency& agency : (*directory)->agencies()) {
    const Agency* same = (*again)->find(agency.id);
    CHECK(same != nullptr && to_toml(*same) == to_toml(agency));
  }
}

void read_users(std::string_view text) {
  const auto users = Users::parse(text, "users.toml");
  if (!users) {
    CHECK(!users.error().text.empty());
    return;
  }
  for (const User& user : (*users)->all()) CHECK(!user.name.empty() && !user.roles.empty());
}

void read_calendar(std::string_view text) {
  const auto year = parse_calendar(text);
  if (!year) return;
  CHECK(year->year >= 2000 && year->year <= 2099 && year->version > 0);
  for (const DeclaredDays& days : year->days) CHECK(days.from <= days.to);
}

void read_keys(std::string_view text) {
  if (const auto bytes = from_z85(text)) CHECK(to_z85(*bytes) == text);
  if (const auto key = parse_suite_key(text)) {
    const auto again = parse_suite_key(suite_key_text(key->suite, key->bytes));
    CHECK(again.has_value() && again->bytes == key->bytes);
    (void)make_verifier({key->suite, key->bytes});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0: read_config(rest); break;
    case 1: read_directory(rest); break;
    case 2: read_users(rest); break;
    case 3: read_calendar(rest); break;
    default: read_keys(rest); break;
  }
  return 0;
}
