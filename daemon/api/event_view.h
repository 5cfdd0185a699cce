// A change as the API tells it: with the names that lead to what has changed.
#pragma once

#include "daemon/base/result.h"
#include "daemon/engine/change.h"
#include "daemon/engine/change_feed.h"
#include "jiexu/v1/api.pb.h"
#include "storage/records.h"

namespace jiexu {

// A payment does not say whose it is: adds the peer of its case.
void complete(const Records& records, Change& change);

v1::EventView event_view(const Records& records, const Change& change);
v1::EventView event_view(const ChangeFeed::Queue& queue);

}  // namespace jiexu
