// jiexu case proposals, approve, retract: the second person's part of an action.
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/bank_line_show.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/lines.h"
#include "ops/cli/meter.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/releases.h"
#include "ops/cli/second_person.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

using Json = nlohmann::json;

struct ProposalOptions {
  std::string id;
  std::string number;
  std::string digest;
  std::string file;
  bool keep_going = false;
};

std::string path(const std::string& id, const std::string& number, const std::string& word) {
  return "/v1/cases/" + percent(id) + "/proposals/" + percent(number) + "/" + word;
}

std::string approval(const std::string& digest) {
  return Json{{"digest", digest}}.dump();
}

// A line of what `jiexu case submit --json` prints.
bool is_result(const Json& line) {
  return line.is_object() && line.contains("proposal") && line["proposal"].is_number_unsigned() &&
         line.value("digest", Json("")).is_string() && line.value("case_id", Json("")).is_string();
}

// A refusal costs the others nothing; `worst` is the exit code so far.
int approve_lines(const Session& session, const std::vector<FileLine>& lines, int worst) {
  Meter meter(say("letters approved"), lines.size());
  size_t approved = 0;
  size_t done = 0;
  const auto tell = [&] {
    meter.clear();
    std::cerr << say("{n} letters approved", {{"n", std::to_string(approved)}}) << "\n";
  };
  for (const FileLine& line : lines) {
    meter.show(done++);
    const Json result = Json::parse(line.text);
    const std::string digest = result.value("digest", std::string());
    if (digest.empty()) continue;
    const std::string number = std::to_string(result.value("proposal", 0U));
    const Result<Reply> reply = session.ask(
        "POST", path(result.value("case_id", std::string()), number, "approve"), approval(digest));
    if (!reply) {
      tell();
      return report(reply.error());
    }
    if (reply->status < 400) ++approved;
    if (reply->status < 400) continue;
    meter.clear();
    worst = report_problem(*reply);
  }
  tell();
  return worst;
}

// What `jiexu case submit --json` printed, line for line.
int approve_all(const Session& session, const ProposalOptions& options) {
  const Result<std::string> text = read_input(options.file);
  if (!text) return report(text.error());
  std::vector<FileLine> lines;
  int worst = EX_OK;
  for (const FileLine& line : lines_of(*text)) {
    if (is_result(Json::parse(line.text, nullptr, false))) {
      lines.push_back(line);
      continue;
    }
    const std::string what = say("{file}, line {n}: is not what `jiexu case submit --json` prints",
                                 {{"file", options.file}, {"n", std::to_string(line.number)}});
    if (!options.keep_going) {
      return report(EX_DATAERR,
                    what + "\n" + say("Nothing was approved; --keep-going approves the others."));
    }
    worst = report(EX_DATAERR, what);
  }
  const auto stops = session.stops_at("case approve", say("The letters of {n} lines leave.",
                                                          {{"n", std::to_string(lines.size())}}));
  if (stops) return *stops;
  return approve_lines(session, lines, worst);
}

// The proposal of the case as it is shown now. Error: the exit code, after saying why.
tl::expected<v1::ProposalView, int> find_proposal(const Session& session, const std::string& id,
                                                  const std::string& number) {
  const Result<Reply> reply = session.ask("GET", "/v1/cases/" + percent(id));
  if (!reply) return tl::unexpected(report(reply.error()));
  if (reply->status >= 400) return tl::unexpected(report_problem(*reply));
  v1::CaseView view;
  if (!from_json(reply->body, &view)) {
    return tl::unexpected(report(EX_PROTOCOL, "the answer cannot be read"));
  }
  for (const v1::ProposalView& proposal : view.proposals()) {
    if (std::to_string(proposal.number()) == number) return proposal;
  }
  return tl::unexpected(
      report(EX_DATAERR,
             say("no proposal {n} waits in this case; see `jiexu case show`", {{"n", number}})));
}

// Nobody approves what he has not been shown: who has no digits of it is shown it now.
int show_it(const Session& session, const ProposalOptions& options,
            const v1::ProposalView& proposal) {
  std::cout << say("{what}, proposed by {user} at {time}",
                   {{"what", say(proposal.title())},
                    {"user", proposal.proposed_by()},
                    {"time", day_and_time(proposal.proposed_at())}})
            << "\n"
            << proposal_text(proposal) << say("To approve exactly this:") << " "
            << session.command() << " case approve " << options.id << " " << options.number << " "
            << shown_digits(proposal.digest()) << "\n";
  return EX_USAGE;
}

