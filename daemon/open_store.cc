#include "daemon/open_store.h"

#include <string>

#include "jiexu/v1/record.pb.h"
#include "storage/layout.h"
#include "storage/number_file.h"
#include "storage/records.h"
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
  settings.on_damage = std::move(hooks.on_damage);
  if (hooks.log) {
    settings.log = [log = std::move(hooks.log)](std::string_view line) {
      log("rocksdb: " + std::string(line));
    };
  }
  settings.open_files_max = hooks.open_files_max;
  settings.accept_loss = hooks.accept_loss;
  const Config::Store& limit = config.store;
  settings.space = {limit.min_free_mib << 20, limit.frames_min_free_mib << 20,
                    limit.ballast_mib << 20};
  return RocksStore::open(settings);
}

// What a damaged file had reserved nobody knows. The store's own count is as good as it is: if the
// store was set back too, that is noticed apart from this, and numbers are left out.
Result<std::unique_ptr<NumberBlocks>> open_numbers(const Config& config, const StoreHooks& hooks) {
  const std::filesystem::path path = config.data_dir / "numbers";
  auto file = NumberFile::open(path);
  if (!file && file.error().code == Errc::kCorrupt) {
    if (hooks.log) hooks.log(file.error().text + "; it begins anew");
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) return fail(Errc::kIo, "cannot remove " + path.string() + ": " + error.message());
    file = NumberFile::open(path);
  }
  if (!file) return tl::unexpected(file.error());
  return std::make_unique<NumberFile>(std::move(*file));
}

Result<FolderMark> open_folder_mark(const Config& config) {
  return FolderMark::open(config.data_dir / "folder");
}

Result<std::optional<RunMark>> open_run_mark(const Config& config, const Store& store,
                                             const Vault& vault, const StoreHooks& hooks) {
  TRY(const auto record, Records(store, vault).get_message<v1::StoreRecord>(layout::store_key()));
  const std::filesystem::path home = RunMark::default_home();
  auto mark = RunMark::open(home, config.data_dir, record ? record->store_id() : "");
  if (mark) return std::move(*mark);
  if (hooks.log) {
    hooks.log("after a restart peers will have to say whether the store is the newest one: " +
              mark.error().text);
  }
  return std::nullopt;
}

Result<std::unique_ptr<Reader>> open_read_only_store(const std::filesystem::path& folder) {
  return open_read_only(folder);
}

}  // namespace jiexu
