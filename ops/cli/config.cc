// jiexu config: check the file, print an example, print the daemon's packet filter.
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/users/users.h"
#include "ops/cli/harden.h"
#include "ops/cli/printing.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

int check(const Session& session) {
  const Result<Config> config = session.config();
  if (!config) {
    return report(config.error().code == Errc::kInvalid ? EX_CONFIG : EX_NOINPUT,
                  config.error().text);
  }
  // The daemon would not start with it. Who checks may not be allowed to read it.
  const auto users = Users::load(config->users);
  if (!users && users.error().code == Errc::kInvalid) return report(EX_CONFIG, users.error().text);
  if (session.json) {
    std::cout << nlohmann::json{{"ok", true}, {"agency", config->agency.str()}}.dump() << "\n";
    return EX_OK;
  }
  std::cout << say("{file}: ok, agency {agency}",
                   {{"file", session.config_path().string()}, {"agency", config->agency.str()}})
            << "\n";
  return EX_OK;
}

int harden(const Session& session) {
  const Result<Config> config = session.config();
  if (!config) return report(config.error());
  const auto directory = Directory::load(config->directory);
  if (!directory) return report(directory.error());
  const Result<std::string> text = network_drop_in(**directory, config->agency);
  if (!text) return report(text.error());
  std::cout << *text;
  return EX_OK;
}

}  // namespace

void add_config(Command app, Session& session) {
  Command group = app.add_command("config", "The configuration file", "jiexu config check");
  group.require_subcommand();
  group.add_command("check", "Report every error in it", "jiexu --config agency.toml config check")
      .callback([&session] { session.run = [&session] { return check(session); }; });
  group
      .add_command("example", "Print a file with every key explained",
                   "jiexu config example > agency.toml")
      .callback([&session] {
        session.run = [] {
          print_as_it_is();
          std::cout << example_config();
          return EX_OK;
        };
      });
  group
      .add_command("harden", "Print a drop-in for systemd: the network of the directory's agencies",
                   "jiexu --config /etc/jiexu/NAME.toml config harden > "
                   "/etc/systemd/system/jiexu@NAME.service.d/peers.conf")
      .callback([&session] { session.run = [&session] { return harden(session); }; });
}

}  // namespace jiexu::cli
