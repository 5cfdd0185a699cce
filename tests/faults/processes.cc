#include <chrono>
#include <fstream>
#include <thread>

#include "tests/e2e/settings.h"
#include "tests/e2e/verdict.h"
#include "tests/faults/process_tests.h"

namespace jiexu::faults {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* kOptionsFile = "strace-options";

// The world starts what it finds as `jiexud`: a script that puts strace in front of the daemon if
// its agency's folder says so. With -D the daemon stays the child whose exit code is waited for.
void make_wrapper(const fs::path& bin, const fs::path& to) {
  fs::create_directories(to);
  fs::create_symlink(bin / "jiexu", to / "jiexu");
  std::ofstream script(to / "jiexud");
  script << "#!/bin/sh\n"
         << "options=\"$(dirname \"$2\")/" << kOptionsFile << "\"\n"
         << "daemon='" << (bin / "jiexud").string() << "'\n"
         << "[ -s \"$options\" ] || exec \"$daemon\" \"$@\"\n"
         << "exec strace -D -f -ttt $(cat \"$options\") \"$daemon\" \"$@\"\n";
  script.close();
  fs::permissions(to / "jiexud", fs::perms::owner_all);
}

fs::path made_anew(const fs::path& folder) {
  fs::remove_all(folder);
  return folder;
}

}  // namespace

TracedWorld::TracedWorld(const fs::path& bin, fs::path folder, uint16_t port_base)
    : folder_(made_anew(folder)),
      world_({folder_ / "bin", folder_ / "bin"}, folder_ / "agencies", port_base) {
  make_wrapper(bin, folder_ / "bin");
}

void TracedWorld::without_second_person() {
  for (size_t i = 0; i < 2; ++i) {
    e2e::change_setting(world_.agency(i).config(), "four_eyes", "false");
  }
}

void TracedWorld::trace_with(const std::vector<std::string>& options) {
  fs::remove(trace_file());
  std::ofstream file(victim_folder() / kOptionsFile, std::ios::trunc);
  if (options.empty()) return;
  file << "-o " << trace_file().string();
  for (const std::string& option : options) file << ' ' << option;
  file << '\n';
}

void TracedWorld::key_one() {
  if (!world_.apply(keyed_)) return;
  ++keyed_;
  ++wanted_;
}

Result<bool> TracedWorld::work(size_t cases, int seconds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  wanted_ += cases;
  while (std::chrono::steady_clock::now() < until) {
    if (keyed_ < wanted_ && world_.apply(keyed_)) ++keyed_;
    for (size_t i = 0; i < 2; ++i) world_.work(i);
    exit_code = victim().died();
    if (exit_code) return false;
    if (keyed_ == wanted_ && e2e::count_closed(world_, wanted_) == wanted_) return true;
    std::this_thread::sleep_for(1ms);
  }
  return fail(Errc::kBusy, "not all cases were closed after " + std::to_string(seconds) + " s");
}

std::vector<std::string> TracedWorld::verdict() {
  // The last receipts may still be on their way.
  std::vector<std::string> faults;
  for (int i = 0; i < 100; ++i) {
    faults = e2e::judge(world_).faults;
    if (faults.empty()) break;
    std::this_thread::sleep_for(50ms);
  }
  return faults;
}

bool start_world(TracedWorld& traced, const std::vector<std::string>& options, Failure& fault) {
  if (auto done = traced.init(); !done) return fault(done.error().text), false;
  traced.trace_with(options);
  if (auto done = traced.world().start(); !done) return fault(done.error().text), false;
  return true;
}

void work_to_end(TracedWorld& traced, size_t cases, Failure& fault) {
  const auto done = traced.work(cases, 120);
  if (!done) return fault(done.error().text);
  if (!*done) return fault(fmt::format("the daemon ended by itself with {}", *traced.exit_code));
  for (const std::string& text : traced.verdict()) fault(text);
}

void submit_letters(e2e::World& world, size_t from, e2e::People& people, size_t& next, size_t count,
                    Failure& fault) {
  v1::SubmitInput input;
  for (size_t made = 0; made < count; ++next) {
    const e2e::Applicant& applicant = people.make(next);
    if (static_cast<size_t>(applicant.destination) != from) continue;
    *input.add_applications() =
        e2e::application_of(applicant, world.agency(1 - from).spec().code, e2e::today());
    ++made;
  }
  const e2e::RunningAgency& sender = world.agency(from);
  cli::Request request{"POST", "/v1/letters:submit",    input.SerializeAsString(), sender.token(),
                       "",     "application/x-protobuf"};
  const auto reply = cli::send({"127.0.0.1", sender.spec().api_port, {}}, request);
  v1::SubmitResults results;
  if (!reply || reply->status != 200 || !results.ParseFromString(reply->body)) {
    return fault("a submission was refused");
  }
  for (const v1::SubmitResult& result : results.results()) {
    if (!result.refusal().empty()) return fault("a letter was refused: " + result.refusal());
  }
}

std::string config_on_other_ports(const fs::path& config, uint16_t port_base) {
  std::ifstream file(config);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const int port : {port_base + 0, port_base + 10}) {
    const std::string from = std::to_string(port), to = std::to_string(port + 5);
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  }
  return text;
}

v1::PeerView link_of(e2e::World& world, size_t at) {
  return peer_of(world, at, world.agency(1 - at).spec().code);
}

v1::PeerView peer_of(e2e::World& world, size_t at, const std::string& code) {
  const auto view = world.agency(at).peer(code);
  return view ? *view : v1::PeerView();
}

}  // namespace jiexu::faults
