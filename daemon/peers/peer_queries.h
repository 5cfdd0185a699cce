// What people ask about links with other agencies. Reads of durable records, from any thread that
// has its own Records. Errors of all: the store's; kCorrupt if a key or record cannot be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/ids.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/record.pb.h"
#include "storage/records.h"

namespace jiexu {

// Where a message that could not be used stands among all of them.
using QuarantinePlace = layout::QuarantineKey;
std::string place_text(const QuarantinePlace& place);
// The inverse of place_text; nullopt for any other text.
std::optional<QuarantinePlace> parse_quarantine_place(std::string_view text);

struct QuarantineEntry {
  QuarantinePlace place;
  v1::QuarantineRecord record;
};
// As it is shown to people.
v1::QuarantineView quarantine_view(const QuarantineEntry& entry);
struct QuarantinePage {
  std::vector<QuarantineEntry> entries;
  std::optional<QuarantinePlace> next;  // to go on after; nullopt: these are the last
};
struct QuarantineFilter {
  std::optional<AgencyId> peer;
  std::optional<v1::FaultCode> code;
};
// The first `limit` behind `after`: peer by peer, oldest first. With a code, a page may hold fewer
// although others follow.
Result<QuarantinePage> list_quarantine(const Records& records, const QuarantineFilter& filter,
                                       const std::optional<QuarantinePlace>& after, size_t limit);
// nullopt: none is at the place.
Result<std::optional<QuarantineEntry>> find_quarantined(const Records& records,
                                                        const QuarantinePlace& place);

// Our link to the peer, or else theirs to us; nullopt: neither has begun.
Result<std::optional<v1::LinkRecord>> find_link(const Records& records, AgencyId peer);
// Every agency with which a link has begun, once each. Their number is the directory's.
Result<std::vector<AgencyId>> linked_peers(const Records& records);

}  // namespace jiexu
