// GET /v1/events: what has changed, as it changes (event_stream.h).
#include <algorithm>
#include <charconv>
#include <functional>

#include "daemon/api/api.h"
#include "daemon/api/conventions.h"
#include "daemon/api/event_stream.h"
#include "daemon/api/problem.h"
#include "daemon/api/reply.h"

namespace jiexu {
namespace {

constexpr std::string_view kEvents = "text/event-stream";
constexpr std::string_view kLines = "application/x-ndjson";
constexpr int64_t kPollSeconds = 25;  // proxies give up after 30

// How long lines of JSON are waited for; nullopt: events are wanted.
std::optional<int64_t> poll_of(const Call& call) {
  const std::string text = text_of(call.query, "wait");
  const bool lines = !is_acceptable(call.request.accept, kEvents);
  if (text.empty()) return lines ? std::optional(kPollSeconds * 1000) : std::nullopt;
  int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds * 1000;
}

// A browser that connects again repeats the query and says in the field how far it has come.
std::string_view id_of(const Call& call) {
  if (!call.request.last_event_id.empty()) return call.request.last_event_id;
  const auto after = call.query.find("after");
  return after == call.query.end() ? std::string_view() : after->second;
}

// Behind what has been deleted.
std::optional<ChangePlace> first_of(const ChangeFeed::Reach& reach) {
  return std::max(reach.gone, ChangePlace{reach.through.epoch, 0, 0});
}

HttpResponse full(EventStreams::Full why) {
  const bool own = why == EventStreams::Full::kOfUser;
  HttpResponse out =
      own ? problem_response(429, "too_many_streams", "this user follows 16 times already")
          : problem_response(503, "no_room_for_streams", "64 streams are open");
  out.headers.emplace_back("Retry-After", "15");
  return out;
}

HttpResponse bad_filter(const Error& error) {
  const bool role = error.code == Errc::kPermission;
  return problem_response(role ? 403 : 400, role ? "role_too_low" : "bad_filter", error.text);
}

}  // namespace

// A session that has ended follows nothing any more. That it follows is use of it.
std::function<bool()> Api::still_there(const Call& call) const {
  HttpRequest session;
  if (call.by_session) {
    session.cookie = call.request.cookie;
    session.session_key = call.request.session_key;
  }
  return [this, user = call.user, by_session = call.by_session, session = std::move(session)] {
    return is_still(user) && (!by_session || session_of(session).has_value());
  };
}

void Api::follow_events(Call call) {
  const auto filter = EventFilter::from(call.query, call.user.roles);
  if (!filter) return reply(call, bad_filter(filter.error()));
  const auto poll = poll_of(call);
  const std::string_view id = id_of(call);
  const auto after = id == "first" ? first_of(feed().reach()) : ChangePlace::parse(id);
  if (!after && !id.empty()) {
    return reply(call, problem_response(400, "bad_event_id", "an id is from an event"));
  }
  EventStreams::Full why{};
  auto place = event_streams_.enter(call.user.name, why);
  if (!place) return reply(call, full(why));
  HttpResponse out{200, std::string(poll ? kLines : kEvents), "", {}};
  out.headers.emplace_back("X-Accel-Buffering", "no");
  out.stream = std::make_shared<EventStream>(
      EventWorld{ports_.store, ports_.vault, ports_.clock, feed(), still_there(call)},
      EventStream::Wanted{*filter, after, poll}, std::move(place));
  reply(call, std::move(out));
}

}  // namespace jiexu
