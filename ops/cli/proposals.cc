// jiexu case proposals, approve, retract: the second person's part of an action.
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/releases.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

using Json = nlohmann::json;

struct ProposalOptions {
  std::string id;
  std::string number;
  std::string digest;
  std::string file;
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

// What `jiexu case submit --json` printed, line for line.
int approve_all(const Session& session, const std::string& file) {
  const Result<std::string> text = read_input(file);
  if (!text) return report(text.error());
  std::istringstream lines(*text);
  size_t approved = 0;
  int worst = EX_OK;
  for (std::string line; std::getline(lines, line);) {
    const Json result = Json::parse(line, nullptr, false);
    if (!is_result(result)) {
      return report(EX_DATAERR, file + ": holds a line that `jiexu case submit --json` prints not");
    }
    const std::string digest = result.value("digest", std::string());
    if (digest.empty()) continue;
    const std::string number = std::to_string(result.value("proposal", 0U));
    const Result<Reply> reply = session.ask(
        "POST", path(result.value("case_id", std::string()), number, "approve"), approval(digest));
    if (!reply) return report(reply.error());
    if (reply->status >= 400) {
      worst = report_problem(*reply);
    } else {
      ++approved;
    }
  }
  std::cerr << approved << " letters approved\n";
  return worst;
}

int approve(const Session& session, const ProposalOptions& options) {
  if (!options.file.empty()) return approve_all(session, options.file);
  if (options.id.empty() || options.number.empty() || options.digest.empty()) {
    return report(EX_USAGE, "name case, number and digest as `jiexu case show` prints them");
  }
  return session.show("POST", path(options.id, options.number, "approve"), approval(options.digest),
                      [&](const std::string& body) { print_case(body, session.command()); });
}

void print_proposals(const std::string& body, const std::string& command) {
  v1::CaseViews views;
  if (!from_json(body, &views)) return;
  Table table({"CASE", "NUMBER", "WHAT", "PROPOSED BY", "AT", "APPROVED BY A"});
  for (const v1::CaseView& view : views.cases()) {
    for (const v1::ProposalView& proposal : view.proposals()) {
      table.add({view.case_id(), std::to_string(proposal.number()), proposal.title(),
                 proposal.proposed_by(), proposal.proposed_at(), proposal.role()});
    }
  }
  if (!views.cases().empty() || views.releases().empty()) std::cout << table.text();
  if (!views.releases().empty()) print_releases(views.releases(), command);
  if (!views.next().empty()) std::cerr << "There may be more: add --after " << views.next() << "\n";
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
                                  "jiexu case approve ID NUMBER DIGEST");
  yes.add_option("id", options->id, "The case");
  yes.add_option("number", options->number, "The proposal");
  yes.add_option("digest", options->digest, "Of what you have seen, from `jiexu case show ID`");
  yes.add_option("--file", options->file,
                 "Instead: the letters that `jiexu case submit --json` printed; - for stdin");
  yes.callback([&session, options] {
    session.run = [&session, options] { return approve(session, *options); };
  });

  Command no = group.add_command("retract", "Drop a proposal", "jiexu case retract ID NUMBER");
  no.add_option("id", options->id, "The case").required();
  no.add_option("number", options->number, "The proposal").required();
  no.callback([&session, options] {
    session.run = [&session, options] {
      return session.show("POST", path(options->id, options->number, "retract"), "{}",
                          [&](const std::string& body) { print_case(body, session.command()); });
    };
  });
}

}  // namespace jiexu::cli
