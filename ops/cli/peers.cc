// jiexu queue, peer: where the exchange stands.
#include <array>
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "jiexu/v1/queues.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr int64_t kStuckMs = 10 * 60 * 1000;

// Nothing goes to it, or has not for long.
template <class Peer>
Stress stress_of(const Peer& peer) {
  const bool down =
      peer.state() == "stopped" || peer.state() == "silent" || peer.state() == "clock";
  const bool stuck = down || peer.oldest_unreceipted_ms() > kStuckMs;
  return stuck ? Stress::kLate : Stress::kNone;
}

void print_exceptions(const v1::QueueViews& views) {
  if (views.exceptions().empty()) return;
  const Instant now = SystemClock().now();
  Table table({"BANK LINES THAT WAIT", "LINES", "SINCE"});
  for (const v1::ExceptionQueueView& queue : views.exceptions()) {
    table.add({called("outcome.", queue.outcome()),
               std::to_string(queue.lines()) + (queue.more() ? "+" : ""),
               moment(queue.since(), now)});
  }
  std::cout << "\n" << table.text();
}

void print_queues(const std::string& body) {
  v1::QueueViews views;
  if (!from_json(body, &views)) return;
  Table table({"PEER", "NAME", "QUEUED", "OLDEST", "SENT", "RECEIPTED", "STATE"});
  for (const v1::PeerQueueView& peer : views.peers()) {
    table.add({peer.agency(), peer.name(), std::to_string(peer.queued()),
               age(peer.oldest_unreceipted_ms()), std::to_string(peer.out_last_seq()),
               std::to_string(peer.out_receipted_seq()), called("peer.", peer.state())},
              stress_of(peer));
  }
  std::cout << table.text();
  print_exceptions(views);
  const v1::ProposalCounts& waiting = views.proposals();
  if (waiting.cases() + waiting.lines() + waiting.payments() == 0) return;
  std::cout << "\n"
            << say("a second person is waited for in {cases} cases, {lines} bank lines, "
                   "{payments} payments",
                   {{"cases", std::to_string(waiting.cases()) + (waiting.more() ? "+" : "")},
                    {"lines", std::to_string(waiting.lines())},
                    {"payments", std::to_string(waiting.payments())}})
            << "\n";
}

void print_peers(const std::string& body) {
  v1::PeerViews views;
  if (!from_json(body, &views)) return;
  const Instant now = SystemClock().now();
  Table table(
      {"PEER", "NAME", "STATE", "SINCE", "QUEUED", "RECEIVED", "LAST HEARD", "QUARANTINED", "WHY"});
  for (const v1::PeerView& peer : views.peers()) {
    table.add(
        {peer.agency(), peer.name(), called("peer.", peer.state()), moment(peer.since(), now),
         std::to_string(peer.queued()), std::to_string(peer.in_last_seq()),
         moment(peer.last_heard(), now), std::to_string(peer.quarantined()), say(peer.cause())},
        stress_of(peer));
  }
  std::cout << table.text();
}

// "2026-11-30 18:00" in China as RFC 3339; what is said in another form as it is.
std::string as_time(const std::string& text) {
  const bool minute = text.size() == 16 && text[10] == ' ';
  return minute ? text.substr(0, 10) + "T" + text.substr(11) + ":00+08:00" : text;
}

void add_pause(Command group, Session& session) {
  Command command = group.add_command(
      "pause", "Stop sending to an agency; messages wait",
      "jiexu peer pause S41132810207 --why 'their move' --until '2026-11-30 18:00'");
  const auto agency = std::make_shared<std::string>();
  const auto input = std::make_shared<std::array<std::string, 2>>();
  command.add_option("agency", *agency, "Code of the agency").required();
  command.add_option("--why", (*input)[0], "For whoever looks at it");
  command.add_option("--until", (*input)[1], "It goes on by itself then, as 2026-11-30 18:00");
  command.callback([&session, agency, input] {
    session.run = [&session, agency, input] {
      v1::PauseInput body;
      body.set_why((*input)[0]);
      body.set_until(as_time((*input)[1]));
      return session.show(
          "POST", "/v1/peers/" + percent(*agency) + "/pause", to_json(body), [&](const auto&) {
            std::cout << say("{agency}: messages wait from now on", {{"agency", *agency}}) << "\n";
          });
    };
  });
}

void add_resume(Command group, Session& session) {
  Command command =
      group.add_command("resume", "Send to it again", "jiexu peer resume S41132810207");
  const auto agency = std::make_shared<std::string>();
  command.add_option("agency", *agency, "Code of the agency").required();
  command.callback([&session, agency] {
    session.run = [&session, agency] {
      return session.show(
          "POST", "/v1/peers/" + percent(*agency) + "/resume", "", [&](const auto&) {
            std::cout << say("{agency}: messages go out again", {{"agency", *agency}}) << "\n";
          });
    };
  });
}

}  // namespace

void add_peer(Command app, Session& session) {
  Command queue =
      app.add_command("queue", "What waits: messages, bank lines, proposals", "jiexu queue");
  queue.callback([&session] {
    session.run = [&session] { return session.show("GET", "/v1/queues", "", print_queues); };
  });

  Command group = app.add_command("peer", "The other agencies", "jiexu peer list");
  group.require_subcommand();
  Command list =
      group.add_command("list", "Where the exchange with each stands", "jiexu peer list");
  list.callback([&session] {
    session.run = [&session] { return session.show("GET", "/v1/peers", "", print_peers); };
  });
  add_pause(group, session);
  add_resume(group, session);
  add_links(group, session);
}

}  // namespace jiexu::cli
