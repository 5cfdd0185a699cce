// All of the store read once, with its checksums, so that damage is found before it is needed.
#pragma once

#include <stop_token>

#include "daemon/base/result.h"
#include "jiexu/v1/api.pb.h"
#include "storage/damage.h"
#include "storage/records.h"

namespace jiexu {

// As far as its key says, whose the place is and which agency holds a copy.
v1::DamageView view_damage(const DamagedPlace& place);

// Reads every record, slowly, so that nobody else has to wait for the disk. REQUIRES: `records`
// pass over damage, which is then noted in their book. Errors: the store's; kBusy: `stop` was asked
// for.
Result<v1::StoreCheckView> verify_store(const Records& records, const std::stop_token& stop);

}  // namespace jiexu
