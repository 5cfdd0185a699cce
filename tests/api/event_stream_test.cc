// GET /v1/events: what is told to whom, from where on, and once.
#include "daemon/api/event_stream.h"

#include <catch2/catch.hpp>
#include <map>
#include <vector>

#include "tests/api/live_api.h"
#include "tests/cases/party.h"

using namespace jiexu;

namespace event_stream_test {
namespace {

using Json = nlohmann::json;

// What a client makes of a stream's text.
struct Event {
  std::string id;
  std::string topic;
  Json data;
};

std::vector<Event> events_in(const std::string& text) {
  std::vector<Event> out;
  std::stringstream lines(text);
  Event event;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("id: ")) event.id = line.substr(4);
    if (line.starts_with("event: ")) event.topic = line.substr(7);
    if (line.starts_with("data: ")) event.data = Json::parse(line.substr(6));
    if (line.empty() && !event.topic.empty()) out.push_back(event);
    if (line.empty()) event = {};
  }
  return out;
}

std::vector<Json> lines_in(const std::string& text) {
  std::vector<Json> out;
  std::stringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(Json::parse(line));
  return out;
}

struct World {
  Site site{in_site(), kNow};
  LiveApi live{site};

  Got get(const std::string& query, As role = As::kAuditor, const std::string& id = "",
          const std::string& accept = "") {
    HttpRequest request{"GET", "/v1/events" + query, "Bearer " + token_of(role), "", ""};
    request.last_event_id = id;
    request.accept = accept;
    return live.ask(std::move(request));
  }
  std::shared_ptr<HttpStream> follow(const std::string& query = "", As role = As::kAuditor,
                                     const std::string& id = "") {
    const Got got = get(query, role, id);
    REQUIRE(got.status() == 200);
    CHECK(got.response.content_type == "text/event-stream");
    REQUIRE(got.response.stream);
    return got.response.stream;
  }
  // A case more; three changes.
  void live_on(int n) {
    const CaseId id = case_number(n);
    v1::ActionInput input = sound_input(Case(), EventKind::kApply);
    v1::Person& person = *input.mutable_application()->mutable_person();
    person.set_document_type(v1::DOCUMENT_TYPE_PASSPORT);
    person.set_document_number("P" + std::to_string(n));
    site.act(EventKind::kApply, id, std::move(input));
    site.act(EventKind::kAccept, id);
    site.act(EventKind::kSendLetter, id);
  }
};

// All that a stream has to say now.
std::string drain(HttpStream& stream) {
  std::string out;
  while (true) {
    const auto piece = stream.next();
    out += piece.bytes;
    if (piece.last || (piece.bytes.empty() && piece.wait.count() > 0)) return out;
  }
}

std::vector<std::string> kinds_of(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const Event& event : events) out.push_back(event.data.at("kind"));
  return out;
}

}  // namespace

TEST_CASE("events come as things change, with what leads to them") {
  World world;
  const auto stream = world.follow("?topic=case");
  CHECK(events_in(drain(*stream)).empty());
  world.live_on(1);
  const auto events = events_in(drain(*stream));
  REQUIRE(events.size() == 3);
  CHECK(kinds_of(events) == std::vector<std::string>{"apply", "accept", "send-letter"});
  const Json& data = events[2].data;
  CHECK(data.at("id") == events[2].id);
  CHECK(data.at("topic") == "case");
  CHECK(data.at("case_id") == case_number(1).str());
  CHECK(data.at("peer") == out_site().str());
  CHECK(data.at("side") == "IN");
  CHECK(data.at("at") == world.site.now.str());
  CHECK_FALSE(data.contains("payment"));
}

