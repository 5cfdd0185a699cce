// jiexu doctor: looks at everything that must be right, in the order in which it must be.
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/trust/directory.h"
#include "daemon/trust/keyring.h"
#include "daemon/users/users.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"
#include "storage/file.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kApi = "the daemon's API";

struct Finding {
  std::string what;
  std::string wrong;  // empty: fine
};

template <class T>
std::string wrong_with(const Result<T>& result) {
  return result ? "" : result.error().text;
}

// Our own entry must be there, and must hold the keys that we have.
std::string wrong_with_entry(const Config& config, const Directory& directory,
                             const Keyring& keyring) {
  const Agency* own = directory.find(config.agency);
  if (own == nullptr) return "has no entry for " + config.agency.str() + ", our own agency";
  if (own->transport_key != keyring.transport_public) {
    return "our own entry has another transport_key than " + config.keys_dir.string();
  }
  if (std::ranges::find(own->signing_keys, keyring.signer->public_key()) ==
      own->signing_keys.end()) {
    return "our own entry lacks the signing key of " + config.keys_dir.string();
  }
  if (own->bank.account.empty()) return say("our own entry has no bank account: letters need one");
  return "";
}

std::string wrong_with_disk(const Config& config) {
  const Result<uint64_t> free = free_bytes(config.data_dir);
  if (!free) return free.error().text;
  const uint64_t mib = *free >> 20;
  if (mib >= config.store.min_free_mib) return "";
  return say("{n} MiB are free; new work is refused below {least}",
             {{"n", std::to_string(mib)}, {"least", std::to_string(config.store.min_free_mib)}});
}

std::string wrong_with_api(const Session& session, const Endpoint& endpoint) {
  const Result<Reply> ready = send(endpoint, {"GET", "/readyz", "", "", ""});
  if (!ready) return ready.error().text;
  if (ready->status != 200) {
    const Result<Reply> why = session.ask("GET", "/readyz?verbose");
    return say("not ready: {why}", {{"why", why ? why->body : ready->body}});
  }
  const Result<Reply> peers = session.ask("GET", "/v1/peers");
  if (!peers) return peers.error().text;
  if (peers->status == 401) return say("the token is not known; `jiexu user add` makes one");
  return "";
}

std::vector<Finding> examine(const Session& session) {
  std::vector<Finding> out;
  const Result<Config> config = session.config();
  if (!config && config.error().code == Errc::kNotFound) {
    // Who has signed in sees the daemon, and none of the files.
    if (const auto login = session.access()) {
      return {{kApi, wrong_with_api(session, login->endpoint)}};
    }
  }
  out.push_back({session.config_path().string(), wrong_with(config)});
  if (!config) return out;
  const Result<Keyring> keyring = Keyring::load(config->keys_dir);
  out.push_back({config->keys_dir.string(), wrong_with(keyring)});
  const auto directory = Directory::load(config->directory);
  std::string entry = wrong_with(directory);
  if (directory && keyring) entry = wrong_with_entry(*config, **directory, *keyring);
  out.push_back({config->directory.string(), entry});
  out.push_back({config->users.string(), wrong_with(Users::load(config->users))});
  const bool store = fs::is_directory(config->data_dir / "db");
  out.push_back(
      {config->data_dir.string(), store ? "" : say("holds no store; was the disk mounted?")});
  out.push_back({"free disk", wrong_with_disk(*config)});
  const Endpoint endpoint{config->api.host, config->api.port, config->api.unix_socket};
  out.push_back({kApi, wrong_with_api(session, endpoint)});
  return out;
}

int doctor(const Session& session) {
  const std::vector<Finding> findings = examine(session);
  Table table({"CHECK", "RESULT"});
  nlohmann::json json = nlohmann::json::array();
  int code = EX_OK;
  for (const Finding& finding : findings) {
    table.add({say(finding.what), finding.wrong.empty() ? say("ok") : say_in_pieces(finding.wrong)},
              finding.wrong.empty() ? Stress::kNone : Stress::kLate);
    json.push_back(
        {{"check", finding.what}, {"ok", finding.wrong.empty()}, {"why", finding.wrong}});
    if (!finding.wrong.empty() && code == EX_OK) {
      code = finding.what == kApi ? EX_UNAVAILABLE : EX_CONFIG;
    }
  }
  std::cout << (session.json ? json.dump() + "\n" : table.text());
  return code;
}

}  // namespace

void add_doctor(Command app, Session& session) {
  app.add_command("doctor", "Look whether everything is as it must be", "jiexu doctor")
      .callback([&session] { session.run = [&session] { return doctor(session); }; });
}

}  // namespace jiexu::cli
