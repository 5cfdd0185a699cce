#include "daemon/config.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/temp_folder.h"

namespace jiexu::config_test {
namespace {

constexpr const char* kOrigin = "/etc/jiexu/agency.toml";

Config defaults() {
  Config config;
  config.agency = *AgencyId::parse("S41132810207");
  config.data_dir = "/etc/jiexu/data";
  config.keys_dir = "/etc/jiexu/keys";
  config.directory = "/etc/jiexu/directory.toml";
  config.users = "/etc/jiexu/users.toml";
  config.calendars = "/etc/jiexu/calendars";
  return config;
}

// The problems of a text, one line each.
std::string problems(std::string_view toml) {
  const Result<Config> config = parse_config(toml, kOrigin);
  REQUIRE_FALSE(config);
  CHECK(config.error().code == Errc::kInvalid);
  return config.error().text;
}

TEST_CASE("the example file parses to the defaults") {
  const Result<Config> config = parse_config(example_config(), kOrigin);
  REQUIRE(config);
  CHECK(*config == defaults());
}

TEST_CASE("a file with the agency alone means the defaults") {
  const Result<Config> config = parse_config("agency = \"S41132810207\"", kOrigin);
  REQUIRE(config);
  CHECK(*config == defaults());
}

TEST_CASE("the example has a paragraph above every key") {
  std::string previous;
  std::istringstream lines(example_config());
  for (std::string line; std::getline(lines, line); previous = line) {
    if (line.find(" = ") != std::string::npos && line[0] != '#') CHECK(previous.starts_with("# "));
  }
}

TEST_CASE("every problem is reported at once, in the order of the file, with its position") {
  CHECK(problems("agency = 12\n"
                 "data-dir = \"x\"\n"
                 "\n"
                 "[api]\n"
                 "listen = \"0.0.0.0:80\"\n"
                 "[log]\n"
                 "  level = \"loud\"\n"
                 "[store]\n"
                 "min_free_mib = 3\n"
                 "frames_min_free_mib = 1024\n") ==
        "/etc/jiexu/agency.toml:1:1: `store.frames_min_free_mib` must be below "
        "`store.min_free_mib`: new work stops before that of others\n"
        "/etc/jiexu/agency.toml:1:10: `agency` must be a string in quotes\n"
        "/etc/jiexu/agency.toml:2:1: unknown key `data-dir`; did you mean `data_dir`?\n"
        "/etc/jiexu/agency.toml:5:10: `api.listen` must be a loopback address such as 127.0.0.1: "
        "the API speaks no TLS; put a proxy that does in front of it\n"
        "/etc/jiexu/agency.toml:7:11: `log.level` must be one of \"trace\" \"debug\" \"info\" "
        "\"warn\" \"error\"\n"
        "/etc/jiexu/agency.toml:9:16: `store.min_free_mib` must be a whole number of MiB, at "
        "least 64");
}

TEST_CASE("a key under the wrong heading is pointed to the right one") {
  CHECK(problems("agency = \"S41132810207\"\n[log]\nunix_socket = \"a\"") ==
        "/etc/jiexu/agency.toml:3:1: unknown key `log.unix_socket`; did you mean "
        "`api.unix_socket`?");
}

TEST_CASE("a key that resembles none is pointed to the example") {
  CHECK(problems("agency = \"S41132810207\"\nfrobnicate = 1") ==
        "/etc/jiexu/agency.toml:2:1: unknown key `frobnicate`; see `jiexu config example` for the "
        "keys that exist");
}

TEST_CASE("text that is not TOML is reported with its position") {
  CHECK_THAT(problems("agency = \"S41132810207\"\nlisten = \n"),
             Catch::StartsWith("/etc/jiexu/agency.toml:2:"));
}

TEST_CASE("a missing agency is reported") {
  CHECK_THAT(problems(""), Catch::Contains("`agency` is missing"));
}

TEST_CASE("an IPv6 loopback address stands in brackets") {
  const Result<Config> config =
      parse_config("agency = \"S41132810207\"\napi.listen = \"[::1]:7501\"", kOrigin);
  REQUIRE(config);
  CHECK(config->api.host == "::1");
  CHECK(config->api.port == 7501);
}

TEST_CASE("values that are refused") {
  const auto [line, wrong] = GENERATE(table<const char*, const char*>({
      {"agency = \"41132810207\"", "an agency code"},
      {"data_dir = \"\"", "must not be empty"},
      {"listen = \"127.0.0.1:7401\"", "must be tcp://"},
      {"listen = \"tcp://:7401\"", "must be tcp://"},
      {"listen = \"tcp://h:70000\"", "must be tcp://"},
      {"api = 3", "must be a table"},
      {"api.listen = \"127.0.0.1\"", "must be ADDRESS:PORT"},
      {"api.listen = \"localhost:80\"", "loopback"},
      {"api.listen = \"127.0.0.1:0\"", "must be ADDRESS:PORT"},
      {"api.listen = \"[::2]:7501\"", "loopback"},
      {"api.listen = \"[::1]\"", "must be ADDRESS:PORT"},
      {"log.format = \"xml\"", "must be one of"},
      {"policy.profiles = [\"* * 2026-01-01 OURS\"]", "no profile `OURS`"},
      {"policy.profiles = \"NHSA-2021\"", "must be a list of rows"},
      {"policy.four_eyes = \"yes\"", "true or false"},
      {"policy.trusted_submitters = \"core\"", "list of names"},
      {"store.min_free_mib = 1.5", "whole number"},
      {"bank.accounts = \"4100\"", "list of names"},
      {"remit.collect_at = \"24:00\"", "time of day"},
      {"remit.collect_at = \"3:30\"", "time of day"},
      {"remit.payments_max = 501", "from 1 to 500"},
      {"remit.total_max_yuan = 0", "whole number of yuan"},
      {"remit.columns = [\"colour\"]", "does not exist"},
      {"remit.columns = []", "a list"},
      {"remit.separator = \"||\"", "one character"},
      {"remit.encoding = \"latin1\"", "must be one of"},
      {"remit.header = 1", "true or false"},
  }));
  INFO(line);
  const std::string agency = "agency = \"S41132810207\"\n";
  const std::string text = std::string(line).starts_with("agency") ? line : agency + line;
  CHECK_THAT(problems(text), Catch::Contains(wrong));
}

TEST_CASE("how payments are collected and written is read") {
  const auto config = parse_config(
      "agency = \"S41132810207\"\n[remit]\ncollect_at = \"15:30\"\ntotal_max_yuan = 5\n"
      "columns = [\"amount\", \"remark\"]\nencoding = \"utf-8\"\n",
      "agency.toml");
  REQUIRE(config);
  CHECK(config->remit.collect_minute == 15 * 60 + 30);
  CHECK(config->remit.total_max == Fen{500});
  CHECK(config->remit.layout.columns ==
        std::vector{PaymentColumn::kAmount, PaymentColumn::kRemark});
  CHECK_FALSE(config->remit.layout.gbk);
}

TEST_CASE("paths stay where they are if absolute, and follow the file if not") {
  const Result<Config> config = parse_config(
      "agency = \"S41132810207\"\ndata_dir = \"/var/x\"\nkeys_dir = \"../k\"", kOrigin);
  REQUIRE(config);
  CHECK(config->data_dir == "/var/x");
  CHECK(config->keys_dir == "/etc/k");
}

TEST_CASE("a socket path that the system cannot hold is refused") {
  CHECK_THAT(
      problems("agency = \"S41132810207\"\napi.unix_socket = \"/" + std::string(120, 'a') + "\""),
      Catch::Contains("107 bytes"));
}

TEST_CASE("a file that is not there says how to make one") {
  const Result<Config> config = load_config("/nonexistent/agency.toml");
  REQUIRE_FALSE(config);
  CHECK(config.error().code == Errc::kNotFound);
  CHECK_THAT(config.error().text, Catch::Contains("jiexu init"));
}

TEST_CASE("a file is loaded with paths relative to its folder") {
  const TempFolder folder;
  std::ofstream(folder.path / "agency.toml") << example_config();
  const Result<Config> config = load_config(folder.path / "agency.toml");
  REQUIRE(config);
  CHECK(config->users == folder.path / "users.toml");
}

}  // namespace
}  // namespace jiexu::config_test
