#include "daemon/casework/case_store.h"

#include <algorithm>

#include "daemon/cases/invariants.h"
#include "daemon/cases/payments.h"
#include "daemon/casework/record_codec.h"
#include "daemon/peers/link_store.h"
#include "storage/layout.h"

namespace jiexu {
Result<Case> decode_case(const CaseId& id, const v1::CaseRecord& record) {
  Case out;
  out.id = id;
  if (const char* field = decode_fields(record, out)) {
    return fail(Errc::kCorrupt, "case record of " + id.str() + ": " + field + " cannot be read");
  }
  list_old_payments(out);
  if (const auto rule = check_stored(out)) {
    return breaks_rule("case record of " + id.str(), *rule);
  }
  return out;
}

void encode_case(const Case& subject, v1::CaseRecord* record) {
  encode_fields(subject, *record);
}

void append_case(const Case& subject, CaseScratch* scratch, std::string* out) {
  encode_fields(subject, scratch->record);
  scratch->record.AppendToString(out);
}

void to_record(const LogPlace& place, v1::LogRef* ref) {
  encode_fields(place, *ref);
}

Result<std::optional<Case>> read_case(const Records& records, const CaseId& id) {
  for (const bool closed : {false, true}) {
    TRY(const auto record,
        records.get_message<v1::CaseRecord>(Family::kCase, layout::case_key(id, closed)));
    if (!record) continue;
    TRY(auto decoded, decode_case(id, *record));
    return decoded;
  }
  return std::nullopt;
}

Result<std::optional<Case>> read_listed_case(const Records& records, const CaseId& id) {
  auto found = read_case(records, id);
  if (!found && records.pass(layout::case_key(id, false), found.error())) return std::nullopt;
  return found;
}

// Closed cases first: below the greatest of them the open ones have left the traces of their
// removal, which a walk from the end would meet one by one.
Result<CaseId> greatest_case(const Reader& reader) {
  Result<CaseId> greatest;
  for (const bool closed : {true, false}) {
    const Key lower = layout::case_key(*greatest, closed);
    const std::string_view prefix = closed ? layout::kClosedCases : layout::kOpenCases;
    const auto done = reader.scan_back(Family::kCase, lower, layout::prefix_end(prefix),
                                       [&](std::string_view key, std::string_view) {
                                         greatest = layout::parse_case_key(key);
                                         return false;
                                       });
    if (!done) return tl::unexpected(done.error());
    if (!greatest) return greatest;
  }
  return greatest;
}

namespace {

// Adds the entries of one commit; false if `bytes` are not such.
bool add_entries(std::string_view bytes, std::vector<v1::TimelineRecord>& out) {
  if (bytes.empty()) return true;
  v1::TimelineRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return false;
  for (auto& earlier : *record.mutable_earlier()) out.push_back(std::move(earlier));
  record.clear_earlier();
  out.push_back(std::move(record));
  return true;
}

}  // namespace

// The case is read first: entries that move from it to the timeline meanwhile are not read twice.
Result<std::vector<v1::TimelineRecord>> read_timeline(const Records& records, const CaseId& id) {
  TRY(const auto subject, read_case(records, id));
  std::vector<v1::TimelineRecord> out;
  if (!subject) return out;
  bool readable = true;
  const auto done = records.scan(
      Family::kTimeline, layout::timeline_key(id, 0),
      layout::timeline_key(id, subject->timeline_count),
      [&](std::string_view, std::string_view value) { return readable = add_entries(value, out); });
  if (!done) return tl::unexpected(done.error());
  if (readable) readable = add_entries(subject->newest_entries, out);
  if (!readable) return fail(Errc::kCorrupt, "timeline of " + id.str() + " is unreadable");
  return out;
}

namespace {

Result<std::vector<CaseId>> read_list(const Records& records, const Key& key) {
  TRY(const auto list, records.get(Family::kIndex, key));
  return decode_case_list(list.value_or(std::string()));
}

// Ids of a page, in order, and the one to go on after.
struct IdPage {
  std::vector<CaseId> ids;
  bool more = false;
};

// The first `limit` ids behind `after`, open or closed, are added to `ids`.
Result<void> add_ids(const Records& records, bool closed, const std::optional<CaseId>& after,
                     size_t limit, std::vector<CaseId>& ids) {
  std::string lower = layout::case_key(after.value_or(CaseId()), closed).str();
  if (after) lower += '\0';
  const std::string upper = layout::prefix_end(closed ? layout::kClosedCases : layout::kOpenCases);
  const size_t full = ids.size() + limit;
  Result<void> read;
  const auto done =
      records.scan(Family::kCase, lower, upper, [&](std::string_view key, std::string_view) {
        const auto id = layout::parse_case_key(key);
        if (id) ids.push_back(*id);
        if (!id) read = tl::unexpected(id.error());
        return id && ids.size() < full;
      });
  return read ? done : read;
}

Result<IdPage> list_ids(const Records& records, bool open_only, std::optional<CaseId> after,
                        size_t limit) {
  IdPage page;
  for (const bool closed : {false, true}) {
    if (closed && open_only) break;
    TRY_DO(add_ids(records, closed, after, limit + 1, page.ids));
  }
  std::ranges::sort(page.ids);
  page.more = page.ids.size() > limit;
  if (page.more) page.ids.resize(limit);
  return page;
}

}  // namespace

Result<std::vector<CaseId>> decode_case_list(std::string_view list) {
  if (list.size() % CaseId::kSize != 0) {
    return fail(Errc::kCorrupt, "an index record holds no case ids");
  }
  std::vector<CaseId> out;
  for (size_t at = 0; at < list.size(); at += CaseId::kSize) {
    out.push_back(*CaseId::from_bytes(list.substr(at, CaseId::kSize)));
  }
  return out;
}

Result<std::vector<CaseId>> find_by_letter(const Records& records, const LetterNumber& number) {
  const auto record = records.get(Family::kIndex, layout::letters_key(number.view()));
  if (!record) return tl::unexpected(record.error());
  auto cases = layout::cases_of_letter(number.view(), record->value_or(std::string()));
  if (!cases) return fail(Errc::kCorrupt, "an index record holds no letter numbers");
  return std::move(*cases);
}

Result<std::vector<CaseId>> find_by_person(const Records& records, const PersonHash& hash) {
  return read_list(records, layout::person_key(hash));
}

AgencyId peer_at(const Case& subject, uint32_t number) {
  for (const FormerPeer& former : subject.former_peers) {
    if (number < former.until) return former.agency;
  }
  return subject.peer;
}

Result<std::vector<SentMessage>> list_sent(const Records& records, const Case& subject) {
  TRY(const auto timeline, read_timeline(records, subject.id));
  std::vector<SentMessage> out;
  for (size_t i = 0; i < timeline.size(); ++i) {
    const AgencyId to = peer_at(subject, static_cast<uint32_t>(i + 1));
    for (const v1::LogRef& ref : (timeline)[i].sent()) {
      out.push_back({static_cast<uint32_t>(out.size() + 1), to, {}});
      decode_fields(ref, out.back().place);
    }
  }
  return out;
}

Result<std::string> read_message_bytes(const Records& records, AgencyId peer,
                                       const LogPlace& place) {
  const auto direction = place.outgoing ? layout::Direction::kOut : layout::Direction::kIn;
  TRY(const auto frame, StoredLog(records, peer, direction, place.epoch).frame_with(place.seq));
  if (!frame) return fail(Errc::kNotFound, "the link log does not hold this message");
  TRY(const auto batch, decode_batch(frame->bytes));
  return std::string(batch.messages[place.seq - batch.first_seq]);
}

Result<v1::Message> read_message(const Records& records, AgencyId peer, const LogPlace& place) {
  TRY(const auto bytes, read_message_bytes(records, peer, place));
  v1::Message message;
  if (!message.ParseFromString(bytes)) {
    return fail(Errc::kCorrupt, "a message in the link log is unreadable");
  }
  return message;
}

Result<void> show_delivery(const Records& records, Case& subject) {
  if (subject.relationship != Relationship::kLetterSent || !subject.letter_place) return {};
  TRY(const auto link, records.get_message<v1::LinkRecord>(
                           Family::kLink, layout::link_key(subject.peer, layout::Direction::kOut)));
  if (link && link->receipted_seq() >= subject.letter_place->seq) {
    subject.relationship = Relationship::kLetterDelivered;
  }
  return {};
}

Result<CasePage> list_cases(const Records& records, bool open_only, std::optional<CaseId> after,
                            size_t limit) {
  TRY(const auto ids, list_ids(records, open_only, after, limit));
  CasePage page;
  for (const CaseId& id : ids.ids) {
    TRY(auto found, read_listed_case(records, id));
    if (!found) continue;
    TRY_DO(show_delivery(records, *found));
    page.cases.push_back(std::move(*found));
  }
  if (ids.more) page.next = ids.ids.back();
  return page;
}

}  // namespace jiexu
