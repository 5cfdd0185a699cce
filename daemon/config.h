// The configuration of one daemon: one TOML file, read once at start.
//
// Reading is strict, because a key that is silently ignored is a setting that somebody believes in:
// unknown keys, wrong types and bad values are all reported at once, each with line and column. The
// paragraph of each key stands in the table of config.cc, from which the example file is printed,
// so that the manual, the example and the reader cannot differ.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/bankfiles/batch_rules.h"
#include "daemon/base/ids.h"
#include "daemon/base/limits.h"
#include "daemon/base/result.h"
#include "daemon/payments/rules/payment_state.h"
#include "daemon/rules/policy_choice.h"
#include "daemon/words/words.h"

namespace jiexu {

enum class LogFormat : uint8_t { kText, kJson };

struct Config {
  // Our own agency's code. Must be in the directory. Has no default.
  AgencyId agency;

  // Files and folders. A relative path in the file is relative to the file's folder; load() and
  // parse() return them joined with it.
  std::filesystem::path data_dir = "data";
  std::filesystem::path keys_dir = "keys";
  std::filesystem::path directory = "directory.toml";
  std::filesystem::path users = "users.toml";
  std::filesystem::path calendars = "calendars";

  // What people of the agency read, unless they ask for another language.
  Language language = Language::kEnglish;

  // Where other agencies connect to.
  std::string listen = "tcp://127.0.0.1:7401";

  struct Api {
    std::string host = "127.0.0.1";  // loopback only: the API has no TLS of its own
    uint16_t port = 7501;
    std::filesystem::path unix_socket;  // empty: none
    std::vector<std::string> hosts;     // names that it is asked for under, besides loopback's
    bool operator==(const Api&) const = default;
  } api;

  struct Log {
    std::string level = "info";  // trace, debug, info, warn, error
    LogFormat format = LogFormat::kText;
    bool operator==(const Log&) const = default;
  } log;

  struct Policy {
    std::vector<ProfileChoice> profiles;  // empty: the national rules
    bool four_eyes = true;
    std::vector<std::string> trusted_submitters;  // names of users
    bool operator==(const Policy&) const = default;
  } policy;

  struct Store {
    uint64_t min_free_mib = limits::kWorkFreeMib;
    uint64_t frames_min_free_mib = limits::kFramesFreeMib;
    uint64_t ballast_mib = limits::kBallastMib;
    bool operator==(const Store&) const = default;
  } store;

  // Of ours, besides the one in the directory.
  std::vector<std::string> bank_accounts;
  // How payments are collected into batches and written for the bank.
  BatchRules remit;
  // Working days after which a batch of which the bank says nothing is an alarm.
  int32_t bank_silent_days = 3;

  bool operator==(const Config&) const = default;
};

// Errors: kNotFound, kIo; kInvalid with one line for each problem, "FILE:LINE:COLUMN: what; hint".
Result<Config> load_config(const std::filesystem::path& file);
// `origin` names the text in errors; relative paths are relative to its folder.
Result<Config> parse_config(std::string_view toml, const std::filesystem::path& origin);

// The file that says what every key means and sets each to its default.
std::string example_config();

}  // namespace jiexu
