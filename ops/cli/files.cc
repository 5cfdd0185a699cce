#include "ops/cli/files.h"

#include <fstream>

#include "daemon/trust/keyring.h"
#include "storage/file.h"

namespace jiexu::cli {

namespace fs = std::filesystem;

namespace {

Result<void> put_in_place(const fs::path& fresh, const fs::path& file) {
  std::error_code error;
  fs::rename(fresh, file, error);
  if (error) return fail(Errc::kIo, file.string() + ": cannot be replaced: " + error.message());
  return sync_path(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

}  // namespace

Result<void> replace_file(const fs::path& file, std::string_view text) {
  const fs::path fresh = file.string() + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return fail(Errc::kIo, fresh.string() + ": cannot be written");
  TRY_DO(give_to_owner_of_folder(fresh));
  if (Result<void> synced = sync_path(fresh); !synced) return synced;
  return put_in_place(fresh, file);
}

Result<void> replace_secret_file(const fs::path& file, std::string_view text) {
  const fs::path fresh = file.string() + ".new";
  std::error_code ignored;
  fs::remove(fresh, ignored);  // left by a crash
  TRY_DO(write_secret_file(fresh, text));
  return put_in_place(fresh, file);
}

}  // namespace jiexu::cli
