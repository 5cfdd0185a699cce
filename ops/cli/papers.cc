// jiexu case print, key-paper: what goes by hand because the other agency is not connected.
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/directory_file.h"
#include "ops/cli/form_draft.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/printing.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

using Json = nlohmann::json;

constexpr size_t kHashShown = 8;
constexpr std::string_view kFormKind = "information-form";

struct PaperOptions {
  std::string id;
  std::string number;
  std::string kind;
  std::string file;
  std::string from;
  std::string hash;
  bool html = false;
  std::vector<std::string> fields;
};

void print_papers(const std::string& body) {
  v1::PaperViews views;
  if (!from_json(body, &views)) return;
  Table table({"N", "WHAT", "ADDRESSEE", "WRITTEN", "SHA-256"});
  for (int i = 0; i < views.papers_size(); ++i) {
    const v1::PaperView& paper = views.papers(i);
    table.add({std::to_string(i + 1), paper_title(paper.kind()), paper.to_agency(),
               day_and_time(paper.written_at()), paper.sha256().substr(0, kHashShown)});
  }
  std::cout << table.text();
}

void print_paper(const Session& session, const std::string& body, bool html) {
  v1::PaperView paper;
  if (!from_json(body, &paper)) return;
  const Sheet sheet = sheet_of(paper, names_of(session, paper));
  print_as_it_is();  // both are made so that nothing in them is obeyed
  std::cout << (html ? sheets_html({sheet}) : sheet_text(sheet));
}

int print(const Session& session, const PaperOptions& options) {
  const auto id = case_named(session, options.id);
  if (!id) return report(id.error());
  const std::string path = "/v1/cases/" + percent(*id) + "/papers";
  if (options.number.empty()) return session.show("GET", path, "", print_papers);
  return session.show("GET", path + "/" + percent(options.number), "",
                      [&](const std::string& body) { print_paper(session, body, options.html); });
}

// Hashes are printed in groups.
std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

Result<std::string> paper_of(const PaperOptions& options) {
  TRY(const auto text, options.file.empty() ? std::string() : read_input(options.file));
  TRY(const auto body, with_paper(text, options.kind, options.fields));
  Json paper = Json::parse(body);
  if (!options.id.empty()) paper["case_id"] = options.id;
  if (!options.from.empty()) paper["from_agency"] = options.from;
  if (!options.hash.empty()) paper["sha256"] = without_spaces(options.hash);
  return paper.dump();
}

// A letter begins a case: `jiexu case key-paper letter` names none.
PaperOptions without_case(PaperOptions options) {
  const bool names_kind = paper_title(options.id) != options.id;
  if (options.kind.empty() && names_kind) options.kind = std::exchange(options.id, "");
  return options;
}

int key_paper(const Session& session, const PaperOptions& given) {
  const PaperOptions options = without_case(given);
  if (options.kind.empty() && options.file.empty()) {
    return report(EX_USAGE,
                  "say what the paper is, such as letter-accept, and its fields with --set; or "
                  "give what `case print --json` printed there with --file");
  }
  PaperOptions named = options;
  if (!options.id.empty()) {
    const auto id = case_named(session, options.id);
    if (!id) return report(id.error());
    named.id = *id;
  }
  Result<std::string> body = paper_of(named);
  if (!body) return report(body.error());
  if (options.kind == kFormKind && !named.id.empty()) {
    const auto reply = session.ask("GET", "/v1/cases/" + percent(named.id));
    v1::CaseView view;
    if (!reply) return report(reply.error());
    if (reply->status != 200 || !from_json(reply->body, &view)) return report_problem(*reply);
    body = with_numbers_of(view, *body);
  }
  const auto stops = session.stops_at(
      "case key-paper", say("What is on the paper counts as sent by the other agency."));
  if (stops) return *stops;
  return session.show("POST", "/v1/papers", *body, [&session](const std::string& answer) {
    print_case(answer, session.command());
  });
}

void add_print(Command group, Session& session, const std::shared_ptr<PaperOptions>& options) {
  Command command =
      group.add_command("print", "Print a message of ours, to carry it by hand",
                        "jiexu case print 41132807261122000017\n"
                        "jiexu case print 41132807261122000017 1 | lp\n"
                        "jiexu case print 41132807261122000017 1 --html > sheet.html");
  command.add_option("id", options->id, "The case").required();
  command.add_option("number", options->number, "Which; without it, all are listed");
  command.add_flag("--html", options->html, "As a page for a browser's printer");
  command.callback([&session, options] {
    session.run = [&session, options] { return print(session, *options); };
  });
}

void add_key(Command group, Session& session, const std::shared_ptr<PaperOptions>& options) {
  Command command =
      group.add_command("key-paper", "Key in what came on paper from the other agency",
                        "jiexu case key-paper ID letter-accept --set accepted_on=2026-11-22");
  command.add_option("id", options->id,
                     "The case; a printed sheet has it, and a letter begins a new one");
  command.add_option("kind", options->kind, "What the paper is, as `case print` calls it");
  command.add_option("--file", options->file,
                     "Its fields as JSON; without a kind, what `case print --json` gave there");
  command.add_option("--set", options->fields, "FIELD=VALUE of it");
  command.add_option("--from", options->from, "Who wrote it; needed for a letter");
  command.add_option("--hash", options->hash, "The SHA-256 that is printed on it");
  command.callback([&session, options] {
    session.run = [&session, options] { return key_paper(session, *options); };
  });
}

}  // namespace

void add_papers(Command group, Session& session) {
  const auto options = std::make_shared<PaperOptions>();
  add_print(group, session, options);
  add_key(group, session, options);
}

}  // namespace jiexu::cli
