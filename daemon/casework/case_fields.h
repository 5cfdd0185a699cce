// Every field of a case that is stored, each in one row: where it lies in Case and where in its
// record. case_store.cc writes and reads cases by these rows, so that nothing can be written and
// not read. To store a new field, add a row, anywhere: protobuf writes fields by their numbers.
// tests/casework/case_records.golden holds the bytes.
//
// each_field<T>(row) calls row(member of T, field of the record) for each row of T.
#pragma once

#include <type_traits>
#include <utility>

#include "daemon/cases/case.h"
#include "jiexu/v1/record.pb.h"

namespace jiexu {

// How a field of a record is reached: a single value, a message, or a list of either.
template <class Get, class Set>
struct ValueField {
  const char* name;
  Get get;
  Set set;
};
template <class Has, class Get, class Change, class Clear>
struct MessageField {
  const char* name;
  Has has;
  Get get;
  Change change;
  Clear clear;
};
template <class Get, class Add, class Clear>
struct ListField {
  const char* name;
  Get get;
  Add add;
  Clear clear;
};

// Clang 14 does not deduce these of an aggregate by itself.
template <class Get, class Set>
ValueField(const char*, Get, Set) -> ValueField<Get, Set>;
template <class Has, class Get, class Change, class Clear>
MessageField(const char*, Has, Get, Change, Clear) -> MessageField<Has, Get, Change, Clear>;
template <class Get, class Add, class Clear>
ListField(const char*, Get, Add, Clear) -> ListField<Get, Add, Clear>;

// clang-format off
#define JIEXU_VALUE(field)                                                                \
  ValueField{#field, [](const auto& r) -> decltype(auto) { return r.field(); },           \
             [](auto& r, const auto&... value) { r.set_##field(value...); }}
// Of the message `inner` within the record.
#define JIEXU_VALUE_OF(inner, field)                                                      \
  ValueField{#field, [](const auto& r) -> decltype(auto) { return r.inner().field(); },   \
             [](auto& r, const auto&... value) { r.mutable_##inner()->set_##field(value...); }}
#define JIEXU_MESSAGE(field)                                                              \
  MessageField{#field, [](const auto& r) { return r.has_##field(); },                     \
               [](const auto& r) -> const auto& { return r.field(); },                    \
               [](auto& r) { return r.mutable_##field(); },                               \
               [](auto& r) { r.clear_##field(); }}
#define JIEXU_LIST(field)                                                                 \
  ListField{#field, [](const auto& r) -> const auto& { return r.field(); },               \
            [](auto& r) { return r.add_##field(); }, [](auto& r) { r.clear_##field(); }}
// clang-format on

template <class T, class Row>
requires std::is_same_v<T, Case>
void each_field(const Row& row) {
  // Who, with whom, and what money.
  row(&Case::peer, JIEXU_VALUE(peer));
  row(&Case::letter_number, JIEXU_VALUE(letter_number));
  row(&Case::paper_number, JIEXU_VALUE(paper_number));
  row(&Case::person, JIEXU_MESSAGE(person));
  row(&Case::payee, JIEXU_MESSAGE(payee));
  row(&Case::certificate_number, JIEXU_VALUE(certificate_number));
  row(&Case::filing, JIEXU_VALUE(filing));
  row(&Case::scheme_from, JIEXU_VALUE(scheme_from));
  row(&Case::scheme_to, JIEXU_VALUE(scheme_to));
  row(&Case::form_version, JIEXU_VALUE(form_version));
  row(&Case::disposition, JIEXU_VALUE(disposition));
  row(&Case::attempt, JIEXU_VALUE(attempt));
  row(&Case::attachments, JIEXU_LIST(attachments));
  row(&Case::due, JIEXU_VALUE(due_fen));
  row(&Case::moved, JIEXU_VALUE(moved_fen));
  row(&Case::returned, JIEXU_VALUE(returned_fen));
  row(&Case::credited, JIEXU_VALUE(credited_fen));
  row(&Case::refund, JIEXU_VALUE(refund_fen));
  row(&Case::refunded, JIEXU_VALUE(refunded_fen));

  // Where the case stands.
  row(&Case::side, JIEXU_VALUE(side));
  row(&Case::relationship, JIEXU_VALUE(relationship));
  row(&Case::funds, JIEXU_VALUE(funds));
  row(&Case::overlays, JIEXU_VALUE(overlays));
  row(&Case::closed_at, JIEXU_VALUE(closed_at_ms));
  row(&Case::deadlines, JIEXU_LIST(deadlines));
  row(&Case::findings, JIEXU_LIST(findings));

  // Follows from that, or is the sum of it.
  row(&Case::person_hash, JIEXU_VALUE(person_hash));
  row(&Case::payee_version, JIEXU_VALUE(payee_version));
  row(&Case::noticed, JIEXU_VALUE(noticed_fen));
  row(&Case::last_order, JIEXU_VALUE(last_order_fen));
  row(&Case::payments, JIEXU_LIST(payments));
  row(&Case::bounced, JIEXU_VALUE(bounced));

  // What was said about it.
  row(&Case::policy_profile, JIEXU_VALUE(policy_profile));
  row(&Case::reject_code, JIEXU_VALUE(reject_code));
  row(&Case::hold_code, JIEXU_VALUE(hold_code));
  row(&Case::hold_until, JIEXU_VALUE(hold_until));
  row(&Case::stopped_on, JIEXU_VALUE(stopped_on));
  row(&Case::last_fault, JIEXU_VALUE(last_fault));
  row(&Case::former_peers, JIEXU_LIST(former_peers));
  row(&Case::papers, JIEXU_LIST(papers));

  // Numbers, places and times that rise with everything that happens.
  row(&Case::sent_case_seq, JIEXU_VALUE(sent_case_seq));
  row(&Case::received_case_seq, JIEXU_VALUE(received_case_seq));
  row(&Case::credited_case_seq, JIEXU_VALUE(credited_case_seq));
  row(&Case::turn, JIEXU_VALUE(turn));
  row(&Case::timeline_count, JIEXU_VALUE(timeline_count));
  row(&Case::revision, JIEXU_VALUE(revision));
  row(&Case::created_at, JIEXU_VALUE(created_at_ms));
  row(&Case::updated_at, JIEXU_VALUE(updated_at_ms));
  row(&Case::letter_place, JIEXU_MESSAGE(letter_ref));
  row(&Case::form_place, JIEXU_MESSAGE(form_ref));
  row(&Case::proposals, JIEXU_LIST(proposals));
  row(&Case::assignee, JIEXU_VALUE(assignee));
  row(&Case::newest_entries, JIEXU_VALUE(newest_entries));
}

template <class T, class Row>
requires std::is_same_v<T, LogPlace>
void each_field(const Row& row) {
  row(&LogPlace::outgoing, JIEXU_VALUE(outgoing));
  row(&LogPlace::epoch, JIEXU_VALUE(epoch));
  row(&LogPlace::seq, JIEXU_VALUE(seq));
}

template <class T, class Row>
requires std::is_same_v<T, Deadline>
void each_field(const Row& row) {
  row(&Deadline::kind, JIEXU_VALUE(kind));
  row(&Deadline::started, JIEXU_VALUE(started_on));
  row(&Deadline::due, JIEXU_VALUE(due_on));
  row(&Deadline::passed, JIEXU_VALUE(passed));
  row(&Deadline::steps, JIEXU_VALUE(steps));
  row(&Deadline::reminded, JIEXU_VALUE(reminded));
  row(&Deadline::expected, JIEXU_VALUE(expected_on));
  row(&Deadline::held_since, JIEXU_VALUE(held_since));
  row(&Deadline::held_days, JIEXU_VALUE(held_days));
}

template <class T, class Row>
requires std::is_same_v<T, FormerPeer>
void each_field(const Row& row) {
  row(&FormerPeer::agency, JIEXU_VALUE(agency));
  row(&FormerPeer::until, JIEXU_VALUE(until));
}

template <class T, class Row>
requires std::is_same_v<T, PaperTwin>
void each_field(const Row& row) {
  row(&PaperTwin::body, JIEXU_VALUE(body));
  row(&PaperTwin::number, JIEXU_VALUE(number));
  row(&PaperTwin::digest, JIEXU_VALUE(digest));
}

template <class T, class Row>
requires std::is_same_v<T, OpenPayment>
void each_field(const Row& row) {
  row(&OpenPayment::attempt, JIEXU_VALUE(attempt));
  row(&OpenPayment::open, JIEXU_VALUE(amount_fen));
}

template <class T, class Row>
requires std::is_same_v<T, Attachment>
void each_field(const Row& row) {
  row(&Attachment::sha256, JIEXU_VALUE_OF(file, sha256));
  row(&Attachment::size, JIEXU_VALUE_OF(file, size));
  row(&Attachment::name, JIEXU_VALUE_OF(file, name));
  row(&Attachment::media_type, JIEXU_VALUE_OF(file, media_type));
  row(&Attachment::ours, JIEXU_VALUE(ours));
  row(&Attachment::bound, JIEXU_VALUE(bound));
  row(&Attachment::version, JIEXU_VALUE(version));
  row(&Attachment::content, JIEXU_VALUE(content));
}

template <class T, class Row>
requires std::is_same_v<T, Proposal>
void each_field(const Row& row) {
  row(&Proposal::number, JIEXU_VALUE(number));
  row(&Proposal::action, JIEXU_VALUE(action));
  row(&Proposal::user, JIEXU_VALUE(user));
  row(&Proposal::at, JIEXU_VALUE(at_ms));
  row(&Proposal::input, JIEXU_VALUE(input));
  row(&Proposal::shown, JIEXU_VALUE(shown));
}

#undef JIEXU_VALUE
#undef JIEXU_VALUE_OF
#undef JIEXU_MESSAGE
#undef JIEXU_LIST

}  // namespace jiexu
