#include "daemon/api/views.h"

#include "daemon/api/cursor.h"
#include "daemon/base/bytes.h"
#include "daemon/base/check.h"
#include "daemon/cases/event.h"
#include "daemon/cases/step.h"
#include "daemon/casework/four_eyes.h"
#include "daemon/peers/fault_words.h"
#include "daemon/rules/person_terms.h"

namespace jiexu {
namespace {

std::string place(const v1::LogRef& ref) {
  return std::to_string(ref.epoch()) + "/" + std::to_string(ref.seq());
}

std::string text(std::string_view view) {
  return std::string(view);
}

void add_deadlines(const Case& subject, v1::CaseView& view) {
  for (const Deadline& deadline : subject.deadlines) {
    v1::DeadlineView* out = view.add_deadlines();
    out->set_kind(text(deadline_name(deadline.kind)));
    out->set_started_on(deadline.started.str());
    if (deadline.due) out->set_due_on(deadline.due->str());
    out->set_passed(deadline.passed);
    out->set_ours(is_ours(subject.side, deadline.kind));
    out->set_reminded(deadline.reminded);
    if (deadline.expected) out->set_expected_on(deadline.expected->str());
    if (deadline.held_since) out->set_held_since(deadline.held_since->str());
    out->set_held_days(deadline.held_days);
    if (const DeadlineRule* rule = rule_of(subject, deadline.kind)) {
      out->set_source(text(rule->source));
      out->set_own(rule->own);
    }
  }
}

void add_person_terms(const Case& subject, v1::CaseView& view) {
  const auto ended = Date::from_yyyymmdd(subject.stopped_on);
  if (!ended) return;
  for (const PersonTerm& term : person_terms(*ended)) {
    v1::PersonTermView* out = view.add_person_terms();
    out->set_who(text(term.who));
    out->set_what(text(term.what));
    out->set_until(term.until.str());
    out->set_source(text(term.source));
  }
}

void add_actions(const Case& subject, v1::CaseView& view) {
  for (const Offer& offer : offers(subject)) {
    v1::ActionView* out = view.add_actions();
    out->set_action(text(name(offer.action)));
    out->set_title(text(offer.title));
    for (size_t i = 0; i < kFieldNames.size(); ++i) {
      const auto field = static_cast<Field>(i);
      if (offer.fields.taken.has(field)) out->add_fields(text(name(field)));
      if (offer.fields.needed.has(field)) out->add_needed(text(name(field)));
    }
    out->set_role(text(offer.role));
    out->set_second_person(offer.second_person);
    if (offer.meets == nullptr) continue;
    out->set_deadline(text(deadline_name(offer.meets->kind)));
    if (offer.meets->due) out->set_due_on(offer.meets->due->str());
  }
}

void add_proposals(const Case& subject, v1::CaseView& view) {
  if (subject.proposals.empty()) return;
  const std::vector<Offer> all = offers(subject);
  for (const Proposal& proposal : subject.proposals) {
    const auto action = static_cast<EventKind>(proposal.action);
    v1::ProposalView* out = view.add_proposals();
    out->set_number(proposal.number);
    out->set_action(text(name(action)));
    out->set_title(text(title(action)));
    // What the store kept is what was entered, so that it is readable.
    CHECK(out->mutable_input()->ParseFromString(proposal.input));
    out->set_proposed_by(proposal.user);
    out->set_proposed_at(proposal.at.str());
    out->set_digest(to_hex(jiexu::view(proposal_digest(subject, proposal))));
    v1::ShownRecord shown;
    CHECK(shown.ParseFromString(proposal.shown));
    out->set_to(shown.to());
    out->mutable_messages()->Swap(shown.mutable_messages());
    out->set_amount_fen(shown.amount_fen());
    for (const Offer& offer : all) {
      if (offer.action == action) out->set_role(text(offer.role));
    }
  }
}

void add_funds(const Case& subject, v1::CaseView& view) {
  view.set_form_version(subject.form_version);
  view.set_disposition(subject.disposition);
  view.set_due_fen(subject.due.value);
  view.set_noticed_fen(subject.noticed.value);
  view.set_moved_fen(subject.moved.value);
  view.set_credited_fen(subject.credited.value);
  view.set_returned_fen(subject.returned.value);
  view.set_refund_fen(subject.refund.value);
  view.set_refunded_fen(subject.refunded.value);
}

}  // namespace

v1::CaseView case_view(const Case& subject) {
  v1::CaseView view;
  view.set_case_id(subject.id.str());
  view.set_side(text(name(subject.side)));
  view.set_peer(subject.peer.str());
  view.set_letter_number(subject.letter_number);
  view.set_paper_number(subject.paper_number);
  view.set_relationship(text(name(subject.relationship)));
  view.set_funds(text(name(subject.funds)));
  view.set_overlay(text(subject.overlays));
  view.set_closed(subject.closed());
  *view.mutable_person() = subject.person;
  *view.mutable_payee() = subject.payee;
  view.set_scheme_from(subject.scheme_from);
  view.set_scheme_to(subject.scheme_to);
  view.set_policy_profile(subject.policy_profile);
  view.set_revision(subject.revision);
  view.set_created_at(subject.created_at.str());
  view.set_updated_at(subject.updated_at.str());
  if (subject.closed_at) view.set_closed_at(subject.closed_at->str());
  view.set_reject_code(subject.reject_code);
  view.set_last_fault(subject.last_fault);
  view.set_hold_code(subject.hold_code);
  if (const auto until = Date::from_yyyymmdd(subject.hold_until)) {
    view.set_hold_until(until->str());
  }
  for (const FormerPeer& former : subject.former_peers) {
    view.add_former_peers(former.agency.str());
  }
  for (const v1::Finding& finding : subject.findings) *view.add_findings() = finding;
  view.set_assignee(subject.assignee);
  add_funds(subject, view);
  add_deadlines(subject, view);
  add_person_terms(subject, view);
  add_actions(subject, view);
  add_proposals(subject, view);
  view.mutable_attachments()->Swap(attachment_views(subject).mutable_attachments());
  return view;
}

v1::AttachmentViews attachment_views(const Case& subject) {
  v1::AttachmentViews views;
  for (const Attachment& attachment : subject.attachments) {
    v1::AttachmentView* out = views.add_attachments();
    out->set_n(static_cast<uint32_t>(views.attachments_size()));
    out->set_name(attachment.name);
    out->set_media_type(attachment.media_type);
    out->set_size(attachment.size);
    out->set_sha256(to_hex(jiexu::view(attachment.sha256)));
    out->set_ours(attachment.ours);
    out->set_content(text(name(attachment.content)));
    if (!attachment.bound) continue;
    const std::string version = std::to_string(attachment.version);
    out->set_of(attachment.version == 0 ? "letter" : "form " + version);
  }
  return views;
}

void add_related(const Case& other, v1::CaseView& view) {
  v1::RelatedCaseView* out = view.add_related();
  out->set_case_id(other.id.str());
  out->set_side(text(name(other.side)));
  out->set_peer(other.peer.str());
  out->set_relationship(text(name(other.relationship)));
  out->set_funds(text(name(other.funds)));
  out->set_closed(other.closed());
  if (other.closed_at) out->set_closed_at(other.closed_at->str());
}

v1::CaseViews case_views(const CasePage& page) {
  v1::CaseViews views;
  for (const Case& subject : page.cases) *views.add_cases() = case_view(subject);
  if (page.next) views.set_next(cursor_text(page.next->str()));
  return views;
}

v1::TimelineView timeline_view(const std::vector<v1::TimelineRecord>& records) {
  v1::TimelineView view;
  for (const v1::TimelineRecord& record : records) {
    v1::TimelineEntryView* out = view.add_entries();
    out->set_n(static_cast<uint32_t>(view.entries_size()));
    out->set_at(Instant{record.at_ms()}.str());
    out->set_event(text(name(static_cast<EventKind>(record.event()))));
    out->set_relationship(text(name(static_cast<Relationship>(record.relationship()))));
    out->set_funds(text(name(static_cast<Funds>(record.funds()))));
    Overlays overlays;
    overlays.bits = record.overlays();
    out->set_overlay(text(overlays));
    out->set_actor(record.actor());
    out->set_actor_kind(text(name(static_cast<ActorKind>(record.actor_kind()))));
    if (record.has_received()) out->set_received(place(record.received()));
    for (const v1::LogRef& sent : record.sent()) out->add_sent(place(sent));
    out->set_note(record.note());
  }
  return view;
}

v1::AccountView account_view(const LedgerEntry& entry) {
  v1::AccountView view;
  view.set_peer(entry.peer.str());
  view.set_account(text(name(entry.account)));
  view.set_balance_fen(entry.balance.value);
  return view;
}

}  // namespace jiexu
