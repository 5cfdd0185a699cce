// jiexu case draft: the information form to begin with, so that nobody types what the daemon has,
// and no row of an earlier area is left out (the history is cumulative).
#include <iostream>

#include "daemon/cases/case.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/form_draft.h"
#include "ops/cli/json.h"
#include "ops/cli/printing.h"
#include "ops/cli/say.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

// `out` stays as it is if the case has no form. Error: the exit code, after saying why.
tl::expected<void, int> read_form(const Session& session, const std::string& case_id,
                                  v1::InformationForm* out) {
  const auto reply = session.ask("GET", "/v1/cases/" + case_id + "/documents/form");
  if (!reply) return tl::unexpected(report(reply.error()));
  if (reply->status == 404) return {};
  if (reply->status != 200) return tl::unexpected(report_problem(*reply));
  if (!from_json(reply->body, out)) {
    return tl::unexpected(report(EX_PROTOCOL, "the daemon's answer is no form"));
  }
  return {};
}

bool is_done(const v1::RelatedCaseView& other) {
  return other.relationship() == name(Relationship::kDone) ||
         other.relationship() == name(Relationship::kPaper);
}

// Our own code. Who has signed in need not have the configuration: then it is that of the two
// agencies of the case's messages which is not the other one.
tl::expected<AgencyId, int> own_agency(const Session& session, const v1::CaseView& view) {
  if (const auto config = session.config()) return config->agency;
  const auto reply = session.ask("GET", "/v1/cases/" + view.case_id() + "/messages");
  if (!reply) return tl::unexpected(report(reply.error()));
  v1::PaperViews messages;
  if (reply->status != 200) return tl::unexpected(report_problem(*reply));
  if (!from_json(reply->body, &messages)) {
    return tl::unexpected(report(EX_PROTOCOL, "the answer cannot be read"));
  }
  for (const v1::PaperView& paper : messages.papers()) {
    const bool theirs = paper.from_agency() == view.peer();
    const bool ours = paper.to_agency() == view.peer();
    const auto id = AgencyId::parse(theirs ? paper.to_agency() : paper.from_agency());
    if ((theirs || ours) && id) return *id;
  }
  return AgencyId();
}

tl::expected<Arrivals, int> read_arrivals(const Session& session, const v1::CaseView& view) {
  const auto own = own_agency(session, view);
  if (!own) return tl::unexpected(own.error());
  Arrivals arrivals;
  arrivals.ours = *own;
  for (const v1::RelatedCaseView& other : view.related()) {
    if (other.side() != name(Side::kIn)) continue;
    v1::InformationForm form;
    TRY_DO(read_form(session, other.case_id(), &form));
    if (is_done(other)) {
      const AgencyId sender = AgencyId::parse(other.peer()).value_or(AgencyId());
      arrivals.done.push_back({sender, std::move(form)});
    } else {
      arrivals.others.push_back(std::move(form));
    }
  }
  return arrivals;
}

int draft(const Session& session, const std::string& name) {
  const auto id = case_named(session, name);
  if (!id) return report(id.error());
  const auto reply = session.ask("GET", "/v1/cases/" + percent(*id));
  if (!reply) return report(reply.error());
  if (reply->status != 200) return report_problem(*reply);
  v1::CaseView view;
  if (!from_json(reply->body, &view)) {
    return report(EX_PROTOCOL, "the daemon's answer is no case");
  }
  if (view.side() != "OUT") {
    return report(EX_DATAERR, "the form is written by the agency that lets the person go");
  }
  v1::InformationForm last;
  if (auto done = read_form(session, *id, &last); !done) return done.error();
  const auto arrivals = read_arrivals(session, view);
  if (!arrivals) return arrivals.error();
  const bool first = last.version() == 0;
  print_as_it_is();
  std::cout << input_json(first ? first_form(view, *arrivals) : next_version(last, *arrivals));
  std::cerr << say("Fill in what is empty, then: {command}",
                   {{"command",
                     session.command() + " case do " + name + " issue-form --file FILE"}})
            << "\n";
  return EX_OK;
}

}  // namespace

void add_draft(Command group, Session& session) {
  Command command = group.add_command("draft", "Print the information form to start from",
                                      "jiexu case draft ID > form.json");
  const auto id = std::make_shared<std::string>();
  command.add_option("id", *id, "The case").required();
  command.callback(
      [&session, id] { session.run = [&session, id] { return draft(session, *id); }; });
}

}  // namespace jiexu::cli
