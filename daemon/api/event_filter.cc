#include "daemon/api/event_filter.h"

namespace jiexu {
namespace {

bool is_about_case(const Change& change) {
  return change.topic == Topic::kCase || change.topic == Topic::kPayment ||
         (change.topic == Topic::kProposal && change.what != kAboutLine);
}

}  // namespace

Role role_for(Topic topic) {
  return topic == Topic::kUsers ? Role::kOperator : Role::kAuditor;
}

EventFilter::EventFilter(Role role) {
  for (const Topic topic : kTopics) {
    if (may(role, role_for(topic))) topics_ |= 1U << static_cast<unsigned>(topic);
  }
}

Result<void> EventFilter::take_topics(const std::vector<std::string>& names, Role role) {
  if (!names.empty()) topics_ = 0;
  for (const std::string& one : names) {
    const auto topic = topic_from_name(one);
    if (!topic) return fail(Errc::kInvalid, "topic: there is no topic " + one);
    if (!may(role, role_for(*topic))) {
      return fail(Errc::kPermission,
                  one + " needs the role " + std::string(name(role_for(*topic))));
    }
    topics_ |= 1U << static_cast<unsigned>(*topic);
  }
  return {};
}

Result<EventFilter> EventFilter::from(const Query& query, Role role) {
  EventFilter out(role);
  TRY_DO(out.take_topics(names_of(query, "topic"), role));
  out.peer_ = AgencyId::parse(text_of(query, "peer"));
  for (const Side side : {Side::kIn, Side::kOut}) {
    if (text_of(query, "side") == name(side)) out.side_ = side;
  }
  const std::string id = text_of(query, "case");
  out.case_ = CaseId::parse(id);
  if (!id.empty() && !out.case_) return fail(Errc::kInvalid, "case: a case has a UUID");
  return out;
}

bool EventFilter::wants(const Change& change) const {
  if (!wants(change.topic)) return false;
  if (peer_ && change.peer != peer_) return false;
  if (side_ && change.side != side_) return false;
  return !case_ || (is_about_case(change) && change.subject == subject_of(case_->bytes()));
}

}  // namespace jiexu
