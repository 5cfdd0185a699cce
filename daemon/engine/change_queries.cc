#include "daemon/engine/change_queries.h"

#include "storage/layout.h"

namespace jiexu {
namespace {

// False: stop.
Result<bool> visit_record(std::string_view key, std::string_view value, ChangePlace after,
                          const std::function<bool(const KeptChange&)>& visit) {
  TRY(const auto at, layout::parse_changes_key(key));
  TRY(const auto changes, ChangesView::parse(value));
  for (uint32_t n = at.lsn == after.lsn ? after.n + 1 : 0; n < changes.size(); ++n) {
    if (!visit({{at.epoch, at.lsn, n}, changes.at(), changes[n]})) return false;
  }
  return true;
}

}  // namespace

Result<void> read_changes(const Reader& store, ChangePlace after, ChangePlace through,
                          const std::function<bool(const KeptChange&)>& visit) {
  const auto begin = layout::changes_key({after.epoch, after.lsn});
  const auto end = layout::changes_key({after.epoch, through.lsn + 1});
  Result<void> readable;
  TRY_DO(store.scan(Family::kAudit, begin, end, [&](auto key, auto value) {
    const auto more = visit_record(key, value, after, visit);
    if (!more) readable = tl::unexpected(more.error());
    return more && *more;
  }));
  return readable;
}

}  // namespace jiexu
