// jiexud: runs one agency's daemon until SIGTERM or SIGINT. SIGHUP reads directory and users again.
#include <google/protobuf/stubs/logging.h>
#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <cstdio>

#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/gate/confinement.h"
#include "daemon/last_words.h"
#include "daemon/logging.h"
#include "ops/cli/command_line.h"
#include "ops/cli/say.h"

namespace jiexu {
namespace {

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// Until a signal ends it. The watchdog is fed only while the engine comes round.
void serve(Daemon& daemon, const sigset_t& signals) {
  const timespec second{1, 0};
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &second);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) {
      const auto done = daemon.reload();
      if (done) spdlog::info("directory, users and calendars were read again");
      if (!done) spdlog::error("reload refused, nothing was changed: {}", done.error().text);
    }
    daemon.tend();
    if (daemon.alive()) sd_notify(0, "WATCHDOG=1");
  }
}

int run(const std::string& config_file) {
  // Before any thread starts, so that signals come to the main thread alone; and before all that
  // takes time, so that whoever ends the daemon while it starts is told that it has ended well.
  const sigset_t signals = our_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto config = load_config(config_file);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().text.c_str());
    return kExitConfig;
  }
  start_logging(config->log);
  install_last_words(config->log.format);
  keep_memory_private();
  // libprotobuf would print a line for each ill-formed frame that a peer sends; intake reports
  // those.
  google::protobuf::SetLogHandler(nullptr);
  signal(SIGPIPE, SIG_IGN);
  auto daemon = Daemon::start(*config);
  if (!daemon) {
    spdlog::critical("cannot start: {}", daemon.error().text);
    return daemon.error().code == Errc::kInvalid ? kExitConfig : kExitUnavailable;
  }
  spdlog::info("agency {} listens on {}, API on {}:{}", config->agency.text(),
               (*daemon)->link_endpoint(), config->api.host, config->api.port);
  sd_notify(0, "READY=1");
  serve(**daemon, signals);
  sd_notify(0, "STOPPING=1");
  spdlog::info("stopping");
  return 0;
}

// Says what start() would stumble over, before a running daemon is stopped.
int check(const std::string& config_file) {
  const auto config = load_config(config_file);
  const Result<void> sound = config ? Daemon::check(*config) : tl::unexpected(config.error());
  if (!sound) {
    std::fprintf(stderr, "%s\n", sound.error().text.c_str());
    return kExitConfig;
  }
  std::printf("%s: ok, agency %s\n", config_file.c_str(), config->agency.str().c_str());
  return std::fflush(stdout) == 0 ? 0 : kExitIoError;
}

}  // namespace
}  // namespace jiexu

int main(int argc, char** argv) {
  jiexu::cli::CommandLine line("Exchanges insurance transfers with other agencies.", "jiexud",
                               "jiexud --config /etc/jiexu/agency.toml --check\n"
                               "jiexud --config /etc/jiexu/agency.toml");
  jiexu::cli::Command app = line.command();
  std::string config_file;
  app.add_option("--config", config_file, "the agency's configuration file").required();
  bool checks = false;
  app.add_flag("--check", checks,
               "Look at configuration, users, directory and keys, say what is wrong, and end");
  jiexu::cli::set_language(
      jiexu::cli::language_of_environment().value_or(jiexu::Language::kEnglish));
  if (const auto ends = line.parse(argc, argv)) return *ends;
  if (checks) return jiexu::check(config_file);
  jiexu::install_last_words(jiexu::LogFormat::kText);
  return jiexu::run(config_file);
}
