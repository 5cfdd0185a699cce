#include "ops/cli/second_person.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "ops/cli/case_show.h"
#include "ops/cli/say.h"

namespace jiexu::cli {
namespace {

struct Given {
  std::string thing;
  std::string content;
};

std::string command_of(const SecondPerson& of, const std::string& verb) {
  return of.group + " " + verb + (of.act.empty() ? "" : "-" + of.act);
}

// "jiexu bank approve 5f0c2a1b", to be followed by --content.
std::string approve_line(const Session& session, const SecondPerson& of, const Given& given) {
  const std::string line = session.command() + " " + command_of(of, "approve");
  return of.place.empty() ? line : line + " " + given.thing;
}

int approve(const Session& session, const SecondPerson& of, const Given& given) {
  const auto waiting = of.find(given.thing);
  if (!waiting) return report(waiting.error());
  if (waiting->content.empty()) {
    return report(EX_DATAERR, "nothing is proposed here that waits for a second person");
  }
  const std::string line = approve_line(session, of, given);
  if (given.content.empty()) {
    std::cout << waiting->what << "\n"
              << say("To approve exactly this:") << " " << line << " --content "
              << shown_digits(waiting->content) << "\n";
    return EX_USAGE;
  }
  if (const auto code = differs(given.content, waiting->content, line)) return *code;
  if (const auto stops = session.stops_at(command_of(of, "approve"), waiting->what)) return *stops;
  return of.send(waiting->thing, "approve", nlohmann::json{{"content", waiting->content}}.dump());
}

void add_place(Command command, const SecondPerson& of, Given& given) {
  if (!of.place.empty()) command.add_option(of.place, given.thing, of.place_help).required();
}

}  // namespace

void add_second_person(Command group, Session& session, const SecondPerson& of) {
  const auto given = std::make_shared<Given>();
  const std::string suffix = of.act.empty() ? "" : "-" + of.act;
  const std::string thing = of.place.empty() ? "" : " " + of.example;
  Command yes = group.add_command(
      "approve" + suffix, "Approve what another person has proposed, as it was shown",
      "jiexu " + command_of(of, "approve") + thing + " --content 3f2a9c4e");
  add_place(yes, of, *given);
  yes.add_option("--content", given->content,
                 "The first 8 or more of what it was shown with; without, it is shown");
  yes.callback([&session, of, given] {
    session.run = [&session, of, given] { return approve(session, of, *given); };
  });
  if (!of.can_retract) return;
  Command no = group.add_command("retract" + suffix, "Drop a proposal",
                                 "jiexu " + command_of(of, "retract") + thing);
  add_place(no, of, *given);
  no.callback([&session, of, given] {
    session.run = [of, given] {
      const auto waiting = of.find(given->thing);
      if (!waiting) return report(waiting.error());
      return of.send(waiting->thing, "retract", "{}");
    };
  });
}

void add_note(Command command, std::string& note) {
  command.add_option("--note", note, "How it is known").required();
}

std::optional<int> differs(const std::string& given, const std::string& whole,
                           const std::string& look) {
  if (given.size() < kDigestShown) {
    return report(EX_USAGE, say("{given} is too little: the first {n} digits are needed, as they "
                                "are shown with the proposal",
                                {{"given", given}, {"n", std::to_string(kDigestShown)}}));
  }
  if (whole.starts_with(given)) return std::nullopt;
  return report(EX_DATAERR,
                say("this is not what was seen; look at it again: {command}", {{"command", look}}));
}

std::string shown_digits(const std::string& digest) {
  return digest.substr(0, kDigestShown);
}

}  // namespace jiexu::cli
