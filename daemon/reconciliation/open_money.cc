#include "daemon/reconciliation/open_money.h"

#include <algorithm>
#include <set>

#include "daemon/cases/stated.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

// The commit that runs, and the one that holds the write.
constexpr int kLandings = 2;

}  // namespace

Result<void> OpenMoney::case_changed(const CaseChanged& change) {
  const Case& after = *change.after;
  if (!is_stated(after) || (change.before.stated && change.before.peer == after.peer)) return {};
  tx_.put(layout::open_money_key(after.peer, after.id), "");
  fresh_[{after.peer, after.id}] = kLandings;
  return {};
}

Result<std::vector<CaseId>> OpenMoney::list(AgencyId peer, const CaseId& after,
                                            const std::optional<CaseId>& through,
                                            size_t max) const {
  std::set<CaseId> found;
  const Key lower = layout::open_money_key(peer, after);
  const std::string end = layout::prefix_end(layout::open_money_prefix(peer));
  const auto fits = [&](const CaseId& id) { return id > after && (!through || id <= *through); };
  Result<void> read;
  const auto done =
      tx_.scan(Family::kIndex, lower, end, [&](std::string_view key, std::string_view) {
        const auto id = layout::parse_open_money_key(key);
        if (!id) read = tl::unexpected(id.error());
        if (!id || (*id > after && !fits(*id))) return false;
        if (fits(*id)) found.insert(*id);
        return found.size() < max;
      });
  if (!done) return tl::unexpected(done.error());
  if (!read) return tl::unexpected(read.error());
  for (auto it = fresh_.upper_bound({peer, after}); it != fresh_.end(); ++it) {
    if (it->first.first != peer || !fits(it->first.second)) break;
    found.insert(it->first.second);
  }
  std::vector<CaseId> out(found.begin(), found.end());
  if (out.size() > max) out.resize(max);
  return out;
}

void OpenMoney::remove(AgencyId peer, const CaseId& id) {
  tx_.remove(layout::open_money_key(peer, id));
  fresh_.erase({peer, id});
}

void OpenMoney::landed(Moment) {
  for (auto it = fresh_.begin(); it != fresh_.end();) {
    it = --it->second == 0 ? fresh_.erase(it) : std::next(it);
  }
}

}  // namespace jiexu
