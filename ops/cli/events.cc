// jiexu events: what has changed at the agency, as it changes.
#include <chrono>
#include <iostream>
#include <sstream>
#include <thread>
#include <utility>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/choices.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr auto kTryAgain = std::chrono::seconds(2);  // while the daemon is being restarted
constexpr int kWaitSeconds = 25;

struct Asked {
  std::string topics;
  std::string peer;
  std::string side;
  std::string case_id;
  std::string after;
  bool follow = false;
};

std::string target_of(const Asked& asked, const std::string& after, int wait) {
  std::string out = "/v1/events?wait=" + std::to_string(wait);
  const std::pair<const char*, const std::string&> parts[] = {{"topic", asked.topics},
                                                              {"peer", asked.peer},
                                                              {"side", asked.side},
                                                              {"case", asked.case_id},
                                                              {"after", after}};
  for (const auto& [key, value] : parts) {
    if (!value.empty()) out += std::string("&") + key + "=" + percent(value);
  }
  return out;
}

std::string kind_of(const v1::EventView& event) {
  const std::string& topic = event.topic();
  if (topic == "case") return called("event.", event.kind());
  if (topic == "link") return called("peer.", event.kind());
  if (topic == "alarm") return called("alarm.", event.kind());
  if (topic == "exception") return called("outcome.", event.kind());
  if (topic == "proposal") return called("topic.", event.kind());
  if (topic == "reset") return called("reset.", event.kind());
  return event.kind();
}

void print_event(const v1::EventView& event) {
  std::string line = event.has_at() ? day_and_time(event.at()) + "  " : "";
  line += called("topic.", event.topic());
  const std::string kind = kind_of(event);
  if (!kind.empty()) line += ": " + kind;
  if (event.gone()) line += " (" + say("no longer") + ")";
  for (const std::string& part : {event.case_id(), event.payment(), event.batch(), event.line_id(),
                                  event.file(), event.place(), event.side(), event.peer()}) {
    if (!part.empty()) line += "  " + part;
  }
  std::cout << line << "\n";
}

// What an answer says besides its events.
struct Position {
  std::string next;   // where to go on; empty: nothing said so
  bool more = false;  // there is more to be read now
};

Position print_lines(const std::string& body, bool json) {
  Position out;
  std::istringstream lines(body);
  for (std::string line; std::getline(lines, line);) {
    v1::EventView event;
    if (!from_json(line, &event)) continue;
    if (event.has_id()) out.next = event.id();
    if (event.topic() == "position") out.more = event.kind() == "more";
    if (event.topic() == "end" || (event.topic() == "position" && !json)) continue;
    json ? void(std::cout << line << "\n") : print_event(event);
  }
  std::cout.flush();
  return out;
}

int failed(const Result<Reply>& reply) {
  return reply ? report_problem(*reply) : report(reply.error());
}

// Goes on until it is stopped, also over a restart of the daemon: what was printed once is behind
// `after`, and an answer that broke off is not printed.
int follow(const Session& session, const Asked& asked) {
  std::string after = asked.after;
  // From now on, unless said otherwise: the first answer only says where that is.
  int wait = after.empty() ? 0 : kWaitSeconds;
  bool told = false;
  while (true) {
    const auto reply = session.ask("GET", target_of(asked, after, wait));
    const bool away = !reply || reply->status >= 500;
    if (away && after.empty()) return failed(reply);
    if (away) {
      if (!std::exchange(told, true)) failed(reply);
      std::this_thread::sleep_for(kTryAgain);
      continue;
    }
    if (reply->status != 200) return report_problem(*reply);
    const Position position = print_lines(reply->body, session.json);
    if (!position.next.empty()) after = position.next;
    if (!std::cout) return EX_IOERR;
    wait = kWaitSeconds;
    told = false;
  }
}

// What there is, page by page.
int list(const Session& session, const Asked& asked) {
  std::string after = asked.after.empty() ? "first" : asked.after;
  while (true) {
    const auto reply = session.ask("GET", target_of(asked, after, 0));
    if (!reply || reply->status != 200) return failed(reply);
    const Position position = print_lines(reply->body, session.json);
    if (!position.more || position.next.empty()) return EX_OK;
    after = position.next;
  }
}

// With the names that the API knows instead of those that people have.
int run(const Session& session, Asked asked) {
  const auto id = case_named(session, asked.case_id);
  if (!id) return report(id.error());
  asked.case_id = *id;
  const auto side = names_meant("side.", asked.side);
  if (side.size() == 1) asked.side = side[0];
  return asked.follow ? follow(session, asked) : list(session, asked);
}

}  // namespace

void add_events(Command app, Session& session) {
  const auto asked = std::make_shared<Asked>();
  Command events = app.add_command("events", "What has changed, as it changes",
                                   "jiexu events --follow --topic case,alarm");
  events.add_option("--topic", asked->topics,
                    "Only of these, with commas: case, proposal, payment, batch, bank_line, "
                    "bank_file, exception, quarantine, link, alarm, directory, users, store");
  events.add_option("--peer", asked->peer, "Only about this agency");
  events.add_option("--side", asked->side, "IN: people who come; OUT: people who leave");
  events.add_option("--case", asked->case_id, "Only of this case");
  events.add_option("--after", asked->after, "Go on behind this event; its id is in --json");
  events.add_flag("--follow", asked->follow, "Wait for more; without --after from now on");
  events.callback(
      [&session, asked] { session.run = [&session, asked] { return run(session, *asked); }; });
}

}  // namespace jiexu::cli
