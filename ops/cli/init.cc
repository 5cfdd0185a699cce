// jiexu init: a new agency's folder with keys, directory, users, store and configuration.
#include <algorithm>
#include <iostream>

#include "daemon/open_store.h"
#include "daemon/trust/directory.h"
#include "daemon/trust/keyring.h"
#include "daemon/users/user_changes.h"
#include "jiexu/v1/record.pb.h"
#include "ops/cli/files.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"
#include "storage/key_checks.h"
#include "storage/layout.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kStoreIdBytes = 16;

// Where the package keeps agencies that systemd runs.
constexpr std::string_view kSystemConfigs = "/etc/jiexu";
constexpr std::string_view kSystemFolders = "/var/lib/jiexu";

struct InitOptions {
  std::string folder;
  std::string service;  // the NAME of jiexu@NAME; empty: an agency by itself, in `folder`
  std::string code;
  std::string listen = "tcp://127.0.0.1:7401";
  std::string api = "127.0.0.1:7501";
  std::string language = "zh";
  Agency agency;
};

fs::path config_file(const InitOptions& options) {
  if (options.service.empty()) return fs::path(options.folder) / "agency.toml";
  return fs::path(kSystemConfigs) / (options.service + ".toml");
}

// The example with the values of this agency in place of the defaults.
std::string config_text(const InitOptions& options) {
  std::string text = example_config();
  const Config defaults;
  const auto put = [&](const std::string& line, const std::string& value) {
    const size_t at = text.find(line);
    text.replace(at, line.size(), line.substr(0, line.find('"')) + "\"" + value + "\"");
  };
  put("agency = \"S41132810207\"", options.code);
  put("language = \"" + std::string(tag(defaults.language)) + "\"", options.language);
  put("listen = \"" + defaults.listen + "\"", options.listen);
  put("listen = \"" + defaults.api.host + ":" + std::to_string(defaults.api.port) + "\"",
      options.api);
  if (options.service.empty()) return text;
  for (const auto& [key, path] :
       {std::pair("data_dir", defaults.data_dir), std::pair("keys_dir", defaults.keys_dir),
        std::pair("directory", defaults.directory), std::pair("users", defaults.users),
        std::pair("calendars", defaults.calendars)}) {
    put(key + std::string(" = \"") + path.string() + "\"",
        (fs::path(options.folder) / path).string());
  }
  put("unix_socket = \"\"", "/run/jiexu-" + options.service + "/api.sock");
  return text;
}

// With the checks of its keys from the first commit on, so that it is never taken for another's.
Result<void> create_store(const Config& config, const v1::StoreRecord& record) {
  TRY(const auto keyring, Keyring::load(config.keys_dir));
  TRY(auto keys, vault_keys(keyring.vault_keys, keyring.person_key));
  TRY(const auto vault, Vault::create(std::move(keys)));
  TRY(const auto store, jiexu::create_store(config));
  Batch batch;
  batch.put(Family::kMeta, layout::kStoreKey, record.SerializeAsString());
  put_key_checks(*vault, batch);
  return store->commit(batch);
}

v1::StoreRecord store_record(const InitOptions& options) {
  v1::StoreRecord record;
  record.set_format(layout::kFormat);
  record.set_agency(options.code);
  record.set_epoch(1);
  record.set_store_id(random_bytes(kStoreIdBytes));
  record.set_created_at_ms(SystemClock().now().ms);
  return record;
}

Result<void> create_keys(const Config& config, InitOptions& options) {
  TRY(const auto keyring, Keyring::create(config.keys_dir));
  options.agency.id = config.agency;
  options.agency.transport_key = keyring.transport_public;
  options.agency.signing_keys = {keyring.signer->public_key()};
  if (options.agency.endpoint.empty()) options.agency.endpoint = options.listen;
  TRY_DO(Directory::make({options.agency}));
  return replace_file(config.directory, to_toml(options.agency));
}

Result<void> create_admin(const Config& config) {
  // All that there is, so that one person can try everything; the first steps say what comes then.
  TRY(const auto made,
      change_user(config.users, {UserChange::Kind::kAdd, "admin", roles_of_earlier("operator")},
                  ""));
  return write_secret_file(config.users.parent_path() / "admin.token", made.token + "\n");
}

// The folder, its files and the store belong to the user of the service.
Result<void> give_folder_to_service(const fs::path& folder) {
  TRY_DO(give_to_owner_of_folder(folder));
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    TRY_DO(give_to_owner_of_folder(entry->path()));
  }
  if (error) return fail(Errc::kIo, folder.string() + ": cannot be read: " + error.message());
  return {};
}

// Root writes the configuration, the service reads it.
Result<void> write_system_config(const fs::path& file, std::string_view text) {
  TRY_DO(replace_file(file, text));
  std::error_code error;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read,
                  error);
  if (error) return fail(Errc::kIo, file.string() + ": cannot be protected: " + error.message());
  return {};
}

// As a service's name it is part of paths and of a unit's name.
Result<void> check_service(const InitOptions& options) {
  const std::string& name = options.service;
  if (name.empty()) return {};
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!plain || name.front() == '-' || name.size() > 32) {
    return fail(Errc::kInvalid,
                say("{name} is no name of a service: small letters, digits and '-', "
                    "at most 32, such as nanjing",
                    {{"name", name}}));
  }
  if (fs::is_directory(kSystemConfigs) && fs::is_directory(kSystemFolders)) return {};
  return fail(
      Errc::kNotFound,
      say("{configs} and {folders} are made by the package jiexu, which is not installed "
          "here; without it: jiexu init FOLDER",
          {{"configs", std::string(kSystemConfigs)}, {"folders", std::string(kSystemFolders)}}));
}

