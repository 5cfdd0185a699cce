#include "daemon/api/http/http_connections.h"

#include <algorithm>
#include <utility>

namespace jiexu {

// Makes those fewer than `bound` by closing the one that has waited for the longest, else the one
// that has been written to for the longest. `of`: only that user's count.
bool HttpConnections::make_room(Entries& among, size_t bound, const std::string* of) {
  const auto counts = [&](const Entry& entry) { return of == nullptr || entry.user == *of; };
  if (static_cast<size_t>(std::ranges::count_if(among, counts)) < bound) return true;
  for (const Does what : {Does::kWait, Does::kWrite}) {
    const auto found = std::ranges::find_if(
        among, [&](const Entry& entry) { return counts(entry) && entry.does == what; });
    if (found == among.end()) continue;
    found->does = Does::kWork;  // it goes once
    found->close();
    return true;
  }
  return false;
}

HttpConnections::Place::Place(HttpConnections& all, std::function<void()> close)
    : all_(all),
      at_(all_.strangers_.insert(all_.strangers_.end(), Entry{std::move(close), "", Does::kWait})) {
}

HttpConnections::Place::~Place() {
  mine().erase(at_);
}

void HttpConnections::Place::does(Does what) {
  at_->does = what;
  mine().splice(mine().end(), mine(), at_);
}

bool HttpConnections::Place::belongs_to(const std::string& user) {
  if (user.empty() || at_->user == user) return true;
  Entries& from = mine();
  const bool room = all_.make_room(all_.users_, all_.bounds_.of_one_user, &user) &&
                    all_.make_room(all_.users_, all_.bounds_.users, nullptr);
  if (!room) return false;
  at_->user = user;
  all_.users_.splice(all_.users_.end(), from, at_);
  return true;
}

}  // namespace jiexu
