// jiexu case list, claim, hand-over, release: what is to be done, and who sees to it.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/base/columns.h"
#include "daemon/base/ids.h"
#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_show.h"
#include "ops/cli/choices.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

struct WorkOptions {
  bool mine = false;
  bool ours = false;
  bool all = false;
  std::string due_before;
  std::string side;
  std::string peer;
  std::string state;
  std::string duty;
  std::string text;
  int limit = 50;
  std::string after;
};

std::string when(const v1::WorkRowView& row) {
  if (row.due_on().empty()) return row.duty().empty() ? "-" : say("? (no calendar yet)");
  std::string out = row.due_on();
  if (row.passed()) out += say(", passed");
  if (!row.held_since().empty()) out += say(", stands still");
  if (!row.expected_on().empty()) out += say(", expected on {day}", {{"day", row.expected_on()}});
  return out;
}

std::string what_hangs(const v1::WorkRowView& row) {
  std::string out;
  for (const std::string& words : plain_overlays(row.overlay(), row.side())) {
    out += (out.empty() ? "" : " ") + words;
  }
  if (row.proposals() > 0) {
    out += (out.empty() ? "" : " ") +
           say("{n} proposals wait for approval.", {{"n", std::to_string(row.proposals())}});
  }
  return out.empty() ? "-" : out;
}

// By its letter, and before there is one by the beginning of its id.
std::string named(const std::string& letter, const std::string& id) {
  return letter.empty() ? short_case(id) : letter;
}

void print_work(const std::string& body) {
  v1::WorkViews views;
  if (!from_json(body, &views)) return;
  Table table({"UNTIL", "WHO", "MUST", "PERSON", "CASE", "SIDE", "WITH", "STATE", "HANGS OVER IT",
               "SEEN TO BY"});
  for (const v1::WorkRowView& row : views.rows()) {
    const bool none = row.duty().empty();
    const bool late = row.passed() && row.ours();
    table.add({when(row), none ? "-" : say(row.ours() ? "we" : "they"),
               none ? "-" : plain_deadline(row.duty()), row.person(),
               named(row.letter_number(), row.case_id()), called("side.", row.side()), row.peer(),
               called("state.", row.relationship()), what_hangs(row),
               row.assignee().empty() ? "-" : row.assignee()},
              late ? Stress::kLate : Stress::kNone);
  }
  std::cout << table.text();
  if (views.out_of_time() && !views.next().empty()) {
    std::cerr << say("Looking took long and was ended; there may be more: add --after {next}",
                     {{"next", views.next()}})
              << "\n";
    return;
  }
  print_more(views.next());
}

// The deadline that ends first, with whose duty it is.
std::string next_deadline(const v1::CaseView& view) {
  const v1::DeadlineView* next = nullptr;
  for (const v1::DeadlineView& deadline : view.deadlines()) {
    if (deadline.due_on().empty()) continue;
    if (next == nullptr || deadline.due_on() < next->due_on()) next = &deadline;
  }
  if (next == nullptr) return view.deadlines().empty() ? "-" : say("? (no calendar yet)");
  const std::string whose = say(next->ours() ? "ours" : "theirs");
  return next->due_on() + " " + whose + (next->passed() ? say(", passed") : "");
}

bool is_late(const v1::CaseView& view) {
  return std::ranges::any_of(view.deadlines(), [](const v1::DeadlineView& deadline) {
    return deadline.passed() && deadline.ours();
  });
}

// Enough to know a person again, and no more: lists hang on screens.
std::string masked_name(const std::string& name) {
  return name.empty() ? "" : std::string(first_character(name).bytes) + "*";
}

// "IN" or "STOPPED,FORM_ISSUED" of what the person wrote; what is none is said with all that there
// are. Error: the exit code.
tl::expected<std::string, int> names_of(std::string_view family, const std::string& given) {
  std::string out;
  for (const std::string& name : names_meant(family, given)) out += (out.empty() ? "" : ",") + name;
  if (!out.empty() || given.empty()) return out;
  return tl::unexpected(
      report(EX_USAGE, say("{given} is none of:", {{"given", given}}) + names_text(family)));
}

// What is no day and no agency is said here: the daemon's answer is for programs.
std::optional<int> wrong_of(const WorkOptions& options) {
  const auto wrong = [](const char* option, const std::string& given, const std::string& what) {
    return report(EX_USAGE, say("{option} {given}: must be {what}",
                                {{"option", option}, {"given", given}, {"what", what}}));
  };
  if (!options.due_before.empty() && !Date::parse(options.due_before)) {
    return wrong("--due-before", options.due_before, say("a day such as 2026-12-01"));
  }
  if (!options.peer.empty() && !AgencyId::parse(options.peer)) {
    return wrong("--peer", options.peer, say("an agency's code, 'S' and 11 digits"));
  }
  return std::nullopt;
}