TEST_CASE("whoever connects again goes on at exactly the next, wherever he was cut off") {
  World world;
  const auto whole = world.follow();
  const std::string opening = drain(*whole);
  for (int n = 1; n <= 3; ++n) world.live_on(n);
  world.site.bank({bank_line("41130026112000000017", 12'345, "1")});
  const auto all = events_in(drain(*whole));
  REQUIRE(all.size() >= 11);
  // The beginning has an id too.
  std::string id = opening.substr(opening.find("id: ") + 4);
  id = id.substr(0, id.find('\n'));
  for (size_t from = 0; from <= all.size(); ++from) {
    const auto again = world.follow("", As::kAuditor, id);
    const auto rest = events_in(drain(*again));
    REQUIRE(rest.size() == all.size() - from);
    for (size_t i = 0; i < rest.size(); ++i) {
      CHECK(rest[i].id == all[from + i].id);
      CHECK(rest[i].data == all[from + i].data);
    }
    if (from < all.size()) id = all[from].id;
  }
  // By the query as well; the field says more than a query that a browser repeats.
  CHECK(events_in(drain(*world.follow("?after=" + all[3].id))).size() == all.size() - 4);
  CHECK(events_in(drain(*world.follow("?after=" + all[3].id, As::kAuditor, all[5].id))).size() ==
        all.size() - 6);
}

TEST_CASE("events outlive the daemon, and a restored store says that it begins anew") {
  World world;
  world.live_on(1);
  const auto backup = world.site.store->clone();
  const std::string id = world.site.feed.reach().through.text();
  world.live_on(2);
  const auto before = events_in(drain(*world.follow("", As::kAuditor, id)));
  CHECK(before.size() == 3);
  world.site.restart();
  const auto after = events_in(drain(*world.follow("", As::kAuditor, id)));
  REQUIRE(after.size() == before.size());
  CHECK(after.back().id == before.back().id);
  // The older copy takes numbers that this one has given already, for other changes.
  Site restored(in_site(), kNow.plus_ms(60'000));
  restored.store = backup->clone();
  restored.store_complete = false;
  restored.restart();
  LiveApi live(restored);
  HttpRequest request{"GET", "/v1/events", "Bearer " + token_of(As::kAuditor), "", ""};
  request.last_event_id = before.back().id;
  const auto events = events_in(drain(*live.ask(std::move(request)).response.stream));
  REQUIRE(events.size() == 1);
  CHECK(events[0].data.at("kind") == "other_epoch");
}

TEST_CASE("an id that cannot be gone on from gets one reset, with the present place") {
  World world;
  world.live_on(1);
  const ChangePlace present = world.site.feed.reach().through;
  const auto reset_of = [&](ChangePlace from) {
    const auto events = events_in(drain(*world.follow("", As::kAuditor, from.text())));
    REQUIRE(events.size() == 1);
    CHECK(events[0].topic == "reset");
    CHECK(events[0].id == present.text());
    return events[0].data.at("kind").get<std::string>();
  };
  CHECK(reset_of({present.epoch - 1, present.lsn, present.n}) == "other_epoch");
  CHECK(reset_of({present.epoch + 1, 1, 0}) == "other_epoch");
  CHECK(reset_of({present.epoch, present.lsn, present.n + 1}) == "unknown");
  CHECK(reset_of({present.epoch, present.lsn + 1, 0}) == "unknown");
  world.site.feed.forget({present.epoch, present.lsn - 1, 0});
  CHECK(reset_of({present.epoch, present.lsn - 2, 7}) == "forgotten");
  // The last of what is gone was read by whoever names it.
  const auto on =
      world.follow("", As::kAuditor, ChangePlace{present.epoch, present.lsn - 1, 0}.text());
  CHECK(events_in(drain(*on)).at(0).topic != "reset");
  // A stream that falls behind what is kept is told as well, and goes on.
  const auto slow = world.follow();
  drain(*slow);
  world.live_on(2);
  world.site.feed.forget(world.site.feed.reach().through);
  const auto events = events_in(drain(*slow));
  REQUIRE(events.size() == 1);
  CHECK(events[0].data.at("kind") == "forgotten");
  world.live_on(3);
  CHECK(events_in(drain(*slow)).size() == 3);
}

TEST_CASE("filters choose by topic, peer, side and case") {
  World world;
  const std::string id = world.site.feed.reach().through.text();
  world.live_on(1);
  world.live_on(2);
  world.site.bank({bank_line("41130026112000000017", 12'345, "1")});
  const auto count = [&](const std::string& query) {
    return events_in(drain(*world.follow(query + "&after=" + id))).size();
  };
  CHECK(count("?topic=case") == 6);
  CHECK(count("?topic=bank_line") == 1);
  CHECK(count("?topic=bank_line,exception") == 2);
  CHECK(count("?topic=case&case=" + case_number(2).str()) == 3);
  CHECK(count("?case=" + case_number(3).str()) == 0);
  CHECK(count("?topic=case&side=IN") == 6);
  CHECK(count("?side=OUT") == 0);
  CHECK(count("?peer=" + out_site().str()) == 6);
  CHECK(count("?peer=" + third_site().str()) == 0);
}

TEST_CASE("what a query asks wrongly is refused by name") {
  World world;
  const auto code = [&](const std::string& query, As role = As::kAuditor) {
    const Got got = world.get(query, role);
    return std::to_string(got.status()) + " " + got.json().at("code").get<std::string>();
  };
  CHECK(code("?topic=cases") == "400 bad_query");
  CHECK(code("?peer=x") == "400 bad_query");
  CHECK(code("?side=x") == "400 bad_query");
  CHECK(code("?case=x") == "400 bad_filter");
  CHECK(code("?wait=61") == "400 bad_query");
  CHECK(code("?wait=-1") == "400 bad_query");
  CHECK(code("?after=x") == "400 bad_event_id");
  CHECK(code("?limit=1") == "400 bad_query");
  CHECK(code("", As::kInquirer) == "403 role_too_low");
  CHECK(code("?topic=users") == "403 role_too_low");
  CHECK(code("?topic=users", As::kReviewer) == "403 role_too_low");
}

TEST_CASE("changes of users are an operator's alone") {
  World world;
  const auto auditor = world.follow();
  const auto op = world.follow("", As::kOperator);
  Change change;
  change.topic = Topic::kUsers;
  REQUIRE(world.live.post(make_command("", NoteChange{change}, nullptr)));
  CHECK(events_in(drain(*auditor)).empty());
  const auto events = events_in(drain(*op));
  REQUIRE(events.size() == 1);
  CHECK(events[0].topic == "users");
}

TEST_CASE("a user who may no longer read is told so and goes") {
  World world;
  const auto stream = world.follow();
  const auto other = world.follow("", As::kOperator);
  drain(*stream);
  drain(*other);
  std::vector<User> left;
  const auto users = users_of_every_role();
  for (const User& user : users->all()) {
    if (user.name != "u-auditor") left.push_back(user);
  }
  bool woken = false;
  stream->wait([&] { woken = true; });
  world.live.api.set_users(std::make_shared<const Users>(left));
  CHECK(woken);
  const auto piece = stream->next();
  CHECK(piece.last);
  CHECK(events_in(piece.bytes).at(0).data.at("kind") == "not_allowed");
  CHECK_FALSE(other->next().last);
}

TEST_CASE("a silence is filled every fifteen seconds, and moves the place on behind a filter") {
  World world;
  const auto stream = world.follow("?topic=batch");
  drain(*stream);
  CHECK(stream->next().wait == std::chrono::milliseconds(15'000));
  world.site.now = world.site.now.plus_ms(14'999);
  CHECK(stream->next().bytes.empty());
  CHECK(stream->next().wait == std::chrono::milliseconds(1));
  world.site.now = world.site.now.plus_ms(1);
  CHECK(stream->next().bytes == ": beat\n\n");
  world.live_on(1);
  CHECK(stream->next().bytes.empty());
  world.site.now = world.site.now.plus_ms(15'000);
  CHECK(stream->next().bytes == ": beat\nid: " + world.site.feed.reach().through.text() + "\n\n");
}

TEST_CASE("a client that reads slowly gets all there is, in pieces of bounded size") {
  World world;
  const auto stream = world.follow("?topic=alarm");
  drain(*stream);
  Change change;
  change.topic = Topic::kAlarm;
  change.what = static_cast<uint8_t>(AlarmKind::kSilent);
  change.peer = out_site();
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(world.live.post(make_command("", NoteChange{change}, nullptr)));
  }
  size_t events = 0;
  int pieces = 0;
  for (auto piece = stream->next(); !piece.bytes.empty(); piece = stream->next(), ++pieces) {
    CHECK(piece.bytes.size() < 100'000);
    events += events_in(piece.bytes).size();
  }
  CHECK(events == 1'000);
  CHECK(pieces == 5);
}

TEST_CASE("a stream is woken once by what it has not seen, at once if it is there already") {
  World world;
  const auto stream = world.follow();
  drain(*stream);
  int woken = 0;
  stream->wait([&] { ++woken; });
  CHECK(woken == 0);
  world.live_on(1);
  CHECK(woken == 1);
  stream->wait([&] { ++woken; });
  CHECK(woken == 2);
  drain(*stream);
  stream->wait([&] { ++woken; });
  CHECK(woken == 2);
}

TEST_CASE("the depth of queues is told as it is now, without an id") {
  World world;
  world.site.feed.set_queue(out_site(), 5, 100);
  const auto stream = world.follow("?topic=queue&peer=" + out_site().str());
  auto events = events_in(drain(*stream));
  REQUIRE(events.size() == 1);
  CHECK(events[0].data.at("queued") == "5");
  CHECK(events[0].id.empty());
  world.site.feed.set_queue(out_site(), 5, 200);
  world.site.feed.set_queue(third_site(), 9, 200);
  CHECK(drain(*stream).empty());
  world.site.feed.set_queue(out_site(), 6, 200);
  world.site.feed.set_queue(out_site(), 7, 300);
  events = events_in(drain(*stream));
  REQUIRE(events.size() == 1);
  CHECK(events[0].data.at("queued") == "7");
}

TEST_CASE("no more than 64 follow at once, and of one user 16") {
  World world;
  std::vector<std::shared_ptr<HttpStream>> streams;
  for (const As role : {As::kAuditor, As::kClerk, As::kReviewer, As::kOperator}) {
    for (size_t n = 0; n < limits::kEventStreamsOfUserMax; ++n)
      streams.push_back(world.follow("", role));
    const Got more = world.get("", role);
    CHECK(more.status() == 429);
    CHECK(more.json().at("code") == "too_many_streams");
    CHECK(more.header("Retry-After") == "15");
  }
  CHECK(streams.size() == limits::kEventStreamsMax);
  const Got other = world.get("", As::kSystem);
  CHECK(other.status() == 503);
  CHECK(other.json().at("code") == "no_room_for_streams");
  streams.pop_back();
  CHECK(world.get("", As::kSystem).status() == 200);
}

TEST_CASE("a poll is answered with lines as soon as there are any, and says where to go on") {
  World world;
  const std::string id = world.site.feed.reach().through.text();
  const Got got = world.get("?after=" + id, As::kAuditor, "", "application/x-ndjson");
  CHECK(got.response.content_type == "application/x-ndjson");
  const auto poll = got.response.stream;
  auto piece = poll->next();
  CHECK(piece.bytes.empty());
  CHECK(piece.wait == std::chrono::milliseconds(25'000));
  world.live_on(1);
  piece = poll->next();
  CHECK(piece.last);
  const auto lines = lines_in(piece.bytes);
  REQUIRE(lines.size() == 4);
  CHECK(lines[2].at("kind") == "send-letter");
  CHECK(lines[3].at("topic") == "position");
  CHECK(lines[3].at("id") == world.site.feed.reach().through.text());
  // Nothing within its patience: the place alone, behind what the filter left out.
  const auto silent = world.get("?wait=3&topic=batch&after=" + id).response.stream;
  CHECK(silent->next().wait == std::chrono::milliseconds(3'000));
  world.site.now = world.site.now.plus_ms(3'000);
  piece = silent->next();
  CHECK(piece.last);
  CHECK(lines_in(piece.bytes).at(0).at("id") == world.site.feed.reach().through.text());
  // And without any at all.
  CHECK(world.get("?wait=0").response.stream->next().last);
}

TEST_CASE("nothing of a person is in an event") {
  World world;
  const auto stream = world.follow("", As::kOperator);
  world.live_on(1);
  world.site.bank({bank_line("41130026112000000017", 12'345, "1")});
  const std::string text = drain(*stream);
  const Case subject = world.site.subject(case_number(1));
  CHECK(text.find(subject.person.name()) == std::string::npos);
  CHECK(text.find(subject.person.document_number()) == std::string::npos);
  CHECK(text.find("clerk") == std::string::npos);
}

TEST_CASE("when the server ends the stream's last words say so") {
  World world;
  const auto events = events_in(world.follow()->last_words());
  REQUIRE(events.size() == 1);
  CHECK(events[0].topic == "end");
  CHECK(events[0].data.at("kind") == "shutdown");
}

}  // namespace event_stream_test
