// jiexu quarantine: messages that were of no use, and what two people do with them.
#include <array>
#include <iostream>
#include <memory>

#include "daemon/base/text.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/printing.h"
#include "ops/cli/say.h"
#include "ops/cli/second_person.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr size_t kListMax = 500;  // that the daemon takes at once

struct Wanted {
  std::string peer;
  std::string code;
  std::string after;
};

struct Decided {
  std::vector<std::string> places;
  Wanted wanted;  // instead of places
  std::string note;
};

void add_wanted(Command command, Wanted& wanted) {
  command.add_option("--peer", wanted.peer, "Of this agency alone");
  command.add_option("--code", wanted.code, "Of this cause alone, such as BAD_CONTENT");
}

std::string target_of(const Wanted& wanted) {
  std::string target = "/v1/quarantine";
  const std::pair<const char*, const std::string*> fields[] = {
      {"peer", &wanted.peer}, {"code", &wanted.code}, {"after", &wanted.after}};
  for (const auto& [name, value] : fields) {
    if (value->empty()) continue;
    target +=
        (target.find('?') == target.npos ? "?" : "&") + std::string(name) + "=" + percent(*value);
  }
  return target;
}

// What was wrong, by which rule, and in which field.
std::string plain_reason(const v1::QuarantineView& entry) {
  std::string out = say(entry.cause());
  if (!entry.rule().empty()) out += " " + say(entry.rule());
  return entry.text().empty() ? out : out + " (" + say_in_pieces(entry.text()) + ")";
}

std::string plain_kind(const v1::QuarantineView& entry) {
  return entry.kind().empty() ? "?" : message_title(entry.kind());
}

void print_quarantine(const std::string& body) {
  v1::QuarantineViews views;
  if (!from_json(body, &views)) return;
  warn_unreadable(views.unreadable());
  Table table({"PLACE", "PEER", "AT", "CASE", "KIND", "WHY"});
  for (const v1::QuarantineView& entry : views.entries()) {
    const std::string more = entry.more() > 0 ? " " + say("and {n} more of its frame",
                                                          {{"n", std::to_string(entry.more())}})
                                              : "";
    table.add({entry.place(), entry.peer(), day_and_time(entry.at()), short_case(entry.case_id()),
               plain_kind(entry), plain_reason(entry) + more});
  }
  std::cout << table.text();
  print_more(views.next());
}

void print_quarantined(const std::string& body) {
  v1::QuarantinedMessageView view;
  if (!from_json(body, &view)) return;
  const v1::QuarantineView& entry = view.entry();
  std::cout << say("Message {n} of {agency}, epoch {epoch}, set aside {time}",
                   {{"n", std::to_string(entry.seq())},
                    {"agency", entry.peer()},
                    {"epoch", std::to_string(entry.epoch())},
                    {"time", day_and_time(entry.at())}})
            << "\n"
            << plain_reason(entry) << "\n";
  if (!entry.case_id().empty()) std::cout << short_case(entry.case_id()) << "\n";
  if (!view.message().empty()) std::cout << view.message() << "\n";
  std::cout << say("{n} bytes:", {{"n", std::to_string(view.size())}}) << " " << view.bytes()
            << (view.bytes().size() < 2 * view.size() ? "..." : "") << "\n";
}

// One message of a list, in a line.
std::string line_of(const v1::QuarantineView& entry) {
  std::string out = "  " + entry.place() + "  " + entry.peer();
  if (!entry.case_id().empty()) out += "  " + short_case(entry.case_id());
  return out + "  " + plain_kind(entry) + "  " + plain_reason(entry);
}

std::string text_of(const v1::QuarantineListView& list) {
  std::string out =
      list.act() == "release"
          ? say("To let pass, proposed {time} by {who}: {note}", {{"time", day_and_time(list.at())},
                                                                  {"who", list.proposed_by()},
                                                                  {"note", list.note()}})
          : say("To discard, proposed {time} by {who}: {note}", {{"time", day_and_time(list.at())},
                                                                 {"who", list.proposed_by()},
                                                                 {"note", list.note()}});
  for (const v1::QuarantineView& entry : list.entries()) out += "\n" + line_of(entry);
  return out;
}

void print_outcomes(const v1::QuarantineListView& list) {
  for (const v1::QuarantineOutcome& one : list.outcomes()) {
    std::cout << one.place() << "  " << called("quarantined.", one.outcome());
    if (!one.why().empty()) std::cout << ": " << say(one.why());
    if (!one.text().empty()) std::cout << " (" << say_in_pieces(one.text()) << ")";
    std::cout << "\n";
  }
}

