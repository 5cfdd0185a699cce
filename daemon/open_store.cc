#include "daemon/open_store.h"

#include <string>

#include "storage/rocks/rocks_reader.h"
#include "storage/rocks/rocks_store.h"

namespace jiexu {

Result<std::unique_ptr<StoreEngine>> create_store(const Config& config) {
  return RocksStore::create({.dir = config.data_dir});
}

Result<std::unique_ptr<StoreEngine>> open_store(const Config& config, StoreHooks hooks) {
  RocksSettings settings;
  settings.dir = config.data_dir;
  settings.on_background_error = std::move(hooks.on_failure);
  if (hooks.log) {
    settings.log = [log = std::move(hooks.log)](std::string_view line) {
      log("rocksdb: " + std::string(line));
    };
  }
  settings.open_files_max = hooks.open_files_max;
  const Config::Store& limit = config.store;
  settings.space = {limit.min_free_mib << 20, limit.frames_min_free_mib << 20,
                    limit.ballast_mib << 20};
  return RocksStore::open(settings);
}

Result<std::unique_ptr<Reader>> open_read_only_store(const std::filesystem::path& folder) {
  return open_read_only(folder);
}

}  // namespace jiexu
