// jiexu queue, peer, quarantine: where the exchange stands.
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr int64_t kStuckMs = 10 * 60 * 1000;

// Nothing goes to it, or has not for long.
Stress stress_of(const v1::PeerView& peer) {
  const bool stuck = peer.state() == "stopped" || peer.oldest_unreceipted_ms() > kStuckMs;
  return stuck ? Stress::kLate : Stress::kNone;
}

void print_queues(const std::string& body) {
  v1::PeerViews views;
  if (!from_json(body, &views)) return;
  Table table({"PEER", "NAME", "QUEUED", "OLDEST", "SENT", "RECEIPTED", "STATE"});
  for (const v1::PeerView& peer : views.peers()) {
    table.add({peer.agency(), peer.name(), std::to_string(peer.queued()),
               age(peer.oldest_unreceipted_ms()), std::to_string(peer.out_last_seq()),
               std::to_string(peer.out_receipted_seq()), called("peer.", peer.state())},
              stress_of(peer));
  }
  std::cout << table.text();
}

void print_peers(const std::string& body) {
  v1::PeerViews views;
  if (!from_json(body, &views)) return;
  const Instant now = SystemClock().now();
  Table table({"PEER", "NAME", "STATE", "QUEUED", "RECEIVED", "LAST HEARD", "QUARANTINED"});
  for (const v1::PeerView& peer : views.peers()) {
    const std::string why =
        peer.stop_reason().empty() ? "" : " (" + called("stop.", peer.stop_reason()) + ")";
    table.add({peer.agency(), peer.name(), called("peer.", peer.state()) + why,
               std::to_string(peer.queued()), std::to_string(peer.in_last_seq()),
               moment(peer.last_heard(), now), std::to_string(peer.quarantined())},
              stress_of(peer));
  }
  std::cout << table.text();
}

void print_quarantine(const std::string& body) {
  v1::QuarantineViews views;
  if (!from_json(body, &views)) return;
  Table table({"PEER", "EPOCH/SEQ", "AT", "CODE", "CASE", "WHY"});
  for (const v1::QuarantineView& entry : views.entries()) {
    table.add({entry.peer(), std::to_string(entry.epoch()) + "/" + std::to_string(entry.seq()),
               day_and_time(entry.at()), plain_fault(entry.code()), short_case(entry.case_id()),
               entry.more() > 0
                   ? say("and {n} more of its frame", {{"n", std::to_string(entry.more())}})
                   : say(entry.text())});
  }
  std::cout << table.text();
  print_more(views.next());
}

void add_switch(Command group, Session& session, const std::string& name, const std::string& does) {
  Command command = group.add_command(name, does, "jiexu peer " + name + " S41132810207");
  const auto agency = std::make_shared<std::string>();
  command.add_option("agency", *agency, "Code of the agency").required();
  command.callback([&session, agency, name] {
    session.run = [&session, agency, name] {
      return session.show("POST", "/v1/peers/" + percent(*agency) + "/" + name, "",
                          [&](const auto&) {
                            const bool paused = name == "pause";
                            std::cout << say(paused ? "{agency}: messages wait from now on"
                                                    : "{agency}: messages go out again",
                                             {{"agency", *agency}})
                                      << "\n";
                          });
    };
  });
}

void add_quarantine(Command app, Session& session) {
  Command group =
      app.add_command("quarantine", "Messages that were set aside", "jiexu quarantine list");
  group.require_subcommand();
  Command list = group.add_command("list", "List them, with the reason", "jiexu quarantine list");
  const auto after = std::make_shared<std::string>();
  list.add_option("--after", *after, "Go on after this one");
  list.callback([&session, after] {
    session.run = [&session, after] {
      const std::string target = after->empty() ? "" : "?after=" + percent(*after);
      return session.show("GET", "/v1/quarantine" + target, "", print_quarantine);
    };
  });
}

}  // namespace

void add_peer(Command app, Session& session) {
  Command queue =
      app.add_command("queue", "What waits for a receipt, and since when", "jiexu queue");
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
  add_switch(group, session, "pause", "Stop sending to an agency; messages wait");
  add_switch(group, session, "resume", "Send to it again");
  add_quarantine(app, session);
}

}  // namespace jiexu::cli
