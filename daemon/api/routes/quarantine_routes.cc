// Routes of messages that were of no use: which there are, why, what each said, and what two people
// do with them.
#include <google/protobuf/io/coded_stream.h>

#include "daemon/agency/peer_commands.h"
#include "daemon/api/api.h"
#include "daemon/api/cursor.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/api/views.h"
#include "daemon/base/limits.h"
#include "daemon/casework/case_store.h"
#include "daemon/peers/peer_queries.h"

namespace jiexu {
namespace {

// Of a message that is shown in hex: who needs more has `jiexu store dump`.
constexpr size_t kBytesShown = 16 << 10;

std::optional<v1::FaultCode> parse_code(const std::string& text) {
  v1::FaultCode code{};
  if (!v1::FaultCode_Parse("FAULT_CODE_" + text, &code)) return std::nullopt;
  return code;
}

// As JSON if this version can read all of it; what it cannot read is shown in hex alone.
std::string message_json(std::string_view bytes) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  in.SetRecursionLimit(limits::kProtoDepthMax);
  v1::Message message;
  const bool whole = message.ParseFromCodedStream(&in) && in.ConsumedEntireMessage();
  return whole ? to_json(message) : "";
}

}  // namespace

void Api::list_quarantine(Call call) {
  const Page page = page_of(call);
  const auto after = place_of(page.after, parse_quarantine_place);
  if (!after) return reply(call, bad_cursor());
  const QuarantineFilter filter{AgencyId::parse(text_of(call.query, "peer")),
                                parse_code(text_of(call.query, "code"))};
  const Records listing = own_records(ports_.store);
  const auto found = jiexu::list_quarantine(listing, filter, *after, page.limit);
  if (!found) return reply(call, store_failure(found.error()));
  v1::QuarantineViews views;
  for (const QuarantineEntry& entry : found->entries) *views.add_entries() = quarantine_view(entry);
  if (found->next) views.set_next(cursor_text(place_text(*found->next)));
  views.set_unreadable(listing.passed_over());
  reply(call, views);
}

void Api::show_quarantined(Call call) {
  const auto place = parse_quarantine_place(call.args[0]);
  if (!place) return reply(call, problem_response(400, "bad_place", "a place is from the list"));
  const auto entry = find_quarantined(records_, *place);
  if (!entry) return reply(call, store_failure(entry.error()));
  if (!*entry) {
    return reply(call, problem_response(404, "not_in_quarantine",
                                        "no message stands at this "
                                        "place; list them anew"));
  }
  const auto bytes = read_message_bytes(records_, place->peer, {false, place->epoch, place->seq});
  if (!bytes) return reply(call, store_failure(bytes.error()));
  v1::QuarantinedMessageView view;
  *view.mutable_entry() = quarantine_view(**entry);
  if (may(call.user, Right::kSeeCases)) {  // else why it is here, and not what it says of a person
    view.set_message(message_json(*bytes));
    view.set_bytes(to_hex(std::string_view(*bytes).substr(0, kBytesShown)));
  }
  view.set_size(bytes->size());
  reply(call, view);
}

void Api::show_quarantine_list(Call call) {
  ask_for_view(call, QuarantineListQuery());
}

void Api::propose_quarantine_list(Call call) {
  v1::QuarantineListInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  if (input.act() != "release" && input.act() != "discard") {
    return reply(call, problem_response(400, "bad_act", "act: write release or discard"));
  }
  ProposeQuarantineCommand command{input.act() == "release", {}, input.note()};
  for (const std::string& text : input.places()) {
    const auto place = parse_quarantine_place(text);
    if (!place) return reply(call, problem_response(400, "bad_place", "a place is from the list"));
    command.places.push_back(*place);
  }
  ask_for_view(call, std::move(command));
}

void Api::approve_quarantine_list(Call call) {
  v1::ApproveQuarantineInput input;
  if (auto read = from_json(call.request.body, &input); !read) {
    return reply(call, bad_body(read.error()));
  }
  ask_for_view(call, ApproveQuarantineCommand{input.content()});
}

void Api::retract_quarantine_list(Call call) {
  ask_for_view(call, RetractQuarantineCommand());
}

}  // namespace jiexu