int list(const Session& session, const WorkOptions& options) {
  if (const auto wrong = wrong_of(options)) return *wrong;
  const std::string limit = "?limit=" + std::to_string(options.limit);
  const std::string after = options.after.empty() ? "" : "&after=" + percent(options.after);
  if (options.all) return session.show("GET", "/v1/cases" + limit + after, "", print_all_cases);
  std::string target = "/v1/work" + limit + after;
  if (options.mine) target += "&mine=1";
  if (options.ours) target += "&ours=1";
  const auto side = names_of("side.", options.side);
  const auto state = side ? names_of("state.", options.state) : side;
  const auto duty = state ? names_of("duty.", options.duty) : state;
  if (!duty) return duty.error();
  const std::pair<const char*, const std::string&> texts[] = {{"due_before", options.due_before},
                                                              {"side", *side},
                                                              {"peer", options.peer},
                                                              {"state", *state},
                                                              {"duty", *duty},
                                                              {"text", options.text}};
  for (const auto& [key, value] : texts) {
    if (!value.empty()) target += std::string("&") + key + "=" + percent(value);
  }
  return session.show("GET", target, "", print_work);
}

int assign(const Session& session, const std::string& id, const nlohmann::json& whom) {
  return session.show(
      "POST", "/v1/cases/" + percent(id) + "/assign", whom.dump(), [&](const std::string& body) {
        v1::CaseView view;
        if (!from_json(body, &view)) return;
        const std::string which = named(view.letter_number(), view.case_id());
        const std::string& who = view.assignee();
        std::cout << (who.empty()
                          ? say("Nobody sees to case {case}.", {{"case", which}})
                          : say("{user} sees to case {case}.", {{"user", who}, {"case", which}}))
                  << "\n";
      });
}

void add_list(Command group, Session& session) {
  const auto options = std::make_shared<WorkOptions>();
  Command command = group.add_command("list", "What is to be done in open cases, by its day",
                                      "jiexu case list --mine --due-before 2026-12-01");
  command.add_flag("--mine", options->mine, "Only of cases that you see to");
  command.add_flag("--ours", options->ours, "Only what this agency must do");
  command.add_option("--due-before", options->due_before, "Only what is due before this day");
  command.add_option("--side", options->side, "IN: people who come; OUT: people who leave");
  command.add_option("--peer", options->peer, "Only with this agency");
  command.add_option("--state", options->state,
                     "Only in this state, by its name or as the list shows it");
  command.add_option("--duty", options->duty,
                     "Only this duty, by its name or as the list shows it");
  command.add_option("--text", options->text,
                     "Part of a name or letter number, or the end of a document number");
  command.add_flag("--all", options->all, "Instead: all cases, closed ones too, oldest first");
  command.add_option("--limit", options->limit, "At most so many").range(1, 500);
  command.add_option("--after", options->after, "Go on after this row");
  command.callback([&session, options] {
    session.run = [&session, options] { return list(session, *options); };
  });
}

}  // namespace

// By their ids, which is the order in which they began; closed ones too.
void print_all_cases(const std::string& body) {
  v1::CaseViews views;
  if (!from_json(body, &views)) return;
  Table table({"CASE", "PERSON", "SIDE", "PEER", "STATE", "MONEY", "DUE", "NEXT DEADLINE"});
  for (const v1::CaseView& view : views.cases()) {
    table.add({named(view.letter_number(), view.case_id()), masked_name(view.person().name()),
               called("side.", view.side()), view.peer(), called("state.", view.relationship()),
               called("funds.", view.funds()), view.due_fen() == 0 ? "-" : yuan(view.due_fen()),
               next_deadline(view)},
              is_late(view) ? Stress::kLate : Stress::kNone);
  }
  std::cout << table.text();
  print_more(views.next());
}

void add_work(Command group, Session& session) {
  add_list(group, session);
  const auto id = std::make_shared<std::string>();
  const auto to = std::make_shared<std::string>();
  Command claim = group.add_command("claim", "See to a case from now on", "jiexu case claim ID");
  claim.add_option("id", *id, "The case").required();
  claim.callback([&session, id] {
    session.run = [&session, id] { return assign(session, *id, {{"claim", true}}); };
  });
  Command hand_over = group.add_command("hand-over", "Let another user see to a case",
                                        "jiexu case hand-over ID USER");
  hand_over.add_option("id", *id, "The case").required();
  hand_over.add_option("user", *to, "Who sees to it from now on").required();
  hand_over.callback([&session, id, to] {
    session.run = [&session, id, to] { return assign(session, *id, {{"to", *to}}); };
  });
  Command release =
      group.add_command("release", "See to a case no longer", "jiexu case release ID");
  release.add_option("id", *id, "The case").required();
  release.callback([&session, id] {
    session.run = [&session, id] { return assign(session, *id, nlohmann::json::object()); };
  });
}

}  // namespace jiexu::cli
