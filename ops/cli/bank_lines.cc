// jiexu bank lines, line, match, set-aside, same, another, undo, approve, retract, states.
#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>

#include "daemon/bank/rules/bank_outcome.h"
#include "daemon/bank/rules/line_table.h"
#include "daemon/bank/rules/line_table_print.h"
#include "daemon/base/bytes.h"
#include "daemon/base/time.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/bank_line_show.h"
#include "ops/cli/case_named.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/second_person.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

constexpr size_t kLineIdSize = 64;

std::string cases_text(const v1::BankLineView& line) {
  std::string cases;
  for (const v1::AllocationView& part : line.to()) cases += short_case(part.case_id()) + " ";
  for (const std::string& id : line.proposals()) cases += short_case(id) + "? ";
  return cases;
}

std::string remark_of(const v1::BankLineView& line) {
  const v1::LineDecisionView* decision = waiting_decision(line);
  if (decision != nullptr) {
    return say("{act}, proposed by {user}",
               {{"act", called("act.", decision->act())}, {"user", decision->proposed_by()}});
  }
  std::string text = say(line.what_to_do());
  if (!line.may_repeat().empty()) {
    text += say(" (known: {line})", {{"line", shown_id(line.may_repeat())}});
  }
  return text;
}

void print_lines(const std::string& body) {
  v1::BankLineViews views;
  if (!from_json(body, &views)) return;
  Table table({"LINE", "AGE", "OUTCOME", "AMOUNT", "FROM", "REMARK", "CASES", "WHAT TO DO"});
  for (const v1::BankLineView& line : views.lines()) {
    table.add({shown_id(line.line_id()), age(line.age_ms()), called("outcome.", line.outcome()),
               amount_of(line), line.counterparty_name(), line.remark(), cases_text(line),
               remark_of(line)});
  }
  std::cout << table.text();
  print_more(views.next());
}

// Of lines that were looked for, whether they wait or not.
void print_found(const v1::BankLineViews& views) {
  Table table({"LINE", "DAY", "OUTCOME", "AMOUNT", "FROM", "BANK'S NUMBER", "REMARK", "CASES"});
  for (const v1::BankLineView& line : views.lines()) {
    const std::string place = line.file_line() > 0 ? std::to_string(line.file_line()) + ": " : "";
    const std::string outcome = called("outcome.", line.outcome());
    table.add(
        {place + shown_id(line.line_id()), line.booked_on(),
         line.reported_again() ? say("reported again, {outcome}", {{"outcome", outcome}}) : outcome,
         amount_of(line), line.counterparty_name(), line.host_sequence(), line.remark(),
         cases_text(line)});
  }
  std::cout << table.text();
}

// All pages of a list of lines, up to `limit` lines. On a refusal the reply says why.
struct LinePages {
  v1::BankLineViews lines;
  std::optional<Reply> refused;
};
Result<LinePages> read_pages(const Session& session, const std::string& target, int limit) {
  LinePages out;
  for (std::string after;;) {
    TRY(const auto reply, session.ask("GET", target + "&after=" + percent(after)));
    if (reply.status >= 400) {
      out.refused = reply;
      return out;
    }
    v1::BankLineViews page;
    if (!from_json(reply.body, &page)) {
      return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
    }
    for (v1::BankLineView& line : *page.mutable_lines()) {
      if (out.lines.lines_size() < limit) *out.lines.add_lines() = std::move(line);
    }
    after = page.next();
    out.lines.set_next(after);
    if (after.empty() || out.lines.lines_size() >= limit) return out;
  }
}

std::string no_line(const std::string& start) {
  return say("{line}: no line begins so; see jiexu bank lines --all", {{"line", start}});
}

// The id of the one line that begins with `start`, as `bank lines` shows it.
Result<std::string> full_line_id(const Session& session, const std::string& start) {
  if (start.size() == kLineIdSize) return start;
  const std::string even = start.substr(0, start.size() / 2 * 2);
  if (even.empty() || !from_hex(even)) {
    return fail(Errc::kInvalid, say("{line}: is no line's id", {{"line", start}}));
  }
  TRY(const auto found, read_pages(session, "/v1/bank/lines?all=1&limit=500&starts=" + even, 500));
  if (found.refused) {
    v1::Problem problem;
    if (!from_json(found.refused->body, &problem)) {
      return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
    }
    return fail(Errc::kInvalid, say(problem.title()) + " [" + problem.code() + "]");
  }
  std::vector<std::string> ids;
  for (const v1::BankLineView& line : found.lines.lines()) {
    if (line.line_id().starts_with(start)) ids.push_back(line.line_id());
  }
  if (ids.size() == 1) return ids.front();
  if (ids.empty()) return fail(Errc::kNotFound, no_line(start));
  return fail(Errc::kInvalid,
              say("{line}: several lines begin so; give more of it", {{"line", start}}));
}

