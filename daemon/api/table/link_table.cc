#include "daemon/api/table/tables.h"
#include "jiexu/v1/queues.pb.h"

namespace jiexu {
namespace {

std::vector<std::string> fault_codes() {
  std::vector<std::string> out;
  const auto* codes = v1::FaultCode_descriptor();
  for (int i = 1; i < codes->value_count(); ++i) {
    out.push_back(codes->value(i)->name().substr(std::string_view("FAULT_CODE_").size()));
  }
  return out;
}

constexpr QueryParameter kOfQuarantine[] = {
    {"peer", QueryParameter::Type::kAgency, "Who sent it"},
    {"code", QueryParameter::Type::kChoice, "What was wrong with it", 0, 0, fault_codes},
    kLimit,
    kAfter};

// clang-format off
constexpr Route kLinkRows[] = {
    {"GET", "/v1/peers", Right::kSeeExchange, &Api::show_peers,
     {.name = "list_peers",
      .summary = "The other agencies, and where the exchange with each stands",
      .output = {of<v1::PeerViews>}}},
    {"GET", "/v1/queues", Right::kSeeExchange, &Api::show_queues,
     {.name = "show_queues", .summary = "What waits: messages by agency, bank lines, proposals",
      .output = {of<v1::QueueViews>}}},
    {"GET", "/v1/peers/{agency}", Right::kSeeExchange, &Api::show_peer,
     {.name = "show_peer", .summary = "Where the exchange with an agency stands",
      .output = {of<v1::PeerView>}, .statuses = {200, 404}}},
    {"POST", "/v1/peers/{agency}/ask", Right::kRun, &Api::ask_peer,
     {.name = "ask_peer", .summary = "Asks an agency for an answer now",
      .output = {of<v1::PeerView>}, .statuses = {200, 404}}},
    {"POST", "/v1/peers/{agency}/pause", Right::kRun, &Api::pause_peer,
     {.name = "pause_peer", .summary = "Stops sending to an agency",
      .input = of<v1::PauseInput>, .output = {of<v1::PeerView>},
      .statuses = {200, 404}, .may_be_empty = true}},
    {"POST", "/v1/peers/{agency}/resume", Right::kRun, &Api::resume_peer,
     {.name = "resume_peer", .summary = "Sends to an agency again",
      .output = {of<v1::PeerView>}, .statuses = {200, 404}}},
    {"GET", "/v1/alarms", Right::kSeeExchange, &Api::list_alarms,
     {.name = "list_alarms", .summary = "What a person should know of for as long as it lasts",
      .output = {of<v1::AlarmViews>}}},
    {"GET", "/v1/quarantine", Right::kSeeExchange, &Api::list_quarantine,
     {.name = "list_quarantine", .summary = "Messages that were of no use, and why",
      .output = {of<v1::QuarantineViews>}, .query = kOfQuarantine}},
    {"GET", "/v1/quarantine/{place}", Right::kSeeExchange, &Api::show_quarantined,
     {.name = "show_quarantined", .summary = "One of them, with what was sent",
      .output = {of<v1::QuarantinedMessageView>}, .statuses = {200, 404}}},
    {"GET", "/v1/quarantine-list", Right::kSeeExchange, &Api::show_quarantine_list,
     {.name = "show_quarantine_list",
      .summary = "The list of messages that waits for a second person, if one does",
      .output = {of<v1::QuarantineListView>}}},
    {"POST", "/v1/quarantine-list", Right::kRun, &Api::propose_quarantine_list,
     {.name = "propose_quarantine_list",
      .summary = "Proposes to let messages pass that were set aside, or to discard them",
      .input = of<v1::QuarantineListInput>, .output = {of<v1::QuarantineListView>},
      .statuses = {200, 404}}},
    {"POST", "/v1/quarantine-list/approve", Right::kRun, &Api::approve_quarantine_list,
     {.name = "approve_quarantine_list",
      .summary = "Does so, as another person, and says what became of each message",
      .input = of<v1::ApproveQuarantineInput>, .output = {of<v1::QuarantineListView>},
      .statuses = {200, 404}}},
    {"POST", "/v1/quarantine-list/retract", Right::kRun, &Api::retract_quarantine_list,
     {.name = "retract_quarantine_list", .summary = "Drops the list",
      .output = {of<v1::QuarantineListView>}, .statuses = {200, 404}}},
};
// clang-format on

}  // namespace

RouteTable link_table() {
  return {"links", "The exchange with other agencies", kLinkRows};
}

}  // namespace jiexu
