#include "daemon/config.h"

#include <arpa/inet.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <vector>

#include "daemon/base/edits.h"

namespace jiexu {
namespace {

namespace fs = std::filesystem;

// Reads a value into the config; the text says what is wrong with it, empty if nothing is.
using Read = std::string (*)(const toml::node& value, Config& out);

struct Key {
  std::string_view section;  // empty: the top of the file
  std::string_view name;
  Read read;
  std::string_view example;  // the default, as TOML
  std::string_view about;    // lines of the example's comment
};

constexpr size_t kUnixPathMax = 107;  // sun_path of sockaddr_un, less the final zero
constexpr uintmax_t kConfigBytesMax = 1 << 20;
constexpr int64_t kSilentDaysMax = 60;
constexpr int64_t kTotalYuanMax = 100'000'000'000;

std::string read_string(const toml::node& value, std::string& out) {
  const std::optional<std::string> text = value.value_exact<std::string>();
  if (!text) return "must be a string in quotes";
  out = *text;
  return {};
}

std::string read_path(const toml::node& value, fs::path& out) {
  std::string text;
  std::string wrong = read_string(value, text);
  if (wrong.empty() && text.empty()) wrong = "must not be empty";
  if (wrong.empty()) out = text;
  return wrong;
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::string read_agency(const toml::node& value, Config& out) {
  std::string text;
  if (std::string wrong = read_string(value, text); !wrong.empty()) return wrong;
  const std::optional<AgencyId> id = AgencyId::parse(text);
  if (!id) return "must be an agency code: 'S' and 11 digits, such as S41132810207";
  out.agency = *id;
  return {};
}

std::string read_listen(const toml::node& value, Config& out) {
  if (std::string wrong = read_string(value, out.listen); !wrong.empty()) return wrong;
  const std::string_view text = out.listen;
  const size_t colon = text.rfind(':');
  if (!text.starts_with("tcp://") || colon <= 6 || !parse_port(text.substr(colon + 1))) {
    return "must be tcp://ADDRESS:PORT, such as tcp://0.0.0.0:7401";
  }
  return {};
}

bool is_loopback(const std::string& host) {
  in_addr address{};
  if (::inet_pton(AF_INET, host.c_str(), &address) == 1) return ntohl(address.s_addr) >> 24 == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

// Without the brackets that an IPv6 address stands in before a port.
std::string without_brackets(const std::string& host) {
  const bool brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  return brackets ? host.substr(1, host.size() - 2) : host;
}

std::string read_api_listen(const toml::node& value, Config& out) {
  std::string text;
  if (std::string wrong = read_string(value, text); !wrong.empty()) return wrong;
  const size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : parse_port(text.substr(colon + 1));
  if (!port) return "must be ADDRESS:PORT, such as 127.0.0.1:7501";
  const std::string host = without_brackets(text.substr(0, colon));
  if (!is_loopback(host)) {
    return "must be a loopback address such as 127.0.0.1: the API speaks no TLS; put a proxy that "
           "does in front of it";
  }
  out.api.host = host;
  out.api.port = *port;
  return {};
}

std::string read_unix_socket(const toml::node& value, Config& out) {
  std::string text;
  std::string wrong = read_string(value, text);
  out.api.unix_socket = text;
  return wrong;
}

std::string read_one_of(const toml::node& value, std::initializer_list<std::string_view> allowed,
                        std::string& out) {
  std::string wrong = read_string(value, out);
  if (!wrong.empty() || std::ranges::find(allowed, out) != allowed.end()) return wrong;
  wrong = "must be one of";
  for (std::string_view word : allowed) wrong += " \"" + std::string(word) + "\"";
  return wrong;
}

std::string read_language(const toml::node& value, Config& out) {
  std::string text;
  std::string wrong = read_one_of(value, {"zh", "en"}, text);
  out.language = text == "zh" ? Language::kChinese : Language::kEnglish;
  return wrong;
}

std::string read_level(const toml::node& value, Config& out) {
  return read_one_of(value, {"trace", "debug", "info", "warn", "error"}, out.log.level);
}

std::string read_format(const toml::node& value, Config& out) {
  std::string text;
  std::string wrong = read_one_of(value, {"text", "json"}, text);
  out.log.format = text == "json" ? LogFormat::kJson : LogFormat::kText;
  return wrong;
}

std::string read_profiles(const toml::node& value, Config& out) {
  const toml::array* rows = value.as_array();
  if (rows == nullptr) return "must be a list of rows, such as [\"S3505 S3505 2021-12-01 FJ-QZ\"]";
  for (const toml::node& row : *rows) {
    std::string text;
    if (std::string wrong = read_string(row, text); !wrong.empty()) return wrong;
    auto choice = parse_profile_choice(text);
    if (!choice) return "has a wrong row: " + choice.error().text;
    out.policy.profiles.push_back(std::move(*choice));
  }
  return {};
}

std::string read_mib(const toml::node& value, int64_t min, uint64_t& out) {
  const std::optional<int64_t> number = value.value_exact<int64_t>();
  if (!number || *number < min || *number > (1 << 30)) {
    return "must be a whole number of MiB, at least " + std::to_string(min);
  }
  out = static_cast<uint64_t>(*number);
  return {};
}

std::string read_payments_max(const toml::node& value, Config& out) {
  const std::optional<int64_t> number = value.value_exact<int64_t>();
  if (!number || *number < 1 || *number > static_cast<int64_t>(limits::kBatchLinesMax)) {
    return "must be a whole number from 1 to " + std::to_string(limits::kBatchLinesMax);
  }
  out.remit.payments_max = static_cast<size_t>(*number);
  return {};
}

std::string read_silent_days(const toml::node& value, Config& out) {
  const std::optional<int64_t> days = value.value_exact<int64_t>();
  if (!days || *days < 1 || *days > kSilentDaysMax) {
    return "must be a whole number of working days from 1 to " + std::to_string(kSilentDaysMax);
  }
  out.bank_silent_days = static_cast<int32_t>(*days);
  return {};
}

std::string read_total_max(const toml::node& value, Config& out) {
  const std::optional<int64_t> yuan = value.value_exact<int64_t>();
  if (!yuan || *yuan < 1 || *yuan > kTotalYuanMax) {
    return "must be a whole number of yuan, at most " + std::to_string(kTotalYuanMax);
  }
  out.remit.total_max = Fen{*yuan * 100};
  return {};
}

// "HH:MM"
std::string read_collect_at(const toml::node& value, Config& out) {
  std::string text;
  if (std::string wrong = read_string(value, text); !wrong.empty()) return wrong;
  if (text.empty()) return {};
  const auto digit = [&](size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  const bool shaped =
      text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4);
  const int hour = shaped ? (text[0] - '0') * 10 + text[1] - '0' : 24;
  const int minute = shaped ? (text[3] - '0') * 10 + text[4] - '0' : 60;
  if (hour > 23 || minute > 59) return "must be a time of day such as \"15:30\", or empty";
  out.remit.collect_minute = hour * 60 + minute;
  return {};
}

std::string read_columns(const toml::node& value, Config& out) {
  const toml::array* list = value.as_array();
  if (list == nullptr || list->empty()) return "must be a list of columns' names";
  out.remit.layout.columns.clear();
  for (const toml::node& item : *list) {
    const auto text = item.value_exact<std::string>();
    const auto column = text ? payment_column(*text) : std::nullopt;
    if (!column) return "holds a column that does not exist; the text above it names them";
    out.remit.layout.columns.push_back(*column);
  }
  return {};
}

std::string read_separator(const toml::node& value, Config& out) {
  std::string wrong = read_string(value, out.remit.layout.separator);
  if (wrong.empty() && out.remit.layout.separator.size() != 1) wrong = "must be one character";
  return wrong;
}

std::string read_encoding(const toml::node& value, Config& out) {
  std::string text;
  std::string wrong = read_one_of(value, {"gbk", "utf-8"}, text);
  out.remit.layout.gbk = text == "gbk";
  return wrong;
}

std::string read_flag(const toml::node& value, bool& out) {
  const auto flag = value.value_exact<bool>();
  if (!flag) return "must be true or false";
  out = *flag;
  return {};
}

std::string read_names(const toml::node& value, std::vector<std::string>& out) {
  const toml::array* names = value.as_array();
  if (names == nullptr) return "must be a list of names, such as [\"core\"]";
  for (const toml::node& name : *names) {
    if (std::string wrong = read_string(name, out.emplace_back()); !wrong.empty()) return wrong;
  }
  return {};
}

constexpr Key kKeys[] = {
    {"", "agency", read_agency, "\"S41132810207\"",
     "Code of the agency that this daemon serves. It must have an entry in the directory.\n"
     "This is the one key that must be given."},
    {"", "data_dir", [](const toml::node& v, Config& c) { return read_path(v, c.data_dir); },
     "\"data\"",
     "Folder of the store. It holds every case and every message: keep it on a disk that keeps\n"
     "its promises about fsync. Relative paths are relative to this file's folder."},
    {"", "keys_dir", [](const toml::node& v, Config& c) { return read_path(v, c.keys_dir); },
     "\"keys\"",
     "Folder of the agency's secret keys, mode 0700. Back it up apart from the store: a backup of\n"
     "the store cannot be read without it."},
    {"", "directory", [](const toml::node& v, Config& c) { return read_path(v, c.directory); },
     "\"directory.toml\"",
     "The agencies that we exchange with, our own included: addresses, keys, bank accounts.\n"
     "SIGHUP reads it again."},
    {"", "users", [](const toml::node& v, Config& c) { return read_path(v, c.users); },
     "\"users.toml\"",
     "Who may use the API, mode 0600; `jiexu user add` writes it. SIGHUP reads it again."},
    {"", "calendars", [](const toml::node& v, Config& c) { return read_path(v, c.calendars); },
     "\"calendars\"",
     "Folder of working-day calendars that are newer than this build; `jiexu calendar load` puts\n"
     "them there. May be missing. SIGHUP reads it again, and open deadlines move with it."},
    {"", "language", read_language, "\"en\"",
     "What people read, unless they ask for another language: zh (Chinese) or en. `jiexu init`\n"
     "writes zh; a file without this key is one from before, whose agency reads English."},
    {"", "listen", read_listen, "\"tcp://127.0.0.1:7401\"",
     "Where other agencies connect to. The default is for trying things out on one machine; in\n"
     "production, the address that the directory entry of the agency leads to."},
    {"api", "listen", read_api_listen, "\"127.0.0.1:7501\"",
     "Address and port of the HTTP API. Loopback only, because it speaks no TLS."},
    {"api", "unix_socket", read_unix_socket, "\"\"",
     "A unix socket for the API as well, made with mode 0660; empty for none."},
    {"api", "hosts", [](const toml::node& v, Config& c) { return read_names(v, c.api.hosts); },
     "[]",
     "Names under which the API is asked for besides those of loopback, such as that of a proxy "
     "in\n"
     "front of it: the Host of a request must be one of them, and its pages may write."},
    {"log", "level", read_level, "\"info\"", "trace, debug, info, warn or error. Goes to stderr."},
    {"log", "format", read_format, "\"text\"",
     "text for people, json (one object a line) for collectors."},
    {"policy", "profiles", read_profiles, "[]",
     "Whose deadlines new cases run under, by agency pair and day: rows FROM TO SINCE PROFILE, "
     "such\n"
     "as \"S3505 S3505 2021-12-01 FJ-QZ\" with beginnings of agency codes, * for any. The longest\n"
     "that fits decides; without one, the national rule in force (MOHRSS-2016, NHSA-2021)."},
    {"policy", "four_eyes",
     [](const toml::node& v, Config& c) { return read_flag(v, c.policy.four_eyes); }, "true",
     "Letters, forms, changes of account, withdrawals, remittances and refunds are proposed by "
     "one\n"
     "user and done when another approves. false: whoever may do them does them alone."},
    {"policy", "trusted_submitters",
     [](const toml::node& v, Config& c) { return read_names(v, c.policy.trusted_submitters); },
     "[]",
     "Users (of core systems) whose letters in bulk go out at once, because a second person has\n"
     "approved them there. Letters of others are proposals, each approved here."},
    {"store", "min_free_mib",
     [](const toml::node& v, Config& c) { return read_mib(v, 64, c.store.min_free_mib); }, "1024",
     "New work is refused (507) when less than this is free on the disk of data_dir, so that work\n"
     "in hand can still be finished. At least 64."},
    {"store", "frames_min_free_mib",
     [](const toml::node& v, Config& c) { return read_mib(v, 32, c.store.frames_min_free_mib); },
     "512",
     "Below this, messages of other agencies are not taken either; they wait there. What is left\n"
     "is for receipts and for writing memory to tables. At least 32, below min_free_mib."},
    {"store", "ballast_mib",
     [](const toml::node& v, Config& c) { return read_mib(v, 0, c.store.ballast_mib); }, "128",
     "A file of this size in data_dir keeps disk space that is given up when other programs fill\n"
     "the disk, so that the daemon can still write what it must. 0 for none."},
    {"bank", "accounts",
     [](const toml::node& v, Config& c) { return read_names(v, c.bank_accounts); }, "[]",
     "Accounts of ours besides the one in the directory. Files of any other account are refused."},
    {"remit", "payments_max", read_payments_max, "200",
     "How many payments one batch holds at most, 1 to 500. A batch pays one account."},
    {"remit", "total_max_yuan", read_total_max, "100000000",
     "How much one batch comes to at most. A single payment above it goes alone."},
    {"remit", "collect_at", read_collect_at, "\"\"",
     "When payments are collected into batches every day, such as \"15:30\" (China Standard\n"
     "Time); empty: only by `jiexu remit make`. They wait for an approval in any case."},
    {"remit", "silent_days", read_silent_days, "3",
     "For how many working days the bank may say nothing of a batch that was exported. Then\n"
     "`jiexu overdue` lists it, and the gauge jiexu_batches_silent counts it."},
    {"remit", "columns", read_columns,
     "[\"seq\", \"end_to_end_id\", \"amount\", \"payee_account\", \"payee_holder\", "
     "\"payee_bank\", \"payee_cnaps\", \"remark\"]",
     "Columns of the delimited payment file, in order: seq, batch, end_to_end_id, amount,\n"
     "amount_fen, pay_on, payee_account, payee_holder, payee_bank, payee_cnaps, payer_account,\n"
     "payer_holder, currency, remark. pain.001 needs none of these keys."},
    {"remit", "separator", read_separator, "\"|\"", "One character between its columns."},
    {"remit", "header",
     [](const toml::node& v, Config& c) { return read_flag(v, c.remit.layout.header); }, "false",
     "Whether its first line names the columns."},
    {"remit", "encoding", read_encoding, "\"gbk\"", "gbk or utf-8."},
    {"remit", "crlf",
     [](const toml::node& v, Config& c) { return read_flag(v, c.remit.layout.crlf); }, "true",
     "Whether its lines end as on Windows."},
};

std::string quoted_key(std::string_view section, std::string_view name) {
  return "`" + (section.empty() ? "" : std::string(section) + ".") + std::string(name) + "`";
}

// The known key that an unknown one was most likely meant to be; empty if none is near. The right
// word under the wrong heading is nearest of all.
std::string suggestion(std::string_view section, std::string_view name) {
  const Key* best = nullptr;
  size_t best_edits = 3;
  for (const Key& key : kKeys) {
    const size_t distance = edits_between(name, key.name) + (section == key.section ? 0 : 1);
    if (distance < best_edits || (best != nullptr && distance < edits_between(name, best->name))) {
      best = &key;
      best_edits = distance;
    }
  }
  if (best == nullptr) return "see `jiexu config example` for the keys that exist";
  return "did you mean " + quoted_key(best->section, best->name) + "?";
}

// Reads one file and gathers what is wrong with it.
class Parser {
 public:
  explicit Parser(const fs::path& origin) : origin_(origin) {}

  Config read(const toml::table& table) {
    for (const auto& [name, value] : table) {
      if (is_section(name.str())) {
        read_section(name.str(), value);
      } else {
        read_key("", name, value);
      }
    }
    if (!seen_.contains("`agency`")) {
      add({1, 1}, "`agency` is missing; it is the code of the agency that this daemon serves");
    }
    check_whole();
    return config_;
  }

  void add(toml::source_position at, const std::string& text) {
    problems_.emplace_back(at.line, at.column, text);
  }

  // All problems in the order of the file; empty if there are none.
  std::string problems() {
    std::ranges::sort(problems_);
    std::string out;
    for (const auto& [line, column, text] : problems_) {
      out += (out.empty() ? "" : "\n") + origin_.string() + ":" + std::to_string(line) + ":" +
             std::to_string(column) + ": " + text;
    }
    return out;
  }

 private:
  static bool is_section(std::string_view name) {
    return !name.empty() &&
           std::ranges::any_of(kKeys, [&](const Key& key) { return key.section == name; });
  }

  void read_section(std::string_view section, const toml::node& value) {
    const toml::table* table = value.as_table();
    if (table == nullptr) {
      return add(value.source().begin,
                 quoted_key("", section) + " must be a table: [" + std::string(section) + "]");
    }
    for (const auto& [name, inner] : *table) read_key(section, name, inner);
  }

  void read_key(std::string_view section, const toml::key& name, const toml::node& value) {
    const std::string shown = quoted_key(section, name.str());
    const auto* key = std::ranges::find_if(
        kKeys, [&](const Key& k) { return k.section == section && k.name == name.str(); });
    if (key == std::end(kKeys)) {
      return add(name.source().begin,
                 "unknown key " + shown + "; " + suggestion(section, name.str()));
    }
    seen_.insert(shown);
    const std::string wrong = key->read(value, config_);
    if (!wrong.empty()) add(value.source().begin, shown + " " + wrong);
  }

  // Rules that hold between keys, and those that need the joined path.
  void check_whole() {
    if (config_.store.frames_min_free_mib >= config_.store.min_free_mib) {
      add({1, 1},
          "`store.frames_min_free_mib` must be below `store.min_free_mib`: new work stops "
          "before that of others");
    }
    const fs::path base = origin_.parent_path();
    for (fs::path* path : {&config_.data_dir, &config_.keys_dir, &config_.directory, &config_.users,
                           &config_.calendars}) {
      *path = (base / *path).lexically_normal();
    }
    if (config_.api.unix_socket.empty()) return;
    config_.api.unix_socket = (base / config_.api.unix_socket).lexically_normal();
    if (config_.api.unix_socket.native().size() > kUnixPathMax) {
      add({1, 1}, "`api.unix_socket` is longer than the system's 107 bytes; use a shorter path");
    }
  }

  const fs::path origin_;
  Config config_;
  std::set<std::string> seen_;
  std::vector<std::tuple<uint32_t, uint32_t, std::string>> problems_;
};

}  // namespace

Result<Config> parse_config(std::string_view text, const fs::path& origin) {
  Parser parser(origin);
  Config config;
  try {
    config = parser.read(toml::parse(text, origin.string()));
  } catch (const toml::parse_error& error) {
    parser.add(error.source().begin, std::string(error.description()));
  }
  std::string problems = parser.problems();
  if (!problems.empty()) return fail(Errc::kInvalid, std::move(problems));
  return config;
}

Result<Config> load_config(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return fail(Errc::kNotFound, file.string() +
                                     ": cannot be opened; `jiexu init DIR` makes a new agency, "
                                     "--config FILE names an existing one");
  }
  std::error_code ignored;
  if (fs::is_directory(file, ignored) || fs::file_size(file, ignored) > kConfigBytesMax) {
    return fail(Errc::kInvalid, file.string() + ": is not a configuration file");
  }
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return fail(Errc::kIo, file.string() + ": cannot be read");
  return parse_config(text.str(), file);
}

std::string example_config() {
  std::string out =
      "# Configuration of jiexud. Every key but `agency` may be left out; shown: the defaults.\n";
  std::string_view section;
  for (const Key& key : kKeys) {
    if (key.section != section) out += "\n[" + std::string(key.section) + "]";
    section = key.section;
    std::istringstream lines{std::string(key.about)};
    for (std::string line; std::getline(lines, line);) out += "\n# " + line;
    out += "\n" + std::string(key.name) + " = " + std::string(key.example) + "\n";
  }
  return out;
}

}  // namespace jiexu
