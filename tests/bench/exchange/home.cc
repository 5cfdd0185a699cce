#include "tests/bench/exchange/home.h"

#include "daemon/base/check.h"
#include "daemon/open_store.h"

namespace jiexu::bench {
namespace {

VaultKeys vault_keys(const Keyring& keyring) {
  VaultKeys keys;
  for (const auto& [id, bytes] : keyring.vault_keys) {
    keys.ring.push_back({id, *to_array<32>(bytes)});
    keys.current = id;
  }
  keys.person_key = *to_array<32>(keyring.person_key);
  return keys;
}

}  // namespace

Home open_home(const std::filesystem::path& agency_folder) {
  auto config = load_config(agency_folder / "agency.toml");
  CHECK(config.has_value());
  auto keyring = Keyring::load(config->keys_dir);
  CHECK(keyring.has_value());
  auto vault = Vault::create(vault_keys(*keyring));
  CHECK(vault.has_value());
  auto store = open_store(*config, {});
  CHECK(store.has_value());
  auto numbers = open_numbers(*config, {});
  CHECK(numbers.has_value());
  return {std::move(*config), std::move(*keyring), std::move(*vault), std::move(*store),
          std::move(*numbers)};
}

}  // namespace jiexu::bench
