// jiexu case: apply, find, show, do, timeline.
#include <algorithm>
#include <iostream>

#include "daemon/base/text.h"
#include "daemon/cases/table.h"
#include "daemon/cases/table_drawing.h"
#include "daemon/rules/citizen_id.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/input.h"
#include "ops/cli/json.h"
#include "ops/cli/lines.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

struct CaseOptions {
  std::string id;
  std::string action;
  std::string file;
  std::vector<std::string> fields;
};

void print_timeline(const std::string& body) {
  v1::TimelineView view;
  if (!from_json(body, &view)) return;
  Table table({"N", "AT", "EVENT", "BY", "STATE", "MONEY", "NOTE"});
  for (const v1::TimelineEntryView& entry : view.entries()) {
    table.add({std::to_string(entry.n()), day_and_time(entry.at()), called("event.", entry.event()),
               called("actor.", entry.actor()), called("state.", entry.relationship()),
               called("funds.", entry.funds()), say_in_pieces(entry.note())});
  }
  std::cout << table.text();
}

std::function<void(const std::string&)> printer(const Session& session) {
  return [command = session.command()](const std::string& body) { print_case(body, command); };
}

// The account is asked for apart: whether it is held is not in the case.
void print_held(const Session& session, const std::string& body) {
  v1::CaseView view;
  if (!from_json(body, &view) || view.side() != "OUT" || view.closed()) return;
  const auto reply = session.ask("GET", "/v1/cases/" + view.case_id() + "/payee");
  v1::PayeeView payee;
  if (!reply || reply->status != 200 || !from_json(reply->body, &payee)) return;
  std::cout << held_text(payee, session.command());
}

// What the other agency wants is in its message, not in the case.
void print_last_word(const Session& session, const std::string& body) {
  v1::CaseView view;
  if (!from_json(body, &view) || view.letter_number().empty()) return;
  const auto reply = session.ask("GET", "/v1/cases/" + view.case_id() + "/messages");
  v1::PaperViews messages;
  if (!reply || reply->status != 200 || !from_json(reply->body, &messages)) return;
  std::vector<std::string> others(view.former_peers().begin(), view.former_peers().end());
  others.push_back(view.peer());
  std::cout << last_word_text(messages, others, session.command());
}

// An application that keeps every rule, of a person who does not exist.
int print_example() {
  v1::Application example;
  v1::Person* person = example.mutable_person();
  person->set_name("张三");
  person->set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  person->set_document_number(make_citizen_id("411328", {1980, 1, 1}, 1));
  person->set_sex(v1::SEX_MALE);
  person->set_birth_date(19800101);
  example.set_origin_agency("S41132810207");
  example.set_origin_area_name("示例市");
  example.set_scheme_from(v1::SCHEME_EMPLOYEE);
  example.set_scheme_to(v1::SCHEME_EMPLOYEE);
  example.set_applied_on(date_of(SystemClock().now()).yyyymmdd());
  std::cout << to_json(example);
  return EX_OK;
}

// The body from --file and --set.
Result<std::string> body_of(const CaseOptions& options) {
  TRY(const auto text, options.file.empty() ? std::string() : read_input(options.file));
  return with_fields(*v1::ActionInput::descriptor(), text, options.fields);
}

int apply(const Session& session, const CaseOptions& options) {
  const Result<std::string> text = read_input(options.file);
  if (!text) return report(text.error());
  const Result<std::string> body = with_application(*text);
  if (!body) return report(body.error());
  return session.show("POST", "/v1/cases", *body, printer(session));
}

// What the action would do. nullopt: go on, also with one that the daemon will refuse. Else the
// exit code. A proposal can be dropped again, so nobody is asked before one.
std::optional<int> act_stops(const Session& session, const CaseOptions& options,
                             const std::string& id) {
  if (!session.wants_to_know()) return std::nullopt;
  const auto reply = session.ask("GET", "/v1/cases/" + percent(id));
  if (!reply) return report(reply.error());
  if (reply->status >= 400) return report_problem(*reply);
  v1::CaseView view;
  if (!from_json(reply->body, &view)) return report(EX_PROTOCOL, "the answer cannot be read");
  const auto action = std::ranges::find(view.actions(), options.action, &v1::ActionView::action);
  if (action == view.actions().end() || !action->held().empty()) {
    if (!session.dry_run) return std::nullopt;
    return report(EX_DATAERR, say("{action} is not allowed now; `jiexu case show` names what is",
                                  {{"action", options.action}}));
  }
  const std::string what = say(action->title());
  if (!action->second_person()) {
    return session.stops_at(
        "case do", say("{what}: it is done at once, and cannot be dropped.", {{"what", what}}));
  }
  if (!session.dry_run) return std::nullopt;
  return session.only_says(
      say("{what}: it is proposed, and a second person approves or drops it.", {{"what", what}}));
}

int act(const Session& session, const CaseOptions& options) {
  const Result<std::string> body = body_of(options);
  if (!body) return report(body.error());
  const auto id = case_named(session, options.id);
  if (!id) return report(id.error());
  if (const auto stops = act_stops(session, options, *id)) return *stops;
  return session.show("POST", "/v1/cases/" + percent(*id) + "/actions/" + percent(options.action),
                      *body, printer(session));
}

