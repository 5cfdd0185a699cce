// jiexu case document, messages: what people of both agencies wrote in a case, to be read before it
// is decided on.
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/case_named.h"
#include "ops/cli/json.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/session.h"

namespace jiexu::cli {
namespace {

struct DocumentOptions {
  std::string id;
  std::string kind;
};

template <class Document>
void print_as(const std::string& body) {
  Document document;
  if (from_json(body, &document)) std::cout << document_text(document);
}

void print_messages(const std::string& body, const std::string& command) {
  v1::PaperViews messages;
  if (!from_json(body, &messages)) return;
  for (const v1::PaperView& message : messages.papers()) {
    std::cout << message_text(message, command) << "\n";
  }
}

int show(const Session& session, const DocumentOptions& options) {
  const auto id = case_named(session, options.id);
  if (!id) return report(id.error());
  const std::string target = "/v1/cases/" + percent(*id) + "/documents/" + percent(options.kind);
  if (options.kind == "application") {
    return session.show("GET", target, "", print_as<v1::Application>);
  }
  if (options.kind == "letter") return session.show("GET", target, "", print_as<v1::ContactLetter>);
  return session.show("GET", target, "", print_as<v1::InformationForm>);
}

}  // namespace

void add_documents(Command group, Session& session) {
  const auto options = std::make_shared<DocumentOptions>();
  Command command = group.add_command("document", "Read the application, the letter or a form",
                                      "jiexu case document ID form");
  command.add_option("id", options->id, "The case").required();
  command
      .add_option("kind", options->kind,
                  "application, letter, form (the newest) or form-VERSION (an earlier one)")
      .required();
  command.callback([&session, options] {
    session.run = [&session, options] { return show(session, *options); };
  });

  Command messages = group.add_command("messages", "Read what both agencies wrote, oldest first",
                                       "jiexu case messages ID");
  messages.add_option("id", options->id, "The case").required();
  messages.callback([&session, options] {
    session.run = [&session, options] {
      const auto id = case_named(session, options->id);
      if (!id) return report(id.error());
      return session.show(
          "GET", "/v1/cases/" + percent(*id) + "/messages", "",
          [&](const std::string& body) { print_messages(body, session.command()); });
    };
  });
}

}  // namespace jiexu::cli
