// Every command of `jiexu` with odd values for every argument, against a daemon's API in this
// process: the command ends with one of its exit codes, and the API with an answer. The commands
// and their arguments are read from --help, so that a new one is in this test.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "daemon/api/http/http_server.h"
#include "daemon/base/text.h"
#include "tests/api/odd.h"
#include "tests/temp_folder.h"

extern char** environ;

namespace jiexu::every_command_test {
namespace {

using Arguments = std::vector<std::string>;

constexpr uint64_t kSeed = 20261120;
constexpr size_t kRuns = 100;
constexpr int kPatienceMs = 30'000;

uint64_t environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Ran {
  int code = -1;  // -1: ended by a signal, or not at all
  int signal = 0;
  std::string out;  // standard output and error
};

// Takes what the child prints until it ends; one that prints for ever is ended.
std::string read_all(int fd, pid_t child) {
  std::string out;
  std::array<char, 4096> chunk;
  pollfd waiting{fd, POLLIN, 0};
  while (::poll(&waiting, 1, kPatienceMs) > 0) {
    const ssize_t n = ::read(fd, chunk.data(), chunk.size());
    if (n <= 0) return out;
    out.append(chunk.data(), static_cast<size_t>(n));
  }
  ::kill(child, SIGKILL);
  return out + "\nDOES NOT END";
}

// `JIEXU_COMMAND` is set by the build.
Ran run(const std::filesystem::path& folder, Arguments arguments) {
  arguments.insert(arguments.begin(), {JIEXU_COMMAND, "--lang=en"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 2);
  posix_spawn_file_actions_addclose(&actions, pipe[0]);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  Ran ran;
  ran.out = read_all(pipe[0], child);
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ran.signal = WTERMSIG(status);
  return ran;
}

// A command without subcommands, and what it takes.
struct Command {
  Arguments words;                   // such as "case", "show"
  Arguments places;                  // names of positional arguments
  std::vector<std::string> options;  // with a value
  std::vector<std::string> flags;
};

// The lines of `help` below the line `title`, up to the next line that is not indented.
std::vector<std::string> section(const std::string& help, const std::string& title) {
  std::vector<std::string> out;
  std::istringstream lines(help);
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with("  ");
    if (inside && indented && line[2] != ' ') out.push_back(line.substr(2));
    if (!indented) inside = line == title;
  }
  return out;
}

std::string first_word(const std::string& line) {
  return line.substr(0, line.find_first_of(" ,"));
}

void add_commands(const std::filesystem::path& folder, const Arguments& words,
                  std::vector<Command>& out) {
  Arguments ask = words;
  ask.push_back("--help");
  const Ran ran = run(folder, ask);
  REQUIRE(ran.code == 0);
  Command command{words, {}, {}, {}};
  for (const std::string& line : section(ran.out, "Positionals:")) {
    command.places.push_back(first_word(line));
  }
  static const std::regex kValue(R"(^(?:-[A-Za-z],)?(--[a-z0-9-]+) [A-Z][A-Z-]*(?:[ :(].*)?$)");
  for (const std::string& line : section(ran.out, "Options:")) {
    std::smatch found;
    if (std::regex_match(line, found, kValue)) {
      command.options.push_back(found[1]);
    } else if (const size_t at = line.find("--"); at != line.npos) {
      const std::string flag = first_word(line.substr(at));
      if (flag != "--help" && flag != "--version") command.flags.push_back(flag);
    }
  }
  const auto below = section(ran.out, "Subcommands:");
  if (below.empty() || !command.flags.empty() || !command.options.empty()) {
    if (!words.empty()) out.push_back(command);
  }
  for (const std::string& line : below) {
    Arguments next = words;
    next.push_back(first_word(line));
    add_commands(folder, next, out);
  }
}

// An agency's folder, whose configuration leads to the API of one that has worked for a while.
class Place {
 public:
  Place() : of_(make_lived_in_out()), words_(of_->words()), odd_(words_, seed()) {
    auto started = HttpServer::start({}, [this](HttpRequest request, HttpRespond respond) {
      // Nobody asks too often.
      of_->site().now = of_->site().now.plus_ms(60'000);
      of_->live().api.handle(std::move(request), std::move(respond));
    });
    server_ = std::move(started.value());
    const Ran made =
        run(folder_.path, {"init", "a", "--code", of_->site().self.str(), "--name", "Own",
                           "--bank-holder", "H", "--bank-account", "1", "--bank-name", "B", "--api",
                           "127.0.0.1:" + std::to_string(server_->port())});
    INFO(made.out);
    REQUIRE(made.code == 0);
    std::ofstream(folder_.path / "token") << token_of(As::kOperator);
    std::filesystem::permissions(folder_.path / "token", std::filesystem::perms(0600));
    for (const std::string& body : {std::string("{}"), std::string("[1]"), std::string("\xff"),
                                    std::string("a|paid|\n"), std::string("<x/>")}) {
      const auto file = folder_.path / ("file" + std::to_string(files_.size()));
      std::ofstream(file) << body;
      files_.push_back(file.filename());
    }
    add_commands(folder_.path, {}, commands_);
  }

  const std::vector<Command>& commands() const { return commands_; }
  const Words& words() const { return words_; }

  // The command with known words in every place, and in `odd` place (of places, then options) this.
  void ask(const Command& command, size_t odd, const std::string& value);
  void ask_one();

 private:
  static uint64_t seed() { return environment("JIEXU_FUZZ_SEED", kSeed); }
  std::string known(const std::string& name);
  void require_ended(const Arguments& arguments);

  TempFolder folder_;
  std::unique_ptr<LivedIn> of_;
  Words words_;
  Odd odd_;
  std::unique_ptr<HttpServer> server_;
  std::vector<std::string> files_;
  std::vector<Command> commands_;
};

// What a place or option of that name may be: "--file" is "file".
std::string Place::known(const std::string& name) {
  static const std::map<std::string, std::string> kMeans = {
      {"case", "case_id"}, {"line", "line_id"},  {"number", "number"},
      {"peer", "peer"},    {"agency", "peer"},   {"letter", "letter_number"},
      {"to", "case_id"},   {"digest", "digest"}, {"month", "month"},
      {"day", "day"},      {"kind", "kind"},     {"set", "set"},
      {"digits", "digest"}};
  std::string bare = name.substr(std::min(name.find_first_not_of('-'), name.size()));
  if (bare == "file" || bare == "out" || bare == "folder") return odd_.one_of(files_);
  if (bare == "set") return "reason=moved";
  const auto means = kMeans.find(bare);
  const std::string word = means == kMeans.end() ? bare : means->second;
  return nth_word(words_, word, odd_.below(4));
}

void Place::require_ended(const Arguments& arguments) {
  std::string line;
  for (const std::string& argument : arguments) line += " '" + percent_encoded(argument) + "'";
  INFO(line);
  const Ran ran = run(folder_.path, arguments);
  INFO(ran.out);
  REQUIRE(ran.signal == 0);
  // 1: as of diff(1), `ledger compare`. None says that the program or the daemon is broken.
  const bool usual =
      ran.code == 0 || ran.code == 1 || (ran.code >= EX_USAGE && ran.code <= EX_CONFIG);
  REQUIRE(usual);
  REQUIRE(ran.code != EX_SOFTWARE);
  REQUIRE(ran.code != EX_PROTOCOL);
  REQUIRE(ran.out.find("CHECK failed") == ran.out.npos);
  REQUIRE(is_utf8(ran.out));
}

void Place::ask(const Command& command, size_t odd, const std::string& value) {
  if (value.find('\0') != value.npos) return;  // no argument can hold it
  Arguments arguments = {"--config", "a/agency.toml", "--token-file", "token"};
  arguments.insert(arguments.end(), command.words.begin(), command.words.end());
  for (size_t i = 0; i < command.options.size(); ++i) {
    const std::string& option = command.options[i];
    const bool is_odd = odd == command.places.size() + i;
    if (option == "--config" || option == "--token-file") continue;
    if (!is_odd && odd_.one_in(2)) continue;
    arguments.push_back(option + "=" + (is_odd ? value : known(option)));
  }
  for (const std::string& flag : command.flags) {
    if (flag == "--follow") continue;  // it is meant not to end
    if (odd_.one_in(4)) arguments.push_back(flag);
  }
  if (!command.places.empty()) arguments.push_back("--");
  for (size_t i = 0; i < command.places.size(); ++i) {
    arguments.push_back(i == odd ? value : known(command.places[i]));
  }
  require_ended(arguments);
}

void Place::ask_one() {
  const Command& command = odd_.one_of(commands_);
  const size_t places = command.places.size() + command.options.size();
  ask(command, odd_.below(places + 1), odd_.text(""));
}

TEST_CASE("every command ends as it should, whatever its arguments") {
  Place place;
  REQUIRE(place.commands().size() > 40);
  constexpr std::array<std::string_view, 4> kValues = {"", "a b/..?x=1&y#\n", "1", "\xff"};
  size_t next = 0;
  for (const Command& command : place.commands()) {
    const size_t places = command.places.size() + command.options.size();
    for (size_t odd = 0; odd < places; ++odd) {
      place.ask(command, odd, std::string(kValues[next++ % kValues.size()]));
    }
  }
  const auto seconds = std::chrono::seconds(environment("JIEXU_FUZZ_SECONDS", 0));
  const auto end = std::chrono::steady_clock::now() + seconds;
  for (size_t i = 0; i < kRuns || std::chrono::steady_clock::now() < end; ++i) place.ask_one();
}

}  // namespace
}  // namespace jiexu::every_command_test
