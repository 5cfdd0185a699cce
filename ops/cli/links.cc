// jiexu peer show, ping, retry; jiexu alarms: what one link does, and what is wrong with all.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr auto kPingEvery = std::chrono::milliseconds(100);
constexpr int kPingsMax = 50;

std::string target_of(const std::string& agency) {
  return "/v1/peers/" + percent(agency);
}

// "+12.3 s": the peer's clock less ours.
std::string skew(const v1::PeerView& peer) {
  if (!peer.clock_known()) return say("not known");
  const int64_t tenths = peer.skew_ms() / 100;
  return (tenths < 0 ? "-" : "+") + std::to_string(std::abs(tenths) / 10) + "." +
         std::to_string(std::abs(tenths) % 10) + " s";
}

// Of the day, of a time such as 2026-11-30T18:00:00.123+08:00; -1: of none.
int64_t milliseconds(const std::string& at) {
  int hour = 0, minute = 0, second = 0, ms = 0;
  const bool read = std::sscanf(at.c_str(), "%*10sT%d:%d:%d.%d", &hour, &minute, &second, &ms) == 4;
  return read ? ((hour * 60 + minute) * 60 + second) * 1000LL + ms : -1;
}

// Whether there is another answer than before. The daemon counts by a clock of its own, so that one
// moment may be shown as two that lie a millisecond apart.
bool is_new(const v1::PeerView& now, const v1::PeerView& before) {
  return std::abs(milliseconds(now.last_answer()) - milliseconds(before.last_answer())) > 5;
}

// A line of the description; none if there is nothing to say.
void line(const std::string& what, const std::string& value) {
  constexpr size_t kColumns = 16;
  if (!value.empty()) std::cout << padded(say(what), kColumns) << "  " << value << "\n";
}

void print_peer(const std::string& body) {
  v1::PeerView peer;
  if (!from_json(body, &peer)) return;
  const Instant now = SystemClock().now();
  line("agency", peer.agency() + " " + peer.name());
  line("state", called("peer.", peer.state()));
  line("since", moment(peer.since(), now));
  line("because", peer.cause().empty() ? "" : say(peer.cause()));
  line("paused by", peer.paused_by());
  line("why", peer.pause_why());
  line("until", peer.pause_until().empty() ? "" : day_and_time(peer.pause_until()));
  line("we ask again", peer.next_try().empty() ? "" : day_and_time(peer.next_try()));
  line("last heard", moment(peer.last_heard(), now));
  line("last answer", moment(peer.last_answer(), now));
  line("last receipt", moment(peer.last_receipt(), now));
  line("its clock", skew(peer));
  line("queued", std::to_string(peer.queued()) + ", " + age(peer.oldest_unreceipted_ms()));
  line("sent", std::to_string(peer.out_last_seq()));
  line("received", std::to_string(peer.in_last_seq()));
  line("window", std::to_string(peer.window_bytes() >> 10) + " KiB");
  line("in quarantine", std::to_string(peer.quarantined()));
}

void print_alarms(const std::string& body) {
  v1::AlarmViews views;
  if (!from_json(body, &views)) return;
  const Instant now = SystemClock().now();
  Table table({"ALARM", "PEER", "SINCE", "WHAT"});
  for (const v1::AlarmView& alarm : views.alarms()) {
    table.add({called("alarm.", alarm.kind()), alarm.peer(), moment(alarm.since(), now),
               say_in_pieces(alarm.text())});
  }
  std::cout << (views.alarms().empty() ? say("No alarm stands.") + "\n" : table.text());
}

// The peer as it is now; an answer that is none is reported.
std::optional<v1::PeerView> look(const Session& session, const std::string& agency, int& code) {
  const Result<Reply> reply = session.ask("GET", target_of(agency));
  v1::PeerView peer;
  if (!reply) {
    code = report(reply.error());
  } else if (reply->status >= 400 || !from_json(reply->body, &peer)) {
    code = report_problem(*reply);
  } else {
    return peer;
  }
  return std::nullopt;
}

// Asks through our engine, which theirs answers; waits until it has, 5 s at most.
int ping(const Session& session, const std::string& agency) {
  int code = EX_OK;
  const auto before = look(session, agency, code);
  if (!before) return code;
  const Result<Reply> asked = session.ask("POST", target_of(agency) + "/ask");
  if (!asked) return report(asked.error());
  if (asked->status >= 400) return report_problem(*asked);
  for (int i = 0; i < kPingsMax; ++i) {
    const auto now = look(session, agency, code);
    if (!now) return code;
    if (is_new(*now, *before)) {
      if (session.json) {
        std::cout << to_json(*now) << "\n";
        return EX_OK;
      }
      std::cout << say("{agency} has answered in {ms} ms; its clock: {clock}",
                       {{"agency", agency},
                        {"ms", std::to_string(now->answer_ms())},
                        {"clock", skew(*now)}})
                << "\n";
      return EX_OK;
    }
    std::this_thread::sleep_for(kPingEvery);
  }
  const auto last = look(session, agency, code);
  if (!last) return code;
  return report(EX_TEMPFAIL, say("{agency} has not answered for 5 s: {state} {why}",
                                 {{"agency", agency},
                                  {"state", called("peer.", last->state())},
                                  {"why", last->cause().empty() ? "" : say(last->cause())}}));
}

void add_switch(Command group, Session& session, const std::string& name, const std::string& does,
                std::function<int(const std::string& agency)> run) {
  Command command = group.add_command(name, does, "jiexu peer " + name + " S41132810207");
  const auto agency = std::make_shared<std::string>();
  command.add_option("agency", *agency, "Code of the agency").required();
  command.callback([&session, agency, run = std::move(run)] {
    session.run = [agency, run] { return run(*agency); };
  });
}

}  // namespace

void add_links(Command peer, Session& session) {
  add_switch(peer, session, "show", "All that is known of the link with one agency",
             [&session](const std::string& agency) {
               return session.show("GET", target_of(agency), "", print_peer);
             });
  add_switch(peer, session, "ping", "Ask an agency's engine, through ours, whether it is there",
             [&session](const std::string& agency) { return ping(session, agency); });
  add_switch(peer, session, "retry", "Ask an agency now instead of at the next try",
             [&session](const std::string& agency) {
               return session.show("POST", target_of(agency) + "/ask", "", [&](const auto&) {
                 std::cout << say("{agency}: asked", {{"agency", agency}}) << "\n";
               });
             });
}

void add_alarms(Command app, Session& session) {
  Command alarms =
      app.add_command("alarms", "What lasts and needs a person, and since when", "jiexu alarms");
  alarms.callback([&session] {
    session.run = [&session] { return session.show("GET", "/v1/alarms", "", print_alarms); };
  });
}

}  // namespace jiexu::cli