// The configuration comes last: a folder that has one is whole.
Result<void> create_all(InitOptions& options) {
  const fs::path file = config_file(options);
  std::error_code error;
  TRY_DO(check_line_number("--bank-cnaps", options.agency.bank.cnaps));
  TRY_DO(check_service(options));
  if (!options.service.empty() && fs::exists(file, error)) {
    return fail(Errc::kExists, say("{file} is there already: that agency has been made",
                                   {{"file", file.string()}}));
  }
  if (fs::exists(options.folder, error) && !fs::is_empty(options.folder, error)) {
    return fail(Errc::kExists,
                say("{folder} is not empty; take another folder", {{"folder", options.folder}}));
  }
  const std::string text = config_text(options);
  TRY(const auto config, parse_config(text, file));
  fs::create_directories(options.folder, error);
  if (!error) fs::permissions(options.folder, fs::perms::owner_all, error);
  if (error) return fail(Errc::kIo, options.folder + ": cannot be made: " + error.message());
  Result<void> done = create_keys(config, options);
  if (done) done = create_admin(config);
  if (done) done = create_store(config, store_record(options));
  if (done && options.service.empty()) done = replace_file(file, text);
  if (done && !options.service.empty()) done = give_folder_to_service(options.folder);
  if (done && !options.service.empty()) done = write_system_config(file, text);
  if (done) return done;
  return fail(done.error().code,
              done.error().text + "\nThe folder is not whole: remove it before you try again");
}

int init(InitOptions& options) {
  if (options.folder.empty() == options.service.empty()) {
    return report(EX_USAGE, "say where: jiexu init FOLDER, or jiexu init --system NAME");
  }
  if (!options.service.empty()) {
    options.folder = std::string(kSystemFolders) + "/" + options.service;
  }
  if (auto right = check_wall_clock(SystemClock().now()); !right) {
    return report(EX_CONFIG, right.error().text);
  }
  if (Result<void> done = create_all(options); !done) return report(done.error());
  const std::string& folder = options.folder;
  const std::string config = config_file(options);
  const std::string start = options.service.empty()
                                ? "jiexud --config " + config
                                : "systemctl enable --now jiexu@" + options.service;
  const auto step = [](const std::string& what, std::initializer_list<std::string> commands) {
    std::cout << "  " << what << "\n";
    for (const std::string& command : commands) std::cout << "       " << command << "\n";
  };
  const std::string jiexu = "jiexu --config " + config + " ";
  std::cout << say("Agency {agency} is made in {folder}. Next:",
                   {{"agency", options.code}, {"folder", folder}})
            << "\n";
  step(say("1. Back up {folder}: without it the store cannot be read.",
           {{"folder", folder + "/keys"}}),
       {});
  step(say("2. Give other agencies your entry, by a way that you trust, and add theirs:"),
       {jiexu + "directory export > " + options.code + ".toml",
        jiexu + "directory add THEIRS.toml"});
  step(say("3. Start the daemon:"), {start});
  step(say("4. Add people, and look whether all is well:"),
       {jiexu + "user add wang --role clerk-out,clerk-in", jiexu + "doctor"});
  return EX_OK;
}

void add_agency_options(Command command, InitOptions& options) {
  Agency& agency = options.agency;
  command.add_option("--name", agency.name, "Name of the agency").required();
  command.add_option("--endpoint", agency.endpoint,
                     "Where other agencies reach it, if that is not the --listen address");
  command.add_option("--bank-holder", agency.bank.holder, "Bank account for balances: its holder");
  command.add_option("--bank-account", agency.bank.account, "... its number");
  command.add_option("--bank-name", agency.bank.bank, "... the bank");
  command.add_option("--bank-cnaps", agency.bank.cnaps, "... the bank's line number, 12 digits");
  command.add_option("--contact", agency.contact.person, "Who answers questions about letters");
  command.add_option("--phone", agency.contact.phone, "... at which number");
  command.add_option("--address", agency.contact.address, "Postal address");
  command.add_option("--postcode", agency.contact.postcode, "6 digits");
}

}  // namespace

void add_init(Command app, Session& session) {
  const auto options = std::make_shared<InitOptions>();
  Command command =
      app.add_command("init", "Make a new agency's folder: keys, store, users, configuration",
                      "jiexu init DIR --code S41132810207 --name \"Example City\"");
  command.add_option("folder", options->folder, "A folder that is empty or not there yet");
  command.add_option("--system", options->service,
                     "In place of a folder: as the service jiexu@NAME of this machine, with "
                     "/etc/jiexu/NAME.toml and /var/lib/jiexu/NAME");
  command.add_option("--code", options->code, "Agency code, 'S' and 11 digits").required();
  command.add_option("--listen", options->listen, "Where other agencies connect to")
      .shows_default();
  command.add_option("--api", options->api, "Loopback address and port of the API").shows_default();
  command.add_option("--language", options->language, "What its people read: zh or en")
      .one_of({"zh", "en"})
      .shows_default();
  add_agency_options(command, *options);
  command.callback([&session, options] { session.run = [options] { return init(*options); }; });
}

}  // namespace jiexu::cli