int show_case(const Session& session, const std::string& name) {
  const auto id = case_named(session, name);
  if (!id) return report(id.error());
  return session.show("GET", "/v1/cases/" + percent(*id), "", [&](const std::string& body) {
    print_case(body, session.command());
    print_held(session, body);
    print_last_word(session, body);
  });
}

struct FindOptions {
  std::string letter;
  std::string type = "citizen-id";
  bool name = false;
};

// A person's number or name comes by standard input, so that it stays out of the list of processes.
int find(const Session& session, const FindOptions& options) {
  v1::ContactLetter known;
  known.set_letter_number(options.letter);
  if (options.letter.empty()) {
    const auto* document = find_value(*v1::DocumentType_descriptor(), options.type);
    if (document == nullptr || document->number() == v1::DOCUMENT_TYPE_UNSPECIFIED) {
      return report(EX_USAGE, "--type is citizen-id, passport, foreign-resident or other");
    }
    const std::string line = first_line_of_input();
    if (line.empty()) {
      return report(EX_USAGE, "give --letter, or the document number on standard input");
    }
    if (!is_utf8(line)) return report(EX_DATAERR, "what is on standard input is not UTF-8");
    v1::Person& person = *known.mutable_person();
    if (options.name) {
      person.set_name(line);
    } else {
      person.set_document_type(static_cast<v1::DocumentType>(document->number()));
      person.set_document_number(line);
    }
  }
  return session.show("POST", "/v1/cases:find", to_json(known), print_all_cases);
}

void add_find(Command group, Session& session) {
  Command command = group.add_command("find", "Find cases by letter number, or of a person",
                                      "jiexu case find < document-number");
  const auto options = std::make_shared<FindOptions>();
  command.add_option("--letter", options->letter, "The letter's number");
  command.add_option("--type", options->type,
                     "Of the document: citizen-id, passport, foreign-resident or other");
  command.add_flag("--name", options->name, "Standard input has the whole name instead");
  command.callback([&session, options] {
    session.run = [&session, options] { return find(session, *options); };
  });
}

void add_writes(Command group, Session& session, const std::shared_ptr<CaseOptions>& options) {
  Command apply_command = group.add_command("apply", "Enter an application: a new case",
                                            "jiexu case apply --file application.json");
  apply_command.add_option("--file", options->file, "The application as JSON; - for standard input")
      .required();
  apply_command.callback([&session, options] {
    session.run = [&session, options] { return apply(session, *options); };
  });

  Command act_command = group.add_command("do", "Take an action that `case show` offers",
                                          "jiexu case do ID withdraw --set reason=\"moved back\"");
  act_command.add_option("id", options->id, "The case").required();
  act_command.add_option("action", options->action, "Such as send-letter").required();
  act_command.add_option("--file", options->file,
                         "The action's input as JSON; - for standard input");
  act_command.add_option("--set", options->fields, "FIELD=VALUE of the input");
  act_command.callback([&session, options] {
    session.run = [&session, options] { return act(session, *options); };
  });
}

void add_reads(Command group, Session& session, const std::shared_ptr<CaseOptions>& options) {
  Command show_command = group.add_command("show", "Where a case stands and what can be done",
                                           "jiexu case show 41132807261122000017");
  show_command.add_option("id", options->id, "The case").required();
  show_command.callback([&session, options] {
    session.run = [&session, options] { return show_case(session, options->id); };
  });

  Command timeline_command =
      group.add_command("timeline", "All that happened in a case", "jiexu case timeline ID");
  timeline_command.add_option("id", options->id, "The case").required();
  timeline_command.callback([&session, options] {
    session.run = [&session, options] {
      const auto id = case_named(session, options->id);
      if (!id) return report(id.error());
      return session.show("GET", "/v1/cases/" + percent(*id) + "/timeline", "", print_timeline);
    };
  });
}

void add_offline(Command group, Session& session) {
  group
      .add_command("example", "Print an application to start from",
                   "jiexu case example > application.json")
      .callback([&session] { session.run = print_example; });
  Command states =
      group.add_command("states", "Print every state and transition", "jiexu case states");
  const auto drawing = std::make_shared<bool>(false);
  states.add_flag("--drawing", *drawing, "Only what leads where, for Mermaid");
  states.callback([&session, drawing] {
    session.run = [&session, drawing] {
      if (session.json) {
        std::cout << "{\"IN\":" << arrows_json(draw_table(Side::kIn))
                  << ",\"OUT\":" << arrows_json(draw_table(Side::kOut)) << "}\n";
        return EX_OK;
      }
      std::cout << (*drawing ? draw_table(Side::kIn) + draw_table(Side::kOut) : print_tables());
      return EX_OK;
    };
  });
}

}  // namespace

void add_case(Command app, Session& session) {
  Command group = app.add_command("case", "Cases: apply, look, act",
                                  "jiexu case apply --file application.json\n"
                                  "jiexu case list --mine\n"
                                  "jiexu case show 41132807261122000017\n"
                                  "jiexu case do 41132807261122000017 confirm-form");
  group.require_subcommand();
  const auto options = std::make_shared<CaseOptions>();
  add_writes(group, session, options);
  add_reads(group, session, options);
  add_find(group, session);
  add_work(group, session);
  add_offline(group, session);
  add_submit(group, session);
  add_proposals(group, session);
  add_documents(group, session);
  add_draft(group, session);
  add_papers(group, session);
  add_notice(group, session);
  add_attachments(group, session);
}

}  // namespace jiexu::cli