// --- lists ---

struct LinesOptions {
  std::string queue;
  std::string after;
  bool all = false;
  std::string outcome, amount, day, payer, text, file;
  int limit = 100;
};

int show_pages(const Session& session, const std::string& target, int limit) {
  const auto found = read_pages(session, target, limit);
  if (!found) return report(found.error());
  if (found->refused) return report_problem(*found->refused);
  if (session.json) {
    std::cout << to_json(found->lines) << "\n";
  } else {
    print_found(found->lines);
    if (!found->lines.next().empty()) {
      std::cout << say("... and more; give more to look for") << "\n";
    }
  }
  return EX_OK;
}

int no_outcome(const std::string& given) {
  return report(EX_DATAERR, say("{outcome}: is no outcome; `jiexu bank states` prints all",
                                {{"outcome", given}}));
}

// Lines of all times, by what they say.
int find_lines(const Session& session, const LinesOptions& options) {
  if (!options.outcome.empty() && find_outcome(options.outcome) == nullptr) {
    return no_outcome(options.outcome);
  }
  if (!options.day.empty() && !Date::parse(options.day)) {
    return report(EX_DATAERR, say("{day}: write the day as YYYY-MM-DD", {{"day", options.day}}));
  }
  std::string target = "/v1/bank/lines?all=1&limit=500&outcome=" + percent(options.outcome) +
                       "&day=" + percent(options.day) + "&payer=" + percent(options.payer) +
                       "&text=" + percent(options.text);
  if (!options.amount.empty()) {
    const auto fen = Fen::parse_yuan(options.amount);
    if (!fen) {
      return report(EX_DATAERR,
                    say("{amount}: write the amount as 1234.56", {{"amount", options.amount}}));
    }
    target += "&fen=" + std::to_string(std::abs(fen->value));
  }
  return show_pages(session, target, options.limit);
}

// What only a search takes: a list of a queue that leaves it out would look like an answer.
bool searches(const LinesOptions& options) {
  const std::array asked = {&options.outcome, &options.amount, &options.day, &options.payer,
                            &options.text};
  return options.all || std::ranges::any_of(asked, [](const auto* one) { return !one->empty(); });
}

int list_lines(const Session& session, const LinesOptions& options) {
  if (!options.file.empty()) {
    return show_pages(session, "/v1/bank/files/" + percent(options.file) + "/lines?limit=500",
                      options.limit);
  }
  if (searches(options)) return find_lines(session, options);
  if (!options.queue.empty() && find_outcome(options.queue) == nullptr) {
    return no_outcome(options.queue);
  }
  std::string target = "/v1/bank/lines?after=" + percent(options.after);
  if (!options.queue.empty()) target += "&queue=" + percent(options.queue);
  return session.show("GET", target, "", print_lines);
}

void add_lines_command(Command group, Session& session) {
  Command command = group.add_command("lines", "Postings that wait for somebody, oldest first",
                                      "jiexu bank lines --queue no_case");
  const auto options = std::make_shared<LinesOptions>();
  command.add_option("--queue", options->queue, "Only this outcome, such as amount_differs");
  command.add_option("--after", options->after, "Go on from here");
  command.add_flag("--all", options->all, "All that ever came, by what they say");
  command.add_option("--outcome", options->outcome, "With --all: what became of them");
  command.add_option("--amount", options->amount, "With --all: in yuan, credited or debited");
  command.add_option("--day", options->day, "With --all: booked on YYYY-MM-DD");
  command.add_option("--payer", options->payer, "With --all: part of the other's name or account");
  command.add_option("--text", options->text, "With --all: part of the remark or of a number");
  command.add_option("--file", options->file,
                     "Every line of the file with this digest, and where it has its place");
  command.add_option("--limit", options->limit, "With --all or --file: how many (default 100)");
  command.callback([&session, options] {
    session.run = [&session, options] { return list_lines(session, *options); };
  });
}

// --- one line ---

