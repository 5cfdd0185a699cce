// The keys of what commits have changed (layout.h).
#include "daemon/base/bytes.h"
#include "storage/layout.h"

namespace jiexu::layout {

RecordKey changes_key(const ChangesKey& place) {
  return {Kind::kChanges, Key(kAllChanges).u32(place.epoch).u64(place.lsn)};
}

Result<ChangesKey> parse_changes_key(std::string_view key) {
  const KindRow& row = row_of(Kind::kChanges);
  if (key.size() != row.size || !key.starts_with(row.prefix)) return no_key_of(Kind::kChanges);
  key.remove_prefix(row.prefix.size());
  return ChangesKey{read_u32(key), read_u64(key.substr(sizeof(uint32_t)))};
}

}  // namespace jiexu::layout
