// What the API shows of what the daemon holds: pure mappings to the messages of api.proto.
#pragma once

#include <string_view>

#include "daemon/cases/case.h"
#include "daemon/casework/case_store.h"
#include "daemon/peers/peer_queries.h"
#include "daemon/reconciliation/reconciliation_queries.h"
#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// With the deadlines and the actions that are allowed now.
v1::CaseView case_view(const Case& subject);
// Names `other` as another case of the person in `view`.
void add_related(const Case& other, v1::CaseView& view);
v1::AttachmentViews attachment_views(const Case& subject);
v1::CaseViews case_views(const CasePage& page);

// `records` in order; the first is number 0.
v1::TimelineView timeline_view(const std::vector<v1::TimelineRecord>& records);

v1::AccountView account_view(const LedgerEntry& entry);

}  // namespace jiexu