int show_line(const Session& session, const std::string& start) {
  const auto line = full_line_id(session, start);
  if (!line) return report(line.error());
  return session.show("GET", "/v1/bank/lines/" + percent(*line), "", [&](const std::string& body) {
    v1::BankLineView view;
    if (from_json(body, &view)) print_line(view, session.command());
  });
}

// --- acts of two people ---

struct ActOptions {
  std::string line;
  std::vector<std::string> to;  // CASE=YUAN
  std::string note;
  std::string same_as;
  std::string fee;
  bool noticed = false;
};

Result<std::string> match_body(const Session& session, const ActOptions& act) {
  v1::MatchInput input;
  input.set_noticed(act.noticed);
  input.set_note(act.note);
  if (!act.fee.empty()) {
    const auto fee = Fen::parse_yuan(act.fee);
    if (!fee) {
      return fail(Errc::kInvalid,
                  say("{amount}: write the amount as 1234.56", {{"amount", act.fee}}));
    }
    input.set_fee_fen(fee->value);
  }
  for (const std::string& share : act.to) {
    const size_t equals = share.find('=');
    const auto amount =
        equals == share.npos ? std::nullopt : Fen::parse_yuan(share.substr(equals + 1));
    const std::string whose = share.substr(0, equals);
    const size_t slash = std::min(whose.find('/'), whose.size());
    const std::string digits = slash < whose.size() ? whose.substr(slash + 1) : "0";
    uint32_t attempt = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), attempt);
    if (!amount || digits.empty() || read.ptr != digits.data() + digits.size()) {
      return fail(Errc::kInvalid,
                  say("{share}: write CASE=YUAN, such as ID=1234.56, or of payment 2 of the case "
                      "ID/2=1234.56",
                      {{"share", share}}));
    }
    TRY(auto id, case_named(session, whose.substr(0, slash)));
    v1::AllocationView* part = input.add_to();
    part->set_case_id(std::move(id));
    part->set_attempt(attempt);
    part->set_amount_fen(amount->value);
  }
  return to_json(input);
}

Result<std::string> same_body(const Session& session, const ActOptions& act) {
  v1::SameLineInput input;
  input.set_note(act.note);
  if (!act.same_as.empty()) {
    TRY(auto other, full_line_id(session, act.same_as));
    input.set_same_as(std::move(other));
  }
  return to_json(input);
}

Result<std::string> note_body(const ActOptions& act) {
  v1::SetAsideInput input;
  input.set_note(act.note);
  return to_json(input);
}

void print_settled(const std::string& body, const std::string& command) {
  v1::BankLineResults results;
  if (!from_json(body, &results)) return;
  for (const v1::BankLineResult& result : results.results()) {
    if (result.content().empty()) {
      std::cout << called("outcome.", result.outcome()) << "\n";
      continue;
    }
    v1::BankLineView line;
    line.set_line_id(result.line_id());
    v1::LineDecisionView decision;
    decision.set_content(result.content());
    std::cout << say("Proposed; the line is still {outcome}.",
                     {{"outcome", called("outcome.", result.outcome())}})
              << "\n";
    print_next(line, decision, command);
  }
}

int send_act(const Session& session, const ActOptions& act, const std::string& how,
             const Result<std::string>& body) {
  if (!body) return report(body.error());
  const auto line = full_line_id(session, act.line);
  if (!line) return report(line.error());
  return session.show("POST", "/v1/bank/lines/" + percent(*line) + "/" + how, *body,
                      [&](const std::string& answer) { print_settled(answer, session.command()); });
}

using LineOptions = std::shared_ptr<ActOptions>;

Command add_act(Command group, const std::string& name, const std::string& does,
                const std::string& example, const LineOptions& options) {
  Command command = group.add_command(name, does, example);
  command.add_option("line", options->line, "The line's id, or how it begins").required();
  return command;
}

void add_match(Command group, Session& session) {
  const auto options = std::make_shared<ActOptions>();
  Command match = add_act(group, "match", "Propose to which cases the money of a line belongs",
                          "jiexu bank match LINE CASE=1234.56 --note \"asked the payer\"", options);
  Option to = match.add_option(
      "to", options->to,
      "CASE=YUAN, once for each case; CASE/2=YUAN: of its payment 2, paid or come back");
  match
      .add_flag("--noticed", options->noticed,
                "To every case of its batch whose notice is here; the rest waits on")
      .excludes(to);
  match.add_option("--fee", options->fee,
                   "Of a debit: in yuan, what the bank has kept besides; it stays in suspense");
  match.add_option("--note", options->note, "Why");
  match.callback([&session, options] {
    session.run = [&session, options] {
      return send_act(session, *options, "match", match_body(session, *options));
    };
  });
}