// The digits that a person types are those of what was shown; the daemon gets the whole digest.
int approve(const Session& session, const ProposalOptions& options) {
  if (!options.file.empty()) return approve_all(session, options);
  if (options.id.empty() || options.number.empty()) {
    return report(EX_USAGE, "name case, number and digits as `jiexu case show` prints them");
  }
  const auto id = case_named(session, options.id);
  if (!id) return report(id.error());
  const auto proposal = find_proposal(session, *id, options.number);
  if (!proposal) return proposal.error();
  if (options.digest.empty()) return show_it(session, options, *proposal);
  const std::string look = session.command() + " case approve " + options.id + " " + options.number;
  if (const auto code = differs(options.digest, proposal->digest(), look)) return *code;
  const auto stops = session.stops_at(
      "case approve", say("{what}, proposed by {user}: it is done and leaves.",
                          {{"what", say(proposal->title())}, {"user", proposal->proposed_by()}}));
  if (stops) return *stops;
  return session.show("POST", path(*id, options.number, "approve"), approval(proposal->digest()),
                      [&](const std::string& body) { print_case(body, session.command()); });
}

int retract(const Session& session, const ProposalOptions& options) {
  const auto id = case_named(session, options.id);
  if (!id) return report(id.error());
  return session.show("POST", path(*id, options.number, "retract"), "{}",
                      [&](const std::string& body) { print_case(body, session.command()); });
}

void print_proposals(const std::string& body, const std::string& command) {
  v1::CaseViews views;
  if (!from_json(body, &views)) return;
  Table table({"CASE", "NUMBER", "WHAT", "PROPOSED BY", "AT", "APPROVED BY A"});
  for (const v1::CaseView& view : views.cases()) {
    for (const v1::ProposalView& proposal : view.proposals()) {
      const bool has_letter = !view.letter_number().empty();
      table.add({has_letter ? view.letter_number() : short_case(view.case_id()),
                 std::to_string(proposal.number()), say(proposal.title()), proposal.proposed_by(),
                 moment(proposal.proposed_at(), SystemClock().now()),
                 called("role.", proposal.role())});
    }
  }
  const bool money = !views.releases().empty() || !views.lines().empty();
  if (!views.cases().empty() || !money) std::cout << table.text();
  if (!views.releases().empty()) print_releases(views.releases(), command);
  print_line_acts(views.lines(), command);
  print_more(views.next());
}

}  // namespace

void add_proposals(Command group, Session& session) {
  const auto options = std::make_shared<ProposalOptions>();
  Command list =
      group.add_command("proposals", "List what waits for a second person", "jiexu case proposals");
  const auto after = std::make_shared<std::string>();
  list.add_option("--after", *after, "Go on after this case");
  list.callback([&session, after] {
    session.run = [&session, after] {
      const std::string more = after->empty() ? "" : "?after=" + percent(*after);
      return session.show("GET", "/v1/proposals" + more, "", [&session](const std::string& body) {
        print_proposals(body, session.command());
      });
    };
  });

  Command yes = group.add_command("approve", "Approve what another person has proposed",
                                  "jiexu case approve ID NUMBER DIGITS");
  yes.add_option("id", options->id, "The case");
  yes.add_option("number", options->number, "The proposal");
  yes.add_option("digits", options->digest,
                 "The first 8 or more of what it was shown with; without, it is shown");
  yes.add_option("--file", options->file,
                 "Instead: the letters that `jiexu case submit --json` printed; - for stdin");
  yes.add_flag("--keep-going", options->keep_going,
               "With --file: leave out a line that is none, and approve the others");
  yes.callback([&session, options] {
    session.run = [&session, options] { return approve(session, *options); };
  });

  Command no = group.add_command("retract", "Drop a proposal", "jiexu case retract ID NUMBER");
  no.add_option("id", options->id, "The case").required();
  no.add_option("number", options->number, "The proposal").required();
  no.callback([&session, options] {
    session.run = [&session, options] { return retract(session, *options); };
  });
}

}  // namespace jiexu::cli
