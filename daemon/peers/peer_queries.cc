#include "daemon/peers/peer_queries.h"

#include <algorithm>
#include <limits>

#include "daemon/base/bytes.h"
#include "daemon/engine/scan_page.h"
#include "daemon/peers/fault_words.h"
#include "jiexu/v1/message.pb.h"

namespace jiexu {
namespace {

Key key_of(const QuarantinePlace& place) {
  return layout::quarantine_key(place.peer, place.epoch, place.seq);
}

Result<QuarantineEntry> read_quarantined(std::string_view key, std::string_view value) {
  TRY(const auto place, layout::parse_quarantine_key(key));
  TRY(auto record, parse_as<v1::QuarantineRecord>(value));
  return QuarantineEntry{place, std::move(record)};
}

}  // namespace

std::string place_text(const QuarantinePlace& place) {
  return to_hex(key_of(place));
}

std::optional<QuarantinePlace> parse_quarantine_place(std::string_view text) {
  return parse_cursor(text, layout::parse_quarantine_key);
}

Result<QuarantinePage> list_quarantine(const Records& records, const QuarantineFilter& filter,
                                       const std::optional<QuarantinePlace>& after, size_t limit) {
  if (filter.peer && after && after->peer != *filter.peer) return QuarantinePage();
  const std::string_view prefix = filter.peer ? filter.peer->text() : "";
  const KeyRange range{Family::kQuarantine, prefix, after ? key_of(*after).str() : ""};
  TRY(auto found, scan_page<QuarantineEntry>(records, range, limit, read_quarantined));
  QuarantinePage page{std::move(found.entries), {}};
  if (found.more) page.next = page.entries.back().place;
  if (filter.code) {
    std::erase_if(page.entries, [&](const QuarantineEntry& entry) {
      return entry.record.code() != *filter.code;
    });
  }
  return page;
}

Result<std::optional<QuarantineEntry>> find_quarantined(const Records& records,
                                                        const QuarantinePlace& place) {
  TRY(auto record, records.get_message<v1::QuarantineRecord>(Family::kQuarantine, key_of(place)));
  if (!record) return std::nullopt;
  return QuarantineEntry{place, std::move(*record)};
}

v1::QuarantineView quarantine_view(const QuarantineEntry& entry) {
  const v1::QuarantineRecord& record = entry.record;
  v1::QuarantineView view;
  view.set_peer(entry.place.peer.str());
  view.set_epoch(entry.place.epoch);
  view.set_seq(entry.place.seq);
  view.set_code(record.code());
  view.set_refusal(record.refusal());
  view.set_text(record.text());
  if (const auto id = CaseId::from_bytes(record.case_id())) view.set_case_id(id->str());
  view.set_at(Instant{record.at_ms()}.str());
  view.set_more(record.more());
  view.set_place(place_text(entry.place));
  view.set_reason(reason_of(record));
  view.set_cause(std::string(explain(record.code())));
  view.set_rule(std::string(rule_of(record)));
  const auto* kind =
      v1::Message::descriptor()->FindFieldByNumber(static_cast<int>(record.body_kind()));
  if (kind != nullptr && kind->containing_oneof() != nullptr) view.set_kind(kind->name());
  return view;
}

Result<std::optional<v1::LinkRecord>> find_link(const Records& records, AgencyId peer) {
  auto out = records.get_message<v1::LinkRecord>(layout::link_key(peer, layout::Direction::kOut));
  if (!out || *out) return out;
  return records.get_message<v1::LinkRecord>(layout::link_key(peer, layout::Direction::kIn));
}

Result<std::vector<AgencyId>> linked_peers(const Records& records) {
  auto found = scan_page<AgencyId>(records, {Family::kLink, ""}, std::numeric_limits<size_t>::max(),
                                   [](std::string_view key, std::string_view) -> Result<AgencyId> {
                                     TRY(const auto link, layout::parse_link_key(key));
                                     return link.peer;
                                   });
  if (!found) return tl::unexpected(found.error());
  // The two directions of a peer lie together.
  auto& all = found->entries;
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return std::move(all);
}

}  // namespace jiexu