void add_explained(Command group, Session& session, const std::string& name,
                   const std::string& does, const std::string& why) {
  const auto options = std::make_shared<ActOptions>();
  Command command =
      add_act(group, name, does, "jiexu bank " + name + " LINE --note \"" + why + "\"", options);
  add_note(command, options->note);
  command.callback([&session, options, name] {
    session.run = [&session, options, name] {
      return send_act(session, *options, name, note_body(*options));
    };
  });
}

void add_same(Command group, Session& session) {
  const auto options = std::make_shared<ActOptions>();
  Command command =
      add_act(group, "same", "Propose that a line is a known one, reported again: it is void then",
              "jiexu bank same LINE --note \"the bank says so\"", options);
  command.add_option("--of", options->same_as, "The line that it is (default: that it may be)");
  add_note(command, options->note);
  command.callback([&session, options] {
    session.run = [&session, options] {
      return send_act(session, *options, "same", same_body(session, *options));
    };
  });
}

Result<Waiting> waiting_act(const Session& session, const std::string& start) {
  TRY(const auto line, full_line_id(session, start));
  TRY(const auto reply, session.ask("GET", "/v1/bank/lines/" + percent(line)));
  v1::BankLineView view;
  if (reply.status == 404) return fail(Errc::kNotFound, no_line(start));
  if (reply.status != 200 || !from_json(reply.body, &view)) {
    return fail(Errc::kCorrupt, "the daemon's answer cannot be read");
  }
  const v1::LineDecisionView* decision = waiting_decision(view);
  if (decision == nullptr) return Waiting{line, "", ""};
  return Waiting{line, decision->content(), act_text(view, *decision)};
}

void add_decisions(Command group, Session& session) {
  SecondPerson second;
  second.group = "bank";
  second.place = "line";
  second.place_help = "The line's id, or how it begins";
  second.example = "5f0c2a1b";
  second.find = [&session](const std::string& start) { return waiting_act(session, start); };
  second.send = [&session](const std::string& line, const std::string& how,
                           const std::string& body) {
    return session.show(
        "POST", "/v1/bank/lines/" + percent(line) + "/" + how, body,
        [&](const std::string& answer) { print_settled(answer, session.command()); });
  };
  add_second_person(group, session, second);
}

void add_one_line(Command group, Session& session) {
  const auto line = std::make_shared<std::string>();
  Command command =
      group.add_command("line", "A line: what became of it, whose it may be, what may be done",
                        "jiexu bank line LINE");
  command.add_option("line", *line, "The line's id, or how it begins").required();
  command.callback(
      [&session, line] { session.run = [&session, line] { return show_line(session, *line); }; });
}

// In English the table has the names that the rules have.
std::string word_of_table(LineWord kind, std::string_view said) {
  if (language() == Language::kEnglish) return std::string(said);
  if (kind == LineWord::kOutcome) return called("outcome.", said);
  return kind == LineWord::kEvent ? called("booking.", said) : say(said);
}

void add_states(Command group, Session& session) {
  const auto drawing = std::make_shared<bool>();
  Command command = group.add_command(
      "states", "Print the table by which bank lines move; needs no daemon", "jiexu bank states");
  command.add_flag("--drawing", *drawing, "As a state diagram in Mermaid");
  command.callback([&session, drawing] {
    session.run = [&session, drawing] {
      if (session.json) {
        std::cout << "{\"line\":" << arrows_json(draw_line_table()) << "}\n";
        return EX_OK;
      }
      std::cout << (*drawing ? draw_line_table() : print_line_table(word_of_table));
      return EX_OK;
    };
  });
}

}  // namespace

void add_bank_lines(Command group, Session& session) {
  add_lines_command(group, session);
  add_one_line(group, session);
  add_match(group, session);
  add_explained(group, session, "set-aside", "Propose that a line is no money of a case",
                "interest of the account");
  add_same(group, session);
  add_explained(group, session, "another",
                "Propose that a line is another booking than the one that it may be",
                "the bank has both");
  add_explained(group, session, "undo", "Propose to take back what two people have decided",
                "it was another person's money");
  add_decisions(group, session);
  add_states(group, session);
}

}  // namespace jiexu::cli
