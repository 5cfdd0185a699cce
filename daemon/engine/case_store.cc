#include "daemon/engine/case_store.h"

#include <algorithm>

#include "daemon/cases/payments.h"
#include "daemon/cases/table.h"
#include "daemon/engine/link_store.h"
#include "storage/layout.h"

namespace jiexu {
namespace {

LogPlace from_record(const v1::LogRef& ref) {
  return {ref.outgoing(), ref.epoch(), ref.seq()};
}

int32_t to_number(const std::optional<Date>& date) {
  return date ? date->yyyymmdd() : 0;
}

void decode_numbers(const v1::CaseRecord& record, Case& out) {
  out.sent_case_seq = record.sent_case_seq();
  out.received_case_seq = record.received_case_seq();
  out.timeline_count = record.timeline_count();
  out.revision = record.revision();
  out.created_at = {record.created_at_ms()};
  out.updated_at = {record.updated_at_ms()};
  if (record.closed_at_ms() != 0) out.closed_at = Instant{record.closed_at_ms()};
  out.form_version = record.form_version();
  out.disposition = record.disposition();
  out.due = Fen{record.due_fen()};
  out.noticed = Fen{record.noticed_fen()};
  out.moved = Fen{record.moved_fen()};
  out.credited = Fen{record.credited_fen()};
  out.attempt = record.attempt();
  out.reject_code = record.reject_code();
  out.stopped_on = record.stopped_on();
  out.last_fault = static_cast<v1::FaultCode>(record.last_fault());
  out.turn = record.turn();
  out.payee_version = record.payee_version();
  out.returned = Fen{record.returned_fen()};
  out.refund = Fen{record.refund_fen()};
  out.refunded = Fen{record.refunded_fen()};
  out.last_order = Fen{record.last_order_fen()};
  out.bounced = record.bounced();
  out.hold_code = record.hold_code();
  out.hold_until = record.hold_until();
}

Result<void> decode_memory(const v1::CaseRecord& record, Case& out) {
  for (const v1::FormerPeerRecord& in : record.former_peers()) {
    const auto agency = AgencyId::parse(in.agency());
    if (!agency) return fail(Errc::kCorrupt, "case record: a former peer has no code");
    out.former_peers.push_back({*agency, in.until()});
  }
  for (const v1::PaperRecord& in : record.papers()) {
    out.papers.push_back({static_cast<v1::Message::BodyCase>(in.body()), in.number(), in.digest()});
  }
  for (const v1::StatedPayment& in : record.payments()) {
    out.payments.push_back({in.attempt(), Fen{in.amount_fen()}});
  }
  list_old_payments(out);
  for (const v1::AttachmentRecord& in : record.attachments()) {
    const auto sha256 = to_array<32>(in.file().sha256());
    if (!sha256) return fail(Errc::kCorrupt, "case record: an attachment has no hash");
    out.attachments.push_back({*sha256, in.file().size(), in.file().name(), in.file().media_type(),
                               in.ours(), in.bound(), in.version(),
                               static_cast<Attachment::Content>(in.content())});
  }
  for (const v1::ProposalRecord& in : record.proposals()) {
    out.proposals.push_back({in.number(), static_cast<uint8_t>(in.action()), in.user(),
                             Instant{in.at_ms()}, in.input()});
  }
  return {};
}

Result<void> decode_deadlines(const v1::CaseRecord& record, Case& out) {
  for (const v1::DeadlineRecord& in : record.deadlines()) {
    const auto started = Date::from_yyyymmdd(in.started_on());
    if (!started) return fail(Errc::kCorrupt, "case record: a deadline has no start");
    out.deadlines.push_back({static_cast<DeadlineKind>(in.kind()), *started,
                             Date::from_yyyymmdd(in.due_on()), in.passed(), in.steps(),
                             in.reminded(), Date::from_yyyymmdd(in.expected_on())});
  }
  return {};
}

}  // namespace

Result<Case> decode_case(const CaseId& id, const v1::CaseRecord& record) {
  Case out;
  out.id = id;
  out.side = static_cast<Side>(record.side());
  out.relationship = static_cast<Relationship>(record.relationship());
  out.funds = static_cast<Funds>(record.funds());
  out.overlays.bits = record.overlays();
  const auto peer = AgencyId::parse(record.peer());
  const auto hash = to_array<16>(record.person_hash());
  const bool states_known = !name(out.relationship).empty() && !name(out.funds).empty();
  if (!peer || !hash || !states_known) {
    return fail(Errc::kCorrupt, "case record of " + id.str() + " holds an unknown state or peer");
  }
  out.peer = *peer;
  out.person_hash = *hash;
  out.letter_number = record.letter_number();
  out.person = record.person();
  out.scheme_from = record.scheme_from();
  out.scheme_to = record.scheme_to();
  out.payee = record.payee();
  out.policy_profile = record.policy_profile();
  out.certificate_number = record.certificate_number();
  out.filing = record.filing();
  out.newest_entries = record.newest_entries();
  decode_numbers(record, out);
  if (record.has_letter_ref()) out.letter_place = from_record(record.letter_ref());
  if (record.has_form_ref()) out.form_place = from_record(record.form_ref());
  out.findings.assign(record.findings().begin(), record.findings().end());
  if (auto done = decode_memory(record, out); !done) return tl::unexpected(done.error());
  if (auto done = decode_deadlines(record, out); !done) return tl::unexpected(done.error());
  return out;
}

void to_record(const LogPlace& place, v1::LogRef* ref) {
  ref->set_outgoing(place.outgoing);
  ref->set_epoch(place.epoch);
  ref->set_seq(place.seq);
}

namespace {

void encode_money(const Case& in, v1::CaseRecord* record) {
  record->set_due_fen(in.due.value);
  record->set_noticed_fen(in.noticed.value);
  record->set_moved_fen(in.moved.value);
  record->set_credited_fen(in.credited.value);
  record->set_attempt(in.attempt);
  record->set_returned_fen(in.returned.value);
  record->set_refund_fen(in.refund.value);
  record->set_refunded_fen(in.refunded.value);
  record->set_last_order_fen(in.last_order.value);
  record->set_bounced(in.bounced);
  for (const OpenPayment& payment : in.payments) {
    v1::StatedPayment* out = record->add_payments();
    out->set_attempt(payment.attempt);
    out->set_amount_fen(payment.open.value);
  }
}

void encode_memory(const Case& in, v1::CaseRecord* record) {
  for (const FormerPeer& former : in.former_peers) {
    v1::FormerPeerRecord* out = record->add_former_peers();
    out->set_agency(former.agency.str());
    out->set_until(former.until);
  }
  for (const PaperTwin& paper : in.papers) {
    v1::PaperRecord* out = record->add_papers();
    out->set_body(paper.body);
    out->set_number(paper.number);
    out->set_digest(paper.digest);
  }
  for (const Attachment& attachment : in.attachments) {
    v1::AttachmentRecord* out = record->add_attachments();
    out->mutable_file()->set_sha256(std::string(view(attachment.sha256)));
    out->mutable_file()->set_size(attachment.size);
    out->mutable_file()->set_name(attachment.name);
    out->mutable_file()->set_media_type(attachment.media_type);
    out->set_ours(attachment.ours);
    out->set_bound(attachment.bound);
    out->set_version(attachment.version);
    out->set_content(static_cast<uint32_t>(attachment.content));
  }
  for (const Proposal& proposal : in.proposals) {
    v1::ProposalRecord* out = record->add_proposals();
    out->set_number(proposal.number);
    out->set_action(proposal.action);
    out->set_user(proposal.user);
    out->set_at_ms(proposal.at.ms);
    out->set_input(proposal.input);
  }
}

void encode_deadlines(const Case& in, v1::CaseRecord* record) {
  for (const Deadline& deadline : in.deadlines) {
    v1::DeadlineRecord* out = record->add_deadlines();
    out->set_kind(static_cast<uint32_t>(deadline.kind));
    out->set_started_on(deadline.started.yyyymmdd());
    out->set_due_on(to_number(deadline.due));
    out->set_passed(deadline.passed);
    out->set_steps(deadline.steps);
    out->set_reminded(deadline.reminded);
    out->set_expected_on(to_number(deadline.expected));
  }
}

// All but person, payee and places in the log.
void encode_rest(const Case& in, v1::CaseRecord* record) {
  record->set_side(static_cast<uint32_t>(in.side));
  record->set_peer(in.peer.text().data(), AgencyId::kSize);
  record->set_letter_number(in.letter_number);
  record->set_relationship(static_cast<uint32_t>(in.relationship));
  record->set_funds(static_cast<uint32_t>(in.funds));
  record->set_overlays(in.overlays.bits);
  record->set_scheme_from(in.scheme_from);
  record->set_scheme_to(in.scheme_to);
  record->set_person_hash(in.person_hash.data(), in.person_hash.size());
  record->set_policy_profile(in.policy_profile);
  record->set_certificate_number(in.certificate_number);
  record->set_filing(in.filing);
  record->set_newest_entries(in.newest_entries);
  record->set_sent_case_seq(in.sent_case_seq);
  record->set_received_case_seq(in.received_case_seq);
  record->set_timeline_count(in.timeline_count);
  record->set_revision(in.revision);
  record->set_created_at_ms(in.created_at.ms);
  record->set_updated_at_ms(in.updated_at.ms);
  record->set_closed_at_ms(in.closed_at ? in.closed_at->ms : 0);
  record->set_turn(in.turn);
  record->set_payee_version(in.payee_version);
  record->set_hold_code(in.hold_code);
  record->set_hold_until(in.hold_until);
  encode_deadlines(in, record);
  encode_memory(in, record);
  record->set_form_version(in.form_version);
  record->set_disposition(in.disposition);
  encode_money(in, record);
  record->set_reject_code(in.reject_code);
  for (const v1::Finding& finding : in.findings) *record->add_findings() = finding;
  record->set_stopped_on(in.stopped_on);
  record->set_last_fault(in.last_fault);
}

}  // namespace

void encode_case(const Case& in, v1::CaseRecord* record) {
  encode_rest(in, record);
  *record->mutable_person() = in.person;
  *record->mutable_payee() = in.payee;
  if (in.letter_place) to_record(*in.letter_place, record->mutable_letter_ref());
  if (in.form_place) to_record(*in.form_place, record->mutable_form_ref());
}

void append_case(const Case& subject, CaseScratch* scratch, std::string* out) {
  v1::CaseRecord& record = scratch->record;
  record.Clear();
  encode_rest(subject, &record);
  // Lent for the call and taken back: copying them costs a dozen allocations.
  record.unsafe_arena_set_allocated_person(const_cast<v1::Person*>(&subject.person));
  record.unsafe_arena_set_allocated_payee(const_cast<v1::Payee*>(&subject.payee));
  if (subject.letter_place) {
    to_record(*subject.letter_place, &scratch->letter);
    record.unsafe_arena_set_allocated_letter_ref(&scratch->letter);
  }
  if (subject.form_place) {
    to_record(*subject.form_place, &scratch->form);
    record.unsafe_arena_set_allocated_form_ref(&scratch->form);
  }
  record.AppendToString(out);
  record.unsafe_arena_release_person();
  record.unsafe_arena_release_payee();
  record.unsafe_arena_release_letter_ref();
  record.unsafe_arena_release_form_ref();
}

Result<std::optional<Case>> read_case(const Records& records, const CaseId& id) {
  for (const bool closed : {false, true}) {
    const auto record =
        records.get_message<v1::CaseRecord>(Family::kCase, layout::case_key(id, closed));
    if (!record) return tl::unexpected(record.error());
    if (!*record) continue;
    auto decoded = decode_case(id, **record);
    if (!decoded) return tl::unexpected(decoded.error());
    return std::move(*decoded);
  }
  return std::nullopt;
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
  const auto subject = read_case(records, id);
  if (!subject) return tl::unexpected(subject.error());
  std::vector<v1::TimelineRecord> out;
  if (!*subject) return out;
  bool readable = true;
  const auto done = records.scan(
      Family::kTimeline, layout::timeline_key(id, 0),
      layout::timeline_key(id, (*subject)->timeline_count),
      [&](std::string_view, std::string_view value) { return readable = add_entries(value, out); });
  if (!done) return tl::unexpected(done.error());
  if (readable) readable = add_entries((*subject)->newest_entries, out);
  if (!readable) return fail(Errc::kCorrupt, "timeline of " + id.str() + " is unreadable");
  return out;
}

namespace {

Result<std::vector<CaseId>> read_list(const Records& records, const Key& key) {
  const auto list = records.get(Family::kIndex, key);
  if (!list) return tl::unexpected(list.error());
  return decode_case_list(list->value_or(std::string()));
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
    if (auto done = add_ids(records, closed, after, limit + 1, page.ids); !done) {
      return tl::unexpected(done.error());
    }
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
  const auto timeline = read_timeline(records, subject.id);
  if (!timeline) return tl::unexpected(timeline.error());
  std::vector<SentMessage> out;
  for (size_t i = 0; i < timeline->size(); ++i) {
    const AgencyId to = peer_at(subject, static_cast<uint32_t>(i + 1));
    for (const v1::LogRef& ref : (*timeline)[i].sent()) {
      out.push_back({static_cast<uint32_t>(out.size() + 1), to, from_record(ref)});
    }
  }
  return out;
}

Result<std::string> read_message_bytes(const Records& records, AgencyId peer,
                                       const LogPlace& place) {
  const auto direction = place.outgoing ? layout::Direction::kOut : layout::Direction::kIn;
  const auto frame = StoredLog(records, peer, direction, place.epoch).frame_with(place.seq);
  if (!frame) return tl::unexpected(frame.error());
  if (!*frame) return fail(Errc::kNotFound, "the link log does not hold this message");
  const auto batch = decode_batch((*frame)->bytes);
  if (!batch) return tl::unexpected(batch.error());
  return std::string(batch->messages[place.seq - batch->first_seq]);
}

Result<v1::Message> read_message(const Records& records, AgencyId peer, const LogPlace& place) {
  const auto bytes = read_message_bytes(records, peer, place);
  if (!bytes) return tl::unexpected(bytes.error());
  v1::Message message;
  if (!message.ParseFromString(*bytes)) {
    return fail(Errc::kCorrupt, "a message in the link log is unreadable");
  }
  return message;
}

Result<void> show_delivery(const Records& records, Case& subject) {
  if (subject.relationship != Relationship::kLetterSent || !subject.letter_place) return {};
  const auto link = records.get_message<v1::LinkRecord>(
      Family::kLink, layout::link_key(subject.peer, layout::Direction::kOut));
  if (!link) return tl::unexpected(link.error());
  if (*link && (*link)->receipted_seq() >= subject.letter_place->seq) {
    subject.relationship = Relationship::kLetterDelivered;
  }
  return {};
}

Result<CasePage> list_cases(const Records& records, bool open_only, std::optional<CaseId> after,
                            size_t limit) {
  const auto ids = list_ids(records, open_only, after, limit);
  if (!ids) return tl::unexpected(ids.error());
  CasePage page;
  for (const CaseId& id : ids->ids) {
    auto found = read_case(records, id);
    if (!found) return tl::unexpected(found.error());
    if (!*found) continue;
    if (auto done = show_delivery(records, **found); !done) return tl::unexpected(done.error());
    page.cases.push_back(std::move(**found));
  }
  if (ids->more) page.next = ids->ids.back();
  return page;
}

}  // namespace jiexu
