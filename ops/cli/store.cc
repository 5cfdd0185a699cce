// jiexu store: the store as a whole, and dump, which looks into one that no daemon has open.
#include <iostream>

#include "daemon/open_store.h"
#include "daemon/trust/keyring.h"
#include "ops/cli/printing.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"
#include "ops/cli/store_words.h"
#include "storage/dump.h"
#include "storage/key.h"
#include "storage/key_checks.h"

namespace jiexu::cli {
namespace {

namespace fs = std::filesystem;

struct DumpOptions {
  std::string folder;
  std::string keys;
  std::string family;
  std::string key;
};

// Where the store and its keys are: as was said, or as the configuration says.
struct Places {
  fs::path store;
  fs::path keys;
};

Result<Places> places_of(const Session& session, const DumpOptions& options) {
  Places places{options.folder, options.keys};
  if (!options.folder.empty() && !options.keys.empty()) return places;
  TRY(const auto config, session.config());
  if (options.folder.empty()) places.store = config.data_dir;
  if (options.keys.empty()) places.keys = config.keys_dir;
  return places;
}

Result<DumpChoice> choice_of(const DumpOptions& options) {
  DumpChoice choice;
  if (!options.family.empty()) {
    choice.family = family_of(options.family);
    if (!choice.family)
      return fail(Errc::kInvalid,
                  say("--family: records have no family {name}", {{"name", options.family}}));
  }
  const auto key = from_hex(options.key);
  if (!key || key->size() > Key::kSizeMax) {
    return fail(Errc::kInvalid, "--key: must be hex digits, two for each byte");
  }
  choice.key_prefix = *key;
  return choice;
}

// Without the keys there is nothing to read: who does not hold them is told so.
Result<std::unique_ptr<Vault>> open_vault(const fs::path& folder) {
  TRY(const auto keyring, Keyring::load(folder));
  TRY(auto keys, vault_keys(keyring.vault_keys, keyring.person_key));
  return Vault::create(std::move(keys));
}

int print_records(const Reader& store, const Vault& vault, const DumpChoice& choice) {
  print_as_it_is();  // each line is JSON
  const auto counts = dump(store, vault, choice, [](std::string_view line) {
    std::cout << line << '\n';
    return std::cout.good();
  });
  if (!counts) return report(counts.error());
  std::cout.flush();
  if (!std::cout.good()) return report(EX_IOERR, "the output could not be written");
  if (counts->unreadable == 0) return EX_OK;
  return report(EX_DATAERR, std::to_string(counts->unreadable) + " of " +
                                std::to_string(counts->records) +
                                " records could not be read; each has an \"error\"");
}

int dump_store(const Session& session, const DumpOptions& options) {
  const auto choice = choice_of(options);
  if (!choice) return report(EX_USAGE, choice.error().text);
  const auto places = places_of(session, options);
  if (!places) return report(places.error());
  const auto vault = open_vault(places->keys);
  if (!vault) {
    const bool foreign = vault.error().code == Errc::kPermission;
    return report(foreign ? EX_NOPERM : EX_CONFIG,
                  vault.error().text + "; only who holds the keys can read a store");
  }
  const auto store = open_read_only_store(places->store);
  if (!store && store.error().code == Errc::kBusy) {
    return report(
        EX_TEMPFAIL,
        store.error().text + ": stop the daemon, or ask it (jiexu case show, bank lines, ...)");
  }
  if (!store) return report(store.error());
  const KeyPlaces names{places->keys / "vault.keys", places->keys / "person.key", places->store};
  if (auto right = check_remembered_keys(**store, **vault, names); !right) {
    return report(right.error().code == Errc::kInvalid ? EX_CONFIG : EX_DATAERR,
                  right.error().text);
  }
  return print_records(**store, **vault, *choice);
}

}  // namespace

void add_store(Command app, Session& session) {
  Command group = app.add_command("store",
                                  "The store as a whole: whether it is as it was, and "
                                  "what it holds",
                                  "jiexu store status");
  group.require_subcommand();
  add_store_words(group, session);
  const auto options = std::make_shared<DumpOptions>();
  Command command = group.add_command(
      "dump",
      "Print every record as a line of JSON, unsealed: names, document numbers, accounts and all "
      "that people wrote. Keep the output as safe as the store. Changes nothing; a daemon that has "
      "the store open must be stopped",
      "jiexu store dump --family funds --key 49");
  command.add_option("folder", options->folder, "The store (default: the agency's own)");
  command.add_option("--keys", options->keys, "Folder of its keys (default: the agency's own)");
  command.add_option("--family", options->family,
                     "Only records of this family, such as case, funds or link_log");
  command.add_option("--key", options->key, "Only records whose key begins with these hex digits");
  command.callback([&session, options] {
    session.run = [&session, options] { return dump_store(session, *options); };
  });
}

}  // namespace jiexu::cli
