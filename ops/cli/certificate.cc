// jiexu certificate: proof of insurance that a person takes to another agency, in three copies.
#include <iostream>

#include "jiexu/v1/api.pb.h"
#include "ops/cli/input.h"
#include "ops/cli/json.h"
#include "ops/cli/output.h"
#include "ops/cli/printing.h"
#include "ops/cli/session.h"
#include "ops/cli/sheet.h"

namespace jiexu::cli {
namespace {

constexpr int kCopies = 3;

struct CertificateOptions {
  std::string number;
  std::string file;
  std::vector<std::string> fields;
  bool html = false;
};

std::string certificate_path(const std::string& number) {
  return "/v1/certificates/" + percent(number);
}

// Of which the person needs which: the first goes to the new agency.
std::string copy_text(int copy) {
  switch (copy) {
    case 1: return say("Copy 1: for the transfer");
    case 2: return say("Copy 2: kept by this agency");
    default: return say("Copy 3: kept by the person");
  }
}

Sheet sheet_of_copy(const v1::CertificateView& view, int copy) {
  v1::Certificate printed = view.certificate();
  Sheet sheet;
  sheet.title = say("Certificate of insurance");
  sheet.number = printed.number();
  sheet.head = {{say("Number"), printed.number()},
                {say("Check code"), printed.check_code()},
                {say("Copy"), copy_text(copy)}};
  printed.clear_number();
  printed.clear_check_code();
  printed.clear_balance_capitals();  // they stand beside the figures
  sheet.sections = sections_of(printed);
  sheet.foot =
      say("The balance is that of the day before the print. For a transfer this certificate "
          "is good until {date}.",
          {{"date", view.use_until()}});
  return sheet;
}

void print_copies(const std::string& body, bool html) {
  v1::CertificateView view;
  if (!from_json(body, &view)) return;
  std::vector<Sheet> sheets;
  for (int copy = 1; copy <= kCopies; ++copy) sheets.push_back(sheet_of_copy(view, copy));
  print_as_it_is();  // both are made so that nothing in them is obeyed
  if (html) std::cout << sheets_html(sheets);
  for (size_t i = 0; !html && i < sheets.size(); ++i) {
    std::cout << (i == 0 ? "" : "\f") << sheet_text(sheets[i]);
  }
}

void print_list(const std::string& body) {
  v1::CertificateViews views;
  if (!from_json(body, &views)) return;
  Table table({"CERTIFICATE", "PERSON", "ISSUED", "BY"});
  for (const v1::CertificateView& view : views.certificates()) {
    table.add({view.certificate().number(), view.certificate().name(),
               day_and_time(view.issued_at()), view.issued_by()});
  }
  std::cout << table.text();
  print_more(views.next());
}

int issue(const Session& session, const CertificateOptions& options) {
  const Result<std::string> text = options.file.empty() ? std::string() : read_input(options.file);
  if (!text) return report(text.error());
  const Result<std::string> body =
      with_fields(*v1::Certificate::descriptor(), *text, options.fields);
  if (!body) return report(body.error());
  const auto stops =
      session.stops_at("certificate issue",
                       say("A certificate is issued, under a number that is never used again."));
  if (stops) return *stops;
  return session.show("POST", "/v1/certificates", *body, [&](const std::string& answer) {
    v1::CertificateView view;
    if (!from_json(answer, &view)) return;
    const std::string& number = view.certificate().number();
    std::cout << say("Issued: {number}. Print its three copies: {command}",
                     {{"number", number},
                      {"command", session.command() + " certificate print " + number}})
              << "\n";
  });
}

}  // namespace

void add_certificate(Command app, Session& session) {
  const auto options = std::make_shared<CertificateOptions>();
  Command group = app.add_command("certificate", "Certificates of insurance for who moves away",
                                  "jiexu certificate issue --file person.json\n"
                                  "jiexu certificate print NUMBER --html > three.html");
  group.require_subcommand();
  Command issue_command = group.add_command(
      "issue", "Issue one; number, check code and day are given",
      "jiexu certificate issue --set name=... --set document_number=... --set scheme=EMPLOYEE");
  issue_command.add_option("--file", options->file, "Its fields as JSON; - for standard input");
  issue_command.add_option("--set", options->fields, "FIELD=VALUE of it");
  issue_command.callback([&session, options] {
    session.run = [&session, options] { return issue(session, *options); };
  });
  Command list_command = group.add_command("list", "List those that were issued, oldest first",
                                           "jiexu certificate list");
  const auto after = std::make_shared<std::string>();
  list_command.add_option("--after", *after, "Go on from here");
  list_command.callback([&session, after] {
    session.run = [&session, after] {
      return session.show("GET", "/v1/certificates?after=" + percent(*after), "", print_list);
    };
  });
  Command print_command =
      group.add_command("print", "Print its three copies", "jiexu certificate print NUMBER | lp");
  print_command.add_option("number", options->number, "The certificate").required();
  print_command.add_flag("--html", options->html, "As a page for a browser's printer");
  print_command.callback([&session, options] {
    session.run = [&session, options] {
      return session.show("GET", certificate_path(options->number), "",
                          [&](const std::string& body) { print_copies(body, options->html); });
    };
  });
}

}  // namespace jiexu::cli