void print_list(const Session& session, const std::string& body) {
  v1::QuarantineListView list;
  if (!from_json(body, &list)) return;
  if (list.outcomes_size() > 0) return print_outcomes(list);
  if (list.content().empty()) {
    std::cout << say("No list waits.") << "\n";
    return;
  }
  std::cout << text_of(list) << "\n"
            << say("Next, by somebody else who has made sure:") << "\n  " << session.command()
            << " quarantine approve --content " << shown_digits(list.content()) << "\n";
}

int ask_list(const Session& session, const std::string& how, const std::string& body) {
  return session.show("POST", "/v1/quarantine-list" + how, body,
                      [&](const std::string& answer) { print_list(session, answer); });
}

// All that the list of now holds. Error: there are too many for one decision.
Result<std::vector<std::string>> places_of(const Session& session, Wanted wanted) {
  std::vector<std::string> places;
  for (;;) {
    TRY(const auto reply, session.ask("GET", target_of(wanted)));
    v1::QuarantineViews views;
    if (reply.status != 200 || !from_json(reply.body, &views)) {
      return fail(Errc::kInvalid, say("the list cannot be read"));
    }
    for (const v1::QuarantineView& entry : views.entries()) places.push_back(entry.place());
    if (places.size() > kListMax) {
      return fail(Errc::kInvalid, say("more than {n} messages: name some of them, or one agency",
                                      {{"n", std::to_string(kListMax)}}));
    }
    if (views.next().empty()) return places;
    wanted.after = views.next();
  }
}

int propose(const Session& session, const std::string& act, const Decided& decided) {
  std::vector<std::string> places = decided.places;
  const bool by_filter = !decided.wanted.peer.empty() || !decided.wanted.code.empty();
  if (places.empty() == !by_filter) {
    return report(EX_USAGE, say("name messages by their places, or all of --peer or --code"));
  }
  if (by_filter) {
    auto found = places_of(session, decided.wanted);
    if (!found) return report(found.error());
    if (found->empty()) return report(EX_DATAERR, say("no such message was set aside"));
    places = std::move(*found);
  }
  v1::QuarantineListInput input;
  input.set_act(act);
  input.set_note(decided.note);
  for (std::string& place : places) input.add_places(std::move(place));
  return ask_list(session, "", to_json(input));
}

void add_decide(Command group, Session& session, const std::string& act, const std::string& what) {
  Command command = group.add_command(
      act, what, "jiexu quarantine " + act + " PLACE PLACE --note \"asked the sender\"");
  const auto decided = std::make_shared<Decided>();
  command.add_option("places", decided->places, "Their places, from the list");
  add_wanted(command, decided->wanted);
  command.add_option("--note", decided->note, "Why").required();
  command.callback([&session, act, decided] {
    session.run = [&session, act, decided] { return propose(session, act, *decided); };
  });
}

void add_approval(Command group, Session& session) {
  SecondPerson second;
  second.group = "quarantine";
  second.find = [&session](const std::string&) -> Result<Waiting> {
    TRY(const auto reply, session.ask("GET", "/v1/quarantine-list"));
    v1::QuarantineListView list;
    if (reply.status != 200 || !from_json(reply.body, &list)) {
      return fail(Errc::kInvalid, say("the list cannot be read"));
    }
    return Waiting{"", list.content(), text_of(list)};
  };
  second.send = [&session](const std::string&, const std::string& how, const std::string& body) {
    return ask_list(session, "/" + how, body);
  };
  add_second_person(group, session, second);
}

}  // namespace

void add_quarantine(Command app, Session& session) {
  Command group =
      app.add_command("quarantine", "Messages that were set aside", "jiexu quarantine list");
  group.require_subcommand();
  Command list = group.add_command("list", "List them, with the reason",
                                   "jiexu quarantine list --peer S41132810207");
  const auto wanted = std::make_shared<Wanted>();
  add_wanted(list, *wanted);
  list.add_option("--after", wanted->after, "Go on after this one");
  list.callback([&session, wanted] {
    session.run = [&session, wanted] {
      return session.show("GET", target_of(*wanted), "", print_quarantine);
    };
  });
  Command show = group.add_command("show", "What one of them says, and why it was of no use",
                                   "jiexu quarantine show PLACE");
  const auto place = std::make_shared<std::string>();
  show.add_option("place", *place, "Its place, from the list").required();
  show.callback([&session, place] {
    session.run = [&session, place] {
      return session.show("GET", "/v1/quarantine/" + percent(*place), "", print_quarantined);
    };
  });
  add_decide(group, session, "release",
             "Propose to let messages pass: they go to their cases as if they came now, and what a "
             "case refuses stays. A second person approves");
  add_decide(group, session, "discard",
             "Propose to discard messages that are of no use; a second person approves");
  add_approval(group, session);
}

}  // namespace jiexu::cli
