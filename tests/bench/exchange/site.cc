#include "tests/bench/exchange/site.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "daemon/api/json.h"
#include "daemon/base/check.h"
#include "daemon/base/time.h"
#include "daemon/rules/citizen_id.h"
#include "tests/bench/sync_times.h"
#include "tests/e2e/settings.h"

namespace jiexu::bench {
namespace {

// Bytes of a letter besides its postal address, for these agencies and people.
constexpr size_t kLetterWithoutAddress = 325;

// Chinese characters take three bytes each; 200 of them are allowed.
std::string address(size_t letter_bytes) {
  std::string out = "X";
  while (out.size() + 3 + kLetterWithoutAddress <= letter_bytes && out.size() + 3 <= 599) {
    out += "路";
  }
  return out;
}

// The last two digits are the office, which with the area must be the agency's alone.
std::string code_of(size_t index) {
  return "S" + std::to_string(411'310 + index / 99) + std::to_string(10'001 + index % 99);
}

}  // namespace

[[noreturn]] void give_up(const std::string& why) {
  std::cerr << "exchange: " << why << "\n";
  std::exit(1);
}

v1::Application application(size_t n, const std::string& origin_agency) {
  v1::Application out;
  v1::Person* person = out.mutable_person();
  const auto sequence = static_cast<uint32_t>(n % 999 + 1);
  const Date birth = Date::from_days(Date{1950, 1, 1}.days() + static_cast<int32_t>(n / 999));
  person->set_name("欧阳建国");
  person->set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  person->set_document_number(make_citizen_id("411300", birth, sequence));
  person->set_sex(sequence % 2 == 1 ? v1::SEX_MALE : v1::SEX_FEMALE);
  person->set_birth_date(birth.yyyymmdd());
  out.set_origin_agency(origin_agency);
  out.set_origin_area_name("南阳市");
  out.set_scheme_from(v1::SCHEME_EMPLOYEE);
  out.set_scheme_to(v1::SCHEME_EMPLOYEE);
  out.set_applied_on(date_of(SystemClock().now()).yyyymmdd());
  return out;
}

Site::Site(SiteOptions options, size_t count) : options_(std::move(options)) {
  std::filesystem::remove_all(options_.folder);
  std::filesystem::create_directories(options_.folder);
  for (size_t i = 0; i < count; ++i) {
    auto agency = std::make_unique<Agency>();
    agency->code = code_of(i);
    agency->folder = options_.folder / agency->code;
    agency->link_port = static_cast<uint16_t>(options_.port_base + 2 * i);
    agency->api_port = static_cast<uint16_t>(options_.port_base + 2 * i + 1);
    init(*agency);
    agencies_.push_back(std::move(agency));
  }
  // A star: the first agency and each of the others know each other.
  const std::string hub = run(*agencies_[0], {"directory", "export"});
  for (size_t i = 1; i < count; ++i) {
    const auto file = options_.folder / "entry.toml";
    std::ofstream(file) << run(*agencies_[i], {"directory", "export"});
    run(*agencies_[0], {"directory", "add", file.string()});
    std::ofstream(file) << hub;
    run(*agencies_[i], {"directory", "add", file.string()});
  }
  if (options_.preload.empty()) return;
  count_into(options_.folder / "counters");
  for (const auto& agency : agencies_) {
    const auto file = agency->folder / "sync-times";
    std::ofstream(file).close();
    std::filesystem::resize_file(file, sizeof(SyncTimes));
  }
}

void Site::init(Agency& agency) const {
  const auto made = e2e::run_program({(options_.bin / "jiexu").string(),
                                      "init",
                                      agency.folder.string(),
                                      "--code",
                                      agency.code,
                                      "--name",
                                      kName,
                                      "--listen",
                                      "tcp://127.0.0.1:" + std::to_string(agency.link_port),
                                      "--api",
                                      "127.0.0.1:" + std::to_string(agency.api_port),
                                      "--bank-holder",
                                      "Bench fund",
                                      "--bank-account",
                                      kBankAccount,
                                      "--bank-name",
                                      "Bank of Bench",
                                      "--bank-cnaps",
                                      "102100099996",
                                      "--contact",
                                      "transfer service",
                                      "--phone",
                                      "0000-0000000",
                                      "--address",
                                      address(options_.letter_bytes),
                                      "--postcode",
                                      "100000"});
  if (!made) give_up(made.error().text);
  std::ifstream(agency.folder / "admin.token") >> agency.token;
  // Hundreds of agencies on one disk.
  e2e::change_setting(agency.folder / "agency.toml", "ballast_mib", "0");
  // What is measured is the exchange, not the second person.
  e2e::change_setting(agency.folder / "agency.toml", "four_eyes", "false");
}

std::string Site::run(const Agency& agency, std::vector<std::string> args) const {
  args.insert(args.begin(), {(options_.bin / "jiexu").string(), "--config",
                             (agency.folder / "agency.toml").string()});
  auto done = e2e::run_program(args);
  if (!done) give_up(done.error().text);
  return std::move(*done);
}

void Site::start(size_t index) {
  Agency& agency = *agencies_[index];
  if (!options_.preload.empty()) {
    ::setenv("LD_PRELOAD", options_.preload.c_str(), 1);
    ::setenv("JIEXU_BENCH_COUNTERS", (options_.folder / "counters").c_str(), 1);
    ::setenv("JIEXU_BENCH_SYNC_TIMES", (agency.folder / "sync-times").c_str(), 1);
    ::setenv("JIEXU_BENCH_SYNC_MS", std::to_string(options_.sync_ms).c_str(), 1);
    if (options_.count_allocations) ::setenv("JIEXU_BENCH_ALLOCATIONS", "1", 1);
  }
  std::vector<std::string> command = under(agency.code);
  command.insert(command.end(), {(options_.bin / "jiexud").string(), "--config",
                                 (agency.folder / "agency.toml").string()});
  agency.started_s = monotonic_s();
  const auto started = agency.process.start(command, agency.folder / "jiexud.log");
  if (!started) give_up(started.error().text);
  ::unsetenv("LD_PRELOAD");
}

std::vector<double> Site::sync_times(size_t index) const {
  std::ifstream in(agencies_[index]->folder / "sync-times", std::ios::binary);
  const auto times = std::make_unique<SyncTimes>();
  in.read(reinterpret_cast<char*>(times.get()), sizeof(SyncTimes));
  CHECK(in.gcount() == sizeof(SyncTimes));
  std::vector<double> out;
  for (uint64_t i = 0; i < std::min(times->count.load(), SyncTimes::kMax); ++i) {
    out.push_back(static_cast<double>(times->ns[i]) / 1e9);
  }
  std::ranges::sort(out);
  return out;
}

std::vector<std::string> Site::under(const std::string& code) const {
  std::istringstream words(options_.under);
  std::vector<std::string> out;
  for (std::string word; words >> word; out.push_back(word)) {
    if (const size_t at = word.find("AGENCY"); at != std::string::npos) word.replace(at, 6, code);
  }
  return out;
}

void Site::stop(size_t index) {
  agencies_[index]->process.stop();
}

double Site::wait_ready(size_t index) {
  Agency& agency = *agencies_[index];
  while (!is_ready(agency.api_port)) {
    if (const auto code = agency.process.ended()) {
      give_up(agency.code + " ended with " + std::to_string(*code) + ", see " +
              (agency.folder / "jiexud.log").string());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return monotonic_s() - agency.started_s;
}

std::unique_ptr<HttpConnection> Site::connect(size_t index) const {
  return std::make_unique<HttpConnection>(agencies_[index]->api_port, agencies_[index]->token);
}

Usage Site::usage() const {
  std::vector<pid_t> pids;
  for (const auto& agency : agencies_) pids.push_back(agency->process.pid());
  return Usage::of(with_children(pids));
}

Usage Site::usage(size_t index) const {
  return Usage::of(with_children({agencies_[index]->process.pid()}));
}

v1::PeerView Site::peer(HttpConnection& at, const std::string& from) {
  v1::PeerViews views;
  CHECK(from_json(at.ask("GET", "/v1/peers", "", ""), &views).has_value());
  for (v1::PeerView& view : *views.mutable_peers()) {
    if (view.agency() == from) return std::move(view);
  }
  give_up("an agency does not know " + from);
}

}  // namespace jiexu::bench
