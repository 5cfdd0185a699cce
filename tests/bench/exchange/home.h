// The store of an agency whose daemon is not running, and what opens it.
#pragma once

#include <filesystem>
#include <memory>

#include "daemon/config.h"
#include "daemon/trust/keyring.h"
#include "storage/number_blocks.h"
#include "storage/store_engine.h"
#include "storage/vault.h"

namespace jiexu::bench {

struct Home {
  Config config;
  Keyring keyring;
  std::unique_ptr<Vault> vault;
  std::unique_ptr<StoreEngine> store;
  std::unique_ptr<NumberBlocks> numbers;
};

// REQUIRES: made by `jiexu init`, and no daemon runs on it.
Home open_home(const std::filesystem::path& agency_folder);

}  // namespace jiexu::bench
