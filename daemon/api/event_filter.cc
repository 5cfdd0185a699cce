#include "daemon/api/event_filter.h"

namespace jiexu {
namespace {

bool is_about_case(const Change& change) {
  return change.topic == Topic::kCase || change.topic == Topic::kPayment ||
         (change.topic == Topic::kProposal && change.what != kAboutLine);
}

}  // namespace

Right right_for(Topic topic) {
  switch (topic) {
    case Topic::kCase:
    case Topic::kProposal:
    case Topic::kPayment:
    case Topic::kBatch:
    case Topic::kBankLine:
    case Topic::kBankFile:
    case Topic::kException: return Right::kSeeCases;
    case Topic::kUsers: return Right::kManageUsers;
    case Topic::kQuarantine:
    case Topic::kLink:
    case Topic::kAlarm:
    case Topic::kDirectory:
    case Topic::kStore:
    case Topic::kQueue: break;
  }
  return Right::kSeeExchange;
}

EventFilter::EventFilter(Roles roles) {
  for (const Topic topic : kTopics) {
    if (may(roles, right_for(topic))) topics_ |= 1U << static_cast<unsigned>(topic);
  }
}

Result<void> EventFilter::take_topics(const std::vector<std::string>& names, Roles roles) {
  if (!names.empty()) topics_ = 0;
  for (const std::string& one : names) {
    const auto topic = topic_from_name(one);
    if (!topic) return fail(Errc::kInvalid, "topic: there is no topic " + one);
    const Right needed = right_for(*topic);
    if (!may(roles, needed)) {
      return fail(Errc::kPermission, one + " needs the right " + std::string(name(needed)));
    }
    topics_ |= 1U << static_cast<unsigned>(*topic);
  }
  return {};
}

Result<EventFilter> EventFilter::from(const Query& query, Roles roles) {
  EventFilter out(roles);
  TRY_DO(out.take_topics(names_of(query, "topic"), roles));
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
