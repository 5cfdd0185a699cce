// Routes of the links with other agencies: where they stand, what operators do with them, alarms.
#include <algorithm>
#include <utility>

#include "daemon/api/api.h"
#include "daemon/api/json.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"
#include "daemon/base/text.h"

namespace jiexu {
namespace {

constexpr size_t kWhyBytesMax = 200;

// "hh:mm" in minutes; nullopt for any other text.
std::optional<int64_t> parse_minutes(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const size_t at : {0, 1, 3, 4}) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
  }
  const uint32_t hours = digits_at(text, 0, 2), minutes = digits_at(text, 3, 2);
  return hours <= 23 && minutes <= 59 ? std::optional(hours * 60LL + minutes) : std::nullopt;
}

// The offset of "Z", "+08:00" or "-03:30" in minutes.
std::optional<int64_t> parse_zone(std::string_view text) {
  if (text == "Z") return 0;
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  const auto minutes = parse_minutes(text.substr(1));
  return minutes && text[0] == '-' ? std::optional(-*minutes) : minutes;
}

// RFC 3339, to the minute: seconds are read and left out.
std::optional<Instant> parse_time(std::string_view text) {
  constexpr int64_t kDayMinutes = 24 * 60, kChinaMinutes = 8 * 60;
  if (text.size() < 20 || text[10] != 'T' || text[16] != ':') return std::nullopt;
  const auto date = Date::parse(text.substr(0, 10));
  const auto minutes = parse_minutes(text.substr(11, 5));
  std::string_view rest = text.substr(17);
  rest.remove_prefix(std::min(rest.find_first_not_of("0123456789."), rest.size()));
  const auto zone = parse_zone(rest);
  if (!date || !minutes || !zone) return std::nullopt;
  const Instant midnight = end_of(*date).plus_ms(1 - kDayMinutes * 60'000);
  return midnight.plus_ms((*minutes + kChinaMinutes - *zone) * 60'000);
}

// What the body says of a pause; a problem if it says it wrongly.
tl::expected<PauseCommand, HttpResponse> read_pause(const Call& call, Instant now) {
  PauseCommand out;
  v1::PauseInput input;
  if (call.request.body.empty()) return out;
  if (auto read = from_json(call.request.body, &input); !read) {
    return tl::unexpected(bad_body(read.error()));
  }
  if (input.why().size() > kWhyBytesMax || has_hidden(input.why())) {
    return tl::unexpected(problem_response(
        400, "bad_text", "why: at most 200 bytes, without characters that nobody sees"));
  }
  out.why = input.why();
  if (input.until().empty()) return out;
  out.until = parse_time(input.until());
  if (out.until && *out.until > now) return out;
  return tl::unexpected(
      problem_response(400, "bad_time", "until: a time to come, as 2026-11-30T18:00:00+08:00"));
}

v1::AlarmView alarm_view(const Alarm& alarm, AgencyId self) {
  v1::AlarmView view;
  view.set_kind(std::string(name(alarm.kind)));
  if (alarm.peer != self) view.set_peer(alarm.peer.str());
  view.set_since(alarm.since.str());
  view.set_text(alarm.text);
  return view;
}

}  // namespace

void Api::show_peers(Call call) {
  ask_for_view(call, PeersQuery());
}

void Api::show_peer(Call call) {
  ask(call, PeersQuery(), [agency = call.args[0]](const PeersQuery::Reply& views) -> HttpResponse {
    if (!views) return refusal_response(views.error(), nullptr);
    for (const v1::PeerView& peer : views->peers()) {
      if (peer.agency() == agency) return {200, "application/json", to_json(peer), {}};
    }
    return no_such_peer();
  });
}

void Api::command_peer(const Call& call, const std::function<void(AgencyId)>& command) {
  const std::optional<AgencyId> peer = AgencyId::parse(call.args[0]);
  if (peer) return command(*peer);
  reply(call, problem_response(400, "bad_agency", "an agency is 'S' and 11 digits"));
}

void Api::ask_peer(Call call) {
  command_peer(call, [&](AgencyId peer) { ask(call, AskPeerCommand{peer}, peer_response); });
}

void Api::pause_peer(Call call) {
  command_peer(call, [&](AgencyId peer) {
    auto command = read_pause(call, ports_.clock.now());
    if (!command) return reply(call, std::move(command.error()));
    command->peer = peer;
    ask(call, std::move(*command), peer_response);
  });
}

void Api::resume_peer(Call call) {
  command_peer(call, [&](AgencyId peer) { ask(call, PauseCommand{peer, false}, peer_response); });
}

void Api::list_alarms(Call call) {
  v1::AlarmViews views;
  if (ports_.alarms) {
    for (const Alarm& alarm : ports_.alarms()) *views.add_alarms() = alarm_view(alarm, ports_.self);
  }
  reply(call, views);
}

// Why, and which alarms stand, is for those who have a token, and ask.
void Api::ready(Call call) {
  const std::optional<std::string> reason = ports_.not_ready();
  const bool tells = is_set(call.query, "verbose") && !call.user.name.empty();
  std::string text = (!reason ? "ok" : tells ? *reason : "not ready") + std::string("\n");
  if (tells && ports_.alarms) {
    for (const Alarm& alarm : ports_.alarms()) {
      text += "alarm " + std::string(name(alarm.kind)) + " of " + alarm.peer.str() + " since " +
              alarm.since.str() + ": " + alarm.text + "\n";
    }
  }
  HttpResponse response = text_response(reason ? 503 : 200, std::move(text));
  if (reason) response.headers.emplace_back("Retry-After", "2");
  reply(call, std::move(response));
}

}  // namespace jiexu
