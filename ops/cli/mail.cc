// jiexu mail, directory add-by-mail: agencies without Jiexu, to which our messages go as letters.
#include <algorithm>
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/agency_fields.h"
#include "ops/cli/case_show.h"
#include "ops/cli/directory_file.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/paper_text.h"
#include "ops/cli/printing.h"

namespace jiexu::cli {
namespace {

struct MailOptions {
  std::string agency;
  uint64_t through = 0;
  std::string by_what;
  bool html = false;
};

std::string mail_path(const MailOptions& options) {
  return "/v1/peers/" + percent(options.agency) + "/mail";
}

void print_agencies(const std::string& body) {
  v1::PeerViews views;
  if (!from_json(body, &views)) return;
  Table table({"PEER", "NAME", "TO BE MAILED", "OLDEST"});
  for (const v1::PeerView& peer : views.peers()) {
    if (peer.state() != "by_mail") continue;
    table.add({peer.agency(), peer.name(), std::to_string(peer.queued()),
               age(peer.oldest_unreceipted_ms())});
  }
  std::cout << table.text();
}

void print_mail_of(const std::string& body) {
  v1::PaperViews views;
  if (!from_json(body, &views)) return;
  Table table({"N", "WHAT", "SHEET", "WRITTEN"});
  for (const v1::PaperView& paper : views.papers()) {
    table.add({std::to_string(paper.link_seq()), paper_title(paper.kind()), paper.number(),
               day_and_time(paper.written_at())});
  }
  std::cout << table.text();
}

void print_sheets(const Session& session, const std::string& body, bool html) {
  v1::PaperViews views;
  if (!from_json(body, &views)) return;
  if (views.papers().empty()) {
    std::cerr << say("Nothing waits to be mailed.") << "\n";
    return;
  }
  std::vector<Sheet> sheets;
  for (const v1::PaperView& paper : views.papers()) {
    sheets.push_back(sheet_of(paper, names_of(session, paper)));
    sheets.back().sha256.clear();  // no electronic message follows
  }
  print_as_it_is();  // both are made so that nothing in them is obeyed
  if (html) std::cout << sheets_html(sheets);
  for (size_t i = 0; !html && i < sheets.size(); ++i) {
    std::cout << (i == 0 ? "" : "\f") << sheet_text(sheets[i]);
  }
  const v1::PaperView& last = *views.papers().rbegin();
  std::cerr << say("When they are in the post: {command}",
                   {{"command", session.command() + " mail sent " + last.to_agency() + " " +
                                    std::to_string(last.link_seq())}})
            << "\n";
}

int list_mail(const Session& session, const MailOptions& options) {
  if (options.agency.empty()) return session.show("GET", "/v1/peers", "", print_agencies);
  return session.show("GET", mail_path(options), "", print_mail_of);
}

int print_mail(const Session& session, const MailOptions& options) {
  return session.show("GET", mail_path(options), "",
                      [&](const std::string& body) { print_sheets(session, body, options.html); });
}

int mark_sent(const Session& session, const MailOptions& options) {
  const std::string through = std::to_string(options.through);
  const std::string what = say("Everything for {agency} up to number {n} is in the post.",
                               {{"agency", options.agency}, {"n", through}});
  if (const auto stops = session.stops_at("mail sent", what)) return *stops;
  v1::MailedInput input;
  input.set_through(options.through);
  input.set_by_what(options.by_what);
  return session.show("POST", mail_path(options), to_json(input),
                      [&](const std::string&) { std::cout << what << "\n"; });
}

struct NewAgency {
  std::string code;
  Agency entry;
};

int add_by_mail(const Session& session, const NewAgency& given) {
  Result<Config> config = session.config();
  const Loaded directory = load_directory(session, config);
  if (!directory) return report(directory.error());
  const auto id = AgencyId::parse(given.code);
  if (!id) return report(EX_USAGE, "An agency's code is 'S' and 11 digits.");
  std::vector<Agency> agencies = (*directory)->agencies();
  if ((*directory)->find(*id) != nullptr) {
    return report(EX_DATAERR,
                  say("{agency} is in the directory already", {{"agency", given.code}}));
  }
  agencies.push_back(given.entry);
  agencies.back().id = *id;
  agencies.back().by_mail = true;
  if (auto right = check_line_number("--bank-cnaps", given.entry.bank.cnaps); !right) {
    return report(right.error());
  }
  if (Result<void> done = save_directory(*config, agencies); !done) return report(done.error());
  print_saved(say("{agency} was added: what is for it is printed and sent by mail.",
                  {{"agency", given.code}}));
  return EX_OK;
}

}  // namespace

void add_mail(Command app, Session& session) {
  const auto options = std::make_shared<MailOptions>();
  Command group = app.add_command("mail", "What agencies without Jiexu get as letters",
                                  "jiexu mail list\n"
                                  "jiexu mail print S41132810207 --html > letters.html\n"
                                  "jiexu mail sent S41132810207 12 --by \"registered letter RX1\"");
  group.require_subcommand();
  Command list_command =
      group.add_command("list", "What waits to be mailed", "jiexu mail list S41132810207");
  list_command.add_option("agency", options->agency, "To whom; without it, all are listed");
  list_command.callback([&session, options] {
    session.run = [&session, options] { return list_mail(session, *options); };
  });
  Command print_command = group.add_command("print", "Print all that waits for an agency",
                                            "jiexu mail print S41132810207 | lp");
  print_command.add_option("agency", options->agency, "To whom").required();
  print_command.add_flag("--html", options->html, "As a page for a browser's printer");
  print_command.callback([&session, options] {
    session.run = [&session, options] { return print_mail(session, *options); };
  });
  Command sent_command =
      group.add_command("sent", "Say that it is in the post", "jiexu mail sent S41132810207 12");
  sent_command.add_option("agency", options->agency, "To whom").required();
  sent_command.add_option("through", options->through, "The number of the last sheet").required();
  sent_command.add_option("--by", options->by_what, "Such as the number of a registered letter");
  sent_command.callback([&session, options] {
    session.run = [&session, options] { return mark_sent(session, *options); };
  });
}

void add_agency_by_mail(Command directory_group, Session& session) {
  const auto given = std::make_shared<NewAgency>();
  Command command = directory_group.add_command(
      "add-by-mail", "Add an agency that has no Jiexu",
      "jiexu directory add-by-mail S53010200101 --name \"...\" --address \"...\"");
  command.add_option("code", given->code, "The agency: 'S' and 11 digits").required();
  for (const AgencyField& field : kAgencyFields) {
    if (std::string_view(field.option) == "--endpoint") continue;
    command.add_option(field.option, field.of(given->entry), field.help);
  }
  command.callback([&session, given] {
    session.run = [&session, given] { return add_by_mail(session, *given); };
  });
}

}  // namespace jiexu::cli
