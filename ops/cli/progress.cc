// jiexu progress: what a person may be told.
#include <iostream>
#include <nlohmann/json.hpp>

#include "daemon/base/bytes.h"
#include "daemon/rules/citizen_id.h"
#include "daemon/trust/suite.h"
#include "jiexu/v1/api.pb.h"
#include "ops/cli/json.h"
#include "ops/cli/lines.h"
#include "ops/cli/output.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

std::string question(const std::string& letter, const std::string& document) {
  const std::string hash = to_hex(view(sha256({letter, ":", normalise_citizen_id(document)})));
  return nlohmann::json{{"letter_number", letter}, {"id_hash", hash}}.dump();
}

void print_stage(const std::string& body) {
  v1::ProgressView view;
  if (from_json(body, &view)) std::cout << plain_stage(view.stage()) << "\n";
}

// The document number comes by standard input, so that it stays out of the list of processes.
int ask(const Session& session, const std::string& letter) {
  const std::string document = first_line_of_input();
  if (document.empty()) {
    return report(EX_USAGE, "give the document number on standard input");
  }
  return session.show("POST", "/v1/progress", question(letter, document), print_stage);
}

}  // namespace

void add_progress(Command app, Session& session) {
  Command command = app.add_command("progress", "How far a person's transfer is",
                                    "jiexu progress LETTER < document-number");
  const auto letter = std::make_shared<std::string>();
  command.add_option("letter", *letter, "The letter's number").required();
  command.callback(
      [&session, letter] { session.run = [&session, letter] { return ask(session, *letter); }; });
}

}  // namespace jiexu::cli
