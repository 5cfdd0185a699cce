// jiexu bank: what banks tell us of our accounts.
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/bank_preview.h"
#include "ops/cli/case_show.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

void print_results(const std::string& body) {
  v1::BankLineResults results;
  if (!from_json(body, &results)) return;
  Table table({"BANK'S NUMBER", "OUTCOME", "CASE", "WHY"});
  for (const v1::BankLineResult& result : results.results()) {
    table.add({result.host_sequence(), called("outcome.", result.outcome()),
               short_case(result.case_id()), say(result.why())});
  }
  std::cout << table.text();
}

int add_lines(const Session& session, const std::string& file) {
  const Result<std::string> body = read_input(file);
  if (!body) return report(body.error());
  const auto stops =
      session.stops_at("bank add", say("The bank lines of {file} are entered.", {{"file", file}}));
  if (stops) return *stops;
  return session.show("POST", "/v1/bank/lines", *body, print_results);
}

struct PreviewOptions {
  std::string file;
  std::string encoding;
  size_t lines = 20;
};

int preview(const Session& session, const PreviewOptions& options) {
  const auto encoding = notice_encoding(options.encoding);
  if (!encoding) return report(encoding.error());
  const auto preview = preview_bank_file(options.file, *encoding, options.lines);
  if (!preview) return report(preview.error());
  std::cout << (session.json ? preview_json(*preview) : preview_text(*preview));
  return EX_OK;
}

void add_preview(Command group, Session& session) {
  Command command = group.add_command(
      "preview", "Read a bank's file and say what it holds; needs no daemon, changes nothing",
      "jiexu bank preview statement.xml");
  const auto options = std::make_shared<PreviewOptions>();
  command
      .add_option("file", options->file,
                  "camt.053, camt.054 or notices in 23 columns; - for standard input")
      .required();
  command.add_option("--encoding", options->encoding,
                     "Of notices: utf-8 or gbk (default: as the first line shows)");
  command.add_option("--lines", options->lines, "How many lines to show (default 20)");
  command.callback([&session, options] {
    session.run = [&session, options] { return preview(session, *options); };
  });
}

}  // namespace

void add_bank(Command app, Session& session) {
  Command group = app.add_command(
      "bank", "Postings on our bank accounts",
      "jiexu bank preview statement.xml\n"
      "jiexu bank import statement.xml --wait\n"
      "jiexu bank lines\n"
      "jiexu bank match 5f0c2a1b 41132807261122000017=1234.56 --note \"asked the payer\"");
  group.require_subcommand();
  add_preview(group, session);
  add_bank_files(group, session);
  add_bank_lines(group, session);
  Command add = group.add_command("add", "Enter bank lines; one that is known already is named",
                                  "jiexu bank add --file lines.json");
  const auto file = std::make_shared<std::string>();
  add.add_option("--file", *file, "{\"lines\": [...]} as JSON; - for standard input").required();
  add.callback(
      [&session, file] { session.run = [&session, file] { return add_lines(session, *file); }; });
}

}  // namespace jiexu::cli
